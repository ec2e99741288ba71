"""Reading ``config/two_person.toml``: which acts need a second officer, before they count or within hours after."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cna_service.agreements.measures import MEASURE_ANSWERS, MEASURES, REGISTRY_ANSWERS
from cna_service.identity.permissions import OFFICER_ROLES
from cna_service.kit.errors import Invalid, Problem

FILE = "two_person.toml"
ACTS = ("answer", "certificate", "release")
"""The effect of a lapse is not among them: it always takes two officers (desk-rules 5.4), whatever a file says."""
BEFORE, AFTER = "before", "after"
_KEYS = frozenset({"id", "act", "kinds", "measures", "values", "when", "within_hours", "by"})


class TwoPersonUnreadable(Invalid):
    code = "two-person-unreadable"
    title = "The file of two-person rules cannot be used"


@dataclass(frozen=True, slots=True)
class Rule:
    """``by``: roles of whoever may approve; ``within``: of an after-rule only. Empty filters fit everything."""

    id: str
    act: str
    when: str
    by: tuple[str, ...]
    within: timedelta | None = None
    kinds: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def fits(self, act: str, items: Iterable[tuple[str, str]], kind: str) -> bool:
        """``items``: (measure, value) of an answer; none where the act has none."""
        if act != self.act or (self.kinds and kind not in self.kinds):
            return False
        if not self.measures and not self.values:
            return True
        return any(
            (not self.measures or measure in self.measures) and (not self.values or value in self.values)
            for measure, value in items
        )

    def as_json(self) -> dict[str, Any]:
        """What an entry copies of it."""
        told: dict[str, Any] = {"id": self.id, "act": self.act, "when": self.when, "by": list(self.by)}
        if self.within is not None:
            told["within_hours"] = int(self.within.total_seconds() // 3600)
        return told


@dataclass(frozen=True, slots=True)
class TwoPerson:
    """``text`` and ``sha256`` are of the whole file, to be kept once an entry cites it."""

    rules: tuple[Rule, ...] = ()
    sha256: str = ""
    text: str = ""


def read_two_person(text: str, *, file: str = FILE) -> TwoPerson:
    """Raises TwoPersonUnreadable, naming for each fault its place, what is wrong and what to write."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TwoPersonUnreadable(f"{file}: {error}") from error
    problems: list[Problem] = []
    tables = content.pop("rule", [])
    problems += [
        Problem(f"/{key}", None, "is not a key here", "write rules as [[rule]]") for key in sorted(content)
    ]
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        problems.append(Problem("/rule", tables, "is no list of tables", "write each rule as [[rule]]"))
        tables = []
    rules = [_rule(f"/rule/{n}", table, problems) for n, table in enumerate(tables)]
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise TwoPersonUnreadable(f"{file}: {places}", *problems)
    return TwoPerson(tuple(rules), hashlib.sha256(text.encode()).hexdigest(), text)


def _rule(at: str, table: Mapping[str, Any], problems: list[Problem]) -> Rule:
    def wrong(key: str, told: object, why: str, fix: str) -> None:
        problems.append(Problem(f"{at}/{key}", told, why, fix))

    def word(key: str, among: Collection[str]) -> str:
        value = table.get(key)
        if value not in among:
            wrong(key, value, "is not a known word", f"write one of {', '.join(among)}")
        return str(value)

    def words(key: str, among: Collection[str], *, required: bool = False) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(v in among for v in value) or (required and not value):
            wrong(key, value, "is empty or holds an unknown word", f"use {', '.join(sorted(among))}")
            return ()
        return tuple(value)

    for key in sorted(table.keys() - _KEYS):
        wrong(key, table[key], "is not a key here", f"use {', '.join(sorted(_KEYS))}")
    name = table.get("id")
    if not isinstance(name, str) or not name:
        wrong("id", name, "is missing", "give the rule a short name")
    kinds = table.get("kinds", [])
    if not isinstance(kinds, list) or not all(isinstance(k, str) for k in kinds):
        wrong("kinds", kinds, "is no list of texts", "write a list of kinds, or leave it out")
        kinds = []
    when, hours = word("when", (BEFORE, AFTER)), table.get("within_hours")
    if when == AFTER and (type(hours) is not int or not 1 <= hours <= 24 * 30):
        wrong("within_hours", hours, "is no number of hours", "write whole hours, 1 to 720")
        hours = None
    return Rule(
        id=str(name),
        act=word("act", ACTS),
        when=when,
        by=words("by", frozenset(map(str, OFFICER_ROLES)), required=True),
        within=timedelta(hours=hours) if when == AFTER and type(hours) is int else None,
        kinds=tuple(kinds),
        measures=words("measures", MEASURES),
        values=words("values", frozenset((*MEASURE_ANSWERS, *REGISTRY_ANSWERS))),
    )
