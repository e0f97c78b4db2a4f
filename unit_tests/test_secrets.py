"""The token stands in no output, whatever happens: Movidesk takes it in the URL, and URLs get printed."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus, unquote_plus, urlsplit

import pytest

from unit_tests.reading import catalog

SCRIPT = Path(sys.executable).with_name("source-movidesk")
PLAIN = "5f0c1d2e-1111-4000-8000-00000000abcd"
# Everything that an URL or a JSON text writes in another way.
ODD = 'tök+en/=&x y"z\\'
TOKENS = {"plain": PLAIN, "odd": ODD}

# The first part of the path says how the server behaves, the second which token it is.
ANSWERS: dict[str, tuple[int, str, str]] = {
    "works": (200, "application/json", "[]"),
    "refuses": (401, "application/json", '{"message": "Invalid token."}'),
    "refuses-the-query": (400, "application/json", '{"message": "The query specified in the URI is not valid."}'),
    "forgets": (404, "text/html", "<html>404</html>"),
    "fails": (500, "application/json", '{"message": "An error has occurred."}'),
    "rests": (503, "text/plain", "Service unavailable"),
    "locks": (429, "application/json", '{"message": "Too many failed requests"}'),
    "puzzles": (418, "text/plain", "I am a teapot"),
    "talks-html": (200, "text/html", "<html>Proxy login</html>"),
    "says-nothing": (200, "application/json", ""),
    "breaks-off": (200, "application/json", '[{"id": 1, "lastUpdate"'),
    "damages": (200, "application/json", '[{"id": 1, "lastUpdate" 7}]'),
    "surprises": (200, "application/json", '[{"id": "?", "lastUpdate": "soon"}]'),
    "hangs-up": (0, "", ""),
    # Servers that quote the request in their answer.
    "echoes-400": (400, "application/json", '{"message": "Bad request: %s"}'),
    "echoes-html": (200, "text/html", "<html>%s</html>"),
    "echoes-418": (418, "text/plain", "%s"),
}
SUCCEEDS = {"works"}


class Handler(BaseHTTPRequestHandler):
    asked: set[tuple[str, str]]

    def do_GET(self):
        parts = urlsplit(self.path)
        behaviour, which = parts.path.split("/")[1:3]
        token = parse_qs(parts.query, keep_blank_values=True)["token"][0]
        assert token == TOKENS[which]
        self.server.asked.add((behaviour, which))
        status, kind, body = ANSWERS[behaviour]
        if not status:
            self.connection.close()
            return
        content = body.replace("%s", self.path + " " + json.dumps(unquote_plus(self.path))[1:-1]).encode()
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": len(content), "retry-after": 1}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked = set()
        running.handle_error = lambda *arguments: None
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def run(folder: Path, server: ThreadingHTTPServer, command: str, behaviour: str, which: str) -> tuple[int, str]:
    place = folder / f"{command}-{behaviour}-{which}"
    place.mkdir()
    config = {
        "token": TOKENS[which],
        "api_url": f"http://127.0.0.1:{server.server_port}/{behaviour}/{which}",
        "requests_per_minute": 6000,
    }
    (place / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (place / "catalog.json").write_text(json.dumps(catalog("tickets", "ticket_actions")), encoding="utf-8")
    arguments = [SCRIPT, command, "--config", place / "config.json", "--debug"]
    if command == "read":
        arguments += ["--catalog", place / "catalog.json"]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    outcome = subprocess.run(arguments, capture_output=True, env=environment, timeout=120)
    return outcome.returncode, outcome.stdout.decode() + outcome.stderr.decode()


def forms(token: str) -> set[str]:
    """Every way in which the token could be printed."""
    texts = {token, quote(token, safe=""), quote(token), quote_plus(token), repr(token)[1:-1], ascii(token)[1:-1]}
    texts |= {json.dumps(text)[1:-1] for text in texts} | {json.dumps(text, ensure_ascii=False)[1:-1] for text in texts}
    return texts | {text.lower() for text in texts}


def assert_silent(output: str, token: str) -> None:
    for form in forms(token):
        assert form not in output, next(line for line in output.splitlines() if form in line)[:2000]
    for line in output.splitlines():
        if line.startswith("{"):
            assert token not in json.dumps(json.loads(line), ensure_ascii=False)


def test_the_forms_would_be_found():
    for token in TOKENS.values():
        with pytest.raises(AssertionError):
            assert_silent(f"https://127.0.0.1/tickets?token={quote_plus(token)}", token)
        with pytest.raises(AssertionError):
            assert_silent(json.dumps({"message": token}), token)


@pytest.mark.parametrize("which", list(TOKENS))
def test_no_run_prints_the_token(tmp_path: Path, server: ThreadingHTTPServer, which: str):
    runs = [("check" if which == "odd" else "read", behaviour) for behaviour in ANSWERS]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda each: run(tmp_path, server, *each, which), runs))
    for (command, behaviour), (code, output) in zip(runs, outcomes, strict=True):
        assert (behaviour, which) in server.asked, f"{behaviour} was not asked: {output[-2000:]}"
        assert_silent(output, TOKENS[which])
        assert code == (0 if command == "check" or behaviour in SUCCEEDS else 1), (behaviour, output[-2000:])
