"""Folding who decides and who is asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cna_service.cases.record import CaseRecord
from cna_service.ledger.entry import Entry

APPLY: Mapping[str, Callable[[CaseRecord, Entry], CaseRecord]] = {}
