"""Recording what follows from a lapse: a named officer's act, after the service said that a clock ran out; of two
officers where something is deemed granted or waived.

Until it exists every screen says "ran out; effect not recorded by anyone", and no document cites an effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import Clock
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Refused
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.lapse_proof import COPIED, effect_of, proved, read_channels, refuse_if_answered
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts, raise_alert


class NothingLapsed(Conflict):
    code = "nothing-lapsed"
    title = "No clock of this exchange has run out"


class NothingProposed(Conflict):
    code = "nothing-proposed"
    title = "Nobody has proposed to record the effect of a lapse here"


class SecondOfficerWanted(Refused):
    code = "second-officer-wanted"
    title = "The effect of a lapse is recorded by two officers"


def record_lapse(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{clock?, words, channels: [{channel, by, checked_at, found?, words?}], start?: {seq}, seen}``: what follows
    from a clock that ran out: the provision's effect, never more (desk-rules 5.4).

    Where nothing follows it is recorded at once. Where something is deemed granted or waived, this proposes it: the
    clock's start with the entry that proves it, the election in force that the legal adviser adopted, every channel of
    the desk's list looked at after the limit; nothing counts before a second officer has approved (``approve_lapse``).
    Raises Invalid, NothingLapsed, LapseWithoutLaw, AnsweredMeanwhile, CaseMoved.
    """
    asked = Asked(body)
    seen, clock_id, words = (
        asked.number("seen", least=0),
        asked.text("clock", longest=40),
        asked.needed("words"),
    )
    start, parts = asked.part("start"), asked.parts("channels", required=True)
    with service.write(actor, Action.LAPSE_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        clock = _lapsed(work.case.clocks, n, clock_id)
        effect = effect_of(clock)
        told = {"exchange": n, "clock": clock.id, "provision": clock.terms.get("provision"), "effect": effect}
        if effect == "none":
            told |= {"scope": [], "channels": read_channels(parts)}
        else:
            told |= proved(service, work, exchange, clock, asked, start, parts)
        told |= {"words": words}
        start.check_unknown()
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        kept = {k: v for k, v in told.items() if v is not None}
        if effect == "none":
            work.append(Draft("lapse.recorded", kept, 2, seen=seen))
        else:
            work.append(Draft("lapse.proposed", kept, seen=seen))
            raise_alert(service, work, "lapse_proposed", subject=Subject(ref, n))
        return done(work, exchange=n, clock=clock.id, effect=effect, is_proposed=effect != "none")


def approve_lapse(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{clock?, agrees, words?, seen}``: the second officer. Agreed, the effect is recorded and counts from now; not
    agreed, nothing follows and it may be proposed anew.

    Raises Invalid, NothingProposed, SecondOfficerWanted, AnsweredMeanwhile, CaseMoved.
    """
    asked = Asked(body)
    seen, clock_id = asked.number("seen", least=0), asked.text("clock", longest=40)
    agrees, words = asked.yes("agrees", default=True), asked.text("words")
    asked.check_unknown()
    if not agrees and not words:
        asked.wrong("words", None, "is missing: why not", "say why the effect is not recorded")
    asked.done()
    with service.write(actor, Action.LAPSE_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        clock = _proposed(work.case.clocks, n, clock_id)
        proposal = clock.lapse_proposed or {}
        if proposal["actor"].get("id") == actor.id:
            raise SecondOfficerWanted("You proposed it; another officer reads it and approves.")
        work.refuse_if_moved(seen)
        told = {"exchange": n, "clock": clock.id, "proposed_seq": proposal["seq"], "words": words}
        if agrees:
            refuse_if_answered(exchange, clock, proposal["items"])
            told |= {f: proposal.get(f) for f in COPIED} | {"proposed_by": proposal["actor"]}
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(
            Draft("lapse.recorded", kept, 2, seen=seen) if agrees else Draft("lapse.refused", kept, seen=seen)
        )
        close_alerts(work, "approved" if agrees else "refused", about=n, kinds=("lapse_proposed",))
        return done(
            work, exchange=n, clock=clock.id, effect=proposal["effect"] if agrees else "none", agrees=agrees
        )


def _proposed(clocks: tuple[Clock, ...], n: int, clock_id: str | None) -> Clock:
    found = [
        c for c in clocks if c.exchange == n and c.lapse_proposed is not None and clock_id in (None, c.id)
    ]
    if not found:
        raise NothingProposed("Propose it first, with its proof and the channels looked at.")
    return found[-1]


def _lapsed(clocks: tuple[Clock, ...], n: int, clock_id: str | None) -> Clock:
    ran_out = [
        c
        for c in clocks
        if c.exchange == n and c.lapsed_at is not None and c.lapse is None and c.superseded_seq is None
    ]
    found = [c for c in ran_out if clock_id in (None, c.id)]
    if not found:
        raise NothingLapsed("Either no clock ran out, or its effect is recorded.")
    return min(found, key=lambda c: c.kind != "legal")
