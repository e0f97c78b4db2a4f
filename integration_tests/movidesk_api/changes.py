"""What tests do to the company while a client reads: tickets and people come, change, age and go."""

import random
from dataclasses import dataclass
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company.numbers import FIRST_ID
from integration_tests.movidesk_api.database import Document
from integration_tests.movidesk_api.schema import Entity
from integration_tests.movidesk_api.schema_others import PERSON
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.world import World

_TICKET_ACTIONS = {"add", "touch", "delete", "remove", "set", "age", "touch_random", "add_random"}
_ARTICLE_ACTIONS = {"touch_articles"}
_PERSON_ACTIONS = {"add_persons", "remove_persons", "touch_persons", "set_persons"}


@dataclass
class Hook:
    """An action that is due before certain requests."""

    action: dict[str, Any]
    every: int = 1
    first: int = 1
    until: int | None = None
    path: str | None = None
    seen: int = 0

    def strikes(self, path: str) -> bool:
        """Say whether the action is due, and count the request."""
        if self.path is not None and self.path not in path:
            return False
        self.seen += 1
        over = self.until is not None and self.seen > self.until
        return self.seen >= self.first and not over and (self.seen - self.first) % self.every == 0


class Changes:
    """The actions on the company, and the hooks that carry them out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.clear_hooks()

    def clear_hooks(self) -> None:
        """Forget all hooks."""
        self._hooks: list[Hook] = []
        self._rng = random.Random("changes")

    def add_hook(self, values: dict[str, Any]) -> None:
        """Add what `POST /_control/on_request` describes."""
        known = {"action", "every", "from", "until", "path"}
        if set(values) - known or not isinstance(values.get("action"), dict):
            raise ValueError(f"a hook has an action and at most {', '.join(sorted(known))}")
        _check(values["action"])
        values = dict(values)
        self._hooks.append(Hook(first=values.pop("from", 1), **values))

    def before_request(self, path: str) -> None:
        """Carry out the actions that are due."""
        for hook in self._hooks:
            if hook.strikes(path):
                self.apply(hook.action)

    def apply(self, action: dict[str, Any]) -> list[dict[str, Any]]:
        """Carry the action out; give the changed tickets with their new `lastUpdate`, null for those that vanished."""
        _check(action)
        changed: list[dict[str, Any]] = []
        added = action.get("add", [])
        for overrides in added if isinstance(added, list) else [added]:
            changed.append(self._add(overrides))
        changed += [self._add({}) for _ in range(action.get("add_random", 0))]
        numbers = list(action.get("touch", []))
        if action.get("touch_random"):
            every = self._world.tickets.numbers()
            numbers += self._rng.sample(every, min(len(every), action["touch_random"]))
        changed += [
            self._change(number, {"subject": f"Alterado {self._rng.getrandbits(24):06x}"}) for number in numbers
        ]
        changed += [self._change(number, {"isDeleted": True}) for number in action.get("delete", [])]
        for entry in action.get("set", []):
            changed.append(self._change(entry["id"], entry["properties"]))
        for entry in action.get("age", []):
            changed.append(self._change(entry["id"], {"lastUpdate": entry["lastUpdate"]}))
        for number in action.get("remove", []):
            self._world.tickets.change(number, None)
            changed.append({"id": number, "lastUpdate": None})
        return changed + self._people(action) + self._articles(action)

    def load(self, tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Replace all tickets by hand-made ones; what they do not say is empty."""
        filled = []
        for position, given in enumerate(tickets):
            _check_properties(given)
            ticket = {**_blank(FIRST_ID + position, moments.written(self._world.clock.tick())), **given}
            ticket.setdefault("actionCount", len(ticket["actions"]))
            filled.append(ticket)
        self._world.tickets.fill(filled)
        return [{"id": ticket["id"], "lastUpdate": ticket["lastUpdate"]} for ticket in filled]

    def _add(self, overrides: dict[str, Any]) -> dict[str, Any]:
        _check_properties(overrides)
        world = self._world
        number = overrides.get("id", max((abs(n) for n in world.tickets.numbers()), default=FIRST_ID) + 1)
        now = world.clock.tick()
        created = moments.parse(overrides["createdDate"]) if "createdDate" in overrides else now
        ticket = world.company.ticket_maker.ticket(number, created, now)
        ticket.update({"isDeleted": False, "lastUpdate": moments.written(now), **overrides})
        world.tickets.change(number, ticket)
        return {"id": number, "lastUpdate": ticket["lastUpdate"]}

    def _change(self, number: int, properties: dict[str, Any]) -> dict[str, Any]:
        _check_properties(properties)
        ticket = self._world.tickets.current(number)
        if ticket is None:
            raise ValueError(f"there is no ticket {number}")
        ticket.update({"lastUpdate": moments.written(self._world.clock.tick()), **properties})
        self._world.tickets.change(number, ticket)
        return {"id": number, "lastUpdate": ticket["lastUpdate"]}

    def _people(self, action: dict[str, Any]) -> list[dict[str, Any]]:
        shelf = self._world.shelves["persons"]
        changed = []
        for _ in range(action.get("add_persons", 0)):
            person = self._world.company.person_maker.client()
            person.update(createdDate=moments.written(self._world.clock.tick()), changedDate=None, changedBy=None)
            shelf.put([person])
            changed.append({"personId": person["id"]})
        keys = shelf.all_keys()
        touched = self._rng.sample(keys, min(len(keys), action.get("touch_persons", 0)))
        for key in touched:
            person = shelf.get(key) or {}
            person.update(changedDate=moments.written(self._world.clock.tick()), changedBy=person["createdBy"])
            shelf.put([person])
        for entry in action.get("set_persons", []):
            person = shelf.get(entry["id"])
            if person is None:
                raise ValueError(f"there is no person {entry['id']}")
            _check_properties(entry["properties"], PERSON)
            person.update(changedDate=moments.written(self._world.clock.tick()), **entry["properties"])
            shelf.put([person])
            changed.append({"personId": person["id"]})
        gone = self._rng.sample(keys, min(len(keys), action.get("remove_persons", 0)))
        shelf.remove(gone)
        return changed + [{"personId": key} for key in [*touched, *gone]]

    def _articles(self, action: dict[str, Any]) -> list[dict[str, Any]]:
        """Edit articles, by their ids, in the list and in the detail."""
        shelves = self._world.shelves
        for number in action.get("touch_articles", []):
            now = moments.written(self._world.clock.tick())
            for name, key in (("kb_articles", "updatedAt"), ("kb_article_details", "updatedDate")):
                article = shelves[name].get(number)
                if article is not None:
                    shelves[name].put([{**article, key: now}])
        return [{"articleId": number} for number in action.get("touch_articles", [])]


def _check(action: dict[str, Any]) -> None:
    unknown = set(action) - _TICKET_ACTIONS - _PERSON_ACTIONS - _ARTICLE_ACTIONS
    if unknown:
        raise ValueError(f"no such action: {', '.join(sorted(unknown))}")


def _check_properties(properties: dict[str, Any], entity: Entity = TICKET) -> None:
    unknown = set(properties) - set(entity.order)
    if unknown:
        raise ValueError(f"a {'ticket' if entity is TICKET else 'person'} has no {', '.join(sorted(unknown))}")


def _blank(number: int, now: str) -> Document:
    ticket: Document = {name: None for name in TICKET.order if name != "actionCount"}
    lists = [name for name, navigation in TICKET.navigations.items() if navigation.many]
    ticket.update({name: [] for name in [*lists, "tags"]})
    ticket.update({name: False for name, kind in TICKET.properties.items() if kind == "bool"})
    ticket.update(id=number, type=2, origin=9, status="Novo", baseStatus="New", slaSolutionTime=0, slaResponseTime=0)
    return {**ticket, "subject": f"Ticket {number}", "createdDate": now, "lastActionDate": now, "lastUpdate": now}
