"""The invented company: everything the API can show, made from one seed and ending at a given moment."""

import random
from dataclasses import dataclass
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import (
    articles,
    catalogue,
    consumption,
    contracts,
    numbers,
    people,
    relations,
    surveys,
)
from integration_tests.movidesk_api.company.numbers import Numbers
from integration_tests.movidesk_api.company.people import PersonMaker
from integration_tests.movidesk_api.company.tickets import TicketMaker

Document = dict[str, Any]

YEARS = 2


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
    missing_numbers: list[Document]
    ticket_maker: TicketMaker
    person_maker: PersonMaker


def build(seed: int, tickets: int, now: int) -> Company:
    """Make a company whose two years end at `now`, with so many tickets that can be read."""
    # A generator per concern: more tickets do not change the people.

    def rng(concern: str) -> random.Random:
        return random.Random(f"{seed}:{concern}")

    services = catalogue.services(rng("services"))
    everyone = people.build(rng("people"), now, services)
    ticket_rng = rng("tickets")
    maker = TicketMaker(ticket_rng, everyone, services, now)
    issued = numbers.issue(rng("numbers"), tickets, now - YEARS * 365 * moments.TICKS_PER_DAY, now)
    all_tickets = _tickets(ticket_rng, maker, issued)
    merges = relations.merges(rng("merges"), all_tickets, issued.gone, now)
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
        time_agreement_consumptions=consumption.consumptions(rng("consumption"), agreements, everyone, all_tickets, now)
        if all_tickets
        else [],
        kb_articles=listed,
        kb_article_details=details,
        merged_tickets=merges,
        missing_numbers=_missing_numbers(issued, all_tickets, merges),
        ticket_maker=TicketMaker(rng("more tickets"), everyone, services, now, series=1),
        person_maker=PersonMaker(rng("more people"), now, services, everyone),
    )


def _tickets(rng: random.Random, maker: TicketMaker, issued: Numbers) -> list[Document]:
    """Make the tickets that are still there, one in a hundred under a negative number."""
    kept = list(issued.kept)
    negative = set(rng.sample(kept, -(-len(kept) // 100)))
    made = [maker.ticket(-number if number in negative else number, issued.kept[number]) for number in kept]
    if made:
        relations.bulk_edits(rng, made)
        relations.link(rng, made)
    return made


def _missing_numbers(issued: Numbers, tickets: list[Document], merges: list[Document]) -> list[Document]:
    """Tell why a number is that of no ticket, which the API itself never tells."""
    absorbed = {int(number) for merge in merges for number in merge["mergedTicketsIds"].split(";")}
    why = {number: "absorbed" if number in absorbed else "erased" for number in issued.gone}
    why |= dict.fromkeys(issued.skipped, "never issued")
    why |= {-ticket["id"]: "negative" for ticket in tickets if ticket["id"] < 0}
    return [{"id": number, "why": why[number]} for number in sorted(why)]
