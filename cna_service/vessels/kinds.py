"""Kinds of vessel as lists and people write them, put into a few classes that can be compared.

The short codes are those of ISSCFV, the FAO's classification of fishery vessels by gear.
"""

from __future__ import annotations

import re

from cna_service.vessels.names import fold

FISHING = "fishing"
_CODES = {
    "L": "line", "T": "trawl", "S": "seine", "G": "gillnet", "W": "trap", "D": "dredge", "N": "lift net",
}  # fmt: skip
_OTHER_CODES = {
    "FO": "fish carrier",
    "FX": "",
    "MO": "multipurpose",
    "MTS": "multipurpose",
    "RO": "recreational",
}
# (words, class, kind): the first that occurs decides.
_WORDS = (
    (
        r"RECREATIONAL|PLEASURE|YACHT|SAILING|GO[ -]?FAST|SPEED ?BOAT|PANGA|LAUNCH|SKIFF|MOTOR ?BOAT",
        "small craft",
        "",
    ),
    (r"FISH CARRIER|REEFER|FREEZER CARGO|CARGO FREEZER|TRANSHIP", FISHING, "fish carrier"),
    (r"LONGLIN|HANDLIN|HAND LIN|POLE|LINERS?\b|LINE VESSEL|JIG|TROLL|BAIT BOAT|SQUID", FISHING, "line"),
    (r"TRAWL", FISHING, "trawl"),
    (r"SEINE", FISHING, "seine"),
    (r"GILL ?NET|NETTER", FISHING, "gillnet"),
    (r"TRAP|POT VESSEL", FISHING, "trap"),
    (r"RESEARCH|SEISMO|SURVEY|TRAINING", "research", ""),
    (r"FISH|SEINER|HARPOON|WHALE", FISHING, ""),
    (r"CONTAINER", "cargo", "container"),
    (r"TANKER|LNG|LPG|CRUDE|CHEMICAL|OIL CARRIER|GAS CARRIER|PETROLEUM", "cargo", "tanker"),
    (r"BULK|ORE |CEMENT|AGGREGATE|WOOD CHIP|LIMESTONE|SELF-DISCHARG", "cargo", "bulk"),
    (r"RO-?RO|VEHICLE|CAR CARRIER|FERRY", "cargo", "roll-on roll-off"),
    (r"GENERAL CARGO|MULTI-?PURPOSE CARGO|DRY CARGO|CARGO|FREIGHT|COASTER", "cargo", "general"),
    (r"PASSENGER|CRUISE", "cargo", "passenger"),
    (r"TUG|SUPPLY|OFFSHORE|ANCHOR HANDL|CABLE|DREDG|BARGE|PILOT|WORK ?BOAT", "service", ""),
    (r"MULTI-?PURPOSE|MULTIPURP|MULTI", FISHING, "multipurpose"),
)


def kind_of(text: str) -> tuple[str, str] | None:
    """(class, kind within it); an empty kind says nothing more; None where the words tell nothing."""
    plain = fold(text)
    if re.fullmatch(r"[A-Z]{2,3}", plain):
        return _by_code(plain)
    return next(((group, kind) for words, group, kind in _WORDS if re.search(words, plain)), None)


def _by_code(code: str) -> tuple[str, str] | None:
    if code in {"LNG", "LPG"}:
        return "cargo", "tanker"
    if code in _OTHER_CODES:
        return FISHING, _OTHER_CODES[code]
    return FISHING, _CODES.get(code[0], "")
