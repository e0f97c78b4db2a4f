"""`movidesk-doctor`: which readings of the API hold for an account, told from the account's own answers.

Start with `examination.py`, which asks the probes in turn. Each probe answers one entry of
docs/reference/assumptions.yaml; what a reading means and what follows from it is written there, once, and is
generated into `assumptions.json`.

Nothing here reads or writes more than the answers need: at most thirty requests, at the quota, and no record's value
gets into a finding.
"""
