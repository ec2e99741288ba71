"""Relief as an act (desk-rules 3.5): the going and the coming officer sign over what was shown to them.

A signature passes no watch on: the roster does that. It says who knew what when the watch changed hands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases import queries as case_queries
from cna_service.db.idempotency import Key, Reply
from cna_service.duty.relief import SIGN_BEFORE
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Refused
from cna_service.kit.instants import date_time_group, to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.ledger.store import Head
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import CASE, DUTY, WATCH_LIFE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.relief_sheet import MOST_CASES, HandOver, hand_over
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.watch_life import complete
from cna_service.workflow.work import BEARS_ON_DECISIONS, Work

LONGEST_NOTE = 4000


class NoRelief(Conflict):
    code = "no-relief"
    title = "There is no relief to sign now"


class NotYourRelief(Refused):
    code = "not-your-relief"
    title = "Only the going and the coming officer sign a relief"


class AlreadySigned(Conflict):
    code = "relief-already-signed"
    title = "You have signed this relief"


class SheetMoved(Conflict):
    code = "relief-sheet-moved"
    title = "Something came that was not on the sheet you looked at"


def sign_relief(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{shown: [{case, seq}], words?}``: sign over the sheet that was shown, as the officer who goes or who comes.

    Possible from two hours before the change. With both signatures the relief is complete once the watch has changed
    hands. Raises NoRelief, NotYourRelief, AlreadySigned, SheetMoved (naming what came), Invalid.
    """
    asked = Asked(body)
    shown, words = _shown(asked), asked.text("words", longest=LONGEST_NOTE)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        found = _to_sign(work)
        side = found.side_of(actor.id)
        if side is None:
            raise NotYourRelief("A supervisor may end a relief whose officer is gone, with the reason.")
        _refuse_if_moved(work, shown)
        signed = found.signed_by(side)
        if signed is not None and signed.shown == shown and not words:
            raise AlreadySigned(f"at {date_time_group(signed.at)}, over the same cases.")
        told = {
            "side": side,
            "officer": actor.id,
            "going": found.going,
            "coming": found.coming,
            "change_at": to_text(found.at),
            "early": found.relief is None,
            "shown": [{"case": ref, "seq": seq} for ref, seq in shown],
        }
        work.append(Draft("relief.signed", {**told, **({"words": words} if words else {})}))
        relief = work.of(WATCH_LIFE).relief
        if found.relief is not None and relief is not None and relief.is_signed:
            complete(work, how="both_signed")
        return done(
            work, side=side, going=found.going, coming=found.coming, completed=_is_completed(work, found)
        )


def _is_completed(work: Work, found: HandOver) -> bool:
    relief = work.of(WATCH_LIFE).relief
    return found.relief is not None and relief is not None and not relief.is_open


def _to_sign(work: Work) -> HandOver:
    found = hand_over(rosters_in(work), work.of(WATCH_LIFE), work.now)
    if found is None:
        raise NoRelief("The roster has nobody relieved within eight days.")
    if not found.may_sign:
        hours = int(SIGN_BEFORE.total_seconds() // 3600)
        when = date_time_group(found.at)
        raise NoRelief(f"The next change is {when}; it can be signed from {hours} hours before it on.")
    return found


def _shown(asked: Asked) -> tuple[tuple[str, int], ...]:
    told = asked.raw("shown")
    fix = "send the shown of the sheet that was looked at: [{case, seq}], [] where no case is open"
    if not isinstance(told, list) or len(told) > MOST_CASES:
        asked.wrong("shown", None, "does not say which cases were on the sheet", fix)
        return ()
    found: list[tuple[str, int]] = []
    for n, each in enumerate(told):
        ref, seq = (each.get("case"), each.get("seq")) if isinstance(each, Mapping) else (None, None)
        number = int(seq) if isinstance(seq, str) and seq.isdigit() else seq
        if not isinstance(ref, str) or type(number) is not int:
            asked.wrong(f"shown/{n}", None, "is no case with its seq", fix)
        else:
            found.append((ref, number))
    return tuple(found)


def _refuse_if_moved(work: Work, shown: tuple[tuple[str, int], ...]) -> None:
    """A case that was not on the sheet, or in which something came that bears on a decision, must be seen first."""
    known = dict(shown)
    new = [
        {"case": ref, "seq": work.of(CASE, case_stream(ref)).seq}
        for ref in (str(row["ref"]) for row in case_queries.board(work.connection, limit=MOST_CASES).rows)
        if ref not in known or _bears(work, ref, known[ref])
    ]
    if new:
        refs = ", ".join(str(each["case"]) for each in new)
        raise SheetMoved(f"Look again, then sign: {refs}.", cases=new)


def _bears(work: Work, ref: str, seen: int) -> bool:
    if work.of(CASE, case_stream(ref)).seq <= seen:
        return False
    since = store.read_entries(
        work.connection, work.stamp.log, case_stream(ref), after=Head(max(seen, 0), None)
    ).entries
    return any(e.type in BEARS_ON_DECISIONS and e.actor.get("id") != work.actor.id for e in since)


def add_relief_note(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{words}``: a word from officer to officer, on the next sheet until the coming officer has signed it."""
    asked = Asked(body)
    words = asked.needed("words", longest=LONGEST_NOTE)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        work.append(Draft("relief.noted", {"officer": actor.id, "words": words}))
        return done(work)


def complete_relief(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{reason}``: a supervisor ends a relief that one of the two cannot sign any more. Raises NoRelief."""
    asked = Asked(body)
    reason = asked.needed("reason", longest=500)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.RELIEF_COMPLETE, DUTY, key=key) as work:
        relief = work.of(WATCH_LIFE).relief
        if relief is None or not relief.is_open:
            raise NoRelief("No relief is open.")
        complete(work, how="supervisor", reason=reason, by=actor.id)
        return done(work, going=relief.going, coming=relief.coming)
