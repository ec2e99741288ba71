"""The timers of the watch itself, fired under the lock of ``duty``: its changes, reliefs overdue, notices, check-ins.

Everything is entries and outbox rows; nothing is sent here. Dying before the commit leaves the timer due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cna_service.db.timers import TimerKey
from cna_service.duty.relief import RELIEVED_POST
from cna_service.duty.relief_boundaries import FURTHEST, Change, changes_after
from cna_service.duty.relief_rules import OVERDUE_AFTER
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import watch_check_in, watch_messages, watch_notice
from cna_service.workflow.projections import ALERTS, DESK, DUTY, OFFICERS, ROSTERS, WATCH_LIFE
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.work import Work

KINDS = ("watch", "relief", "notice", "check_in")
ENDS_BY_TIME = KINDS
"""Believed only as far as clocks of cases are: a clock that says 2031 records no change of the watch (11.4)."""

MOST_RECORDED = 60
"""Changes recorded one by one after an outage: three posts for ten days of two watches."""

UNSIGNED, LATE = "relief_unsigned", "relief_late"


def fire(service: Service, work: Work, key: TimerKey, until: datetime) -> None:
    """Do what one timer of ``duty`` wants at ``until``."""
    if key.kind == "watch" or (key.kind == "notice" and watch_notice.has_begun(key, until)):
        # A notice of a watch that has begun meanwhile goes with the change's own entry.
        note_accounts(work)
        _record_changes(service, work, until)
    elif key.kind == "relief":
        _overdue(service, work)
    elif key.kind == "notice":
        watch_notice.fire(service, work, key)
    else:
        watch_check_in.fire(service, work)


def note_accounts(work: Work) -> bool:
    """Tell the stream which accounts were disabled or enabled meanwhile: who has the watch goes by it, and the timers
    of this stream know this stream alone. True if there was anything to tell."""
    known = work.of(WATCH_LIFE, DUTY).away
    told = False
    for officer in work.of(OFFICERS, DESK).by_id.values():
        if officer.disabled != known.get(officer.id, ()):
            spans = [
                {"from": to_text(since), "to": None if to is None else to_text(to)}
                for since, to in officer.disabled
            ]
            work.append(Draft("watch.account_noted", {"officer": officer.id, "disabled": spans}), DUTY)
            told = True
    return told


def _record_changes(service: Service, work: Work, until: datetime) -> None:
    """One entry for each post that changed hands and is not recorded yet, in the order of time. Of very many (the
    desk was off for months, or an older release recorded none) only the last of each post, with their number."""
    overdue = list(_overdue_changes(work, until))
    last = {change.post: change for change in overdue}
    kept = overdue if len(overdue) <= MOST_RECORDED else [c for c in overdue if c is last[c.post]]
    for change in kept:
        unrecorded = len(overdue) - len(kept) if change is kept[0] else 0
        _record(service, work, change, until, is_last=change is last[change.post], unrecorded=unrecorded)


def _overdue_changes(work: Work, until: datetime) -> Iterator[Change]:
    for change in changes_after(work.of(ROSTERS, DUTY), work.of(WATCH_LIFE, DUTY), FURTHEST):
        if change.at > until:
            return
        yield change


def _record(
    service: Service, work: Work, change: Change, until: datetime, *, is_last: bool, unrecorded: int
) -> None:
    """``is_last``: nobody else has followed since. After an outage who had a watch that nobody saw can hand nothing
    over, and is told nothing."""
    is_relieved = change.post == RELIEVED_POST
    is_relief = is_relieved and is_last and change.going is not None and change.coming is not None
    if is_relieved:
        close_alerts(work, "superseded", stream=DUTY, kinds=(UNSIGNED, LATE))
    body = {
        "post": change.post,
        "going": change.going,
        "coming": change.coming,
        "at": to_text(change.at),
        "by": change.by,
        "late_by_seconds": max(0, int((until - change.at).total_seconds())),
        "relief": is_relief,
        **({"unrecorded": unrecorded} if unrecorded else {}),
    }
    work.append(Draft("watch.changed", body), DUTY)
    if is_relief:
        _begin_relief(service, work)
    if is_last:
        watch_notice.hand_over(service, work, change)


def _begin_relief(service: Service, work: Work) -> None:
    relief = work.of(WATCH_LIFE, DUTY).relief
    assert relief is not None
    if relief.is_signed:
        complete(work, how="both_signed")
        return
    if watch_messages.is_told(service, work):
        raise_alert(service, work, UNSIGNED, stream=DUTY, facts={"relief": relief.seq})


def complete(work: Work, *, how: str, reason: str | None = None, by: str | None = None) -> None:
    """The relief is done: the summonses for it end. ``by``: the supervisor who ended it."""
    relief = work.of(WATCH_LIFE, DUTY).relief
    assert relief is not None
    body = {"change": relief.seq, "going": relief.going, "coming": relief.coming, "how": how}
    told = {**body, **({} if by is None else {"by": by}), **({} if reason is None else {"reason": reason})}
    work.append(Draft("relief.completed", told), DUTY)
    close_alerts(work, "signed", stream=DUTY, kinds=(UNSIGNED, LATE))


def _overdue(service: Service, work: Work) -> None:
    """Unsigned after a quarter of an hour: the supervisor, also where the coming officer took the summons."""
    relief = work.of(WATCH_LIFE, DUTY).relief
    assert relief is not None
    body = {"change": relief.seq, "going": relief.going, "coming": relief.coming}
    minutes = {"after_minutes": int(OVERDUE_AFTER.total_seconds() // 60)}
    missing = [side for side in ("going", "coming") if not any(s.side == side for s in relief.signatures)]
    work.append(Draft("relief.overdue", {**body, **minutes, "unsigned": missing}), DUTY)
    is_climbing = any(a.kind == UNSIGNED and a.is_climbing for a in work.of(ALERTS, DUTY).open)
    if not is_climbing and watch_messages.is_told(service, work):
        # He took it by telephone and signed nothing: his "1" stopped the climb, and a text is no signature.
        raise_alert(service, work, LATE, stream=DUTY, facts={"relief": relief.seq})
