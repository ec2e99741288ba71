"""The entries of alerts as drafts: the only writers of the bodies that :mod:`cna_service.escalation.fold` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from cna_service.escalation.ladders import Ladder
from cna_service.escalation.rules import (
    Climb,
    Empty,
    Exhausted,
    LedTo,
    People,
    Target,
    UseContact,
    reach,
)
from cna_service.escalation.state import Alert, Contact, Sending, Subject
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft

Why = Literal["due", "asked", "not_reached"]
AcknowledgedBy = Literal["sms", "voice", "console", "api"]


def _nobody(_officer: str) -> bool:
    return False


def raised(
    alert: str,
    *,
    kind: str,
    subject: Subject,
    ladder: Ladder,
    urgency: Literal["high", "low"] = "high",
    text_facts: Mapping[str, Any] | None = None,
    counts_against_us: bool = False,
    holder: str | None = None,
) -> Draft:
    """``text_facts``: what the words of the summons need and nothing of the case: ``due_at`` (RFC 3339), codes.
    ``counts_against_us``: the expiry of its clock would; then a bare ``ok`` acknowledges nothing (desk-rules 2.1).
    The ladder's file must be kept under ``ladder.sha256`` in the same transaction (desk-rules 8.1)."""
    return Draft(
        "alert.raised",
        {
            "alert": alert,
            "kind": kind,
            "subject": {"case": subject.case, "exchange": subject.exchange, "clock": subject.clock},
            "urgency": urgency,
            "ladder_copy": ladder.as_json(),
            "text_facts": dict(text_facts or {}),
            "counts_against_us": counts_against_us,
            "holder": holder,
        },
    )


def take_step(
    alert: Alert,
    step: Climb | Exhausted,
    people: People,
    new_id: Callable[[], str],
    *,
    why: Why = "due",
    is_busy: Callable[[str], bool] = _nobody,
) -> Draft:
    """``rung.climbed``, ``rung.skipped`` or ``ladder.exhausted``. Append it, queue a sending for each id in its
    targets, and ask ``next_step`` again: after a skipped rung the next one is due at once.

    ``is_busy(officer)``: he already holds another case with a running clock; then the following rung is summoned
    together with his, at once (desk-rules 2.3).
    """
    late = int(step.late_by.total_seconds())
    if isinstance(step, Exhausted):
        last = alert.ladder.last_resort
        reached = reach(last.who, last.channels, people, new_id, is_low=alert.urgency == "low")
        targets = () if isinstance(reached, Empty) else reached
        body = {"alert": alert.id, "round": step.round, "targets": _targets(targets), "late_by_seconds": late}
        return Draft("ladder.exhausted", body)
    reached = reach(step.rung.who, step.rung.channels, people, new_id, is_low=alert.urgency == "low")
    place = {"alert": alert.id, "round": step.round, "rung": step.rung.n}
    if isinstance(reached, Empty):
        return Draft("rung.skipped", {**place, "reason": reached.reason, "late_by_seconds": late})
    if any(is_busy(target.officer) for target in reached):
        reached = (*reached, *_following(alert, step, reached, people, new_id))
    return Draft("rung.climbed", {**place, "why": why, "targets": _targets(reached), "late_by_seconds": late})


def _following(
    alert: Alert, step: Climb, already: Sequence[Target], people: People, new_id: Callable[[], str]
) -> tuple[Target, ...]:
    rung = alert.ladder.following(step.rung.n)
    reached = Empty("nobody") if rung is None else reach(rung.who, rung.channels, people, new_id)
    if isinstance(reached, Empty):
        return ()
    known = {target.officer for target in already}
    return tuple(target for target in reached if target.officer not in known)


