"""Watching the telephone companies: what could have been known at noon is told at noon (desk-rules 13.3, 13.4).

Asked outside any transaction; rows keep what was found, entries only that it changed. Several nodes look at one account
in turn: who finds a look of the last minutes leaves it. Dying anywhere here means that the next look finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from cna_service.alerts import provider_store
from cna_service.alerts.lines import has_proved_itself, wants_away
from cna_service.alerts.ports import AccountFacts, ChannelError, NumberFacts, Telephony, TellsAccount
from cna_service.alerts.provider_rules import (
    LOOKS_BACK,
    SPARE_PROVED_WITHIN,
    URGENT,
    Looked,
    is_day,
    troubles,
    week_use,
)
from cna_service.alerts.provider_store import Check
from cna_service.alerts.rules import verdict
from cna_service.identity.actors import SERVICE
from cna_service.kit.instants import from_optional, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.line_switch import TROUBLE, switch
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, LINES
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import no_longer, raise_once, tell_once
from cna_service.workflow.work import Work

CAN_WAIT = "provider_low"
LOOK_EVERY = timedelta(minutes=5)
FULL_EVERY = timedelta(hours=24)
_LEEWAY = timedelta(seconds=30)
_NO_ACCOUNT = "no-account-page"


def look_at_accounts(service: Service, outside: Outside) -> None:
    """Look at every account that nobody has looked at lately, say what changed, go back to a primary that works."""
    for line in outside.lines:
        if _is_due(service, line.name):
            look_at(service, line)
        judge(service, outside, line)
    if len(outside.lines) > 1:
        go_back(service, outside)


def _is_due(service: Service, name: str) -> bool:
    with service.read() as reader:
        before = provider_store.check_of(reader.connection, name)
    if before is None:
        return True
    age = service.machine.now() - before.checked_at
    # A look from the future is one by a clock that was wrong.
    return age < timedelta() or age >= LOOK_EVERY - _LEEWAY


def look_at(service: Service, line: Telephony) -> Check:
    """Ask one provider how our account is, and keep the answer."""
    with service.read() as reader:
        before = provider_store.check_of(reader.connection, line.name)
    now = service.machine.now()
    is_full = (
        before is None or before.looked_at is None or not (timedelta() <= now - before.looked_at < FULL_EVERY)
    )
    found: AccountFacts | ChannelError
    try:
        if isinstance(line, TellsAccount):
            found = line.account(full=is_full)
        else:
            found = AccountFacts(line.account_is_active())
    except ChannelError as error:
        found = error
    check = _check(line, before, found, now, is_full=is_full)
    with service.database.write() as connection:
        provider_store.keep_check(connection, check)
        if is_full and isinstance(found, AccountFacts) and found.balance is not None:
            provider_store.keep_balance(connection, line.name, now, found.balance)
            provider_store.forget_balances(connection, now - 2 * LOOKS_BACK)
    return check


def _check(
    line: Telephony, before: Check | None, found: AccountFacts | ChannelError, now: datetime, *, is_full: bool
) -> Check:
    facts: dict[str, Any] = dict(before.facts) if before is not None else {}
    facts["channels"] = ["sms", "voice"] if line.has_voice else ["sms"]
    was_active_at = None if before is None else before.active_at
    looked_at = None if before is None else before.looked_at
    if isinstance(found, ChannelError):
        facts.setdefault("unreadable_since", to_text(now))
        is_dead = verdict(found.code).stops_provider
        is_active = not is_dead and (before is None or before.is_active)
        return Check(line.name, now, is_active, was_active_at, found.code, looked_at, facts)
    facts.pop("unreadable_since", None)
    facts["said"] = list(found.troubles)
    if is_full or found.numbers is not None:
        facts |= _told(found)
    active_at = now if found.is_active and found.is_proof else was_active_at
    return Check(
        line.name,
        now,
        found.is_active,
        active_at,
        None,
        now if is_full and found.is_active else looked_at,
        facts,
    )


def _told(found: AccountFacts) -> Mapping[str, Any]:
    numbers = None
    if found.numbers is not None:
        numbers = [
            {
                "number": n.number,
                "sms": n.has_sms,
                "voice": n.has_voice,
                "expires_at": None if n.expires_at is None else to_text(n.expires_at),
            }
            for n in found.numbers
        ]
    balance = None if found.balance is None else str(found.balance)
    return {"balance": balance, "currency": found.currency, "numbers": numbers}


def judge(service: Service, outside: Outside, line: Telephony) -> None:
    """Compare what is known of a line with what the record says; an entry and alerts only where it differs."""
    now = service.machine.now()
    with service.read() as reader:
        check = provider_store.check_of(reader.connection, line.name)
        state = reader.stream(DESK).of(LINES)
        if check is None:
            return
        found = _troubles_of(service, reader.connection, outside, line, check, now)
    known = state.checked.get(line.name)
    carries = state.carrying(outside.names) == line.name
    urgent = [code for code in found if code in URGENT and carries]
    if known is None and not found:
        return
    is_same = known is not None and (known.is_active, known.troubles) == (check.is_active, found)
    # What is wrong and is not urgent yet is looked at again each time: it is told when the day begins.
    if is_same and not found:
        return
    with service.tick(SERVICE, [DESK], wait=True) as work:
        if not is_same:
            work.append(_entry(line.name, check, found), DESK)
        about = {"provider": line.name}
        _tell(service, work, CAN_WAIT, about, [c for c in found if c not in urgent], by_day=True)
        _tell(service, work, TROUBLE, about, urgent, by_day=False)


def _entry(name: str, check: Check, found: tuple[str, ...]) -> Draft:
    told = {
        "provider": name,
        "is_active": check.is_active,
        "troubles": list(found),
        "balance": check.facts.get("balance"),
        "currency": check.facts.get("currency"),
    }
    return Draft("provider.checked", {k: v for k, v in told.items() if v is not None})


def _tell(
    service: Service, work: Work, kind: str, about: Mapping[str, str], codes: list[str], *, by_day: bool
) -> None:
    if not codes:
        if not (kind == TROUBLE and _is_left(work, about["provider"])):
            no_longer(work, kind, about, "mended")
    elif not by_day or is_day(work.now, service.desk.zone):
        raise_once(service, work, kind, about)


def _is_left(work: Work, provider: str) -> bool:
    """Was it left for its failures, and has not proved itself since? Then its alert stands."""
    last = work.of(LINES, DESK).last
    return last is not None and last.before == provider and last.why != "proved"


def _troubles_of(
    service: Service, connection: Connection, outside: Outside, line: Telephony, check: Check, now: datetime
) -> tuple[str, ...]:
    facts = check.facts
    floor = outside.balance_floor
    use = week_use(provider_store.balances(connection, line.name, now - LOOKS_BACK))
    said = list(facts.get("said", ()))
    if line.name != outside.names[0] and _is_unproved(connection, line.name, now):
        said.append("spare-unproved")
    balance, numbers = facts.get("balance"), facts.get("numbers")
    looked = Looked(
        is_active=check.is_active,
        balance=None if balance is None else Decimal(balance),
        numbers=None if numbers is None else [_number(n) for n in numbers],
        number=getattr(line, "number", None),
        has_voice=line.has_voice,
        said=said,
        unreadable_since=from_optional(facts.get("unreadable_since")),
    )
    return troubles(looked, now, week_needs=max(use or Decimal(), floor))


def _number(told: Mapping[str, Any]) -> NumberFacts:
    return NumberFacts(told["number"], told["sms"], told["voice"], from_optional(told.get("expires_at")))


def _is_unproved(connection: Connection, name: str, now: datetime) -> bool:
    at = provider_store.accepted_at(connection, name)
    return at is None or now - at > SPARE_PROVED_WITHIN


def go_back(service: Service, outside: Outside) -> None:
    """To the primary, once it has proved itself again; how long that takes grows with each failure of the day, so that
    a line that comes and goes does not take summonses with it."""
    primary, now = outside.names[0], service.machine.now()
    with service.read() as reader:
        state = reader.stream(DESK).of(LINES)
        carrying, last = state.carrying(outside.names), state.last
        check = provider_store.check_of(reader.connection, primary)
        accepted = provider_store.accepted_at(reader.connection, primary)
    if carrying == primary or last is None or last.why == "asked":
        return
    if has_proved_itself(
        since=last.at,
        failures=max(1, state.failures(primary, now)),
        accepted_at=accepted,
        active_at=None if check is None or not check.is_active else check.active_at,
        now=now,
    ):
        switch(service, outside, carrying, primary, "proved")


def tell_of_errors(service: Service, outside: Outside) -> None:
    """A desk with one line cannot leave it: three errors in a row are told all the same, by whatever still goes out."""
    if len(outside.lines) != 1:
        return
    [name] = outside.names
    with service.read() as reader:
        newest = provider_store.newest_attempts(reader.connection, name)
    now = service.machine.now()
    code = wants_away(newest, since=None, now=now)
    if code is not None and now - newest[0].at <= LOOK_EVERY:
        tell_once(service, TROUBLE, {"provider": name})
    elif newest and newest[0].code is None:
        _mended(service, name)


def _mended(service: Service, name: str) -> None:
    with service.read() as reader:
        known = reader.stream(DESK).of(LINES).checked.get(name)
    if known is not None and set(known.troubles) & URGENT:
        return
    with service.tick(SERVICE, [DESK], wait=True) as work:
        no_longer(work, TROUBLE, {"provider": name}, "mended")
