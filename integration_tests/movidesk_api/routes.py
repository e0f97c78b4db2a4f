"""Which path is answered by which handler."""

from collections.abc import Callable

from integration_tests.movidesk_api import (
    files,
    hours,
    knowledge_base,
    merged,
    persons,
    services,
    surveys,
    tickets,
)
from integration_tests.movidesk_api.errors import UnknownRouteError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply
from integration_tests.movidesk_api.world import World

HANDLERS: dict[str, Callable[[World, Params], Reply]] = {
    "/tickets": tickets.recent,
    "/tickets/past": tickets.past,
    "/tickets/merged": merged.merged,
    "/tickets/htmldescription": tickets.html_description,
    "/persons": persons.persons,
    "/services": services.services,
    "/survey/questions": surveys.questions,
    "/survey/responses": surveys.responses,
    "/activity": hours.activities,
    "/timeAgreement": hours.time_agreements,
    "/timeAgreementConsumption": hours.consumptions,
    "/kb/article": knowledge_base.articles,
    "/storage/download": files.download,
}
BY_PATH_ID: dict[str, Callable[[World, Params, str], Reply]] = {
    "/survey/questions/": surveys.question,
    "/article/": knowledge_base.article,
}


def handler_of(path: str) -> Callable[[World, Params], Reply]:
    """Find the handler; an unknown path is the web server's business."""
    if path in HANDLERS:
        return HANDLERS[path]
    for prefix, by_id in BY_PATH_ID.items():
        code = path.removeprefix(prefix)
        if path.startswith(prefix) and code and "/" not in code:
            return lambda world, params: by_id(world, params, code)
    raise UnknownRouteError(path)
