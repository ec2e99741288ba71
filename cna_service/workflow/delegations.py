"""Noting who may decide, ending it, and what an act of ours rests on (desk-rules 6.1).

``rest_on`` is for every verb that decides for the State: an answer, a certificate, an instruction. It looks at the
delegations in force at the command's instant, and copies what it found whole for the entry.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.delegations import ACTS, ALL, Delegation, rests_on
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import OFFICER_ROLES, Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.projections import DELEGATIONS, DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class DelegationEnded(Conflict):
    code = "delegation-ended"
    title = "This delegation has ended"


def give_delegation(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{to: {officer} | {role} | {post, office?}, measures: [… | "all"], acts?, conditions?, from, until?, deputies?:
    [officer], instrument: {title, reference?, date?, words?}, attachments?, reason?}``.

    ``from`` may lie before now: the act that confers it is older than its noting. Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    told: dict[str, Any] = {
        "to": _to(asked),
        "measures": _words(asked, "measures", (ALL, *MEASURES), required=True),
        "acts": _words(asked, "acts", ACTS) or list(ACTS),
        "conditions": list(asked.texts("conditions")) or None,
        "instrument": _instrument(asked),
        "deputies": list(asked.texts("deputies")) or None,
        "reason": asked.text("reason", longest=2000),
    }
    begins, ends = asked.instant("from", required=True), asked.instant("until")
    if begins is not None and ends is not None and ends <= begins:
        asked.wrong(
            "until", to_text(ends), "is not after its beginning", "choose a later instant, or leave it out"
        )
    with service.write(actor, Action.DELEGATION_NOTE, DESK, key=key) as work:
        attachments = read_attachments(work, asked)
        _check_people(work, asked, told)
        asked.check_unknown()
        asked.done()
        assert begins is not None
        told |= {
            "delegation": f"del-{len(work.of(DELEGATIONS).by_id) + 1}",
            "from": to_text(begins),
            "until": None if ends is None else to_text(ends),
            "attachments": attachments or None,
        }
        work.append(Draft("delegation.given", {k: v for k, v in told.items() if v is not None}))
        return done(work, delegation=told["delegation"])


def end_delegation(
    service: Service, actor: Actor, delegation: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{reason, at?}``: from then on nothing rests on it; what rested on it before stays. Raises DelegationEnded."""
    asked = Asked(body)
    reason, at = asked.needed("reason", longest=2000), asked.instant("at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.DELEGATION_NOTE, DESK, key=key) as work:
        known = work.of(DELEGATIONS).by_id.get(delegation)
        if known is None:
            raise NotFound(f"no delegation {delegation}")
        if known.ended_at is not None:
            raise DelegationEnded(f"{delegation} ended {known.ended_at:%Y-%m-%d %H:%M}Z.")
        body_ended = {"delegation": delegation, "at": to_text(at or work.now), "reason": reason}
        work.append(Draft("delegation.ended", body_ended))
        return done(work, delegation=delegation)


def _to(asked: Asked) -> dict[str, str]:
    part = asked.part("to", required=True)
    fields = {f: part.text(f, longest=200) for f in ("officer", "role", "post", "office")}
    told = {f: v for f, v in fields.items() if v}
    if sum(f in told for f in ("officer", "role", "post")) != 1 and isinstance(asked.raw("to"), Mapping):
        part.wrong("officer", None, "name one: an officer, a role, or a post", "send officer, role or post")
    if told.get("role") and told["role"] not in OFFICER_ROLES:
        part.wrong("role", told["role"], "is no role here", f"one of: {', '.join(sorted(OFFICER_ROLES))}")
    part.check_unknown()
    return told


def _instrument(asked: Asked) -> dict[str, str]:
    part = asked.part("instrument", required=True)
    told = {
        "title": part.needed("title", longest=500),
        "reference": part.text("reference", longest=200),
        "date": part.text("date", longest=40),
        "words": part.text("words"),
    }
    part.check_unknown()
    return {k: v for k, v in told.items() if v}


def _words(asked: Asked, field: str, among: Sequence[str], *, required: bool = False) -> list[str]:
    told = list(dict.fromkeys(asked.texts(field, required=required)))
    for strange in [w for w in told if w not in among]:
        asked.wrong(field, strange, "is not a known word here", f"one of: {', '.join(among)}")
    return told


def _check_people(work: Work, asked: Asked, told: Mapping[str, Any]) -> None:
    officers = work.of(OFFICERS)
    named = [("to/officer", told["to"].get("officer"))]
    named += [("deputies", each) for each in told["deputies"] or ()]
    for field, officer in named:
        if officer is None:
            continue
        known = officers.get(officer)
        if known is None or not known.is_enabled:
            fix = "add the account first (an account needs no password to be called)"
            asked.wrong(field, officer, "is no officer who may act here", fix)


def find_person(officers: Iterable[Officer], told: str | None) -> Officer | None:
    """The one officer of that identifier or name; None where nobody or more than one fits.

    A name fits when each of its words is one of the officer's, and the last of them is his family name: *Director
    Osei* is Director Daniel Osei.
    """
    if not told:
        return None
    known = list(officers)
    exact = [o for o in known if o.id == told]
    words = _plain(told)
    fitting = exact or [
        o for o in known if words and set(words) <= set(_plain(o.name)) and words[-1] == _plain(o.name)[-1]
    ]
    return fitting[0] if len(fitting) == 1 else None


def _plain(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()


def rest_on(
    work: Work,
    asked: Asked,
    act: str,
    measures: Sequence[str],
    *,
    person: str | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """What the act rests on: ``{"rests_on": [copy of each delegation]}``, or ``{"override_reason": …}``.

    ``person``: who decided, by identifier or name; the officer who acts where it names none of ours. Takes the fields
    ``delegation`` (one of those in force, by identifier) and ``override_reason`` from ``asked``, and says there what is
    wrong. With a delegation found, the entry's actor names it too.
    """
    wanted = asked.text("delegation", longest=40)
    reason = asked.text("override_reason", longest=2000)
    measures = list(dict.fromkeys(measures))
    if not measures:
        return {}
    found, officer = _found(work, act, measures, person, at or work.now, wanted)
    if found and officer is not None:
        work.acting_under("+".join(d.id for d in found))
        return {"rests_on": [d.copy_for(officer) for d in found]}
    if reason:
        return {"override_reason": reason}
    asked.wrong("delegation", wanted, _why_none(work, officer, measures, at or work.now), _FIX)
    return {}


_FIX = (
    "have somebody decide who may (POST …/decision-call rings him), let the supervisor or the legal adviser note the "
    "delegation (POST /delegations), or send override_reason, which the answer prints"
)


def _found(
    work: Work, act: str, measures: Sequence[str], person: str | None, at: datetime, only: str | None
) -> tuple[tuple[Delegation, ...], Officer | None]:
    officers = work.of(OFFICERS, DESK)
    named = find_person(officers.by_id.values(), person)
    officer = named or officers.get(work.actor.id)
    if officer is None or not officer.is_enabled:
        return (), officer
    return rests_on(work.of(DELEGATIONS, DESK), officer, act, measures, at, only), officer


def _why_none(work: Work, officer: Officer | None, measures: Sequence[str], at: datetime) -> str:
    known = work.of(DELEGATIONS, DESK)
    if not known.by_id:
        return "nobody's power to decide is noted at this desk"
    who = officer.name if officer is not None else "who decided"
    what = ", ".join(m.replace("_", " ") for m in measures) or "this"
    return f"no delegation in force at {at:%H:%M}Z lets {who} decide: {what}"
