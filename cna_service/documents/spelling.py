"""Letter by letter over a radio: the ICAO alphabet (Annex 10 volume II, 5.2.1.3), figures one by one."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from cna_service.kit.instants import date_time_group

# fmt: off
_WORDS = (
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf",
    "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike", "November",
    "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform",
    "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
)
# fmt: on
_FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS = {"-": "dash", "/": "slash", ".": "stop", " ": "space", "'": "apostrophe", "&": "ampersand"}


def spelt(text: str) -> str:
    """``R4T7-HAX`` as ``Romeo, four, Tango, seven, dash, Hotel, Alfa, X-ray``.

    A letter with a mark is said with it (``November with tilde``); a sign that no alphabet names is said by its
    Unicode name, so that nothing is left out silently.
    """
    return ", ".join(_said(c) for c in unicodedata.normalize("NFC", " ".join(text.split())))


def counted(number: int) -> str:
    """A number figure by figure: 12 is ``one two``."""
    return " ".join(_said(figure) for figure in str(number))


def time_said(instant: datetime) -> str:
    """``two one, one four zero three Zulu, NOV two six``: the date-time group in UTC, to be read out."""
    group, month, year = date_time_group(instant).split()
    figures = [_said(figure) for figure in group[:6]]
    return (
        f"{' '.join(figures[:2])}, {' '.join(figures[2:])} Zulu, {month} {' '.join(_said(y) for y in year)}"
    )


def _said(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    plain = unicodedata.normalize("NFD", character)[0].upper()
    if not ("A" <= plain <= "Z" or "0" <= plain <= "9"):
        return unicodedata.name(character, f"sign U+{ord(character):04X}").lower()
    word = _FIGURES[int(plain)] if plain.isdigit() else _WORDS[ord(plain) - ord("A")]
    marks = unicodedata.name(character, "").partition(" WITH ")[2].lower()
    return f"{word} with {marks}" if marks else word
