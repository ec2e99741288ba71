"""Who calls, as far as a number can say it, and whose telephone rings for him next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.escalation.ladders import Channel, Who
from cna_service.intake.desk_calls import TALKING_FOR, Calls, DeskCall
from cna_service.workflow.people import address, people
from cna_service.workflow.projections import CALLS, DESK, DIRECTORY, LISTED, OFFICERS, case_stream
from cna_service.workflow.work import Work

_E164 = re.compile(r"\+[1-9]\d{4,14}")
# What the telephone company gives where a number is withheld (Twilio, "How to tell anonymous callers").
_WITHHELD = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "+266696687", "+7378742833", "+2562533",
     "+8656696", "+86282452253"}
)  # fmt: skip
RUNGS = (Who.DUTY_OFFICER, Who.DEPUTY, Who.SUPERVISOR, Who.ADMINISTRATOR)


def is_number(told: str) -> bool:
    return _E164.fullmatch(told) is not None


def bare(told: object) -> str:
    """A number as people write it, as one that can be compared: ``+`` and digits; empty for what is none."""
    digits = re.sub(r"\D", "", told) if isinstance(told, str) else ""
    if isinstance(told, str) and digits and told.strip().startswith(("+", "00")):
        return f"+{digits.removeprefix('00') if told.strip().startswith('00') else digits}"
    return ""


def caller(work: Work, told: str, ours: Iterable[str]) -> tuple[dict[str, Any], str | None]:
    """(what is believed of a number, the number); None where it is withheld. Proves nothing: it can be forged."""
    number = told.strip()[:40]
    # A line that forwards to the desk may show its own number in the caller's place.
    if number.lower() in _WITHHELD or bare(number) in {bare(each) for each in ours} - {""}:
        return {"kind": "withheld"}, None
    if officer := officer_of(work, number):
        return {"kind": "officer", "officer": officer}, number
    listed = authorities_of(work, number)
    return ({"kind": "authority", "authorities": listed} if listed else {"kind": "unknown"}), number


def officer_of(work: Work, number: str) -> str | None:
    """Which enabled officer of ours has this telephone."""
    for each in work.of(OFFICERS, DESK).all():
        if each.is_enabled and number in {contact.value for contact in each.book.contacts}:
            return str(each.id)
    return None


def authorities_of(work: Work, number: str) -> list[dict[str, Any]]:
    """Every authority that the directory has under this number now."""
    wanted = bare(number)
    if not wanted:
        return []
    return [
        {"id": a.id, "name": a.name, "state": a.state, "languages": list(a.languages)}
        for a in work.of(LISTED, DIRECTORY).listed_at(work.now)
        if any(c.kind in ("phone", "sms") and bare(c.value) == wanted for c in a.contacts)
    ]


def lately(work: Work, number: str | None, within: timedelta) -> int:
    """How many calls came from this number within that time; all withheld ones count as of one."""
    calls = work.of(CALLS, DESK).by_id.values()
    recent = [c for c in calls if work.now - c.began_at < within]
    if number is None:
        return sum(c.caller == "withheld" for c in recent)
    return sum(c.number == number for c in recent)


@dataclass(frozen=True, slots=True)
class Callee:
    officer: str
    post: str
    contact: str
    number: str


def next_person(work: Work, call: DeskCall) -> Callee | None:
    """Whose telephone rings next: who has the watch now, then the next rungs; who talks with another caller just now
    comes last. Nobody's telephone rings twice for one call, and never the caller's own."""
    tried = {(leg.officer, leg.contact) for leg in call.legs}
    numbers = {str(leg.number) for leg in call.legs} | {str(call.number)}
    left = [
        c for c in everybody(work) if (c.officer, c.contact) not in tried and c.number not in numbers
        and c.officer != call.officer
    ]  # fmt: skip
    busy = _talking(work)
    return next((c for c in left if c.officer not in busy), left[0] if left else None)


def everybody(work: Work) -> Iterator[Callee]:
    """Every telephone that may ring for a caller now, in order."""
    reach = people(work, None)
    officers = work.of(OFFICERS, DESK).by_id
    for who in RUNGS:
        for person in reach(who):
            for contact in person.contacts:
                number = address(officers[person.officer], contact)
                if contact.channel is Channel.VOICE and is_number(number):
                    yield Callee(person.officer, who.value, contact.id or "phone", number)


def _talking(work: Work) -> set[str]:
    """Who has a caller on the line, or his telephone ringing for one."""
    busy: set[str] = set()
    for call in work.of(CALLS, DESK).by_id.values():
        if work.now - call.news_at > TALKING_FOR or not call.is_live:
            continue
        ringing = call.ringing
        if call.how is None:
            busy |= {call.taken_by or "", ringing.officer if ringing else ""}
        elif call.case is not None and call.taken_by is not None:
            there = work.of(CALLS, case_stream(call.case)).by_id.get(call.id)
            busy |= {call.taken_by} if there is not None and there.is_live else set()
    return busy - {""}


def may_join(calls: Calls, told: str, now: datetime) -> list[str]:
    """Cases of lately missed calls to which one from this number may be added, for whoever must lock them first."""
    number = told.strip()[:40]
    lately = (c for c in reversed(tuple(calls.by_id.values())) if now - c.began_at < TALKING_FOR)
    alike = (c.case for c in lately if c.case and (c.number == number or c.caller == "withheld"))
    return list(dict.fromkeys(alike))[:2]
