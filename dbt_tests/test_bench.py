"""The benchmark of the marts, with tiny sizes: its figures count what they say. Timings are no business of tests."""

import re

from benchmarks import marts


def test_figures():
    backlog, everything, memory = marts.figures(invented=40, copies=3)
    assert "daily backlog of 120 tickets" in backlog.what
    (days,) = re.findall(r"\(([\d,]+) rows\)", backlog.what)
    assert int(days.replace(",", "")) > 100
    assert re.search(r"the next day, 1 tickets having changed: [\d.]+ \([\d.]+ of it", backlog.compared)
    assert "all marts of 120 tickets" in everything.what
    assert int(everything.ours) > 0
    assert memory.ours.endswith(" MB")
