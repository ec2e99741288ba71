"""Lengths, speeds, weights as told: "about 60 ft", "20-25 ft", "18 kn". The words stay; the bounds are ours.

A told quantity is ``{"text", "low", "high", "unit"}`` with decimal strings; exact means equal bounds.
Nothing here is a binary float, so that what is written can be written again to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cna_service.kit.errors import Problem

# "About" widens both ways by a tenth: the desk's own convention, no source.
ABOUT = Decimal("0.1")
METRES = {"m": Decimal(1), "ft": Decimal("0.3048"), "nm": Decimal(1852), "km": Decimal(1000)}

_UNIT_WORDS = {
    "m": "m metre metres meter meters mtr mtrs metros metro mts mt",
    "ft": "ft feet foot pies pie pieds ' ′",
    "in": 'in inch inches " ″',
    "nm": "nm nmi nautical-miles nautical-mile millas-nauticas",
    "km": "km kilometres kilometers",
    "kn": "kn kt kts knot knots nudos nudo nos noeuds",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramos",
    "lb": "lb lbs pound pounds libras",
    "t": "t ton tons tonne tonnes toneladas",
    "L": "l litre litres liter liters litros",
    "hp": "hp cv horsepower bhp",
    "kW": "kw",
    "deg": "deg degrees ° grados",
}
_UNITS = {word.replace("-", " "): unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_UNIT = "|".join(sorted((re.escape(word) for word in _UNITS), key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+"
_ABOUT = (
    r"(?:about|approx(?:imately)?\.?|circa|ca\.?|c\.|around|roughly|some|near(?:ly)?"
    r"|unos|aprox\.?|cerca de|environ|~|≈|\+/-|±)"
)
_LEAST = r"(?:over|more than|at least|above|not less than|min(?:imum)?\.?|>=?|≥)"
_MOST = r"(?:under|less than|at most|below|up to|not more than|max(?:imum)?\.?|<=?|≤)"
_RANGE = re.compile(
    rf"(?:between\s+|from\s+)?({_NUMBER})\s*({_UNIT})?\s*(?:-|–|—|/|to|and|a|or)\s*({_NUMBER})\s*({_UNIT})?"
)
_FEET_AND_INCHES = re.compile(rf"({_NUMBER})\s*(?:ft|feet|foot|'|′)\s*({_NUMBER})\s*(?:in|inch|inches|\"|″)")
_SINGLE = re.compile(
    rf"({_ABOUT}|{_LEAST}|{_MOST})?\s*(?<!\de)(?<![\d.,])({_NUMBER})(?:\s*({_UNIT}))?(?!\w)\s*({_ABOUT})?"
)
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was told, and the bounds it was read as; ``unit`` is None where none was said."""

    text: str
    low: Decimal | None
    high: Decimal | None
    unit: str | None

    @property
    def is_exact(self) -> bool:
        return self.low is not None and self.low == self.high

    def in_metres(self, *, unit_if_none: str | None = None) -> tuple[Decimal | None, Decimal | None]:
        """Bounds in metres; (None, None) where the unit is no length or none was said."""
        factor = METRES.get(self.unit or unit_if_none or "")
        if factor is None:
            return None, None
        return tuple(None if b is None else b * factor for b in (self.low, self.high))  # type: ignore[return-value]

    def as_json(self) -> dict[str, str | None]:
        low, high = (None if bound is None else decimal_text(bound) for bound in (self.low, self.high))
        return {"text": self.text, "low": low, "high": high, "unit": self.unit}


def decimal_text(value: Decimal) -> str:
    """``18.288`` - never an exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_quantity(text: str) -> Quantity:
    """Read words into bounds; never fails. What cannot be read has no bounds and keeps its words."""
    plain = " ".join(text.lower().split())[:200]
    for reading in (_feet_and_inches, _range, _single):
        found = reading(plain)
        if found is not None:
            low, high, unit = found
            return Quantity(text=text, low=low, high=high, unit=unit)
    return Quantity(text=text, low=None, high=None, unit=None)


def told_quantity(value: object, *, pointer: str) -> tuple[Quantity | None, Problem | None]:
    """Read a string, a number, or the full shape from JSON; the problem names the field and the fix.

    ``pointer`` is the JSON pointer of the field. A text without a number is kept and is a problem.
    """
    if isinstance(value, Mapping):
        return _from_shape(value, pointer)
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None, _problem(pointer, value, "it is neither words nor a number")
    quantity = read_quantity(str(value))
    if quantity.low is None and quantity.high is None:
        return quantity, _problem(pointer, value, "no number can be read in it")
    return quantity, None


def _problem(pointer: str, told: object, why: str) -> Problem:
    return Problem(pointer, told, why, 'write it as "60 ft", "18-20 m" or "about 12 m"')


def _from_shape(value: Mapping[str, object], pointer: str) -> tuple[Quantity | None, Problem | None]:
    try:
        low, high = (_bound(value.get(name)) for name in ("low", "high"))
    except ValueError:
        return None, _problem(pointer, dict(value), "low and high are decimal numbers in strings, or null")
    unit = value.get("unit")
    unit = _UNITS.get(str(unit).strip().lower(), str(unit)) if unit is not None else None
    text = str(value.get("text") or " ".join(str(p) for p in (low, high, unit) if p is not None))
    if low is not None and high is not None and high < low:
        return Quantity(text, None, None, unit), _problem(pointer, dict(value), "high is less than low")
    if low is None and high is None:
        reading = read_quantity(text)
        return Quantity(text, reading.low, reading.high, unit or reading.unit), None
    return Quantity(text, low, high, unit), None


def _bound(value: object) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool):
        raise ValueError("a bound is a number")
    try:
        bound = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("a bound is a number") from error
    if not bound.is_finite() or abs(bound) > _LARGEST:
        raise ValueError("a bound is a finite number")
    return bound


def _number(text: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", "."))


def _feet_and_inches(plain: str) -> tuple[Decimal, Decimal, str] | None:
    match = _FEET_AND_INCHES.search(plain)
    if match is None:
        return None
    feet = _number(match[1]) + (_number(match[2]) / 12).quantize(Decimal("0.001"))
    return feet, feet, "ft"


def _range(plain: str) -> tuple[Decimal, Decimal, str | None] | None:
    match = _RANGE.search(plain)
    if match is None:
        return None
    first, second = _number(match[1]), _number(match[3])
    units = [_UNITS[u] for u in (match[2], match[4]) if u]
    if len(set(units)) > 1:
        return None
    return min(first, second), max(first, second), units[0] if units else None


def _single(plain: str) -> tuple[Decimal | None, Decimal | None, str | None] | None:
    match = next((m for m in _SINGLE.finditer(plain) if m[3]), None) or _SINGLE.search(plain)
    if match is None or plain[: match.start()].endswith("-"):
        return None
    word, number, unit = match[1] or match[4] or "", _number(match[2]), _UNITS.get(match[3] or "")
    if number > _LARGEST:
        return None
    if re.fullmatch(_LEAST, word):
        return number, None, unit
    if re.fullmatch(_MOST, word):
        return None, number, unit
    if re.fullmatch(_ABOUT, word):
        return number * (1 - ABOUT), number * (1 + ABOUT), unit
    return number, number, unit
