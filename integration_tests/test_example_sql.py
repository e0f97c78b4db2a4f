"""The questions of the notebook, with answers worked out here from the stand-in's own data."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from statistics import median

import pytest

from examples import views
from examples.questions import NOTEBOOK
from examples.warehouse import Warehouse
from integration_tests.expected import brazilian, moment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]

STREAMS = [
    "tickets",
    "ticket_clients",
    "ticket_actions",
    "ticket_time_appointments",
    "ticket_status_histories",
    "ticket_custom_field_values",
    "survey_questions",
    "survey_question_languages",
    "survey_responses",
    "time_agreements",
    "time_agreement_clients",
    "persons",
]
BRASILIA = timedelta(hours=-3)


@pytest.fixture(scope="module")
def account(running_api):
    """A company with tickets young enough to be in every answer, and its truth."""
    running_api.reset(tickets=900, seed=11)
    opened = [(datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S") for hours in (1, 30, 80, 300)]
    # Two days old in Brasília, one by UTC.
    late = datetime.combine(today() - timedelta(days=1), datetime.min.time()) + timedelta(hours=1, minutes=30)
    opened.append(late.isoformat())
    running_api.change(add=[{"createdDate": each, "baseStatus": "New"} for each in opened])
    return running_api


@pytest.fixture(scope="module")
def warehouse(account, tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("questions") / "movidesk.duckdb")
    warehouse.read({"token": account.token, "api_url": account.url, "requests_per_minute": 6000}, STREAMS)
    return warehouse


@pytest.fixture(scope="module")
def tickets(account):
    return [ticket for ticket in account.truth("tickets") if not ticket["isDeleted"]]


def ask(warehouse, name, settings=""):
    answer = warehouse.ask(f"{settings}{NOTEBOOK[name]}")
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def utc(text):
    shown = moment(text)
    return None if shown is None else datetime.strptime(shown, "%Y-%m-%dT%H:%M:%S.%fZ")


def local(text):
    return None if utc(text) is None else utc(text) + BRASILIA


def solved(ticket):
    """A ticket that is open isn't solved, whenever it was before."""
    return ticket["resolvedIn"] if ticket["baseStatus"] in ("Resolved", "Closed") else None


def now():
    return datetime.now(UTC).replace(tzinfo=None)


def today():
    return (now() + BRASILIA).date()


def month_of(day):
    return date(day.year, day.month, 1)


def months_back(count):
    """The first days of so many months, this one the last."""
    number = today().year * 12 + today().month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - count + 1, number + 1)]


def a_year_ago():
    return now().replace(year=now().year - 1)


def monday(moment_here):
    return moment_here.date() - timedelta(days=moment_here.weekday())


def test_tickets_by_week(warehouse, tickets):
    this_week = today() - timedelta(days=today().weekday())
    opened = Counter(monday(local(t["createdDate"])) for t in tickets)
    resolved = Counter(monday(local(solved(t))) for t in tickets if solved(t))
    weeks = [this_week - timedelta(weeks=back) for back in range(26, 0, -1)]
    wanted = [{"week": week, "opened": opened[week], "resolved": resolved[week]} for week in weeks]
    assert ask(warehouse, "tickets_by_week") == wanted
    assert sum(opened[week] for week in weeks) > 100


def test_backlog_by_age(warehouse, tickets):
    ages = {
        "até 1 dia": (0, 1),
        "2 a 7 dias": (2, 7),
        "8 a 30 dias": (8, 30),
        "31 a 90 dias": (31, 90),
        "91 a 180 dias": (91, 180),
        "mais de 180 dias": (181, 10**6),
    }
    wanted = []
    for age, (youngest, oldest) in ages.items():
        inside = [t for t in tickets if youngest <= (today() - local(t["createdDate"]).date()).days <= oldest]
        count = Counter(t["baseStatus"] for t in inside)
        three = {
            "not_yet_answered": count["New"],
            "in_attendance": count["InAttendance"],
            "waiting": count["Stopped"],
        }
        wanted.append({"age": age, **three, "total": sum(three.values())})
    assert ask(warehouse, "backlog_by_age") == wanted
    assert wanted[0]["total"] > 0


