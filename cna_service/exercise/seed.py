"""What an empty exercise database is given: officers, roster, authorities, law, a register. All of it entries.

Each part is written only where there is none yet, so that a start that was interrupted is completed by the next one.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from cna_service.agreements.catalogue import SourceFile
from cna_service.agreements.seeds import Seed, exercise_seeds
from cna_service.directory.seeds import authority_seeds
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import OFFICER_ROLES, Action, Role
from cna_service.identity.rules import officer_problems
from cna_service.kit.errors import Invalid, Problem
from cna_service.ledger.entry import Draft
from cna_service.registry import importer
from cna_service.registry import store as registry_store
from cna_service.registry.importer import ImportReport
from cna_service.registry.model import RegisterVessel
from cna_service.registry.search import NATIONAL
from cna_service.registry.store import Register
from cna_service.registry.synth import synthetic_register
from cna_service.workflow.delegations import give_delegation
from cna_service.workflow.projections import (
    DELEGATIONS,
    DESK,
    DESK_STATE,
    DUTY,
    LAW,
    OFFICERS,
    REGISTRY,
    ROSTERS,
)
from cna_service.workflow.roster import set_roster
from cna_service.workflow.seeding import adopt_policies, list_offices, note_facts, office_seeds
from cna_service.workflow.service import Service

_VESSEL_FIELDS = frozenset(f.name for f in fields(RegisterVessel)) - {"rest"}


class ExerciseFileUnreadable(Invalid):
    """A file under ``config/exercise`` cannot be used; says which file, which place and what to write."""

    code: ClassVar[str] = "exercise-file-unreadable"
    title: ClassVar[str] = "A file of the exercise cannot be used"


def seed_exercise(service: Service, folder: Path) -> None:
    """Seed from ``folder`` (``config/exercise``) whatever is not there yet.

    Raises ExerciseFileUnreadable, CatalogueUnreadable, DirectoryUnreadable, RosterUnreadable.
    """
    adopt_policies(service)
    seed_officers(service, folder / "officers.toml")
    seed_delegations(service, folder / "delegations.toml")
    seed_roster(service, folder / "roster.toml")
    seed_authorities(service, folder / "authorities.toml")
    seed_law(service, folder / "participation.toml")
    seed_register(service, folder / "register.toml")


def seed_officers(service: Service, path: Path) -> None:
    with service.read() as reader:
        if reader.stream(DESK).of(OFFICERS).by_id:
            return
    with service.write(SERVICE, Action.OFFICER_CHANGE, DESK) as work:
        for n, told in enumerate(_tables(path, "officer")):
            body = {"officer" if name == "id" else name: value for name, value in told.items()}
            _refuse(path, f"officer/{n}", officer_problems(body, frozenset(map(str, OFFICER_ROLES))))
            work.append(Draft("officer.added", body))


def seed_delegations(service: Service, path: Path) -> None:
    """Who may decide in the exercise, so that an answer has a delegation to rest on."""
    with service.read() as reader:
        if reader.stream(DESK).of(DELEGATIONS).by_id:
            return
    for told in _tables(path, "delegation"):
        give_delegation(service, SERVICE, told)


def seed_roster(service: Service, path: Path) -> None:
    """The roster of the file, in the desk's own time zone."""
    with service.read() as reader:
        if reader.stream(DUTY).of(ROSTERS).versions:
            return
    content = _content(path)
    body = {
        "roster": content.get("roster"),
        "zone": service.desk.zone,
        "fallback": content.get("fallback", {}),
        "rotations": content.get("rotation", []),
    }
    set_roster(service, SERVICE, body)


def seed_authorities(service: Service, path: Path) -> None:
    """The fictional States' authorities, and the offices that a real desk begins with."""
    fictional = authority_seeds(path.name, path.read_bytes(), exercise=True)
    list_offices(service, [*fictional, *office_seeds(path.parent.parent)])


