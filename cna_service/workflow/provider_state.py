"""How the telephone companies are, for the pages, the status and the dead-man signal; nothing is asked outside here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.alerts import provider_store
from cna_service.alerts.lines import ERRORS_IN_A_ROW
from cna_service.alerts.lines_fold import Lines
from cna_service.alerts.provider_rules import SPARE_PROVED_WITHIN, WORDS
from cna_service.alerts.provider_store import Check
from cna_service.kit.instants import date_time_group
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, LINES
from cna_service.workflow.service import Service


@dataclass(frozen=True, slots=True)
class ProviderTrouble:
    """``code``: stable; ``words``: a sentence with the remedy, naming the provider and nobody."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class LineView:
    """``proved_at``: when it last took a message. ``facts``: balance, currency, numbers, as last told."""

    name: str
    is_spare: bool
    carries: bool
    has_voice: bool
    proved_at: datetime | None
    checked_at: datetime | None
    is_active: bool | None
    facts: Mapping[str, Any]
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProvidersView:
    lines: tuple[LineView, ...]
    carries_since: datetime | None
    why: str | None
    is_one_only: bool
    """No spare, or none that took a message within 30 days (desk-rules 13.4)."""


def proved_at(connection: Connection, provider: str) -> datetime | None:
    """When this provider last proved itself: it took a message, or its account was seen active. None if it never did,
    or if its last three tries failed: an account is active while every sending fails."""
    newest = provider_store.newest_attempts(connection, provider)
    check = provider_store.check_of(connection, provider)
    if newest and len(newest) == ERRORS_IN_A_ROW and all(t.is_providers_fault for t in newest):
        return None
    seen = [provider_store.accepted_at(connection, provider)]
    if check is not None:
        if not check.is_active:
            return None
        seen.append(check.active_at)
    return max((at for at in seen if at is not None), default=None)


def proved_by_account(connection: Connection) -> Mapping[str, datetime]:
    """By channel (``sms``, ``voice``), when a provider that carries it last proved itself; for the dead-man signal."""
    found: dict[str, datetime] = {}
    for check in provider_store.checks(connection):
        at = proved_at(connection, check.provider)
        if at is None:
            continue
        for channel in check.facts.get("channels", ()):
            found[channel] = max(at, found.get(channel, at))
    return found


def providers_view(service: Service, outside: Outside) -> ProvidersView:
    now = service.machine.now()
    with service.read() as reader:
        state = reader.stream(DESK).of(LINES)
        lines = tuple(
            _line(reader.connection, state, outside, n, line.has_voice)
            for n, line in enumerate(outside.lines)
        )
    last = state.last
    spare = next((line for line in lines if line.is_spare), None)
    return ProvidersView(
        lines,
        None if last is None else last.at,
        None if last is None else last.why,
        is_one_only=spare is None or not _is_recent(spare.proved_at, now, SPARE_PROVED_WITHIN),
    )


def _is_recent(at: datetime | None, now: datetime, within: timedelta) -> bool:
    return at is not None and now - at <= within


def _line(connection: Connection, state: Lines, outside: Outside, n: int, has_voice: bool) -> LineView:
    name = outside.names[n]
    check: Check | None = provider_store.check_of(connection, name)
    known = state.checked.get(name)
    return LineView(
        name=name,
        is_spare=n > 0,
        carries=state.carrying(outside.names) == name,
        has_voice=has_voice,
        proved_at=provider_store.accepted_at(connection, name),
        checked_at=None if check is None else check.checked_at,
        is_active=None if check is None else check.is_active,
        facts={} if check is None else check.facts,
        troubles=() if known is None else known.troubles,
    )


def provider_troubles(service: Service, outside: Outside | None) -> tuple[ProviderTrouble, ...]:
    """What every page and ``/readyz`` should say of the telephone companies, the heaviest first."""
    if outside is None or not outside.lines:
        return ()
    with service.read() as reader:
        state = reader.stream(DESK).of(LINES)
    found = [
        ProviderTrouble(f"provider-{code}", f"{name}: {WORDS[code]}")
        for name in outside.names
        if name in state.checked
        for code in state.checked[name].troubles
        if code in WORDS
    ]
    carrying = state.carrying(outside.names)
    if carrying != outside.names[0] and state.last is not None:
        words = (
            f"Summonses go by the spare ({carrying}) since {date_time_group(state.last.at)}: {outside.names[0]} "
            "failed. They go back by themselves when it works again."
        )
        found.insert(0, ProviderTrouble("provider-spare-carries", words))
    return tuple(found)
