"""What each field of a question says for and against one registered vessel, in points and in words.

Points are hundredths of log-odds. The weights were set by hand on public lists of vessels; an identifier is strong
evidence, never proof: a valid number copied from another ship must not outweigh all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import partial_ratio, ratio

from cna_service.registry.asked import Asked, FlagCounts
from cna_service.registry.model import RegisterVessel, identifier_key
from cna_service.registry.name_evidence import best_match
from cna_service.registry.rules import Candidate, Evidence
from cna_service.vessels.identifiers import is_imo
from cna_service.vessels.kinds import FISHING, kind_of
from cna_service.vessels.names import fold
from cna_service.vessels.states import are_kin, state_from_words, state_name

_WORDS = {
    "imo": "IMO number",
    "mmsi": "MMSI",
    "call_sign": "call sign",
    "registration_number": "registration number",
    "hull_mark": "mark on the hull",
}
# identifier: (agrees, one character away, differs)
_WEIGHTS = {
    "imo": (540, 330, -240),
    "mmsi": (540, 300, -150),
    "call_sign": (480, 300, -220),
    "registration_number": (480, 0, -120),
    "hull_mark": (380, 0, -150),
}
_NONE_LISTED = -110
# Where people also write what they give as one identifier.
_ALSO_IN = {
    "registration_number": ("hull_mark", "fleet_number", "hin", "call_sign"),
    "hull_mark": ("registration_number", "call_sign"),
    "call_sign": ("registration_number", "hull_mark"),
}


def weigh(asked: Asked, vessel: RegisterVessel, flags: FlagCounts) -> Candidate:
    """One candidate with everything that speaks for and against it, the weightiest first."""
    evidence = [*_name(asked, vessel), *_identifiers(asked, vessel), *_flag(asked, vessel, flags)]
    evidence += [*_homeport(asked, vessel), *_length(asked, vessel), *_kind(asked, vessel)]
    ordered = tuple(sorted(evidence, key=lambda e: -abs(e.points)))
    return Candidate(vessel.rid, vessel, sum(e.points for e in ordered), ordered)


def is_another_ship(asked: Asked, vessel: RegisterVessel, flags: FlagCounts) -> bool:
    """Whether her name and at least one more thing speak against her."""
    against = {e.field for e in weigh(asked, vessel, flags).evidence if e.points < 0}
    return "name" in against and len(against) > 1


def _name(asked: Asked, vessel: RegisterVessel) -> Iterator[Evidence]:
    match = best_match(list(asked.names), vessel)
    if match is None:
        return
    which = "former name" if match.is_former else "name"
    if match.likeness == 100:
        yield Evidence("name", match.points, f"{which} {match.registered} as asked")
    elif match.points > 0:
        words = f"{which} {match.registered} is like {match.asked} ({match.likeness} of 100)"
        yield Evidence("name", match.points, words)
    else:
        words = (
            f"registered as {vessel.name or 'nameless'}, asked for {match.asked} ({match.likeness} of 100)"
        )
        # Whatever else agrees: another name altogether is for a person to explain.
        yield Evidence("name", match.points, words, is_conflict=True)


def _identifiers(asked: Asked, vessel: RegisterVessel) -> Iterator[Evidence]:
    for name, (agrees, near, differs) in _WEIGHTS.items():
        told = asked.keys[name]
        if not told:
            continue
        listed = identifier_key(name, getattr(vessel, name))
        elsewhere = _elsewhere(asked, vessel, name)
        if told == listed:
            yield Evidence(name, agrees, f"{_WORDS[name]} {listed} agrees", is_identity=True)
        elif elsewhere is not None:
            yield Evidence(name, agrees - 60, f"{_WORDS[name]} {told} is the vessel's {elsewhere}")
        elif listed and near and _is_one_away(told, listed):
            yield _near(name, told, listed, near)
        elif listed:
            yield _differs(name, told, listed, differs // 4 if name in asked.copied else differs)
        elif name == "imo" and is_imo(told) and name not in asked.copied:
            yield Evidence(name, _NONE_LISTED, f"IMO number {told} was told; the register lists none for her")


def _elsewhere(asked: Asked, vessel: RegisterVessel, name: str) -> str | None:
    """The other identifier of the vessel that is the one told: a hull mark given as registration number."""
    told = getattr(asked.query, name)
    for other in _ALSO_IN.get(name, ()):
        key = identifier_key(other, getattr(vessel, other))
        if len(key) > 2 and key == identifier_key(other, told):
            return _WORDS.get(other, other.replace("_", " "))
    return None


def _is_one_away(one: str, other: str) -> bool:
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _near(name: str, told: str, listed: str, points: int) -> Evidence:
    if name == "imo" and is_imo(told):
        # Two valid numbers one digit apart are usually two ships.
        return Evidence(name, 0, f"IMO number {listed} is one digit away from {told}; both can be right")
    return Evidence(name, points, f"{_WORDS[name]} {listed} is one character away from {told}")


def _differs(name: str, told: str, listed: str, points: int) -> Evidence:
    words = f"{_WORDS[name]}: registered {listed}, asked {told}"
    if name == "imo" and not is_imo(told):
        return Evidence(name, points // 3, f"{words}, which fails its check digit")
    return Evidence(name, points, words, is_conflict=name == "imo" and is_imo(listed))


def _flag(asked: Asked, vessel: RegisterVessel, flags: FlagCounts) -> Iterator[Evidence]:
    listed = state_from_words(vessel.flag) or ""
    if not asked.flag or not listed:
        return
    if asked.flag == listed:
        yield Evidence("flag", flags.points(vessel.flag), f"flag {state_name(listed)} as claimed")
    elif are_kin(asked.flag, listed):
        words = f"registered to {state_name(listed)}, which shares series with {state_name(asked.flag)}"
        yield Evidence("flag", 20, words)
    else:
        words = f"registered to {state_name(listed)}, claims {state_name(asked.flag)}"
        yield Evidence("flag", -280, words, is_conflict=True)


def _homeport(asked: Asked, vessel: RegisterVessel) -> Iterator[Evidence]:
    listed = fold(vessel.homeport)
    if not asked.homeport or not listed:
        return
    alike = max(ratio(asked.homeport, listed), 95 * (partial_ratio(asked.homeport, listed) == 100))
    if alike >= 85 and min(len(asked.homeport), len(listed)) > 2:
        yield Evidence("homeport", 220, f"homeport {vessel.homeport}")
    elif alike < 60:
        points = -60 if len(listed) > 4 else -10
        yield Evidence(
            "homeport", points, f"homeport: registered {vessel.homeport}, asked {asked.query.homeport}"
        )


def _length(asked: Asked, vessel: RegisterVessel) -> Iterator[Evidence]:
    listed = _metres(vessel.length_m)
    if asked.length is None or listed is None:
        return
    units = [asked.length.unit] if asked.length.unit else ["m", "ft"]
    off = min(_distance(asked, unit or "m", listed) for unit in units)
    words = f"length {vessel.length_m} m, asked {asked.query.length.strip()[:40]}"
    if off <= Decimal("0.15"):
        yield Evidence("length", _agreement(off, has_unit=asked.length.unit is not None), words)
    else:
        yield Evidence("length", -60 if off <= Decimal("0.3") else -170, words)


def _agreement(off: Decimal, *, has_unit: bool) -> int:
    points = 130 if off <= Decimal("0.04") else 60 if off <= Decimal("0.1") else 10
    return points if has_unit else points * 3 // 4


def _distance(asked: Asked, unit: str, listed: Decimal) -> Decimal:
    """How far the listed length lies outside what was told, as a share of it."""
    assert asked.length is not None
    low, high = asked.length.in_metres(unit_if_none=unit)
    if low is not None and listed < low:
        return (low - listed) / listed
    if high is not None and listed > high:
        return (listed - high) / listed
    return Decimal(0)


def _metres(text: str) -> Decimal | None:
    try:
        metres = Decimal(text)
    except InvalidOperation:
        return None
    return metres if metres.is_finite() and Decimal(0) < metres < 1000 else None


def _kind(asked: Asked, vessel: RegisterVessel) -> Iterator[Evidence]:
    listed = kind_of(vessel.vessel_type) if vessel.vessel_type else None
    if asked.kind is None or listed is None:
        return
    words = f"type: registered {vessel.vessel_type}, asked {asked.query.vessel_type.strip()[:60]}"
    if asked.kind == listed:
        yield Evidence("vessel_type", 90, f"type {vessel.vessel_type}")
    elif asked.kind[0] == listed[0]:
        told_more = asked.kind[1] and listed[1]
        yield Evidence("vessel_type", _within(listed[0]) if told_more else 40, words)
    else:
        yield Evidence("vessel_type", -200, words)


def _within(group: str) -> int:
    """Fishing boats change gear; a tanker seldom becomes a container ship."""
    return -10 if group == FISHING else -180
