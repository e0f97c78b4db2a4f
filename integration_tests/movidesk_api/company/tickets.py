"""Tickets: one at a time, from a person, a service and a story."""

import random
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import catalogue, custom_fields, story, words
from integration_tests.movidesk_api.company.actions import ActionMaker
from integration_tests.movidesk_api.company.briefs import TEAMS, address_block, brief
from integration_tests.movidesk_api.company.people import People

Document = dict[str, Any]

EMPTY_DATE = "0001-01-01T00:00:00"
CHAT_ORIGINS = (5, 6, 20, 23)
# Nothing happened in the last minutes: a first sync finds a company at rest.
QUIET = 15 * moments.TICKS_PER_MINUTE


class TicketMaker:
    """Makes one ticket at a time."""

    def __init__(self, rng: random.Random, people: People, services: list[Document], now: int, series: int = 0) -> None:
        self._rng, self._people, self._services, self._now = rng, people, services, now
        self._service_by_id = {service["id"]: service for service in services}
        parents = {service["parentServiceId"] for service in services}
        self._choices = [s for s in services if s["id"] not in parents] * 4 + services
        self._actions = ActionMaker(rng, series)

    def ticket(self, number: int, created: int, now: int | None = None) -> Document:
        """Make a ticket that was opened at `created` and lived until `now`."""
        rng = self._rng
        until = now if now is not None else self._now - QUIET
        created = min(story.rough(rng, created), until)
        agent, client = rng.choice(self._people.agents), rng.choice(self._people.clients)
        if rng.random() < 0.08:
            client = rng.choice(self._people.companies)
        steps = story.tell(rng, created, until, agent, client)
        owner = agent if len(steps) > 1 or rng.random() < 0.4 else None
        team = agent["teams"][0] if owner else rng.choice([*TEAMS, None])
        origin = rng.choice((1, 2, 3, 3, 3, 5, 8, 9, 13, 18, 20, 23, 26))
        actions = self._actions.actions(steps, origin)
        last = max([moments.parse(action["createdDate"]) for action in actions] + [steps[-1].at])
        settled = last + rng.randint(0, 8 * moments.TICKS_PER_SECOND)
        if rng.random() < 0.15:
            # Answered surveys and changed fields move `lastUpdate` without an action.
            settled += rng.randint(0, 30 * moments.TICKS_PER_DAY)
        updated = max(last, story.rough(rng, min(settled, until)))
        ticket: Document = {
            "protocol": _protocol(created, number),
            "type": 2 if rng.random() < 0.9 else 1,
            "subject": rng.choice(words.SUBJECTS),
            "category": rng.choice([*words.CATEGORIES, None]),
            "urgency": rng.choice([*words.URGENCIES, None]),
            "origin": origin,
            "createdDate": moments.written(created),
            "isDeleted": rng.random() < 0.03,
            "originEmailAccount": "Caixa Suporte" if origin == 3 else None,
            "ownerTeam": team,
            "contactForm": "Fale conosco" if origin == 8 else None,
            "tags": rng.choices(words.TAGS, k=rng.choice((0, 0, 1, 2))),
            "cc": "copia1@example.com;copia2@example.com" if origin == 3 and rng.random() < 0.4 else None,
            "actionCount": len(actions),
            "sequence": rng.randint(1, 500) if rng.random() < 0.1 else None,
            "jiraIssueKey": f"SUP-{rng.randint(1, 900)}" if rng.random() < 0.03 else None,
            "redmineIssueId": rng.randint(1, 9000) if rng.random() < 0.03 else None,
            "movideskTicketNumber": None,
            "linkedToIntegratedTicketNumber": None,
            "lastActionDate": actions[-1]["createdDate"],
            "lastUpdate": moments.written(updated),
            "id": number,
            "owner": {**(brief(owner) or {}), **address_block(owner)} if owner else None,
            "createdBy": brief(client),
            "clients": self._clients(client),
            "actions": actions,
            "parentTickets": [],
            "childrenTickets": [],
            "ownerHistories": story.owner_histories(rng, steps, self._people.agents, owner, team),
            "statusHistories": story.status_histories(steps),
            "satisfactionSurveyResponses": [],
            "customFieldValues": custom_fields.values_of(rng, created, agent, team or TEAMS[0], client),
            "assets": self._assets() if rng.random() < 0.12 else [],
            "webhookEvents": None,
        }
        ticket.update(story.summary(steps))
        ticket.update(self._service())
        ticket.update(self._chat(origin in CHAT_ORIGINS))
        ticket.update(self._agreement(created, client, actions))
        return ticket

    def _clients(self, client: Document) -> list[Document]:
        rng = self._rng
        made = [self._client(client)]
        chance = rng.random()
        if chance < 0.05:
            # Removed and added again: the same person twice, the first time deleted.
            made.insert(0, {**made[0], "isDeleted": True})
        elif chance < 0.20:
            made.append(self._client(rng.choice([c for c in self._people.clients if c is not client])))
            made[-1]["isDeleted"] = rng.random() < 0.2
        return made

    def _client(self, person: Document) -> Document:
        first = brief(person) or {}
        picture = first.pop("pathPicture")
        organization = brief(self._people.organization_of(person))
        return {
            **first,
            "isDeleted": False,
            "pathPicture": picture,
            **address_block(person),
            "organization": organization,
        }

    def _service(self) -> Document:
        service = self._rng.choice(self._choices) if self._rng.random() < 0.95 else None
        if service is None:
            keys = (
                "serviceFull",
                "serviceFirstLevelId",
                "serviceFirstLevel",
                "serviceSecondLevel",
                "serviceThirdLevel",
            )
            return dict.fromkeys(keys)
        path = catalogue.path_of(service, self._service_by_id)
        levels = [*reversed(path), None, None]
        return {
            "serviceFull": path,
            "serviceFirstLevelId": service["id"],
            "serviceFirstLevel": levels[0],
            "serviceSecondLevel": levels[1],
            "serviceThirdLevel": levels[2],
        }

    def _chat(self, chatted: bool) -> Document:
        rng = self._rng
        return {
            "chatWidget": "Chat do site" if chatted else None,
            "chatGroup": rng.choice(("Suporte", "Comercial")) if chatted else None,
            "chatTalkTime": rng.randint(30, 3600) if chatted else None,
            "chatWaitingTime": rng.randint(0, 600) if chatted else None,
        }

    def _agreement(self, created: int, client: Document, actions: list[Document]) -> Document:
        rng = self._rng
        name, rule, solution, response = rng.choice(catalogue.AGREEMENTS)
        due = moments.written(created + solution * moments.TICKS_PER_MINUTE) if name else None
        answers = [action["createdDate"] for action in actions[1:] if action["createdBy"]]
        return {
            "slaAgreement": name,
            "slaAgreementRule": rule,
            "slaSolutionTime": solution,
            "slaResponseTime": response,
            "slaSolutionChangedByUser": rng.random() < 0.05,
            "slaSolutionChangedBy": brief(client) if name else None,
            "slaSolutionDate": EMPTY_DATE if name and rng.random() < 0.03 else due,
            "slaSolutionDateIsPaused": rng.random() < 0.05,
            "slaResponseDate": moments.written(created + response * moments.TICKS_PER_MINUTE) if name else None,
            "slaRealResponseDate": answers[0] if answers else None,
        }

    def _assets(self) -> list[Document]:
        rng = self._rng
        made: list[Document] = [
            {
                "id": f"AST-{number:04d}",
                "name": f"Impressora {number}",
                "label": f"IMP-{number}",
                "serialNumber": f"SN{number:04d}",
                "categoryFull": ["Hardware", "Impressoras", "Laser"][: rng.randint(2, 3)],
                "categoryFirstLevel": "Hardware",
                "categorySecondLevel": "Impressoras",
                "categoryThirdLevel": "Laser",
                "isDeleted": rng.random() < 0.1,
            }
            for number in rng.sample(range(1, 40), rng.randint(1, 2))
        ]
        for asset in made:
            asset["categoryThirdLevel"] = asset["categoryFull"][2] if len(asset["categoryFull"]) == 3 else None
        if rng.random() < 0.1:
            made.insert(0, {**made[0], "isDeleted": True})
        return made


def _protocol(created: int, number: int) -> str:
    """Give the month in Brasilia, three hours behind, and a sequence."""
    month = moments.fixed(created - 3 * moments.TICKS_PER_HOUR)[:7].replace("-", "")
    return f"{month}{abs(number) % 10**6:06d}"
