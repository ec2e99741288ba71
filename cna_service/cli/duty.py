"""``cna duty``: who has the watch, when nobody has it, every shift."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime, timedelta

from cna_service.bootstrap import Running
from cna_service.cli.deployment import instant_of, open_desk
from cna_service.cli.shown import columns, instant, show
from cna_service.duty.rules import Rosters, Shift, shifts, who_has_the_watch
from cna_service.duty.rules import gaps as gaps_of
from cna_service.identity.officers import Officers
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS

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
        "starts_at": watch.starts_at,
        "ends_at": watch.ends_at,
    }
    rows = [(post, officer or "nobody", _name(officers, officer)) for post, officer in watch.posts.items()]
    words = [f"{instant(at)}, until {instant(watch.ends_at)}", *columns(rows)]
    show(asked, told, words)
    return 0 if watch.posts.get(DUTY_OFFICER) else 1


def gaps(asked: Namespace) -> int:
    """Exit 1 where the duty officer's post has a stretch that nobody is rostered for."""
    with open_desk(asked) as running:
        rosters, officers, at = _read(running)
    found = gaps_of(rosters, at, at + timedelta(days=asked.days))
    words = _lines(found, officers) or [f"No gap in the next {asked.days} days."]
    show(asked, [_shift(s) for s in found], words)
    return 1 if any(s.post == DUTY_OFFICER for s in found) else 0


def export(asked: Namespace) -> int:
    with open_desk(asked) as running:
        rosters, officers, at = _read(running)
    found = shifts(rosters, at, at + timedelta(days=asked.days))
    show(asked, [_shift(s) for s in found], _lines(found, officers))
    return 0


def _read(running: Running) -> tuple[Rosters, Officers, datetime]:
    with running.service.read() as reader:
        return reader.stream(DUTY).of(ROSTERS), reader.stream(DESK).of(OFFICERS), reader.now


def _name(officers: Officers, officer: str | None) -> str:
    found = officers.get(officer) if officer else None
    return "" if found is None else found.name


def _lines(found: list[Shift], officers: Officers) -> list[str]:
    rows = [
        (s.post, instant(s.starts_at), instant(s.ends_at), s.officer or "nobody", _name(officers, s.officer))
        for s in found
    ]
    return columns(rows, ("post", "from", "to", "officer", "name")) if rows else []


def _shift(shift: Shift) -> dict[str, object]:
    return {"post": shift.post, "officer": shift.officer, "from": shift.starts_at, "to": shift.ends_at}
