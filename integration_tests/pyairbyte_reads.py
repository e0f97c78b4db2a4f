"""One read through PyAirbyte into a DuckDB file: `python -m integration_tests.pyairbyte_reads CONFIG DATABASE`.

A process of its own, since PyAirbyte reads its settings at import and changes the process that imports it.
"""

import json
import os
import sys
from pathlib import Path

# The connector stands in no registry, and nobody is told of these reads.
os.environ["AIRBYTE_OFFLINE_MODE"] = "1"
os.environ["DO_NOT_TRACK"] = "1"


def main(config_file: str, database: str) -> None:
    """Check, then read the streams of the config file, `{"config": …, "streams": […]}`."""
    import airbyte
    from airbyte.caches import DuckDBCache

    given = json.loads(Path(config_file).read_text(encoding="utf-8"))
    source = airbyte.get_source(
        "source-movidesk",
        local_executable=Path(sys.executable).with_name("source-movidesk"),
        config=given["config"],
        streams=given["streams"],
    )
    source.check()
    result = source.read(cache=DuckDBCache(db_path=database, schema_name="movidesk"))
    print(json.dumps({"processed": result.processed_records}))


if __name__ == "__main__":
    main(*sys.argv[1:])
