"""Announcing an exercise on this site, or the repair of test gear; ending it before its time (desk-rules 15.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.announced_state import Announcement, What
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import ANNOUNCED, DESK
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

LONGEST = timedelta(days=30)


class NothingAnnounced(NotFound):
    code = "nothing-announced"
    title = "There is no such announcement, or it is over"


def is_exercise_announced(work: Work) -> bool:
    """Whether real summonses must say that they are none."""
    return work.of(ANNOUNCED, DESK).is_exercise(work.now)


def announcements(service: Service) -> tuple[Announcement, ...]:
    """What holds now or is still to come."""
    with service.read() as reader:
        return reader.stream(DESK).of(ANNOUNCED).ahead(reader.now)


def announce(
    service: Service, actor: Actor, what: What, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{from?, to, who, words?}``: who takes part, or who repairs what; ``from``: now without it.

    Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    starts, ends = asked.instant("from"), asked.instant("to", required=True)
    who, words = asked.needed("who", longest=500), asked.text("words", longest=500)
    asked.check_unknown()
    with service.write(actor, Action.EXERCISE_DRIVE, DESK, key=key) as work:
        begins = starts or work.now
        if ends is not None:
            _check(asked, work.now, begins, ends)
        asked.done()
        assert ends is not None
        announcement = uuid7(work.now)
        told = {
            "announcement": announcement,
            "from": to_text(begins),
            "to": to_text(ends),
            "who": who,
            "words": words,
        }
        work.append(Draft(f"{what}.announced", {k: v for k, v in told.items() if v is not None}))
        return done(work, announcement=announcement, what=what, to=told["to"])


def _check(asked: Asked, now: datetime, begins: datetime, ends: datetime) -> None:
    if ends <= max(begins, now):
        asked.wrong("to", to_text(ends), "is past, or not after the beginning", "name a later instant")
    elif ends - begins > LONGEST:
        fix = f"at the latest {to_text(begins + LONGEST)}; announce it again then"
        asked.wrong("to", to_text(ends), f"is more than {LONGEST.days} days after the beginning", fix)


def end_announced(
    service: Service, actor: Actor, announcement: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?}``: it is over, or does not take place. Raises NothingAnnounced, NotPermitted."""
    asked = Asked(body)
    words = asked.text("words", longest=500)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXERCISE_DRIVE, DESK, key=key) as work:
        known = work.of(ANNOUNCED).by_id.get(announcement)
        if known is None or known.ends_at <= work.now:
            raise NothingAnnounced(announcement)
        told = {"announcement": announcement, "words": words}
        work.append(Draft(f"{known.what}.ended", {k: v for k, v in told.items() if v is not None}))
        return done(work, announcement=announcement)
