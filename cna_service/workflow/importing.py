"""Taking in a register: the rows in chunks first, then the entry that says which version came into use."""

from __future__ import annotations

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.ledger.entry import Draft
from cna_service.registry import store
from cna_service.registry.importer import ImportReport, import_register
from cna_service.registry.layouts import Source
from cna_service.registry.opened import Progress, no_progress
from cna_service.registry.search import NATIONAL
from cna_service.registry.store import Register, RegisterVersion
from cna_service.workflow.projections import DESK_STATE, REGISTRY
from cna_service.workflow.service import Service

MOST_RECORDED = 100
"""Rows set aside that the entry names; all of them stay in the register's own list."""


def import_file(
    service: Service,
    actor: Actor,
    file: Source,
    *,
    register: str = NATIONAL,
    name: str = "National register",
    source: str = "",
    terms: str = "",
    as_of: str | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Import a file as the new current version of a register and record it.

    A version that came into use without its entry (the desk died between) is recorded by the next import of the
    same file. Raises NotPermitted, RegisterUnreadable, ImportOvertaken, DatabaseUnavailable.
    """
    require(actor, Action.REGISTRY_IMPORT)
    known = Register(register, name, source or file.path.name, terms, file.layout)
    now = service.clock.now()
    report = import_register(service.database, known, file, now=now, as_of=as_of, progress=progress)
    if not is_recorded(service, report.version):
        _record(service, actor, report)
    return report


def is_recorded(service: Service, version: RegisterVersion) -> bool:
    with service.read() as reader:
        told = reader.stream(REGISTRY).of(DESK_STATE).registers.get(version.register)
    return told is not None and told["version"] >= version.number


def _record(service: Service, actor: Actor, report: ImportReport) -> None:
    version = report.version
    body = {
        "register": version.register,
        "version": version.number,
        "as_of": version.as_of,
        "rows": report.rows,
        "rejected": len(report.rejects),
        "rejects": [{"line": r.line, "why": r.why} for r in report.rejects[:MOST_RECORDED]],
        "file_sha256": version.sha256,
    }
    with service.write(actor, Action.REGISTRY_IMPORT, REGISTRY) as work:
        work.append(Draft("register.imported", body))


def versions(service: Service, register: str = NATIONAL) -> list[RegisterVersion]:
    """Every import of a register, the newest first."""
    with service.read() as reader:
        return store.versions(reader.connection, register)
