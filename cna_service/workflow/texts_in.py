"""A text from somebody who is none of ours: kept byte for byte, filed in a case, and somebody is summoned (row 48).

It goes to the case whose reference it names, else to the one that this number wrote in within a day, else to a new one:
so the parts of a long text, and what follows it, stay together. One receipt a day per number, which commits nobody.
A number that writes on and on is set aside after so many texts, counted, and told once a day: nothing is lost, and
nobody is woken for it. A number can be forged: what the directory says of it is shown as belief, never as sender.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.db import outbox
from cna_service.db.outbox import Sending
from cna_service.escalation.gsm7 import fold
from cna_service.escalation.ladders import Channel
from cna_service.escalation.replies import Verb, read_reply
from cna_service.identity.actors import SERVICE
from cna_service.intake.desk_calls import Calls
from cna_service.kit.errors import Problem
from cna_service.kit.ids import new_reference, read_reference, uuid7
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow import media
from cna_service.workflow.calls_in import our_numbers
from cna_service.workflow.calls_missed import subject_of
from cna_service.workflow.calls_who import authorities_of, is_number
from cna_service.workflow.projections import ALERTS, CALLS, CASE, DESK, case_stream
from cna_service.workflow.quarantine import Stranger, set_aside
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

RECEIVED = "received"
DAY = timedelta(hours=24)
STRANGERS_A_DAY = 500
"""Texts of all strangers together that go into cases within a day; further ones are set aside."""
_MEDIA_TYPE = "text/plain; charset=utf-8"
_MOST_FILES = 10
_SHORTEST_NUMBER = 8
"""Digits: what is shorter is a service's number, and an answer to it may be answered by a machine for ever."""
_REFERENCE = re.compile(r"(?:X-)?[2-9A-Z]{4}-?[2-9A-Z]{3}", re.IGNORECASE)


def take_stranger(service: Service, params: Mapping[str, str], token: str) -> None:
    """Keep a text, signature checked, and act on it; the same one handed over again changes nothing."""
    number, text = params.get("From", "")[:40], params.get("Body", "")
    verb = read_reply(text).verb
    if verb in (Verb.STOP, Verb.START, Verb.HELP):
        _of_the_carrier(service, params, token, verb)
        return
    with service.read() as reader:
        calls = reader.stream(DESK).of(CALLS)
        is_too_many = _is_too_many(service, calls, number, reader.now)
        known = None if is_too_many else _thread(reader.connection, calls, number, text, reader.now)
    if is_too_many or not (text.strip() or _files(params)):
        _set_aside(service, params, token, is_too_many=is_too_many)
        return
    streams = [DESK, *([case_stream(known)] if known else [])]
    with service.tick(SERVICE, streams, wait=True) as work:
        if _is_new(service, work, params, token):
            _file(service, work, params, known)


def _is_new(service: Service, work: Work, params: Mapping[str, str], token: str) -> bool:
    """In the transaction that acts on it, so that it is acted on once."""
    sid = params.get("MessageSid", "")[:80] or f"none-{uuid7(work.now)}"
    return outbox.keep_report(
        work.connection, sid, RECEIVED, token[:80] and RECEIVED, dict(params), service.machine.now()
    )


def _is_too_many(service: Service, calls: Calls, number: str, now: datetime) -> bool:
    lately = [t for t in calls.texts if now - t.at < DAY]
    mine = sum(t.number == number for t in lately)
    return mine >= service.policies.calls.texts_a_day or len(lately) >= STRANGERS_A_DAY


def _thread(connection: Any, calls: Calls, number: str, text: str, now: datetime) -> str | None:
    for said in _REFERENCE.findall(text):
        ref = read_reference(said)
        if ref is not None and store.head(connection, case_stream(ref)) is not None:
            return ref
    mine = (t.case for t in reversed(calls.texts) if t.number == number and now - t.at < DAY)
    return next(mine, None)


def _file(service: Service, work: Work, params: Mapping[str, str], known: str | None) -> None:
    number, text = params.get("From", "")[:40], params.get("Body", "")
    stream = case_stream(known) if known is not None else ""
    is_added = bool(stream) and not work.of(CASE, stream).is_closed
    if not is_added:
        work.begin_case(lambda: new_reference(prefix=service.desk.reference_prefix))
        stream = work.stream
    listed = authorities_of(work, number)
    submission = _keep(service, work, stream, text, number, listed, known if not is_added else None)
    _log(work, stream, text, number, listed)
    for sid, media_type in _files(params):
        media.announce(
            work,
            stream,
            sid=sid,
            of=submission,
            kind="picture" if media_type.startswith("image/") else "file",
            parent=params.get("MessageSid", ""),
            media_type=media_type,
        )
    case = stream.removeprefix("case:")
    work.append(Draft("text.received", {"case": case, "number": number, "submission": submission}), DESK)
    _summon(service, work, stream, is_added=is_added)
    _receipt(service, work, stream, number, listed)


