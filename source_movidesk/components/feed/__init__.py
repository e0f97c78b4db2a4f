"""One read of an endpoint for all the tables that live on its pages. The field would call it a fan-out.

A stream of the manifest is a member of a feed; a page reader (`tickets`, `lists`) asks for pages, the feed hands each
object to each member that takes it, and then moves the members' states. It knows requests only as something to fetch
with and to count, rows as something a member makes, and the CDK's inside in one file, `cdk.py`.

Start with `feed.py`; `retriever.py` is where a stream of the manifest comes in, `sync.py` what all feeds share.
"""
