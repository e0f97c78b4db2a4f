"""The whole way on one machine and without a token: stand-in of the API -> connector -> DuckDB -> answers.

`make demo`, or `python -m examples.demo`.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from textwrap import fill
from typing import Any

from examples.explain import guide
from examples.language import _, number
from examples.progress import say, tell_time
from examples.report import tell_answers, tell_counts
from examples.sync import suggested_streams
from examples.verify import sentence_of
from examples.warehouse import ROOT, Stopped, SyncError, Warehouse, shown
from integration_tests.movidesk_api.server import MovideskApi
from source_movidesk.components.limits.clock import SCALE_VARIABLE

_WIDTH = 100


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; 1 if something went wrong or is not as it should be."""
    options = _options(arguments)
    # A proxy of this machine must not see requests that stay on it.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    # Of what is gone in the stand-in each answer counts as a failure, and after two the connector waits for a minute.
    os.environ[SCALE_VARIABLE] = "60"
    warehouse = Warehouse(options.database)
    for suffix in ("", ".wal"):
        Path(f"{options.database}{suffix}").unlink(missing_ok=True)
    try:
        return _run(warehouse, options.tickets)
    except (SyncError, OSError) as error:
        say("\n" + _("The demo failed: {error}").format(error=error))
        say(_("The log is {log}; {guide} explains the messages.").format(log=shown(warehouse.log), guide=guide()))
        return 1
    except (Stopped, KeyboardInterrupt):
        say("\n" + _("Stopped. The demo starts anew the next time."))
        return 130


def _run(warehouse: Warehouse, tickets: int) -> int:
    begin = _("Starting a local stand-in of the Movidesk API: a company with {tickets} tickets over two years ...")
    say(begin.format(tickets=number(tickets)))
    with MovideskApi.start(tickets=tickets) as api:
        say(_("Reading every stream of the connector through PyAirbyte into DuckDB ..."))
        start = time.monotonic()
        rows = warehouse.read({"token": api.token, "api_url": api.url, "requests_per_minute": 6000})
        tell_time(start, _("{rows} rows, all in {database}").format(rows=number(rows), database=warehouse.name))
        requests = api.requests()
        truth = {(ticket["id"], ticket["isDeleted"], len(ticket["actions"])) for ticket in api.truth("tickets")}
    say("\n" + _("Rows, each in its newest version") + "\n")
    tell_counts(warehouse)
    say(f"\n{_cost(requests)}")
    tell_answers(warehouse)
    found = warehouse.ask(
        "SELECT t.id, t.is_deleted, count(a.id) FROM stg_movidesk__tickets AS t "
        "LEFT JOIN stg_movidesk__ticket_actions AS a ON a.ticket_id = t.id GROUP BY ALL"
    )
    if len(found.rows) != len(truth) or set(found.rows) != truth:
        say("\n" + _("The tickets in DuckDB are not those of the stand-in. This is a bug; please report it."))
        return 1
    agreed = _("Compared with the stand-in: all {tickets} tickets are there, each once and with all its actions.")
    say("\n" + agreed.format(tickets=number(len(truth))))
    if verdict := sentence_of(warehouse):
        say("\n" + _("Is everything there? What make verify says:") + "\n" + fill(verdict, _WIDTH))
    end = _("The data is in {database}. With your own account: MOVIDESK_TOKEN=... make sync")
    say("\n" + end.format(database=warehouse.name))
    say(_("Pictures: make notebook. What to do next: docs/start.md"))
    return 0


def _cost(requests: list[dict[str, Any]]) -> str:
    """Tell the requests of the suggested streams from those that fetch one row each."""
    single = sum(
        "id" in each["query"] or each["path"].startswith(("/article/", "/timeAgreementConsumption"))
        for each in requests
    )
    sentence = _(
        "{all} API requests: {few} for the {streams} suggested streams,\n"
        "and {single} for the few that cost a request per row (make sync leaves those out)."
    )
    few = number(len(requests) - single)
    streams = len(suggested_streams())
    return sentence.format(all=number(len(requests)), few=few, streams=streams, single=number(single))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("--tickets", type=int, default=2000)
    parser.add_argument("--database", type=Path, default=ROOT / "data" / "demo.duckdb", help="made anew each time")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
