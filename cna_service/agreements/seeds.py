"""Bodies of entries to seed an empty database with: facts from files, and in exercise mode the adoptions.

A file can say *sourced*, never *adopted* (desk-rules 10.3): on a real start ``adopted`` is false in every fact and
no adoption is seeded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cna_service.agreements.catalogue import Catalogue, CatalogueUnreadable, SourceFile
from cna_service.agreements.model import Agreement
from cna_service.agreements.provisions import (
    read_declarations,
    read_election_facts,
    read_participations,
    read_suspensions,
)
from cna_service.agreements.reading import Table
from cna_service.agreements.rules import adoption_body
from cna_service.kit.errors import Problem

_FACTS: tuple[tuple[str, str, Callable[[Table], list[Mapping[str, object]]]], ...] = (
    ("participation", "participation.noted", read_participations),
    ("election_fact", "election.noted", read_election_facts),
    ("declaration", "declaration.noted", read_declarations),
    ("suspension", "suspension.noted", read_suspensions),
)

Seed = tuple[str, dict[str, Any]]
"""Entry type and body, for stream ``desk``."""


def fact_seeds(catalogue: Catalogue) -> list[Seed]:
    """Participation and elections as the files of real instruments have them, none of them adopted."""
    return _facts((a for a in catalogue.agreements.values() if not a.exercise), adopted=False)


def _facts(agreements: Iterable[Agreement], *, adopted: bool) -> list[Seed]:
    seeds: list[Seed] = []
    for agreement in agreements:
        seeds += [("participation.noted", {**p, "adopted": adopted}) for p in agreement.participations]
        seeds += [("election.noted", {**e, "adopted": adopted}) for e in agreement.election_facts]
        seeds += [("declaration.noted", {**d, "adopted": adopted}) for d in agreement.declarations]
    return seeds


def exercise_seeds(catalogue: Catalogue, facts: SourceFile) -> list[Seed]:
    """The fictional States' facts and the adoption of every sourced provision; only for an exercise database.

    A fact of the file is adopted unless it says ``adopted = false``. Raises CatalogueUnreadable.
    """
    seeds = _facts((a for a in catalogue.agreements.values() if a.exercise), adopted=True)
    seeds += _exercise_facts(catalogue, facts)
    adopted = (p.id for p in catalogue.provisions if p.is_sourced)
    return [*seeds, *(("provision.adopted", adoption_body(catalogue, p)) for p in adopted)]


def _exercise_facts(catalogue: Catalogue, facts: SourceFile) -> list[Seed]:
    problems: list[Problem] = []
    try:
        content = tomllib.loads(facts.content.decode())
    except ValueError as error:
        problem = Problem(facts.path, None, f"is not TOML in UTF-8: {error}", "correct that place")
        raise CatalogueUnreadable("", problem) from None
    file = Table(content, facts.path, problems)
    if not file.flag("exercise"):
        file.wrong("exercise", "is not true", "an exercise file says exercise = true")
    seeds: list[Seed] = []
    for name, kind, read in _FACTS:
        for table in file.tables(name):
            adopted = table.flag("adopted", default=True)
            seeds += [(kind, {**fact, "adopted": adopted}) for fact in read(table)]
    file.done()
    problems += _strange(catalogue, facts.path, seeds)
    if problems:
        raise CatalogueUnreadable("", *problems)
    return seeds


def _strange(catalogue: Catalogue, path: str, seeds: Iterable[Seed]) -> list[Problem]:
    """References to instruments and choices that the catalogue does not have."""
    found = []
    for kind, body in seeds:
        if kind != "election.noted" and body["instrument"] not in catalogue.agreements:
            found.append(
                Problem(
                    f"{path}/{kind.partition('.')[0]}",
                    body["instrument"],
                    "names no instrument",
                    "correct it",
                )
            )
        if kind == "election.noted":
            rule = catalogue.elections.get(body["election"])
            if rule is None or (body["known"] and body["option"] not in rule.provisions):
                told = f"{body['election']} {body['option']}"
                found.append(
                    Problem(f"{path}/election_fact", told, "is not offered by the instrument", "correct it")
                )
    return found
