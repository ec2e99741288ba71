"""The policy in force: what the authority edits as text, read once at start, kept whole when an entry cites it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cna_service.agreements.catalogue import Catalogue
from cna_service.alerts.countries import Countries
from cna_service.documents.wording import Wording
from cna_service.escalation.ladder_file import Ladders
from cna_service.escalation.texts import Texts
from cna_service.intake.call_policy import CallPolicy
from cna_service.workflow.two_person import TwoPerson


@dataclass(frozen=True, slots=True)
class Policies:
    """``files``: path → text of every policy file as read, by the SHA-256 that entries cite."""

    catalogue: Catalogue
    ladders: Ladders
    texts: Texts
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """sha256 → (path, text)"""
    papers: Wording = field(default_factory=Wording)
    two_person: TwoPerson = field(default_factory=TwoPerson)
    calls: CallPolicy = field(default_factory=CallPolicy)
    countries: Countries = field(default_factory=Countries)

    def text_of(self, sha256: str) -> tuple[str, str]:
        """(path, text) of a file in force. Raises KeyError for one that is not."""
        return self.files[sha256]
