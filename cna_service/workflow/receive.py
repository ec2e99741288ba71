"""A submission arrives: keep its bytes, say what was read, open or continue the case, set clocks, wake somebody.

Reading is done before the transaction and cannot fail; whatever it found, the bytes, the entry, the case and the
alert are committed together (record.md, "What is refused and what is kept").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cna_service.agreements.basis import match_basis
from cna_service.cases import queries
from cna_service.cases.clocks import counts_against_us
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.intake.submission import Reading, read_submission
from cna_service.kit.errors import Problem
from cna_service.kit.ids import new_reference, read_reference, uuid7
from cna_service.kit.instants import from_optional, to_text
from cna_service.kit.told import told_instant
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.arming import Armed
from cna_service.workflow.fitting import fitted
from cna_service.workflow.projections import ALERTS, CASE, case_stream
from cna_service.workflow.replies_json import received_reply
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

REPEATED = "repeated_request"
REQUESTS = ("new_request", REPEATED)
SENT_AGAIN_WITHIN = timedelta(minutes=15)
TRUNCATED = 64 * 1024
"""How much of a body over the limit is kept."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes as they came in: by which way, of which type. ``over_limit`` is the true length of a body cut off."""

    content: bytes
    media_type: str
    way: str = "api"
    over_limit: int | None = None


def receive(service: Service, actor: Actor, arrival: Arrival, key: Key | None = None) -> Reply:
    """Keep a submission and answer it: 201 with what was read, 400 or 413 where nothing could be.

    Raises NotPermitted, IdempotencyMismatch, Replayed, DatabaseUnavailable; never because of the content.
    """
    reading = _read(arrival)
    existing = _own_case(service, actor, reading)
    offered = _possible_duplicates(service, actor, reading)
    repeated = None if existing else _sent_before(service, actor, reading)
    streams = (case_stream(existing),) if existing else ()
    with service.write(actor, Action.SUBMISSION_RECEIVE, *streams, key=key) as work:
        if not existing:
            work.begin_case(lambda: new_reference(prefix=service.desk.reference_prefix))
        submission = _keep(service, work, arrival, reading, existing)
        exchange, armed = _open_exchange(service, work, reading, submission, existing)
        _summon(service, work, exchange, reading, existing, repeated)
        alike = [ref for ref in offered if ref != work.case.ref]
        work.reply = received_reply(service, work, reading, submission, exchange, armed, alike, arrival)
    return work.reply


def _read(arrival: Arrival) -> Reading:
    if arrival.over_limit is not None:
        return Reading(
            None,
            why=f"the body has {arrival.over_limit} bytes, more than the desk takes",
            fix="send the attachments apart, or telephone the desk",
        )
    return read_submission(arrival.content)


def _own_case(service: Service, actor: Actor, reading: Reading) -> str | None:
    """The case that the sender's ``in_reply_to`` names, if it is one of his own."""
    named = str((reading.draft or {}).get("in_reply_to", ""))
    ref = read_reference(named) if named else None
    if ref is None:
        return None
    with service.read() as reader:
        if store.head(reader.connection, case_stream(ref)) is None:
            return None
        mine = actor.kind != "authority" or queries.is_of_authority(reader.connection, ref, actor.id)
        return ref if mine else None


def _keep(service: Service, work: Work, arrival: Arrival, reading: Reading, existing: str | None) -> str:
    """Store the bytes and append ``submission.received``; returns the submission's id."""
    submission = uuid7(work.now)
    problems = list(reading.problems)
    draft = dict(reading.draft) if reading.draft is not None else None
    if draft is not None:
        draft["attachments"] = _store_attachments(work, draft.get("attachments", []), reading, problems)
        if draft.get("in_reply_to") and not existing:
            why = "names no case of yours; this became a new case"
            problems.append(
                Problem("/in_reply_to", draft["in_reply_to"], why, "use the reference we gave you")
            )
    kept = arrival.content if arrival.over_limit is None else arrival.content[:TRUNCATED]
    body: dict[str, Any] = {
        "submission": submission,
        "blob": work.keep(kept, arrival.media_type),
        "size": arrival.over_limit or len(arrival.content),
        "sha256": hashlib.sha256(arrival.content).hexdigest(),
        "media_type": arrival.media_type,
        "way": arrival.way,
        "exercise": service.desk.is_exercise,
        "sender": _sender(work.actor),
        "is_readable": draft is not None,
        "problems": [p.as_json() for p in problems],
    }
    body |= {"draft": draft} if draft is not None else {"why": reading.why, "fix": reading.fix}
    if arrival.over_limit is not None:
        # Verification checks the stored bytes against this, not against the length of what was cut off.
        body["kept"] = len(kept)
    if draft is not None:
        body = dict(fitted(body))
    told = (draft or {}).get("happened_at")
    work.append(
        Draft("submission.received", body, happened_at=told_instant(told) if told else None, told_at=work.now)
    )
    return submission


def _sender(actor: Actor) -> dict[str, str | None]:
    if actor.kind == "officer":
        return {"entered_by": actor.id}
    return {"authority": actor.id, "name": actor.name, "state": actor.state}


