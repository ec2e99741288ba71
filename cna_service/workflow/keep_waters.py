"""Keeping in a case what the map says of a position: an officer wants it there, and the map may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.intake.readers import clean
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Draft
from cna_service.vessels.positions import Position, display, told_position
from cna_service.workflow.asked import Asked
from cna_service.workflow.case_waters import newest_position
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.waters import waters_of


def keep_waters(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, position?, words?}``: the position as told, or the vessel's newest one; what the map says of it is
    kept as ``waters.looked_up``.

    Raises Invalid, MapsMissing, StreamNotFound, NotPermitted.
    """
    require(actor, Action.CLAIM_RECORD)
    asked = Asked(body)
    vessel, words = asked.number("vessel", least=1, most=999) or 1, asked.text("words")
    typed = asked.raw("position")
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    record = _record(service, ref)
    position, of, when = _position(asked, record, vessel, typed)
    # The map is read before any lock is held: its digest stands in the entry.
    found = waters_of(service.atlas, position)
    if found is None:
        asked.wrong("position", typed, "gives no point", "write degrees and minutes with N or S, E or W")
    asked.done()
    assert found is not None
    said = found.as_json()
    told = {**position.as_json(), "text": clean(position.text)[:500]}
    kept = {"vessel": vessel, "position": told, **{k: v for k, v in said.items() if k != "radius_m"}}
    kept |= {k: v for k, v in (("position_seq", of), ("words", words)) if v is not None}
    with service.write(actor, Action.CLAIM_RECORD, case_stream(ref), key=key) as work:
        work.append(Draft("waters.looked_up", kept, happened_at=when, told_at=work.now))
        return done(work, shown=display(position), waters=said)


def _record(service: Service, ref: str) -> CaseRecord:
    with service.read() as reader:
        return reader.stream(case_stream(ref)).of(CASE)


def _position(
    asked: Asked, record: CaseRecord, n: int, typed: object
) -> tuple[Position, int | None, ToldInstant | None]:
    """The position, the entry that told it, and when she was there. Its problems go to ``asked``."""
    vessel = record.vessel(n)
    if vessel is None:
        asked.wrong("vessel", n, "is no vessel of this case", f"one of: {[v.n for v in record.vessels]}")
        asked.done()
    if typed not in (None, ""):
        position = told_position(typed, pointer="/position")
        asked.problems.extend(position.problems)
        asked.done()
        return position, None, None
    newest = None if vessel is None else newest_position(vessel)
    if newest is None:
        asked.wrong(
            "position", None, "is missing: none with a point was told of her", "give one as it was told"
        )
        asked.done()
    assert newest is not None
    return newest.position, newest.fact.seq, newest.when
