"""What a document is made from: frozen shapes that a workflow fills from a case's entries.

Every text field holds words as they stand in the record; the documents show them, never interpret them. Every
instant is timezone-aware. What the record does not hold is None or empty, and the document says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Form(StrEnum):
    """How an answer was first given (api.md, ``form``)."""

    ORAL = "oral"
    WRITTEN = "written"


class ClockKind(StrEnum):
    """Desk-rules 1.1."""

    LEGAL = "legal"
    CLAIMED = "claimed"
    OPERATIONAL = "operational"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """An authority as a letterhead names it; ``zone`` is an IANA name such as ``America/Bogota``."""

    state: str
    name: str
    address_lines: tuple[str, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class OfficialLine:
    """Who acted for a State, as he was on that day (desk-rules 8.2)."""

    name: str
    post: str | None = None
    office: str | None = None
    capacity: str | None = None


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """One identifier: ``kind`` in words (``IMO``, ``call sign``), ``value``, and how it was taken where it was taken
    by voice: as heard, spelt, or read back and agreed (desk-rules 1.5)."""

    kind: str
    value: str
    taken: str | None = None


@dataclass(frozen=True, slots=True)
class VesselLine:
    """A vessel by its number within the case; ``names`` may be empty (a third of real cases has none)."""

    number: int
    names: tuple[str, ...] = ()
    identifiers: tuple[IdentifierLine, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """One measure asked for one vessel, with its answer; ``unanswered`` is a value like the others.

    ``measure`` and ``value`` are the codes of api.md, or the words as told where the code is not known. ``words``
    is the verbatim text. ``at_expiry`` is what the provision says for a value of ``lapsed``.
    """

    vessel: int
    vessel_name: str
    measure: str
    value: str
    conditions: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    words: str | None = None
    at_expiry: str | None = None


@dataclass(frozen=True, slots=True)
class BasisLine:
    """The provision answered or asked under: its id, article and agreement in words, and whether this authority's
    legal adviser has adopted it. Without an id, a basis in somebody's own words."""

    provision: str
    article: str
    agreement: str
    adopted: bool


@dataclass(frozen=True, slots=True)
class RegisterStatement:
    """How a register was checked: which one, which version, as of when, on which keys.

    ``record`` holds the identifiers of the register record that a confirmation means (desk-rules 1.5);
    ``name_alone_reason`` why a name that nobody spelt was enough. ``vessel`` None: for all vessels.
    """

    register: str
    version: str
    as_of: datetime
    keys: tuple[str, ...]
    vessel: int | None = None
    candidates: int | None = None
    record: tuple[IdentifierLine, ...] = ()
    name_alone_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A time limit as a text tells it: ``words`` names the provision or whose statement it is.

    ``effect`` None: nothing follows from silence, at any time. Otherwise what the provision says follows, and
    ``effect_for`` in whose favour (desk-rules 5.1). ``waits_for`` says what has not yet started the clock.
    """

    kind: ClockKind
    words: str
    due_at: datetime | None = None
    waits_for: str | None = None
    effect: str | None = None
    effect_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every text that leaves the desk carries.

    ``seq`` and ``leaf`` (hex, 64 characters) are the head of the case's stream that the text was made from;
    ``root20`` is the first 20 characters of the log's root at sending, None while nothing is sealed (desk-rules
    16.1); ``marking`` is the handling in words.
    """

    case: str
    exchange: int
    our_reference: str
    their_reference: str | None
    ours: AuthorityLine
    theirs: AuthorityLine
    seq: int
    leaf: str
    log_origin: str
    root20: str | None
    sent_at: datetime
    exercise: bool = False
    language: str = "en"
    marking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer(Letter):
    """An answer to everything one exchange asked; ``items`` holds every measure asked, answered or not.

    ``standing_note`` is the reason for answering a requester whose standing is unverified (desk-rules 4.2);
    ``credential_note`` says who reset the decider's credential within the last 24 h (desk-rules 16.3); ``reason`` is
    the one meant for the other side.
    """

    asked_at: datetime
    received_by_channel: str
    vessels: tuple[VesselLine, ...]
    items: tuple[AnsweredItem, ...]
    form: Form
    basis: BasisLine | None
    decided_by: OfficialLine
    delegation: str | None
    decided_at: datetime
    register: tuple[RegisterStatement, ...] = ()
    credential_note: str | None = None
    standing_note: str | None = None
    register_note: str | None = None
    """Why the register was answered although nobody searched it (desk-rules 1.5)."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Letter):
    """Automatic proof that something arrived; commits nobody (desk-rules 1.2). ``missing`` in words."""

    received_at: datetime
    received_by_channel: str
    vessels: tuple[VesselLine, ...] = ()
    missing: tuple[str, ...] = ()
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormalAcknowledgement(Letter):
    """A named officer's act under the instrument; may start a treaty clock."""

    asked_at: datetime
    acknowledged_at: datetime
    acknowledged_by: OfficialLine
    basis: BasisLine | None
    measures: tuple[tuple[int, str], ...]
    vessels: tuple[VesselLine, ...] = ()
    clocks: tuple[ClockLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Letter):
    """More time for an answer: who asked, who granted, from when to when."""

    asked_by: str
    granted_by: OfficialLine
    granted_at: datetime
    was_due: datetime | None
    clock: ClockLine


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundAsk(Letter):
    """What we ask of another State; ``measures`` are pairs of vessel number and measure code."""

    vessels: tuple[VesselLine, ...]
    measures: tuple[tuple[int, str], ...]
    basis: BasisLine | None
    asked_by: OfficialLine
    offences: tuple[str, ...] = ()
    grounds: str | None = None
    positions: tuple[str, ...] = ()
    unit: str | None = None
    intended_action: str | None = None
    assurance_like_treatment: bool | None = None
    reply_wanted_by: datetime | None = None
    reply_wanted_reason: str | None = None
    reply_to: tuple[str, ...] = ()
    clocks: tuple[ClockLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The call by which an answer is spoken, as far as it has gone (desk-rules 2.4).

    ``reference_spoken`` is *their* reference as they speak it, ``code_read_back`` is ours as they read it back; one
    of the two must match before the script appears. ``outcome`` is ``agreed`` or ``corrected``.
    """

    number: str = ""
    from_directory: bool = False
    number_reason: str | None = None
    listener_name: str = ""
    listener_office: str = ""
    reference_spoken: str | None = None
    code_read_back: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    read_back: str | None = None
    outcome: str | None = None
    correction: str | None = None
