"""The benchmarks' own code, with tiny sizes: that the figures count what they say. Timings are no business of tests."""

import json
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from benchmarks import __main__ as bench
from benchmarks import changes, ending, faults, quota, sync_cost
from benchmarks.pages import Pages
from benchmarks.process import RunError, run
from benchmarks.readers import Readers
from benchmarks.report import Figure, table
from benchmarks.servers import lean
from integration_tests.connector import SCALE_VARIABLE

pytestmark = pytest.mark.slow

TEMPLATES = [{"id": 1, "lastUpdate": "x", "subject": f"template {number}"} for number in range(7)]


def rows_of(pages, route="/tickets", **query):
    return json.loads(pages.page(route, {f"${name}": value for name, value in query.items()}))


@pytest.fixture
def pages():
    return Pages(TEMPLATES, tickets=1000, days=200)


def walk(pages, route, condition):
    """Read by key as the connector does, from a condition on."""
    found = []
    while page := rows_of(pages, route, filter=condition, top="30"):
        found += page
        text, number = page[-1]["lastUpdate"], page[-1]["id"]
        condition = f"(lastUpdate gt {text}Z or (lastUpdate eq {text}Z and id gt {number}))"
    return found


def test_lean_pages_hold_each_ticket_once_by_key_and_by_skip(pages):
    by_key = [row["id"] for route in ("/tickets/past", "/tickets") for row in walk(pages, route, "")]
    by_skip = [
        row["id"]
        for route in ("/tickets/past", "/tickets")
        for skip in range(0, 1000, 100)
        for row in rows_of(pages, route, skip=str(skip))
    ]
    assert by_key == by_skip == list(range(1_000_000, 1_001_000))


def test_lean_pages_split_at_ninety_days_and_rise(pages):
    border = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    past, recent = walk(pages, "/tickets/past", ""), walk(pages, "/tickets", "")
    assert past[-1]["lastUpdate"] < border < recent[0]["lastUpdate"]
    assert all(first["lastUpdate"] < second["lastUpdate"] for first, second in pairwise(past + recent))


def test_lean_pages_keep_both_bounds_of_a_window(pages):
    past = walk(pages, "/tickets/past", "")
    start, end = past[100]["lastUpdate"], past[150]["lastUpdate"]
    window = rows_of(pages, "/tickets/past", filter=f"lastUpdate ge {start}Z and lastUpdate lt {end}Z")
    assert window == past[100:150]
    assert {row["subject"] for row in window} == {template["subject"] for template in TEMPLATES}


RECORD = '{"type":"RECORD","record":{"stream":"tickets","data":{"id":%d}}}'
STATE = '{"type":"STATE","state":{"stream":{"stream_descriptor":{"name":"tickets"},"stream_state":{"n":%d}}}}'


def python(text):
    return [sys.executable, "-c", text]


def test_a_process_is_counted_and_shown():
    seen = []
    # It lives long enough for its memory to be looked at.
    script = f"print({RECORD % 1!r}); print({STATE % 1!r}); print({RECORD % 2!r}); print({STATE % 2!r}); sleep(0.5)"
    outcome = run(python(f"from time import sleep; {script}"), look=lambda stream, row: seen.append((stream, row)))
    assert outcome.rows == {"tickets": 2}
    assert seen == [("tickets", {"id": 1}), ("tickets", {"id": 2})]
    assert outcome.states["tickets"]["stream"]["stream_state"] == {"n": 2}
    assert outcome.peak_mb > 1


def test_cpu_and_memory_are_those_of_the_process_alone():
    busy = run(python("kept = bytearray(300_000_000); sum(range(20_000_000))"))
    # What this process holds itself would be the least that the kernel reports for a child.
    held = b"x" * 300_000_000
    idle = run(python("import time; time.sleep(0.5)"))
    assert idle.peak_mb < 100 < 250 < busy.peak_mb
    assert len(held) == 300_000_000
    assert idle.cpu_seconds < 0.5 <= idle.seconds


def test_a_failed_process_gives_no_figure():
    trace = '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"no such token"}}}'
    with pytest.raises(RunError, match="no such token"):
        run(python(f"print({trace!r}); raise SystemExit(1)"))
    with pytest.raises(RunError, match="ZeroDivisionError"):
        run(python("1 / 0"))


def test_a_process_can_be_killed_after_a_state():
    script = f"import time; print({STATE % 1!r}, flush=True); time.sleep(60)"
    outcome = run(python(script), go_on=lambda: False)
    assert outcome.exit_code == -9
    assert outcome.seconds < 60, "it slept to its end"


def test_share_of_the_quota():
    bursts = [60.5 * minute + 0.01 * number for minute in range(6) for number in range(10)]
    assert quota.share_used(bursts, 10, 5) == pytest.approx(300 / 302.5)
    assert quota.share_used([1.25 * moment for moment in bursts], 10, 5) == pytest.approx(240 / 302.5)
    assert quota.fullest(bursts) == 10
    assert quota.fullest([*bursts, 0.5]) == 11


