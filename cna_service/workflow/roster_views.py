"""Rosters as the interface and the command line show them: JSON values, each instant in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.cases.as_json import plain
from cna_service.duty.findings import AHEAD, Finding
from cna_service.duty.local_time import wall_time, zone
from cna_service.duty.preview import MONTH, ClockChange, Previewed, previews
from cna_service.duty.rules import Rosters, Shift, Watch, gaps, watches, who_has_the_watch
from cna_service.duty.state import RosterVersion, Swap
from cna_service.identity.officers import Officers
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.roster_checks import findings_of
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.roster_swaps import moved
from cna_service.workflow.roster_words import says
from cna_service.workflow.service import Reader, Service

_HISTORY = ("roster.", "absence.", "swap.")
_MACHINE = "roster.checked"


def watch_json(watch: Watch, officers: Officers) -> dict[str, Any]:
    """One watch: each post with its officer, or nobody."""
    return {
        "posts": {post: _holder(post, officer, watch, officers) for post, officer in watch.posts.items()},
        "starts_at": plain(watch.starts_at),
        "ends_at": plain(watch.ends_at),
    }


def _holder(post: str, officer: str | None, watch: Watch, officers: Officers) -> dict[str, Any] | None:
    passed_over = list(watch.passed_over.get(post, ()))
    if officer is None:
        return None
    known = officers.get(officer)
    return {
        "officer": officer,
        "name": known.name if known else None,
        "is_fallback": post in watch.fallen_back,
        "why": watch.why.get(post),
        "passed_over": passed_over,
    }


def duty_at(reader: Reader, at: datetime | None) -> dict[str, Any]:
    when = at or reader.now
    officers = reader.stream(DESK).of(OFFICERS)
    return {"at": to_text(when), **watch_json(who_has_the_watch(rosters_of(reader), when), officers)}


def watches_between(reader: Reader, start: datetime, stop: datetime) -> list[dict[str, Any]]:
    officers = reader.stream(DESK).of(OFFICERS)
    return [watch_json(watch, officers) for watch in watches(rosters_of(reader), start, stop)]


def gaps_ahead(service: Service, reader: Reader) -> dict[str, Any]:
    """Everything that was found in the next thirty days."""
    rosters, officers = rosters_of(reader), reader.stream(DESK).of(OFFICERS)
    found = findings_of(service, reader)
    return {
        "from": to_text(reader.now),
        "to": to_text(reader.now + AHEAD),
        "gaps": [shift_json(gap) for gap in gaps(rosters, reader.now, reader.now + AHEAD)],
        "findings": [finding_json(f, officers) for f in found],
        "checked_at": None if rosters.checked is None else to_text(rosters.checked.at),
    }


def shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "post": shift.post,
        "officer": shift.officer,
        "from": to_text(shift.starts_at),
        "to": to_text(shift.ends_at),
        "why": shift.why,
        "passed_over": list(shift.passed_over),
    }


def finding_json(finding: Finding, officers: Officers) -> dict[str, Any]:
    return {
        "key": finding.key,
        "kind": finding.kind,
        "post": finding.post,
        "officer": finding.officer,
        "also": finding.also,
        "from": plain(finding.starts_at),
        "to": plain(finding.ends_at),
        "count": finding.count,
        "urgent": finding.is_urgent,
        "says": says(finding, officers),
    }


def previews_ahead(rosters: Rosters, now: datetime) -> list[dict[str, Any]]:
    """The roster across the next two changes of every zone it goes by."""
    return [_preview(each) for each in previews(rosters, now)]


def _preview(each: Previewed) -> dict[str, Any]:
    change, where = each.change, zone(each.change.zone)
    return {
        "zone": change.zone,
        "at": to_text(change.at),
        "offset_before": _offset(change.before.total_seconds()),
        "offset_after": _offset(change.after.total_seconds()),
        "shifts": [
            {
                **shift_json(shift),
                "from_local": f"{wall_time(shift.starts_at, where):%Y-%m-%d %H:%M}",
                "to_local": f"{wall_time(shift.ends_at, where):%Y-%m-%d %H:%M}",
                "minutes": _minutes(change, shift),
                "crosses": shift.starts_at < change.at < shift.ends_at,
            }
            for shift in each.shifts
        ],
    }


def _minutes(change: ClockChange, shift: Shift) -> int | None:
    """How long it lasts; None where it begins or ends more than a month from the change."""
    if shift.starts_at <= change.at - MONTH or shift.ends_at >= change.at + MONTH:
        return None
    return int((shift.ends_at - shift.starts_at).total_seconds()) // 60


def _offset(seconds: float) -> str:
    minutes = int(seconds) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def rosters_json(rosters: Rosters, now: datetime) -> dict[str, Any]:
    """Everything that is set: rosters with the version in force and those to come, and what changes them for a time."""
    return {
        "rosters": [_roster(name, versions, now) for name, versions in rosters.versions.items()],
        "temporary": [
            {"temporary": t.id, "roster": plain(t.told), "from": plain(t.starts_at), "to": plain(t.ends_at)}
            for t in rosters.temporaries.values()
            if t.ends_at > now
        ],
        "overrides": [plain(o) for o in rosters.overrides.values() if o.ends_at > now],
        "absences": [plain(a) for a in rosters.absences.values() if a.ends_at > now],
        "swaps": [swap_json(rosters, s, now) for s in rosters.swaps.values() if s.starts_at > now],
        "holidays": [
            {
                "calendar": c.id,
                "years": {str(year): source for year, source in c.years.items()},
                "days": [{"date": d.isoformat(), "name": plain(name)} for d, name in sorted(c.days.items())],
                "struck": sorted(d.isoformat() for d in c.struck),
            }
            for c in rosters.holidays.values()
        ],
    }


def swap_json(rosters: Rosters, swap: Swap, now: datetime) -> dict[str, Any]:
    """With why it can no longer be accepted, where it cannot."""
    told = plain(swap)
    return {**told, "moved": moved(rosters, swap, now) if swap.state == "asked" else None}


def _roster(name: str, versions: Sequence[RosterVersion], now: datetime) -> dict[str, Any]:
    in_force = next(v for v in reversed(versions) if v.in_force_from is None or v.in_force_from <= now)
    to_come = [v for v in versions if v.in_force_from is not None and v.in_force_from > now]
    return {
        "roster": name,
        "versions": len(versions),
        "in_force": None if in_force.is_ended else version_json(in_force),
        "to_come": [version_json(v) for v in to_come],
    }


def version_json(version: RosterVersion) -> dict[str, Any]:
    told = {key: value for key, value in version.told.items() if key not in ("reason", "in_force_from")}
    return {
        "body": plain(told),
        "in_force_from": plain(version.in_force_from),
        "entered_at": plain(version.entered_at),
        "by": version.by,
        "tzdata": version.tzdata,
        "ended": version.is_ended,
    }


def history(
    service: Service, reader: Reader, name: str, *, before: int | None, limit: int
) -> Mapping[str, Any] | None:
    """Every version of a roster, and the entries that changed it or the watches of its posts, the newest first; None
    where there is no such roster."""
    versions = reader.stream(DUTY).of(ROSTERS).versions.get(name)
    if versions is None:
        return None
    reading = store.read_entries(reader.connection, service.desk.log_origin, DUTY)
    posts = {post for version in versions for post in version.roster.posts}
    concerned = [
        e
        for e in reversed(reading.entries)
        if e.type.startswith(_HISTORY)
        and e.type != _MACHINE
        and (before is None or e.seq < before)
        and _concerns(e.type, e.body, name, posts)
    ]
    page = concerned[:limit]
    return {
        "roster": name,
        "versions": [version_json(v) for v in versions],
        "entries": [
            {
                "seq": e.seq,
                "type": e.type,
                "recorded_at": to_text(e.recorded_at),
                "actor": e.actor.get("id") or e.actor.get("kind"),
                "body": plain(e.body),
                "leaf": e.leaf,
            }
            for e in page
        ],
        "next": page[-1].seq if len(concerned) > limit else None,
    }


def _concerns(kind: str, body: Mapping[str, Any], name: str, posts: set[str]) -> bool:
    if kind in ("roster.set", "roster.ended"):
        return body.get("roster") == name
    if kind == "roster.temporary_set":
        return bool(body["roster"].get("roster") == name)
    return body.get("post") in posts or "post" not in body
