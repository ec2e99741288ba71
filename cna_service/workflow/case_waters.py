"""Where each vessel of a case was told to be last, and whose waters that is. Computed for the page; no entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cna_service.cases.record import CaseRecord, Fact, Vessel
from cna_service.kit.told import ToldInstant, told_instant
from cna_service.vessels.positions import Position, display, told_position
from cna_service.vessels.tracks import Sighting, leg_words, legs
from cna_service.waters import words
from cna_service.waters.rules import Where
from cna_service.workflow.service import Service
from cna_service.workflow.waters import MapsMissing, waters_of

DRIFT_KN = 12
"""For "how far may she be by now": what most vessels make. A convention of this desk."""


@dataclass(frozen=True, slots=True)
class LastPosition:
    """``at``: the instant told, None where none was; ``reach_nm``: how far she may have gone since at ``DRIFT_KN``.

    ``says`` is empty where there is no point, or the maps are missing (``trouble``). ``wants_look``: near a limit, on
    land, or not known.
    """

    vessel: int
    seq: int
    shown: str
    at: datetime | None
    recorded_at: datetime
    age: timedelta
    reach_nm: int
    says: str = ""
    wants_look: bool = False
    lines: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    sources: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class VesselPlaces:
    """``speeds``: what two positions would demand of her, in words, where that is out of the common."""

    last: LastPosition | None
    speeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One position of a vessel as told."""

    fact: Fact
    position: Position
    when: ToldInstant | None

    @property
    def at(self) -> datetime | None:
        return None if self.when is None else self.when.latest or self.when.earliest


def places_of(service: Service, record: CaseRecord, now: datetime) -> dict[int, VesselPlaces]:
    """By vessel. Never fails for a build without maps: the position stands there and says why."""
    return {v.n: VesselPlaces(_last(service, v, now), tuple(speeds(v))) for v in record.vessels}


def newest_position(vessel: Vessel) -> Told | None:
    """The one told for the latest instant; one without an instant counts as of when it was recorded."""
    told = [each for each in positions_told(vessel) if each.position.has_point]
    return max(told, key=lambda each: (each.at or each.fact.recorded_at, each.fact.seq), default=None)


def positions_told(vessel: Vessel) -> Iterator[Told]:
    """Every position that was not erased, with or without a point."""
    facts = [f for f in vessel.facts if f.field == "position" and isinstance(f.value, Mapping)]
    times = Counter(f.seq for f in facts)
    for fact in facts:
        # The instant of a message that tells several positions cannot be that of each.
        of_entry = fact.happened_at if times[fact.seq] == 1 else None
        yield Told(fact, told_position(fact.value, pointer="/position"), _own_instant(fact) or of_entry)


def speeds(vessel: Vessel) -> Iterator[str]:
    for leg in legs(s for each in positions_told(vessel) if (s := _sighting(each)) is not None):
        if said := leg_words(leg):
            yield f"Positions of entries {leg.first.seq} and {leg.second.seq}: {said}"


def _sighting(told: Told) -> Sighting | None:
    p, when = told.position, told.when
    if p.latitude_e7 is None or p.longitude_e7 is None or when is None:
        return None
    if when.earliest is None or when.latest is None:
        return None
    return Sighting(told.fact.seq, p.latitude_e7, p.longitude_e7, p.radius_m or 0, when.earliest, when.latest)


def _own_instant(fact: Fact) -> ToldInstant | None:
    """The instant that stands beside the position itself."""
    own = fact.value.get("at") if isinstance(fact.value, Mapping) else None
    if not isinstance(own, str | Mapping):
        return None
    try:
        return told_instant(own)
    except ValueError:
        return None


def _last(service: Service, vessel: Vessel, now: datetime) -> LastPosition | None:
    told = newest_position(vessel)
    if told is None:
        return None
    age = max(timedelta(0), now - (told.at or told.fact.recorded_at))
    reach = round(age.total_seconds() / 3600 * DRIFT_KN)
    shown = display(told.position)
    bare = LastPosition(vessel.n, told.fact.seq, shown, told.at, told.fact.recorded_at, age, reach)
    try:
        waters = waters_of(service.atlas, told.position)
    except MapsMissing as missing:
        return replace(bare, trouble=missing.detail)
    if waters is None:
        return bare
    return replace(
        bare,
        says=words.headline(waters),
        wants_look=waters.is_on_land or waters.where in (Where.POSSIBLY_INSIDE, Where.NOT_KNOWN),
        lines=words.distances(waters),
        caveats=waters.caveats,
        sources=words.sources(waters.sources),
    )
