"""Whether registers of others may be asked by machine: which, at which address, with a key."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from cna_service.cli.deployment import Settings
from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.registry.http_register import Plan, RegistersUnreadable, read_registers

ABOUT = "outside registers"
_HANDBOOK = "Handbook: Registers of others."


def of_settings(settings: Settings) -> Iterator[Remark]:
    """Nobody is asked here: a register that is down now is told by the case that asks it."""
    found: list[str] = []
    addresses: list[tuple[str, str]] = []
    if settings.psix_url:
        found.append("US Coast Guard PSIX")
        addresses.append(("CNA_PSIX_URL", settings.psix_url))
    if settings.fishing_watch_token.get_secret_value():
        found.append("Global Fishing Watch (non-commercial use alone)")
        addresses.append(("CNA_FISHING_WATCH_URL", settings.fishing_watch_url))
    plans: tuple[Plan, ...] = ()
    if settings.http_registers is not None:
        try:
            text = settings.http_registers.read_text(encoding="utf-8")
            plans = read_registers(text, file=settings.http_registers.name)
        except (OSError, UnicodeDecodeError) as error:
            yield wrong(ABOUT, f"{settings.http_registers} cannot be read: {error}")
        except RegistersUnreadable as error:
            yield wrong(ABOUT, error.detail)
    found += [plan.title for plan in plans]
    addresses += [(plan.name, plan.url) for plan in plans]
    yield from (wrong(ABOUT, why) for name, url in addresses if (why := _fault(name, url)))
    if found:
        words = f"asked by machine: {', '.join(found)}. Their terms are yours to keep. {_HANDBOOK}"
        yield well(ABOUT, words)
    else:
        yield remark(ABOUT, f"none is asked by machine; officers look by hand and record it. {_HANDBOOK}")


def _fault(name: str, url: str) -> str | None:
    """The address itself is not shown: it may hold a key."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return None
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return None
    return f"{name} is no https address: the key, and which vessel we ask about, would travel in clear."


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
