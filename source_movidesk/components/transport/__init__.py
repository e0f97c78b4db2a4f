"""One request to Movidesk, and what its answer means.

It is given the gate and the clock (`limits`), knows routes, queries and JSON, and nothing of streams, states or rows.

Start with `requester.py`: it sends, asks again, waits for a lock-out. `answers.py` says what a failure means, `body.py`
reads the JSON of a good answer, `select_expand.py` writes `$select` and `$expand`.
"""
