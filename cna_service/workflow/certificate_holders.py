"""Who holds a certificate, and what came after it that he has not been told of (scenario D11; desk-rules 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import Certificate
from cna_service.escalation.state import Subject
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work


def holders(record: CaseRecord) -> list[tuple[Certificate, Mapping[str, Any], tuple[int, ...]]]:
    """Who holds a certificate of this case, and the entries after it that he has not been told of."""
    found = []
    for c in record.papers.certificates:
        for delivery in c.deliveries:
            told = max((x["up_to"] for x in c.notices if x["holder"] == delivery["holder"]), default=0)
            found.append((c, delivery, tuple(seq for seq in c.contrary if seq > told)))
    return found


def holders_json(record: CaseRecord) -> list[dict[str, Any]]:
    return [
        {
            "certificate": c.n,
            "holder": d["holder"],
            "to": str(d.get("to")),
            "channel": d["channel"],
            "seq": d["seq"],
            "to_be_told_of": list(untold),
        }
        for c, d, untold in holders(record)
    ]


def tell_holders(service: Service, work: Work) -> None:
    """Summon somebody who tells the holders, where what this command wrote bears on what they hold."""
    mine = {e.seq for e in work.appended if e.stream == work.stream}
    if any(mine & set(untold) for _, _, untold in holders(work.case)):
        raise_alert(service, work, "certificate_holders", subject=Subject(work.case.ref))
