"""What is looked at each minute for the watch itself, beside its timers; harmless when done twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cna_service.db import timers
from cna_service.identity.actors import SERVICE
from cna_service.workflow import watch_check_in
from cna_service.workflow.derived import wanted_timers
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, WATCH_LIFE
from cna_service.workflow.service import Service
from cna_service.workflow.waking_facts import waking
from cna_service.workflow.watch_life import KINDS, note_accounts

LASTING = timedelta(minutes=5)
"""For so long nobody could be woken before anybody is asked to check in: a desk that has just started has yet to prove
its telephones."""


def follow_accounts(service: Service) -> None:
    """An account that was disabled or enabled changes who has the watch: the stream of the watch is told. It also gets
    its timers where it has none, which is so once, after the release before this one."""
    with service.read() as reader:
        duty = reader.stream(DUTY)
        known = duty.of(WATCH_LIFE).away
        officers = reader.stream(DESK).of(OFFICERS).by_id.values()
        differs = any(officer.disabled != known.get(officer.id, ()) for officer in officers)
        wanted = {key for key in wanted_timers(duty) if key.kind in KINDS}
        lacks = bool(wanted) and not wanted & set(timers.read(reader.connection, DUTY))
    if not differs and not lacks:
        return
    with service.tick(SERVICE, [DUTY], wait=True) as work:
        if not note_accounts(work):
            timers.rewrite(work.connection, DUTY, wanted_timers(work.held[DUTY]))


@dataclass
class CheckIns:
    """Whether check-ins are wanted; called each minute. Off in an exercise: it wakes nobody in earnest."""

    since: datetime | None = None
    _of: Service | None = None

    def __call__(self, service: Service) -> None:
        if service.desk.is_exercise:
            return
        now = service.machine.now()
        if self._of is not service:
            self._of, self.since = service, None
        found = waking(service)
        if found.is_possible:
            self.since = None
        else:
            self.since = self.since or now
        if found.is_possible or (
            self.since is not None and now - self.since >= LASTING and _has_watch(service)
        ):
            watch_check_in.look(service, found)


def _has_watch(service: Service) -> bool:
    """Nobody is asked on a desk that has no roster yet: its pages say how to begin."""
    with service.read() as reader:
        return reader.stream(DUTY).of(WATCH_LIFE).began_at is not None
