"""Forms: what was typed, what is wrong with it, and the three hidden fields that every form carries.

A field is named like the place in a verb's body that it fills: ``vessels/0/name`` becomes
``{"vessels": [{"name": …}]}``, and a problem at ``/vessels/0/name`` is shown beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cna_service.kit.errors import Problem
from cna_service.workflow.keys import Key, form_key

TOKEN, KEY, SEEN, ACT = "form_token", "idempotency_key", "seen", "act"
HIDDEN = frozenset({TOKEN, KEY, SEEN, ACT})
LARGEST = 1_000_000
"""Characters of one form; files go another way."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as it was sent. ``act``: which of several buttons was pressed."""

    pairs: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """The last value sent under this name; empty if none was."""
        return next((v for n, v in reversed(self.pairs) if n == name), "")

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(v for n, v in self.pairs if n == name)

    @property
    def token(self) -> str | None:
        return self.value(TOKEN) or None

    @property
    def act(self) -> str:
        return self.value(ACT)

    @property
    def seen(self) -> int | None:
        told = self.value(SEEN)
        return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        return tuple((n, v) for n, v in self.pairs if n not in HIDDEN)

    def body(self, *, lists: Iterable[str] = ()) -> dict[str, Any]:
        """The command's body; blank fields are left out. ``lists``: names that stand for a list, however many
        values were sent (check boxes, several lines)."""
        return nested(((n, v.strip()) for n, v in self.fields if v.strip()), frozenset(lists))

    def key(self, officer: str) -> Key | None:
        """The idempotency key that was made when the form was rendered, scoped to who sends it."""
        key = self.value(KEY)
        return form_key(officer, key, self.fields) if key else None


def nested(pairs: Iterable[tuple[str, str]], lists: frozenset[str] = frozenset()) -> dict[str, Any]:
    """``vessels/0/name=A`` as ``{"vessels": [{"name": "A"}]}``; numbers are places in lists, gaps close."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        steps = name.split("/")
        holder = root
        for step in steps[:-1]:
            found = holder.setdefault(step, {})
            holder = found if isinstance(found, dict) else {}
        last = steps[-1]
        if name in lists:
            holder.setdefault(last, []).append(value)
        else:
            holder[last] = value
    listed = _lists(root)
    assert isinstance(listed, dict)
    return listed


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    made = {name: _lists(each) for name, each in value.items()}
    if made and all(name.isdigit() for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: values, problems, and the hidden fields. Empty values for a fresh one.

    ``prefix`` begins the ids of its fields; two forms on one page have two.
    """

    posted: Posted = Posted()
    problems: Sequence[Problem] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    seen: int | None = None
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    prefix: str = "f"

    def named(self, prefix: str) -> Form:
        return replace(self, prefix=prefix)

    def id(self, name: str) -> str:
        """The element's id for a field, or for a problem's pointer."""
        return f"{self.prefix}-{name.strip('/').replace('/', '-').replace('_', '-')}"

    def value(self, name: str) -> str:
        if any(n == name for n, _ in self.posted.pairs):
            return self.posted.value(name)
        return "" if self.posted.pairs else self.defaults.get(name, "")

    def has(self, name: str, value: str) -> bool:
        """Whether a check box or option stands chosen."""
        if self.posted.pairs:
            return value in self.posted.values(name)
        return value in self.defaults.get(name, "").split("\n")

    def problem(self, name: str) -> Problem | None:
        return next((p for p in self.problems if p.pointer == f"/{name}"), None)


def shown_again(posted: Posted, problems: Sequence[Problem]) -> Form:
    """The form with what was typed and everything that is wrong. It may use its key again: a refusal wrote nothing."""
    return Form(posted, problems, seen=posted.seen, key=posted.value(KEY) or secrets.token_urlsafe(16))
