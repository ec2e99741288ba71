"""Reading one TOML table into typed values, with every fault collected and named by its key path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from cna_service.kit.errors import Problem

E = TypeVar("E", bound=StrEnum)

# Labels of evidence that must never be loaded as terms.
_FROM_MEMORY = ("[M]", "[M?]")


class Table:
    """A table of the file. Every read marks its key; :meth:`done` reports the keys that nobody reads."""

    def __init__(self, content: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        self._content = content
        self._read: set[str] = set()
        self.path = path
        self.problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def wrong(self, key: str, why: str, fix: str) -> None:
        self.problems.append(Problem(f"{self.path}/{key}", self._content.get(key), why, fix))

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self._read.add(key)
        value = self._content.get(key, default)
        if value is None and key not in self._content:
            return None
        if value is _REQUIRED:
            self.wrong(key, "is missing", f"write {key} = …")
            return kind()
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"is not a {_NAMES[kind]}", f"write a {_NAMES[kind]}")
            return kind()
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text on one line; without ``default`` it must be there."""
        value: str = self._take(key, str, _REQUIRED if default is None else default)
        if any(mark in value for mark in _FROM_MEMORY):
            self.wrong(
                key, "rests on memory, not on a text that was read", "leave it out until the text was read"
            )
        return " ".join(value.split())

    def optional(self, key: str) -> str | None:
        return self.text(key, "") or None

    def day(self, key: str) -> str | None:
        """A date written as text, ``2000-05-01``."""
        told = self.optional(key)
        if told is not None:
            try:
                date.fromisoformat(told)
            except ValueError:
                self.wrong(key, "is not a date", 'write it as "2000-05-01"')
        return told

    def integer(self, key: str) -> int | None:
        faults = len(self.problems)
        value: int | None = self._take(key, int, None)
        if value is not None and value < 1 and len(self.problems) == faults:
            self.wrong(key, "is not a number above 0", "write a whole number of units")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value: bool = self._take(key, bool, default)
        return value

    def texts(self, key: str, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, each one of ``allowed``."""
        values: Sequence[Any] = self._take(key, list, [])
        known = None if allowed is None else set(allowed)
        for each in values:
            if not isinstance(each, str):
                self.wrong(key, f"{each!r} is not a text", "write a list of texts")
            elif known is not None and each not in known:
                self.wrong(key, f"{each!r} is not known here", "one of " + ", ".join(sorted(known)))
        return tuple(v for v in values if isinstance(v, str))

    def one_of(self, key: str, kind: type[E], default: E | None = None) -> E:
        told = self.text(key, None if default is None else default.value)
        try:
            return kind(told)
        except ValueError:
            if told or key in self._content:
                self.wrong(key, f"{told!r} is not known here", "one of " + ", ".join(m.value for m in kind))
            return next(iter(kind))

    def table(self, key: str) -> Table:
        """The table at ``key``, empty when absent."""
        return Table(self._take(key, dict, {}), f"{self.path}/{key}", self.problems)

    def tables(self, key: str) -> Iterator[Table]:
        for n, each in enumerate(self._take(key, list, [])):
            if isinstance(each, dict):
                yield Table(each, f"{self.path}/{key}/{n}", self.problems)
            else:
                self.wrong(key, f"entry {n} is not a table", f"write [[{key}]]")

    def done(self) -> None:
        for key in sorted(set(self._content) - self._read):
            self.wrong(key, "is no key of this table", "take it out, or correct its spelling")


class _Required:
    """Marks a key that must be there."""


_REQUIRED = _Required()
_NAMES: dict[type, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    list: "list",
    dict: "table",
}
