"""The states that a sync is given, checked before anything is read.

Quirk: a state that the CDK cannot use is passed over with a log line, or taken for a future in which nothing has
changed, and the sync is green without a row.

Example: `{"lastUpdate": "2031-01-01T00:00:00Z"}` and `{"lastupdate": "2026-01-01T00:00:00Z"}` are refused.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import AirbyteStateMessage, ConfiguredAirbyteCatalog, FailureType, SyncMode
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.dates import instant

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
