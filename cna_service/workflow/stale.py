"""The service says that an instruction no longer holds, and summons until the unit has read its STOP back."""

from __future__ import annotations

from cna_service.cases.instructions import stale_from
from cna_service.escalation.state import Subject
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.derived import holder_of
from cna_service.workflow.instruct import STALE
from cna_service.workflow.projections import ALERTS, CASE
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

KINDS = ("instruction_stale", "instruction_end", "instruction_again")
ENDS_BY_TIME = ("instruction_end",)
"""What the clock alone brings about: believed only as far as clocks of cases are (desk-rules 11.4)."""


def fire_stale(service: Service, work: Work, stream: str, subject: str) -> None:
    """Append ``instruction.stale`` and summon the holder; again while it is not read back."""
    record = work.of(CASE, stream)
    instruction = record.sea.instruction(int(subject))
    assert instruction is not None
    found = stale_from(record, instruction)
    at = found[0] if found is not None else instruction.stale_at
    assert at is not None
    body = {"instruction": instruction.n, "at": to_text(at), "summons": instruction.summoned + 1}
    if found is not None:
        body["because"] = [dict(each) for each in found[1]]
    work.append(Draft("instruction.stale", body), stream)
    alerts = work.of(ALERTS, stream)
    if any(a.kind == STALE and a.is_climbing for a in alerts.open):
        return
    # About the whole case: an answer to the exchange, which closes what climbs about that, ends no STOP.
    raise_alert(service, work, STALE, stream=stream, subject=Subject(record.ref),
                holder=holder_of(record, alerts))  # fmt: skip
