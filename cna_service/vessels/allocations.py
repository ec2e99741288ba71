"""To which State an MMSI or a call sign points, and what kind of station an MMSI names.

Sources: ITU-R M.585-9 (forms of MMSI), the ITU table of maritime identification digits, Radio Regulations
Appendix 42 (call sign series). The tables are shipped in ``facts/``.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from cna_service.vessels.states import facts


class MmsiKind(StrEnum):
    """What a nine-digit identity stands for; the value is the word for a screen."""

    SHIP = "ship"
    GROUP = "group of ships"
    COAST = "coast station"
    AIRCRAFT = "search and rescue aircraft"
    HANDHELD = "handheld radio"
    TENDER = "craft of a parent ship"
    AID = "aid to navigation"
    LOCATOR = "search and rescue transmitter, man overboard or EPIRB device"
    NONE = "nothing that is allocated"


_FORMS = (
    (re.compile(r"111(\d{3})\d{3}"), MmsiKind.AIRCRAFT),
    (re.compile(r"00(\d{3})\d{4}"), MmsiKind.COAST),
    (re.compile(r"0(\d{3})\d{5}"), MmsiKind.GROUP),
    (re.compile(r"8(\d{3})\d{5}"), MmsiKind.HANDHELD),
    (re.compile(r"98(\d{3})\d{4}"), MmsiKind.TENDER),
    (re.compile(r"99(\d{3})\d{4}"), MmsiKind.AID),
    (re.compile(r"97[024](\d{0})\d{6}"), MmsiKind.LOCATOR),
    (re.compile(r"([2-7]\d{2})\d{6}"), MmsiKind.SHIP),
)


def mmsi_kind(mmsi: str) -> MmsiKind:
    """The kind of a bare nine-digit MMSI."""
    return _form(mmsi)[0]


def mmsi_digits(mmsi: str) -> str | None:
    """The three identification digits inside, wherever the kind puts them."""
    return _form(mmsi)[1]


def states_of_mmsi(mmsi: str) -> tuple[str, ...]:
    """The alpha-2 codes the identification digits are allocated to; several for 306; empty if to nobody."""
    return _mid_holders().get(mmsi_digits(mmsi) or "", ())


def state_of_call_sign(call_sign: str) -> str | None:
    """The holder of the series a bare call sign belongs to: alpha-2, or UNO, WMO, ICAO; None if nobody's.

    The third character matters only where a series is split (SSA-SSM and SSN-STZ, 3DA-3DM and 3DN-3DZ).
    """
    sign = call_sign.upper()
    if len(sign) < 3 or not sign.isascii() or not sign.isalnum():
        return None
    key = sign[:2] + (sign[2] if sign[2].isalpha() else "A")
    holder = next((h for low, high, h in _series() if low <= key <= high), None)
    return holder or _whole_letter_holder(sign[0])


def _form(mmsi: str) -> tuple[MmsiKind, str | None]:
    for form, kind in _FORMS:
        match = form.fullmatch(mmsi)
        if match is not None:
            return kind, match[1] or None
    return MmsiKind.NONE, None


def _whole_letter_holder(first: str) -> str | None:
    """Who holds every series of a first letter (W: United States) may follow it with a digit."""
    holders = {h for low, high, h in _series() if low <= f"{first}AA" and high >= f"{first}ZZ"}
    return holders.pop() if len(holders) == 1 else None


@cache
def _mid_holders() -> dict[str, tuple[str, ...]]:
    holders: dict[str, tuple[str, ...]] = {}
    for row in facts("mid.csv"):
        holders[row["mid"]] = (*holders.get(row["mid"], ()), row["state"])
    return holders


@cache
def _series() -> tuple[tuple[str, str, str], ...]:
    return tuple((row["from"], row["to"], row["holder"]) for row in facts("call_signs.csv"))