def _store_attachments(
    work: Work, told: list[dict[str, Any]], reading: Reading, problems: list[Problem]
) -> list[dict[str, Any]]:
    """Each attachment becomes a blob of its own; one that cannot be decoded stays in the submission's bytes."""
    kept = [dict(each) for each in told]
    for pointer, _name, content in reading.attachments:
        n = int(pointer.rsplit("/", 1)[1])
        try:
            data = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            problems.append(
                Problem(f"{pointer}/base64", f"{len(content)} characters", "no valid base64", "send it again")
            )
            continue
        if n < len(kept):
            media_type = str(kept[n].get("media_type", "application/octet-stream"))
            blob = work.keep(data, media_type)
            kept[n] |= {"blob": blob, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return kept


def _open_exchange(
    service: Service, work: Work, reading: Reading, submission: str, existing: str | None
) -> tuple[Exchange | None, Armed]:
    """Open the exchange that the submission asks for; one that asks for nothing in a known case opens none."""
    draft = reading.draft
    if draft is None or (existing and not draft.get("items")):
        return None, Armed((), None)
    n = len(work.case.exchanges) + 1
    work.append(
        Draft("exchange.opened", _exchange_body(service, work, draft, n, submission), told_at=work.now)
    )
    exchange = work.case.exchange(n)
    assert exchange is not None
    armed = arming.arm_cited(service, work, exchange, zone=_zone(draft))
    _arm_stated(service, work, exchange, draft)
    if exchange.kind == "request":
        arming.arm_own_target(service, work, exchange)
    return work.case.exchange(n), armed


def _exchange_body(
    service: Service, work: Work, draft: Mapping[str, Any], n: int, submission: str
) -> dict[str, Any]:
    told = [str(b.get("text", "")) for b in draft.get("legal_basis", []) if isinstance(b, Mapping)]
    catalogue = service.policies.catalogue
    provisions = list(dict.fromkeys(p for text in told for p in match_basis(catalogue, text)))
    actor = work.actor
    return {
        "exchange": n,
        "direction": "inbound",
        "kind": draft.get("kind", "request"),
        "state": actor.state,
        "authority": {"id": actor.id, "name": actor.name} if actor.kind == "authority" else None,
        "items": draft.get("items", []),
        "form": "written",
        "channel": "api",
        "at": to_text(work.now),
        "offences": [o for o in draft.get("offences", []) if isinstance(o, str)],
        "provisions": provisions,
        "basis_told": told,
        "their_reference": draft.get("requester_reference"),
        "standing": "channel_authenticated" if actor.kind == "authority" else "unverified",
        "submission": submission,
    }


def _zone(draft: Mapping[str, Any]) -> str | None:
    zones = [draft.get("zone"), *(v.get("zone") for v in draft.get("vessels", []))]
    return next((str(z) for z in zones if z), None)


def _arm_stated(service: Service, work: Work, exchange: Exchange, draft: Mapping[str, Any]) -> None:
    told = draft.get("reply_wanted_by")
    due_at = from_optional(told.get("earliest")) if isinstance(told, Mapping) else None
    if due_at is not None and due_at > work.now:
        reason, by = draft.get("reply_wanted_reason"), (draft.get("contact") or {}).get("name")
        says = draft.get("silence_stated")
        arming.arm_stated(service, work, exchange, due_at, reason=reason, stated_by=by, says=says)


@dataclass(frozen=True, slots=True)
class SentBefore:
    """A case that the same authority opened under the same reference a short while ago; ``holder``: who holds it."""

    ref: str
    holder: str | None


def _sent_before(service: Service, actor: Actor, reading: Reading) -> SentBefore | None:
    """Sent twice, by a sender who heard nothing: both are kept, each is a case, and people are not called twice over
    for it. Looked for before any lock, as duplicates are; the officer says whether it is the same."""
    told = (reading.draft or {}).get("requester_reference")
    if actor.kind != "authority" or not isinstance(told, str) or not told.strip():
        return None
    with service.read() as reader:
        ref = queries.sent_before(reader.connection, actor.id, told, reader.now - SENT_AGAIN_WITHIN)
        folded = None if ref is None else reader.stream(case_stream(ref))
    if ref is None or folded is None:
        return None
    alerts, is_answered = folded.of(ALERTS), all(e.answers for e in folded.of(CASE).exchanges)
    if is_answered or not any(a.kind in REQUESTS for a in alerts.open):
        return None
    return SentBefore(ref, next((h.officer for h in alerts.holds.values()), None))


def _summon(
    service: Service,
    work: Work,
    exchange: Exchange | None,
    reading: Reading,
    existing: str | None,
    repeated: SentBefore | None,
) -> None:
    record = work.case
    kind = "to_be_read" if reading.draft is None else "new_communication" if existing else "new_request"
    if repeated is not None and kind == "new_request":
        kind = REPEATED
    raise_alert(
        service,
        work,
        kind,
        subject=Subject(record.ref, exchange.n if exchange else None),
        due_at=_first_due(record, exchange),
        counts_against_us=counts_against_us(record),
        holder=None if repeated is None else repeated.holder,
        facts=None if repeated is None else {"repeats": repeated.ref},
    )


def _first_due(record: CaseRecord, exchange: Exchange | None) -> Any:
    mine = (c for c in record.clocks if c.is_running and exchange is not None and c.exchange == exchange.n)
    return min((c.due_at for c in mine if c.due_at is not None and c.kind != "own"), default=None)


_KEYS = {"names": "name", "former_names": "name"}
_SINGLE = ("imo", "mmsi", "call_sign", "registration_number", "hull_mark")


def _possible_duplicates(service: Service, actor: Actor, reading: Reading) -> list[str]:
    """The sender's own cases that may be about the same; what others sent is shown to our officers alone
    (desk-rules 2.5). Looked for before any lock: it only offers."""
    draft = reading.draft
    if draft is None or actor.kind != "authority":
        return []
    keys = [
        (kind, value)
        for vessel in draft.get("vessels", [])
        for field, kind in (*_KEYS.items(), *((f, f) for f in _SINGLE))
        for value in _listed(vessel.get(field))
        if isinstance(value, str)
    ]
    with service.read() as reader:
        return queries.own_alike(reader.connection, actor.id, draft.get("requester_reference"), keys)


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]
