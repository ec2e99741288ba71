"""An edit of the catalogue's files at start: the open exchanges that it touches are listed (desk-rules 10.2).

The catalogue as it was is read from the texts that the log kept (desk-rules 8.1). Which of the three an edit was, its
maker says in the file, as a new ``[[revision]]``; an edit that does not say is listed as *not said*.
"""

from __future__ import annotations

from collections.abc import Mapping

from cna_service.agreements.catalogue import Catalogue, CatalogueUnreadable, SourceFile, load
from cna_service.agreements.model import Agreement
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.ledger import store
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service
from cna_service.workflow.touched import Law, Publication, cases_touched, publish

NOT_SAID = "not_said"


def list_touched_by_edits(service: Service, was: Mapping[str, str], entries: Mapping[str, str]) -> int:
    """List what each edited file of the catalogue touches; returns in how many files something was touched.

    ``was``: path → SHA-256 of the versions in force before; ``entries``: path → the entry that adopted the new one.
    """
    now = service.policies.catalogue
    before = _before(service, was)
    if before is None:
        return 0
    return sum(
        _list(service, before, now, path, entries[path])
        for path in sorted(entries)
        if _agreement(before, path) is not None or _agreement(now, path) is not None
    )


def _before(service: Service, was: Mapping[str, str]) -> Catalogue | None:
    """The catalogue as it was, or None where this build cannot read it any more, or there was none."""
    with service.database.read() as connection:
        kept = {path: store.policy(connection, digest) for path, digest in was.items()}
    files = [
        SourceFile(path, text.encode())
        for path, text in sorted(kept.items())
        if text and "[[provision]]" in text
    ]
    try:
        return load(files, exercise=True) if files else None
    except CatalogueUnreadable:
        return None


def _agreement(catalogue: Catalogue, path: str) -> Agreement | None:
    return next((a for a in catalogue.agreements.values() if a.file == path), None)


def _list(service: Service, before: Catalogue, now: Catalogue, path: str, change: str) -> bool:
    agreement = _agreement(now, path) or _agreement(before, path)
    assert agreement is not None
    with service.read() as reader:
        book = reader.stream(DESK).of(LAW)
        publication = Publication(
            kind=_kind(_agreement(before, path), _agreement(now, path)),
            of="policy.adopted",
            subject={"instrument": agreement.id, "path": path},
            before=Law(before, book),
            after=Law(_only(before, now, path), book),
        )
        cases = cases_touched(service, reader, publication)
    if not cases.open and not cases.closed:
        return False
    with service.write(SERVICE, Action.POLICY_APPLY, DESK, *cases.streams) as work:
        publish(service, work, publication, change, cases)
    return True


def _only(before: Catalogue, now: Catalogue, path: str) -> Catalogue:
    """The catalogue as it was with this one file as it is now, so that each edit answers for itself."""
    kept = [f for f in before.files if f.path != path]
    new = [f for f in now.files if f.path == path]
    try:
        return load(sorted((*kept, *new), key=lambda f: f.path), exercise=True)
    except CatalogueUnreadable:
        return now


def _kind(was: Agreement | None, now: Agreement | None) -> str:
    revisions = () if now is None else now.revisions
    said = len(revisions) > (0 if was is None else len(was.revisions))
    return revisions[-1].change.value if said else NOT_SAID
