"""The alphabet of SMS (3GPP TS 23.038): folding a text into it and counting its segments.

One letter outside it makes the whole message UCS-2, whose segments hold 70 characters instead of 160.
"""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

ONE_SEGMENT = 160
_OF_MANY = 153


def fold(text: str) -> str:
    """The text with every character outside the alphabet written by its nearest ones (``ã`` a, ``’`` ')."""
    return "".join(_folded(character) for character in unicodedata.normalize("NFC", text))


def _folded(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    plain = anyascii(character)
    return "".join(c if c in _BASIC or c in _EXTENDED else "?" for c in plain)


def septets(text: str) -> int:
    """Length in septets of a folded text. Raises ValueError for a character outside the alphabet."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character in _BASIC:
        return 1
    if character in _EXTENDED:
        return 2
    raise ValueError(f"{character!r} is not in the GSM-7 alphabet; fold the text first")


def segments(text: str) -> int:
    """How many messages a folded text takes: 160 septets in one, 153 in each of several; an escaped character is
    never cut in two."""
    if septets(text) <= ONE_SEGMENT:
        return 1
    count, filled = 1, 0
    for character in text:
        width = _width(character)
        if filled + width > _OF_MANY:
            count, filled = count + 1, 0
        filled += width
    return count
