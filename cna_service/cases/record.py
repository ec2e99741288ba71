"""What a case is: a value folded from its entries. Immutable; every part names the entry it comes from (``seq``).

Values that may be erased (words, names, grounds) are ``object``: text, or ``Erased``. No rule reads them.

The large ones have no ``slots``: a changed copy of a dictionary is what makes folding quick (``changing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cna_service.cases.record_dealings import Dealings
from cna_service.cases.record_deciding import Deciding
from cna_service.cases.record_law import LawOfCase
from cna_service.cases.record_outside import OutsideRegisters
from cna_service.cases.record_papers import Papers
from cna_service.cases.record_sea import Sea
from cna_service.cases.record_transcripts import Transcripts
from cna_service.kit.told import ToldInstant


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing told or seen about a vessel, by whom and when; nothing overwrites another."""

    field: str
    value: object
    seq: int
    recorded_at: datetime
    source: object = None
    how: str | None = None
    """How a value taken by voice was got: as_heard, spelt, read_back."""
    words: object = None
    happened_at: ToldInstant | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Vessel:
    n: int
    facts: tuple[Fact, ...] = ()

    def values(self, *fields: str) -> tuple[Any, ...]:
        """Each different value told of these fields, in the order told."""
        return tuple(
            dict.fromkeys(
                f.value for f in self.facts if f.field in fields and isinstance(f.value, (str, int))
            )
        )

    @property
    def label(self) -> str:
        names = self.values("name")
        return str(names[-1]) if names else f"vessel {self.n} (no name known)"


@dataclass(frozen=True, slots=True)
class Item:
    """One measure asked for one vessel."""

    vessel: int
    measure: str


@dataclass(frozen=True, slots=True)
class AnswerItem:
    vessel: int
    measure: str
    value: str
    conditions: object = ()
    """Their texts, numbered from 1 in this order; perhaps erased."""
    valid_from: str | None = None
    valid_to: str | None = None
    words: object = None
    condition_items: tuple[Mapping[str, Any], ...] = ()
    """Number, kind and end of each condition, in the clear: what rules read."""


@dataclass(frozen=True, slots=True)
class Conveyance:
    """One way in which an answer went to the other side. ``complete`` is what a provision can count from."""

    n: int
    seq: int
    form: str
    channel: str
    complete: bool
    recorded_at: datetime
    sending: str | None = None
    state: str = ""
    to: Mapping[str, Any] = field(default_factory=dict)
    confirmed_seq: int | None = None
    confirmed_at: datetime | None = None
    confirmed_by: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    n: int
    seq: int
    leaf: str
    ours: bool
    items: tuple[AnswerItem, ...]
    form: str
    recorded_at: datetime
    happened_at: ToldInstant | None
    as_of: datetime
    by: Mapping[str, Any]
    actor: Mapping[str, Any]
    basis: Mapping[str, Any] | None
    words: object = None
    register: Mapping[str, Any] | None = None
    register_reason: object = None
    """Why the register was answered without a judged search, or on a name alone; it is printed."""
    reason_sent: object = None
    late: bool = False
    decision: int | None = None
    rests_on: tuple[Mapping[str, Any], ...] = ()
    """The delegations that our answer rests on, each as it stood then; none where ``override_reason`` stands."""
    conveyances: tuple[Conveyance, ...] = ()
    to_closed_case: bool = False
    checked: Mapping[str, Any] | None = None
    """Against which rows of the directory the answerer was checked when the answer came (practice R7)."""
    not_counted: tuple[Mapping[str, Any], ...] = ()
    """The items that no listed authority answered, each with ``why``."""
    override_reason: object = None
    listed_by: tuple[Mapping[str, Any], ...] = ()
    """What a listed authority confirmed of an answer of another office; each entry names its items."""
    confirms: int | None = None
    """The oral answer that this writing confirms."""
    differs: tuple[Mapping[str, Any], ...] = ()
    """Where the writing differs from the word: vessel, measure, ``in``, ``narrower`` (desk-rules 6.4)."""
    readings: tuple[Mapping[str, Any], ...] = ()
    withdrawal: Mapping[str, Any] | None = None
    notices: tuple[Mapping[str, Any], ...] = ()
    """How the other side was told that this answer of ours limits or takes back an earlier one."""

    @property
    def conveyed_at(self) -> datetime | None:
        return next((c.recorded_at for c in self.conveyances if c.complete), None)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    seq: int
    at: datetime
    by: Mapping[str, Any]
    automatic: bool = False
    theirs: Mapping[str, Any] | None = None
    """Who of the other side acknowledged our ask; None for ours."""
    words: object = None


