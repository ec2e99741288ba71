"""Certificates and releases. Folded by ``fold_papers``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DRAFT, RETURNED, RELEASED, SUPERSEDED, REVOKED = "draft", "returned", "released", "superseded", "revoked"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A paper drawn from entries alone. ``sentences``: heading, text, ``cites`` (numbers of entries), footnotes;
    ``annex``: the other answers on record; ``notes``: the entries cited, as they are in the log.

    ``states``: whose answers it tells; ``settles``: the items told, (State, vessel, measure, value), by which a later
    contrary answer is known. ``state``: draft, returned, released, superseded, revoked. ``log``: origin, root and
    instant of the last line. Texts may be erased; nothing reads them.
    """

    n: int
    seq: int
    kind: str
    title: str
    drafted_by: Mapping[str, Any]
    drafted_at: datetime
    exchanges: tuple[int, ...]
    sentences: tuple[Mapping[str, Any], ...]
    annex: tuple[Mapping[str, Any], ...]
    footnotes: tuple[Mapping[str, Any], ...]
    notes: tuple[Mapping[str, Any], ...]
    settles: tuple[Mapping[str, Any], ...]
    designee: Mapping[str, Any]
    witnesses: tuple[Mapping[str, Any], ...]
    from_seq: int
    from_leaf: str
    extract_sha256: str
    templates: tuple[str, ...]
    log: Mapping[str, Any]
    language: str = "en"
    vessel: int | None = None
    basis: tuple[Mapping[str, Any], ...] = ()
    for_state: str | None = None
    for_court: object = None
    statute: str | None = None
    reissue_of: int | None = None
    supersedes: int | None = None
    state: str = DRAFT
    returned: Mapping[str, Any] | None = None
    released: Mapping[str, Any] | None = None
    revoked: Mapping[str, Any] | None = None
    superseded_by: int | None = None
    superseded_at: datetime | None = None
    deliveries: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[Mapping[str, Any], ...] = ()
    """Who of the holders was told that something contrary came, with up to which entry."""
    contrary: tuple[int, ...] = ()
    """Entries after the draft that its holders must hear of: a contrary answer, a reopening, its own revocation."""

    @property
    def is_given(self) -> bool:
        """Whether it ever left draft: what somebody may hold."""
        return self.released is not None


@dataclass(frozen=True, slots=True)
class Release:
    """What is to be told, or was told, outside. ``pointed_out``: codes and places of what goes beyond an entry or
    is not marked releasable. ``state``: draft, returned, made."""

    n: int
    seq: int
    to: str
    text: object
    language: str
    rests_on: tuple[int, ...]
    pointed_out: tuple[Mapping[str, Any], ...]
    drafted_by: Mapping[str, Any]
    drafted_at: datetime
    from_seq: int
    from_leaf: str
    log: Mapping[str, Any]
    for_state: str | None = None
    addressee: object = None
    ready: str | None = None
    english: object = None
    wording: str | None = None
    state: str = DRAFT
    returned: Mapping[str, Any] | None = None
    made: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """Empty in a case without any."""

    certificates: tuple[Certificate, ...] = ()
    releases: tuple[Release, ...] = ()

    def certificate(self, n: int) -> Certificate | None:
        return next((c for c in self.certificates if c.n == n), None)

    def release(self, n: int) -> Release | None:
        return next((r for r in self.releases if r.n == n), None)
