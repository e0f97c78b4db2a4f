"""Reads streams from a stand-in company in this process, with one of its answers spoilt on the way."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import requests_mock
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.test.entrypoint_wrapper import read as run_read

from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.replies import JSON, error_reply
from integration_tests.movidesk_api.routes import handler_of
from integration_tests.movidesk_api.world import World
from source_movidesk import SourceMovidesk
from unit_tests.reading import NOW, TICKET_STREAMS, TOKEN, Outcome, catalog, config

# A name that stands in for all personal data: it may come out in records only.
PERSON = "Zulmira Quaresma"
MAX_REQUESTS = 150

FEEDS = {
    "tickets": TICKET_STREAMS,
    "ticket_action_html": ["ticket_action_html"],
    "merged_tickets": ["merged_tickets"],
    "persons": [
        "persons",
        "person_addresses",
        "person_contacts",
        "person_emails",
        "person_teams",
        "person_relationships",
        "person_relationship_services",
        "person_custom_field_values",
        "person_custom_field_items",
        "person_assets",
    ],
    "services": ["services"],
    "survey_questions": ["survey_questions", "survey_question_languages"],
    "survey_responses": ["survey_responses"],
    "activities": ["activities", "activity_teams"],
    "time_agreements": [
        "time_agreements",
        "time_agreement_clients",
        "time_agreement_activities",
        "time_agreement_consumption_types",
        "time_agreement_email_destinations",
        "time_agreement_consumptions",
        "time_agreement_consumption_appointments",
        "time_agreement_consumption_expenses",
    ],
    "knowledge_base": ["kb_articles", "kb_article_contents"],
}

Spoil = Callable[[bytes], bytes]


@dataclass
class Answer:
    """What the client asked and what the stand-in has for it."""

    path: str
    params: dict[str, str]
    body: bytes = b""
    status: int = 200


@dataclass
class Read(Outcome):
    """What one read asked, got and emitted."""

    answers: list[Answer] = field(default_factory=list)
    stopped: bool = False


class Company:
    """A small company whose every text about people holds the same name."""

    def __init__(self, tickets: int = 14) -> None:
        self._world = World(seed=11, tickets=tickets, token=TOKEN)
        self._world.rebuild(now=NOW.isoformat())
        for name, number in (("persons", 6), ("services", 4), ("survey_responses", 5), ("activities", 4)):
            self._cut(name, number)
        for name in ("kb_articles", "time_agreements"):
            self._cut(name, 3)

    def _cut(self, name: str, number: int) -> None:
        shelf = self._world.shelves[name]
        kept = shelf.documents(limit=number)
        shelf.clear()
        shelf.put(kept)

    def answer(self, path: str, params: dict[str, str]) -> Answer:
        """Give what the stand-in's server would give."""
        try:
            reply = handler_of(path)(self._world, params)
        except ApiError as error:
            reply = error_reply(error.status, error.text, self._world.switches)
        return Answer(path, params, _renamed(reply.body), reply.status)

    def read(self, streams: list[str], spoilt: int | None = None, spoil: Spoil | None = None, **settings: Any) -> Read:
        """Read streams while the answer with number `spoilt` (from 0) comes spoilt, and each like it after it."""
        outcome = Read()
        target: list[Any] = []

        def respond(request: Any, context: Any) -> bytes:
            asked = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
            assert asked.pop("token") == TOKEN
            path = urlsplit(request.url).path.removeprefix("/public/v1")
            if len(outcome.answers) >= MAX_REQUESTS:
                outcome.stopped = True
                context.status_code = 418
                return b""
            answer = self.answer(path, asked)
            if len(outcome.answers) == spoilt:
                target.append((path, asked))
            # The same question gets the same answer: a retry does not help.
            if spoil and (path, asked) in target:
                answer.body = spoil(answer.body)
            outcome.answers.append(answer)
            context.status_code = answer.status
            context.headers["Content-Type"] = JSON
            return answer.body

        settings = config(**settings)
        catalog_ = ConfiguredAirbyteCatalogSerializer.load(catalog(*streams))
        with requests_mock.Mocker() as mock, patch.object(time, "sleep", _nap):
            mock.get(requests_mock.ANY, content=respond)
            source = SourceMovidesk(catalog_, settings, [])
            outcome.output = run_read(source, settings, catalog_, [], expecting_exception=None)
        return outcome


_real_sleep = time.sleep


def _nap(seconds: float) -> None:
    _real_sleep(min(seconds, 0.001))


def _renamed(body: bytes) -> bytes:
    def renamed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: renamed(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [renamed(item, key) for item in value]
        personal = isinstance(value, str) and key.lower() in (
            "businessname",
            "email",
            "phone",
            "subject",
            "description",
            "htmldescription",
            "corporatename",
            "comments",
        )
        return f"{PERSON} {value[:20]}" if personal else value

    try:
        return json.dumps(renamed(json.loads(body)), ensure_ascii=False).encode()
    except ValueError:
        return body
