"""The server: every API request passes the log, the tests' orders, the limits and the key before it is answered."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from integration_tests.movidesk_api import API_PATH, replies
from integration_tests.movidesk_api.changes import Changes
from integration_tests.movidesk_api.control import control_routes
from integration_tests.movidesk_api.errors import ApiError, UnknownRouteError
from integration_tests.movidesk_api.faults import Fault
from integration_tests.movidesk_api.replies import Reply
from integration_tests.movidesk_api.routes import handler_of
from integration_tests.movidesk_api.transport import CutResponse, Dated, DroppedResponse
from integration_tests.movidesk_api.world import World

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

Report = Callable[[dict[str, Any], float], None]


class Api:
    """The way of one API request."""

    def __init__(self, world: World, changes: Changes, report: Report | None) -> None:
        self._world, self._changes, self._report = world, changes, report

    async def answer(self, request: Request) -> Response:
        """Log the request, do what tests ordered for it, and answer."""
        world, begin = self._world, time.perf_counter()
        path = request.url.path.removeprefix(API_PATH)
        query = request.scope["query_string"].decode("latin-1")
        entry = world.journal.open(request.method, path, query, len(str(request.url)), world.token)
        try:
            world.tickets.catch_up()
            self._changes.before_request(path)
            fault = await world.faults.next(path, unquote_plus(query))
            reply = self._reply(request, path, len(query), entry, fault)
            if fault is not None:
                reply = _with_fault(reply, fault)
            await asyncio.sleep(world.switches.latency_ms / 1000 + reply.delay)
            entry["broken"] = reply.broken is not None or (fault is not None and fault.truncate)
            entry["rows"] = reply.rows
            entry["status"] = None if reply.broken == "reset" else reply.status
        except Exception as error:
            # A fault of the stand-in itself must not pass for one of the API.
            entry["violation"] = f"stand-in error: {error!r}"
            raise
        finally:
            # Before the answer goes out, or the client's next request might meet this one.
            world.journal.close(entry)
        if self._report:
            self._report(entry, time.perf_counter() - begin)
        return _response(reply)

    def _reply(
        self, request: Request, path: str, query_length: int, entry: dict[str, Any], fault: Fault | None
    ) -> Reply:
        world = self._world
        if request.method != "GET" or "asterisk_" in path:
            entry["violation"] = f"{request.method} {path} would write"
            return replies.error_reply(500, f"Violation: {entry['violation']}", world.switches)
        if fault is not None and fault.status is not None:
            self._count(fault.status, fault.count_as_failure)
            return Reply(fault.body.encode(), fault.status, fault.content_type, dict(fault.headers))
        blocked = world.limits.blocked_for()
        if blocked:
            return replies.too_many("Too many failed requests", blocked, world.switches, world.clock.now())
        reply = self._permitted(request, path, query_length, entry["token_ok"])
        self._count(500 if reply.broken else reply.status, True)
        return reply

    def _permitted(self, request: Request, path: str, query_length: int, token_ok: bool) -> Reply:
        switches = self._world.switches
        if switches.max_query_length is not None and query_length > switches.max_query_length:
            return replies.not_found_page()
        wait = self._world.limits.over_quota_for()
        if wait:
            told = wait if switches.quota_retry_after == "told" else None
            return replies.too_many("Too many requests", told, switches, self._world.clock.now())
        try:
            handler = handler_of(path)
            if not token_ok:
                return replies.wrong_token(switches)
            if switches.html_on_200 is not None and switches.html_on_200 in path:
                return Reply(b"<html><body>Maintenance</body></html>", 200, replies.HTML)
            if switches.empty_on_200 is not None and switches.empty_on_200 in path:
                return Reply(b"", 200)
            params = {name: value for name, value in request.query_params.items() if name != "token"}
            reply = handler(self._world, params)
        except UnknownRouteError:
            return replies.not_found_page()
        except ApiError as error:
            refusal = replies.error_reply(error.status, error.text, switches, error.delay)
            refusal.broken = error.broken
            return refusal
        if switches.repeat_page is not None and switches.repeat_page in path:
            return self._world.repeats.first(path, params, reply)
        return reply

    def _count(self, status: int, counts: bool) -> None:
        if status < 400:
            self._world.limits.succeeded()
        elif counts:
            self._world.limits.failed()


def _with_fault(reply: Reply, fault: Fault) -> Reply:
    reply.headers.update(fault.headers)
    if fault.truncate:
        reply.body = reply.body[: len(reply.body) // 2]
    if fault.drop or fault.cut:
        reply.broken = "reset" if fault.drop else "cut"
    return reply


def _response(reply: Reply) -> Response:
    kinds: dict[str | None, type[Response]] = {None: Response, "reset": DroppedResponse, "cut": CutResponse}
    kind = kinds[reply.broken]
    headers = dict(reply.headers)
    if reply.content_type:
        headers["content-type"] = reply.content_type
    return kind(reply.body, reply.status, headers)


def create_app(world: World, report: Report | None = None) -> ASGIApp:
    """Build the application; `report` is told of each API request that was answered."""
    changes = Changes(world)
    api = Api(world, changes, report)
    routes = [*control_routes(world, changes), Route("/{path:path}", api.answer, methods=METHODS)]
    return Dated(Starlette(routes=routes), world)