def test_lost_rows_are_those_of_the_start_that_did_not_come():
    tickets = [{"id": 1, "clients": [{"id": "a"}, {"id": "b"}], "actions": [{"id": 1}]}]
    expected = changes.keys_of(tickets)
    assert len(expected) == 4
    assert changes.share_lost(expected, expected) == "0 of 4"
    assert changes.share_lost(expected, expected - {("ticket_clients", "1", "b")}) == "1 of 4"


def test_table_gives_each_figure_its_command():
    lines = table([Figure("speed", "rows", "5", "ours | theirs"), Figure("memory", "peak", "6")]).splitlines()
    assert lines[2].endswith("`make bench ONLY=speed`  |")
    assert len({len(line) for line in lines}) == 1


def test_a_failed_process_keeps_what_it_printed():
    with pytest.raises(RunError) as failed:
        run(python(f"print({STATE % 1!r}); raise SystemExit(1)"))
    assert failed.value.outcome.states


def test_a_process_can_be_stopped_at_any_moment():
    end = time.monotonic() + 0.5
    outcome = run(python("import time; time.sleep(60)"), stop=lambda: time.monotonic() > end)
    assert outcome.exit_code == -9
    assert outcome.seconds < 60, "it slept to its end"


@pytest.fixture
def fakes(monkeypatch, tmp_path):
    """Groups that measure nothing, one of which fails."""

    def fails():
        yield Figure("memory", "peak", "90 MB")
        raise RunError("the process ended")

    groups = {"speed": lambda: iter([Figure("speed", "rows", "10,000")]), "memory": fails}
    monkeypatch.setattr(bench, "GROUPS", groups)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "PAGE", tmp_path / "performance.md")
    return tmp_path / "performance.md"


def test_whole_run_writes_the_page_and_says_what_failed(fakes, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    bench.main()
    for text in (fakes.read_text(encoding="utf-8"), capsys.readouterr().out):
        assert "10,000" in text
        assert "90 MB" in text
        assert "memory: could not be measured" in text


def test_one_group_leaves_the_page_alone(fakes, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "speed"])
    bench.main()
    assert "10,000" in capsys.readouterr().out
    assert not fakes.exists()


def test_every_group_has_its_place_in_the_order():
    assert {*bench.ORDER, *bench.BESIDE} == set(bench.GROUPS)


def test_requests_are_counted_for_all_readers(monkeypatch):
    monkeypatch.setattr(sync_cost, "has_dlt", lambda: False)
    first, quiet, resumed = sync_cost.figures(tickets=150)
    least, builder = map(int, re.findall(r"least possible (\d+), Builder (\d+)", first.compared)[0])
    assert least == 4 <= int(first.ours) < builder
    assert 1 <= int(quiet.ours) <= 3
    assert int(resumed.ours.split()[0]) >= int(first.ours)


def test_faults_strike_and_what_they_cost_is_counted(monkeypatch):
    monkeypatch.setattr(faults, "has_dlt", lambda: False)
    # The pauses after a failure pass in a second, as the outage does.
    monkeypatch.setenv(SCALE_VARIABLE, "30")
    figures = list(faults.figures(tickets=400, outage=1, nth=3))
    ours = [re.fullmatch(r"(\d+) of ([\d,]+), (\d+) requests", figure.ours) for figure in figures]
    assert all(ours), [figure.ours for figure in figures]
    lost, rows, spent = zip(*([int(part.replace(",", "")) for part in found.groups()] for found in ours), strict=True)
    assert set(lost) == {0}
    assert set(rows) == {rows[0]}
    assert rows[0] > 400
    outage, nothing, empty, _, killed = spent
    assert min(outage, empty, killed) > nothing, "a fault that cost nothing did not strike"
    assert all(re.match(r"Builder \d+ of \d+ on its own route, \d+ requests", figure.compared) for figure in figures)


def test_each_end_is_measured_in_each_situation():
    figures = list(ending.figures(rounds=1))
    assert len({figure.what for figure in figures}) == 4
    assert all(0 <= float(figure.ours) < 5 for figure in figures)


def test_an_end_that_is_not_the_promised_one_gives_no_figure():
    def came(stdout):
        return stdout.readline() == b"{}\n"

    late = "import time; print('{}', flush=True); time.sleep(60)"
    half = f"import signal, sys; signal.signal(15, lambda *_: sys.exit(print('{{', end=''))); {late}"
    with pytest.raises(RunError, match="ended with 0"):
        ending._after_signal(python(half), came)
    with pytest.raises(RunError, match="ended with 3 instead of 1"):
        ending._after_close(python("import sys, time; print('{}', flush=True); time.sleep(1); sys.exit(3)"), came)
    with pytest.raises(RunError, match="too early"):
        ending._after_close(python("print()"), came)


def test_yardstick_reads_the_same_tickets():
    with lean(TEMPLATES, 250) as url, Readers.of(url) as readers:
        ours, plain = readers.ours(), readers.minimal()
    assert ours.rows == plain.rows == {"tickets": 250}
