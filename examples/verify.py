"""Is everything there? A census of the account against the local database: `MOVIDESK_TOKEN=... make verify`.

Without MOVIDESK_TOKEN the local stand-in is read and counted, to show what it looks like. The census costs a request
per 1,000 tickets, or per 100 where the account gives no more at once. The exit code is 1 where something is missing.

The verdict is that of the view movidesk__completeness, which any SQL can ask. What has changed since the last sync is
the next sync's, and neither missing nor stale.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from examples.databases import log_of, open_warehouse
from examples.explain import guide
from examples.language import _, number
from examples.postgres import is_address
from examples.progress import say
from examples.report import as_table
from examples.sync import settings
from examples.warehouse import ROOT, Stopped, SyncError, Warehouse
from integration_tests.movidesk_api.server import MovideskApi
from source_movidesk.components.limits.clock import SCALE_VARIABLE
from source_movidesk.components.records.dates import config_moment, state_text

CENSUS = "ticket_census"
VERDICTS = ("present", "deleted", "absorbed", "stale", "missing")
_NEWER, _OLDER, _NEITHER = "changed since", "before the start date", "listed by neither route"
_WIDTH = 30
_DEMO = ROOT / "data" / "verify-demo.duckdb"
_VERDICTS = """
    with horizon as (
        select coalesce(
            (select max(state_to) from stg_movidesk__sync_runs where stream = 'tickets'),
            (select max(last_update) from stg_movidesk__tickets)
        ) as moment
    ),

    -- What the tables were read from on, where no sync says so itself.
    setting as (
        select case when count(*) = 0 then cast({start_date} as timestamp) end as start_date
        from stg_movidesk__sync_runs
        where stream = 'tickets'
    )
    select
        extract(year from each.created_at) as year,
        extract(month from each.created_at) as month,
        case
            when each.verdict in ('missing', 'stale') and each.counted_update < setting.start_date
                then 'before the start date'
            when each.verdict in ('missing', 'stale') and each.counted_update > horizon.moment then 'changed since'
            else each.verdict
        end as verdict,
        sum(each.numbers) as numbers,
        count(each.counted_at) as counted,
        max(each.counted_at) as counted_at
    from movidesk__completeness as each
    cross join horizon
    cross join setting
    group by 1, 2, 3
