"""Who may call ``/simulation``: programs on this machine, unless a setting says otherwise (desk-rules 15.1)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from cna_service.kit.errors import Refused

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class SimulationClosed(Refused):
    code: ClassVar[str] = "simulation-closed"
    title: ClassVar[str] = "Simulation calls are answered on this machine only"


def check_caller(client: str | None, headers: Mapping[str, str], *, is_open: bool) -> None:
    """Raises SimulationClosed.

    ``client``: the address that the connection came from. A page of another site in a browser of this machine is
    refused too: it would come with that site's ``Origin``, or with a name of that site's as ``Host``.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise SimulationClosed(
            "The call comes from a page of another site; call it from a program or this desk."
        )
    if is_open:
        return
    is_direct = not any(name in headers for name in _FORWARDED)
    if not (is_direct and _is_here(client or "") and _is_here(urlsplit(f"//{host}").hostname or "")):
        raise SimulationClosed(
            "The call comes from another machine or through a proxy; call http://127.0.0.1 on the desk's own machine, "
            "or set CNA_SIMULATION_OPEN=true."
        )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
