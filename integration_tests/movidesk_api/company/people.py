"""People, companies and departments, with every list of the API filled somewhere."""

import random
from dataclasses import dataclass, field
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.briefs import TEAMS
from integration_tests.movidesk_api.company.custom_fields import unset, with_items, with_value

Document = dict[str, Any]


@dataclass
class People:
    """All that `/persons` shows, by kind."""

    companies: list[Document] = field(default_factory=list)
    departments: list[Document] = field(default_factory=list)
    agents: list[Document] = field(default_factory=list)
    clients: list[Document] = field(default_factory=list)

    @property
    def everyone(self) -> list[Document]:
        """All of them."""
        return [*self.companies, *self.departments, *self.agents, *self.clients]

    def organization_of(self, person: Document) -> Document | None:
        """Find the company that a person belongs to."""
        wanted = [link["id"] for link in person["relationships"]]
        return next((company for company in self.companies if company["id"] in wanted), None)


def build(rng: random.Random, now: int, services: list[Document], count: int = 150) -> People:
    """Make the companies, departments, agents and clients."""
    people = People()
    maker = PersonMaker(rng, now, services, people)
    for position, name in enumerate(words.COMPANY_NAMES):
        people.companies.append(maker.company(str(690_000_000 + position * 17), name))
    for position, name in enumerate(words.DEPARTMENTS):
        people.departments.append(maker.department(f"DEP-0{position + 1}", name))
    for position in range(18):
        odd = {5: "0000123", 11: "AG-0007", 16: "00042-B"}
        people.agents.append(maker.agent(odd.get(position, str(500_000_001 + position)), position))
    while len(people.everyone) < count:
        people.clients.append(maker.client())
    return people


