"""The body of one object asked for by id."""

from integration_tests.movidesk_api.database import Document
from integration_tests.movidesk_api.projection import HIDING, Rules
from integration_tests.movidesk_api.schema import Entity
from integration_tests.movidesk_api.schema_tickets import EXPENSE, TICKET


def detail(entity: Entity, document: Document, rules: Rules) -> Document:
    """Make the by-id body: every key in its own order, the id as text, persons without picture."""
    hiding = HIDING if entity is TICKET and not rules.include_deleted else frozenset()
    out: Document = {}
    for key in entity.detail_order:
        value = document[key]
        navigation = entity.navigations.get(key)
        if navigation and isinstance(value, list):
            kept = [item for item in value if not (key in hiding and item["isDeleted"])]
            value = [detail(navigation.entity, item, rules) for item in kept]
        elif navigation and value is not None:
            value = detail(navigation.entity, value, rules)
        out[key] = value
    if entity is EXPENSE:
        for key, kind, name in (
            ("createdBy", rules.expense_created_by, "id"),
            ("createdByTeam", rules.expense_team, "name"),
        ):
            if kind == "string" and out[key] is not None:
                out[key] = out[key][name]
    if entity is TICKET:
        out["id"] = str(out["id"])
    return out
