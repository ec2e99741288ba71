"""``cna duty``: who has the watch, what is wrong with the weeks ahead, clock changes; rosters out and in."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cna_service.bootstrap import Running
from cna_service.cli.deployment import instant_of, open_desk, whoever_asks
from cna_service.cli.roster_file import read_roster_file, roster_file
from cna_service.cli.shown import columns, instant, show
from cna_service.duty.roster import read_roster
from cna_service.duty.rules import Rosters, Shift, shifts, who_has_the_watch
from cna_service.duty.rules import gaps as gaps_of
from cna_service.identity.officers import Officers
from cna_service.kit.errors import Invalid, NotFound, Problem
from cna_service.workflow import roster_views
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster import set_roster
from cna_service.workflow.roster_checks import findings_of
from cna_service.workflow.roster_import import CalendarPreview, import_calendar, preview_calendar
from cna_service.workflow.roster_links import calendar_of
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.roster_words import says

DUTY_OFFICER = "duty_officer"


def now(asked: Namespace) -> int:
    """Exit 1 where nobody has the duty officer's post."""
    with open_desk(asked) as running:
        rosters, officers, at = _read(running)
    at = instant_of("at", asked.at) if asked.at else at
    watch = who_has_the_watch(rosters, at)
    told = {
        "at": at,
        "posts": dict(watch.posts),
        "fallen_back": sorted(watch.fallen_back),
        "passed_over": {post: list(names) for post, names in watch.passed_over.items()},
        "starts_at": watch.starts_at,
        "ends_at": watch.ends_at,
    }
    rows = [(post, officer or "nobody", _name(officers, officer)) for post, officer in watch.posts.items()]
    words = [f"{instant(at)}, until {instant(watch.ends_at)}", *columns(rows)]
    words += [f"{post}: fallback, nobody is rostered" for post in sorted(watch.fallen_back)]
    words += [f"{post}: passed over {', '.join(names)}" for post, names in watch.passed_over.items()]
    show(asked, told, words)
    return 0 if watch.posts.get(DUTY_OFFICER) else 1


def gaps(asked: Namespace) -> int:
    """Exit 1 where the duty officer's post has a stretch that nobody is rostered for."""
    with open_desk(asked) as running:
        rosters, officers, at = _read(running)
        with running.service.read() as reader:
            findings = findings_of(running.service, reader)
    found = gaps_of(rosters, at, at + timedelta(days=asked.days))
    words = _lines(found, officers) or [f"No gap in the next {asked.days} days."]
    others = [f for f in findings if f.kind not in ("gap", "fallback_only")]
    words += [("NOW: " if f.is_urgent else "- ") + says(f, officers) for f in others]
    show(asked, [_shift(s) for s in found], words)
    return 1 if any(s.post == DUTY_OFFICER for s in found) else 0


def preview(asked: Namespace) -> int:
    """The roster across the next two changes of the clock."""
    with open_desk(asked) as running:
        rosters, _, at = _read(running)
    changes = roster_views.previews_ahead(rosters, at)
    words: list[str] = []
    for change in changes:
        words.append(
            f"{change['zone']}: {change['at'][:16]}Z, {change['offset_before']} to {change['offset_after']}"
        )
        rows = [
            (s["post"], s["from_local"], s["to_local"], _hours(s["minutes"]), s["officer"] or "nobody")
            for s in change["shifts"]
        ]
        words += columns(rows, ("post", "from (wall)", "to (wall)", "lasts", "officer")) if rows else []
    show(asked, changes, words or ["No roster goes by a zone whose clock changes within two years."])
    return 0


def _hours(minutes: int | None) -> str:
    return "over a month" if minutes is None else f"{minutes // 60} h {minutes % 60:02d}"


