"""`/kb/article` (the list, paged from 0) and `/article/{id}` (one article)."""

from typing import Any

from integration_tests.movidesk_api import listing
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.surveys import moment
from integration_tests.movidesk_api.world import World

DEFAULT_PAGE = 30
MAX_PAGE = 100


def articles(world: World, params: Params) -> Reply:
    """Answer `/kb/article`."""
    shelf = world.shelves["kb_articles"]
    order = [shelf.table.c.updatedAt] if world.switches.kb_order == "updated" else []
    found = [article for article in shelf.documents(*_dates(world, params), order=order) if _wanted(article, params)]
    size = min(listing.whole(params.get("pageSize") or str(DEFAULT_PAGE), "pageSize"), MAX_PAGE)
    page = listing.whole(params.get("page") or "0", "page")
    if size < 1 or page < 0:
        raise ApiError(400, "The page is not valid.")
    rows = min(size, world.switches.kb_page_cap or size)
    items = found[page * rows : (page + 1) * rows]
    total = len(found if world.switches.kb_total == "all" else items)
    return json_reply({"pageSize": size, "totalSize": total, "items": items}, world.switches)


def _dates(world: World, params: Params) -> list[Any]:
    columns = world.shelves["kb_articles"].table.c
    conditions = []
    for name, column in (("updatedDate", columns.updatedAt), ("createdDate", columns.createdAt)):
        for suffix in ("From", "To"):
            if params.get(name + suffix):
                bound = moment(params, name + suffix)
                conditions.append(column >= bound if suffix == "From" else column <= bound)
    if conditions and world.switches.kb_date_filter == "400":
        raise ApiError(400, "The date is not valid.")
    return conditions if world.switches.kb_date_filter == "honoured" else []


def _wanted(article: dict[str, Any], params: Params) -> bool:
    """Empty parameters are harmless."""
    text = f"{article['title']} {article['summary'] or ''}".lower()
    menu = article["menu"]["name"] if article["menu"] else None
    return (
        (params.get("q", "").lower() in text)
        and (params.get("title", "").lower() in article["title"].lower())
        and (not params.get("tags") or params["tags"] in article["tags"])
        and (
            not params.get("category") or params["category"] in [category["name"] for category in article["categories"]]
        )
        and (not params.get("status") or params["status"] == str(article["status"]))
        and (not params.get("menu") or params["menu"] == menu)
    )


def article(world: World, _: Params, number: str) -> Reply:
    """Answer `/article/{id}`."""
    found = world.shelves["kb_article_details"].get(listing.whole(number, "id"))
    if found is None:
        raise ApiError(404, "The article was not found.")
    return json_reply(found, world.switches)
