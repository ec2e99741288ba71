"""What a check found: each about one thing, wrong or worth knowing, in words with the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    WELL = "well"
    REMARK = "remark"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Remark:
    """``about``: a short word such as ``database``; ``words``: a sentence, with what to do."""

    level: Level
    about: str
    words: str

    def as_json(self) -> dict[str, str]:
        return {"level": self.level.value, "about": self.about, "words": self.words}


def well(about: str, words: str) -> Remark:
    return Remark(Level.WELL, about, words)


def remark(about: str, words: str) -> Remark:
    return Remark(Level.REMARK, about, words)


def wrong(about: str, words: str) -> Remark:
    return Remark(Level.WRONG, about, words)
