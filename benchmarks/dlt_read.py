"""Reads the tickets with dlt's generic REST source, written as its documentation says, in an environment of its own.

`python benchmarks/dlt_read.py job.json`, with `url`, `token`, `select` and `expand` (those of our connector's query),
`folder` for dlt's own files, and `load`: false stops before the database, so that both sides end with flat rows in
JSON; true loads into DuckDB and prints the keys of the rows that are there, as Airbyte's record messages.

Honest means: both routes, all expands, incremental by `lastUpdate`, pages to the empty one; child tables are dlt's own.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from dlt.sources.rest_api import rest_api_source

_CHILDREN = "SELECT t.id, c.id FROM raw.tickets t JOIN raw.{} c ON c._dlt_parent_id = t._dlt_id"
_KEYS = {
    "tickets": "SELECT id FROM raw.tickets",
    "ticket_clients": _CHILDREN.format("tickets__clients"),
    "ticket_actions": _CHILDREN.format("tickets__actions"),
}


def source(job: dict[str, Any]) -> Any:
    """Describe both routes as resources of one table."""
    params = {
        "$filter": "lastUpdate ge {incremental.start_value}Z",
        "$orderby": "lastUpdate,id",
        "$select": job["select"],
        "$expand": job["expand"],
        "includeDeletedItems": "true",
    }
    incremental = {"cursor_path": "lastUpdate", "initial_value": "1900-01-01T00:00:00"}
    return rest_api_source(
        {
            "client": {
                "base_url": job["url"],
                "auth": {"type": "api_key", "name": "token", "api_key": job["token"], "location": "query"},
                "paginator": {
                    "type": "offset",
                    "limit": 100,
                    "limit_param": "$top",
                    "offset_param": "$skip",
                    "total_path": None,
                    "stop_after_empty_page": True,
                },
            },
            "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
            "resources": [
                {
                    "name": route.replace("/", "_"),
                    "table_name": "tickets",
                    "endpoint": {"path": route, "params": params, "incremental": incremental},
                }
                for route in ("tickets/past", "tickets")
            ],
        }
    )


def main() -> None:
    """Do the job and print what came of it."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(job["folder"])
    pipeline = dlt.pipeline(
        "movidesk",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "tickets.duckdb")),
        dataset_name="raw",
    )
    if not job["load"]:
        pipeline.extract(source(job), loader_file_format="jsonl")
        counts = pipeline.normalize().row_counts
        print(json.dumps({"rows": {table: count for table, count in counts.items() if not table.startswith("_dlt")}}))
        return
    pipeline.run(source(job))
    with pipeline.sql_client() as client:
        for stream, query in _KEYS.items():
            _print_keys(stream, client.execute_sql(query) or ())


def _print_keys(stream: str, rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        data = dict(zip(("ticketId", "id") if len(row) > 1 else ("id",), row, strict=True))
        message = {"type": "RECORD", "record": {"stream": stream, "data": data}}
        print(json.dumps(message, separators=(",", ":")))


if __name__ == "__main__":
    main()
