"""Folding looks into registers that others keep."""

from __future__ import annotations

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.ledger.entry import Entry


def _looked(record: CaseRecord, entry: Entry) -> CaseRecord:
    is_manual = entry.type == "outside.seen"
    told = {**noted(entry), "is_manual": is_manual, "happened_at": entry.happened_at}
    lookups = (*record.outside.outside_lookups, told)
    return replace(record, outside=replace(record.outside, outside_lookups=lookups))


APPLY = {"outside.looked_up": _looked, "outside.seen": _looked}
