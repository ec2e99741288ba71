"""Sending what the outbox asks for, and recording what became of it. The only verb that speaks to the outside.

Order (record.md, "Lock order"): claim and commit; send without any transaction; then a command: the stream's lock,
the outbox row if our claim still stands, the entry. Dying after HTTP and before the result leaves the row
``sending``, an answer that got lost leaves it ``unknown``: whoever takes it next asks the provider first, and sends
again marked "(repeat)" only if the provider knows nothing of it. A repeated alert is acceptable, a lost one is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from cna_service.alerts.ports import Accepted, Attachment, ChannelError, Mail, MailOut, Telephony
from cna_service.alerts.rules import next_delay, verdict
from cna_service.db import outbox
from cna_service.db.database import DatabaseUnavailable
from cna_service.db.outbox import Claimed
from cna_service.identity.actors import SERVICE
from cna_service.ledger import store as ledger_store
from cna_service.workflow.outcomes import note_outcome
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

LEASE = timedelta(seconds=15)

log = structlog.get_logger(__name__)
NO_TELEPHONY = ChannelError(True, "no-telephony", "No telephone company is set up.")
NO_MAIL = ChannelError(True, "no-mail", "No mail server is set up.")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a sending can reach; None where the deployment has none."""

    telephony: Telephony | None
    mail: MailOut | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One try at one sending, not yet recorded."""

    claimed: Claimed
    outcome: Accepted | ChannelError
    began_at: datetime
    took: timedelta


def claim(service: Service, by: str, limit: int, lease: timedelta = LEASE) -> list[Claimed]:
    """Take up to ``limit`` sendings; committed before anything is sent. Those of streams in which a newer build wrote
    are left to the nodes that run it: this one could send, and could not record that it did."""
    now, machine_now = service.clock.now(), service.machine.now()
    with service.database.read() as connection:
        if not outbox.has_claimable(connection, now, machine_now):
            return []
    with service.database.write() as connection:
        claimed = outbox.claim(
            connection,
            by=by,
            now=now,
            machine_now=machine_now,
            lease=lease,
            limit=limit,
            without=service.folds.newer,
        )
        newer = {s for s in {c.stream for c in claimed} if _is_newer(service, connection, s)}
        outbox.release(connection, [c.id for c in claimed if c.stream in newer], by=by)
    return [c for c in claimed if c.stream not in newer]


def _is_newer(service: Service, connection: Connection, stream: str) -> bool:
    try:
        folded = service.folds.current(connection, stream)
    except Exception:
        # Broad, as in fire: what cannot be read was asked for all the same, and somebody waits for it.
        log.exception("a stream could not be read", stream=stream)
        return False
    service.folds.keep(folded)
    return folded.unknown is not None


def send(service: Service, outside: Outside, claimed: Claimed, by: str) -> None:
    """Try one claimed sending and record the outcome."""
    record(service, [tried(service, outside, claimed)], by)


def tried(service: Service, outside: Outside, claimed: Claimed) -> Tried:
    """Try one claimed sending; whoever calls owes ``record``."""
    began_at, began = service.machine.now(), service.machine.monotonic()
    outcome: Accepted | ChannelError
    try:
        found = _already_accepted(service, outside, claimed) if claimed.was_sending else None
        outcome = found or _try(service, outside, claimed)
    except ChannelError as error:
        outcome = error
    return Tried(claimed, outcome, began_at, timedelta(seconds=service.machine.monotonic() - began))


def _already_accepted(service: Service, outside: Outside, claimed: Claimed) -> Accepted | None:
    """Does the provider know of an earlier try whose outcome we never stored?"""
    telephony = outside.telephony
    if telephony is None:
        return None
    since = claimed.created_at - timedelta(minutes=1)
    if claimed.channel == "sms":
        code = str(claimed.content.get("code") or claimed.content.get("text", ""))
        sid = telephony.find_recent(to=claimed.contact, containing=code, since=since)
    elif claimed.channel == "voice":
        sid = telephony.find_recent_call(to=claimed.contact, since=since)
    else:
        return None
    if sid is None:
        return None
    with service.read() as reader:
        known = outbox.row_by_sid(reader.connection, sid)
    # What belongs to another sending to the same number proves nothing of this one: a lost summons is worse than two.
    is_ours = known is None or known["id"] == claimed.id
    return Accepted(telephony.name, sid, "accepted") if is_ours else None


def _try(service: Service, outside: Outside, claimed: Claimed) -> Accepted:
    content = claimed.content
    if claimed.channel in ("sms", "voice"):
        if outside.telephony is None:
            raise NO_TELEPHONY
        callback = f"{service.desk.public_url}/callbacks/twilio/status"
        if claimed.channel == "sms":
            text = f"{content['text']} (repeat)" if claimed.was_sending else str(content["text"])
            return outside.telephony.send_sms(
                to=claimed.contact, text=text, callback_url=callback, reference=claimed.id
            )
        answer = f"{service.desk.public_url}/callbacks/twilio/call"
        return outside.telephony.place_call(
            to=claimed.contact, callback_url=callback, reference=claimed.id, answer_url=answer
        )
    if outside.mail is None:
        raise NO_MAIL
    message_id = outside.mail.send(_mail(service, claimed))
    return Accepted("smtp", message_id, "sent")


def _mail(service: Service, claimed: Claimed) -> Mail:
    content = claimed.content
    attachments = []
    with service.read() as reader:
        for told in content.get("attachments", ()):
            media_type, data = ledger_store.blob(reader.connection, told["blob"])
            attachments.append(Attachment(told["name"], media_type, data))
    mark = "EXERCISE " if service.desk.is_exercise else ""
    subject = str(content.get("subject") or f"{mark}{service.desk.name}: alert")
    return Mail(
        to=(claimed.contact,),
        subject=subject,
        text=str(content["text"]),
        attachments=tuple(attachments),
        case=content.get("case"),
        message_id=f"<{claimed.id}@cna>",
    )


def record(service: Service, many: Sequence[Tried], by: str | None) -> None:
    """Write attempts, the rows' new states and, where the record wants one, entries: one transaction for all of them.

    If one of them raises, each is recorded by itself, and only that one raises. Raises DatabaseUnavailable; nothing
    was recorded of those for which it did.
    """
    try:
        with service.tick(SERVICE, {each.claimed.stream for each in many}, wait=True) as work:
            for each in many:
                _record_one(service, work, each, by)
    except DatabaseUnavailable:
        raise
    except Exception:
        if len(many) == 1:
            raise
        _record_each(service, many, by)


def _record_each(service: Service, many: Sequence[Tried], by: str | None) -> None:
    raised: Exception | None = None
    for each in many:
        try:
            record(service, [each], by)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # The row stays claimed; its lease runs out and somebody asks the provider what became of it.
            log.exception("a result could not be recorded", sending=each.claimed.id)
            raised = error
    if raised is not None:
        raise raised


def _record_one(service: Service, work: Work, each: Tried, by: str | None) -> None:
    claimed, outcome = each.claimed, each.outcome
    outbox.note_attempt(work.connection, claimed.id, each.began_at, each.took, outcome_facts(outcome))
    state, next_try = _next_state(service, claimed, outcome, each.took)
    sid = outcome.sid if isinstance(outcome, Accepted) else None
    if outbox.settle(work.connection, claimed.id, by=by, state=state, sid=sid, next_try_at=next_try):
        note_outcome(service, work, claimed, outcome, gave_up=state == outbox.FAILED)


def outcome_facts(outcome: Accepted | ChannelError) -> Mapping[str, Any]:
    if isinstance(outcome, Accepted):
        return {"provider": outcome.provider, "sid": outcome.sid, "outcome": "accepted", "code": None}
    return {"provider": "", "sid": None, "outcome": "failed", "code": outcome.code}


def _next_state(
    service: Service, claimed: Claimed, outcome: Accepted | ChannelError, took: timedelta
) -> tuple[str, datetime | None]:
    if isinstance(outcome, Accepted):
        return outbox.ACCEPTED, None
    now = service.clock.now()
    judged = verdict(outcome.code)
    if outcome.permanent or judged.goes_on_at_once:
        return outbox.FAILED, None
    delay = next_delay(tries=claimed.tries, spent=now - claimed.created_at, retry_after=outcome.retry_after)
    if delay is None:
        return outbox.FAILED, None
    # Once the provider may have taken it, he is asked before every further try (paging.md, "Unknown outcome").
    may_be_taken = outcome.outcome_unknown or claimed.was_sending
    return (outbox.UNKNOWN if may_be_taken else outbox.PENDING), now + delay