def _targets(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [
        {
            "officer": target.officer,
            "post": target.post.value,
            "sendings": [{"sending": sending, **_contact(contact)} for sending, contact in target.sendings],
            "spare": [_contact(contact) for contact in target.spare],
            **_own_rules(target),
        }
        for target in targets
    ]


def _own_rules(target: Target) -> dict[str, Any]:
    """Only where he has set rules that want more than what goes out now."""
    if not any(t.after for t in target.tries) and target.repeat is None:
        return {}
    tries = [{"after_seconds": int(t.after.total_seconds()), **_contact(t.contact)} for t in target.tries]
    repeat = None if target.repeat is None else int(target.repeat.total_seconds())
    return {"tries": tries, **({} if repeat is None else {"repeat_seconds": repeat})}


def _contact(contact: Contact) -> dict[str, str]:
    return {"channel": contact.channel.value, "contact": contact.id}


def _of(alert: Alert, sending: Sending) -> dict[str, Any]:
    return {
        "alert": alert.id,
        "sending": sending.id,
        "officer": sending.officer,
        "round": sending.round,
        "rung": sending.rung,
        **_contact(sending.contact),
    }


def sent(
    alert: Alert,
    sending: str,
    *,
    provider: str,
    sid: str,
    to: str,
    text: str,
    carried_as: str | None = None,
) -> Draft:
    """``to`` and ``text`` are private; ``sid`` is the provider's name for it. ``carried_as``: ``sms`` where a call left
    as an SMS, because the line cannot call."""
    of = _of(alert, alert.sendings[sending])
    said = {} if carried_as is None else {"carried_as": carried_as}
    return Draft("alert.sent", {**of, "provider": provider, "sid": sid, "to": to, "text": text, **said})


def failed(
    alert: Alert,
    sending: str,
    *,
    error: str,
    permanent: bool,
    gave_up: bool = False,
    detail: str | None = None,
    led_to: LedTo | None = None,
    new_id: Callable[[], str],
) -> Draft:
    """``permanent``: this contact will never take it (flag it); ``gave_up``: temporary, but tried long enough. With
    neither, the sender tries again and nothing follows. ``led_to``: from ``next_contact``."""
    of = _of(alert, alert.sendings[sending])
    facts = {"error": error, "permanent": permanent, "gave_up": gave_up, "detail": detail}
    return Draft("alert.failed", {**of, **facts, "next": _next(led_to, new_id)})


def delivered(alert: Alert, sending: str, *, status: str) -> Draft:
    return Draft("alert.delivered", {**_of(alert, alert.sendings[sending]), "status": status})


def undelivered(
    alert: Alert,
    sending: str,
    *,
    status: str,
    error: str | None = None,
    led_to: LedTo,
    new_id: Callable[[], str],
) -> Draft:
    """``status``: the provider's word (undelivered, busy, no-answer, failed, canceled)."""
    of = _of(alert, alert.sendings[sending])
    return Draft("alert.undelivered", {**of, "status": status, "error": error, "next": _next(led_to, new_id)})


def receipt_missed(alert: Alert, sending: str, *, led_to: LedTo, new_id: Callable[[], str]) -> Draft:
    return Draft(
        "alert.receipt_missed", {**_of(alert, alert.sendings[sending]), "next": _next(led_to, new_id)}
    )


def _next(led_to: LedTo | None, new_id: Callable[[], str]) -> dict[str, str] | None:
    if not isinstance(led_to, UseContact):
        return None
    return {"officer": led_to.officer, "sending": new_id(), **_contact(led_to.contact)}


def acknowledged(
    alert: Alert,
    officer: str,
    *,
    by: AcknowledgedBy,
    code: str | None = None,
    from_number: str | None = None,
    in_transit_minutes: int | None = None,
) -> Draft:
    """``code`` and ``from_number`` are private."""
    body = {
        "alert": alert.id,
        "officer": officer,
        "by": by,
        "code": code,
        "from": from_number,
        "in_transit_minutes": in_transit_minutes,
    }
    return Draft("alert.acknowledged", body)


def acknowledgement_withdrawn(
    alert: Alert, officer: str, *, by: AcknowledgedBy, from_number: str | None = None
) -> Draft:
    body = {"alert": alert.id, "officer": officer, "by": by, "from": from_number}
    return Draft("alert.acknowledgement_withdrawn", body)


def waiting_stated(subject: Subject, *, until: datetime, waiting_for: str) -> Draft:
    """``until`` at most ``rules.furthest_wait``; ``waiting_for`` is private."""
    body = {
        "case": subject.case,
        "exchange": subject.exchange,
        "until": to_text(until),
        "waiting_for": waiting_for,
    }
    return Draft("waiting.stated", body)


def closed(alert: Alert, *, why: str, words: str | None = None) -> Draft:
    """``why``: a code such as ``answered``, ``case_closed``, ``superseded``; ``words`` are private."""
    return Draft("alert.closed", {"alert": alert.id, "why": why, "words": words})


def contact_used(alert: Alert, officer: str, sending: str | None, now: datetime) -> Draft:
    """His own rules want a try now: the newest that is due, whatever was slept through; of several at one instant (all
    his telephones) the first not yet made. ``sending`` None: he cannot be reached on it. Raises KeyError for one
    without rules."""
    run = alert.personal[officer]
    n, wanted = run.used, run.at(run.used)
    assert wanted is not None
    ahead = run.used
    while (after := run.at(ahead + 1)) is not None and after[0] <= now:
        ahead += 1
        if after[0] > wanted[0]:
            n, wanted = ahead, after
    body = {
        "alert": alert.id,
        "officer": officer,
        "round": run.round,
        "rung": run.rung,
        "n": n,
        "sending": sending,
        **_contact(wanted[1]),
    }
    return Draft("alert.contact_used", body)


def person_added(alert: Alert, target: Target, *, reason: str | None) -> Draft:
    """``reason`` is private. Queue a sending for each id in its targets, as after a rung."""
    body = {"alert": alert.id, "officer": target.officer, "targets": _targets([target]), "reason": reason}
    return Draft("alert.person_added", {k: v for k, v in body.items() if v is not None})


def reassigned(alert: Alert, target: Target | None, *, wait: timedelta, reason: str | None) -> Draft:
    """To one officer, or (``target`` None) back to the ladder. ``wait``: until the climb goes on, if he does not take
    it. ``reason`` is private."""
    held = alert.acknowledgement
    body = {
        "alert": alert.id,
        "from": None if held is None else held.officer,
        "to": None if target is None else target.officer,
        "targets": [] if target is None else _targets([target]),
        "wait_seconds": int(wait.total_seconds()),
        "reason": reason,
    }
    return Draft("alert.reassigned", {k: v for k, v in body.items() if v is not None})


def snoozed(alert: Alert, *, until: datetime, reason: str) -> Draft:
    return Draft("alert.snoozed", {"alert": alert.id, "until": to_text(until), "reason": reason})


def reopened(alert: Alert, *, reason: str | None) -> Draft:
    body = {"alert": alert.id, "reason": reason}
    return Draft("alert.reopened", {k: v for k, v in body.items() if v is not None})
