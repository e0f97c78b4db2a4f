"""Measures a first and a quiet second sync of the ticket family: requests, seconds, rows, peak memory.

Run `make benchmark`, or `python -m benchmarks.full_sync --tickets 10000`. The stand-in answers at once, so the seconds
are the connector's own work; with the real API the quota of 10 requests a minute decides, which the last column tells.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from integration_tests.movidesk_api.server import MovideskApi

CONNECTOR = Path(sys.executable).with_name("source-movidesk")


def _command(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    command = [str(CONNECTOR), *arguments, "--config", str(folder / "config.json")]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def _catalog(folder: Path) -> dict[str, Any]:
    streams = _command(folder, "discover")[-1]["catalog"]["streams"]
    return {
        "streams": [
            {"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
            for stream in streams
            if stream["name"].startswith("ticket") and stream["name"] != "ticket_action_html"
        ]
    }


def main() -> None:
    """Run both syncs and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=3000)
    tickets = parser.parse_args().tickets
    with MovideskApi.start(tickets=tickets, seed=1) as api, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "config.json", {"token": api.token, "api_url": api.url, "requests_per_minute": 6000})
        _write(folder / "catalog.json", _catalog(folder))
        _write(folder / "state.json", [])
        for sync in ("first sync", "quiet sync"):
            api.clear_requests()
            started = time.monotonic()
            arguments = ("read", "--catalog", str(folder / "catalog.json"), "--state", str(folder / "state.json"))
            messages = _command(folder, *arguments)
            seconds = time.monotonic() - started
            requests = len(api.requests())
            rows = Counter(message["type"] for message in messages)["RECORD"]
            states = {
                message["state"]["stream"]["stream_descriptor"]["name"]: message["state"]
                for message in messages
                if message["type"] == "STATE"
            }
            _write(folder / "state.json", list(states.values()))
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{sync}: {tickets} tickets, {rows} rows, {requests} requests, {seconds:.1f} s, {memory:.0f} MB; "
                f"at 10 requests a minute {requests / 10:.1f} minutes"
            )


if __name__ == "__main__":
    main()
