"""States by ISO 3166-1 code: alpha-2 within the desk, alpha-3 and words where others use them.

XA to XZ are user-assigned in ISO 3166-1 and stand for fictional States in exercises.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from anyascii import anyascii

_FICTIONAL = re.compile(r"X[A-Z]")


@dataclass(frozen=True, slots=True)
class State:
    alpha2: str
    alpha3: str
    name: str


def facts(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the shipped tables; the lines beginning with # name its source."""
    text = (resources.files(__package__) / "facts" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))


@cache
def states() -> dict[str, State]:
    """All States and territories by alpha-2."""
    return {row["alpha2"]: State(row["alpha2"], row["alpha3"], row["name"]) for row in facts("states.csv")}


def is_fictional(alpha2: str) -> bool:
    return _FICTIONAL.fullmatch(alpha2) is not None


def state_name(code: str) -> str:
    """The short English name; the code itself where it is fictional or unknown."""
    state = states().get(code.upper())
    return code.upper() if state is None else state.name


def alpha3(alpha2: str) -> str | None:
    state = states().get(alpha2.upper())
    return None if state is None else state.alpha3


@lru_cache(maxsize=5_000)
def state_from_words(words: str) -> str | None:
    """The alpha-2 code for a code, a name or an adjective ("PAN", "Panama", "Panamanian"); None if not known."""
    folded = _folded(words)
    if _FICTIONAL.fullmatch(folded):
        return folded
    return _by_words().get(folded)


def are_kin(one: str, other: str) -> bool:
    """Whether two codes share call sign series or identification digits, as Denmark and the Faroe Islands do."""
    return one == other or any(one in group and other in group for group in _groups())


@cache
def _by_words() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in facts("states.csv"):
        for words in (row["alpha2"], row["alpha3"], row["name"], *row["also"].split(";")):
            if words:
                found.setdefault(_folded(words), row["alpha2"])
    return found


@cache
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(row["group"].split()) for row in facts("state_groups.csv"))


def _folded(words: str) -> str:
    return re.sub(r"[^A-Z0-9]+", " ", anyascii(words[:100]).upper()).strip()
