"""Telling officers of their watch: some time before it, as each wishes, and when it begins with what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cna_service.cases import queries as case_queries
from cna_service.db.idempotency import Key, Reply
from cna_service.db.timers import TimerKey
from cna_service.duty.relief import RELIEVED_POST, WatchLife
from cna_service.duty.relief_boundaries import Change, changes_ahead, holds_until
from cna_service.duty.relief_rules import notice_of
from cna_service.escalation.texts import Texts
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import watch_messages, watch_texts
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import (
    ALERTS,
    CASE,
    DESK,
    DUTY,
    OFFICERS,
    ROSTERS,
    WATCH_LIFE,
    case_stream,
)
from cna_service.workflow.receipts import done
from cna_service.workflow.relief_sheet import promises
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

MOST_NOTICES = 3
SHORTEST, LONGEST = 10, 2880
"""Minutes before a watch: what lies further off is not known for certain."""

_LOOK = timedelta(days=8)
_AT_ONCE = timedelta(minutes=2)
_COUNTED = 200
_NAMED = 4


def set_notice(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{minutes_before: [720, 60]}``: how long before his watches the officer wishes to be told; an empty list: not
    at all. Raises Invalid, NotPermitted."""
    asked = Asked(body)
    wished = _minutes(asked)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        work.append(Draft("watch.notice_set", {"officer": actor.id, "minutes_before": wished}))
        return done(work, minutes_before=wished)


def _minutes(asked: Asked) -> list[int]:
    told = asked.raw("minutes_before")
    fix = f"send up to {MOST_NOTICES} whole numbers from {SHORTEST} to {LONGEST}, such as [720, 60]"
    if not isinstance(told, list) or len(told) > MOST_NOTICES:
        asked.wrong("minutes_before", None, "is no short list of minutes", fix)
        return []
    read = [int(m) if isinstance(m, str) and m.strip().isdigit() else m for m in told]
    if not all(type(m) is int and SHORTEST <= m <= LONGEST for m in read):
        asked.wrong("minutes_before", str(told), "names a number of minutes that cannot be", fix)
        return []
    return sorted(set(read), reverse=True)


def has_begun(key: TimerKey, until: datetime) -> bool:
    """Whether the watch that this notice is of has begun."""
    return notice_of(key.n)[0] <= int(until.timestamp()) // 60


def fire(service: Service, work: Work, key: TimerKey) -> None:
    """The notice that this timer stands for; its watch has not begun."""
    life = work.of(WATCH_LIFE, DUTY)
    minute, n = notice_of(key.n)
    changes = [
        c
        for c in changes_ahead(work.of(ROSTERS, DUTY), life)
        if c.coming == key.subject and int(c.at.timestamp()) // 60 == minute
    ]
    body = {
        "officer": key.subject,
        "posts": [c.post for c in changes],
        "starts_at": to_text(changes[0].at),
        "minutes_before": life.wish_of(key.subject)[n],
        "sent": _tell(service, work, changes),
    }
    work.append(Draft("watch.noticed", body), DUTY)


def _tell(service: Service, work: Work, changes: list[Change]) -> bool:
    first = changes[0]
    assert first.coming is not None
    if not watch_messages.is_told(service, work):
        return False
    ends_at = holds_until(rosters_in(work), first.post, first.at, _LOOK)
    return watch_messages.tell(
        service,
        work,
        first.coming,
        "notice",
        post=(first.post, {}),
        at=watch_texts.hour(first.at, work.now),
        until=_until(ends_at, work.now),
    )


def _until(ends_at: datetime | None, now: datetime) -> object:
    return ("open", {}) if ends_at is None else watch_texts.hour(ends_at, now)


def hand_over(service: Service, work: Work, change: Change) -> None:
    """Who comes is told that he has the watch now, until when, and how much is open: counts and times, no reference
    and no name of a case (desk-rules 2.6). Who loses it by an edit of this moment is told who took it."""
    if change.coming is None or not watch_messages.is_told(service, work):
        return
    life = work.of(WATCH_LIFE, DUTY)
    if change.post == RELIEVED_POST and change.going is not None and _is_unplanned(change, life):
        _tell_who_lost_it(service, work, change)
    if any(t.officer == change.coming and t.at == change.at and t.post == change.post for t in life.taken):
        # He was told when he sent the code back.
        return
    until = _until(holds_until(rosters_in(work), change.post, work.now, _LOOK), work.now)
    post: object = (change.post, {})
    if change.post != RELIEVED_POST:
        watch_messages.tell(service, work, change.coming, "hand_over_post", post=post, until=until)
        return
    found = what_is_open(work)
    first = "" if found.due_at is None else ("next", {"at": watch_texts.hour(found.due_at, work.now)})
    watch_messages.tell(
        service,
        work,
        change.coming,
        "hand_over",
        post=post,
        until=until,
        cases=found.cases(service.policies.texts),
        next=first,
        promises=found.owed,
    )


def _is_unplanned(change: Change, life: WatchLife) -> bool:
    """The roster was edited at that moment: nobody could know of the change before."""
    return life.roster_at is not None and abs(life.roster_at - change.at) <= _AT_ONCE


def _tell_who_lost_it(service: Service, work: Work, change: Change) -> None:
    coming = work.of(OFFICERS, DESK).get(change.coming or "")
    name = coming.name if coming is not None else change.coming
    at = watch_texts.hour(change.at, work.now)
    watch_messages.tell(service, work, change.going or "", "taken_from", name=name, at=at)


@dataclass(frozen=True, slots=True)
class Open:
    """What is open now: cases, the first limit that runs out, how much was promised or is owed."""

    refs: tuple[str, ...]
    due_at: datetime | None
    owed: int

    def cases(self, texts: Texts) -> str:
        """Their number; with references only where the policy lets summonses name cases (desk-rules 2.6)."""
        if "case" not in texts.may_also_say or not self.refs:
            return str(len(self.refs))
        more = ", ..." if len(self.refs) > _NAMED else ""
        return f"{len(self.refs)} ({', '.join(self.refs[:_NAMED])}{more})"


def what_is_open(work: Work) -> Open:
    rows = case_queries.board(work.connection, limit=_COUNTED).rows
    due = [row["next_due_at"].astimezone(UTC) for row in rows if row["next_due_at"] is not None]
    refs = tuple(str(row["ref"]) for row in rows)
    return Open(refs, min(due, default=None), sum(_owed(work, ref) for ref in refs))


def _owed(work: Work, ref: str) -> int:
    stream = case_stream(ref)
    return len(list(promises(work.of(CASE, stream), work.of(ALERTS, stream), work.now)))
