"""Delegations as they are shown: to whom by name, with whether each is in force at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.identity.delegations import Delegation
from cna_service.identity.officers import Officers
from cna_service.workflow.projections import DELEGATIONS, DESK, OFFICERS
from cna_service.workflow.service import Service


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """One delegation; ``state``: in_force, not_yet, ended. Numbers of persons stand in their accounts."""

    delegation: str
    state: str
    to: dict[str, Any]
    to_words: str
    measures: tuple[str, ...]
    acts: tuple[str, ...]
    conditions: object
    from_at: datetime
    until: datetime | None
    ended_at: datetime | None
    instrument: dict[str, Any]
    deputies: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]
    noted_at: datetime | None
    noted_by: str
    seq: int

    @property
    def is_in_force(self) -> bool:
        return self.state == "in_force"


def delegation_lines(
    service: Service, at: datetime | None = None
) -> tuple[datetime, tuple[DelegationLine, ...]]:
    """The instant looked at, and every delegation ever noted: those in force first, then by when they began."""
    with service.read() as reader:
        desk, when = reader.stream(DESK), at or reader.now
        delegations, officers = desk.of(DELEGATIONS), desk.of(OFFICERS)
    lines = [_line(d, officers, when) for d in delegations.by_id.values()]
    return when, tuple(sorted(lines, key=lambda line: (not line.is_in_force, line.seq)))


def _line(delegation: Delegation, officers: Officers, at: datetime) -> DelegationLine:
    to = {
        "officer": delegation.officer,
        "role": delegation.role,
        "post": delegation.post,
        "office": delegation.office,
    }
    return DelegationLine(
        delegation=delegation.id,
        state=_state(delegation, at),
        to={k: v for k, v in to.items() if v},
        to_words=_words(delegation, officers),
        measures=delegation.measures,
        acts=delegation.acts,
        conditions=delegation.conditions,
        from_at=delegation.from_at,
        until=delegation.to_at,
        ended_at=delegation.ended_at,
        instrument=dict(delegation.instrument),
        deputies=tuple(_person(d, officers) for d in delegation.deputies),
        attachments=tuple(dict(a) for a in delegation.attachments),
        noted_at=delegation.noted_at,
        noted_by=str(delegation.noted_by.get("name") or delegation.noted_by.get("kind") or ""),
        seq=delegation.seq,
    )


def _state(delegation: Delegation, at: datetime) -> str:
    if delegation.is_in_force(at):
        return "in_force"
    return "not_yet" if at < delegation.from_at else "ended"


def _words(delegation: Delegation, officers: Officers) -> str:
    if delegation.officer is not None:
        return str(_person(delegation.officer, officers)["name"])
    if delegation.role is not None:
        return f"every {delegation.role.replace('_', ' ')}"
    return ", ".join(w for w in (delegation.post, delegation.office) if w)


def _person(officer: str, officers: Officers) -> dict[str, Any]:
    known = officers.get(officer)
    return {
        "officer": officer,
        "name": known.name if known else officer,
        "phone": known.phone if known else None,
    }
