"""One sentence for a bad setting, before any request.

Quirk: a JSON schema error says "9999 is greater than the maximum of 6000" without the field's name, and a date that is
no date surfaces as a system error while the streams are built.

Why not declarative: the manifest's validators take one field each, skip an absent one with a log line, and leave the
wording to the schema library.
"""

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records import mapping, personal
from source_movidesk.components.records.dates import config_moment

# The manifest's own default.
API_URL = "https://api.movidesk.com/public/v1"
_RANGES = {
    "lookback_minutes": (0, 1440),
    "page_size": (1, 1000),
    "requests_per_minute": (1, 6000),
    "num_workers": (2, 10),
}
_CHOICES = {"negative_ticket_ids": ("keep", "skip")}


def given_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that say something: null and "" are as if absent, and no key has blanks around it."""
    given = {name: value for name, value in config.items() if value is not None and value != ""}
    if isinstance(given.get("token"), str):
        given["token"] = given["token"].strip()
    return given


def validate_config(config: Mapping[str, Any]) -> None:
    """Check all settings, of which those that are null or "" count as absent.

    Raises:
        AirbyteTracedException: a config error that names the field and says what it takes.

    """
    config = given_settings(config)
    for name, check in (("token", _token), ("start_date", _start_date), ("api_url", _api_url)):
        if name in config or name == "token":
            check(config.get(name))
    for name, (lowest, highest) in _RANGES.items():
        value = config.get(name, lowest)
        if not _is_integer(value) or not lowest <= value <= highest:
            raise _bad(name, f"must be a whole number from {lowest} to {highest}, not {value!r}")
    for name, choices in _CHOICES.items():
        if config.get(name, choices[0]) not in choices:
            raise _bad(name, f"must be {' or '.join(map(repr, choices))}, not {config[name]!r}")
    if not isinstance(config.get("unlimited_at_night", True), bool):
        raise _bad("unlimited_at_night", f"must be true or false, not {config['unlimited_at_night']!r}")
    for name, problem in (*mapping.problems(config), *personal.problems(config)):
        raise _bad(name, problem)
    _list("numeric_custom_field_ids", config, "whole numbers", _is_integer)
    _list(
        "extra_ticket_properties", config, "property names", lambda name: isinstance(name, str) and name.isidentifier()
    )


def _bad(field: str, problem: str) -> AirbyteTracedException:
    return AirbyteTracedException(message=f"'{field}' {problem}.", failure_type=FailureType.config_error)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _token(value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _bad("token", "is empty: copy the key from Movidesk, Configurações > Conta > Parâmetros > Ambiente")
    if "://" in value:
        raise _bad("token", "holds a whole address: enter only the key, which stands behind 'token=' there")
    if "token=" in value.lower():
        raise _bad("token", "must be the key alone, without 'token=' and what else stands around it in an address")


def _start_date(value: Any) -> None:
    try:
        moment = config_moment(value)
    except (TypeError, ValueError):
        raise _bad("start_date", f"must be a date as 2024-01-31 or 2024-01-31T00:00:00Z, not {value!r}") from None
    if moment > datetime.now(UTC):
        raise _bad("start_date", f"lies in the future: {value}")


def _api_url(value: Any) -> None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except (AttributeError, TypeError, ValueError):
        parts, host = None, None
    # A backslash or user name would let the host differ from the one that the request goes to.
    if (
        not parts
        or not host
        or set(value) & set("\\@ ")
        or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
    ):
        raise _bad("api_url", "must begin with https:// (plain http is for an address of this machine only)")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _list(field: str, config: Mapping[str, Any], of_what: str, is_item: Any) -> None:
    value = config.get(field)
    if value is not None and not (isinstance(value, list) and all(is_item(item) for item in value)):
        raise _bad(field, f"must be a list of {of_what}, not {value!r}")
