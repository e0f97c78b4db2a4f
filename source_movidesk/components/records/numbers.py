"""Custom-field values that are numbers, dates or times, read out of the text in which Movidesk keeps them all.

Quirk: `value` is always text. A number is written as in Brazil (`1.530,75`), a date and a date-time in ISO with `Z`,
a time of day as a date-time on the fixed day 1991-01-01.

Example: `{"value": "1.530,75"}` gets `valueNumber: 1530.75`; `{"value": "1991-01-01T11:30:00.000Z"}` gets
`valueTime: "11:30:00"`. `value` itself stays as it came.

Why not declarative: the rule is exact and never guesses (`1.53` is no number here, `00012` is a code unless the
config says otherwise), which neither Jinja filters nor a locale library's lenient parser can promise.
"""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from airbyte_cdk.sources.declarative.transformations import RecordTransformation

from source_movidesk.components.records.dates import to_utc

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,(?P<fraction>[0-9]+))?")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z?")
_TIME_DAY = "1991-01-01T"
# What a double, the number of JSON and of most warehouses, keeps exactly.
_EXACT_DIGITS = 15
# Of an integer of 64 bits.
LEAST, MOST = -(2**63), 2**63 - 1


def integer(value: Any) -> int:
    """Return the integer that a number or a plain text is: `"-7"`, `7` and `7.0`, but not `7.5`, `true` or `"1_0"`.

    Raises:
        OverflowError, ValueError: it is none, or has more than 64 bits, which no warehouse loads.
    """
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        number = int(value)
    elif isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("not an integer")
    else:
        number = int(value)
    if not LEAST <= number <= MOST:
        raise OverflowError("more than 64 bits")
    return number


def brazilian_number(text: str, *, leading_zeros: bool = False) -> int | float | None:
    """Return the number that a Brazilian wrote, or None if the text is not exactly one: `"-1.530,75"` -> `-1530.75`.

    Dots must group by three, one comma begins the decimals, blanks around are allowed, nothing else is. More than 15
    significant digits give None, since they would be rounded. `leading_zeros` allows `"00012"`, which is a code
    everywhere but in a field known to be a number.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    whole, fraction = match["whole"].replace(".", ""), match["fraction"] or ""
    is_plain = match["whole"] == whole
    if len(whole) > 1 and whole.startswith("0") and not (leading_zeros and is_plain):
        return None
    if len((whole + fraction).lstrip("0")) > _EXACT_DIGITS:
        return None
    number = Decimal(f"{match['sign']}{whole}.{fraction or '0'}")
    if number == number.to_integral_value():
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else None


def moment_of(text: str) -> tuple[str | None, str | None]:
    """Return (date-time in UTC, time of day) of a custom-field value; one of them at most is set."""
    stripped = text.strip()
    if not _DATE_TIME.fullmatch(stripped):
        return None, None
    try:
        moment = to_utc(stripped)
    except ValueError:
        return None, None
    if stripped.startswith(_TIME_DAY):
        return None, stripped[len(_TIME_DAY) :][:8]
    return moment, None


@dataclass
class CustomFieldValue(RecordTransformation):
    """Adds `valueNumber`, `valueDateTime` and `valueTime` beside `value`.

    With the config's `numeric_custom_field_ids` only those fields get a `valueNumber`, leading zeros allowed.
    """

    config: Mapping[str, Any]

    def __post_init__(self) -> None:
        ids = self.config.get("numeric_custom_field_ids")
        self._numeric = frozenset(ids) if ids else None

    def transform(
        self,
        record: MutableMapping[str, Any],
        config: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
    ) -> None:
        """Set the three columns of one record, in place (the record is this connector's own copy)."""
        text = record.get("value") or ""
        record["valueDateTime"], record["valueTime"] = moment_of(text)
        chosen = self._numeric is None or record.get("customFieldId") in self._numeric
        record["valueNumber"] = brazilian_number(text, leading_zeros=self._numeric is not None) if chosen else None
