"""The invented company: everything the API can show, made from one seed and ending at a given moment."""

import random
from dataclasses import dataclass
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import articles, catalogue, contracts, people, relations, surveys
from integration_tests.movidesk_api.company.people import PersonMaker
from integration_tests.movidesk_api.company.tickets import TicketMaker

Document = dict[str, Any]

YEARS = 2
FIRST_ID = 1_000_000


@dataclass
class Company:
    """All entities, and the makers of more tickets and people."""

    tickets: list[Document]
    persons: list[Document]
    services: list[Document]
    survey_questions: list[Document]
    survey_responses: list[Document]
    activities: list[Document]
    time_agreements: list[Document]
    time_agreement_consumptions: list[Document]
    kb_articles: list[Document]
    kb_article_details: list[Document]
    merged_tickets: list[Document]
    ticket_maker: TicketMaker
    person_maker: PersonMaker


def build(seed: int, tickets: int, now: int) -> Company:
    # A generator per concern: more tickets do not change the people.
    """Make a company whose two years end at `now`."""

    def rng(concern: str) -> random.Random:
        return random.Random(f"{seed}:{concern}")

    services = catalogue.services(rng("services"))
    everyone = people.build(rng("people"), now, services)
    ticket_rng = rng("tickets")
    maker = TicketMaker(ticket_rng, everyone, services, now)
    all_tickets = _tickets(ticket_rng, maker, tickets, now)
    agreements = contracts.agreements(rng("contracts"), everyone, now)
    listed, details = articles.build(rng("articles"), services, now)
    return Company(
        tickets=all_tickets,
        persons=everyone.everyone,
        services=services,
        survey_questions=surveys.questions(),
        survey_responses=surveys.responses(rng("surveys"), all_tickets, now),
        activities=catalogue.activities(rng("activities")),
        time_agreements=agreements,
        time_agreement_consumptions=contracts.consumptions(rng("consumption"), agreements, everyone, all_tickets, now)
        if all_tickets
        else [],
        kb_articles=listed,
        kb_article_details=details,
        merged_tickets=relations.merges(rng("merges"), all_tickets, now),
        ticket_maker=TicketMaker(rng("more tickets"), everyone, services, now, series=1),
        person_maker=PersonMaker(rng("more people"), now, services, everyone),
    )


def _tickets(rng: random.Random, maker: TicketMaker, count: int, now: int) -> list[Document]:
    """Spread tickets over two years. Ids rise with the opening, but not strictly; one in a hundred is negative."""
    opened = sorted(now - rng.randrange(YEARS * 365 * moments.TICKS_PER_DAY) for _ in range(count))
    numbers = sorted(rng.sample(range(FIRST_ID, FIRST_ID + count * 3), count))
    for position in range(0, count - 4, 3):
        other = position + rng.randrange(4)
        numbers[position], numbers[other] = numbers[other], numbers[position]
    for position in rng.sample(range(count), -(-count // 100)):
        numbers[position] = -numbers[position]
    made = [maker.ticket(number, created) for number, created in zip(numbers, opened, strict=True)]
    if made:
        relations.bulk_edits(rng, made)
        relations.link(rng, made)
    return made
