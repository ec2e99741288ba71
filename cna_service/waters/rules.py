"""What is said of a point in the sea: inside a State's territorial sea, possibly, outside, or not known.

Near a limit nothing is certain: within three nautical miles of one, plus what the position itself leaves open, the
answer is "possibly". Zones further out are estimates from the drawn limit; States have agreed on other lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NEAR_A_LIMIT_NM = 3.0
"""Of the shipped map 95 % lie within 1.2 nm of the official limit (``scripts/bench zones``); the rest is margin."""
TERRITORIAL_NM, CONTIGUOUS_NM, ECONOMIC_NM = 12.0, 24.0, 200.0
"""UNCLOS articles 3, 33(2) and 57, from the baseline."""


KINDS = ("territorial_sea", "contiguous_zone", "exclusive_economic_zone", "archipelagic_waters", "other_zone")
"""What an imported map may draw."""


class Where(StrEnum):
    INSIDE = "inside"
    POSSIBLY_INSIDE = "possibly_inside"
    OUTSIDE = "outside"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Source:
    """Which map said so: its name, of when, on what terms, and the SHA-256 of its content."""

    name: str
    as_of: str
    terms: str
    sha256: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "as_of": self.as_of, "terms": self.terms, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Limit:
    """The nearest limit of a territorial sea: of which State, how far, on which side of it the point lies, and by how
    much that may be wrong, all in nautical miles."""

    state: str
    nm: float
    is_within: bool
    uncertainty_nm: float


@dataclass(frozen=True, slots=True)
class Beyond:
    """A zone outside the territorial sea. ``is_estimate``: reckoned from the drawn limit, by no agreed boundary."""

    kind: str
    state: str
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the maps gave for one point. ``states``: whose territorial sea or land has it. ``limit_nm``: to the nearest
    limit, None if none lies within 600 nm. ``gap``: why the map is known to be weak here, and by how many nautical
    miles more it may be off. ``authoritative``: zones of imported maps that have the point, as (kind, State)."""

    states: tuple[str, ...]
    limit_state: str | None
    limit_nm: float | None
    coast_nm: float | None
    is_on_land: bool
    gap: tuple[str, float] | None = None
    authoritative: tuple[tuple[str, str], ...] = ()
    is_official: bool = False


@dataclass(frozen=True, slots=True)
class Waters:
    """``states``: whose it is, or may be. Distances in nautical miles. ``caveats``: sentences for the officer."""

    where: Where
    states: tuple[str, ...]
    limit: Limit | None
    coast_nm: float | None
    is_on_land: bool
    beyond: tuple[Beyond, ...]
    radius_m: int
    caveats: tuple[str, ...]
    sources: tuple[Source, ...]

    def as_json(self) -> dict[str, Any]:
        """Without floats: distances are decimal strings with one place."""
        limit = self.limit
        return {
            "where": self.where.value,
            "states": list(self.states),
            "limit": None
            if limit is None
            else {
                "state": limit.state,
                "nm": _tenths(limit.nm),
                "is_within": limit.is_within,
                "uncertainty_nm": _tenths(limit.uncertainty_nm),
            },
            "coast_nm": None if self.coast_nm is None else _tenths(self.coast_nm),
            "is_on_land": self.is_on_land,
            "beyond": [{"kind": b.kind, "state": b.state, "is_estimate": b.is_estimate} for b in self.beyond],
            "radius_m": self.radius_m,
            "caveats": list(self.caveats),
            "sources": [source.as_json() for source in self.sources],
        }


def _tenths(nm: float) -> str:
    return f"{nm:.1f}"


def judge(
    found: Found, *, radius_m: int, exceptions: Sequence[str] = (), sources: Sequence[Source] = ()
) -> Waters:
    """The answer for one point. ``radius_m``: how far the position itself may be off."""
    own = radius_m / 1852.0
    extra = found.gap[1] if found.gap else 0.0
    uncertainty = (0.2 if found.is_official else NEAR_A_LIMIT_NM) + own + extra
    limit = None
    if found.limit_nm is not None and found.limit_state is not None:
        limit = Limit(found.limit_state, found.limit_nm, bool(found.states), uncertainty)
    where = _where(found, limit, uncertainty)
    is_near = limit is not None and limit.nm <= uncertainty
    states = found.states or ((limit.state,) if limit is not None and is_near else ())
    return Waters(
        where=where,
        states=states,
        limit=limit,
        coast_nm=found.coast_nm,
        is_on_land=found.is_on_land,
        beyond=_beyond(found, limit),
        radius_m=radius_m,
        caveats=(*_caveats(found, where, own, is_near=is_near), *exceptions),
        sources=tuple(sources),
    )


def _where(found: Found, limit: Limit | None, uncertainty: float) -> Where:
    if found.is_on_land and found.states:
        return Where.INSIDE
    if limit is not None and limit.nm <= uncertainty:
        return Where.POSSIBLY_INSIDE
    if found.states:
        return Where.INSIDE
    if found.gap is not None:
        return Where.NOT_KNOWN
    if found.coast_nm is not None and found.coast_nm <= TERRITORIAL_NM + uncertainty:
        # There is land, and no limit round it: the map is wrong here, and "outside" would be the unsafe answer.
        return Where.POSSIBLY_INSIDE
    return Where.OUTSIDE


def _beyond(found: Found, limit: Limit | None) -> tuple[Beyond, ...]:
    """Zones further out; an imported one that has the point counts before an estimate of the same kind."""
    zones = [Beyond(kind, state, is_estimate=False) for kind, state in found.authoritative]
    if found.states or limit is None:
        return tuple(zones)
    known = {zone.kind for zone in zones}
    for kind, reach in (("contiguous_zone", CONTIGUOUS_NM), ("within_200_nm", ECONOMIC_NM)):
        if limit.nm <= reach - TERRITORIAL_NM and kind not in known:
            zones.append(Beyond(kind, limit.state, is_estimate=True))
    return tuple(zones)


def _caveats(found: Found, where: Where, own: float, *, is_near: bool) -> tuple[str, ...]:
    said: list[str] = []
    if found.is_on_land:
        said.append("The position lies on land: check the digits and the hemisphere with the sender.")
    if found.gap is not None:
        said.append(f"The map is weak here: {found.gap[0]}. It does not say that the point lies outside.")
    elif where is Where.POSSIBLY_INSIDE and not is_near and not found.states:
        said.append("There is land within reach round which the map draws no limit.")
    if len(found.states) > 1:
        said.append("More than one State claims these waters on this map.")
    if own > NEAR_A_LIMIT_NM:
        said.append(f"The position itself may be off by {own:.0f} nm.")
    if not found.is_official:
        said.append(
            "Limits are drawn from OpenStreetMap, not by the States: straight baselines, historic bays and disputed "
            "waters are not settled by it."
        )
    return tuple(said)
