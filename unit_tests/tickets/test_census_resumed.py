"""A census that was stopped goes on where it was, and nothing of what it owed is forgotten."""

from collections.abc import Iterable
from typing import Any

import pytest
from airbyte_cdk.models import Type

from unit_tests.reading import state
from unit_tests.tickets.shelves import Shelves

STREAMS = ("tickets", "ticket_census")
NEW = "2026-11-22T11:00:00.0000000"
STATE = "2026-11-22T10:00:00.000000Z"


def made() -> Shelves:
    """Thirty tickets on each route, of which the pages of whole tickets lack some."""
    recent = {number: f"2026-11-{number % 20 + 1:02}T10:{number - 100:02}:00.0000000" for number in range(101, 131)}
    past = {number: f"2026-0{number % 6 + 1}-05T10:{number:02}:00.0000000" for number in range(1, 31)}
    shelves = Shelves(recent, past, cap=10)
    shelves.lacking = {3, 7, 12, 29, 104, 119}
    return shelves


class Destination:
    """What a platform keeps of a sync that was killed: each stream's rows up to its last state, and the states."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, str]] = {"tickets": {}, "ticket_census": {}}
        self.states: dict[str, dict[str, Any]] = {}

    def take(self, messages: Iterable[Any]) -> None:
        waiting: dict[str, list[Any]] = {}
        for message in messages:
            if message.type == Type.RECORD:
                waiting.setdefault(message.record.stream, []).append(message.record.data)
            elif message.type == Type.STATE:
                name = message.state.stream.stream_descriptor.name
                self.states[name] = dict(vars(message.state.stream.stream_state))
                for row in waiting.pop(name, ()):
                    kept = self.rows[name]
                    kept[row["id"]] = max(row["lastUpdate"], kept.get(row["id"], ""))

    def given(self) -> list[dict[str, Any]]:
        return [
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": values}}
            for name, values in self.states.items()
        ]

    def ids(self, stream: str) -> list[int]:
        return sorted(self.rows[stream])


def messages(outcome: Any) -> list[Any]:
    return [message for message in outcome.output._messages if message.type in (Type.RECORD, Type.STATE)]


def places(outcome: Any) -> list[str]:
    states = [message.state.stream for message in outcome.output.state_messages]
    mine = [each.stream_state for each in states if each.stream_descriptor.name == "ticket_census"]
    return [getattr(each, "counting", "") for each in mine]


def full(mode: str) -> dict[str, Any]:
    return {"full_refresh": STREAMS} if mode == "full" else {}


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_each_page_of_the_census_has_a_checkpoint(mode: str):
    outcome = made().sync(STREAMS, **full(mode))
    assert outcome.errors() == []
    began = outcome.states("tickets")[-1]
    found = list(dict.fromkeys(places(outcome)))
    assert [each for each in found if each] == [
        f"{route} {number} {began}"
        for route, number in [
            *(("tickets", number) for number in (110, 120, 130)),
            *(("tickets/past", number) for number in (10, 20, 30)),
        ]
    ]
    assert places(outcome)[-1] == ""


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_killed_at_any_message_it_goes_on_and_all_that_was_counted_comes_or_is_named(mode: str):
    shelves = made()
    shelves.mute = {12, 104}
    whole = shelves.sync(STREAMS, **full(mode))
    assert {row["id"] for row in whole.rows("tickets")} == {*shelves.recent, *shelves.past} - shelves.mute
    sent = messages(whole)
    first = next(place for place, message in enumerate(sent) if message.record and message.record.stream == STREAMS[1])
    for killed_at in range(first, len(sent), 11):
        kept = Destination()
        kept.take(sent[:killed_at])
        counted, place = {*kept.ids("ticket_census")}, kept.states.get("ticket_census", {}).get("counting")
        second = shelves.sync(STREAMS, states=kept.given(), **full(mode))
        kept.take(messages(second))
        assert {*kept.ids("ticket_census")} == {*shelves.recent, *shelves.past}
        # What lacks is named by the second sync, and by its state.
        lacking = counted - {*kept.ids("tickets")}
        assert [error.message for error in second.errors()[:1] if f": {_listed(lacking)}." not in error.message] == []
        assert kept.states["ticket_census"].get("missing", "") == _listed(lacking, ",")
        assert bool(lacking) == bool(second.errors())
        if place:
            # Pages that were counted are not counted again.
            route, number, _ = place.split(" ")
            assert (f"/{route}", f"id gt {number}") == (shelves.counts[0][0], shelves.counts[0][1]["$filter"])
        # The third sync gets what was mute, and owes nothing any more.
        shelves.mute, mute = set(), shelves.mute
        third = shelves.sync(STREAMS, states=kept.given())
        kept.take(messages(third))
        shelves.mute = mute
        assert third.errors() == []
        assert counted <= {*kept.ids("tickets")}
        assert not any("missing" in values for values in kept.states.values())


def _listed(numbers: Iterable[int], between: str = ", ") -> str:
    return between.join(map(str, sorted(numbers)))


def _stopped_behind(place: str) -> tuple[Shelves, Destination]:
    """A sync that was killed right behind the checkpoint of the census at a place, and what had arrived by then."""
    shelves, kept = made(), Destination()
    all_messages = messages(shelves.sync(STREAMS))
    kept.take(all_messages[: _behind(all_messages, place)])
    return shelves, kept


def test_what_changed_since_the_stopped_census_began_is_counted_as_well(fake_time: Any):
    shelves, kept = _stopped_behind("tickets 120")
    fake_time.sleep(3600)
    # Behind the place, before it, on the other route; and a new one before it all.
    for number in (125, 105):
        shelves.recent[number] = "2026-11-22T12:30:00.0000000"
    shelves.past.pop(5)
    shelves.recent[5] = "2026-11-22T12:40:00.0000000"
    shelves.recent[131] = "2026-11-22T12:50:00.0000000"
    outcome = shelves.sync(STREAMS, states=kept.given())
    assert outcome.errors() == []
    kept.take(messages(outcome))
    assert {number: at[:19] for number, at in kept.rows["ticket_census"].items()} == {
        number: at[:19] for number, at in {**shelves.past, **shelves.recent}.items()
    }
    assert kept.states["ticket_census"] == {"lastUpdate": outcome.states("tickets")[-1]}


def test_changes_that_the_pages_lack_are_healed_behind_a_stopped_census(fake_time: Any):
    shelves, kept = _stopped_behind("tickets/past 10")
    fake_time.sleep(3600)
    for number in (105, 106):
        shelves.recent[number] = "2026-11-22T12:30:00.0000000"
    shelves.lacking = {105}
    outcome = shelves.sync(STREAMS, states=kept.given())
    assert outcome.errors() == []
    kept.take(messages(outcome))
    assert kept.rows["tickets"][105].startswith("2026-11-22T12:30")


def test_what_both_routes_list_is_not_counted_twice_by_a_census_that_goes_on():
    shelves = made()
    shelves.past |= shelves.recent
    all_messages = messages(shelves.sync(("ticket_census",)))
    for place in ("tickets 120", "tickets/past 10", "tickets/past 110"):
        kept = Destination()
        kept.take(all_messages[: _behind(all_messages, place)])
        outcome = shelves.sync(("ticket_census",), states=kept.given())
        assert outcome.errors() == []
        again = [row["id"] for row in outcome.rows("ticket_census")]
        assert len(again) == len(set(again)), place
        assert set(again).isdisjoint(kept.ids("ticket_census")), place


def _behind(all_messages: list[Any], place: str) -> int:
    """Where a state of the census says this place."""
    for index, message in enumerate(all_messages):
        if message.type == Type.STATE and getattr(message.state.stream.stream_state, "counting", "").startswith(place):
            return index + 1
    raise AssertionError(place)


@pytest.mark.parametrize(
    "place",
    [
        "tickets",
        "elsewhere 5 " + STATE,
        "tickets x " + STATE,
        "tickets 5 soon",
        "tickets 5 2031-01-01T00:00:00.000000Z",
    ],
)
def test_a_place_that_cannot_be_is_none(place: str):
    shelves = made()
    states = state(ticket_census=STATE)
    states[0]["stream"]["stream_state"]["counting"] = place
    outcome = shelves.sync(("ticket_census",), states=states)
    assert outcome.errors() == []
    assert shelves.counts[0][1]["$filter"].startswith("lastUpdate ge")


# --------------------------------------------------------------------- a full count beside tickets that go on


def test_a_full_count_asks_again_for_what_was_missing_in_the_sync_before():
    """The platform deletes the state of a full refresh, but not those of the tickets."""
    shelves = made()
    shelves.mute = {12}
    kept = Destination()
    first = shelves.sync(STREAMS, full_refresh=("ticket_census",))
    kept.take(messages(first))
    assert ": 12." in first.errors()[0].message
    for mute, missing in (({12}, [12]), (set(), [])):
        shelves.mute = mute
        kept.states.pop("ticket_census", None)
        outcome = shelves.sync(STREAMS, states=kept.given(), full_refresh=("ticket_census",))
        kept.take(messages(outcome))
        assert [number for number in (12,) if outcome.errors()] == missing
        assert kept.states["tickets"].get("missing") == (",".join(map(str, missing)) or None)
    assert 12 in kept.ids("tickets")


def test_a_full_count_beside_full_tickets_finds_by_itself_what_was_missing():
    shelves = made()
    shelves.mute = {12}
    assert ": 12." in shelves.sync(STREAMS, full_refresh=STREAMS).errors()[0].message
    assert ": 12." in shelves.sync(STREAMS, full_refresh=STREAMS).errors()[0].message


def test_what_was_missing_stays_in_the_tickets_states_while_nobody_counts():
    shelves = made()
    shelves.mute = {12}
    kept = Destination()
    kept.take(messages(shelves.sync(STREAMS, full_refresh=("ticket_census",))))
    kept.states.pop("ticket_census")
    without = shelves.sync(("tickets",), states=kept.given())
    assert without.errors() == []
    kept.take(messages(without))
    assert kept.states["tickets"]["missing"] == "12"


def test_what_was_missing_comes_to_all_tables_though_one_of_them_is_read_whole():
    shelves = made()
    shelves.mute = {12}
    streams = ("tickets", "ticket_actions", "ticket_census")
    first = shelves.sync(streams)
    kept = Destination()
    kept.rows["ticket_actions"] = {}
    kept.take(messages(first))
    shelves.mute, shelves.lacking = set(), {12}
    kept.states.pop("tickets")
    second = shelves.sync(streams, states=kept.given(), full_refresh=("tickets",))
    assert second.errors() == []
    assert 12 in [row["id"] for row in second.rows("tickets")]
    assert 12 in [row["ticketId"] for row in second.rows("ticket_actions")]
