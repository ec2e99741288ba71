"""Who has the watch now, next and this week: by SMS to an officer who asks, by mail each day to the supervisors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cna_service.db import outbox
from cna_service.duty.relief_boundaries import holds_until
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Rosters, Shift, gaps, shifts, who_has_the_watch
from cna_service.escalation.ladders import Channel
from cna_service.escalation.texts import Texts
from cna_service.escalation.words import Voice
from cna_service.identity.officers import Officer, Officers
from cna_service.identity.permissions import Role
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group
from cna_service.workflow import watch_messages, watch_texts
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Service
from cna_service.workflow.summon import voice_to

WEEK = timedelta(days=7)
_LOOK = timedelta(days=8)
LONGEST_TEXT = 459
"""Three segments: who asks at sea pays for each."""


def digest_text(service: Service, officer: Officer) -> str:
    """Now, next and this week's duty officers, in the officer's language; cut to three segments at a whole turn."""
    with service.read() as reader:
        rosters, officers, now = rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now
    texts, voice = service.policies.texts, voice_to(service, officer.id)
    nobody = watch_texts.plain(texts, voice, "nobody")
    watch = who_has_the_watch(rosters, now)
    who = ", ".join(
        f"{watch_texts.plain(texts, voice, post)} {_name(officers, watch.posts.get(post), nobody)}"
        for post in POSTS
    )
    ends_at = holds_until(rosters, "duty_officer", now, _LOOK)
    until = watch_texts.plain(texts, voice, "open") if ends_at is None else watch_texts.hour(ends_at, now)
    text = watch_texts.say(texts, voice, "now", who=who, until=until)
    if ends_at is None:
        return text
    following = who_has_the_watch(rosters, ends_at).posts.get("duty_officer")
    at = watch_texts.hour(ends_at, now)
    text += " " + watch_texts.plain(texts, voice, "then", who=_name(officers, following, nobody), at=at)
    return _with_week(service.policies.texts, voice, text, _turns(rosters, officers, ends_at, now, nobody))


def _turns(rosters: Rosters, officers: Officers, since: datetime, now: datetime, nobody: str) -> list[str]:
    later = [s for s in shifts(rosters, since, now + WEEK) if s.post == "duty_officer"][1:]
    return [f"{watch_texts.hour(s.starts_at, now)} {_name(officers, s.officer, nobody)}" for s in later]


def _with_week(texts: Texts, voice: Voice, text: str, turns: list[str]) -> str:
    for count in range(len(turns), 0, -1):
        more = ", ..." if count < len(turns) else ""
        week = watch_texts.plain(texts, voice, "week", who=", ".join(turns[:count]) + more)
        if len(text) + 1 + len(week) <= LONGEST_TEXT:
            return f"{text} {week}"
    return text


def _name(officers: Officers, officer: str | None, nobody: str) -> str:
    found = officers.get(officer) if officer else None
    return found.name if found is not None else officer or nobody


def send_daily(service: Service) -> None:
    """The week ahead by mail to every supervisor, once a day; off in an exercise. Asking twice is harmless."""
    if service.desk.is_exercise:
        return
    with service.read() as reader:
        rosters, officers, now = rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now
    text = week_text(service.desk.name, rosters, officers, now)
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    rows = [
        watch_messages.row(
            Channel.EMAIL,
            officer.email,
            text,
            uuid7(now),
            subject=f"{service.desk.name}: watch, the week from {day}",
            dedup=f"digest:{day}:{officer.id}",
        )
        for officer in officers.all()
        if officer.role == Role.SUPERVISOR
        and officer.is_enabled
        and isinstance(officer.email, str)
        and officer.email
    ]
    with service.database.write() as connection:
        outbox.ask(connection, rows, now)
    service.wakes.wake()


def week_text(desk: str, rosters: Rosters, officers: Officers, now: datetime) -> str:
    """Plain lines: now, then post by post for seven days, then what nobody is rostered for."""
    watch = who_has_the_watch(rosters, now)
    lines = [f"{desk}: who has the watch", "", f"Now, {date_time_group(now)}:"]
    lines += [f"  {_post(post)}: {_name(officers, watch.posts.get(post), 'nobody')}" for post in POSTS]
    ahead = shifts(rosters, now, now + WEEK)
    for post in POSTS:
        lines += ["", f"{_post(post)}, the next seven days:"]
        lines += [f"  {_line(s, officers)}" for s in ahead if s.post == post]
    empty = gaps(rosters, now, now + WEEK)
    lines += ["", "Nobody is rostered:" if empty else "No gap within seven days."]
    lines += [f"  {_post(s.post)}: {_line(s, officers)}" for s in empty]
    return "\n".join(lines) + "\n"


def _post(post: str) -> str:
    return post.replace("_", " ").capitalize()


def _line(shift: Shift, officers: Officers) -> str:
    span = f"{date_time_group(shift.starts_at)} to {date_time_group(shift.ends_at)}"
    return f"{span}  {_name(officers, shift.officer, 'nobody')}"