@dataclass(frozen=True)
class Exchange:
    """One formal ask and what came of it; inbound: they ask us, outbound: we ask them."""

    n: int
    seq: int
    direction: str
    kind: str
    state: str | None
    authority: str | None
    authority_name: str
    items: tuple[Item, ...]
    form: str
    channel: str
    at: datetime
    """Received (inbound) or asked (outbound): the server's instant, or the officer's for a call (desk-rules 1.4)."""
    offences: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    basis_told: tuple[str, ...] = ()
    their_reference: str | None = None
    text: object = None
    acknowledgement: Acknowledgement | None = None
    standing: str = "unverified"
    standings: tuple[Mapping[str, Any], ...] = ()
    """Every finding on who asks, oldest first; a call-back holds the directory's row of the number."""
    answers: tuple[Answer, ...] = ()
    decisions: tuple[Mapping[str, Any], ...] = ()
    questions: tuple[Mapping[str, Any], ...] = ()
    extensions: tuple[Mapping[str, Any], ...] = ()
    chosen: Mapping[str, Any] | None = None
    withdrawn_seq: int | None = None
    machine_words: tuple[Mapping[str, Any], ...] = ()
    """Auto-replies, read receipts, ticket numbers: kept, and never an acknowledgement (desk-rules 5.3)."""
    distribution: tuple[Mapping[str, Any], ...] = ()
    """Who was informed by it, where it informs several (kind ``distribution``)."""

    @property
    def is_inbound(self) -> bool:
        return self.direction == "inbound"


@dataclass(frozen=True)
class Clock:
    """A clock of one exchange. ``terms`` stand in its entry whole: replay reads no catalogue (desk-rules 10.1)."""

    id: str
    seq: int
    kind: str
    exchange: int | None
    items: tuple[Item, ...]
    terms: Mapping[str, Any]
    starts_at: datetime | None
    due_at: datetime | None
    waits_for: str | None = None
    warnings: tuple[tuple[str, datetime], ...] = ()
    warned: frozenset[str] = frozenset()
    answered: frozenset[Item] = frozenset()
    """The items that an answer has settled; the clock stops when none is left."""
    lapsed_at: datetime | None = None
    lapsed_seq: int | None = None
    lapse: Mapping[str, Any] | None = None
    lapse_proposed: Mapping[str, Any] | None = None
    """What one officer proposes to record of the lapse; nothing follows before a second one approves."""
    stopped_at: datetime | None = None
    stopped_seq: int | None = None
    reason: object = None
    stated_by: object = None
    disturbed_by: str | None = None
    superseded_seq: int | None = None
    """The entry that re-based its exchange after a change of the law: the clock stays, and gives nothing any more."""
    superseded_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.due_at is not None and self.stopped_at is None and self.lapsed_at is None


@dataclass(frozen=True)
class CaseRecord:
    ref: str
    seq: int = 0
    leaf: str = ""
    is_exercise: bool = False
    as_exercise: bool = False
    """Opened as an exercise by an officer, on whatever desk (desk-rules 15.3)."""
    opened_at: datetime | None = None
    opened_by: Mapping[str, Any] = field(default_factory=dict)
    is_closed: bool = False
    is_to_be_read: bool = False
    """True while something arrived that no program could read and no officer has."""
    vessels: tuple[Vessel, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    clocks: tuple[Clock, ...] = ()
    submissions: tuple[Mapping[str, Any], ...] = ()
    communications: tuple[Mapping[str, Any], ...] = ()
    calls: tuple[Mapping[str, Any], ...] = ()
    """Calls to the desk's number that belong to the case, as they were joined to it."""
    call_backs: tuple[Mapping[str, Any], ...] = ()
    """Callers who were not taken and were promised a call back, until one is logged or noted."""
    media: tuple[Mapping[str, Any], ...] = ()
    """Recordings and pictures fetched from the telephone company."""
    searches: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[Mapping[str, Any], ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()
    links: tuple[Mapping[str, Any], ...] = ()
    dealings: Dealings = field(default_factory=Dealings)
    deciding: Deciding = field(default_factory=Deciding)
    law: LawOfCase = field(default_factory=LawOfCase)
    sea: Sea = field(default_factory=Sea)
    papers: Papers = field(default_factory=Papers)
    transcripts: Transcripts = field(default_factory=Transcripts)
    outside: OutsideRegisters = field(default_factory=OutsideRegisters)
    last_human_at: datetime | None = None
    last_human: Mapping[str, Any] = field(default_factory=dict)
    changed_at: datetime | None = None

    def exchange(self, n: int) -> Exchange | None:
        return next((e for e in self.exchanges if e.n == n), None)

    def vessel(self, n: int) -> Vessel | None:
        return next((v for v in self.vessels if v.n == n), None)

    def clock(self, clock_id: str) -> Clock | None:
        return next((c for c in self.clocks if c.id == clock_id), None)
