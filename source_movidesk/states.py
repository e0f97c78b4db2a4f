"""The states that a sync is given, checked before anything is read.

Quirk: a state that the CDK cannot use is passed over with a log line, or taken for a future in which nothing has
changed, and the sync is green without a row.

Example: `{"lastUpdate": "2031-01-01T00:00:00Z"}` and `{"lastupdate": "2026-01-01T00:00:00Z"}` are refused.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
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

from source_movidesk.components.records.dates import instant

LOGGER = logging.getLogger("airbyte")

FINGERPRINT = "personalDataKey"
"""Beside the cursor of a state: the fingerprint of the key under which the rows before it have their pseudonyms."""

# Clocks differ; what is further in the future was written by nobody who read it.
_LATEST = timedelta(days=1)


def of_incremental_streams(
    states: list[AirbyteStateMessage] | None, catalog: ConfiguredAirbyteCatalog | None
) -> list[AirbyteStateMessage]:
    """Leave out the states of full-refresh streams, which the CDK would go on from if it were given them.

    Raises:
        AirbyteTracedException: a state is not one of a stream; the CDK would end with a stack trace.

    """
    if any(each.stream is None for each in states or ()):
        raise _unusable("the sync", "it is not one of a stream")
    full = {
        stream.stream.name
        for stream in (catalog.streams if catalog else [])
        if stream.sync_mode == SyncMode.full_refresh
    }
    return [each for each in states or () if not (each.stream and each.stream.stream_descriptor.name in full)]


def without_fingerprint(states: list[AirbyteStateMessage]) -> tuple[list[AirbyteStateMessage], set[str | None]]:
    """Return the states as the CDK's cursors take them, and the fingerprints that stood in them (None: in none)."""
    found: set[str | None] = set()
    kept = []
    for each in states:
        values = dict(vars(each.stream.stream_state)) if each.stream and each.stream.stream_state else {}
        if each.stream and values:
            found.add(values.pop(FINGERPRINT, None))
            each = replace(each, stream=replace(each.stream, stream_state=AirbyteStateBlob(values)))
        kept.append(each)
    return kept, found


def with_fingerprint(messages: Iterable[AirbyteMessage], fingerprint: str | None) -> Iterator[AirbyteMessage]:
    """Write the fingerprint into each state of a cursor; where nothing is a pseudonym, states stay as they are."""
    for message in messages:
        stream = message.state.stream if fingerprint and message.state else None
        if stream and stream.stream_state and not hasattr(stream.stream_state, NO_CURSOR_STATE_KEY):
            stream.stream_state = AirbyteStateBlob({**vars(stream.stream_state), FINGERPRINT: fingerprint})
        yield message


def warn_of_another_key(before: Iterable[str | None], fingerprint: str | None) -> None:
    """Warn, once, where what is loaded already was made under another key, or under none."""
    others = sorted(each or "none" for each in before if each != fingerprint)
    if others:
        LOGGER.warning(
            f"Personal data: the key is {fingerprint or 'none'} now and was {', '.join(others)} before: the same "
            "person has other ids and names in rows that are loaded already. Reset the streams to load them anew."
        )


def check(states: list[AirbyteStateMessage], cursor_fields: Mapping[str, str], now: datetime) -> None:
    """Check each state of a stream with a cursor (stream -> cursor field); no state at all is none to check.

    Raises:
        AirbyteTracedException: a state is not what the cursor of its stream takes, or is more than a day ahead.

    """
    for each in states:
        if each.stream is None:
            continue
        name = each.stream.stream_descriptor.name
        values = vars(each.stream.stream_state) if each.stream.stream_state else {}
        if name in cursor_fields and values:
            _check(name, values, cursor_fields[name], now)


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
