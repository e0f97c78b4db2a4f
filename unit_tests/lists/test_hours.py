"""Hour contracts, and what they consumed: the only endpoint that is asked for by name, at a request per contract.

The consumption is an object for one period and an array for several, open periods have the id "0", and the period may
be null; so the key is the contract and the period, or the start asked for.
"""

import pytest

from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
STATE = "2026-11-20T10:00:00.000000Z"
# A month after the start of the sync.
END = "2026-12-23T00:00:00"

CONTRACT_STREAMS = [
    "time_agreements",
    "time_agreement_clients",
    "time_agreement_activities",
    "time_agreement_consumption_types",
    "time_agreement_email_destinations",
]
CONSUMPTION_STREAMS = [
    "time_agreement_consumptions",
    "time_agreement_consumption_appointments",
    "time_agreement_consumption_expenses",
]
AGENT = {"id": "500000001", "businessName": "Agente A", "email": "a@example.com", "personType": 1, "profileType": 3}


def contract(number=4201, name="Contrato Empresa C", created="2026-08-10T14:22:31.0174433", **properties):
    return {"id": number, "name": name, "createdOn": created, **properties}


WHOLE = contract(
    contractedHours=40,
    baseAmount=4000.0,
    typeActivities=[{"id": 5301, "workingTimeType": "Normal", "franchise": "10.5", "value": 100.0, "activityId": 3101}],
    timeTypeConsumption=[{"id": 5401, "workingTimeAgreementId": 4201, "typeActivities": [{"id": 1}], "value": 1.0}],
    emailDestinations=[{"type": 1, "email": "b@example.com"}, {"type": "2", "email": "c@example.com"}],
    clients=[{"id": "a1b2", "isDeleted": False, "organization": {"id": "690", "businessName": "Empresa C"}}],
)


def period(day, number="88001", **properties):
    return {"id": number, "name": "Contrato Empresa C", "period": day, "consumedHours": 3.0, **properties}


FULL_PERIOD = period(
    "2026-10-01T00:00:00",
    discountType=0,
    typeActivities=[{"id": 5301}],
    clients=[{"id": "a1b2"}],
    timeAppointments=[
        {
            "id": 77500001,
            "activity": "Suporte",
            "date": "2026-10-10T00:00:00",
            "periodStart": "09:05:00",
            "workTime": "00:30:00",
            "createdBy": AGENT,
            "createdByTeam": {"id": 501, "name": "Equipe A"},
            "ticketNumber": 1000090,
            "actionNumber": 2,
        },
        {"id": 77500002, "periodStart": None, "createdBy": AGENT, "createdByTeam": None, "ticketNumber": "0001000091"},
    ],
    expenses=[{"id": 9001, "type": "Transporte", "createdBy": AGENT, "date": "2026-10-10T14:00:00", "value": 145.11}],
)


def consumption_state(moment=STATE, streams=CONSUMPTION_STREAMS):
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"period": moment}}}
        for name in streams
    ]


def states_of(outcome, stream="time_agreement_consumptions"):
    return [
        message.state.stream.stream_state.period
        for message in outcome.output.state_messages
        if message.state.stream.stream_descriptor.name == stream
    ]


def consumption(answers, contracts=None, streams=("time_agreement_consumptions",), **options):
    """A read of consumptions; the list of contracts comes first, with the page that ends it."""
    contracts = contracts or [contract()]
    return read(list(streams), [contracts, contracts[-1:], *answers], **options)


def asked_periods(outcome):
    return [query for path, query in outcome.asked if path == "/timeAgreementConsumption"]


def keys(outcome):
    return [
        (row["agreementId"], row.get("period"), row.get("id")) for row in outcome.rows("time_agreement_consumptions")
    ]


# -------------------------------------------------------------------------------------------------- contracts


def test_list_is_always_asked_with_select_and_children_are_expanded_only_where_needed():
    outcome = read(["time_agreement_email_destinations"], [[], []])
    assert (
        outcome.asked
        == [
            (
                "/timeAgreement",
                {"$orderby": "id", "$select": "id,name,createdOn", "$expand": "emailDestinations", "$top": "100"},
            )
        ]
        * 2
    )
    outcome = read(["time_agreements"], [[], []])
    assert (
        outcome.asked
        == [
            (
                "/timeAgreement",
                {
                    "$orderby": "id",
                    "$select": "id,name,createdOn,emailSubject,emailDescription,emailAccount,isActive,"
                    "differentiateHoursFranchise,differentiateHoursConsumption,accumulateUnusedHours,renewalDay,"
                    "contractedHours,consumptionDeadline,emailSendDay,baseAmount,disabledDate",
                    "$top": "100",
                },
            )
        ]
        * 2
    )


