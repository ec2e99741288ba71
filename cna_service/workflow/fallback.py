"""The page by which the telephone company connects callers while the desk is dark (desk-rules 11.3).

It is static and lies on another host: whoever keeps the desk's number puts it there, and says here that it is there.
The desk says how old that is, and that it is stale once the roster has changed since, or after 30 days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.alerts.twiml import Spoken, fallback_page
from cna_service.db.idempotency import Key, Reply
from cna_service.duty.fallback import stale_because
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import date_time_group
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.calls_who import everybody, is_number
from cna_service.workflow.projections import DESK, DUTY, FALLBACK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.work import Work

MOST = 6
FILE = "fallback.xml"


class NobodyToConnect(Conflict):
    code = "nobody-to-connect"
    title = "Nobody on the roster has a telephone: there is nobody to connect callers with"


class NothingWritten(Conflict):
    code = "no-fallback-written"
    title = "No fallback page was written yet: write it, put it at the telephone company, then confirm it"


@dataclass(frozen=True, slots=True)
class FallbackFile:
    """``rings``: (officer, number) in order; the duty mobile has no officer."""

    content: str
    rings: tuple[tuple[str, str], ...]
    sha256: str


def write_fallback(service: Service, actor: Actor) -> FallbackFile:
    """Make the page from the roster of now, and note that it was made. Raises NobodyToConnect, NotPermitted."""
    with service.write(actor, Action.POLICY_APPLY, DUTY) as work:
        made = _page(service, work)
        told = {
            "officers": [officer for officer, _ in made.rings],
            "numbers": [number for _, number in made.rings],
            "sha256": made.sha256,
        }
        work.append(Draft("fallback.written", told), DUTY)
        return made


def _page(service: Service, work: Work) -> FallbackFile:
    policy = service.policies.calls
    rings: dict[str, str] = {}
    if is_number(policy.duty_mobile):
        rings[policy.duty_mobile] = "duty mobile"
    for each in everybody(work):
        rings.setdefault(each.number, each.officer)
    if not rings:
        raise NobodyToConnect("Give those on the roster a telephone, or set duty_mobile in calls.toml.")
    numbers = list(rings)[:MOST]
    greeting = tuple(
        Spoken(f"{service.desk.name}. {policy.say(each, 'connecting')}", policy.voice(each))
        for each in policy.greeting
    )
    still = tuple(Spoken(policy.say(each, "still"), policy.voice(each)) for each in policy.greeting)
    content = fallback_page(greeting, numbers, still, ring=policy.ring)
    rung = tuple((rings[number], number) for number in numbers)
    return FallbackFile(content, rung, hashlib.sha256(content.encode()).hexdigest())


def confirm_fallback(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?}``: the page written last stands at the telephone company, or was tried there by a call. Raises
    NothingWritten, Invalid."""
    asked = Asked(body)
    words = asked.text("words", longest=500)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.POLICY_APPLY, DUTY, key=key) as work:
        if work.of(FALLBACK, DUTY).written is None:
            raise NothingWritten("cna duty fallback writes it; so does the page Calls.")
        work.append(Draft("fallback.confirmed", {"words": words} if words else {}), DUTY)
        return done(work)


@dataclass(frozen=True, slots=True)
class FallbackView:
    """``why``: stale because (duty.fallback.stale_because); ``names``: whom the page written last connects with."""

    why: str | None
    says: str
    written_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    names: tuple[str, ...]


_SAYS = {
    "never": "No fallback page was ever confirmed at the telephone company: while the desk is dark, its callers reach "
    "nobody. Write it, put it there, and confirm it on the page Calls.",
    "roster": "The roster changed since the fallback page at the telephone company was written: write it anew, put it "
    "there, and confirm it on the page Calls.",
    "old": "Nobody confirmed for 30 days that the fallback page stands at the telephone company: try it by a call, and "
    "confirm it on the page Calls.",
}


def fallback_view(service: Service) -> FallbackView:
    with service.read() as reader:
        state = reader.stream(DUTY).of(FALLBACK)
        why = stale_because(state, reader.now)
        actor = (state.confirmed or {}).get("actor") or {}
        return FallbackView(
            why,
            _SAYS[why] if why else "The fallback page is up to date.",
            state.written_at,
            state.confirmed_at,
            str(actor.get("name") or actor.get("id") or ""),
            tuple(_name(reader, each) for each in (state.written or {}).get("officers", ())),
        )


def fallback_trouble(reader: Reader) -> tuple[str, str] | None:
    """(code, sentence with the remedy) while the fallback cannot be relied on; for the desk's status. It names
    nobody."""
    state = reader.stream(DUTY).of(FALLBACK)
    why = stale_because(state, reader.now)
    if why is None:
        return None
    since = "" if state.confirmed_at is None else f" Last confirmed {date_time_group(state.confirmed_at)}."
    return f"fallback-{why}", _SAYS[why] + since


def _name(reader: Reader, officer: str) -> str:
    known = reader.stream(DESK).of(OFFICERS).by_id.get(officer)
    return known.name if known is not None else officer
