"""The tests' own routes, apart from the API: log, switches, failures, changes, truth."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from integration_tests.movidesk_api import moments, tickets
from integration_tests.movidesk_api.changes import Changes
from integration_tests.movidesk_api.world import World

Action = Callable[[dict[str, Any]], Any]


def control_routes(world: World, changes: Changes) -> list[Route]:
    """List the routes under `/_control`."""

    def now() -> str:
        return moments.written(world.clock.now()) + "Z"

    def health(_: dict[str, Any]) -> Any:
        return {
            "status": "ok",
            "now": now(),
            "tickets": len(world.tickets.numbers()),
            "limits": world.limits.state(),
        }

    def switch(values: dict[str, Any]) -> Any:
        world.set_switches(values)
        return world.switches.as_dict()

    def clock(values: dict[str, Any]) -> Any:
        world.set_clock(**values)
        return {"now": now()}

    def fail(values: dict[str, Any]) -> Any:
        world.faults.add(values)
        return {}

    def hook(values: dict[str, Any]) -> Any:
        changes.add_hook(values)
        return {}

    def reset(values: dict[str, Any]) -> Any:
        world.rebuild(**values)
        changes.clear_hooks()
        return health({})

    def load(values: dict[str, Any]) -> Any:
        return changes.load(values["tickets"])

    return [
        Route("/_control/health", _answer(health)),
        Route("/_control/requests", _answer(lambda _: world.journal.entries()), methods=["GET"]),
        Route("/_control/requests", _answer(lambda _: world.journal.clear()), methods=["DELETE"]),
        Route("/_control/switches", _answer(lambda _: world.switches.as_dict()), methods=["GET"]),
        Route("/_control/switches", _answer(switch), methods=["PATCH"]),
        Route("/_control/clock", _answer(clock), methods=["POST"]),
        Route("/_control/lockout", _answer(lambda _: world.limits.clear()), methods=["DELETE"]),
        Route("/_control/fail", _answer(fail), methods=["POST"]),
        Route("/_control/fail", _answer(lambda _: world.faults.clear()), methods=["DELETE"]),
        Route("/_control/tickets", _answer(changes.apply), methods=["POST"]),
        Route("/_control/on_request", _answer(hook), methods=["POST"]),
        Route("/_control/on_request", _answer(lambda _: changes.clear_hooks()), methods=["DELETE"]),
        Route("/_control/load", _answer(load), methods=["POST"]),
        Route("/_control/reset", _answer(reset), methods=["POST"]),
        Route("/_control/truth/{entity}", _truth(world)),
    ]


def _answer(action: Action) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        body = await request.body()
        try:
            return JSONResponse(action(json.loads(body) if body else {}))
        except (ValueError, TypeError, KeyError) as error:
            # A test that asks for something impossible must hear so, and not believe that it happened.
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)

    return endpoint


def _truth(world: World) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        name = request.path_params["entity"]
        if name == "tickets":
            return JSONResponse(world.tickets.truth())
        if name == "missing_numbers":
            return JSONResponse(world.company.missing_numbers)
        if name == "ticket_details":
            return JSONResponse(tickets.truth_of_details(world))
        if name not in world.shelves:
            return JSONResponse({"error": f"no such entity: {name}"}, status_code=404)
        shelf = world.shelves[name]
        return JSONResponse(shelf.documents(order=[shelf.table.c["_key"]]))

    return endpoint
