"""The first start: what an empty database is given, and the refusal of one that was born otherwise.

Everything is an entry by the service. A file can say *sourced*, never *adopted* (desk-rules 10.3): nothing here
adopts a provision. Every function may be called at each start; what is there already is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from cna_service.agreements.seeds import Seed, fact_seeds
from cna_service.directory.seeds import authority_seeds
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Refused
from cna_service.ledger import store
from cna_service.ledger.entry import Body, Draft
from cna_service.ledger.queries import first_entry
from cna_service.workflow.projections import DESK, DIRECTORY, LAW, LISTED, STREAMS
from cna_service.workflow.revising import list_touched_by_edits
from cna_service.workflow.service import Service

_FACTS = frozenset({"participation.noted", "election.noted", "declaration.noted", "suspension.noted"})


class BornReal(Refused):
    """An exercise was started on the database of a real desk."""

    code: ClassVar[str] = "born-real"
    title: ClassVar[str] = "This database belongs to a real desk; an exercise needs one of its own"


class BornExercise(Refused):
    """A real desk was started on the database of an exercise."""

    code: ClassVar[str] = "born-exercise"
    title: ClassVar[str] = "This database belongs to an exercise; a real desk needs one of its own"


class BornElsewhere(Refused):
    """The database is another State's, or its log has another name than the settings give it."""

    code: ClassVar[str] = "born-elsewhere"
    title: ClassVar[str] = "This database belongs to another desk than the settings describe"


def born(service: Service, *, exercise: bool) -> bool:
    """Make the first entry of an empty database: whose desk, real or exercise, for ever (desk-rules 15.1).

    Returns whether the database was empty. Raises BornReal, BornExercise, BornElsewhere for one that is not ours.
    """
    with service.database.read() as connection:
        first = first_entry(connection, DESK)
        missing = [name for name in STREAMS if store.head(connection, name) is None]
    if first is not None:
        _check_birth(service, first, exercise=exercise)
        return False
    held = [name for name in STREAMS if name not in missing]
    with service.write(SERVICE, Action.POLICY_APPLY, *held) as work:
        for name in missing:
            work.open_stream(name)
        work.append(Draft("desk.born", {"exercise": exercise, "state": service.desk.state}), DESK)
    return True


def _check_birth(service: Service, first: Body, *, exercise: bool) -> None:
    # Whatever the log of this start is called: an exercise's has another name, so a fold would find nothing.
    was_exercise, state, log = first["body"]["exercise"], first["body"]["state"], first["log"]
    if was_exercise and not exercise:
        raise BornExercise(
            "The data folder holds an exercise and stays one: add --exercise, or name another folder with --data."
        )
    if exercise and not was_exercise:
        raise BornReal(
            "The data folder holds a real desk and stays one: leave out --exercise, or name another folder with --data."
        )
    for setting, is_now, was in (
        ("CNA_STATE", service.desk.state, state),
        ("CNA_LOG_ORIGIN", service.desk.log_origin, log),
    ):
        if is_now != was:
            raise BornElsewhere(
                f"The data folder was begun as {was}, {setting} gives {is_now}: correct the setting, or name another "
                "folder with --data."
            )


def seed_real(service: Service, config: Path | None = None) -> None:
    """A real desk begins with the files' facts, none of them adopted, and with the offices that published sources
    name, none of them verified (``config/directory``); no officer, no roster."""
    adopt_policies(service)
    note_facts(service, fact_seeds(service.policies.catalogue))
    if config is not None:
        list_offices(service, office_seeds(config))


def office_seeds(config: Path) -> list[Seed]:
    """The offices of ``config/directory``. Raises DirectoryUnreadable."""
    files = sorted((config / "directory").glob("*.toml"))
    return [seed for path in files for seed in authority_seeds(path.name, path.read_bytes())]


def list_offices(service: Service, seeds: Iterable[Seed]) -> int:
    """List authorities in a directory that holds none yet; returns how many."""
    offices = list(seeds)
    with service.read() as reader:
        if reader.stream(DIRECTORY).of(LISTED).authorities or not offices:
            return 0
    with service.write(SERVICE, Action.AUTHORITY_CHANGE, DIRECTORY) as work:
        for kind, body in offices:
            work.append(Draft(kind, body))
    return len(offices)


def adopt_policies(service: Service) -> list[str]:
    """Record each policy file in force that is not the version recorded last, and keep its text; returns the paths.

    An edited file of the catalogue lists the open exchanges that it touches (desk-rules 10.2).
    """
    in_force = _policies_in_force(service)
    new = [(p, sha256) for sha256, (p, _) in service.policies.files.items() if in_force.get(p) != sha256]
    if not new:
        return []
    entries: dict[str, str] = {}
    with service.write(SERVICE, Action.POLICY_APPLY, DESK) as work:
        for path, sha256 in sorted(new):
            work.cite(*service.policies.text_of(sha256))
            entry = work.append(Draft("policy.adopted", {"path": path, "policy_sha256": sha256}))
            entries[path] = entry.id
    list_touched_by_edits(service, in_force, entries)
    return sorted(path for path, _ in new)


def _policies_in_force(service: Service) -> dict[str, Any]:
    """Path → SHA-256 of the version recorded last."""
    with service.database.read() as connection:
        entries = store.read_entries(connection, service.desk.log_origin, DESK).entries
    return {e.body["path"]: e.body["policy_sha256"] for e in entries if e.type == "policy.adopted"}


def note_facts(service: Service, seeds: Iterable[Seed]) -> int:
    """Note participation and elections in a law book that holds none yet; returns how many facts were noted.

    Raises ValueError for a seed of another type: adopting a provision is a person's act.
    """
    facts = list(seeds)
    if strange := sorted({kind for kind, _ in facts} - _FACTS):
        raise ValueError(f"no facts: {', '.join(strange)}")
    with service.read() as reader:
        law = reader.stream(DESK).of(LAW)
    if law.participations or law.elections or not facts:
        return 0
    with service.write(SERVICE, Action.PARTICIPATION_NOTE, DESK) as work:
        for kind, body in facts:
            work.append(Draft(kind, body))
    return len(facts)
