"""The last yards of an answer: its date, and the ways in which a connection can fail."""

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.world import World


class CutResponse(Response):
    """Announces the whole body, sends half of it and stops: the server then drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, half of the body, and nothing more."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


class DroppedResponse(Response):
    """Closes the connection without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close, and wait until the server knows; it would send a 500 of its own otherwise.

        ASGI has no order for this: the connection is found behind uvicorn's `receive`.
        """
        receive.__self__.transport.close()  # type: ignore[attr-defined]
        while (await receive())["type"] != "http.disconnect":
            pass


class Dated:
    """Puts the world's date on every answer, as the web server does with its own."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app, self._world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass all on, and add the header where an order of a test has not."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start" and self._world.switches.date_header == "clock":
                skew = int(self._world.switches.clock_skew_seconds * moments.TICKS_PER_SECOND)
                MutableHeaders(scope=message).setdefault("date", moments.http_date(self._world.clock.now() + skew))
            await send(message)

        await self._app(scope, receive, dated)
