"""What the register may say: one candidate stands out, several remain, none is near. Never "found".

Scores are hundredths of log-odds, added field by field (a naive but explainable sum); a contribution is shown with
its words, for and against.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cna_service.kit.errors import Conflict, Invalid, NotFound
from cna_service.registry.model import IDENTIFIERS, RegisterVessel

# Below OFFER a vessel is not named as a candidate; STANDS_OUT and MARGIN are both needed to stand out.
OFFER = 100
STANDS_OUT = 330
MARGIN = 120
# On a name alone, a namesake but for its number must be further off.
MARGIN_BY_NAME = 250
# What a name must weigh to stand out where no number agrees.
SURE_NAME = 200
# An identifier that two ships never share.
_ONE_SHIP_EACH = frozenset({"imo", "mmsi", "call_sign"})
MOST_SHOWN = 10
MOST_TIED = 30


class Suggestion(StrEnum):
    """What the search suggests to the officer; the verdict is his. SEVERAL: candidates, none of which stands out."""

    FOUND_ONE = "found_one"
    SEVERAL = "several"
    NONE = "none"


class RegisterUnreadable(Invalid):
    """The file is not in a layout the service reads; says which column or line, and what to do."""

    code = "register-unreadable"
    title = "The register file cannot be read"


class NoRegister(NotFound):
    """No complete version of the register has been imported yet."""

    code = "no-register"
    title = "No register has been imported"


class ImportOvertaken(Conflict):
    """Another import of the same register began meanwhile; this one was given up."""

    code = "import-overtaken"
    title = "Another import of this register began meanwhile"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one field says: points for (positive) or against, in words.

    ``is_conflict``: it keeps the vessel from standing out, whatever else agrees. ``is_identity``: the very
    identifier that was told.
    """

    field: str
    points: int
    words: str
    is_conflict: bool = False
    is_identity: bool = False

    def as_json(self) -> dict[str, object]:
        return {"field": self.field, "points": self.points, "words": self.words}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered vessel the question may mean; ``score`` in hundredths of log-odds."""

    rid: str
    vessel: RegisterVessel
    score: int
    evidence: tuple[Evidence, ...]

    @property
    def fits(self) -> tuple[str, ...]:
        return tuple(e.words for e in self.evidence if e.points > 0)

    @property
    def misfits(self) -> tuple[str, ...]:
        return tuple(e.words for e in self.evidence if e.points <= 0)

    @property
    def rests_on_name(self) -> bool:
        """Whether nothing but the name speaks for it."""
        return all(e.field == "name" for e in self.evidence if e.points > 0)

    @property
    def has_doubtful_name(self) -> bool:
        """Whether the name is not near enough to stand by itself, and no identifier stands beside it."""
        name = sum(e.points for e in self.evidence if e.field == "name")
        numbers = sum(e.points for e in self.evidence if e.field in IDENTIFIERS)
        return name < SURE_NAME and numbers <= 0

    @property
    def has_conflict(self) -> bool:
        return any(e.is_conflict for e in self.evidence)

    def as_json(self) -> dict[str, object]:
        return {
            "rid": self.rid,
            "vessel": self.vessel.as_json(),
            "score": self.score,
            "fits": list(self.fits),
            "misfits": list(self.misfits),
            "evidence": [e.as_json() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first, and what follows from their scores and margins."""

    suggestion: Suggestion
    candidates: tuple[Candidate, ...]
    reason: str


def rank(weighed: list[Candidate]) -> Ranking:
    """Judge by score, by margin to the second, and by the absence of a hard conflict."""
    ordered = sorted(weighed, key=lambda c: (-c.score, c.rid))
    offered = [c for c in ordered if c.score >= OFFER]
    if not offered:
        words = "No vessel of the register is near enough to be offered."
        return Ranking(Suggestion.NONE, tuple(ordered[:3]), words)
    margin = MARGIN_BY_NAME if offered[0].rests_on_name else MARGIN
    tied = sum(1 for c in offered if offered[0].score - c.score < margin)
    shown = tuple(offered[: min(max(MOST_SHOWN, tied), MOST_TIED)])
    if tied > 1:
        return Ranking(Suggestion.SEVERAL, shown, f"{tied} vessels fit about equally well.")
    if _anothers_identifier(offered[0], ordered):
        words = "An identifier that was told is that of another vessel; the two must be told apart."
        return Ranking(Suggestion.SEVERAL, _with_owner(shown, ordered), words)
    if offered[0].has_conflict:
        return Ranking(
            Suggestion.SEVERAL, shown, "The nearest vessel contradicts what was told; see what does not fit."
        )
    if offered[0].has_doubtful_name:
        words = "The nearest vessel's name is only somewhat like the one told, and no number of hers agrees."
        return Ranking(Suggestion.SEVERAL, shown, words)
    if offered[0].score < STANDS_OUT:
        return Ranking(Suggestion.SEVERAL, shown, "The nearest vessel does not fit well enough to stand out.")
    return Ranking(Suggestion.FOUND_ONE, shown, "One vessel fits clearly better than any other.")


def _identities(candidate: Candidate) -> set[str]:
    return {e.field for e in candidate.evidence if e.is_identity and e.field in _ONE_SHIP_EACH}


def _anothers_identifier(first: Candidate, others: list[Candidate]) -> bool:
    own = _identities(first)
    return any(_identities(other) - own for other in others)


def _with_owner(shown: tuple[Candidate, ...], ordered: list[Candidate]) -> tuple[Candidate, ...]:
    """The owner of the identifier is shown too, however little else speaks for it."""
    owners = [c for c in ordered if _identities(c) and c not in shown]
    return (*shown, *owners[:3])
