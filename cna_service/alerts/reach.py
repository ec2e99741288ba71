"""Which addresses the desk calls when an officer typed them: the guard around webhooks, push and chat.

An attacker with an officer's account could otherwise let the desk, from inside the authority's network, call its
neighbours: a router's page, a cloud's metadata service, the database. So: https only, no address of a private,
loopback, link-local or reserved range, no redirect; and the connection goes to the very address that was judged, so
that a name which answers differently the second time (DNS rebinding) gains nothing. What the authority wants reached
all the same it names in a setting.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from cna_service.alerts.http_out import failed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(told: str) -> tuple[Network, ...]:
    """``10.1.0.0/16, 192.168.5.7``. Raises ValueError, naming what is none."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in told.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Pinned:
    """An address that was judged: ``url`` names the machine by number, headers and extensions name the host."""

    url: str
    headers: Mapping[str, str]
    extensions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reach:
    """``allowed``: networks that may be reached though they are not public. ``is_exercise``: loopback may be reached,
    without https."""

    allowed: tuple[Network, ...] = ()
    is_exercise: bool = False

    def pin(self, url: str) -> Pinned:
        """Raises :class:`ChannelError`: ``address-refused``, or ``connection`` where the name is not known."""
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError as error:
            raise failed("address-refused") from error
        if not host or parts.username is not None or parts.scheme not in ("https", "http"):
            raise failed("address-refused")
        found = _addresses(host, port or (443 if parts.scheme == "https" else 80))
        if not all(self._may_reach(each) for each in found):
            raise failed("address-refused")
        if parts.scheme == "http" and not (self.is_exercise and all(each.is_loopback for each in found)):
            raise failed("address-refused")
        first = f"[{found[0]}]" if found[0].version == 6 else str(found[0])
        there = first if port is None else f"{first}:{port}"
        return Pinned(
            urlunsplit((parts.scheme, there, parts.path or "/", parts.query, "")),
            {"Host": host if port is None else f"{host}:{port}"},
            {"sni_hostname": host},
        )

    def _may_reach(self, address: Address) -> bool:
        inner = getattr(address, "ipv4_mapped", None)
        address = inner or address
        if address.is_loopback and self.is_exercise:
            return True
        if any(address in network for network in self.allowed if network.version == address.version):
            return True
        return address.is_global and not address.is_multicast


def _addresses(host: str, port: int) -> Sequence[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise failed("connection") from error
    return [ipaddress.ip_address(str(each[4][0]).split("%", 1)[0]) for each in found]
