"""Who is listed for what: the authorities of a State for a function and a subject at an instant, with their row.

The one place that says whether an office is the listed one (practice R7; pitfall 22): several may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cna_service.directory.model import Authority
from cna_service.directory.rules import Directory
from cna_service.kit.instants import to_text


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer of the directory. ``authorities``: those named for the subject first; none means: nobody is listed."""

    state: str
    function: str | None
    subject: str | None
    at: datetime
    authorities: tuple[Authority, ...]

    @property
    def is_empty(self) -> bool:
        return not self.authorities

    def has(self, authority: str | None) -> bool:
        """Whether this office is (one of) the listed for it."""
        return any(a.id == authority for a in self.authorities)

    @property
    def words(self) -> str:
        """``listed for XB, registry, 21 Nov 2026: Ship Register of XB``; says so where nobody is."""
        for_what = ", ".join(w for w in (self.state, self.function, self.subject) if w)
        names = "; ".join(a.name for a in self.authorities) or "nobody"
        return f"listed for {for_what}: {names}"

    def row(self) -> dict[str, object]:
        """What an entry copies: who was asked for, and each office listed then with its listing's number and source."""
        told = {
            "state": self.state,
            "function": self.function,
            "subject": self.subject,
            "at": to_text(self.at),
            "authorities": [
                {"id": a.id, "name": a.name, "seq": a.seq, "source": a.source} for a in self.authorities
            ],
        }
        return {k: v for k, v in told.items() if v is not None}


def listed_authority(
    directory: Directory, state: str, function: str | None, subject: str | None, at: datetime
) -> Listing:
    """The offices that the directory lists for a State's function and subject at an instant. None asks nothing."""
    found = directory.for_state(state, function=function, subject=subject, at=at)
    return Listing(state, function, subject, at, found)
