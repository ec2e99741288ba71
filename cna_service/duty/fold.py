"""The fold of the stream ``duty``: entries -> Rosters. Reads entries and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

from cna_service.duty.entry_types import ENTRY_TYPES
from cna_service.duty.roster import Roster, RosterUnreadable, read_roster
from cna_service.duty.state import (
    Absence,
    CalendarLink,
    Checked,
    HolidayCalendar,
    Override,
    Rosters,
    RosterVersion,
    Swap,
    SwapState,
    Temporary,
    Turn,
)
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry, UnknownEntryType

_KNOWN = {(each.name, each.v) for each in ENTRY_TYPES}
_FIRST_ZONE = timedelta(hours=14)
"""Kiritimati is first: what has not begun there has begun nowhere."""

_Bounded = TypeVar("_Bounded", Override, Absence, Temporary)
_Each = TypeVar("_Each")


def apply_duty(state: Rosters, entry: Entry) -> Rosters:
    """The fold; ignores the types of other slices. Raises UnknownEntryType for an unknown version of its own."""
    change = _CHANGES.get(entry.type)
    if change is None:
        return state
    if (entry.type, entry.v) not in _KNOWN:
        raise UnknownEntryType(entry)
    try:
        return change(state, entry)
    except RosterUnreadable:
        return replace(state, unreadable=(*state.unreadable, entry.seq))


def open_days(at: datetime) -> date:
    """The first date that has begun nowhere yet: from it on holidays may change without touching what was."""
    return (at + _FIRST_ZONE).date() + timedelta(days=1)


def _with(these: Mapping[str, _Each], key: str, each: _Each) -> Mapping[str, _Each]:
    return MappingProxyType({**these, key: each})


def _set(state: Rosters, entry: Entry) -> Rosters:
    roster = read_roster(entry.body)
    older = state.versions.get(roster.id, ())
    since = from_optional(entry.body.get("in_force_from")) or entry.recorded_at
    version = RosterVersion(
        roster,
        since if older else None,
        told=entry.body,
        entered_at=entry.recorded_at,
        by=_who(entry),
        tzdata=entry.body.get("tzdata"),
    )
    return replace(state, versions=_with(state.versions, roster.id, (*older, version)))


def _who(entry: Entry) -> str | None:
    found = entry.actor.get("id")
    return found if isinstance(found, str) else None


def _roster_ended(state: Rosters, entry: Entry) -> Rosters:
    older = state.versions.get(entry.body["roster"])
    if not older:
        return state
    # Later versions that were to come are off as well.
    stays = tuple(v for v in older if v.in_force_from is None or v.in_force_from <= entry.recorded_at)
    nothing = Roster(entry.body["roster"], older[-1].roster.zone, ())
    end = RosterVersion(
        nothing, entry.recorded_at, entered_at=entry.recorded_at, by=_who(entry), is_ended=True
    )
    return replace(state, versions=_with(state.versions, nothing.id, (*stays, end)))


def _temporary_set(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    each = Temporary(
        body["temporary"],
        read_roster(body["roster"]),
        from_text(body["from"]),
        from_text(body["to"]),
        told=body["roster"],
    )
    return replace(state, temporaries=_with(state.temporaries, each.id, each))


def _temporary_ended(state: Rosters, entry: Entry) -> Rosters:
    return replace(state, temporaries=_ended(state.temporaries, entry.body["temporary"], entry.recorded_at))


def _add(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    override = Override(
        body["override"],
        body["post"],
        body["officer"],
        from_text(body["from"]),
        from_text(body["to"]),
        kind=body.get("kind", "add") if entry.v > 1 else "add",
        instead_of=body.get("instead_of") if entry.v > 1 else None,
        n=entry.seq,
    )
    return replace(state, overrides=_with(state.overrides, override.id, override))


def _remove(state: Rosters, entry: Entry) -> Rosters:
    return replace(state, overrides=_ended(state.overrides, entry.body["override"], entry.recorded_at))


def _ended(these: Mapping[str, _Bounded], key: str, at: datetime) -> Mapping[str, _Bounded]:
    """What was, was: what has begun ends at its removal and stays for questions about the past."""
    found = these.get(key)
    if found is None or found.ends_at <= at:
        return these
    if found.starts_at < at:
        return _with(these, key, replace(found, ends_at=at))
    return MappingProxyType({name: each for name, each in these.items() if name != key})


def _absent(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    each = Absence(
        body["absence"], body["officer"], from_text(body["from"]), from_text(body["to"]), n=entry.seq
    )
    return replace(state, absences=_with(state.absences, each.id, each))


def _absence_ended(state: Rosters, entry: Entry) -> Rosters:
    return replace(state, absences=_ended(state.absences, entry.body["absence"], entry.recorded_at))


def _turn(told: Mapping[str, Any], officer: str) -> Turn:
    return Turn(told["post"], officer, from_text(told["from"]), from_text(told["to"]))


def _swap_asked(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    wanted = body.get("wanted")
    swap = Swap(
        body["swap"],
        _turn(body["given"], body["officer"]),
        body["other"],
        None if wanted is None else _turn(wanted, body["other"]),
        entry.recorded_at,
        body["by"],
    )
    return replace(state, swaps=_with(state.swaps, swap.id, swap))


def _settled(state: Rosters, entry: Entry, to: SwapState) -> Rosters:
    swap = state.swaps.get(entry.body["swap"])
    if swap is None or swap.state != "asked":
        return state
    swap = replace(swap, state=to, settled_at=entry.recorded_at, settled_by=entry.body["by"])
    return replace(state, swaps=_with(state.swaps, swap.id, swap))


def _swap_accepted(state: Rosters, entry: Entry) -> Rosters:
    after = _settled(state, entry, "accepted")
    if after is state:
        return state
    overrides = dict(after.overrides)
    swap = after.swaps[entry.body["swap"]]
    for n, turn in enumerate(swap.turns, 1):
        taker = swap.other if turn.officer == swap.given.officer else swap.given.officer
        each = Override(
            f"{swap.id}/{n}",
            turn.post,
            taker,
            turn.starts_at,
            turn.ends_at,
            kind="replace",
            instead_of=turn.officer,
            n=entry.seq,
            swap=swap.id,
        )
        overrides[each.id] = each
    return replace(after, overrides=MappingProxyType(overrides))


def _holidays_set(state: Rosters, entry: Entry) -> Rosters:
    """Days that have begun stay what they were, unless nothing at all was known of the calendar."""
    body = entry.body
    known = state.holidays.get(body["calendar"])
    before = known or HolidayCalendar(body["calendar"])
    year, first = body["year"], date.min if known is None else open_days(entry.recorded_at)
    stays = {d: name for d, name in before.listed.items() if d.year != year or d < first}
    told = ((date.fromisoformat(each["date"]), each["name"]) for each in body["days"])
    new = {d: name for d, name in told if d >= first}
    after = replace(
        before,
        years=MappingProxyType({**before.years, year: body["source"]}),
        listed=MappingProxyType(dict(sorted({**stays, **new}.items()))),
    )
    return replace(state, holidays=_with(state.holidays, after.id, after))


def _holiday_changed(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    before = state.holidays.get(body["calendar"]) or HolidayCalendar(body["calendar"])
    day = date.fromisoformat(body["date"])
    if body["is_holiday"]:
        added = MappingProxyType({**before.added, day: body["name"]})
        after = replace(before, added=added, struck=before.struck - {day})
    else:
        after = replace(before, struck=before.struck | {day})
    return replace(state, holidays=_with(state.holidays, after.id, after))


def _link_made(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    link = CalendarLink(
        body["link"], body["scope"], body["of"], body["token_sha256"], entry.recorded_at, body["by"]
    )
    return replace(state, links=_with(state.links, link.id, link))


def _link_revoked(state: Rosters, entry: Entry) -> Rosters:
    links = {key: each for key, each in state.links.items() if key != entry.body["link"]}
    return replace(state, links=MappingProxyType(links))


def _looked(state: Rosters, entry: Entry) -> Rosters:
    body = entry.body
    checked = Checked(
        entry.recorded_at,
        frozenset(body["findings"]),
        body.get("tzdata"),
        tuple((each["post"], each["officer"], from_text(each["at"])) for each in body.get("planned", ())),
        tuple(body.get("moved", ())),
    )
    return replace(state, checked=checked)


_CHANGES: Mapping[str, Callable[[Rosters, Entry], Rosters]] = {
    "roster.set": _set,
    "roster.ended": _roster_ended,
    "roster.temporary_set": _temporary_set,
    "roster.temporary_ended": _temporary_ended,
    "roster.override_added": _add,
    "roster.override_removed": _remove,
    "roster.holidays_set": _holidays_set,
    "roster.holiday_changed": _holiday_changed,
    "roster.checked": _looked,
    "absence.noted": _absent,
    "absence.ended": _absence_ended,
    "swap.asked": _swap_asked,
    "swap.accepted": _swap_accepted,
    "swap.declined": lambda state, entry: _settled(state, entry, "declined"),
    "swap.withdrawn": lambda state, entry: _settled(state, entry, "withdrawn"),
    "calendar.link_made": _link_made,
    "calendar.link_revoked": _link_revoked,
}