def export(asked: Namespace) -> int:
    """The rosters as ``cna duty import`` reads them back; --days: every shift; --calendar: an iCalendar file."""
    with open_desk(asked) as running:
        rosters, officers, at = _read(running)
        if asked.calendar:
            if asked.calendar not in rosters.versions:
                raise NotFound(f"There is no roster {asked.calendar}.")
            content = calendar_of(running.service, rosters, officers, "roster", asked.calendar, at)
            print(content.decode().replace("\r\n", "\n"), end="")
            return 0
    if asked.days is not None:
        found = shifts(rosters, at, at + timedelta(days=asked.days))
        show(asked, [_shift(s) for s in found], _lines(found, officers))
        return 0
    bodies = _in_force(rosters, at)
    show(asked, bodies, [roster_file(bodies)])
    return 0


def _in_force(rosters: Rosters, at: datetime) -> list[dict[str, Any]]:
    told = [each["in_force"] for each in roster_views.rosters_json(rosters, at)["rosters"]]
    return [{k: v for k, v in each["body"].items() if k != "tzdata"} for each in told if each is not None]


def import_file(asked: Namespace) -> int:
    """Preview of a file (TOML, JSON as exported, or iCalendar); with --apply it is put in force.

    Exit 1 where an event of a calendar makes no watch and --leave-out was not given.
    """
    text = Path(asked.file).read_text(encoding="utf-8")
    if "BEGIN:VCALENDAR" in text[:2000]:
        return _import_calendar(asked, text)
    bodies = read_roster_file(text)
    with open_desk(asked) as running:
        actor = _officer(running, asked.by)
        for body in bodies:
            read_roster(body)
        if asked.apply:
            for body in bodies:
                set_roster(running.service, actor, {**body, "reason": asked.reason})
    said = "In force" if asked.apply else "Would be put in force (--apply)"
    names = [str(body.get("roster")) for body in bodies]
    show(asked, {"rosters": names, "applied": bool(asked.apply)}, [f"{said}: {', '.join(names)}"])
    return 0


def _import_calendar(asked: Namespace, text: str) -> int:
    body = {"calendar": text, "roster": asked.roster, "post": asked.post, "leave_out": asked.leave_out}
    with open_desk(asked) as running:
        actor = _officer(running, asked.by)
        found = preview_calendar(running.service, actor, body)
        if asked.apply and (asked.leave_out or not found.problems):
            import_calendar(running.service, actor, {**body, "reason": asked.reason})
            applied = True
        else:
            applied = False
    rows = [
        (
            line.n,
            instant(line.told.starts_at),
            line.post or "-",
            line.officer or "-",
            line.problem or "",
            line.told.summary,
        )
        for line in found.lines
    ]
    said = "In force." if applied else "Nothing was changed."
    show(
        asked,
        {**_told(found), "applied": applied},
        [*columns(rows, ("event", "from", "post", "officer", "problem", "title")), said],
    )
    return 1 if found.problems and not asked.leave_out else 0


def _told(found: CalendarPreview) -> dict[str, Any]:
    problems = [{"event": line.n, "uid": line.told.uid, "problem": line.problem} for line in found.problems]
    return {"events": len(found.lines), "problems": problems, "roster": found.roster}


def _officer(running: Running, name: str) -> Any:
    """The command cannot ask for his password: the entry says by which account of the machine he acted."""
    with running.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).get(name)
    if officer is None:
        raise Invalid("", Problem("/by", name, "is no officer of this desk", "name a supervisor"))
    return officer.actor(running.service.clock.now(), signed_in=whoever_asks().signed_in)


def _read(running: Running) -> tuple[Rosters, Officers, datetime]:
    with running.service.read() as reader:
        return rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now


def _name(officers: Officers, officer: str | None) -> str:
    found = officers.get(officer) if officer else None
    return "" if found is None else found.name


def _lines(found: Sequence[Shift], officers: Officers) -> list[str]:
    rows = [
        (s.post, instant(s.starts_at), instant(s.ends_at), s.officer or "nobody", _name(officers, s.officer))
        for s in found
    ]
    return columns(rows, ("post", "from", "to", "officer", "name")) if rows else []


def _shift(shift: Shift) -> dict[str, object]:
    return {"post": shift.post, "officer": shift.officer, "from": shift.starts_at, "to": shift.ends_at}
