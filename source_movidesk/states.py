"""The states that a sync is given, checked before anything is read.

Quirk: a state that the CDK cannot use is passed over with a log line, or taken for a future in which nothing has
changed, and the sync is green without a row.

Example: `{"lastUpdate": "2031-01-01T00:00:00Z"}` and `{"lastupdate": "2026-01-01T00:00:00Z"}` are refused.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    FailureType,
    SyncMode,
)
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records import mapping
from source_movidesk.components.records.dates import instant
from source_movidesk.components.records.personal import HOLDERS, PersonalData
from source_movidesk.components.tickets import standing

LOGGER = logging.getLogger("airbyte")


@dataclass(frozen=True)
class Mark:
    """What stands in a state beside its cursor, so that the next sync can tell whether a setting has changed.

    Attributes:
        name: property of the state.
        value: what the settings of this sync come to; None leaves the state as it is.
        streams: those whose states have it; None is all.

    """

    name: str
    value: str | None
    streams: Collection[str] | None = None


_SETTINGS = ("personalDataKey", "customFields")
# Stream -> mark -> value, of the states that a sync was given.
Marks = dict[str, dict[str, str]]


def marks(config: Mapping[str, Any]) -> tuple[Mark, Mark]:
    """Return the marks of a config: the key of pseudonyms, and the mapping of custom fields.

    The book of syncs goes on from its state while all else may be read anew: it has no pseudonym that could differ.
    """
    key, fields = _SETTINGS
    holders = HOLDERS | mapping.STREAMS
    return Mark(key, PersonalData.of(config).fingerprint, holders), Mark(
        fields, mapping.fingerprint(config), mapping.STREAMS
    )


def of_readers(found: Marks) -> Marks:
    """Return what the readers of the streams wrote into their states, and go on from."""
    return {stream: {name: each[name] for name in standing.MARKS if name in each} for stream, each in found.items()}


# Clocks differ; what is further in the future was written by nobody who read it.
_LATEST = timedelta(days=1)


def of_selected_streams(
    states: Iterable[AirbyteStateMessage] | None, catalog: ConfiguredAirbyteCatalog | None, now: datetime
) -> list[AirbyteStateMessage]:
    """Return the states of the catalog's streams (all without a catalog); those of others may be anything.

    A full refresh goes on from its state as well: it is given one only where an attempt broke off. If that says
    nothing, it begins anew, which loses nothing there.

    Raises:
        AirbyteTracedException: a state is not one of a stream; the CDK would end with a stack trace.

    """
    modes = {stream.stream.name: stream.sync_mode for stream in (catalog.streams if catalog else [])}
    kept = []
    for each in states or ():
        if each.stream is None:
            raise _unusable("the sync", "it is not one of a stream")
        mode = modes.get(each.stream.stream_descriptor.name) if catalog else SyncMode.incremental
        if mode == SyncMode.incremental or (mode == SyncMode.full_refresh and _says_a_moment(_values(each), now)):
            kept.append(each)
    return kept


def unmarked(states: list[AirbyteStateMessage]) -> tuple[list[AirbyteStateMessage], Marks]:
    """Return the states as the CDK's cursors take them, and the marks that stood in those that are not empty."""
    found: Marks = {}
    kept = []
    for each in states:
        values = dict(vars(each.stream.stream_state)) if each.stream and each.stream.stream_state else {}
        if each.stream and values:
            mine = found[each.stream.stream_descriptor.name] = {}
            mine |= {name: str(values.pop(name)) for name in (*_SETTINGS, *standing.MARKS) if name in values}
            each = replace(each, stream=replace(each.stream, stream_state=AirbyteStateBlob(values)))
        kept.append(each)
    return kept, found


def marked(messages: Iterable[AirbyteMessage], marks: Collection[Mark]) -> Iterator[AirbyteMessage]:
    """Write the marks into each state of a cursor."""
    for message in messages:
        stream = message.state.stream if message.state else None
        if stream and stream.stream_state and not hasattr(stream.stream_state, NO_CURSOR_STATE_KEY):
            name = stream.stream_descriptor.name
            mine = {each.name: each.value for each in marks if each.value and _has(each, name)}
            if mine:
                stream.stream_state = AirbyteStateBlob({**vars(stream.stream_state), **mine})
        yield message


def warn_of_changes(before: Marks, marks: tuple[Mark, Mark]) -> None:
    """Warn, once each, where rows that are loaded already were made under another key or mapping, or under none."""
    key, fields = ({_former(each, mark) for name, each in before.items() if _has(mark, name)} for mark in marks)
    now = marks[0].value or "none"
    if others := sorted(key - {now}):
        LOGGER.warning(
            f"Personal data: the key is {now} now and was {', '.join(others)} before: the same person has other ids "
            "and names in rows that are loaded already. Reset the streams to load them anew."
        )
    if fields - {marks[1].value or "none"}:
        LOGGER.warning(
            f"The mapping 'custom_fields' has changed: rows of {' and '.join(sorted(mapping.STREAMS & before.keys()))} "
            "that are loaded already have the columns of the former one. Reset these streams to load them anew."
        )


def _has(mark: Mark, stream: str) -> bool:
    return mark.streams is None or stream in mark.streams


def _former(found: Mapping[str, str], mark: Mark) -> str:
    return found.get(mark.name, "none")


def check(states: list[AirbyteStateMessage], cursor_fields: Mapping[str, str], now: datetime) -> None:
    """Check each state of a stream with a cursor (stream -> cursor field); no state at all is none to check.

    Raises:
        AirbyteTracedException: a state is not what the cursor of its stream takes, or is more than a day ahead.

    """
    for each in states:
        if each.stream is None:
            continue
        name = each.stream.stream_descriptor.name
        values = _values(each)
        if name in cursor_fields and values:
            _check(name, values, cursor_fields[name], now)


def _values(state: AirbyteStateMessage) -> Mapping[str, Any]:
    return vars(state.stream.stream_state) if state.stream and state.stream.stream_state else {}


def _says_a_moment(values: Mapping[str, Any], now: datetime) -> bool:
    try:
        return len(values) == 1 and instant(*values.values()) <= now + _LATEST
    except (TypeError, ValueError):
        return False


def _check(stream: str, values: Mapping[str, Any], cursor_field: str, now: datetime) -> None:
    if set(values) != {cursor_field}:
        raise _unusable(f"stream '{stream}'", f"it has {', '.join(map(repr, values))} instead of '{cursor_field}'")
    value = values[cursor_field]
    try:
        moment = instant(value)
    except (TypeError, ValueError):
        raise _unusable(f"stream '{stream}'", f"{value!r} is not a date and time") from None
    if moment > now + _LATEST:
        raise _unusable(f"stream '{stream}'", f"{value} lies more than a day in the future")


def _unusable(whose: str, why: str) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"The state of {whose} cannot be used: {why}. Reset the stream, or give the last good state.",
        failure_type=FailureType.config_error,
    )
