"""Starts the stand-in: `python -m integration_tests.movidesk_api`."""

import argparse
import ipaddress
import signal
import socket
import sys
from typing import Any, NoReturn

import uvicorn

from integration_tests.movidesk_api import API_PATH, TOKEN
from integration_tests.movidesk_api.app import create_app
from integration_tests.movidesk_api.world import World


def main() -> None:
    """Make the company, listen, and say where."""
    options = _options()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    world = World(seed=options.seed, tickets=options.tickets, database=options.database)
    app = create_app(world, None if options.quiet_log else _report)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only then; it would cost 40 ms per answer.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((options.host, options.port))
        except OSError as error:
            sys.exit(f"Port {options.port} cannot be used: {error.strerror}. Choose another one with --port.")
        listener.listen(128)
        host = f"[{options.host}]" if ":" in options.host else options.host
        url = f"http://{host}:{listener.getsockname()[1]}{API_PATH}"
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
            date_header=False,  # the application has a clock of its own
        )
        print(f"Movidesk stand-in ready: {url} (token: {TOKEN})", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="movidesk_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another company")
    parser.add_argument("--tickets", type=int, default=2000)
    parser.add_argument("--database", default=None, help="an SQLite file, overwritten; in memory without it")
    parser.add_argument("--quiet-log", action="store_true", help="no line per request")
    options = parser.parse_args()
    try:
        loopback = options.host == "localhost" or ipaddress.ip_address(options.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        parser.error("the stand-in listens on loopback addresses only")
    if options.tickets < 0:
        parser.error("--tickets cannot be negative")
    return options


def _report(entry: dict[str, Any], seconds: float) -> None:
    rows = "" if entry["rows"] is None else f", {entry['rows']} rows"
    line = f"{entry['n']:5} {entry['method']} {entry['path']} -> {entry['status']}{rows}, {seconds * 1000:.0f} ms"
    print(line, file=sys.stderr, flush=True)


def _leave(*_: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
