"""A roster as the fields of a form, and back: a row for each rotation, officers and stretches a line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cna_service.console.forms import Posted
from cna_service.duty.roster import DAYS, POSTS
from cna_service.kit.errors import Problem

_FIELD = re.compile(r"rotations/(\d+)/")
_WORDS = ("kind", "hand_over", "from", "to", "holidays", "turns")
_COUNTS = ("every", "hours")


class Rows:
    """The rows of a form as they were sent; one without a post is no rotation."""

    def __init__(self, posted: Posted) -> None:
        self._posted = posted
        numbers = {int(found[1]) for name, _ in posted.fields if (found := _FIELD.match(name))}
        self.count = min(max(numbers, default=-1) + 1, 200)
        self._used = [n for n in range(self.count) if self._value(n, "post")]

    def body(self) -> dict[str, Any]:
        """What ``roster.set`` takes; nothing is judged here."""
        told: dict[str, Any] = {
            "roster": self._posted.value("name").strip(),
            "zone": self._posted.value("zone").strip(),
            "rotations": [self._rotation(n) for n in self._used],
        }
        if country := self._posted.value("holidays").strip().upper():
            told["holidays"] = country
        fallback = {post: self._posted.value(f"fallback/{post}") for post in POSTS}
        if chosen := {post: officer for post, officer in fallback.items() if officer}:
            told["fallback"] = chosen
        return told

    def at_fields(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """The problems at the fields of the form, however many rows were left empty."""
        for problem in problems:
            at = problem.pointer.removeprefix("/roster") or "/name"
            found = re.match(r"/rotations/(\d+)(/.*)?", at)
            if found and int(found[1]) < len(self._used):
                field = (found[2] or "/post").split("/")[1]
                at = f"/rotations/{self._used[int(found[1])]}/{_SHOWN.get(field, field)}"
            yield replace(problem, pointer={"/from": "/span/from", "/to": "/span/to"}.get(at, at))

    def _value(self, n: int, name: str) -> str:
        return self._posted.value(f"rotations/{n}/{name}").strip()

    def _rotation(self, n: int) -> dict[str, Any]:
        told: dict[str, Any] = {"post": self._value(n, "post"), "kind": self._value(n, "kind")}
        if told["kind"] == "listed":
            return {**told, "stretches": [_stretch(line) for line in _lines(self._value(n, "stretches"))]}
        told["officers"] = [each for each in re.split(r"[\s,;]+", self._value(n, "officers")) if each]
        told |= {name: self._value(n, name) for name in _WORDS if self._value(n, name)}
        told |= {name: _number(self._value(n, name)) for name in _COUNTS if self._value(n, name)}
        if days := [d for d in self._posted.values(f"rotations/{n}/days") if d]:
            told["days"] = days
        between = [self._value(n, "begins"), self._value(n, "ends")]
        return told | ({"between": between} if any(between) else {})


_SHOWN = {"between": "begins"}


def _number(text: str) -> int | str:
    """A count; what is none is handed on as typed, so that the verb names it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _stretch(line: str) -> dict[str, str]:
    parts = [*line.split(), "", "", ""]
    return {"officer": parts[0], "from": parts[1], "to": parts[2]}


def defaults_of(body: Mapping[str, Any]) -> dict[str, str]:
    """A roster as the values of the form's fields."""
    told = {"name": str(body.get("roster") or "desk"), "zone": str(body.get("zone") or "")}
    told["holidays"] = str(body.get("holidays") or "")
    told |= {f"fallback/{post}": str(o) for post, o in (body.get("fallback") or {}).items()}
    for n, rotation in enumerate(body.get("rotations") or ()):
        told |= {f"rotations/{n}/{name}": value for name, value in _row(rotation).items()}
    return told


def _row(rotation: Mapping[str, Any]) -> dict[str, str]:
    told = {
        name: str(rotation[name]) for name in ("post", *_WORDS, *_COUNTS) if rotation.get(name) is not None
    }
    told["officers"] = ", ".join(rotation.get("officers") or ())
    told["days"] = "\n".join(rotation.get("days") or ())
    if between := rotation.get("between"):
        told["begins"], told["ends"] = str(between[0]), str(between[-1])
    told["stretches"] = "\n".join(
        f"{s.get('officer')} {s.get('from')} {s.get('to')}" for s in rotation.get("stretches") or ()
    )
    return told


def told_of(rotation: Mapping[str, Any]) -> str:
    """A rotation in a line, as a roster manager would say it."""
    if rotation.get("kind") == "listed":
        return f"{len(rotation.get('stretches') or ())} watches listed one by one"
    every = rotation.get("every", 1)
    units = {
        "daily": ("every day", "days"),
        "weekly": ("every week", "weeks"),
        "monthly": ("every month", "months"),
    }
    one, many = units.get(str(rotation.get("kind")), ("", ""))
    length = f"every {rotation.get('hours')} h" if rotation.get("kind") == "hourly" else one
    if every != 1 and many:
        length = f"every {every} {many}"
    parts = [", ".join(rotation.get("officers") or ()), f"{length} at {rotation.get('hand_over')}"]
    if days := rotation.get("days"):
        parts.append("on " + ", ".join(d for d in DAYS if d in days))
    if between := rotation.get("between"):
        parts.append(f"{between[0]} to {between[-1]}")
    if holidays := rotation.get("holidays"):
        parts.append(f"{'only' if holidays == 'only' else 'not'} on holidays")
    if rotation.get("turns") == "worked_days":
        parts.append("days off use up no turn")
    parts.append(f"from {rotation.get('from')}" + (f" to {rotation['to']}" if rotation.get("to") else ""))
    return "; ".join(parts)
