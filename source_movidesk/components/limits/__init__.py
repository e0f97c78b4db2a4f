"""Whether a request may leave now: the one gate of all requests, and what it goes by.

The account is locked after three failed requests and counts ten a minute, whatever stream sent them: what stands here
is shared by the whole process. It knows the settings and the time, and nothing of routes' meanings, streams or rows.

Start with `gate.py`; it asks `circuit_breaker.py` (failures, lock-outs) and `rate_limiter.py` (the quota of a minute).
"""
