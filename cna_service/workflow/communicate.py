"""Logging one call, mail, radio message or note, in or out; what is said in it becomes facts by verbs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.opening import CHANNELS
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

WAYS = (*CHANNELS, "diplomatic_note", "press", "social_media", "letter")


def log_communication(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{direction, channel, ours?, theirs?, number?, started_at?, ended_at?, subject?, text?, exchange?,
    attachments?}``.

    A call needs who spoke and on which number, with start and end (practice R6); without ``ours`` it was the actor. An
    order of a judge or prosecutor is logged as it came, with the paper attached. Raises Invalid, StreamNotFound.
    """
    asked = Asked(body)
    with service.write(actor, Action.COMMUNICATION_LOG, case_stream(ref), key=key) as work:
        told = read_communication(asked, work)
        happened = asked.told("happened_at")
        if attachments := read_attachments(work, asked):
            told["attachments"] = attachments
        asked.check_unknown()
        asked.done()
        work.append(Draft("communication.logged", told, happened_at=happened, told_at=work.now))
        return done(work, communication=told["communication"])


def read_communication(asked: Asked, work: Work) -> dict[str, Any]:
    channel = asked.word("channel", WAYS)
    direction = asked.word("direction", ("in", "out"))
    ours, theirs = asked.part("ours"), asked.part("theirs")
    told: dict[str, Any] = {
        "communication": uuid7(work.now),
        "direction": direction,
        "channel": channel,
        "ours": _party(ours),
        "theirs": _party(theirs),
        "number": asked.text("number", longest=40),
        "subject": asked.text("subject", longest=500),
        "text": asked.text("text"),
        "source": asked.text("source", longest=500),
        "is_verified": asked.yes("is_verified"),
        "is_automatic": asked.yes("is_automatic"),
        "exchange": asked.number("exchange", least=1),
    }
    for name in ("started_at", "ended_at"):
        instant = asked.told(name, required=channel == "phone")
        told[name] = None if instant is None else instant.as_json()
    if channel == "phone":
        if not told["number"]:
            asked.wrong("number", None, "is missing: which number was called, or called us", "enter it")
        if not told["theirs"].get("name") and not told["theirs"].get("office"):
            asked.wrong("theirs", None, "is missing: who was on the other end", "enter a name or an office")
        # Whoever logs a call and names nobody of ours was on it himself (practice R6: both ends have a name).
        told["ours"] = told["ours"] or {"name": work.actor.name, "office": work.actor.office}
    return {k: v for k, v in told.items() if v is not None}


def _party(asked: Asked) -> dict[str, str]:
    fields = {f: asked.text(f, longest=500) for f in ("name", "post", "office", "phone", "email", "state")}
    return {k: v for k, v in fields.items() if v}
