"""The doctor names, for each switch of the stand-in, that reading and no other.

The probes run in this process on a clock whose waits pass at once; the command as a process is test_doctor.py's.
"""

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from integration_tests.movidesk_api.server import MovideskApi
from integration_tests.movidesk_api.switches import Switches
from source_movidesk.components.limits import clock
from source_movidesk.doctor.examination import examine, register
from source_movidesk.doctor.report import as_json, table, verdict

COMPANY: dict[str, Any] = {"tickets": 1500, "seed": 5}

# What the probes tell of the stand-in as it is; None could not be told.
DEFAULTS = {
    "ticket_page_cap": "cut",
}


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start(**COMPANY) as api:
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    # Waits pass at once for the doctor only, so that the server would see failures of a minute in a second.
    running.switch(**{**Switches().as_dict(), "lockout": False})
    running.clear_requests()
    yield running
    assert running.violations() == []


@pytest.fixture(autouse=True)
def fake_time(monkeypatch: pytest.MonkeyPatch) -> None:
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        skipped[0] += seconds

    # The wall clock is the server's, which runs on while the doctor's waits pass at once.
    monkeypatch.setattr(
        clock,
        "time",
        SimpleNamespace(time=time.time, monotonic=lambda: 1000.0 + skipped[0], sleep=sleep),
    )


def readings(api: MovideskApi) -> dict[str, str | None]:
    report = examine({"token": api.token, "api_url": api.url}, clock.Clock())
    assert report.requests == len(api.requests()) <= 30
    return {name: finding.reading for name, finding in report.findings.items()}


def test_print(api):
    report = examine({"token": api.token, "api_url": api.url}, clock.Clock())
    print(table(report, "pt"))
    print(as_json(report)[:500])
    print(report.unfinished, report.requests, report.refusals)
    for r in api.requests(): print(r["status"], r["path"], str(r.get("query"))[:150])
    import pprint
    pprint.pprint({n: f.reading for n, f in report.findings.items()})
    assert 0
