"""What is said of a point, in mariners' words. Nothing here is certain that the answer leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from cna_service.vessels.states import state_name
from cna_service.waters.rules import Beyond, Source, Waters, Where


def headline(waters: Waters) -> str:
    """One sentence: on land, inside, possibly inside, outside, or not known."""
    whose = _names(waters.states)
    if waters.is_on_land:
        return f"The position lies on land{f' ({whose})' if whose else ''}"
    if waters.where is Where.INSIDE:
        return f"Inside the territorial sea or internal waters of {whose}"
    if waters.where is Where.POSSIBLY_INSIDE:
        return f"Possibly inside the territorial sea of {whose or 'a State: no limit is drawn here'}"
    if waters.where is Where.OUTSIDE:
        return "Outside every territorial sea that the map draws"
    return "Not known whose waters: the map is weak here"


def distances(waters: Waters) -> tuple[str, ...]:
    """To the nearest limit and coast, and the zones further out; estimates say so."""
    said = []
    if (limit := waters.limit) is not None:
        # Within another State's waters, a neighbour's limit has no side that means anything to the reader.
        is_plain = not limit.is_within or limit.state in waters.states
        side = "" if not is_plain else ", within it" if limit.is_within else ", outside it"
        nearest = f"Nearest limit of a territorial sea: {state_name(limit.state)}, {limit.nm:.1f} nm{side}"
        said.append(f"{nearest}; give or take {limit.uncertainty_nm:.1f} nm")
    else:
        said.append("No limit of a territorial sea within 600 nm")
    if waters.coast_nm is not None and not waters.is_on_land:
        said.append(f"Nearest coast: {waters.coast_nm:.1f} nm")
    return (*said, *(_zone(zone) for zone in waters.beyond))


def sources(found: Sequence[Source]) -> str:
    """Which maps said so, each with its date and terms."""
    return "; ".join(
        " – ".join(filter(None, (s.name, f"as of {s.as_of}" if s.as_of else "no date", s.terms)))
        for s in found
    )


def _zone(zone: Beyond) -> str:
    whose = state_name(zone.state)
    if not zone.is_estimate:
        return f"In the {zone.kind.replace('_', ' ')} of {whose}, as an imported map draws it"
    if zone.kind == "contiguous_zone":
        return f"Estimate: within 24 nm of the baseline of {whose}, its contiguous zone if it claims one"
    return f"Estimate: within 200 nm of {whose}; States may have agreed on other lines"


def _names(states: Sequence[str]) -> str:
    return " or ".join(state_name(state) for state in states)