def test_one_list_serves_all_eight_streams():
    outcome = consumption([FULL_PERIOD], [WHOLE], CONTRACT_STREAMS + CONSUMPTION_STREAMS)
    assert [path for path, _ in outcome.asked] == ["/timeAgreement", "/timeAgreement", "/timeAgreementConsumption"]
    expands = outcome.asked[0][1]["$expand"].split(",")
    assert [name.split("(")[0] for name in expands] == [
        "clients",
        "emailDestinations",
        "timeTypeConsumption",
        "typeActivities",
    ]
    assert expands[0] == "clients($expand=organization)"
    assert {name: len(outcome.rows(name)) for name in CONTRACT_STREAMS + CONSUMPTION_STREAMS} == {
        "time_agreements": 1,
        "time_agreement_clients": 1,
        "time_agreement_activities": 1,
        "time_agreement_consumption_types": 1,
        "time_agreement_email_destinations": 2,
        "time_agreement_consumptions": 1,
        "time_agreement_consumption_appointments": 2,
        "time_agreement_consumption_expenses": 1,
    }
    (client,) = outcome.rows("time_agreement_clients")
    assert (client["agreementId"], client["id"], client["organizationBusinessName"]) == (4201, "a1b2", "Empresa C")
    destinations = outcome.rows("time_agreement_email_destinations")
    assert [(r["agreementId"], r["position"], r["type"]) for r in destinations] == [(4201, 1, "1"), (4201, 2, "2")]
    assert outcome.rows("time_agreement_activities")[0]["franchise"] == 10.5
    assert outcome.rows("time_agreement_consumption_types")[0]["typeActivities"] == [{"id": 1}]


def test_contracts_alone_cost_no_request_per_contract():
    outcome = read(CONTRACT_STREAMS, [[WHOLE], [WHOLE]])
    assert [path for path, _ in outcome.asked] == ["/timeAgreement"] * 2


# -------------------------------------------------------------------------------------------------- consumption


def test_consumption_is_asked_for_by_name_and_period_and_nothing_else():
    outcome = consumption([period("2026-10-01T00:00:00")])
    # With $select the API would ignore the period.
    assert asked_periods(outcome) == [
        {"name": "Contrato Empresa C", "startPeriod": "2026-07-01T00:00:00", "endPeriod": END}
    ]


def test_nothing_of_a_contract_is_asked_for_once_more_in_the_first_sync_alone():
    outcome = consumption([[], period("2026-10-01T00:00:00")])
    assert len(asked_periods(outcome)) == 2
    assert keys(outcome) == [(4201, "2026-10-01T00:00:00Z", "88001")]
    # Later syncs look back, and so ask again anyway.
    assert len(asked_periods(consumption([[]], states=consumption_state()))) == 1


def test_every_contract_costs_one_request_whatever_the_shape_of_its_answer():
    several = [period("2026-10-01T00:00:00"), period("2026-11-01T00:00:00", "0")]
    answers = {
        "object & one": period("2026-10-01T00:00:00"),
        "array+several": several,
        "vanished": {"mock": {"status_code": 404, "text": ""}},
        "gone": {"mock": {"status_code": 410, "text": ""}},
        "null period": period(None, "0"),
    }
    contracts = [contract(number, name) for number, name in enumerate(answers, start=1)]
    outcome = consumption(list(answers.values()), contracts)
    assert not outcome.errors()
    assert [query["name"] for query in asked_periods(outcome)] == list(answers)
    assert keys(outcome) == [
        (1, "2026-10-01T00:00:00Z", "88001"),
        (2, "2026-10-01T00:00:00Z", "88001"),
        (2, "2026-11-01T00:00:00Z", "0"),
        # The start asked for.
        (5, "2026-07-01T00:00:00Z", "0"),
    ]
    assert states_of(outcome)[-1] == START


def test_rows_of_a_period_have_their_types_and_keys():
    outcome = consumption([FULL_PERIOD], streams=CONSUMPTION_STREAMS)
    assert keys(outcome) == [(4201, "2026-10-01T00:00:00Z", "88001")]
    (row,) = outcome.rows("time_agreement_consumptions")
    assert (row["discountType"], row["typeActivities"], row["clients"]) == (0, [{"id": 5301}], [{"id": "a1b2"}])
    first, second = outcome.rows("time_agreement_consumption_appointments")
    assert {name: first[name] for name in ("agreementId", "period", "id", "date", "ticketNumber", "actionNumber")} == {
        "agreementId": 4201,
        "period": "2026-10-01T00:00:00Z",
        "id": 77500001,
        "date": "2026-10-10",
        "ticketNumber": "1000090",
        "actionNumber": 2,
    }
    assert (first["createdById"], first["createdByTeamId"], first["createdByTeamName"]) == (
        "500000001",
        501,
        "Equipe A",
    )
    assert (second["ticketNumber"], second.get("periodStart"), second.get("createdByTeamId")) == (
        "0001000091",
        None,
        None,
    )
    (expense,) = outcome.rows("time_agreement_consumption_expenses")
    assert (expense["agreementId"], expense["period"], expense["id"], expense["value"]) == (
        4201,
        "2026-10-01T00:00:00Z",
        9001,
        145.11,
    )


