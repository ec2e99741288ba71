"""Reading what an officer or a partner asks for: every wrong field is named at once, then refused (422).

Unlike a submission, a command that cannot be read is not kept: the person is there and can mend it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.intake.readers import clean, told
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import from_text
from cna_service.kit.told import ToldInstant, told_instant

LONGEST = 20_000


class Asked:
    """The fields of one command, taken one by one; ``done`` refuses if any of them was wrong or not known."""

    def __init__(
        self, body: Mapping[str, Any], pointer: str = "", problems: list[Problem] | None = None
    ) -> None:
        self._body = body
        self._pointer = pointer
        self._taken: set[str] = set()
        self.problems: list[Problem] = [] if problems is None else problems

    @property
    def body(self) -> Mapping[str, Any]:
        """As it was sent."""
        return self._body

    def wrong(self, field: str, value: object, why: str, fix: str) -> None:
        self.problems.append(
            Problem(f"{self._pointer}/{field}", None if value is None else told(value), why, fix)
        )

    def text(self, field: str, *, required: bool = False, longest: int = LONGEST) -> str | None:
        value = self._take(field)
        if value is None or value == "":
            if required:
                self.wrong(field, None, "is missing", "send it as text")
            return None
        if not isinstance(value, str):
            self.wrong(field, value, "is no text", "send it as text")
            return None
        if len(value) > longest:
            self.wrong(field, f"{len(value)} characters", f"is longer than {longest}", "attach it as a file")
            return None
        return clean(value)

    def needed(self, field: str, *, longest: int = LONGEST) -> str:
        return self.text(field, required=True, longest=longest) or ""

    def word(self, field: str, among: Collection[str], default: str | None = None) -> str:
        """One of the given words; required unless there is a default."""
        value = self._take(field)
        if value is None or value == "":
            if default is None:
                self.wrong(field, None, "is missing", f"one of: {', '.join(sorted(among))}")
            return default or ""
        if not isinstance(value, str) or value not in among:
            self.wrong(field, value, "is not a known word here", f"one of: {', '.join(sorted(among))}")
            return default or ""
        return value

    def number(self, field: str, *, required: bool = False, least: int = 0, most: int = 10**6) -> int | None:
        value = self._take(field)
        if isinstance(value, str) and value.strip().isdigit():
            value = int(value)
        if value is None or value == "":
            if required:
                self.wrong(field, None, "is missing", "send a whole number")
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(field, value, f"is no whole number from {least} to {most}", "send a whole number")
            return None
        return value

    def yes(self, field: str, *, default: bool = False) -> bool:
        value = self._take(field)
        if value is None or value == "":
            return default
        if value in (True, "true", "yes", "on"):
            return True
        if value in (False, "false", "no", "off"):
            return False
        self.wrong(field, value, "is neither yes nor no", "send true or false")
        return default

    def told(self, field: str, *, required: bool = False) -> ToldInstant | None:
        """A told instant, exact or not."""
        value = self._take(field)
        if value is None or value == "":
            if required:
                self.wrong(
                    field, None, "is missing", "send an instant with its zone, such as 2026-11-21T16:00:00Z"
                )
            return None
        try:
            if not isinstance(value, str | Mapping):
                raise ValueError("is no instant")
            return told_instant(value)
        except ValueError as error:
            self.wrong(field, value, str(error), "write it with Z or an offset, such as 2026-11-21T16:00:00Z")
            return None

    def instant(self, field: str, *, required: bool = False) -> datetime | None:
        """An exact instant."""
        value = self.text(field, required=required)
        if value is None:
            return None
        try:
            return from_text(value)
        except ValueError as error:
            self.wrong(field, value, str(error), "write it with Z or an offset, such as 2026-11-21T16:00:00Z")
            return None

    def part(self, field: str, *, required: bool = False) -> Asked:
        """An object within; empty where it is absent."""
        value = self._take(field)
        if value is None and required:
            self.wrong(field, None, "is missing", "send an object")
        if value is not None and not isinstance(value, Mapping):
            self.wrong(field, value, "is no object", "send an object")
        body = value if isinstance(value, Mapping) else {}
        return Asked(body, f"{self._pointer}/{field}", self.problems)

    def parts(self, field: str, *, required: bool = False) -> Sequence[Asked]:
        """A list of objects within."""
        value = self._take(field)
        if value is None or value == []:
            if required:
                self.wrong(field, None, "is missing", "send a list with at least one element")
            return ()
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.wrong(field, value, "is no list of objects", "send a list of objects")
            return ()
        return [Asked(each, f"{self._pointer}/{field}/{n}", self.problems) for n, each in enumerate(value)]

    def within(self, field: str, n: int, body: Mapping[str, Any]) -> Asked:
        """An object that the caller has taken out of the list at ``field`` himself."""
        return Asked(body, f"{self._pointer}/{field}/{n}", self.problems)

    def texts(self, field: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text is read as a list of one."""
        value = self._take(field)
        items = [value] if isinstance(value, str) and value else value if isinstance(value, list) else []
        if value is not None and value != "" and not isinstance(value, str | list):
            self.wrong(field, value, "is no list of texts", "send a list of texts")
        if any(not isinstance(each, str) or not each.strip() for each in items):
            self.wrong(field, value, "holds something that is no text", "send texts only")
        found = tuple(clean(each) for each in items if isinstance(each, str) and each.strip())
        if required and not found:
            self.wrong(field, None, "is missing", "send at least one text")
        return found

    def raw(self, field: str) -> Any:
        """The value as sent, for a reader of its own."""
        return self._take(field)

    @property
    def is_empty(self) -> bool:
        return not any(v not in (None, "", [], {}) for v in self._body.values())

    def check_unknown(self) -> None:
        for name in self._body:
            if name not in self._taken:
                self.wrong(str(name)[:80], self._body[name], "is not a field of this command", "leave it out")

    def done(self) -> None:
        """Raises Invalid with everything that was wrong."""
        if self.problems:
            raise Invalid("", *self.problems)

    def _take(self, field: str) -> Any:
        self._taken.add(field)
        return self._body.get(field)
