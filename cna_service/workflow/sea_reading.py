"""What is read of a case at sea and after, by its part: as it stands now, computed from the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cna_service.cases import afterwards
from cna_service.cases.as_json import plain
from cna_service.cases.judging import judge
from cna_service.cases.record import CaseRecord
from cna_service.workflow.at_sea import finding_json
from cna_service.workflow.conditions import condition_json
from cna_service.workflow.custody import custody_json
from cna_service.workflow.instruction_words import instructions_json
from cna_service.workflow.service import Service

Part = Callable[[Service, CaseRecord, datetime], Mapping[str, Any]]


def _actions(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    return {"actions": [action_json(record, a) for a in record.sea.actions]}


def action_json(record: CaseRecord, action: Mapping[str, Any]) -> dict[str, Any]:
    """``finding`` is by what is on record now; ``check`` what was found when it was recorded."""
    found = judge(record, action)
    has_reason = bool(action.get("reason_given") or action.get("explained"))
    return {
        **plain(action),
        "finding": finding_json(found),
        "overreach": found.is_overreach,
        "reason_wanted": found.is_overreach and not has_reason,
    }


def _results(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    return {"results": [{**plain(r), "label": result_label(r)} for r in record.sea.results]}


def result_label(result: Mapping[str, Any]) -> str:
    """NOT BOARDED is a result, and no answer of anybody."""
    if result["boarded"] == "no":
        return "NOT BOARDED"
    return "BOARDED, SOMETHING FOUND" if result.get("found") else "BOARDED, NOTHING FOUND"


def _conditions(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    found = [condition_json(c) for c in afterwards.conditions(record)]
    return {"conditions": found, "open": [c["id"] for c in found if c["is_open"]]}


def _custody(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    return custody_json(record, now)


def _reports(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    return {
        "reports": [
            {
                **plain(o),
                "outstanding_since": None if o.get("made") else o["since"],
                "is_open": not o.get("made"),
            }
            for o in record.sea.reports_owed
        ]
    }


def _compensation(service: Service, record: CaseRecord, now: datetime) -> Mapping[str, Any]:
    claims = [
        {**plain(c), "outcome": (c.get("answers") or ({"outcome": "open"},))[-1]["outcome"]}
        for c in record.sea.compensation
    ]
    return {"compensation": claims}


PARTS: Mapping[str, Part] = {
    "instructions": instructions_json,
    "actions": _actions,
    "results": _results,
    "conditions": _conditions,
    "custody": _custody,
    "reports": _reports,
    "compensation": _compensation,
}
