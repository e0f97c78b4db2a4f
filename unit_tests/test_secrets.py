"""The token stands in no output, whatever happens: Movidesk takes it in the URL, and URLs get printed."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus, unquote_plus, urlsplit

import pytest

from integration_tests.connector import Connector, Run

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
# Hundreds of seconds of retries and lock-outs in a few.
SCALE = 100
TELLING = ["works", "refuses", "hangs-up", "forgets", "echoes-400", "echoes-html", "echoes-418"]


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


class Address:
    """What a connector needs to know of a stand-in."""

    def __init__(self, server: ThreadingHTTPServer, behaviour: str, which: str) -> None:
        self.token = TOKENS[which]
        self.url = f"http://127.0.0.1:{server.server_port}/{behaviour}/{which}"


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


@pytest.mark.parametrize(
    ("command", "which", "behaviours"),
    [("read", "odd", list(ANSWERS)), ("check", "odd", TELLING), ("read", "plain", TELLING)],
    ids=["read-odd", "check-odd", "read-plain"],
)
def test_no_run_prints_the_token(
    tmp_path: Path, server: ThreadingHTTPServer, command: str, which: str, behaviours: list[str]
):
    def run(behaviour: str) -> Run:
        (tmp_path / behaviour).mkdir()
        connector = Connector(Address(server, behaviour, which), tmp_path / behaviour)
        # Two streams, of which none has what would be asked for again in another form a minute later.
        return connector.fork(command, streams=("tickets", "ticket_actions"), debug=True, scale=SCALE)

    server.asked.clear()
    with ThreadPoolExecutor(8) as pool:
        outcomes = dict(zip(behaviours, pool.map(run, behaviours), strict=True))
    for behaviour, outcome in outcomes.items():
        assert (behaviour, which) in server.asked, f"{behaviour} was not asked: {outcome.stdout[-2000:]}"
        assert_silent(outcome.stdout + outcome.stderr, TOKENS[which])
        expected_code = 0 if command == "check" or behaviour in SUCCEEDS else 1
        assert outcome.exit_code == expected_code, (behaviour, outcome.stdout[-2000:])


def test_the_installed_script_prints_no_token(tmp_path: Path, server: ThreadingHTTPServer):
    running = []
    for behaviour in ("works", "echoes-418"):
        (tmp_path / behaviour).mkdir()
        connector = Connector(Address(server, behaviour, "odd"), tmp_path / behaviour)
        running.append(connector.start("read", streams=("tickets",), debug=True))
    for process, code in zip(running, (0, 1), strict=True):
        outcome = process.end()
        assert_silent(outcome.stdout + outcome.stderr, ODD)
        assert outcome.exit_code == code


@pytest.mark.parametrize("which", list(TOKENS))
def test_config_that_cannot_be_used_is_not_quoted_with_its_token(
    tmp_path: Path, server: ThreadingHTTPServer, which: str
):
    connector = Connector(Address(server, "works", which), tmp_path)
    whole = json.dumps(connector.config(), ensure_ascii=False)
    broken = [whole[:-1], f"[{whole}]", json.dumps(TOKENS[which])]
    outcomes = [connector.fork("check", debug=True, files={"config": text}) for text in broken]
    outcomes += [connector.fork(command, debug=True, page_size=0) for command in ("check", "read")]
    outcomes.append(connector.fork("read", debug=True, files={"catalog": json.dumps({"streams": TOKENS[which]})}))
    for outcome in outcomes:
        assert outcome.messages
        assert_silent(outcome.stdout + outcome.stderr, TOKENS[which])
