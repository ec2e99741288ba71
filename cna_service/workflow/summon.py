"""Summoning people: raising an alert, taking the next step of a climb, queueing what goes out.

All of it is entries and outbox rows of the command that calls; nothing is sent here. What is true if we die after
the commit: the entries say who was to be called, the outbox rows say what is still to be sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.alerts.store import Code
from cna_service.cases import store as case_store
from cna_service.db.outbox import Sending as Row
from cna_service.duty.local_time import zone
from cna_service.escalation import drafts, words
from cna_service.escalation.drafts import Why
from cna_service.escalation.ladders import Channel, Ladder, Urgency
from cna_service.escalation.replies import new_code
from cna_service.escalation.rules import Climb, Ended, Exhausted, Wait, next_step, step_now
from cna_service.escalation.state import ASKS_A_PERSON, READ_BACK, Alert, Contact, Subject
from cna_service.escalation.words import Mark, OpenLine, Voice
from cna_service.identity.phone_tests import sendings_of
from cna_service.kit.ids import alert_code, uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Entry
from cna_service.workflow import self_test_line
from cna_service.workflow.pacing import paced
from cna_service.workflow.people import address, people
from cna_service.workflow.projections import ALERTS, ANNOUNCED, CASE, DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.service import Service
from cna_service.workflow.watch_holder import is_asked_again
from cna_service.workflow.work import Work

NO_CASE = Subject()
TOLD_AT_LENGTH = frozenset({"roster_gap", "roster_gap_urgent"})
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
    facts: Mapping[str, Any] | None = None,
    ladder: Ladder | None = None,
    urgency: Urgency | None = None,
    by_mail: bool = False,
) -> str:
    """Append ``alert.raised`` and take the first step at once; returns the alert's id.

    ``facts``: what was looked up for it: ``deciders`` and ``person`` (officers, in order), ``words`` (private).
    ``urgency``: instead of its ladder's; low waits for the morning, and no request is ever low. ``by_mail``: to those
    whom the ladder summons first, by mail alone.
    """
    if work.paper is not None:
        # Typed in afterwards: who is called for what is still open is decided when all of it stands.
        return ""
    name = stream or work.stream
    ladder = ladder or ladder_for(service, work, kind, urgency, by_mail=by_mail)
    work.cite(*service.policies.text_of(ladder.sha256))
    alert = uuid7(work.now)
    told = {**(facts or {}), **({} if due_at is None else {"due_at": to_text(due_at)})}
    work.append(
        drafts.raised(
            alert,
            kind=kind,
            subject=subject,
            ladder=ladder,
            text_facts=told,
            counts_against_us=counts_against_us,
            holder=holder,
            urgency=ladder.urgency,
        ),
        name,
    )
    climb(service, work, alert, name)
    return alert


def ladder_for(
    service: Service, work: Work, kind: str, urgency: Urgency | None, *, by_mail: bool = False
) -> Ladder:
    """The copy with which this alert begins: by its kind, its urgency and the hour on the desk's wall."""
    local = work.now.astimezone(zone(service.desk.zone))
    ladder = service.policies.ladders.for_kind(kind, local, urgency)
    if kind in service.policies.ladders.hours.maintenance:
        ladder = replace(ladder, not_before=work.of(ANNOUNCED, DESK).repaired_at(work.now))
    return ladder.by_mail() if by_mail else ladder


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
    again = is_asked_again(alert, step)
    reachable = people(work, alert.holder, alert.text_facts, is_second=again, urgency=alert.urgency)
    # The next case alone (desk-rules 2.3): of one that somebody holds already, its holder is the right man to ask.
    is_next = alert.subject.case is not None and "repeats" not in alert.text_facts
    is_next = is_next and not work.of(ALERTS, stream).holds

    def is_busy(officer: str) -> bool:
        return is_next and case_store.is_busy_elsewhere(work.connection, officer, alert.subject.case)

    draft = drafts.take_step(alert, step, reachable, lambda: uuid7(work.now), why=why, is_busy=is_busy)
    entry = work.append(draft, stream)
    queue_all(service, work, alert.id, entry, stream)


def queue_all(service: Service, work: Work, alert_id: str, entry: Entry, stream: str) -> None:
    """Ask for every sending that the targets of an entry name."""
    after = work.of(ALERTS, stream).by_id[alert_id]
    for target in entry.body.get("targets", ()):
        for told in target["sendings"]:
            queue(service, work, after, told["sending"], target["officer"], _contact(told), stream)


def _contact(told: dict[str, str]) -> Contact:
    return Contact(Channel(told["channel"]), told.get("contact") or "")


def queue(
    service: Service, work: Work, alert: Alert, sending: str, officer_id: str, contact: Contact, stream: str
) -> None:
    """Ask for one sending of an alert to one contact of one officer, with the words as they are now."""
    is_probe = officer_id == self_test_line.PROBE
    officer = self_test_line.PROBE_OFFICER if is_probe else work.of(OFFICERS, DESK).by_id[officer_id]
    to = service.desk.self_test.address(contact) if is_probe else address(officer, contact)
    matter = words.matter_of(alert)
    wanted = Code(
        "", alert.id, stream, officer_id, to, alert.kind, matter.due_at, alert.counts_against_us, work.now
    )
    code = alert_store.give_code(work.connection, wanted, lambda taken: new_code(taken, alert_code))
    voice = voice_in(service, work, officer.language, stream)
    if is_probe and not service.desk.is_exercise:
        voice = replace(voice, mark=Mark.TEST)
    is_first = alert.round == 1 and alert.rung <= 1
    texts = service.policies.texts
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
            "contact": contact.id,
            "code": code,
            **_at_length(alert, contact, _texts(service, voice, alert, code, work.now, to)),
            **_subject(service, voice),
        },
        priority=FIRST_SUMMONS if is_first else OTHER,
    )
    line = words.listed(texts, voice.language, OpenLine(matter, code), work.now)
    row = paced(service, work, row, alert, words.marked(texts, voice, f"{voice.desk}:"), line)
    # A test to the same person never rings into a real alert (desk-rules 15.5).
    if work.of(PHONE_TESTS, DESK).open_for(officer_id) is not None:
        work.withdraw_sendings(sendings_of(officer_id))
    work.send([row])