"""


def main(arguments: list[str] | None = None) -> int:
    """Count and compare; 1 where something is missing or after a failure, 2 where there is nothing to compare."""
    options = _options(arguments)
    config = settings()
    try:
        if "token" in config:
            # A file that is not there must not be made by looking into it.
            is_there = is_address(options.database) or Path(options.database).exists()
            warehouse = open_warehouse(options.database) if is_there else None
            if not warehouse or "tickets" not in warehouse.counts():
                say(_("There is nothing to compare yet: MOVIDESK_TOKEN=... make sync"))
                return 2
            return verify(warehouse, config)
        with _stand_in(options.tickets) as (warehouse, settings_):
            return verify(warehouse, settings_)
    except SyncError as error:
        log = log_of(options.database if "token" in config else _DEMO)
        say(f"\n{error}")
        say(_("The log is {log}; {guide} explains the messages.").format(log=log, guide=guide()))
        return 1
    except (Stopped, KeyboardInterrupt):
        say("\n" + _("Stopped: nothing was compared."))
        return 130


def verify(warehouse: Warehouse, config: dict[str, Any]) -> int:
    """Take the census, and print the verdict; 1 where something is missing.

    Raises:
        SyncError: the census failed, or a setting is wrong.

    """
    try:
        config_moment(config.get("start_date", "2024-01-31"))
    except ValueError:
        raise SyncError(_("MOVIDESK_START_DATE must be a day, such as 2024-01-31.")) from None
    say(_("Counting the tickets that Movidesk lists ..."))
    # What is older than the start date would else be taken for numbers that nobody knows.
    warehouse.read({name: value for name, value in config.items() if name != "start_date"}, [CENSUS], whole=True)
    found = _found(warehouse, config.get("start_date"))
    say("\n" + _by_month(found) + "\n")
    totals, sentence = _verdict(found)
    say(sentence)
    if totals[_NEWER]:
        newer = _("{tickets} of them have changed since the last sync and are left to the next one.")
        say(newer.format(tickets=number(totals[_NEWER])))
    if totals[_OLDER]:
        older = _("{tickets} of them were last changed before the start date ({day}): not asked for, and not missing.")
        say(older.format(tickets=number(totals[_OLDER]), day=_start_date(warehouse, config)))
    return 1 if totals["missing"] else 0


def sentence_of(warehouse: Warehouse) -> str:
    """Return the verdict of a census that was read already in one sentence; nothing where there was none."""
    found = _found(warehouse)
    return _verdict(found)[1] if any(each["counted"] for each in found) else ""


def _found(warehouse: Warehouse, start_date: str | None = None) -> list[dict[str, Any]]:
    names = ("year", "month", "verdict", "numbers", "counted", "at")
    query = _VERDICTS.format(start_date=f"'{state_text(config_moment(start_date))[:19]}'" if start_date else "null")
    found = [dict(zip(names, row, strict=True)) for row in warehouse.ask(query).rows]
    # PostgreSQL adds whole numbers up to decimal ones.
    return [{**each, "numbers": int(each["numbers"]), "counted": int(each["counted"])} for each in found]


def _start_date(warehouse: Warehouse, config: dict[str, Any]) -> str:
    """Return the day from which on the tables were read: that of the newest sync, or the setting."""
    newest = "SELECT start_date FROM stg_movidesk__sync_runs WHERE stream = 'tickets' ORDER BY started_at DESC LIMIT 1"
    rows = warehouse.ask(newest).rows
    return f"{rows[0][0]:%Y-%m-%d}" if rows else str(config["start_date"])[:10]


def _verdict(found: list[dict[str, Any]]) -> tuple[dict[str, int], str]:
    totals = {
        name: sum(each["numbers"] for each in found if each["verdict"] == name)
        for name in (*VERDICTS, _NEWER, _OLDER, _NEITHER)
    }
    listed = sum(each["counted"] for each in found)
    newest = max((each["at"] for each in found if each["at"]), default=None)
    return totals, _sentence(totals, listed, newest)


def _sentence(totals: dict[str, int], listed: int, at: datetime | None) -> str:
    sentence = _(
        "{here} of {listed} tickets as of {at} UTC; {missing} missing, {stale} stale; {absorbed} absorbed; between the "
        "smallest and the largest number {neither} are listed by neither route: never issued or erased, which the "
        "API doesn't tell apart."
    )
    moment = (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)) if at else None
    if moment:
        # The demo's clock, and perhaps Movidesk's, is ahead of the one on the wall.
        moment = min(moment, datetime.now(UTC))
    return sentence.format(
        here=number(listed - totals["missing"] - totals[_NEWER] - totals[_OLDER]),
        listed=number(listed),
        at=f"{moment:%Y-%m-%d %H:%M}" if moment else "-",
        neither=number(totals[_NEITHER]),
        **{name: number(totals[name]) for name in ("missing", "stale", "absorbed")},
    )


def _by_month(found: list[dict[str, Any]]) -> str:
    """Draw a line per month of creation: its counts, and a bar in which what is not as it should be is hollow."""
    months: dict[str, dict[str, int]] = {}
    for each in found:
        if each["verdict"] in VERDICTS:
            month = f"{each['year']:.0f}-{each['month']:02.0f}" if each["year"] else "-"
            counts = months.setdefault(month, dict.fromkeys(VERDICTS, 0))
            counts[each["verdict"]] += each["numbers"]
    most = max((sum(counts.values()) for counts in months.values()), default=1)
    rows = []
    for month, counts in sorted(months.items()):
        whole = -(-sum(counts.values()) * _WIDTH // most)
        hollow = min(whole, -(-(counts["stale"] + counts["missing"]) * _WIDTH // most))
        rows.append([month, *(int(counts[name]) for name in VERDICTS), "█" * (whole - hollow) + "░" * hollow])
    titles = [_("month"), _("present"), _("deleted"), _("absorbed"), _("stale"), _("missing"), ""]
    return as_table(titles, rows)


@contextmanager
def _stand_in(tickets: int) -> Iterator[tuple[Warehouse, dict[str, Any]]]:
    """Read a company of the stand-in into a new file, as a real account would have been before."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    os.environ[SCALE_VARIABLE] = "60"
    for suffix in ("", ".wal"):
        Path(f"{_DEMO}{suffix}").unlink(missing_ok=True)
    say(_("No MOVIDESK_TOKEN: a local stand-in of the Movidesk API is read and counted instead."))
    warehouse = Warehouse(_DEMO)
    with MovideskApi.start(tickets=tickets) as api:
        config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000}
        warehouse.read(config, ["tickets", "merged_tickets", "sync_runs"])
        yield warehouse, config


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("MOVIDESK_DATABASE", "").strip() or str(ROOT / "data" / "movidesk.duckdb")
    parser.add_argument(
        "--database", default=default, help="the DuckDB file of make sync, or postgresql://user@host/database"
    )
    parser.add_argument("--tickets", type=int, default=2000, help="of the stand-in's company, without a token")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
