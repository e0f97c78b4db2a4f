"""Whether Movidesk's address leads anywhere, before a read that would try again for minutes.

The connector does so for good reason: at night nobody looks on, and a server that restarts is back after a minute. Who
has just typed an address wants to know at once that it is wrong.
"""

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from examples.language import _
from source_movidesk.components.config import API_URL, is_loopback

# For each address of the host; a server that is there answers within a second.
_SECONDS = 5.0
_PORTS = {"http": 80, "https": 443}


def host_of(config: Mapping[str, Any]) -> str:
    """Return the host that the settings name, as far as one can be told."""
    return _parts(_address(config))[0]


def problem(config: Mapping[str, Any]) -> str | None:
    """Return a sentence where nobody can be reached, by the way that the connector's requests take."""
    address = _address(config)
    host, port = _parts(address)
    scheme = urlsplit(address).scheme
    if not host or scheme not in _PORTS or (scheme == "http" and not is_loopback(host)):
        # The connector names what is wrong with it.
        return None
    proxy = select_proxy(address, get_environ_proxies(address))
    if proxy:
        host, port = _parts(proxy if "://" in proxy else f"//{proxy}")
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        if proxy:
            sentence = _("The proxy {host} cannot be reached ({reason}): check HTTPS_PROXY.")
        else:
            sentence = _("{host} cannot be reached ({reason}): check the network and, if it is set, MOVIDESK_API_URL.")
        return sentence.format(host=f"{host}:{port}", reason=reason)
    return None


def _address(config: Mapping[str, Any]) -> str:
    return str(config.get("api_url") or API_URL)


def _parts(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, _PORTS["http"])
    except ValueError:
        # A port that is none, or half an IPv6 address.
        return "", 0