class PersonMaker:
    """Makes one person at a time."""

    def __init__(self, rng: random.Random, now: int, services: list[Document], people: People) -> None:
        self._rng, self._now, self._services, self._people = rng, now, services, people

    def company(self, code: str, name: str) -> Document:
        """Make a company."""
        person = self._person(code, name, person_type=2, profile=2)
        person.update(
            corporateName=f"{name} Ltda.", businessBranch=self._rng.choice(words.BRANCHES), cpfCnpj=self._digits(14)
        )
        person["classification"] = self._rng.choice(words.CLASSIFICATIONS)
        return person

    def department(self, code: str, name: str) -> Document:
        """Make a department of one of the companies."""
        person = self._person(code, name, person_type=4, profile=2)
        company = self._rng.choice(self._people.companies)
        person["relationships"] = [self._relationship(f"{company['id']}/{code}", f"{company['businessName']} / {name}")]
        return person

    def agent(self, code: str, position: int) -> Document:
        """Make an agent."""
        person = self._person(code, self._name(), person_type=1, profile=3 if position % 3 == 0 else 1)
        person["teams"] = sorted({TEAMS[position % len(TEAMS)], self._rng.choice(TEAMS)})
        person.update(accessProfile="Agentes" if position else "Administradores", role=self._rng.choice(words.ROLES))
        person.update(cpfCnpj=self._digits(11), observations="Plantão aos sábados.\r\nFala espanhol.")
        if position:
            boss = self._people.agents[0]
            person.update(bossId=boss["id"], bossName=boss["businessName"])
        if position % 4 == 1:
            person["authenticateOn"] = "diretorio.example.com/EMPRESA"
        person["addresses"] = person["addresses"] or [self._address(default=True)]
        return person

    def client(self) -> Document:
        """Make a client, usually of one of the companies."""
        rng = self._rng
        code = f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}-{rng.getrandbits(16):04x}-"
        person = self._person(code, self._name(), person_type=1, profile=2)
        person.update(accessProfile="Clientes", role=rng.choice([*words.ROLES, None]), cpfCnpj=self._digits(11))
        if self._people.companies and rng.random() < 0.9:
            company = rng.choice(self._people.companies)
            person["relationships"] = [self._relationship(company["id"], company["businessName"])]
        if rng.random() < 0.1:
            person["relationships"].append(self._relationship(None, None))
        if rng.random() < 0.3:
            person["atAssets"] = [
                {"id": f"AST-{number:04d}", "name": f"Impressora {number}", "label": f"IMP-{number}"}
                for number in rng.sample(range(1, 40), rng.randint(1, 2))
            ]
        return person

    def _person(self, code: str, name: str, person_type: int, profile: int) -> Document:
        rng = self._rng
        created = self._now - rng.randint(30, 900) * moments.TICKS_PER_DAY - rng.getrandbits(39)
        login = f"{name.split()[0]}.{name.split()[-1]}".lower().encode("ascii", "ignore").decode() + str(
            rng.randint(1, 999)
        )
        changed = rng.random() < 0.6
        editor = self._people.agents[0]["id"] if self._people.agents else "500000001"
        return {
            "id": code,
            "codeReferenceAdditional": f"REF-{rng.randint(1, 10**6):06d}" if rng.random() < 0.3 else None,
            "isActive": rng.random() < 0.93,
            "personType": person_type,
            "profileType": profile,
            "accessProfile": None,
            "businessName": name,
            "businessBranch": None,
            "corporateName": None,
            "cpfCnpj": None,
            "userName": login if person_type == 1 else None,
            "accountEmail": f"{login}@example.com" if person_type == 1 else None,
            "password": None,
            "role": None,
            "bossId": None,
            "bossName": None,
            "classification": rng.choice([*words.CLASSIFICATIONS, None]),
            "cultureId": rng.choice(["pt-BR", "pt-BR", "en-US", "es-ES"]),
            "timeZoneId": "America/Sao_Paulo",
            "createdDate": moments.written(created),
            "createdBy": editor if rng.random() < 0.9 else None,
            "changedDate": moments.written(rng.randint(created, self._now)) if changed else None,
            "changedBy": editor if changed else None,
            "observations": rng.choice([None, None, "Prefere contato por telefone."]),
            "authenticateOn": None,
            "addresses": [self._address(default=n == 0) for n in range(rng.choice([0, 1, 1, 2]))],
            "contacts": [self._contact(n) for n in range(rng.choice([0, 1, 1, 2]))],
            "emails": [
                {"emailType": kind, "email": f"{login}{n or ''}@example.com", "isDefault": n == 0}
                for n, kind in enumerate(["Profissional", "Pessoal"][: rng.choice([0, 1, 1, 2])])
            ],
            "teams": [],
            "relationships": [],
            "customFieldValues": self._custom_fields(),
            "atAssets": [],
        }

    def _name(self) -> str:
        return f"{self._rng.choice(words.FIRST_NAMES)} {self._rng.choice(words.LAST_NAMES)}"

    def _digits(self, count: int) -> str:
        return "".join(self._rng.choices("0123456789", k=count))

    def _address(self, default: bool) -> Document:
        rng = self._rng
        city, state = rng.choice(words.CITIES)
        return {
            "addressType": rng.choice(["Comercial", "Residencial"]),
            "country": "Brasil",
            "postalCode": f"{rng.randint(10_000, 99_999)}-000",
            "state": state,
            "city": city,
            "district": rng.choice(words.DISTRICTS),
            "street": rng.choice(words.STREETS),
            "number": str(rng.randint(1, 3000)),
            "complement": rng.choice([*words.COMPLEMENTS, None]),
            "reference": rng.choice([*words.REFERENCES, None]),
            "isDefault": default,
            "countryId": "BRA",
        }

    def _contact(self, position: int) -> Document:
        kind = ("Celular", "Telefone", "Skype")[(position + self._rng.randint(0, 2)) % 3]
        return {
            "contactType": kind,
            "contact": f"(11) 0000-{self._rng.randint(0, 9999):04d}",
            "isDefault": position == 0,
        }

    def _relationship(self, code: str | None, name: str | None) -> Document:
        rng = self._rng
        everything = rng.random() < 0.5
        services = [] if everything else rng.sample(self._services, 2)
        return {
            "id": code,
            "name": name,
            "slaAgreement": rng.choice(["Contrato Ouro", "Contrato Padrão", None]),
            "forceChildrenToHaveSomeAgreement": rng.random() < 0.2,
            "allowAllServices": everything,
            "includeInParents": rng.choice([None, None, True, False]),
            "loadChildOrganizations": rng.choice([None, None, True, False]),
            "services": [{"id": s["id"], "name": s["name"], "copyToChildren": rng.random() < 0.5} for s in services],
            "idToDelete": None if rng.random() < 0.9 else str(rng.getrandbits(20)),
            "isGetMethod": rng.random() < 0.9,
        }

    def _custom_fields(self) -> list[Document]:
        rng = self._rng
        fields = [
            with_items(110_001, 210_001, [{"customFieldItem": rng.choice(["Ouro", "Prata", "Bronze"])}]),
            with_value(110_002, 210_001, f"{rng.randint(1, 9)}.{rng.randint(0, 999):03d},{rng.randint(0, 99):02d}"),
            unset(110_003, 210_001),
        ]
        if self._people.agents:
            fields.append(with_items(110_004, 210_001, [{"personId": rng.choice(self._people.agents)["id"]}]))
        # On a person `items` stands last, in lists too.
        for value in fields:
            value["items"] = value.pop("items")
        return fields if rng.random() < 0.6 else []
