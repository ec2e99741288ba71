"""Who decides and who is asked before. Folded by ``fold_deciding``; field names are the case's JSON keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Approval:
    """A second officer asked about one act (desk-rules 6.5).

    ``when``: ``before`` holds the act back until it is given; ``after`` is due at ``due_at``, and what is not given by
    then is a lapse, never an undoing. ``about`` names the act in clear: ``{"answer": 1}``, ``{"certificate": 2}``.
    ``state``: asked, given, refused, lapsed (may still be given, ``late``). ``maker``: the officer who acted.
    """

    n: int
    seq: int
    act: str
    about: Mapping[str, Any]
    when: str
    roles: tuple[str, ...]
    maker: Mapping[str, Any]
    asked_at: datetime
    exchange: int | None = None
    rule: str = ""
    due_at: datetime | None = None
    alert: str | None = None
    clock: str | None = None
    words: object = None
    state: str = "asked"
    settled_by: Mapping[str, Any] = field(default_factory=dict)
    settled_at: datetime | None = None
    settled_seq: int | None = None
    settled_how: str | None = None
    settled_words: object = None
    lapsed_seq: int | None = None
    late: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in ("asked", "lapsed")

    @property
    def holds_back(self) -> bool:
        return self.when == "before" and self.state != "given"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was recorded of a spoken decision, sent to who decided, to confirm or correct (desk-rules 6.2).

    ``stated``: measure → value or ``not_stated``, in clear. ``state``: sent, not_sent (``why``), confirmed, corrected.
    """

    exchange: int
    decision: int
    seq: int
    sent_at: datetime
    due_at: datetime
    stated: tuple[Mapping[str, Any], ...]
    to: str | None = None
    channel: str | None = None
    alert: str | None = None
    clock: str | None = None
    words: object = None
    why: str | None = None
    state: str = "sent"
    settled_at: datetime | None = None
    settled_seq: int | None = None
    settled_by: Mapping[str, Any] = field(default_factory=dict)
    settled_how: str | None = None
    settled_words: object = None

    @property
    def is_open(self) -> bool:
        return self.state in ("sent", "not_sent")


@dataclass(frozen=True, slots=True)
class Consultation:
    """One of our own agencies asked within the case, with its own due time; ``value`` is what it answered, coded."""

    n: int
    seq: int
    agency: str
    contact: Mapping[str, Any]
    question: object
    channel: str
    asked_at: datetime
    due_at: datetime | None = None
    exchange: int | None = None
    clock: str | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    value: str | None = None
    answers: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.answers


@dataclass(frozen=True, slots=True)
class Clearance:
    """A statement of no objection by our own chain of command: never a grant of any State (practice R16)."""

    n: int
    seq: int
    chain: str
    by: Mapping[str, Any]
    measures: tuple[str, ...]
    words: object
    recorded_at: datetime
    value: str = "no_objection"
    exchange: int | None = None
    conditions: object = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    delegation: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Deciding:
    """Empty in a case without any."""

    approvals: tuple[Approval, ...] = ()
    read_backs: tuple[ReadBack, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    clearances: tuple[Clearance, ...] = ()

    def approval(self, n: int) -> Approval | None:
        return next((a for a in self.approvals if a.n == n), None)

    def about(self, act: str, about: Mapping[str, Any]) -> Approval | None:
        """The newest approval asked about this very act."""
        return next(
            (a for a in reversed(self.approvals) if a.act == act and dict(a.about) == dict(about)), None
        )

    def consultation(self, n: int) -> Consultation | None:
        return next((c for c in self.consultations if c.n == n), None)

    def read_back(self, exchange: int, decision: int) -> ReadBack | None:
        return next((r for r in self.read_backs if (r.exchange, r.decision) == (exchange, decision)), None)