def _keep(
    service: Service,
    work: Work,
    stream: str,
    text: str,
    number: str,
    listed: list[dict[str, Any]],
    closed: str | None,
) -> str:
    submission, content = uuid7(work.now), text.encode()
    problems = []
    if closed is not None:
        why = "names a case that is closed; this became a new case"
        problems.append(Problem("/case", closed, why, "link the two, or reopen that one").as_json())
    told = {
        "submission": submission,
        "blob": work.keep(content, _MEDIA_TYPE),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": _MEDIA_TYPE,
        "way": "sms",
        "exercise": service.desk.is_exercise,
        "sender": {"address": number, **({"believed": listed} if listed else {})},
        "is_readable": False,
        "problems": problems,
        "why": "a text message; its number can be forged",
        "fix": "read it, call back on a number of the directory, and add what it says",
    }
    work.append(Draft("submission.received", told, told_at=work.now), stream)
    return submission


def _log(work: Work, stream: str, text: str, number: str, listed: list[dict[str, Any]]) -> None:
    """The words where the officer reads them, on the page of the case."""
    office = " or ".join(str(a["name"]) for a in listed)
    told = {
        "communication": uuid7(work.now),
        "direction": "in",
        "channel": "sms",
        "number": number,
        "theirs": {"office": f"{office} (by the number alone)"} if office else {},
        "ours": {},
        "text": text[:20_000],
        "is_verified": False,
    }
    work.append(Draft("communication.logged", told, told_at=work.now), stream)


def _summon(service: Service, work: Work, stream: str, *, is_added: bool) -> None:
    """Once for what comes in one go: an alert of this case that climbs already calls for these words too."""
    kinds = ("to_be_read", "new_communication")
    if not any(a.kind in kinds and a.is_climbing for a in work.of(ALERTS, stream).open):
        kind = "new_communication" if is_added else "to_be_read"
        raise_alert(service, work, kind, stream=stream, subject=subject_of(stream))


def _receipt(service: Service, work: Work, stream: str, number: str, listed: list[dict[str, Any]]) -> None:
    if not _may_answer(service, work, number):
        return
    policy = service.policies.calls
    theirs = (str(each) for a in listed for each in a.get("languages", ()))
    language = next((each for each in theirs if policy.has(each)), "en")
    case, telephone = stream.removeprefix("case:"), service.desk.telephone
    text = policy.say(language, "text_receipt", desk=service.desk.name, code=case, number=telephone)
    work.send([_answer(service, work, stream, number, text, f"text-receipt:{number}:{work.now:%Y-%m-%d}")])


def _may_answer(service: Service, work: Work, number: str) -> bool:
    if number in our_numbers(service):
        # What comes from a number of ours would come back as what we answered to it.
        return False
    long_enough = is_number(number) and len(number) > _SHORTEST_NUMBER
    return long_enough and not alert_store.is_stopped(work.connection, number)


def _answer(service: Service, work: Work, stream: str, number: str, text: str, dedup: str) -> Sending:
    mark = f"{service.policies.calls.say('en', 'exercise')} ".upper() if service.desk.is_exercise else ""
    content = {"purpose": "echo", "text": fold(mark + text)}
    return Sending(uuid7(work.now), stream, dedup, Channel.SMS.value, number, content, priority=7)


def _of_the_carrier(service: Service, params: Mapping[str, str], token: str, verb: Verb) -> None:
    """STOP, START, HELP of a stranger: no case, no alert; what the carrier expects of every number."""
    number = params.get("From", "")[:40]
    with service.tick(SERVICE, [DESK], wait=True) as work:
        if not _is_new(service, work, params, token):
            return
        if verb is Verb.STOP:
            alert_store.stop(work.connection, number, work.now)
        elif verb is Verb.START:
            alert_store.start(work.connection, number)
        elif _may_answer(service, work, number):
            desk = service.desk
            text = service.policies.calls.say("en", "text_help", desk=desk.name, number=desk.telephone)
            dedup = f"text-help:{number}:{work.now:%Y-%m-%d}"
            work.send([_answer(service, work, DESK, number, text, dedup)])


def _set_aside(service: Service, params: Mapping[str, str], token: str, *, is_too_many: bool) -> None:
    content = params.get("Body", "").encode()
    with service.tick(SERVICE, [DESK], wait=True) as work:
        is_new = _is_new(service, work, params, token)
    if is_new and is_too_many:
        number = params.get("From", "")[:40]
        set_aside(service, Stranger(number, content, len(content), _MEDIA_TYPE, "too many texts"))


def _files(params: Mapping[str, str]) -> list[tuple[str, str]]:
    """(the file's name at the company, media type) of each; the name alone is taken from the address it was given."""
    told = params.get("NumMedia", "0")
    count = min(int(told), _MOST_FILES) if told.isascii() and told.isdigit() else 0
    found = [
        (params.get(f"MediaUrl{n}", "").rsplit("/", 1)[-1], params.get(f"MediaContentType{n}", ""))
        for n in range(count)
    ]
    return [(sid, kind[:120]) for sid, kind in found if re.fullmatch(r"ME[0-9a-f]{32}", sid)]
