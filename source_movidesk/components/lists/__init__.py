"""Every endpoint but the two ticket routes: how it is paged, and what its objects look like before they become rows.

Each module is a page reader of one kind of endpoint; it may use `feed` and what lies below, and knows no other reader
but the one that it refines. A list has no key to page by, so each has a way of its own to lose nothing.

Start with `skip.py`, the plainest list; `persons.py` and `agreements.py` refine it, `cursor.py`, `articles.py` and
`merged.py` are the endpoints that are no OData.
"""
