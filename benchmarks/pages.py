"""A lean server of ticket pages, for what the stand-in is too slow or too big for: `python -m benchmarks.pages`.

It knows one template page of real stand-in tickets and numbers them anew: ticket `i` is template `i % 100` with an id
and a `lastUpdate` of its own, both rising with `i`. So 100,000 tickets cost no memory, and a page costs a millisecond.
It honours `$top`, `$skip` and the bounds of `lastUpdate` in `$filter`; `$select` and `$expand` are the template's.
"""

import argparse
import json
import re
import sys
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

READY = "Pages ready: "
_BOUND = re.compile(r"lastUpdate (ge|gt|lt|le) ([0-9T:.-]+)Z")
_KEPT = timedelta(days=90)
_FIRST_ID = 1_000_000


class Pages:
    """Tickets by number, and the pages that a query asks for."""

    def __init__(self, templates: list[dict[str, Any]], tickets: int, days: float = 60, cap: int = 100) -> None:
        self._cap = cap
        self._templates = [_around_key(template) for template in templates]
        now = datetime.now(UTC).replace(tzinfo=None)
        first = now - timedelta(days=days)
        # The newest ticket is an hour old: nothing moves while it is read.
        step = (timedelta(days=days) - timedelta(hours=1)) / max(tickets, 1)
        self._moments = [(first + step * number).isoformat(timespec="microseconds") for number in range(tickets)]
        self._border = bisect_left(self._moments, (now - _KEPT).isoformat(timespec="microseconds"))

    def page(self, route: str, query: dict[str, str]) -> bytes:
        """Return the JSON of one page of a route."""
        # Without an overlap, so that no reader gets more JSON than the others.
        low, high = (0, self._border) if route.endswith("/past") else (self._border, len(self._moments))
        for word, moment in _BOUND.findall(query.get("$filter", "")):
            # Moments are unique, so "eq and id gt" adds nothing to "gt". As text they sort as they do in time.
            place = (bisect_right if word in ("gt", "le") else bisect_left)(self._moments, _padded(moment))
            low, high = (max(low, place), high) if word in ("ge", "gt") else (low, min(high, place))
        low += int(query.get("$skip", 0))
        found = range(low, min(high, low + min(int(query.get("$top", self._cap)), self._cap)))
        return f"[{','.join(map(self._ticket, found))}]".encode()

    def _ticket(self, number: int) -> str:
        before, after = self._templates[number % len(self._templates)]
        return f'{before}"id":{_FIRST_ID + number},"lastUpdate":"{self._moments[number]}"{after}'


def _padded(moment: str) -> str:
    return datetime.fromisoformat(moment[:26]).isoformat(timespec="microseconds")


def _around_key(template: dict[str, Any]) -> tuple[str, str]:
    rest = {name: value for name, value in template.items() if name not in ("id", "lastUpdate")}
    text = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    return "{", "," + text[1:]


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet, else Nagle's delay costs 40 ms per answer.
        wbufsize = -1

        def do_GET(self) -> None:
            """Answer a page."""
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            if "token" not in query:
                self.send_error(401)
                return
            body = pages.page(url.path, query)
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    return Handler


class _Server(ThreadingHTTPServer):
    """Says nothing where a reader that was ended has left its connections."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", type=Path, required=True, help="a JSON list of tickets")
    parser.add_argument("--tickets", type=int, required=True)
    parser.add_argument("--days", type=float, default=60, help="how far back the oldest lastUpdate lies")
    parser.add_argument("--cap", type=int, default=100, help="most tickets on a page")
    options = parser.parse_args()
    pages = Pages(json.loads(options.templates.read_text(encoding="utf-8")), options.tickets, options.days, options.cap)
    with _Server(("127.0.0.1", 0), _handler(pages)) as server:
        print(f"{READY}http://127.0.0.1:{server.server_port}/public/v1", flush=True)  # ignore-https-check
        server.serve_forever()


if __name__ == "__main__":
    main()
