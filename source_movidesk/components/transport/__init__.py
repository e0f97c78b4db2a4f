"""One request to Movidesk, and what its answer means.

It is given the gate and the clock (`limits`), knows routes, queries and JSON, and nothing of streams, states or rows.

Start with `requester.py`: it asks again, and proves what cannot be read; `sender.py` sends and waits for a lock-out.
`answers.py` says what a failure means, `body.py` reads the JSON of a good answer, `accepted.py` remembers which queries
were answered, `select_expand.py` writes `$select` and `$expand`.
"""
