"""A sync that is killed, stopped or slowed down: what was printed counts, and little is paid twice."""

import signal
import time

import pytest

from integration_tests.connector import TICKET_STREAMS, Connector, wait_for_requests
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

# Thirty pages, as three thousand tickets at the default page size.
TICKETS, PAGE = 300, 10
# Two lanes read up to two stretches beyond one that is held, each a quarter of what is left (9 and 7 pages), and hold
# some pages that were not handed on; each stretch and window that is begun anew is proven anew.
MOST_MORE_REQUESTS = 9 + 7 + 4 + 4


def test_killed_half_way_and_resumed(api: MovideskApi, connector: Connector):
    api.reset(tickets=TICKETS)
    uninterrupted = connector.read(page_size=PAGE).assert_succeeded()
    full = len(api.requests())
    assert full >= TICKETS / PAGE
    assert len(uninterrupted.records["tickets"]) == TICKETS
    expected = expected_rows(api.truth("tickets"))

    # Once while it waits for an answer, once at any moment of its work.
    for held in (True, False):
        api.clear_requests()
        half = full // 2
        if held:
            api.fail(nth=half, delay=3)
        process = connector.start("read", page_size=PAGE)
        wait_for_requests(api, half, process)
        killed = process.end(signal.SIGKILL)
        assert killed.exit_code == -signal.SIGKILL
        spent = len(api.requests())
        assert spent < full, "it was killed too late"
        assert killed.states, "no state had been printed"
        assert 0 < len(killed.records["tickets"]) < TICKETS
        api.clear_failures()

        destination = Destination(killed)
        api.clear_requests()
        resumed = destination.take(connector.read(state=killed.last_states, page_size=PAGE).assert_succeeded())
        assert set(resumed.states) == set(TICKET_STREAMS)
        resumed.assert_in_step()
        assert spent + len(api.requests()) <= full + MOST_MORE_REQUESTS
        destination.assert_equals(expected)


def test_quota_is_kept_and_sigterm_ends_the_wait_with_all_states_out(api: MovideskApi, connector: Connector):
    process = connector.start("read", page_size=PAGE, requests_per_minute=4)
    wait_for_requests(api, 4, process)
    time.sleep(4)
    assert len(api.requests()) == 4, "the quota was not kept"
    assert process.is_running
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert stopped.stray_lines == []
    assert stopped.stderr == ""
    stopped.assert_in_step()
    pages = [request["rows"] for request in api.requests()]
    assert len(stopped.records["tickets"]) == sum(pages) == 4 * PAGE
    assert {len(moments) for moments in stopped.states.values()} == {4}

    destination = Destination(stopped)
    destination.take(connector.read(state=stopped.last_states).assert_succeeded())
    destination.assert_equals(expected_rows(api.truth("tickets")))


@pytest.mark.parametrize(("workers", "under_way"), [(2, 1), (4, 2)])
def test_failure_half_way_leaves_all_streams_incomplete_and_resumes(
    api: MovideskApi, connector: Connector, workers: int, under_way: int
):
    api.fail(nth=6, status=401, count_as_failure=False, times=99)
    failed = connector.run("read", page_size=PAGE, num_workers=workers).assert_no_traceback()
    assert failed.exit_code == 1
    assert {name: passed[-1] for name, passed in failed.statuses.items()} == dict.fromkeys(TICKET_STREAMS, "INCOMPLETE")
    assert 6 <= len(api.requests()) < 6 + under_way, "a refused request was repeated"
    failed.assert_in_step()
    api.clear_failures()
    destination = Destination(failed)
    destination.take(connector.read(state=failed.last_states).assert_succeeded())
    destination.assert_equals(expected_rows(api.truth("tickets")))