def test_period_of_year_one_is_no_period_and_takes_the_start_asked_for():
    outcome = consumption([period("0001-01-01T00:00:00", "0")])
    assert keys(outcome) == [(4201, "2026-07-01T00:00:00Z", "0")]


# -------------------------------------------------------------------------------------------------- windows


def test_first_sync_begins_with_each_contract():
    # A month before its creation, since its first period may have begun before; long ago where there is no date.
    starts = {
        "2024-05-10T14:22:31": "2024-04-01T00:00:00",
        "2026-11-01T00:00:00": "2026-10-01T00:00:00",
        None: "2005-01-01T00:00:00",
        "0001-01-01T00:00:00": "2005-01-01T00:00:00",
        "0001-01-01T00:00:00Z": "2005-01-01T00:00:00",
    }
    contracts = [contract(number, str(number), created) for number, created in enumerate(starts)]
    outcome = consumption([period(None, "0")] * len(starts), contracts)
    assert [query["startPeriod"] for query in asked_periods(outcome)] == list(starts.values())


def test_old_contract_is_read_from_its_own_beginning():
    # Without start_date everything is read.
    assert asked_periods(consumption([[]], [contract(created="2013-03-05T00:00:00")]))[0]["startPeriod"] <= (
        "2013-03-01T00:00:00"
    )


def test_period_that_holds_the_start_date_is_emitted():
    periods = [period("2026-10-01T00:00:00"), period("2026-11-01T00:00:00", "0")]
    outcome = consumption([periods], settings={"start_date": "2026-10-15"})
    assert asked_periods(outcome)[0]["startPeriod"] == "2026-10-01T00:00:00"
    assert [key[1] for key in keys(outcome)] == ["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"]


def test_incremental_sync_reads_the_open_and_the_last_closed_period_again():
    answer = [period("2026-10-01T00:00:00"), period("2026-11-01T00:00:00", "0")]
    outcome = consumption(
        [answer], [contract(created="2024-01-01T00:00:00")], CONSUMPTION_STREAMS, states=consumption_state()
    )
    (query,) = asked_periods(outcome)
    assert "2026-08-01T00:00:00" <= query["startPeriod"] <= "2026-10-01T00:00:00"
    assert query["endPeriod"] > "2026-12-01"
    assert [key[1] for key in keys(outcome)] == ["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"]
    assert {states_of(outcome, name)[-1] for name in CONSUMPTION_STREAMS} == {START}


@pytest.mark.parametrize("state", ["2026-10-31T23:00:00.000000Z", "2026-03-01T12:00:00.000000Z"])
def test_last_closed_period_is_read_again_on_any_day_of_the_month(state):
    month = int(state[5:7])
    closed = period(f"2026-{month - 1:02}-01T00:00:00")
    outcome = consumption(
        [closed], [contract(created="2024-01-01T00:00:00")], states=consumption_state(state, CONSUMPTION_STREAMS[:1])
    )
    assert asked_periods(outcome)[0]["startPeriod"] <= closed["period"]
    assert len(keys(outcome)) == 1


def test_null_period_is_emitted_in_incremental_syncs_too():
    outcome = consumption(
        [period(None, "0")],
        [contract(created="2024-01-01T00:00:00")],
        states=consumption_state(streams=CONSUMPTION_STREAMS[:1]),
    )
    start = asked_periods(outcome)[0]["startPeriod"]
    assert keys(outcome) == [(4201, f"{start}Z", "0")]


# -------------------------------------------------------------------------------------------------- failures


def test_states_do_not_move_before_the_last_contract():
    contracts = [contract(1, "Um"), contract(2, "Dois")]
    answers = [period("2026-11-01T00:00:00"), {"mock": {"status_code": 403, "text": "no"}}]
    outcome = consumption(answers, contracts, states=consumption_state(streams=CONSUMPTION_STREAMS[:1]))
    assert set(states_of(outcome)) <= {STATE}
    assert ("time_agreement_consumptions", "INCOMPLETE") in outcome.statuses()
