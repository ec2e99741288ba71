"""What comes back from telephones: delivery reports, replies by SMS, keys pressed in a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.alerts.ports import Accepted
from cna_service.alerts.store import Code
from cna_service.db import outbox
from cna_service.db.outbox import Claimed
from cna_service.escalation import words
from cna_service.escalation.replies import Means, OpenCode, Outcome, is_deaf, read_reply, resolve
from cna_service.escalation.words import Answer, Matter, OpenLine
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.workflow.alerts import acknowledge_alert, next_rung, take_back, text_row
from cna_service.workflow.outcomes import note_outcome, note_report
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert, voice_for
from cna_service.workflow.phone_test_replies import heard_by_text
from cna_service.workflow.watch_by_text import take_watch_text
from cna_service.workflow.word_by_code import word_by_code

DEAF_LOOKS_BACK = timedelta(minutes=30)
# Final words of the provider that end a row; what is said in between leaves it accepted.
_ENDS = {
    "delivered": outbox.DELIVERED,
    "completed": outbox.DELIVERED,
    "undelivered": outbox.UNDELIVERED,
    "failed": outbox.UNDELIVERED,
    "busy": outbox.UNDELIVERED,
    "no-answer": outbox.UNDELIVERED,
    "canceled": outbox.UNDELIVERED,
}


def report(
    service: Service, provider: str, sending: str | None, params: Mapping[str, str], token: str
) -> None:
    """Take a status callback, signature checked: any one proves acceptance and supplies the sid; late, repeated or
    shuffled ones change nothing. One for a sending that we do not know is kept all the same."""
    sid = params.get("MessageSid") or params.get("CallSid") or ""
    status = (params.get("MessageStatus") or params.get("CallStatus") or "").lower()
    code = params.get("ErrorCode") or None
    with service.read() as reader:
        row = outbox.row(reader.connection, sending) if sending else None
        row = row or outbox.row_by_sid(reader.connection, sid)
    if row is None:
        with service.database.write() as connection:
            outbox.keep_report(connection, sid, status, token, dict(params), service.machine.now())
        return
    with service.tick(SERVICE, [row["stream"]], wait=True) as work:
        if not outbox.keep_report(work.connection, sid, status, token, dict(params), service.machine.now()):
            return
        row = outbox.row(work.connection, row["id"])
        assert row is not None
        note_outcome(service, work, _as_claimed(row), Accepted(provider, sid, status), gave_up=False)
        # The first final word stays, whatever comes late after it.
        if row["state"] not in (outbox.DELIVERED, outbox.UNDELIVERED):
            state = _ENDS.get(status, outbox.ACCEPTED)
            outbox.settle(work.connection, row["id"], by=None, state=state, sid=sid)
            note_report(service, work, dict(row), status, code)


def _as_claimed(row: Mapping[str, Any]) -> Claimed:
    return Claimed(
        row["id"],
        row["stream"],
        row["channel"],
        row["contact"],
        row["content"],
        row["tries"],
        False,
        row["created_at"],
    )


def receive_text(service: Service, number: str, text: str) -> None:
    """A reply by SMS. What it means is read among the alerts sent to that number; each gets an answer by SMS."""
    now = service.clock.now()
    with service.read() as reader:
        codes = alert_store.codes_open_to(reader.connection, number)
        wrong = alert_store.wrong_codes(reader.connection, number, now, DEAF_LOOKS_BACK)
    if is_deaf(wrong, now):
        _answer(service, number, "deaf", codes)
        return
    if take_watch_text(service, number, text, len(wrong)):
        return
    outcome = resolve(read_reply(text), [_open(c) for c in codes], now)
    _act(service, number, outcome, codes, len(wrong))


def _open(code: Code) -> OpenCode:
    return OpenCode(code.code, code.alert, code.officer, code.sent_at, code.counts_against_us)


def _act(service: Service, number: str, outcome: Outcome, codes: list[Code], wrong: int) -> None:
    match = next((c for c in codes if outcome.match and c.code == outcome.match.code), None)
    if match is not None and outcome.means in (Means.ACKNOWLEDGED, Means.IN_TRANSIT):
        _take(service, number, match, outcome.minutes if outcome.means is Means.IN_TRANSIT else None)
    elif match is not None and outcome.means is Means.NEXT_RUNG:
        next_rung(service, officer_actor(service, match.officer, "sms code"), match.stream, match.alert)
        _answer(service, number, "next_rung", codes)
    elif match is not None and outcome.means is Means.SAY_AGAIN:
        _say_again(service, match)
    elif match is not None and outcome.means in (Means.YES, Means.NO):
        _take_word(service, number, match, outcome)
    elif match is not None and outcome.means is Means.TEST_HEARD:
        heard_by_text(service, number, match, outcome.words)
    elif outcome.means is Means.NOT_ME:
        _take_back(service, number)
    elif outcome.means is Means.WRONG_CODE:
        _wrong_code(service, number, codes, wrong)
    elif outcome.means in (Means.STOP, Means.START):
        _stop_or_start(service, number, stop=outcome.means is Means.STOP)
    else:
        answers: dict[Means, Answer] = {
            Means.HELP: "help",
            Means.OK_NOT_ENOUGH: "ok_not_enough",
            Means.NOTHING_OPEN: "nothing_open",
            Means.MINUTES_WANTED: "minutes_wanted",
            Means.TEST_HEARD: "test_heard",
        }
        _answer(service, number, answers.get(outcome.means, "unreadable"), codes)


def officer_actor(service: Service, officer_id: str, how: str) -> Actor:
    """The officer who answers by telephone: known by his code, so that the entry says how."""
    with service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).by_id.get(officer_id)
    if officer is None:
        raise NotFound(f"no officer {officer_id}")
    return officer.actor(service.machine.now(), signed_in={"by": how})


def _take(service: Service, number: str, match: Code, minutes: int | None) -> None:
    actor = officer_actor(service, match.officer, "sms code")
    try:
        acknowledge_alert(
            service,
            actor,
            match.stream,
            match.alert,
            by="sms",
            code=match.code,
            number=number,
            minutes=minutes,
        )
    except Conflict:
        # Somebody was quicker: he is told who holds it.
        _answer(service, number, "already_held", [])


def _take_word(service: Service, number: str, match: Code, outcome: Outcome) -> None:
    """``Y code`` or ``N code words``: the word of the one person who was asked (desk-rules 6.2, 6.5)."""
    actor = officer_actor(service, match.officer, "sms code")
    said = word_by_code(
        service, actor, match, says_yes=outcome.means is Means.YES, words=outcome.words, number=number
    )
    text = words.word_asked(service.policies.texts, voice_for(service), said, code=match.code)
    _queue_text(service, match.stream, number, text)


def _say_again(service: Service, match: Code) -> None:
    voice = voice_for(service)
    text = words.summons(
        service.policies.texts,
        voice,
        Matter(match.kind, match.due_at),
        code=match.code,
        now=service.clock.now(),
    )
    _queue_text(service, match.stream, match.number, text)


def _take_back(service: Service, number: str) -> None:
    with service.read() as reader:
        ended = alert_store.last_acknowledged(reader.connection, number)
    for code in ended:
        try:
            actor = officer_actor(service, code.officer, "sms")
            take_back(service, actor, code.stream, code.alert, by="sms", number=number)
        except Conflict:
            continue
        _answer(service, number, "taken_back", [])
        return
    _answer(service, number, "nothing_to_take_back", [])


def _wrong_code(service: Service, number: str, codes: list[Code], wrong_before: int) -> None:
    with service.database.write() as connection:
        alert_store.note_wrong_code(connection, number, service.clock.now())
    if (wrong_before + 1) % 5 == 0:
        with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(service, work, "wrong_codes")
    _answer(service, number, "wrong_code", codes)


def _stop_or_start(service: Service, number: str, *, stop: bool) -> None:
    if not stop:
        with service.database.write() as connection:
            alert_store.start(connection, number)
        return
    with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        alert_store.stop(work.connection, number, work.now)
        raise_alert(service, work, "contact_stopped")


def _answer(service: Service, number: str, answer: Answer, codes: list[Code]) -> None:
    lines = [OpenLine(Matter(c.kind, c.due_at), c.code) for c in codes]
    now = service.clock.now()
    text = words.answer(
        service.policies.texts,
        voice_for(service),
        answer,
        now=now,
        until=now + timedelta(minutes=10),
        listing=lines,
    )
    _queue_text(service, codes[0].stream if codes else DESK, number, text)


def _queue_text(service: Service, stream: str, number: str, text: str) -> None:
    """Operational: an answer to a reply is no summons and no entry."""
    now = service.clock.now()
    with service.database.write() as connection:
        outbox.ask(connection, [text_row(stream, number, text, uuid7(now))], now)
    service.wakes.wake()
