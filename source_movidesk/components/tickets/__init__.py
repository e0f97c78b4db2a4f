"""The two ticket routes, read so that no ticket can slip through.

`pages.py` is the page reader of the feed and the place to start; `plan.py` says which stretch of time is read from
which route, `windows.py` reads it in order, `lanes.py` in several places at once where that pays, `page.py` gets one
page whatever it takes. It may use `feed` and what lies below, and knows nothing of the other endpoints.
"""
