"""What a sender is answered: the shapes of the JSON interface that are fixed (they hold nothing known after commit)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cna_service.agreements.wanted import wanted
from cna_service.cases.record import CaseRecord, Clock, Exchange
from cna_service.db.idempotency import Reply
from cna_service.intake.submission import Reading
from cna_service.kit.instants import to_text
from cna_service.workflow.arming import Armed
from cna_service.workflow.handling import handling_words
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

if TYPE_CHECKING:
    from cna_service.workflow.receive import Arrival

NOT_AN_ACKNOWLEDGEMENT = (
    "Received as {ref} at {at}. This is proof of arrival only. "
    "It is not an acknowledgement under any agreement and starts none of its time limits."
)


def as_bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def received_reply(
    service: Service,
    work: Work,
    reading: Reading,
    submission: str,
    exchange: Exchange | None,
    armed: Armed,
    offered: Sequence[str],
    arrival: Arrival,
) -> Reply:
    record = work.case
    if reading.draft is None:
        return _unreadable(service, record, submission, reading, arrival)
    at = to_text(work.now)
    body = {
        "case": record.ref,
        "exchange": exchange.n if exchange else None,
        "submission": submission,
        "vessels": [{"vessel": v.n, "name": v.label if v.values("name") else None} for v in record.vessels],
        "received_at": at,
        "acknowledgement": {"formal": False, "text": NOT_AN_ACKNOWLEDGEMENT.format(ref=record.ref, at=at)},
        "clocks": clocks_json(record, exchange),
        "no_clock_because": armed.no_clock_because,
        "problems": list(record.submissions[-1].get("problems", ())),
        "missing": wanted(service.policies.catalogue, exchange.bases, _as_sent(reading.draft))
        if exchange
        else [],
        "possible_duplicates": list(offered),
    }
    return Reply(201, as_bytes(body))


def _unreadable(
    service: Service, record: CaseRecord, submission: str, reading: Reading, arrival: Arrival
) -> Reply:
    status = 413 if arrival.over_limit is not None else 400
    body = {
        "type": f"/problems/{'too-large' if status == 413 else 'unreadable'}",
        "title": "This could not be read; it was kept, and an officer was told",
        "status": status,
        "detail": f"{reading.why[:1].upper()}{reading.why[1:]}. {reading.fix[:1].upper()}{reading.fix[1:]}.",
        "case": record.ref,
        "submission": submission,
        "position": reading.why,
        "fix": reading.fix,
        "telephone": service.desk.telephone or None,
    }
    return Reply(status, as_bytes(body))


def _as_sent(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The draft in the shape of a submission again, for the rules that ask what is missing."""
    return {**draft, "measures": [i["measure"] for i in draft.get("items", [])]}


_IDENTIFYING = {
    "name": "name of the vessel",
    "registration_number": "registration number",
    "imo": "IMO number",
    "mmsi": "MMSI",
    "call_sign": "call sign",
    "hull_mark": "mark on the hull",
    "homeport": "home port",
}


def unidentified_json(record: CaseRecord) -> list[dict[str, str]]:
    """What nobody has told yet of what a vessel is known by: ``[{"field": "vessels/0/imo", …}]``, as a submission's
    ``missing``."""
    return [
        {"field": f"vessels/{v.n - 1}/{field}", "wanted_by": "identification", "words": words}
        for v in record.vessels
        for field, words in _IDENTIFYING.items()
        if not any(f.field == field for f in v.facts)
    ]


def clocks_json(record: CaseRecord, exchange: Exchange | None, *, own: bool = False) -> list[dict[str, Any]]:
    """The clocks of an exchange, one line a measure, legal ones first.

    ``own``: for our officers; our targets, and how we handle a limit that they state, are nobody else's.
    """
    order = {"legal": 0, "claimed": 1, "operational": 2, "own": 3}
    mine = [c for c in record.clocks if exchange is None or c.exchange == exchange.n]
    shown = [c for c in mine if own or c.kind in ("legal", "claimed")]
    ordered = sorted(shown, key=lambda c: order[c.kind])
    return [line for c in ordered for line in _clock_lines(c, _words(record, c, own=own))]


def _words(record: CaseRecord, clock: Clock, *, own: bool) -> str | None:
    if clock.kind == "claimed" and not own:
        return None
    words: str | None = clock.terms.get("words") or clock.terms.get("why")
    return handling_words(record, clock) or words


def _clock_lines(clock: Clock, words: str | None) -> list[dict[str, Any]]:
    if not clock.items:
        return [clock_json(clock, None, None, False, words)]
    return [clock_json(clock, i.vessel, i.measure, i in clock.answered, words) for i in clock.items]


def clock_json(
    clock: Clock, vessel: int | None, measure: str | None, answered: bool, words: str | None
) -> dict[str, Any]:
    terms = clock.terms
    silence = terms.get("silence", {})
    return {
        "clock": clock.id,
        "kind": clock.kind,
        "exchange": clock.exchange,
        "vessel": vessel,
        "measure": measure,
        "provision": terms.get("provision"),
        "agreement": terms.get("agreement_title"),
        "article": terms.get("article"),
        "adopted": bool(terms.get("adopted")),
        "qualifier": (terms.get("limit") or {}).get("qualifier"),
        "limit": (terms.get("limit") or {}).get("iso"),
        "starts": terms.get("starts"),
        "starts_at": None if clock.starts_at is None else to_text(clock.starts_at),
        "waits_for": clock.waits_for,
        "due_at": None if clock.due_at is None else to_text(clock.due_at),
        "at_expiry": silence.get("code"),
        "effect": silence.get("effect", "none"),
        "says": plain_words(silence.get("stated")) or silence.get("words"),
        "words": words,
        "answered": answered,
        "state": clock_state(clock),
    }


def plain_words(told: object) -> str | None:
    """What was said, unless it was erased."""
    return told if isinstance(told, str) else None


def clock_state(clock: Clock) -> str:
    """running, waiting, stopped, lapsed: what a reader needs first."""
    if clock.stopped_at is not None:
        return "stopped"
    if clock.lapsed_at is not None:
        return "lapsed"
    return "waiting" if clock.starts_at is None else "running"
