"""The memory of a read whose pages have fifty megabytes, while nobody reads what it prints."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from integration_tests.connector import SCRIPT, configured_catalog

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc"),
]

MB = 2**20
ROWS = 100
SHARE = 50 * MB // ROWS
MOST_MB = 500
LOWER = re.compile(r"lastUpdate g[te] (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")


class LargePages(BaseHTTPRequestHandler):
    """Each question for a page gives a hundred tickets of half a megabyte, whatever the window."""

    text = ""
    sent: ClassVar[list[str]] = []

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        lower = LOWER.search(unquote(parts.query.replace("+", " ")))
        begin = datetime.fromisoformat(lower[1]) if lower else datetime(2015, 1, 1)
        rows = []
        if int(query.get("$top", ["100"])[0]) >= ROWS:
            self.sent.append(parts.path)
            rows = [self._ticket(begin + timedelta(hours=number + 1), number) for number in range(ROWS)]
        body = json.dumps(rows, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _ticket(self, moment: datetime, number: int) -> dict[str, object]:
        action = {"id": 1, "description": self.text, "createdDate": moment.isoformat()}
        return {
            "id": int(moment.timestamp()) * 1000 + number,
            "lastUpdate": moment.isoformat(),
            "createdDate": moment.isoformat(),
            "actions": [action],
        }


@pytest.fixture
def large_pages() -> Iterator[str]:
    LargePages.sent = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), LargePages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/public/v1"
    server.shutdown()


def peak_mb(process: "subprocess.Popen[bytes]") -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def start(url: str, folder: Path, **settings: object) -> "subprocess.Popen[bytes]":
    config = {"token": "a", "api_url": url, "requests_per_minute": 6000, "unlimited_at_night": False, **settings}
    for name, content in (("config", config), ("catalog", configured_catalog(("tickets", "ticket_actions")))):
        (folder / f"{name}.json").write_text(json.dumps(content))
    arguments = ["read", "--config", str(folder / "config.json"), "--catalog", str(folder / "catalog.json")]
    return subprocess.Popen([SCRIPT, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


# One emoji, and Python takes four bytes for each character of the text.
TEXTS = {"plain": "a" * SHARE, "accents": "ação " * (SHARE // 7), "emoji": "😀" + "a" * (SHARE - 4)}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("workers", [2, 10])
def test_a_stalled_reader_costs_500_mb_at_most(large_pages: str, tmp_path: Path, workers: int, text: str):
    LargePages.text = text
    process = start(large_pages, tmp_path, num_workers=workers)
    try:
        # The first page gets out, then nobody reads for as long as nothing more is asked for.
        process.stdout.readline()
        deadline, asked = time.monotonic() + 120, -1
        while len(LargePages.sent) != asked:
            assert time.monotonic() < deadline, "it never stops to ask"
            asked = len(LargePages.sent)
            time.sleep(10)
        assert process.poll() is None
        assert asked > 0
        assert peak_mb(process) <= MOST_MB
        # It goes on as soon as somebody reads, page by page.
        for _ in range(5 * ROWS):
            process.stdout.readline()
        assert len(LargePages.sent) > asked
        assert peak_mb(process) <= MOST_MB
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
