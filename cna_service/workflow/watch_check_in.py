"""Checking in while the desk can wake nobody (desk-rules 13.1): who has the watch says at the console, every half
hour, that he sits there; a check-in that is missed shows on every page and goes to everybody by what is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.relief import RELIEVED_POST, CheckIn
from cna_service.duty.relief_rules import CHECK_IN_EVERY
from cna_service.duty.rules import who_has_the_watch
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import watch_messages, watch_texts
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import ALERTS, DUTY, WATCH_LIFE
from cna_service.workflow.receipts import done
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.waking import Waking
from cna_service.workflow.work import Work

MISSED = "check_in_missed"


class NoCheckInAsked(Conflict):
    code = "no-check-in-asked"
    title = "The desk can wake people: nobody has to check in"


def look(service: Service, waking: Waking) -> None:
    """Ask for check-ins when the desk can wake nobody any more, and stop asking when it can again. Called each minute;
    doing it twice changes nothing."""
    with service.read() as reader:
        is_asked = reader.stream(DUTY).of(WATCH_LIFE).check_in is not None
    if is_asked == (not waking.is_possible):
        return
    with service.tick(SERVICE, [DUTY], wait=True) as work:
        asked = work.of(WATCH_LIFE, DUTY).check_in
        if waking.is_possible and asked is not None:
            work.append(Draft("watch.check_in_ended", {"missed": len(asked.missed)}), DUTY)
            close_alerts(work, "can_wake_again", stream=DUTY, kinds=(MISSED,))
        elif not waking.is_possible and asked is None:
            _ask(service, work, waking.codes)


def _ask(service: Service, work: Work, why: tuple[str, ...]) -> None:
    officer = _on_watch(work)
    body = {"officer": officer, "due_at": to_text(work.now + CHECK_IN_EVERY), "why": list(why)}
    work.append(Draft("watch.check_in_asked", body), DUTY)
    _tell(service, work, officer)


def _tell(service: Service, work: Work, officer: str) -> None:
    """By whatever message may still arrive; the banner of every page asks too."""
    at = watch_texts.hour(work.now + CHECK_IN_EVERY, work.now)
    watch_messages.tell(
        service, work, officer, "check_in", at=at, minutes=int(CHECK_IN_EVERY.total_seconds() // 60)
    )


def _on_watch(work: Work) -> str:
    """Who is asked; nobody on watch is asked as nobody, and missing it tells the others."""
    return who_has_the_watch(rosters_in(work), work.now).posts.get(RELIEVED_POST) or ""


def check_in(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """``{}``: I am here. Any officer of the desk may: somebody sits at the console. Raises NoCheckInAsked."""
    asked = Asked(body)
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.WATCH_RELIEVE, DUTY, key=key) as work:
        wanted = work.of(WATCH_LIFE).check_in
        if wanted is None:
            raise NoCheckInAsked("Nothing was recorded.")
        work.append(Draft("watch.checked_in", {"officer": actor.id, **_following(work)}))
        close_alerts(work, "checked_in", kinds=(MISSED,))
        return done(work, due_at=to_text(work.now + CHECK_IN_EVERY))


def _following(work: Work) -> dict[str, str]:
    return {"next_officer": _on_watch(work), "next_due_at": to_text(work.now + CHECK_IN_EVERY)}


def fire(service: Service, work: Work) -> None:
    """He did not check in: recorded, everybody else is told by what is left, and he is asked again."""
    wanted = work.of(WATCH_LIFE, DUTY).check_in
    assert wanted is not None
    body = {"officer": wanted.officer, "due_at": to_text(wanted.due_at), "missed_before": len(wanted.missed)}
    work.append(Draft("watch.check_in_missed", {**body, **_following(work)}), DUTY)
    if not any(alert.kind == MISSED for alert in work.of(ALERTS, DUTY).open):
        # One that climbs goes on by itself; one that somebody took is known to him.
        raise_alert(service, work, MISSED, stream=DUTY)
    if officer := _on_watch(work):
        _tell(service, work, officer)


def is_missed(asked: CheckIn | None, now: datetime) -> bool:
    """Whether the newest check-in asked for was missed and nobody has checked in since."""
    return asked is not None and (bool(asked.missed) or asked.due_at <= now)