def seed_law(service: Service, path: Path) -> None:
    """The fictional States' facts by the service; the adoptions by the exercise's legal adviser, who alone may."""
    seeds = exercise_seeds(service.policies.catalogue, SourceFile(f"exercise/{path.name}", path.read_bytes()))
    note_facts(service, [s for s in seeds if s[0] != "provision.adopted"])
    adoptions = [s for s in seeds if s[0] == "provision.adopted"]
    with service.read() as reader:
        desk = reader.stream(DESK)
        if desk.of(LAW).adoptions or not adoptions:
            return
        adviser = next(iter(desk.of(OFFICERS).enabled_with(Role.LEGAL_ADVISER)), None)
    if adviser is None:
        why = "the exercise has no legal adviser, who alone adopts"
        raise ExerciseFileUnreadable(
            "", Problem("officers.toml", None, why, 'add one: role = "legal_adviser"')
        )
    _adopt(service, adviser.actor(service.clock.now(), signed_in={"by": "exercise"}), adoptions)


def _adopt(service: Service, adviser: Actor, adoptions: list[Seed]) -> None:
    with service.write(adviser, Action.PROVISION_ADOPT, DESK) as work:
        for sha256 in sorted({body["file_sha256"] for _, body in adoptions}):
            work.cite(*service.policies.text_of(sha256))
        for kind, body in adoptions:
            work.append(Draft(kind, body))


def seed_register(service: Service, path: Path) -> None:
    """Version 1 of the national register: the vessels of the file, then invented ones."""
    with service.database.read() as connection:
        current = registry_store.current_version(connection, NATIONAL)
    if current is None:
        report = _import(service, path)
        current = report.version
    with service.read() as reader:
        if NATIONAL in reader.stream(REGISTRY).of(DESK_STATE).registers:
            return
    body = {
        "register": current.register,
        "version": current.number,
        "as_of": current.as_of,
        "rows": current.rows,
        "rejected": current.rejects,
        "file_sha256": current.sha256,
        "exercise": True,
    }
    with service.write(SERVICE, Action.REGISTRY_IMPORT, REGISTRY) as work:
        work.append(Draft("register.imported", body))


def _import(service: Service, path: Path) -> ImportReport:
    content = _content(path)
    told = {name: str(content.get(name, "")) for name in ("name", "source", "terms")}
    register = Register(id=NATIONAL, layout="synthetic", **told)
    size, seed = content.get("vessels"), content.get("seed")
    if type(size) is not int or type(seed) is not int or not 0 < size <= 100_000:
        why = "vessels (1 to 100000) and seed must be whole numbers"
        raise ExerciseFileUnreadable(
            "", Problem(path.name, f"{size} {seed}", why, "vessels = 3000, seed = 1")
        )
    specials = [_vessel(path, n, told) for n, told in enumerate(_tables(path, "vessel"))]
    rows = synthetic_register(size, seed=seed, flags=(service.desk.state,), specials=specials)
    return importer.import_rows(
        service.database,
        register,
        islice(rows, size),
        now=service.clock.now(),
        as_of=content.get("as_of"),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _vessel(path: Path, n: int, told: Mapping[str, Any]) -> RegisterVessel:
    known = {name: value for name, value in told.items() if name in _VESSEL_FIELDS}
    if strange := sorted(set(told) - set(known)):
        where = f"{path.name}/vessel/{n}"
        fix = f"use {', '.join(sorted(_VESSEL_FIELDS))}"
        raise ExerciseFileUnreadable(
            "", *(Problem(f"{where}/{s}", None, "is no key here", fix) for s in strange)
        )
    return RegisterVessel(**{**known, "former_names": tuple(known.get("former_names", ()))})


def _tables(path: Path, name: str) -> Iterator[Mapping[str, Any]]:
    found = _content(path).get(name)
    if not isinstance(found, list) or not found:
        problem = Problem(path.name, None, f"has no [[{name}]]", "write at least one")
        raise ExerciseFileUnreadable("", problem)
    return iter(found)


def _content(path: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = Problem(
            path.name, None, f"cannot be read: {error}", "correct it, or put the shipped file back"
        )
        raise ExerciseFileUnreadable("", problem) from error
    if content.get("exercise") is not True:
        problem = Problem(
            path.name, content.get("exercise"), "is not marked", "begin it with exercise = true"
        )
        raise ExerciseFileUnreadable("", problem)
    return content


def _refuse(path: Path, where: str, problems: tuple[Problem, ...]) -> None:
    if problems:
        placed = (Problem(f"{path.name}/{where}{p.pointer}", p.told, p.why, p.fix) for p in problems)
        raise ExerciseFileUnreadable("", *placed)
