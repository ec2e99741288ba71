"""Registers that a person looks into: their terms forbid machines, or nobody has an account for one.

The officer records what was seen, when, with a screenshot. Nothing here ever opens a connection.
"""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.registry.model import Query
from cna_service.registry.outside import Found, Patience, SourceError, Terms

_AS_OF = "2026-11-22"


@dataclass(frozen=True, slots=True)
class ManualRegister:
    """A register on the officer's checklist."""

    name: str
    title: str
    terms: Terms
    health: str = "manual"

    def search(self, query: Query, patience: Patience) -> Found:
        raise _by_a_person()

    def fetch(self, id: str, patience: Patience) -> Found:
        raise _by_a_person()


def _by_a_person() -> SourceError:
    return SourceError("manual", "only a person may look there: record what was seen", is_temporary=False)


def _manual(name: str, title: str, where: str, words: str) -> ManualRegister:
    return ManualRegister(name, title, Terms(words, where, _AS_OF, is_automated=False))


OTHER = "other"
MANUAL: tuple[ManualRegister, ...] = (
    _manual(
        "equasis",
        "Equasis",
        "https://www.equasis.org/",
        "Free registration, for people. No automated use: no interface, no link for machines, no bulk download; an "
        "account that asks too much is blocked, and one that is idle for 45 minutes is signed out.",
    ),
    _manual(
        "gisis",
        "IMO GISIS, ship and company particulars",
        "https://gisis.imo.org/",
        "An account with IMO; whether machines may use it was not verified: look by hand.",
    ),
    _manual(
        "sea-web",
        "S&P Sea-web",
        "",
        "A paid subscription; its terms were not verified: look by hand, within your own contract.",
    ),
    _manual(
        "itu-mars",
        "ITU MARS, ship stations",
        "https://www.itu.int/",
        "Open to people; whether machines may use it was not verified: look by hand.",
    ),
    _manual(
        "noaa-documentation",
        "NOAA, US vessel documentation search",
        "",
        "A form for people over the Coast Guard's file, by name or official number. The file itself can be imported.",
    ),
    _manual(
        OTHER,
        "Another register: say which",
        "",
        "Read the terms of whatever you look into; a register of another State is best asked through its authority.",
    ),
)