def _at_length(alert: Alert, contact: Contact, told: dict[str, str]) -> dict[str, str]:
    """A mail has room for what an SMS leaves out: what of the roster is to be mended."""
    more = alert.text_facts.get("words")
    if contact.channel is not Channel.EMAIL or alert.kind not in TOLD_AT_LENGTH or not isinstance(more, str):
        return told
    return {**told, "text": f"{told['text']}\n\n{more}"}


def _subject(service: Service, voice: Voice) -> dict[str, str]:
    """Of a mail: whatever an SMS would begin with."""
    if voice.mark is Mark.NONE or service.desk.is_exercise:
        return {}
    mark = service.policies.texts.get(voice.language, "mark", voice.mark.value)
    return {"subject": f"{mark} {service.desk.name}: alert"}


def _texts(service: Service, voice: Voice, alert: Alert, code: str, now: datetime, to: str) -> dict[str, str]:
    """The words, and those for a line or a screen from which no answer can come back; where none can come from that
    country at all, those alone."""
    text = _text(service, voice, alert, code, now)
    if alert.kind == READ_BACK:
        return {"text": text}
    matter = words.matter_of(alert)
    told = words.summons(service.policies.texts, voice, matter, code=code, now=now, may_reply=False)
    may_reply = service.policies.countries.may_reply(to, service.desk.calls_from)
    return {"text": text if may_reply else told, "text_without_reply": told}


def _text(service: Service, voice: Voice, alert: Alert, code: str, now: datetime) -> str:
    """The words of a summons; to the one person whose decision it was, what was recorded of it (desk-rules 6.2)."""
    recorded = alert.text_facts.get("words")
    if alert.kind == READ_BACK and isinstance(recorded, str):
        return words.read_back(service.policies.texts, voice, recorded, code=code)
    return words.summons(service.policies.texts, voice, words.matter_of(alert), code=code, now=now)


def _is_drill(work: Work, stream: str) -> bool:
    return stream.startswith("case:") and work.of(CASE, stream).as_exercise


def voice_for(
    service: Service, language: str = "en", *, is_drill: bool = False, is_announced: bool = False
) -> Voice:
    """How the desk speaks; whatever is said of an exercise begins with that word, and what is real says so while one
    is announced (desk-rules 15.2, 15.3)."""
    mark = Mark.REAL if is_announced else Mark.NONE
    if service.desk.is_exercise or is_drill:
        mark = Mark.EXERCISE
    return Voice(number=service.desk.telephone, mark=mark, language=language)


def voice_in(service: Service, work: Work, language: str, stream: str) -> Voice:
    """How the desk speaks of what stands in this stream, now."""
    announced = work.of(ANNOUNCED, DESK).is_exercise(work.now)
    return voice_for(service, language, is_drill=_is_drill(work, stream), is_announced=announced)


def voice_to(service: Service, officer_id: str | None, stream: str = DESK) -> Voice:
    """The same for whoever writes no entry: in the language of the officer who is spoken to."""
    with service.read() as reader:
        desk = reader.stream(DESK)
        officer = None if officer_id is None else desk.of(OFFICERS).get(officer_id)
        is_drill = stream.startswith("case:") and reader.stream(stream).of(CASE).as_exercise
        announced = desk.of(ANNOUNCED).is_exercise(reader.now)
    language = "en" if officer is None else officer.language
    return voice_for(service, language, is_drill=is_drill, is_announced=announced)


def close_alert(
    work: Work, alert_id: str, why: str, stream: str | None = None, *, words: str | None = None
) -> None:
    """Close one alert, if it is open: its codes answer nothing any more, what was not sent is not sent."""
    name = stream or work.stream
    alert = work.of(ALERTS, name).by_id.get(alert_id)
    if alert is None or not alert.is_open:
        return
    work.append(drafts.closed(alert, why=why, words=words), name)
    alert_store.end_codes(work.connection, alert.id, work.now)
    work.withdraw_sendings(f"{alert.id}:")


def close_alerts(
    work: Work,
    why: str,
    *,
    stream: str | None = None,
    about: int | None = None,
    climbing_only: bool = False,
    kinds: Collection[str] = (),
) -> None:
    """Close what has no purpose any more; with ``about``, only what concerns that exchange; with ``kinds``, only these.

    With ``climbing_only`` an acknowledged alert stays: by it somebody holds the matter, and what is still open of it
    is his. What asks one person for his word (``ASKS_A_PERSON``) stays open then too: an answer settles none of it.
    """
    name = stream or work.stream
    for alert in work.of(ALERTS, name).open:
        if about not in (None, alert.subject.exchange) or (kinds and alert.kind not in kinds):
            continue
        if not climbing_only or (alert.is_climbing and alert.kind not in ASKS_A_PERSON):
            close_alert(work, alert.id, why, name)
