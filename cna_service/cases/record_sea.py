"""What happened at sea and after. Folded by ``fold_sea``; field names are the case's JSON keys.

What a rule reads of these stands in the clear in its entry: codes, numbers, instants, measures. Units, persons, words
and texts are private and only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAY, MAY_NOT, NOT_GRANTED = "may", "may_not", "not_granted"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of an instruction, as the unit was told it.

    ``says``: may, may_not (refused, ended, taken back, or held back by the desk), not_granted (asked, and nothing in
    force). ``why``: why it is no permission, a code; ``because`` the same in words, where the code says too little.
    ``seq`` and ``leaf``: the entry that it rests on, a permission or a refusal. ``conditions``: their texts, perhaps
    erased; ``condition_items``: number, kind and end of each, in the clear.
    """

    vessel: int
    measure: str
    says: str
    state: str | None = None
    exchange: int | None = None
    answer: int | None = None
    seq: int | None = None
    leaf: str | None = None
    form: str | None = None
    value: str | None = None
    starts_at: datetime | None = None
    until: datetime | None = None
    asked_at: datetime | None = None
    why: str | None = None
    because: str | None = None
    conditions: object = ()
    condition_items: tuple[Mapping[str, Any], ...] = ()
    is_deemed: bool = False


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a unit was told that it may and may not do. ``unit_n``: the unit's number within the case, in the clear.

    ``lines`` are what the unit knows now: those of the instruction, or of a STOP that it has read back; ``known_seq``
    is the entry that told it. ``stale_at``: since when they no longer hold; ``settled_seq``: the read-back of the STOP
    or of the instruction that came in its place.
    """

    n: int
    seq: int
    recorded_at: datetime
    unit_n: int
    unit: object
    circuit: object
    passed_to: Mapping[str, Any]
    actor: Mapping[str, Any]
    lines: tuple[Line, ...]
    text: object
    known_seq: int
    number: object = None
    words: object = None
    delegations: tuple[Mapping[str, Any], ...] = ()
    """By which the officer may instruct units, each as it stood then; none where ``override_reason`` stands."""
    override_reason: object = None
    read_backs: tuple[Mapping[str, Any], ...] = ()
    read_back_at: datetime | None = None
    stale_at: datetime | None = None
    stale_because: tuple[Mapping[str, Any], ...] = ()
    summoned: int = 0
    settled_seq: int | None = None
    settled_by: str | None = None
    """``stop``, or ``instruction`` where a newer one was read back."""

    @property
    def is_stale(self) -> bool:
        return self.stale_at is not None and self.settled_seq is None

    @property
    def state(self) -> str:
        if self.settled_seq is not None:
            return "stopped" if self.settled_by == "stop" else "replaced"
        if self.stale_at is not None:
            return "stale"
        if self.read_back_at is not None:
            return "read_back"
        return "misread" if self.read_backs else "passed"


@dataclass(frozen=True, slots=True)
class Sea:
    """Empty in a case without any. All but instructions are entries as told, each with its ``seq``."""

    instructions: tuple[Instruction, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()
    results: tuple[Mapping[str, Any], ...] = ()
    condition_checks: tuple[Mapping[str, Any], ...] = ()
    custody: tuple[Mapping[str, Any], ...] = ()
    reports_owed: tuple[Mapping[str, Any], ...] = ()
    """Each with the ``made`` that answered it, if any."""
    evidence_summaries: tuple[Mapping[str, Any], ...] = ()
    notifications_made: tuple[Mapping[str, Any], ...] = ()
    compensation: tuple[Mapping[str, Any], ...] = ()
    """Claims, each with its ``answers``."""

    def instruction(self, n: int) -> Instruction | None:
        return next((i for i in self.instructions if i.n == n), None)

    def action(self, n: int) -> Mapping[str, Any] | None:
        return next((a for a in self.actions if a["action"] == n), None)
