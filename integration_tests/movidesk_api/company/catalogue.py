"""What the tickets point to: the tree of services, the activities, the SLA contracts."""

import random
from typing import Any

from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.briefs import TEAMS

Document = dict[str, Any]

TREE = {
    "Infraestrutura": {"Rede": ["Wi-Fi", "Cabeamento"], "Impressão": ["Laser", "Etiquetas"], "Servidores": ["Backup"]},
    "Sistemas": {"Emissor de notas": ["Erro de emissão", "Cadastro"], "Relatórios": ["Vendas", "Estoque"]},
    "Administrativo": {"Financeiro": ["Boletos", "Contratos"], "Acessos": ["Senha", "Novo usuário"]},
}
AGREEMENTS = (("Contrato Ouro", "4 horas", 240, 60), ("Contrato Padrão", "2 dias", 2880, 360), (None, None, 0, 0))
ACTIVITY_NAMES = ("Suporte", "Visita", "Treinamento", "Desenvolvimento", "Outros")


def services(rng: random.Random) -> list[Document]:
    """Make the tree of services."""
    made: list[Document] = []

    def add(name: str, parent: int | None) -> int:
        limited = rng.random() < 0.3
        number = 1_200_000 + len(made)
        made.append(
            {
                "id": number,
                "name": name,
                "description": f"Tudo sobre {name.lower()}" if rng.random() < 0.5 else None,
                "parentServiceId": parent,
                "serviceForTicketType": rng.choice([0, 1, 2, 2]),
                "isVisible": rng.choice([1, 2, 3, 3]),
                "allowSelection": rng.choice([1, 2, 3, 3]),
                "allowFinishTicket": rng.random() < 0.8,
                "isActive": rng.random() < 0.92,
                "automationMacro": "Macro de triagem" if rng.random() < 0.2 else None,
                "defaultCategory": rng.choice([*words.CATEGORIES, None]),
                "defaultUrgency": rng.choice([*words.URGENCIES, None]),
                "allowAllCategories": not limited,
                "categories": rng.sample(words.CATEGORIES, 2) if limited else [],
            }
        )
        return number

    for root, branches in TREE.items():
        top = add(root, None)
        for branch, leaves in branches.items():
            middle = add(branch, top)
            for leaf in leaves:
                add(leaf, middle)
    return made


def path_of(service: Document, by_id: dict[int, Document]) -> list[str]:
    """Names from the root to the service."""
    names = [service["name"]]
    while service["parentServiceId"] is not None:
        service = by_id[service["parentServiceId"]]
        names.insert(0, service["name"])
    return names


def activities(rng: random.Random) -> list[Document]:
    """Make the activities that hours are booked on."""
    made = []
    for position, name in enumerate(ACTIVITY_NAMES):
        everybody = position % 2 == 0
        teams = [] if everybody else [{"name": team} for team in rng.sample(TEAMS, 2)]
        made.append(
            {
                "id": 3101 + position,
                "name": name,
                "isActive": position != len(ACTIVITY_NAMES) - 2,
                "isAllowsAllTeams": everybody,
                "teams": teams,
            }
        )
    return made
