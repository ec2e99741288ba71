"""The errors of the service.

    ServiceError
    ├── NotFound     404  exit 1   it does not exist, or the caller may not see that it does
    ├── Conflict     409  exit 1   it contradicts what is already so
    ├── Refused      403  exit 1   the rules or the caller's permissions do not allow it
    ├── Invalid      422  exit 3   what was sent cannot be read; names field and fix
    └── Unavailable  503  exit 2   it cannot be decided or done now

Slices declare their own few errors in ``rules.py`` as subclasses named for what happened
(``ClaimNotAsked``), with a stable ``code``. One table per edge (API, console, command line) maps
``kind`` to a status; nobody else does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


class ServiceError(Exception):
    """What a caller can be told: a stable ``code``, a ``title``, a ``detail`` in words, facts as JSON values."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "service-error"
    title: ClassVar[str] = "The service could not do that"

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts


class NotFound(ServiceError):
    kind = Kind.NOT_FOUND
    code = "not-found"
    title = "There is nothing here that you may see"


class Conflict(ServiceError):
    kind = Kind.CONFLICT
    code = "conflict"
    title = "That contradicts what is already recorded"


class Refused(ServiceError):
    kind = Kind.REFUSED
    code = "refused"
    title = "That is not allowed"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was sent: where (JSON pointer), what was told, why it fails, how to mend it."""

    pointer: str
    told: object
    why: str
    fix: str

    def as_json(self) -> dict[str, object]:
        return {"pointer": self.pointer, "told": self.told, "why": self.why, "fix": self.fix}


class Invalid(ServiceError):
    """Every field that is wrong, at once."""

    kind = Kind.INVALID
    code = "invalid"
    title = "What was sent cannot be read"

    def __init__(self, detail: str = "", *problems: Problem, **facts: object) -> None:
        words = detail or "; ".join(f"{p.pointer}: {p.why}" for p in problems)
        super().__init__(words, **facts)
        self.problems = problems


class Unavailable(ServiceError):
    kind = Kind.UNAVAILABLE
    code = "unavailable"
    title = "That cannot be done now"
