"""Outside jobs that must be heard of: a mail poller, the copy of the backup. Silence is what is told.

A job calls ``/api/v1/heartbeats/<name>`` with its token. That it was heard of is a row; that it was late, that it came
back, that somebody muted it are entries. Late ones are looked for by the watchdog of every node.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cna_service.db import watchdog
from cna_service.db.idempotency import Key, Reply
from cna_service.db.watchdog import Heard
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import is_told_now, no_longer, raise_once
from cna_service.workflow.watching_state import Expected
from cna_service.workflow.work import Work

KIND = "heartbeat_late"
LONGEST_MUTE = timedelta(days=30)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_MINUTES = 60 * 24 * 40


class HeartbeatNotFound(NotFound):
    """Also the answer to a wrong token: whoever guesses learns no names."""

    code = "heartbeat-not-found"
    title = "No outside job of this name and token is expected here"


@dataclass(frozen=True, slots=True)
class Job:
    """An outside job as it stands: what the entries say of it, and when it was heard of last."""

    expected: Expected
    last_at: datetime
    late_at: datetime
    count: int

    def as_json(self, now: datetime) -> dict[str, Any]:
        each = self.expected
        return {
            "name": each.name,
            "every_seconds": int(each.every.total_seconds()),
            "grace_seconds": int(each.grace.total_seconds()),
            "last_at": to_text(self.last_at) if self.count else None,
            "count": self.count,
            "is_late": each.is_late,
            "late_at": to_text(self.late_at),
            "muted_until": to_text(each.muted_until) if each.muted_until and each.is_muted(now) else None,
        }


def expect_heartbeat(service: Service, actor: Actor, body: Mapping[str, Any]) -> tuple[str, str]:
    """An outside job must be heard of every so many minutes; returns its name and its token, which is shown once and
    kept nowhere. Asking again for a name gives it other times and another token. Raises Invalid, NotPermitted."""
    asked = Asked(body)
    name = asked.needed("name", longest=40)
    if name and not _NAME.fullmatch(name):
        asked.wrong("name", name, "is no name for a job", "small letters, digits and hyphens: backup-copy")
    every = asked.number("every_minutes", required=True, least=1, most=_MOST_MINUTES) or 1
    grace = asked.number("grace_minutes", least=0, most=_MOST_MINUTES)
    asked.check_unknown()
    asked.done()
    token = secrets.token_urlsafe(24)
    told = {"name": name, "every_s": every * 60, "grace_s": (every if grace is None else grace) * 60}
    with service.write(actor, Action.HEARTBEAT_SET, DESK) as work:
        entry = work.append(Draft("heartbeat.expected", told))
        _close(work, name)
        times = timedelta(seconds=entry.body["every_s"]), timedelta(seconds=entry.body["grace_s"])
        watchdog.expect(work.connection, Heard(name, _digest(token), *times, service.machine.now(), 0))
    return name, token


def mute_heartbeat(
    service: Service, actor: Actor, name: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Nobody is told of this job until then; it ends by itself. Raises HeartbeatNotFound, Invalid, NotPermitted."""
    asked = Asked(body)
    until, reason = asked.instant("until", required=True), asked.needed("reason", longest=500)
    asked.check_unknown()
    now = service.machine.now()
    if until is not None and not now < until <= now + LONGEST_MUTE:
        asked.wrong(
            "until", until, "is not within the next 30 days", "name an end; mute again if it is not enough"
        )
    asked.done()
    assert until is not None
    with service.write(actor, Action.HEARTBEAT_SET, DESK, key=key) as work:
        _known(work, name)
        work.append(Draft("heartbeat.muted", {"name": name, "until": to_text(until), "reason": reason}))
        _close(work, name)
        return done(work, heartbeat=name)


def remove_heartbeat(service: Service, actor: Actor, name: str, key: Key | None = None) -> Reply:
    """The job need not be heard of any more. Raises HeartbeatNotFound, NotPermitted."""
    with service.write(actor, Action.HEARTBEAT_SET, DESK, key=key) as work:
        _known(work, name)
        work.append(Draft("heartbeat.removed", {"name": name}))
        watchdog.forget_heartbeat(work.connection, name)
        _close(work, name)
        return done(work, heartbeat=name)


def hear(service: Service, name: str, token: str) -> datetime:
    """The job is alive; returns by when it must be heard of again. No entry, unless it was late.

    Raises HeartbeatNotFound for a wrong token too, DatabaseUnavailable.
    """
    if not _NAME.fullmatch(name):
        raise HeartbeatNotFound
    now = service.machine.now()
    with service.database.write() as connection:
        heard = watchdog.heartbeat_named(connection, name)
        is_its_own = hmac.compare_digest(heard.token_sha256 if heard else "", _digest(token))
        if heard is None or not is_its_own:
            raise HeartbeatNotFound
        watchdog.hear(connection, name, now)
    with service.read() as reader:
        known = reader.stream(DESK).of(WATCHING).expected.get(name)
    if known is not None and known.is_late:
        _returned(service, name, heard.last_at)
    return now + heard.every + heard.grace


def jobs(service: Service) -> list[Job]:
    """Every outside job that is expected, by name."""
    with service.read() as reader:
        expected = reader.stream(DESK).of(WATCHING).expected
        rows = {row.name: row for row in watchdog.heartbeats(reader.connection)}
    return [
        Job(each, rows[name].last_at, rows[name].late_at, rows[name].count)
        for name, each in sorted(expected.items())
        if name in rows
    ]


def look_for_late(service: Service) -> list[str]:
    """Record which jobs are late now, once each, and tell the administrator; a muted one is told when its mute has
    ended. Returns the names of those that are late and not muted."""
    now = service.machine.now()
    late = [job for job in jobs(service) if job.late_at < now]
    fresh = [job for job in late if not job.expected.is_late or not job.expected.is_muted(now)]
    for job in fresh:
        _late(service, job)
    return [job.expected.name for job in late if not job.expected.is_muted(now)]


def _late(service: Service, job: Job) -> None:
    name, now = job.expected.name, service.machine.now()
    if job.expected.is_late and is_told_now(service, KIND, {"heartbeat": name}):
        return
    with service.tick(SERVICE, [DESK], wait=True) as work:
        known = work.of(WATCHING, DESK).expected.get(name)
        if known is None:
            return
        if not known.is_late:
            work.append(Draft("heartbeat.late", {"name": name, "last_at": to_text(job.last_at)}), DESK)
        if not known.is_muted(now):
            raise_once(service, work, KIND, {"heartbeat": name})


def _returned(service: Service, name: str, last_at: datetime) -> None:
    with service.tick(SERVICE, [DESK], wait=True) as work:
        known = work.of(WATCHING, DESK).expected.get(name)
        if known is not None and known.is_late:
            work.append(Draft("heartbeat.returned", {"name": name, "last_at": to_text(last_at)}), DESK)
            _close(work, name)


def _close(work: Work, name: str) -> None:
    """What was told of this job has no purpose any more."""
    no_longer(work, KIND, {"heartbeat": name}, "heard_again")


def _known(work: Work, name: str) -> Expected:
    known = work.of(WATCHING).expected.get(name)
    if known is None:
        raise HeartbeatNotFound(f"No outside job is called {name[:40]}: `cna heartbeat list` shows them.")
    return known


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
