"""Noting what States did: participation, elections, declarations, suspensions; each dated twice (desk-rules 10.2).

Each note says which of three things it is: an *amendment* (the law changes), a *late notice* (it had changed and the
desk learns it now) or a *correction* (the desk had it wrong, and names the entry). Publishing one lists every open
exchange that it touches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.agreements.law import LawBook
from cna_service.agreements.law_facts import Declaration, Election, Participation, Suspension
from cna_service.agreements.measures import ZONES
from cna_service.agreements.model import Change
from cna_service.agreements.provisions import PARTICIPATION
from cna_service.agreements.rules import election_problems
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Problem
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import LAW
from cna_service.workflow.publishing import Proposal, day_or_instant, publishing, with_what_is_said
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

CHANGES = tuple(c.value for c in Change)


def note_participation(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Note that a State takes part in an instrument, or does not.

    ``{state, instrument, status: party | provisional | signed | not_party, from?, to?, notice?, source, adopted?,
    change?, corrects?, remarks?}``; ``from`` and ``to`` are days or instants. Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    fact = {
        "state": _state(asked),
        "instrument": asked.word("instrument", service.policies.catalogue.agreements),
        "status": asked.word("status", PARTICIPATION, "party"),
    }
    return _note(service, actor, asked, "participation.noted", fact, key)


def note_election(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Note what a State chose under an instrument, or that its choice is not known.

    ``{state, election, option?, known?, from?, to?, answer_form?, notice?, source, adopted?, change?, corrects?,
    remarks?}``. Raises Invalid (also for a choice that the instrument does not offer, or whose window had closed),
    NotPermitted.
    """
    asked = Asked(body)
    state, election = _state(asked), asked.word("election", service.policies.catalogue.elections)
    option, known = asked.text("option", longest=64), asked.yes("known", default=True)
    form = asked.word("answer_form", ("oral", "written", "either"), "") or None
    chosen = {"state": state, "election": election, "option": option if known else None, "known": known}
    if known and option is None:
        asked.wrong("option", None, "is missing", "name the provision chosen, or say that it is not known")
    fact = with_what_is_said(chosen, answer_form=form)
    return _note(service, actor, asked, "election.noted", fact, key)


def note_declaration(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Note what a State declared of an instrument, in words that the card shows beside it.

    ``{state, instrument, provisions?, words, from?, to?, notice?, source, adopted?, change?, corrects?, remarks?}``.
    Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    catalogue = service.policies.catalogue
    provisions = asked.texts("provisions")
    for each in provisions:
        if each not in catalogue.by_id:
            asked.wrong("provisions", each, "is not in the catalogue", "use the id of a provision")
    fact = {
        "state": _state(asked),
        "instrument": asked.word("instrument", catalogue.agreements),
        "provisions": list(provisions),
        "words": asked.needed("words", longest=2000),
    }
    return _note(service, actor, asked, "declaration.noted", fact, key)


def note_suspension(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Note that a State suspended an instrument in an area (San José 2003, art. 40).

    ``{state, instrument, area, zones?, from?, to?, notice?, source, adopted?, change?, corrects?, remarks?}``;
    ``zones`` are places of the rule card that the area covers whole. Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    zones = asked.texts("zones")
    for each in zones:
        if each.partition(":")[0] not in ZONES:
            asked.wrong("zones", each, "is no known place", f"one of: {', '.join(ZONES)}, territorial_sea:XQ")
    fact = {
        "state": _state(asked),
        "instrument": asked.word("instrument", service.policies.catalogue.agreements),
        "area": asked.needed("area", longest=500),
        "zones": list(zones),
    }
    return _note(service, actor, asked, "suspension.noted", fact, key)


def _note(
    service: Service, actor: Actor, asked: Asked, kind: str, fact: Mapping[str, Any], key: Key | None
) -> Reply:
    told = _dated(asked)
    corrects, change = asked.text("corrects", longest=64), asked.word("change", CHANGES, "") or None
    asked.check_unknown()
    asked.done()
    change = _which(asked, change, corrects, told, service.clock.now())
    asked.done()
    body = with_what_is_said(fact, **told, corrects=corrects, change=change)
    proposed = Proposal(
        Action.PARTICIPATION_NOTE, kind, change, {k: v for k, v in body.items() if k != "remarks"}
    )
    with publishing(service, actor, proposed, key) as (work, publish):
        work.refuse_if(_corrects(work, kind, corrects))
        if kind == "election.noted":
            catalogue, law = service.policies.catalogue, work.of(LAW)
            work.refuse_if(election_problems(catalogue, law, body, work.now))
        where = {k: fact[k] for k in ("state", "instrument", "election") if k in fact}
        return done(work, **where, **publish(body))


def _which(
    asked: Asked, told: str | None, corrects: str | None, dated: Mapping[str, Any], now: datetime
) -> str:
    """Amendment, late notice or correction; where it was not said, as entry and days make it."""
    begins = min((day_or_instant(d) for d in (dated["from"], dated["to"]) if d), default=None)
    ahead = begins is not None and begins.date() >= now.date()
    if told is None:
        return Change.CORRECTION if corrects else Change.AMENDMENT if ahead else Change.LATE_NOTICE
    if (told == Change.CORRECTION) != (corrects is not None):
        why = "is a correction exactly if it names the entry that had it wrong"
        asked.wrong("change", told, why, "send corrects with a correction, and with nothing else")
    if told == Change.AMENDMENT and begins is not None and not ahead:
        asked.wrong("change", told, "began before today", "a change learnt afterwards is a late_notice")
    if told == Change.LATE_NOTICE and ahead:
        asked.wrong("change", told, "has not begun yet", "a change still to come is an amendment")
    return told


def _state(asked: Asked) -> str:
    state = asked.needed("state", longest=2).upper()
    if state and not (len(state) == 2 and state.isascii() and state.isalpha()):
        asked.wrong("state", state, "is no State's code", "write two letters, ISO 3166 alpha-2")
    return state


def _dated(asked: Asked) -> dict[str, Any]:
    return {
        "from": _day(asked, "from"),
        "to": _day(asked, "to"),
        "notice": asked.text("notice", longest=500),
        "source": asked.needed("source", longest=500),
        "adopted": asked.yes("adopted"),
        "remarks": asked.text("remarks", longest=2000),
    }


def _day(asked: Asked, field: str) -> str | None:
    """A day (which begins at 00:00Z) or an instant, as text."""
    told = asked.text(field, longest=40)
    if told is None:
        return None
    try:
        read = datetime.fromisoformat(told)
    except ValueError:
        read = None
    if read is None or (len(told) != 10 and read.tzinfo is None):
        asked.wrong(field, told, "is no day and no instant", "write it like 2026-11-21")
    return told


def _corrects(work: Work, kind: str, entry: str | None) -> list[Problem]:
    law: LawBook = work.of(LAW)
    facts: Mapping[str, Sequence[Participation | Election | Declaration | Suspension]] = {
        "participation.noted": law.participations,
        "election.noted": law.elections,
        "declaration.noted": law.declarations,
        "suspension.noted": law.suspensions,
    }
    if entry is None or entry in {f.entry for f in facts[kind]}:
        return []
    fix = "give the identifier of the entry it corrects, of the same kind"
    return [Problem("/corrects", entry, "names no noted fact", fix)]
