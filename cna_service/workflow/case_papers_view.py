"""The papers of a case as its page shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import Certificate, Release
from cna_service.workflow.certificate_holders import holders


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who holds a certificate; ``untold``: the entries after it that nobody has told him of."""

    delivery: Mapping[str, Any]
    untold: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CertificateView:
    certificate: Certificate
    holders: tuple[HolderView, ...]

    @property
    def is_contradicted(self) -> bool:
        return bool(self.certificate.contrary)


@dataclass(frozen=True, slots=True)
class PapersView:
    """The newest first. ``to_be_told``: how many holders wait to be told of something."""

    certificates: tuple[CertificateView, ...]
    releases: tuple[Release, ...]

    @property
    def to_be_told(self) -> int:
        return sum(1 for c in self.certificates for h in c.holders if h.untold)


def papers_view(record: CaseRecord) -> PapersView:
    held: dict[int, list[HolderView]] = {}
    for c, delivery, untold in holders(record):
        held.setdefault(c.n, []).append(HolderView(delivery, untold))
    certificates = (
        CertificateView(c, tuple(held.get(c.n, ()))) for c in reversed(record.papers.certificates)
    )
    return PapersView(tuple(certificates), tuple(reversed(record.papers.releases)))
