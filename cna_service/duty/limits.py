"""How much of everything a roster may hold: sane caps, each named in the error that it causes and in the handbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType

from cna_service.duty.roster import Roster
from cna_service.duty.rotations import Listed, Rotation
from cna_service.duty.state import Rosters
from cna_service.kit.errors import Problem, Refused

CAPS = MappingProxyType(
    {
        "rosters": 20,
        "rotations of a roster": 50,
        "officers of a rotation": 100,
        "stretches of a listed rotation": 500,
        "overrides to come": 500,
        "absences to come": 500,
        "temporary rosters to come": 20,
        "swaps waiting": 200,
        "calendars of holidays": 20,
        "days added to a calendar": 200,
        "calendar links of one officer or roster": 10,
    }
)


_LONGEST_NAME = 64
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class TooMany(Refused):
    code = "too-many"
    title = "The desk takes no more of these"


def refuse_beyond(what: str, count: int) -> None:
    """Raises TooMany where one more would be above the cap."""
    if count >= CAPS[what]:
        raise TooMany(
            f"There are {count} {what}; at most {CAPS[what]}. End one first.", what=what, most=CAPS[what]
        )


def roster_problems(roster: Roster) -> Iterator[Problem]:
    """What of one roster is above its cap."""
    # Not the reader's business: what an older release took must be read for ever.
    if len(roster.id) > _LONGEST_NAME:
        yield Problem("/roster", None, f"is longer than {_LONGEST_NAME} characters", "write a short name")
    most = CAPS["rotations of a roster"]
    if len(roster.rotations) > most:
        yield Problem(
            "/rotations", len(roster.rotations), f"are more than {most}", "make two rosters of them"
        )
    for n, rotation in enumerate(roster.rotations):
        if isinstance(rotation, Listed):
            most, count, field = CAPS["stretches of a listed rotation"], len(rotation.stretches), "stretches"
        else:
            most, count, field = CAPS["officers of a rotation"], len(rotation.officers), "officers"
        if isinstance(rotation, Rotation):
            for name, wall in (("from", rotation.first), ("to", rotation.until)):
                if wall is not None and not _FIRST_YEAR <= wall.year <= _LAST_YEAR:
                    why = f"lies outside {_FIRST_YEAR} to {_LAST_YEAR}"
                    yield Problem(f"/rotations/{n}/{name}", str(wall.date()), why, "write another date")
        if count > most:
            yield Problem(f"/rotations/{n}/{field}", count, f"are more than {most}", "leave some out")


def still_to_come(rosters: Rosters, now: datetime) -> dict[str, int]:
    """How many of each there are whose time is not over."""
    return {
        "overrides to come": sum(1 for o in rosters.overrides.values() if o.ends_at > now),
        "absences to come": sum(1 for a in rosters.absences.values() if a.ends_at > now),
        "temporary rosters to come": sum(1 for t in rosters.temporaries.values() if t.ends_at > now),
        "swaps waiting": sum(1 for s in rosters.swaps.values() if s.state == "asked" and s.starts_at > now),
    }
