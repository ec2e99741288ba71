"""Summoning people: raising an alert, taking the next step of a climb, queueing what goes out.

All of it is entries and outbox rows of the command that calls; nothing is sent here. What is true if we die after
the commit: the entries say who was to be called, the outbox rows say what is still to be sent.
"""

from __future__ import annotations

from datetime import datetime

from cna_service.alerts import store as alert_store
from cna_service.alerts.store import Code
from cna_service.db.outbox import Sending as Row
from cna_service.escalation import drafts, words
from cna_service.escalation.drafts import Why
from cna_service.escalation.ladders import Channel
from cna_service.escalation.replies import new_code
from cna_service.escalation.rules import Climb, Ended, Exhausted, Wait, next_step, step_now
from cna_service.escalation.state import Alert, Contact, Subject
from cna_service.escalation.words import Mark, Voice
from cna_service.kit.ids import alert_code, uuid7
from cna_service.kit.instants import to_text
from cna_service.workflow.people import address, people
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

NO_CASE = Subject()
FIRST_SUMMONS, OTHER = 1, 5
"""Priorities in the outbox: the first summons of a case waits behind nothing."""


def raise_alert(
    service: Service,
    work: Work,
    kind: str,
    *,
    stream: str | None = None,
    subject: Subject = NO_CASE,
    due_at: datetime | None = None,
    counts_against_us: bool = False,
    holder: str | None = None,
) -> str:
    """Append ``alert.raised`` and take the first step at once; returns the alert's id."""
    name = stream or work.stream
    ladder = service.policies.ladders.for_kind(kind)
    work.cite(*service.policies.text_of(ladder.sha256))
    alert = uuid7(work.now)
    facts = {} if due_at is None else {"due_at": to_text(due_at)}
    work.append(
        drafts.raised(
            alert,
            kind=kind,
            subject=subject,
            ladder=ladder,
            text_facts=facts,
            counts_against_us=counts_against_us,
            holder=holder,
        ),
        name,
    )
    climb(service, work, alert, name)
    return alert


def climb(
    service: Service, work: Work, alert_id: str, stream: str | None = None, *, why: Why = "due"
) -> None:
    """Take every step that is due now; an empty rung is skipped at once. ``why="asked"``: the next one, due or not."""
    name = stream or work.stream
    asked = why == "asked"
    for _ in range(100):
        alert = work.of(ALERTS, name).by_id[alert_id]
        step = step_now(alert) if asked else next_step(alert, work.now)
        if isinstance(step, Wait | Ended):
            return
        take_step(service, work, alert, step, name, why)
        asked = False


def take_step(
    service: Service, work: Work, alert: Alert, step: Climb | Exhausted, stream: str, why: Why
) -> None:
    reachable = people(work, alert.holder)
    draft = drafts.take_step(alert, step, reachable, lambda: uuid7(work.now), why=why)
    entry = work.append(draft, stream)
    after = work.of(ALERTS, stream).by_id[alert.id]
    for target in entry.body.get("targets", ()):
        for told in target["sendings"]:
            queue(service, work, after, told["sending"], target["officer"], _contact(told), stream)


def _contact(told: dict[str, str]) -> Contact:
    return Contact(Channel(told["channel"]), told.get("contact") or "")


def queue(
    service: Service, work: Work, alert: Alert, sending: str, officer_id: str, contact: Contact, stream: str
) -> None:
    """Ask for one sending of an alert to one contact of one officer, with the words as they are now."""
    officer = work.of(OFFICERS, DESK).by_id[officer_id]
    to = address(officer, contact)
    matter = words.matter_of(alert)
    wanted = Code(
        "", alert.id, stream, officer_id, to, alert.kind, matter.due_at, alert.counts_against_us, work.now
    )
    code = alert_store.give_code(work.connection, wanted, lambda taken: new_code(taken, alert_code))
    voice = voice_for(service, officer.language)
    is_first = alert.round == 1 and alert.rung <= 1
    row = Row(
        id=sending,
        stream=stream,
        # The entry drew this id once; asking for it twice is asking for the same sending.
        dedup=f"{alert.id}:{sending}",
        channel=contact.channel.value,
        contact=to,
        content={
            "purpose": "alert",
            "alert": alert.id,
            "officer": officer_id,
            "code": code,
            "text": words.summons(service.policies.texts, voice, matter, code=code, now=work.now),
        },
        priority=FIRST_SUMMONS if is_first else OTHER,
    )
    work.send([row])


def voice_for(service: Service, language: str = "en") -> Voice:
    mark = Mark.EXERCISE if service.desk.is_exercise else Mark.NONE
    return Voice(number=service.desk.telephone, mark=mark, language=language)


def close_alerts(
    work: Work, why: str, *, stream: str | None = None, about: int | None = None, climbing_only: bool = False
) -> None:
    """Close what has no purpose any more; with ``about``, only what concerns that exchange.

    With ``climbing_only`` an acknowledged alert stays: by it somebody holds the matter, and what is still open of it
    is his.
    """
    name = stream or work.stream
    for alert in work.of(ALERTS, name).open:
        if about in (None, alert.subject.exchange) and (alert.is_climbing or not climbing_only):
            work.append(drafts.closed(alert, why=why), name)
            alert_store.end_codes(work.connection, alert.id, work.now)
            work.withdraw_sendings(f"{alert.id}:")
