"""When a sending may leave: the limits of its contact, and bundling of what is of low urgency.

The first summons of a case knows neither. What must wait keeps its row, its place and its entry; the alerts page says
until when. Nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.alerts import store as alert_store
from cna_service.db import outbox
from cna_service.db.outbox import Claimed
from cna_service.db.outbox import Sending as Row
from cna_service.escalation.gsm7 import segments
from cna_service.escalation.ladders import Channel
from cna_service.escalation.state import Alert
from cna_service.workflow.projections import ALERTS
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

MOST_SEGMENTS = 3
"""A bundle stays within so many messages; what does not fit goes in the next one."""
FIRST_KINDS = frozenset({"new_request", "new_communication", "to_be_read", "missed_call", "repeated_request"})
_BUNDLED = (Channel.SMS.value, Channel.EMAIL.value)


def is_first_summons(work: Work, alert: Alert) -> bool:
    """Of a case that nobody holds: its whole first round is never held up."""
    subject = alert.subject
    if subject.case is None or alert.round > 1 or alert.kind not in FIRST_KINDS:
        return False
    return work.of(ALERTS, alert.stream).holder(subject.case, subject.exchange) is None


def paced(service: Service, work: Work, row: Row, alert: Alert, head: str, line: str) -> Row:
    """The row with the instant from which it may leave. ``head`` and ``line``: what a bundle begins with, and this
    alert's line of it."""
    if is_first_summons(work, alert):
        return row
    limits = service.policies.ladders.limits
    if alert.urgency == "low" and row.channel in _BUNDLED and limits.bundle_within:
        leaves = _with_its_like(work, row, limits.bundle_within)
        content = {**row.content, "bundle": {"head": head, "line": line}}
        return replace(row, content=content, not_before=leaves)
    bucket = limits.buckets.get(Channel(row.channel))
    if bucket is None:
        return row
    full_at = alert_store.full_at(work.connection, row.channel, row.contact)
    leaves, full_at = bucket.take(full_at, work.now)
    alert_store.count_sending(work.connection, row.channel, row.contact, full_at)
    return row if leaves <= work.now else replace(row, not_before=leaves)


def _with_its_like(work: Work, row: Row, within: timedelta) -> datetime:
    """The first leaves at once; what follows it within that time waits for the next message to this contact."""
    channel = f"low-{row.channel}"
    last = alert_store.full_at(work.connection, channel, row.contact)
    if last is not None and last > work.now:
        return last
    leaves = work.now if last is None or last + within <= work.now else last + within
    alert_store.count_sending(work.connection, channel, row.contact, leaves)
    return leaves


def gather(
    connection: Connection,
    claimed: Sequence[Claimed],
    *,
    by: str,
    now: datetime,
    machine_now: datetime,
    lease: timedelta,
) -> list[Claimed]:
    """Each bundle among what was claimed as one sending that carries the others with it (``riders``); these are
    claimed too. If we die before it was sent, each goes by itself when its lease has run out."""
    taken: set[str] = set()
    gathered = []
    for each in claimed:
        if each.id in taken:
            continue
        if "bundle" not in each.content or each.was_sending:
            gathered.append(each)
            continue
        head = each.content["bundle"]["head"]
        there = [c for c in claimed if c.id not in taken and c.id != each.id and not c.was_sending]
        others = outbox.pending_to(connection, each.channel, each.contact, now)
        riders = _fitting(each, [c for c in (*there, *others) if _is_like(c, each, head)])
        fresh = [r.id for r in riders if r.id not in {c.id for c in there}]
        outbox.take(connection, fresh, by=by, until=machine_now + lease)
        taken.update(r.id for r in riders)
        gathered.append(_bundle(each, riders))
    # One that was handed on before it was found to ride along.
    return [c for c in gathered if c.id not in taken]


def _is_like(other: Claimed, lead: Claimed, head: str) -> bool:
    """The same contact and the same beginning: an exercise's never shares a message with a real one."""
    told: Mapping[str, Any] = other.content.get("bundle") or {}
    return (other.channel, other.contact, told.get("head")) == (lead.channel, lead.contact, head)


def _fitting(lead: Claimed, others: Sequence[Claimed]) -> list[Claimed]:
    found: list[Claimed] = []
    for each in others:
        is_long = lead.channel == Channel.SMS and segments(_text(lead, [*found, each])) > MOST_SEGMENTS
        if each.id not in {f.id for f in found} and not is_long:
            found.append(each)
    return found


def _text(lead: Claimed, riders: Sequence[Claimed]) -> str:
    lines = [c.content["bundle"]["line"] for c in (lead, *riders)]
    return " ".join([str(lead.content["bundle"]["head"]), *map(str, lines)])


def _bundle(lead: Claimed, riders: Sequence[Claimed]) -> Claimed:
    if not riders:
        return lead
    text = _text(lead, riders)
    same = [replace(r, content={**r.content, "text": text}) for r in riders]
    return replace(lead, content={**lead.content, "text": text, "riders": same})


def riders_of(claimed: Claimed) -> Iterator[Claimed]:
    """Those whom this sending carried along: what came of it came of them."""
    yield from claimed.content.get("riders", ())
