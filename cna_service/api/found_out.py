"""What is computed of a record for our officers: conflicts, States pointed to, what was known when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cna_service.cases.as_json import plain
from cna_service.cases.conflicts import Conflict, conflicts
from cna_service.cases.identifiers_known import known_at_each_act
from cna_service.cases.pointed import PointedTo, states_pointed_to
from cna_service.cases.record import CaseRecord
from cna_service.cases.statements import contradictions
from cna_service.workflow.chase import Chase, line_json


def found_out(record: CaseRecord, own_state: str) -> dict[str, Any]:
    return {
        "conflicts": [_conflict(c) for c in conflicts(record)],
        "states_pointed_to": [_pointed(p) for p in states_pointed_to(record, own_state)],
        "identifiers_known": plain(known_at_each_act(record)),
        "contradicted_by": plain(contradictions(record)),
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "vessel": conflict.vessel,
        "field": conflict.field,
        "values": [plain(v) for v in conflict.values],
        "reconciled": plain(conflict.reconciled),
        "earlier": plain(conflict.earlier),
    }


def _pointed(pointed: PointedTo) -> dict[str, Any]:
    return {
        "vessel": pointed.vessel,
        "state": pointed.state,
        "by": [{"kind": kind, "seq": seq} for kind, seq in pointed.by],
        "status": pointed.state_of_it,
        "exchanges": list(pointed.exchanges),
        "registry_asked": pointed.is_registry_asked,
        "not_queried": plain(pointed.passed_over),
    }


def chase_json(chase: Chase, now: datetime) -> dict[str, Any]:
    return {
        "exchange": chase.exchange,
        "is_answered": chase.is_answered,
        "next": None if chase.next is None else line_json(chase.next, now),
        "contacts": [line_json(line, now) for line in chase.lines],
        "efforts": [e.as_json() for e in chase.efforts],
        "text": list(chase.text),
    }
