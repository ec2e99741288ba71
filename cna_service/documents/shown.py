"""Text from outside made safe to print: nothing in it can hide, reorder, overprint or forge a line of ours.

The verbatim bytes stay in the record; what is printed differs from them only where a character would not be seen,
and then its code stands there (``[U+202E]``).
"""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

# Arabic and Indic spelling needs the joiners; every other format character only hides or reorders.
_JOINERS = "\u200c\u200d"
# More marks than any living orthography puts on one letter: they would print over the lines above.
_MOST_MARKS = 4
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def one_line(text: str) -> str:
    """``text`` on one line: runs of white space become one space, unseen characters show their code."""
    shown: list[str] = []
    marks = 0
    for character in " ".join(text.split()):
        marks = marks + 1 if unicodedata.combining(character) else 0
        shown.append(_code(character) if _must_show(character, marks) else character)
    return "".join(shown)


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a longer text, each as :func:`one_line`; empty ones are left out."""
    return tuple(line for line in (one_line(raw) for raw in text.splitlines()) if line)


def latin_reading(text: str) -> str | None:
    """A machine's reading in Latin letters of a name in another script; None where every letter is Latin already.

    An aid for whoever has to say or search the name; never printed without the original (desk-rules 14.4).
    """
    letters = [c for c in text if c.isalpha()]
    if all(unicodedata.name(c, "").startswith(("LATIN", "FEMININE", "MASCULINE")) for c in letters):
        return None
    return one_line(anyascii("".join(c for c in text if unicodedata.category(c) not in _UNSEEN))) or None


def name_shown(text: str) -> str:
    """A name on one line, with its Latin reading behind it where it has one."""
    reading = latin_reading(text)
    shown = one_line(text)
    return shown if reading is None else f"{shown} (Latin letters, by machine: {reading})"


def _must_show(character: str, marks: int) -> bool:
    if character in _JOINERS:
        return False
    return marks > _MOST_MARKS or unicodedata.category(character) in _UNSEEN


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"
