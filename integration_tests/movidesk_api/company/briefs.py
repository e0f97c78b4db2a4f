"""People and teams in short, as they stand inside tickets and contracts."""

import hashlib
from typing import Any

Document = dict[str, Any]

TEAMS = ("Suporte N1", "Suporte N2", "Infraestrutura", "Financeiro", "Implantação")
TEAM_IDS = {name: 501 + position for position, name in enumerate(TEAMS)}


def brief(person: Document | None) -> Document | None:
    """Give the person as it stands inside a ticket."""
    if person is None:
        return None
    emails = person["emails"]
    contacts = person["contacts"]
    return {
        "id": person["id"],
        "personType": person["personType"],
        "profileType": person["profileType"],
        "businessName": person["businessName"],
        "email": emails[0]["email"] if emails else None,
        "phone": contacts[0]["contact"] if contacts else None,
        "pathPicture": picture(person["id"]),
    }


def picture(code: str) -> str | None:
    """Give the picture's hash that belongs to a person, or none."""
    digest = hashlib.md5(code.encode(), usedforsecurity=False).hexdigest().upper()
    return digest if digest[0] in "01234567" else None


def address_block(person: Document) -> Document:
    """Give the main address under the names it has inside tickets."""
    main = person["addresses"][0] if person["addresses"] else {}
    return {
        "address": main.get("street"),
        "complement": main.get("complement"),
        "cep": main.get("postalCode"),
        "city": main.get("city"),
        "bairro": main.get("district"),
        "number": main.get("number"),
        "reference": main.get("reference"),
    }
