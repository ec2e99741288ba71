"""Taking the watch by SMS, giving it back, and asking who has it.

A sender's number can be forged, an answer to it cannot be read by whoever forged it: ``WATCH`` takes nothing, it
brings a code to the telephone that has the number, and only ``WATCH code`` takes the watch. Whoever loses it and the
supervisor are told; a ``NO`` gives it back. What is true if we die: the code lies in the outbox row that carried it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.alerts import store as alert_store
from cna_service.db import outbox
from cna_service.duty.relief import RELIEVED_POST, Taken
from cna_service.duty.relief_boundaries import holds_until
from cna_service.duty.rules import Watch, override_added, who_has_the_watch
from cna_service.escalation.ladders import Channel
from cna_service.escalation.watch_words import WatchText, WatchVerb, read_watch_text
from cna_service.identity.actors import SERVICE
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import Action, may
from cna_service.kit.ids import alert_code, uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import queries, watch_messages, watch_notice, watch_texts
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS, WATCH_LIFE
from cna_service.workflow.roster import LONGEST_OVERRIDE, USUAL_WATCH
from cna_service.workflow.roster_reading import rosters_in, rosters_of
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.summon import raise_alert, voice_in
from cna_service.workflow.watch_digest import digest_text
from cna_service.workflow.work import Work

CODE_HOLDS = timedelta(minutes=10)
MOST_CODES = 3
"""Texts of a kind to one number within that time: who floods the desk with WATCH or WHO floods nobody else."""

GIVE_BACK_WITHIN = timedelta(hours=12)
_CODE, _TAKEN, _WHO = "watch_code", "watch_taken", "watch_who"
_ANSWERS = ("echo", _TAKEN)
_WRONG_CODES = 5
_LOOK = timedelta(days=8)


def take_watch_text(service: Service, number: str, text: str, wrong: int) -> bool:
    """Act on a text about the watch from a number of one of our officers; False if it is none. ``wrong``: how many
    wrong codes this number sent lately."""
    asked = read_watch_text(text)
    is_no = text.strip().strip(".!").casefold() == "no"
    if asked is None and not is_no:
        return False
    officer = _officer_with(service, number)
    if officer is None:
        return False
    if asked is None:
        return _give_back(service, officer, number)
    if asked.verb is WatchVerb.WHO:
        _say_who(service, officer, number)
        return True
    if not may(officer.actor(service.machine.now()), Action.WATCH_RELIEVE):
        _say(service, officer, number, "may_not")
        return True
    _take(service, officer, number, asked, wrong)
    return True


def _officer_with(service: Service, number: str) -> Officer | None:
    """The one enabled officer who has this telephone; nobody where two share it: then it proves nothing."""
    with service.read() as reader:
        listed = reader.stream(DESK).of(OFFICERS).all()
    found = [o for o in listed if o.is_enabled and any(c.value == number for c in o.book.contacts)]
    return found[0] if len(found) == 1 else None


def _take(service: Service, officer: Officer, number: str, asked: WatchText, wrong: int) -> None:
    with service.read() as reader:
        codes = _codes(reader, officer, number)
    if asked.verb is WatchVerb.TAKE:
        _offer_code(service, officer, number, codes)
    elif asked.code not in [code["code"] for code in codes if code["officer"] == officer.id]:
        _wrong_code(service, officer, number, wrong)
    else:
        _take_now(service, officer, number)


def _codes(reader: Reader, officer: Officer, number: str) -> list[Mapping[str, Any]]:
    """The codes sent to this number that still hold, the newest first: each takes the watch once."""
    used = [t.at for t in reader.stream(DUTY).of(WATCH_LIFE).taken if t.officer == officer.id]
    since = max([reader.now - CODE_HOLDS, *used])
    sent = queries.newest_to(reader.connection, number, Channel.SMS.value, since=since)
    return [content for content in sent if content.get("purpose") == _CODE]


def _offer_code(service: Service, officer: Officer, number: str, codes: list[Mapping[str, Any]]) -> None:
    if len(codes) >= MOST_CODES:
        return
    code = str(codes[0]["code"]) if codes else alert_code()
    text = watch_messages.text_for(service, officer, "confirm", code=code)
    now = service.clock.now()
    row = watch_messages.row(Channel.SMS, number, text, uuid7(now), purpose=_CODE)
    row = replace(row, content={**row.content, "code": code, "officer": officer.id})
    with service.database.write() as connection:
        outbox.ask(connection, [row], now)
    service.wakes.wake()


def _wrong_code(service: Service, officer: Officer, number: str, wrong: int) -> None:
    """Counted with the wrong codes of alerts: five and the number counts for nothing for a while."""
    with service.database.write() as connection:
        alert_store.note_wrong_code(connection, number, service.clock.now())
    if (wrong + 1) % _WRONG_CODES == 0:
        with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(service, work, "wrong_codes")
    _say(service, officer, number, "wrong")


def _take_now(service: Service, officer: Officer, number: str) -> None:
    actor = officer.actor(service.machine.now(), signed_in={"by": "sms code"})
    with service.read() as reader:
        has_it = _has_it(who_has_the_watch(rosters_of(reader), reader.now), officer)
    if has_it:
        _say_has_it(service, officer, number)
        return
    with service.write(actor, Action.WATCH_RELIEVE, DUTY) as work:
        watch = who_has_the_watch(rosters_in(work), work.now)
        until = min(watch.ends_at or work.now + USUAL_WATCH, work.now + LONGEST_OVERRIDE)
        override = uuid7(work.now)
        work.append(
            override_added(
                override,
                post=RELIEVED_POST,
                officer=officer.id,
                starts_at=work.now,
                ends_at=until,
                by=officer.id,
                reason="by SMS",
            ),
            DUTY,
        )
        body = {"override": override, "post": RELIEVED_POST, "officer": officer.id, "from": number}
        work.append(Draft("watch.taken", body), DUTY)
        _tell_taken(service, work, officer, number)
        _tell_supervisor(service, work, officer, "taken_told")


def _has_it(watch: Watch, officer: Officer) -> bool:
    return watch.posts.get(RELIEVED_POST) == officer.id and RELIEVED_POST not in watch.fallen_back


def _say_has_it(service: Service, officer: Officer, number: str) -> None:
    with service.read() as reader:
        until = holds_until(rosters_of(reader), RELIEVED_POST, reader.now, _LOOK)
        said: object = ("open", {}) if until is None else watch_texts.hour(until, reader.now)
    _answer(service, officer, number, watch_messages.text_for(service, officer, "has_it", until=said))


def _tell_taken(service: Service, work: Work, officer: Officer, number: str) -> None:
    until = holds_until(rosters_in(work), RELIEVED_POST, work.now, _LOOK)
    found = watch_notice.what_is_open(work)
    text = watch_messages.text_for(
        service,
        officer,
        "taken",
        voice_in(service, work, officer.language, DUTY),
        at=watch_texts.hour(work.now, work.now),
        until=("open", {}) if until is None else watch_texts.hour(until, work.now),
        cases=found.cases(service.policies.texts),
        next="" if found.due_at is None else ("next", {"at": watch_texts.hour(found.due_at, work.now)}),
    )
    work.send([watch_messages.row(Channel.SMS, number, text, uuid7(work.now), purpose=_TAKEN)])


def _tell_supervisor(service: Service, work: Work, officer: Officer, name: str) -> None:
    """Whoever loses the watch is told when the change is recorded, a moment later (watch_notice.hand_over)."""
    watch = who_has_the_watch(rosters_in(work), work.now)
    supervisor = watch.posts.get("supervisor")
    if supervisor is not None and supervisor != officer.id:
        at = watch_texts.hour(work.now, work.now)
        watch_messages.tell(service, work, supervisor, name, name=officer.name, at=at)


def _give_back(service: Service, officer: Officer, number: str) -> bool:
    """A ``NO`` means what the newest question to that number was about: True if that was a watch taken by SMS."""
    with service.read() as reader:
        if _last_asked(reader.connection, number) != _TAKEN:
            return False
        taken = _mine(reader.stream(DUTY).of(WATCH_LIFE).taken, officer, reader.now)
    if taken is None:
        return False
    actor = officer.actor(service.machine.now(), signed_in={"by": "sms"})
    with service.write(actor, Action.WATCH_RELIEVE, DUTY) as work:
        override = work.of(ROSTERS).overrides.get(taken.override)
        if override is not None and override.ends_at > work.now:
            removed = {
                "override": taken.override,
                "by": officer.id,
                "reason": "said by SMS that it was not he",
            }
            work.append(Draft("roster.override_removed", removed))
        body = {"override": taken.override, "officer": officer.id, "from": number}
        work.append(Draft("watch.given_back", body))
        text = watch_messages.text_for(
            service, officer, "given_back", voice_in(service, work, officer.language, DUTY)
        )
        work.send([watch_messages.row(Channel.SMS, number, text, uuid7(work.now))])
        _tell_supervisor(service, work, officer, "given_back_told")
    return True


def _last_asked(connection: Connection, number: str) -> str | None:
    contents = queries.newest_to(connection, number, Channel.SMS.value)
    purposes = (str(content.get("purpose")) for content in contents)
    return next((p for p in purposes if p in _ANSWERS), None)


def _mine(taken: tuple[Taken, ...], officer: Officer, now: datetime) -> Taken | None:
    mine = (t for t in reversed(taken) if t.officer == officer.id and now - t.at <= GIVE_BACK_WITHIN)
    return next(mine, None)


def _say_who(service: Service, officer: Officer, number: str) -> None:
    with service.read() as reader:
        since = reader.now - CODE_HOLDS
        sent = queries.newest_to(reader.connection, number, Channel.SMS.value, since=since)
    if sum(content.get("purpose") == _WHO for content in sent) < MOST_CODES:
        _answer(service, officer, number, digest_text(service, officer), purpose=_WHO)


def _say(service: Service, officer: Officer, number: str, name: str) -> None:
    _answer(service, officer, number, watch_messages.text_for(service, officer, name))


def _answer(
    service: Service, officer: Officer, number: str, text: str, *, purpose: str = watch_messages.PURPOSE
) -> None:
    """Operational: an answer to a text is no summons and no entry."""
    now = service.clock.now()
    row = watch_messages.row(Channel.SMS, number, text, uuid7(now), purpose=purpose)
    with service.database.write() as connection:
        outbox.ask(connection, [row], now)
    service.wakes.wake()