@pytest.mark.parametrize(
    ("measure", "done", "due"),
    [("first_answer", "slaRealResponseDate", "slaResponseDate"), ("resolution", None, "slaSolutionDate")],
)
def test_sla(warehouse, tickets, measure, done, due):
    found = {row["month"]: row for row in ask(warehouse, "sla_by_month") if row["measure"] == measure}
    assert list(found) == months_back(12)

    def when(ticket):
        return ticket[done] if done else solved(ticket)

    late = 0
    for month, row in found.items():
        mine = [t for t in tickets if month_of(local(t["createdDate"])) == month and t["baseStatus"] != "Canceled"]
        seconds = [utc(when(t)) - utc(t["createdDate"]) for t in mine if when(t)]
        hours = [each.total_seconds() / 3600 for each in seconds]
        judged = []
        for t in mine:
            if utc(t[due]) is None:
                continue
            paused = measure == "resolution" and t["slaSolutionDateIsPaused"]
            if when(t):
                judged.append(utc(when(t)) <= utc(t[due]))
            elif utc(t[due]) < now() and not paused:
                judged.append(False)
                late += 1
        assert row["done"] == len(hours)
        assert row["median_hours"] == (pytest.approx(median(hours)) if hours else None)
        assert (row["with_sla"], row["in_time"]) == (len(judged), sum(judged))
        assert row["percent_in_time"] == (pytest.approx(100 * sum(judged) / len(judged)) if judged else None)
    assert late > 0


def test_hours_by_status(warehouse, tickets):
    stays = [
        (entry["status"], t["id"], entry["permanencyTimeFullTime"], entry["permanencyTimeWorkingTime"])
        for t in tickets
        for entry in t["statusHistories"]
        if utc(entry["changedDate"]) >= a_year_ago()
    ]
    found = {row["status"]: row for row in ask(warehouse, "hours_by_status")}
    assert set(found) == {status for status, _, full, _ in stays if full is not None}
    assert len(found) >= 3
    for status, row in found.items():
        mine = [stay for stay in stays if stay[0] == status]
        count = len({number for _, number, _, _ in mine})
        hours = sum(full or 0 for _, _, full, _ in mine) / 3600
        working = sum(part or 0 for _, _, _, part in mine) / 3600
        assert row["tickets"] == count
        assert float(row["hours"]) == pytest.approx(hours)
        assert float(row["working_hours"]) == pytest.approx(working)
        assert float(row["hours_per_ticket"]) == pytest.approx(hours / count)
        assert float(row["working_hours_per_ticket"]) == pytest.approx(working / count)
        assert row["still_there"] == sum(full is None for _, _, full, _ in mine)


def test_satisfaction(warehouse, account):
    responses = [
        row
        for row in account.truth("survey_responses")
        if row["value"] is not None and utc(row["responseDate"]) >= a_year_ago()
    ]
    questions = {row["id"]: row for row in account.truth("survey_questions")}
    found = ask(warehouse, "satisfaction")
    assert {row["type"] for row in found} == {1, 2, 3, 4}
    for number in {row["questionId"] for row in responses}:
        values = [row["value"] for row in responses if row["questionId"] == number]
        rows = [row for row in found if row["question_id"] == number]
        kind = questions[number]["type"]
        # By the scales of the API's documentation, each from its worst to its best answer.
        scale = {1: [2, 1], 2: [1, 2, 3, 4, 5], 3: list(range(11)), 4: [2, 1]}[kind]
        assert [row["value"] for row in rows] == scale
        assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
        assert [row["answers"] for row in rows] == [values.count(value) for value in scale]
        assert {row["total"] for row in rows} == {len(values)}
        (text,) = [each["description"] for each in questions[number]["languages"] if each["cultureId"] == "pt-BR"]
        assert {row["question"] for row in rows} == {text}
        score = {
            1: 100 * values.count(1) / len(values),
            2: sum(values) / len(values),
            3: 100 * (sum(v >= 9 for v in values) - sum(v <= 6 for v in values)) / len(values),
            4: 100 * values.count(1) / len(values),
        }[kind]
        assert {round(row["score"], 9) for row in rows} == {round(score, 9)}
        good = {1: {1}, 2: {4, 5}, 3: {9, 10}, 4: {1}}[kind]
        bad = {1: {2}, 2: {1, 2}, 3: set(range(7)), 4: {2}}[kind]
        assert {row["value"] for row in rows if row["tone"] == 1} == good
        assert {row["value"] for row in rows if row["tone"] == -1} == bad


