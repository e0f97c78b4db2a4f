"""Knowledge-base articles as the list has them and as the detail has them; one of the list has vanished."""

import random
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.story import rough

Document = dict[str, Any]

VANISHED = 51_013
# The list tells a suspended article by 4, the detail by 2.
_STATUS_IN_DETAIL = {1: 1, 4: 2}
_MENUS = ("Suporte", "Financeiro", "Primeiros passos")
_CATEGORIES = ("Geral", "Impressão", "Notas", "Acessos")
_ASCII = str.maketrans("áàãâéêíóôõúçÁÉÍÓÚ", "aaaaeeioooucaeiou")


def build(
    rng: random.Random, services: list[Document], now: int, count: int = 60
) -> tuple[list[Document], list[Document]]:
    """Make the rows of the list and the bodies of the details."""
    listed = [_listed(rng, 51_001 + position, now) for position in range(count)]
    details = [_detail(rng, article, listed, services) for article in listed if article["id"] != VANISHED]
    return listed, details


def _listed(rng: random.Random, number: int, now: int) -> Document:
    created = now - rng.randrange(10 * moments.TICKS_PER_DAY, 1000 * moments.TICKS_PER_DAY)
    menu, category = rng.choice((0, 1, 2, None)), rng.randrange(len(_CATEGORIES))
    return {
        "id": number,
        "title": f"Como resolver: {rng.choice(words.SUBJECTS).lower()} ({number % 1000})",
        "summary": "Passo a passo" if rng.random() < 0.7 else None,
        "updatedAt": moments.written(rough(rng, rng.randint(created, now - moments.TICKS_PER_HOUR))),
        "createdAt": moments.written(rough(rng, created)),
        "status": 4 if rng.random() < 0.15 else 1,
        "tags": rng.sample(words.TAGS, rng.randint(0, 2)),
        "menu": {"id": 61 + menu, "name": _MENUS[menu]} if menu is not None else None,
        "categories": [{"id": 71 + category, "name": _CATEGORIES[category]}] if rng.random() < 0.8 else [],
    }


def _detail(rng: random.Random, article: Document, listed: list[Document], services: list[Document]) -> Document:
    related = rng.sample(listed, rng.randint(0, 2))
    text = f"{article['title']}. Clique em Novo."
    return {
        "id": article["id"],
        "articleStatus": _STATUS_IN_DETAIL[article["status"]],
        "title": article["title"],
        "slug": _slug(article["title"]),
        "summary": article["summary"],
        "contentHtml": f"<p>{article['title']}. Clique em <b>Novo</b>.</p>",
        "contentText": text,
        "createdDate": article["createdAt"],
        "updatedDate": article["updatedAt"],
        "revisionId": rng.randint(1, 9) if rng.random() < 0.9 else None,
        "readingTime": f"{rng.randint(1, 6)} min" if rng.random() < 0.9 else None,
        "tags": article["tags"],
        "menu": article["menu"],
        "categories": article["categories"],
        "services": [{"id": s["id"], "name": s["name"]} for s in rng.sample(services, rng.randint(0, 2))],
        "relateds": [{"id": a["id"], "title": a["title"], "path": _slug(a["title"])} for a in related],
        "attachments": [
            {"id": 91 + number, "name": rng.choice(words.FILES), "hash": f"{rng.getrandbits(128):032X}"}
            for number in range(rng.choice((0, 0, 1)))
        ],
    }


def _slug(title: str) -> str:
    kept = "".join(character if character.isalnum() else "-" for character in title.lower().translate(_ASCII))
    return "-".join(part for part in kept.split("-") if part)
