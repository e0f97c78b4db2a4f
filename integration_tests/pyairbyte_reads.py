"""PyAirbyte at work: `python -m integration_tests.pyairbyte_reads FILE DATABASE` reads into a DuckDB file.

Without a database it prints what a loop that is left early, or `get_samples`, has got.

A process of its own, since PyAirbyte reads its settings at import and changes the process that imports it.
"""

import json
import os
import sys
from pathlib import Path

# The connector stands in no registry, and nobody is told of these reads.
os.environ["AIRBYTE_OFFLINE_MODE"] = "1"
os.environ["DO_NOT_TRACK"] = "1"


def main(file: str, database: str = "") -> None:
    """Read what the file says, `{"config": …, "streams": […], "check": …}`; or `loop`, `samples`: how many rows."""
    import airbyte
    from airbyte.caches import DuckDBCache

    given = json.loads(Path(file).read_text(encoding="utf-8"))
    source = airbyte.get_source(
        "source-movidesk",
        local_executable=Path(sys.executable).with_name("source-movidesk"),
        config=given["config"],
        streams=given["streams"],
    )
    if "loop" in given:
        records = source.get_records(given["streams"][0])
        print([record["id"] for record, _ in zip(records, range(given["loop"]), strict=False)])
        # As Python does when the loop's frame is gone.
        del records
        return
    if "samples" in given:
        samples = source.get_samples(given["streams"], limit=given["samples"])
        print({name: len(list(rows)) for name, rows in samples.items()})
        return
    if given["check"]:
        source.check()
    # The schema must not have the name of the file, which is DuckDB's name of the database.
    source.read(cache=DuckDBCache(db_path=database, schema_name="movidesk"))


if __name__ == "__main__":
    main(*sys.argv[1:])