def test_hours_by_client(warehouse, account, tickets):
    contracts = {row["id"]: row for row in account.truth("time_agreements") if row["isActive"]}
    first, end = months_back(7)[0], months_back(1)[0]
    companies = {row["id"] for row in account.truth("persons") if row["personType"] == 2}
    hours: Counter[tuple[str, object]] = Counter()
    kinds, names = {}, {}
    for ticket in tickets:
        booked = sum(
            entry["accountedTime"]
            for action in ticket["actions"]
            if not action["isDeleted"]
            for entry in action["timeAppointments"]
            if first <= date.fromisoformat(entry["date"][:10]) < end
        )
        client = first_client(ticket)
        if booked:
            payer = payer_of(client, contracts)
            hours[payer] += booked
            company = client["organization"] or client
            if payer[0] != "contract":
                organized = client["organization"] is not None or client["id"] in companies
                kinds[payer] = "organization" if organized else "person"
                names[payer] = company["businessName"]
    for number in contracts:
        hours.setdefault(("contract", number), 0)
    wanted = [
        (contracts[payer[1]]["name"], "contract", contracts[payer[1]]["contractedHours"], total / 6)
        if payer[0] == "contract"
        else (names[payer], kinds[payer], None, total / 6)
        for payer, total in hours.items()
    ]
    found = [
        (row["client"], row["kind"], row["contracted_hours"], float(row["hours_per_month"]))
        for row in ask(warehouse, "hours_by_client")
    ]
    assert [row[:3] for row in sorted(found, key=str)] == [row[:3] for row in sorted(wanted, key=str)]
    assert [row[3] for row in sorted(found, key=str)] == pytest.approx([row[3] for row in sorted(wanted, key=str)])
    assert {row[1] for row in found if row[3] > 0} == {"contract", "organization", "person"}


def first_client(ticket):
    """Who opened the ticket or, failing that, the client with the smallest id."""
    listed = [client for client in ticket["clients"] if not client["isDeleted"]]
    return min(listed, key=lambda client: (client["id"] != ticket["createdBy"]["id"], client["id"]))


def payer_of(client, contracts):
    """The contract that names the person, else that of the company, else the company, else the person."""
    company = (client["organization"] or client)["id"]
    for wanted in (client["id"], company):
        for number in sorted(contracts):
            if wanted in [c["id"] for c in contracts[number]["clients"] if not c["isDeleted"]]:
                return ("contract", number)
    return ("company", company)


CHANNELS = {3: "e-mail", 5: "chat", 8: "formulário", 26: "canal 26"}


