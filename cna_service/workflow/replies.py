"""What comes back from telephones: delivery reports, replies by SMS, keys pressed in a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.alerts.ports import Accepted
from cna_service.alerts.rules import forward
from cna_service.alerts.store import Code
from cna_service.db import outbox
from cna_service.db.outbox import Claimed
from cna_service.escalation import words
from cna_service.escalation.replies import Means, OpenCode, Outcome, Reply, Verb, is_deaf, read_reply, resolve
from cna_service.escalation.state import Alert
from cna_service.escalation.words import Answer, Matter, OpenLine
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.workflow import phone_tests
from cna_service.workflow.alert_acts import reassign
from cna_service.workflow.alerts import acknowledge_alert, next_rung, take_back, text_row
from cna_service.workflow.contact_flags import STOP, clear_stop, flag, flag_refused
from cna_service.workflow.outcomes import note_outcome, note_report
from cna_service.workflow.phone_test_replies import heard_by_text
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert, voice_to
from cna_service.workflow.watch_by_text import take_watch_text
from cna_service.workflow.word_by_code import word_by_code
from cna_service.workflow.work import Work

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
        bundled = outbox.rows_by_sid(reader.connection, sid) if sid else []
    found = [*([] if row is None else [row]), *bundled]
    rows = {r["id"]: r["stream"] for r in found}
    if not rows:
        with service.database.write() as connection:
            outbox.keep_report(connection, sid, status, token, dict(params), service.machine.now())
        return
    with service.tick(SERVICE, set(rows.values()), wait=True) as work:
        before = reduce(forward, outbox.statuses(work.connection, sid), None)
        if not outbox.keep_report(work.connection, sid, status, token, dict(params), service.machine.now()):
            return
        # Words of one message that come late, twice or shuffled move nothing back (paging.md, "Status order").
        kept = forward(before, status)
        for id in rows:
            _move(service, work, id, Accepted(provider, sid, status), kept, code, is_news=kept != before)
    for contact in {r["contact"] for r in found}:
        # After the transaction: it takes the desk's stream, and this one may hold a case's.
        flag_refused(service, contact, code)


def _move(
    service: Service,
    work: Work,
    id: str,
    accepted: Accepted,
    kept: str | None,
    code: str | None,
    *,
    is_news: bool,
) -> None:
    row = outbox.row(work.connection, id)
    assert row is not None
    note_outcome(service, work, _as_claimed(row), accepted, gave_up=False)
    # The first final word stays, whatever comes late after it.
    if row["state"] in (outbox.DELIVERED, outbox.UNDELIVERED):
        return
    state = _ENDS.get(kept or "", outbox.ACCEPTED)
    outbox.settle(work.connection, id, by=None, state=state, sid=accepted.sid)
    if is_news and kept is not None:
        note_report(service, work, dict(row), kept, code)


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
    reply = read_reply(text)
    outcome = resolve(reply, [_open(c) for c in codes], now)
    if outcome.means is Means.WRONG_CODE and _is_his_already(service, number, reply):
        return
    _act(service, number, outcome, codes, len(wrong))


def _is_his_already(service: Service, number: str, reply: Reply) -> bool:
    """The code of a summons that he has taken: he is told again that he holds it, or hears it again, or gives it back
    and the next person is called (``5 code``). No guess at a code, and not counted as one."""
    with service.read() as reader:
        ended = alert_store.last_acknowledged(reader.connection, number)
        code = next((c for c in ended if c.code == reply.code), None)
        alert = None if code is None else reader.stream(code.stream).of(ALERTS).by_id.get(code.alert)
    if code is None or alert is None or not alert.is_open or alert.acknowledgement is None:
        return False
    if alert.acknowledgement.officer != code.officer:
        return False
    if reply.verb is Verb.NEXT_RUNG:
        reassign(service, officer_actor(service, code.officer, "sms code"), code.stream, alert.id, {})
        _answer(service, number, "next_rung", [])
    elif reply.verb is Verb.SAY_AGAIN:
        _say_again(service, code)
    else:
        _answer(service, number, "echo", [], alert=alert)
    return True


def _open(code: Code) -> OpenCode:
    return OpenCode(code.code, code.alert, code.officer, code.sent_at, code.counts_against_us)


def _act(service: Service, number: str, outcome: Outcome, codes: list[Code], wrong: int) -> None:
    match = next((c for c in codes if outcome.match and c.code == outcome.match.code), None)
    if match is not None and outcome.means in (Means.ACKNOWLEDGED, Means.IN_TRANSIT):
        _take(service, number, match, outcome.minutes if outcome.means is Means.IN_TRANSIT else None)
    elif match is not None and outcome.means is Means.NEXT_RUNG:
        _call_next(service, number, match, codes)
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


def _call_next(service: Service, number: str, match: Code, codes: list[Code]) -> None:
    try:
        next_rung(service, officer_actor(service, match.officer, "sms code"), match.stream, match.alert)
    except Conflict:
        _answer(service, number, "already_held", [])
    else:
        _answer(service, number, "next_rung", codes)


def _take_word(service: Service, number: str, match: Code, outcome: Outcome) -> None:
    """``Y code`` or ``N code words``: the word of the one person who was asked (desk-rules 6.2, 6.5)."""
    actor = officer_actor(service, match.officer, "sms code")
    said = word_by_code(
        service, actor, match, says_yes=outcome.means is Means.YES, words=outcome.words, number=number
    )
    text = words.word_asked(
        service.policies.texts, voice_to(service, match.officer, match.stream), said, code=match.code
    )
    _queue_text(service, match.stream, number, text)


def _say_again(service: Service, match: Code) -> None:
    voice = voice_to(service, match.officer, match.stream)
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
        clear_stop(service, number)
        return
    with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        alert_store.stop(work.connection, number, work.now)
        flag(work, number, STOP)
        raise_alert(service, work, "contact_stopped")


def _answer(
    service: Service, number: str, answer: Answer, codes: list[Code], alert: Alert | None = None
) -> None:
    """In the language of whose number it is."""
    lines = [OpenLine(Matter(c.kind, c.due_at), c.code) for c in codes if c.kind != phone_tests.KIND]
    now = service.clock.now()
    text = words.answer(
        service.policies.texts,
        voice_to(service, _whose(service, number), codes[0].stream if codes else DESK),
        answer,
        now=now,
        matter=None if alert is None else words.matter_of(alert),
        since=None if alert is None or alert.acknowledgement is None else alert.acknowledgement.at,
        until=now + timedelta(minutes=10),
        listing=lines,
    )
    _queue_text(service, codes[0].stream if codes else DESK, number, text)


def _whose(service: Service, number: str) -> str | None:
    with service.read() as reader:
        officers = reader.stream(DESK).of(OFFICERS).all()
    return next((o.id for o in officers if any(c.value == number for c in o.book.contacts)), None)


def _queue_text(service: Service, stream: str, number: str, text: str) -> None:
    """Operational: an answer to a reply is no summons and no entry."""
    now = service.clock.now()
    with service.database.write() as connection:
        outbox.ask(connection, [text_row(stream, number, text, uuid7(now))], now)
    service.wakes.wake()
