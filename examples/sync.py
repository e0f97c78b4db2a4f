"""A real account into a database that grows with each call: `MOVIDESK_TOKEN=... make sync`.

Environment:
    MOVIDESK_TOKEN                the key of the account
    MOVIDESK_START_DATE           only tickets changed from this day on, as 2024-01-31; everything without it
    MOVIDESK_REQUESTS_PER_MINUTE  10 without it, the limit of Movidesk for a whole account
    MOVIDESK_API_URL              another address of the API, such as that of the local stand-in
    MOVIDESK_DATABASE             postgresql://user@host/database, or another file than data/movidesk.duckdb
    MOVIDESK_LANG                 pt or en; the system's language without it
"""

import argparse
import os
import sys
import time
from typing import Any

import yaml

from examples.databases import log_of, open_warehouse
from examples.explain import guide
from examples.language import _, number
from examples.progress import say, tell_time
from examples.report import tell_counts
from examples.warehouse import ROOT, Stopped, SyncError

_SETTINGS = {
    "MOVIDESK_TOKEN": "token",
    "MOVIDESK_START_DATE": "start_date",
    "MOVIDESK_REQUESTS_PER_MINUTE": "requests_per_minute",
    "MOVIDESK_API_URL": "api_url",
}


def suggested_streams() -> list[str]:
    """Return the streams that do not cost a request per row."""
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))
    return list(metadata["data"]["suggestedStreams"]["streams"])


def main(arguments: list[str] | None = None) -> int:
    """Read what is new; 1 after a failure, 2 without a token."""
    options = _options(arguments)
    config = settings()
    if "token" not in config:
        say(_("Please give the key of your Movidesk account: MOVIDESK_TOKEN=... make sync"))
        say(_("docs/setup.md tells where to find it."))
        return 2
    start = time.monotonic()
    try:
        warehouse = open_warehouse(options.database)
        known = any(rows for stream, rows in warehouse.counts().items() if stream != "sync_runs")
        sentence = (
            _("Reading what has changed from Movidesk into {database} ...")
            if known
            else _("Reading everything from Movidesk into {database} ...")
        )
        say(sentence.format(database=warehouse.name))
        if not known:
            say(_("The first time takes about a minute per 1,000 tickets, as Movidesk allows 10 requests a minute."))
        rows = warehouse.read(config, suggested_streams())
    except SyncError as error:
        say(f"\n{error}")
        say(_("The log is {log}; {guide} explains the messages.").format(log=log_of(options.database), guide=guide()))
        return 1
    except (Stopped, KeyboardInterrupt):
        say(_("Stopped. The next run goes on from here."))
        return 130
    tell_time(start, _("{rows} rows, new or changed").format(rows=number(rows)))
    say("\n" + _("Rows, each in its newest version") + "\n")
    tell_counts(warehouse)
    return 0


def settings() -> dict[str, Any]:
    """Return the settings that the environment gives."""
    config: dict[str, Any] = {
        setting: value for name, setting in _SETTINGS.items() if (value := os.environ.get(name, "").strip())
    }
    if config.get("requests_per_minute", "").isdigit():
        config["requests_per_minute"] = int(config["requests_per_minute"])
    return config


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.sync", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("MOVIDESK_DATABASE", "").strip() or str(ROOT / "data" / "movidesk.duckdb")
    parser.add_argument("--database", default=default, help="a DuckDB file, or postgresql://user@host/database")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
