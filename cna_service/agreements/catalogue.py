"""The catalogue: every instrument of the files given, checked as a whole, with the hash and text of each file.

Reading is pure (bytes in, catalogue out); :func:`files_in` is the only function that opens files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from cna_service.agreements.model import Agreement, ElectionRule, Override, Provision
from cna_service.agreements.provisions import read_agreement
from cna_service.agreements.reading import Table
from cna_service.kit.errors import Invalid, NotFound, Problem


class CatalogueUnreadable(Invalid):
    """A file of the catalogue cannot be used; the problems name file, key path and fix."""

    code: ClassVar[str] = "catalogue-unreadable"
    title: ClassVar[str] = "A file of the catalogue of agreements cannot be used"


class ProvisionUnknown(NotFound):
    code: ClassVar[str] = "provision-unknown"
    title: ClassVar[str] = "The catalogue has no such provision"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was read: what an entry cites by hash is kept whole (desk-rules 8.1)."""

    path: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``agreements`` and ``by_id`` (provisions) are keyed by id; ``files`` are the texts they were read from.

    ``overrides``: by the provision set aside, the lower instruments that govern practice instead.
    """

    agreements: Mapping[str, Agreement]
    by_id: Mapping[str, Provision]
    elections: Mapping[str, ElectionRule]
    overrides: Mapping[str, tuple[tuple[Agreement, Override], ...]]
    files: tuple[SourceFile, ...]

    @property
    def provisions(self) -> tuple[Provision, ...]:
        return tuple(self.by_id.values())

    def agreement_of(self, provision: Provision) -> Agreement:
        return self.agreements[provision.agreement]

    def election_of(self, provision: str) -> ElectionRule | None:
        """The choice in which the provision is the default or an option."""
        return next((e for e in self.elections.values() if provision in e.provisions), None)

    def provision(self, identifier: str) -> Provision:
        """Raises ProvisionUnknown."""
        found = self.by_id.get(identifier)
        if found is None:
            raise ProvisionUnknown(f"{identifier}: not in the catalogue", provision=identifier)
        return found

    def file_of(self, agreement: Agreement) -> SourceFile:
        return next(f for f in self.files if f.sha256 == agreement.file_sha256)


def files_in(*directories: Path) -> tuple[SourceFile, ...]:
    """The TOML files of the directories, by name. Raises OSError where one cannot be read."""
    paths = (p for d in directories for p in sorted(d.glob("*.toml")))
    return tuple(SourceFile(p.name, p.read_bytes()) for p in paths)


def load(files: Iterable[SourceFile], *, exercise: bool = False) -> Catalogue:
    """The catalogue of these files. Raises CatalogueUnreadable with every fault at once.

    Instruments marked ``exercise`` are refused unless ``exercise`` is set, so that a real desk never shows one.
    """
    problems: list[Problem] = []
    kept = tuple(files)
    agreements = [a for f in kept if (a := _read(f, problems)) is not None]
    for each in agreements:
        if each.exercise and not exercise:
            problems.append(
                Problem(each.file, each.id, "is an exercise instrument", "keep it out of a real desk")
            )
    problems.extend(_cross_checks(agreements))
    if problems:
        raise CatalogueUnreadable("", *problems)
    return Catalogue(
        agreements=MappingProxyType({a.id: a for a in agreements}),
        by_id=MappingProxyType({p.id: p for a in agreements for p in a.provisions}),
        elections=MappingProxyType({e.id: e for a in agreements for e in a.elections}),
        overrides=MappingProxyType(_overrides(agreements)),
        files=kept,
    )


def _overrides(agreements: Iterable[Agreement]) -> dict[str, tuple[tuple[Agreement, Override], ...]]:
    found: dict[str, tuple[tuple[Agreement, Override], ...]] = {}
    for agreement in agreements:
        for each in agreement.overrides:
            found[each.provision] = (*found.get(each.provision, ()), (agreement, each))
    return found


def _read(file: SourceFile, problems: list[Problem]) -> Agreement | None:
    try:
        content = tomllib.loads(file.content.decode())
    except ValueError as error:  # broken TOML, whose message names the line, or not UTF-8
        problems.append(Problem(file.path, None, f"is not TOML in UTF-8: {error}", "correct that place"))
        return None
    return read_agreement(Table(content, file.path, problems), file.path, file.content)


def _cross_checks(agreements: list[Agreement]) -> Iterator[Problem]:
    """What only the whole can tell: identifiers twice, and references to what does not exist."""
    provisions = {p.id: p for a in agreements for p in a.provisions}
    yield from _twice("agreement", [(a.file, a.id) for a in agreements])
    yield from _twice("provision", [(a.file, p.id) for a in agreements for p in a.provisions])
    yield from _twice("election", [(a.file, e.id) for a in agreements for e in a.elections])
    yield from _twice("name", [(a.file, n.casefold()) for a in agreements for n in a.names])
    chosen = {o.provision for a in agreements for e in a.elections for o in e.options}
    for agreement in agreements:
        for place, reference in _references(agreement):
            if reference not in provisions:
                yield Problem(
                    f"{agreement.file}/{place}", reference, "names no provision", "correct the identifier"
                )
        for each in agreement.provisions:
            if each.requires_election != (each.id in chosen):
                where = f"{agreement.file}/provision/{each.id}/requires_election"
                fix = "set it for exactly the options of an [[election]]"
                yield Problem(where, each.requires_election, "disagrees with the elections", fix)
        yield from _strangers(agreement)
        for fact in agreement.election_facts:
            rule = next((e for e in agreement.elections if e.id == fact["election"]), None)
            if rule is None or (fact["known"] and fact["option"] not in rule.provisions):
                where, fix = (
                    f"{agreement.file}/election_fact",
                    "name an [[election]] and one of its provisions",
                )
                yield Problem(where, dict(fact), "chooses what the instrument does not offer", fix)


def _strangers(agreement: Agreement) -> Iterator[Problem]:
    """A bilateral instrument says nothing of other States than its own."""
    for fact in agreement.participations if agreement.parties else ():
        if fact["state"] not in agreement.parties:
            where, fix = f"{agreement.file}/participation", "name only the States in parties"
            yield Problem(where, fact["state"], "is none of the two", fix)


def _references(agreement: Agreement) -> Iterator[tuple[str, str]]:
    for each in agreement.provisions:
        for name, references in (("see", each.see), ("content", each.content)):
            for reference in references:
                yield f"provision/{each.id}/{name}", reference
    for rule in agreement.elections:
        for reference in rule.provisions:
            yield f"election/{rule.id}", reference
    for override in agreement.overrides:
        yield "override/provision", override.provision
        yield "override/by", override.by
    for declared in agreement.declarations:
        for reference in _texts(declared["provisions"]):
            yield "declaration/provisions", reference
    for fallback in agreement.fallbacks:
        for reference in fallback.elections:
            yield f"fallback/{fallback.code}/elections", reference


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _twice(kind: str, named: list[tuple[str, str]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for file, name in named:
        if name in seen:
            yield Problem(
                f"{file}/{kind}", name, f"is also in {seen[name]}", f"give each {kind} its own identifier"
            )
        seen[name] = file