def test_by_dimension(warehouse, tickets):
    found = {(row["dimension"], row["name"]): row for row in ask(warehouse, "by_dimension")}
    names = {
        "equipe": lambda t: t["ownerTeam"],
        "agente": lambda t: t["owner"]["businessName"] if t["owner"] else None,
        "categoria": lambda t: t["category"],
    }
    recent = today() - timedelta(days=90)
    for dimension, name in names.items():
        for wanted in {name(t) for t in tickets}:
            mine = [t for t in tickets if name(t) == wanted]
            opened = sum(local(t["createdDate"]).date() > recent for t in mine)
            resolved = sum(bool(solved(t)) and local(solved(t)).date() > recent for t in mine)
            waiting = [t for t in mine if t["baseStatus"] in ("New", "InAttendance", "Stopped")]
            due = [utc(t["slaSolutionDate"]) for t in waiting if not t["slaSolutionDateIsPaused"]]
            late = sum(each is not None and each < now() for each in due)
            row = found.pop((dimension, wanted or "(nenhum)"), None)
            if row is None:
                assert (opened, len(waiting)) == (0, 0)
            else:
                assert (row["opened"], row["resolved"]) == (opened, resolved)
                assert (row["open"], row["late"]) == (len(waiting), late)
    assert {dimension for dimension, _ in found} == {"canal"}
    for origin, channel in CHANNELS.items():
        mine = [t for t in tickets if t["origin"] == origin]
        waiting = [t for t in mine if t["baseStatus"] in ("New", "InAttendance", "Stopped")]
        assert found["canal", channel]["open"] == len(waiting)


@pytest.mark.parametrize("chosen", [None, 100_002])
def test_custom_field(warehouse, account, tickets, chosen):
    def numbers_of(ticket, field=None):
        values = [v for v in ticket["customFieldValues"] if field in (None, v["customFieldId"]) and v["value"]]
        return [(v["customFieldId"], number) for v in values if (number := brazilian(v["value"])) is not None]

    if chosen is None:
        counted = Counter(field for ticket in account.truth("tickets") for field, _ in numbers_of(ticket))
        field = counted.most_common(1)[0][0]
        found = ask(warehouse, "custom_field_by_month")
    else:
        field = chosen
        found = ask(warehouse, "custom_field_by_month", f"SET VARIABLE custom_field = {chosen};\n")
    assert {row["custom_field_id"] for row in found} == {field}
    assert [row["month"] for row in found] == months_back(12)
    for row in found:
        mine = [t for t in tickets if month_of(local(t["createdDate"])) == row["month"]]
        numbers = [number for t in mine for _, number in numbers_of(t, field)]
        assert row["numbers"] == len(numbers)
        assert float(row["total"]) == pytest.approx(float(sum(numbers)))
        assert (row["median"] is None) == (not numbers)
        if numbers:
            assert float(row["median"]) == pytest.approx(float(median(numbers)))
    assert sum(row["numbers"] for row in found) > 50


GUIDES = [views.SQL.parents[2] / "docs" / language / "warehouse.md" for language in (".", "pt-BR")]
# Those that need a token, a browser or an installation are tried by the tests of the sync and of the notebook.
COMMANDS = {
    ".venv/bin/pip install jupyterlab",
    ".venv/bin/jupyter lab examples/movidesk_quickstart.ipynb",
    ".venv/bin/python -m examples.views data/movidesk.duckdb",
    ".venv/bin/python -m examples.views data/movidesk.duckdb --kondado",
}


def blocks(guide, language):
    return re.findall(rf"```{language}\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=["en", "pt"])
def test_what_the_guide_says_runs(warehouse, guide, capsys):
    commands = {line for block in blocks(guide, "sh") for line in block.splitlines()}
    assert commands == COMMANDS
    assert views.main([str(warehouse.database), "--kondado"]) == 0
    queries = blocks(guide, "sql")
    assert len(queries) == 2
    answers = [warehouse.ask(query).rows for query in queries]
    # Nothing is gone here, and the other one has rows.
    assert [bool(rows) for rows in answers] == [False, True]
    (program,) = blocks(guide, "python")
    capsys.readouterr()
    exec(program.replace("data/demo.duckdb", str(warehouse.database)), {})
    assert "oldest" in capsys.readouterr().out
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target


def test_both_guides_have_the_same_code():
    english, portuguese = GUIDES
    for language in ("sh", "sql", "python"):
        assert blocks(english, language) == blocks(portuguese, language)
