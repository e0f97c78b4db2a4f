"""A model of the whole: a small company, an API with faults, a warehouse, and syncs in one simulated time.

`machine.py` is the state machine: its rules are what may happen (days, work, faults, syncs, kills), its checks what
must hold. `company.py` (tickets) and `lists.py` (people, articles, contracts, merges) are what is true, `api.py` what
the API says of it, `faults.py` what goes wrong on the way, `account.py` counts failures as Movidesk does, `syncs.py`
runs the connector, `warehouse.py` is what arrived.

Nothing waits and nothing depends on the machine: `cooperative.py` replaces threads and time, so that each run of the
same steps is the same to the last request. `replay.py` repeats steps that hypothesis has printed, and tells what
happened; `mutations.py` names repairs, how to take them out, and steps after which the model must notice.
"""
