"""Numbers on boats of the United States: official number, state number, hull identification number.

Sources: 46 CFR part 67 (official number), 33 CFR 173 Appendix A and 174.23 (state number), 33 CFR 181.25 (HIN).
A state-numbered boat is not in the federal register: its number is evidence only through the State that issued it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cna_service.vessels.states import facts

_OFFICIAL = re.compile(r"(?:O\.?\s*N\.?|NO\.?|OFFICIAL\s+(?:NUMBER|NO\.?))?\s*D?\s*(\d{6,7})")
_STATE = re.compile(r"([A-Z]{2})[\s-]*(\d{1,4})[\s-]*([A-Z]{1,3})")
_HULL = re.compile(r"(?:US[\s-]*)?([A-Z0-9]{3})[\s-]*([A-HJ-NPR-Z0-9]{5})[\s-]*([A-L])(\d)(\d{2})")


@dataclass(frozen=True, slots=True)
class StateNumber:
    """A boat number such as NH 1234 BD; ``issuer`` is the US State, ``postal`` its usual abbreviation."""

    written: str
    prefix: str
    issuer: str
    postal: str


def official_number(text: str) -> str | None:
    """The six or seven digits of an official number, with or without "O.N." or D before them."""
    match = _OFFICIAL.fullmatch(text.strip().upper())
    return None if match is None else match[1]


def state_number(text: str) -> StateNumber | None:
    """Read a boat number; None if it has not the form: 4 digits and 2 letters or 3 and 3, never I, O or Q at the end.

    Twelve prefixes are not the postal code: MI 1234 AB is Mississippi, Michigan writes MC.
    """
    match = _STATE.fullmatch(text.strip().upper())
    if match is None or match[1] not in _prefixes():
        return None
    digits, letters = match[2], match[3]
    if re.search("[IOQ]", letters) or (len(letters) == 3 and len(digits) == 4):
        return None
    issuer, postal = _prefixes()[match[1]]
    return StateNumber(f"{match[1]} {digits} {letters}", match[1], issuer, postal)


def hull_identification_number(text: str) -> str | None:
    """The twelve characters of a HIN in the form used since 1984; None if it has not that form."""
    match = _HULL.fullmatch(text.strip().upper())
    return None if match is None else "".join(match.groups())


@cache
def _prefixes() -> dict[str, tuple[str, str]]:
    return {row["prefix"]: (row["issuer"], row["postal"]) for row in facts("us_state_numbers.csv")}
