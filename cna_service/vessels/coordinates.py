"""Reading single coordinates out of what people type: 14°03.5'N, N14-03.5, 1403.5N, 14.0583 N, 14 03 30 S.

Letters of four languages: N S E W, and O for *oeste* and *ouest*. Minutes and seconds may use a decimal comma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Axis(Enum):
    LATITUDE = "latitude"
    LONGITUDE = "longitude"

    @property
    def limit(self) -> int:
        return 90 if self is Axis.LATITUDE else 180

    @property
    def degree_digits(self) -> int:
        return 2 if self is Axis.LATITUDE else 3


@dataclass(frozen=True, slots=True)
class Coordinate:
    """Signed degrees, and the size of the last place typed, in degrees."""

    axis: Axis
    degrees: Decimal
    step: Decimal


class Unreadable(Exception):
    """It looks like coordinates but cannot be right; says why, and how to write it where that differs."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.fix = fix


_SPELT = {
    "north": "N", "norte": "N", "nord": "N", "south": "S", "sur": "S", "sul": "S", "sud": "S",
    "east": "E", "este": "E", "leste": "E", "est": "E", "west": "W", "oeste": "W", "ouest": "W",
}  # fmt: skip
_WORD = re.compile(r"\b(" + "|".join(sorted(_SPELT, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_FIGURE = r"\d+(?:[.,]\d+)?"
_FIGURES = rf"{_FIGURE}(?:\s*[°º˚'′’`´\"″”*:-]+\s*{_FIGURE}|\s+{_FIGURE}){{0,2}}"
_MARKS = r"\s*[°º˚'′’`´\"″”]*\s*"
_AFTER = re.compile(rf"(?<![\d.,A-DF-MP-RT-VX-Z])({_FIGURES}){_MARKS}-?([NSEWO])(?![A-Z])", re.IGNORECASE)
_BEFORE = re.compile(rf"(?<![A-Z])([NSEWO])[\s.:]*({_FIGURES})(?![\d.,]*\d)", re.IGNORECASE)
_SIGNED = re.compile(
    r"\s*\(?\s*([+-]?\d{1,3}\.\d+|[+-]?\d{1,3})\s*°?\s*[,;/\s]\s*([+-]?\d{1,3}\.\d+|[+-]?\d{1,3})\s*°?\s*\)?\s*"
)
_BARE_PAIR = re.compile(rf"\D*{_FIGURES}\D+{_FIGURES}\D*")
_DEGREES = re.compile(
    r"(?<=\d)\s*(?:degrees?|deg|grados?|graus?|degr[eé]s?|d)\b\.?|(?<=\d)d(?=\d)", re.IGNORECASE
)
_MINUTES = re.compile(r"(?<=\d)\s*(?:minutes?|min|minutos?|m)\b\.?|(?<=\d)m(?=\d)", re.IGNORECASE)
_SECONDS = re.compile(r"(?<=\d)\s*(?:seconds?|sec|segundos?|secondes?)\b\.?", re.IGNORECASE)
_LABEL = re.compile(
    r"(?<![A-Za-z])(?:lat(?:itude)?|lon(?:g(?:itude)?)?|latitud|longitud)(?![A-Za-z])\.?:?", re.IGNORECASE
)
_NO_LETTERS = "it does not say north or south, east or west"


def find_coordinates(text: str) -> list[Coordinate]:
    """Every coordinate with its letter, in the order typed. Raises Unreadable for an impossible one.

    Letters stand before all the figures or after all of them; the first one seen decides which.
    """
    plain = _LABEL.sub(" ", _WORD.sub(lambda m: _SPELT[m[1].lower()], text))
    for words, mark in ((_DEGREES, "°"), (_MINUTES, "'"), (_SECONDS, '"')):
        plain = words.sub(mark, plain)
    after, before = list(_AFTER.finditer(plain)), list(_BEFORE.finditer(plain))
    if before and (not after or (before[0].start() < after[0].start() and len(before) >= len(after))):
        return [_coordinate(m[1], m[2]) for m in before]
    return [_coordinate(m[2], m[1]) for m in after]


def signed_pair(text: str) -> list[Coordinate]:
    """Decimal degrees with a sign, latitude first: "14.0583, -74.3683". Empty if the text is no pair of numbers.

    Raises Unreadable where there is neither letter nor sign: half of all such positions would land in the wrong
    hemisphere.
    """
    plain = _LABEL.sub(" ", text).strip()
    match = _SIGNED.fullmatch(plain)
    if match is None:
        if _BARE_PAIR.fullmatch(plain) and len(re.findall(r"[A-Za-z]{2,}", plain)) == 0:
            raise Unreadable(_NO_LETTERS)
        return []
    if not any(figure.startswith(("+", "-")) for figure in match.groups()):
        raise Unreadable(
            _NO_LETTERS, "add N or S and E or W, or give signed decimal degrees such as +14.0583, -74.3683"
        )
    pair = []
    for axis, figure in zip((Axis.LATITUDE, Axis.LONGITUDE), match.groups(), strict=True):
        degrees = Decimal(figure)
        _refuse_beyond(axis, abs(degrees))
        pair.append(Coordinate(axis, degrees, _last_place(figure)))
    return pair


def with_letters(text: str) -> tuple[str, ...]:
    """What a pair of figures may mean where letters are missing: written out, the letters it has kept. Empty where the
    figures do not fall into two like halves.
    """
    plain = _LABEL.sub(" ", _WORD.sub(lambda m: _SPELT[m[1].lower()], text))
    figures = re.findall(_FIGURE, plain)
    has = {
        "W" if c.upper() == "O" else c.upper()
        for c in re.findall(r"(?<![A-Za-z])[NSEWOnsewo](?![A-Za-z])", plain)
    }
    # Two figures beside a letter may be one coordinate: degrees and minutes.
    if len(figures) not in ((4, 6) if has else (2, 4, 6)) or re.search(r"[A-Za-z]{2,}", plain):
        return ()
    half = len(figures) // 2
    latitude, longitude = " ".join(figures[:half]), " ".join(figures[half:])
    norths, easts = [c for c in "NS" if c in has] or ["N", "S"], [c for c in "EW" if c in has] or ["E", "W"]
    return tuple(f"{latitude} {north} {longitude} {east}" for north in norths for east in easts)


def _coordinate(letter: str, figures: str) -> Coordinate:
    letter = "W" if letter.upper() == "O" else letter.upper()
    axis = Axis.LATITUDE if letter in "NS" else Axis.LONGITUDE
    parts = [p.replace(",", ".") for p in re.findall(_FIGURE, figures)]
    if len(parts) == 1:
        parts = _split_compact(axis, parts[0])
    if any("." in part for part in parts[:-1]):
        raise Unreadable(f"the {axis.value} has a decimal point before its last figure")
    degrees, step = Decimal(0), Decimal(1)
    for place, part in enumerate(parts):
        if place and Decimal(part) >= 60:
            raise Unreadable(
                f"the {axis.value} has {part} {('minutes', 'seconds')[place - 1]}; they end at 59"
            )
        degrees += Decimal(part) / 60**place
        step = _last_place(part) / 60**place
    _refuse_beyond(axis, degrees)
    return Coordinate(axis, -degrees if letter in "SW" else degrees, step)


def _split_compact(axis: Axis, figure: str) -> list[str]:
    """1403.5 is 14 degrees 03.5 minutes; 07422 is 74 degrees 22 minutes; 140330 has seconds too."""
    whole, _, fraction = figure.partition(".")
    if len(whole) <= 3:
        return [figure]
    lengths = {4: 2, 6: 2} if axis is Axis.LATITUDE else {4: 2, 5: 3, 6: 2, 7: 3}
    split = lengths.get(len(whole))
    if split is None:
        raise Unreadable(
            f"the {axis.value} has {len(whole)} digits in a row, which can be read in more than one way"
        )
    rest = whole[split:]
    parts = [whole[:split], rest[:2]] + ([rest[2:]] if rest[2:] else [])
    if fraction:
        parts[-1] += f".{fraction}"
    return parts


def _refuse_beyond(axis: Axis, degrees: Decimal) -> None:
    if degrees > axis.limit:
        shown = f"{degrees:.4f}".rstrip("0").rstrip(".")
        raise Unreadable(
            f"{shown} degrees of {axis.value} do not exist; {axis.value} ends at {axis.limit}",
            "check the digits with the sender; what was typed is kept",
        )


def _last_place(figure: str) -> Decimal:
    return Decimal(1).scaleb(min(0, int(Decimal(figure).as_tuple().exponent)))
