"""A roster out of a calendar: first a preview, every event with its officer or with what is wrong; then in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.ical_in import LARGEST, CalendarUnreadable, Told, read_events
from cna_service.duty.local_time import zone as zone_of
from cna_service.duty.roster import POSTS
from cna_service.identity.actors import Actor
from cna_service.identity.officers import Officers
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import date_time_group, to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster import FARTHEST, set_roster
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Service

WINDOW, LONGEST = timedelta(days=92), timedelta(days=400)
_WORDS = {post: post.replace("_", " ") for post in POSTS}


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``problem``: why it makes no watch, None where it does."""

    n: int
    told: Told
    post: str | None
    officer: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """``roster``: the body of a roster that lists what can be used."""

    lines: tuple[Line, ...]
    roster: Mapping[str, Any]

    @property
    def problems(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.problem is not None)


def preview_calendar(service: Service, actor: Actor, body: Mapping[str, Any]) -> CalendarPreview:
    """Read ``{calendar, roster?, post?, zone?, from?, to?}``: what a calendar would make of a roster; changes nothing.

    ``post``: for events that name none (default duty_officer); ``zone``: for times without one (default the desk's);
    from now on for 92 days if nothing else is said. Raises Invalid, NotPermitted.
    """
    require(actor, Action.DUTY_CHANGE)
    asked = Asked(body)
    text = asked.text("calendar", required=True, longest=LARGEST)
    name, post = asked.text("roster", longest=64) or "desk", asked.word("post", POSTS, "duty_officer")
    zone = asked.text("zone", longest=64) or service.desk.zone
    starts_at, ends_at = asked.instant("from"), asked.instant("to")
    with service.read() as reader:
        officers, now = reader.stream(DESK).of(OFFICERS), reader.now
        versions = rosters_of(reader).versions.get(name, ())
    begins = starts_at or now
    stop = ends_at or min(begins, now + FARTHEST) + WINDOW
    if not now - FARTHEST < begins < now + FARTHEST:
        asked.wrong("from", to_text(begins), "is more than two years away", "write another instant")
    elif not begins < stop <= begins + LONGEST:
        asked.wrong(
            "to", to_text(stop), "is not within 400 days after the beginning", "write another instant"
        )
    told = () if asked.problems or text is None else _read(asked, text, zone, begins, stop)
    asked.done()
    lines = _overlaps(_line(n, each, officers, post) for n, each in enumerate(told, 1))
    fallback = dict(versions[-1].roster.fallback) if versions else {}
    return CalendarPreview(tuple(lines), _roster(name, zone, lines, fallback))


def import_calendar(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Put the roster of a calendar in force: as for the preview, with ``leave_out?`` and ``reason?``.

    Events that make no watch refuse it, line by line, unless ``leave_out`` says that they are to be left out. Raises
    Invalid, NotPermitted, TooMany.
    """
    asked = Asked(body)
    leave_out, reason = asked.yes("leave_out"), asked.text("reason", longest=500)
    asked.done()
    found = preview_calendar(service, actor, body)
    if found.problems and not leave_out:
        raise Invalid("", *(problem_of(line) for line in found.problems))
    if not found.roster["rotations"]:
        raise Invalid(
            "", Problem("/calendar", None, "makes no watch at all", "look at the preview, line by line")
        )
    return set_roster(service, actor, {**found.roster, "reason": reason}, key)


def problem_of(line: Line) -> Problem:
    where = f"event {line.n}, {line.told.summary!r}, {date_time_group(line.told.starts_at)}"
    return Problem(
        f"/calendar/{line.n}", where, f"{where}: {line.problem}", "mend the calendar, or leave it out"
    )


def _read(asked: Asked, text: str, zone: str, begins: datetime, stop: datetime) -> tuple[Told, ...]:
    try:
        where = zone_of(zone)
    except ValueError as error:
        asked.wrong("zone", zone, str(error), "write an IANA name such as Europe/Lisbon")
        return ()
    try:
        return read_events(text, where, begins, stop)
    except CalendarUnreadable as error:
        asked.wrong("calendar", None, str(error), "export it anew, or send another")
        return ()


def _line(n: int, told: Told, officers: Officers, default: str) -> Line:
    post = _post(told) or default
    officer, problem = _officer(told, officers)
    if told.ends_at <= told.starts_at:
        problem = problem or "has no length"
    return Line(n, told, post, officer, problem)


def _post(told: Told) -> str | None:
    words = " ".join((told.summary, *told.categories)).lower().replace("_", " ")
    return next((post for post, said in _WORDS.items() if re.search(rf"\b{said}\b", words)), None)


def _officer(told: Told, officers: Officers) -> tuple[str | None, str | None]:
    """(officer, None) or (None, why not). An attendee's address counts first, then his identifier or name in the title;
    two officers named are as bad as none."""
    by_mail = {str(o.email).lower(): o for o in officers.all() if o.email}
    found = {by_mail[each].id for each in told.people if each in by_mail}
    summary = told.summary.lower()
    if not found:
        found = {
            o.id
            for o in officers.all()
            if any(
                re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", summary)
                for w in (o.id.lower(), o.name.lower())
                if w
            )
        }
    if len(found) > 1:
        return None, f"names more than one officer: {', '.join(sorted(found))}"
    if not found:
        return None, "names no officer of this desk" if told.summary or told.people else "names nobody"
    officer = found.pop()
    known = officers.get(officer)
    if known is None or not known.is_enabled:
        return None, f"names {officer}, whose account is disabled"
    return officer, None


def _overlaps(lines: Iterable[Line]) -> list[Line]:
    """Of two events at once on one post nobody can say which is meant: the second one is named."""
    checked: list[Line] = []
    for line in lines:
        met = next(
            (
                other
                for other in checked
                if other.problem is None
                and other.post == line.post
                and other.told.starts_at < line.told.ends_at
                and line.told.starts_at < other.told.ends_at
            ),
            None,
        )
        if line.problem is None and met is not None:
            line = replace(line, problem=f"overlaps event {met.n}, {met.told.summary!r}")
        checked.append(line)
    return checked


def _roster(name: str, zone: str, lines: Sequence[Line], fallback: Mapping[str, str]) -> dict[str, Any]:
    rotations = []
    for post in POSTS:
        stretches = [
            {"officer": each.officer, "from": to_text(each.told.starts_at), "to": to_text(each.told.ends_at)}
            for each in lines
            if each.problem is None and each.post == post
        ]
        if stretches:
            rotations.append({"post": post, "kind": "listed", "stretches": stretches})
    return {"roster": name, "zone": zone, "fallback": dict(fallback), "rotations": rotations}
