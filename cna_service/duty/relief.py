"""What the stream ``duty`` says of reliefs, notices and check-ins: values, and the fold that changes them.

Who has the watch is not here: :func:`cna_service.duty.rules.who_has_the_watch` alone says that. This state knows what
was *recorded* of the watch's changing hands, so that each change is recorded once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from cna_service.duty.relief_types import ENTRY_TYPES
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry, UnknownEntryType

Side = Literal["going", "coming"]

RELIEVED_POST = "duty_officer"
"""Whose relief is signed: a case belongs to the watch, and this post has it (desk-rules 3.5)."""

SIGN_BEFORE = timedelta(hours=2)
"""How long before the change a relief can be signed: earlier the sheet would say little of what is handed over."""

USUAL_NOTICE = (720, 60)
"""Minutes before a watch at which an officer is told of it who wished nothing else."""

_KEPT = 20
_ROSTER_CHANGES = (
    *(
        "roster.set",
        "roster.ended",
        "roster.temporary_set",
        "roster.temporary_ended",
        "roster.override_added",
    ),
    *("roster.override_removed", "roster.holidays_set", "roster.holiday_changed", "absence.noted"),
    *("absence.ended", "swap.accepted", "watch.account_noted"),
)
"""Entries after which somebody else may have a watch than before."""

Away = Mapping[str, tuple[tuple[datetime, datetime | None], ...]]
_OWN = {each.name: each.v for each in ENTRY_TYPES}


@dataclass(frozen=True, slots=True)
class Signature:
    """``shown``: the cases on the sheet that was signed, with the seq of each."""

    officer: str
    side: Side
    at: datetime
    seq: int
    shown: tuple[tuple[str, int], ...]
    words: object = None


@dataclass(frozen=True, slots=True)
class Note:
    officer: str
    at: datetime
    seq: int
    words: object


@dataclass(frozen=True, slots=True)
class Relief:
    """One change of the watch. ``at``: the instant of the change; ``seq``: of its entry. ``how``: both_signed or
    supervisor, None while it is open."""

    going: str
    coming: str
    at: datetime
    recorded_at: datetime
    seq: int
    signatures: tuple[Signature, ...] = ()
    overdue_at: datetime | None = None
    completed_at: datetime | None = None
    how: str | None = None
    by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.completed_at is None

    def signed_by(self, side: Side) -> Signature | None:
        """The newest signature of that side."""
        return next((s for s in reversed(self.signatures) if s.side == side), None)

    @property
    def is_signed(self) -> bool:
        return self.signed_by("going") is not None and self.signed_by("coming") is not None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The desk can wake nobody: ``officer`` is to check in by ``due_at``. ``seq``: of the entry that asks."""

    officer: str
    asked_at: datetime
    due_at: datetime
    seq: int
    missed: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A watch taken by SMS: what a ``NO`` gives back."""

    override: str
    officer: str
    post: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WatchLife:
    """``began_at``: since when there has been a roster or override at all. ``standing``: by post, who has it according
    to the last recorded change (posts that never changed are not in it). ``early``: signatures before the change they
    are for, with (going, coming). ``noticed``: (officer, start of the watch, minutes before). ``away``: since when and
    until when accounts were disabled, as far as this stream was told."""

    began_at: datetime | None = None
    roster_at: datetime | None = None
    away: Away = field(default_factory=lambda: MappingProxyType({}))
    standing: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    changed_at: datetime | None = None
    changes: int = 0
    relief: Relief | None = None
    past: tuple[Relief, ...] = ()
    early: tuple[tuple[str, str, Signature], ...] = ()
    notes: tuple[Note, ...] = ()
    wishes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    noticed: frozenset[tuple[str, datetime, int]] = frozenset()
    taken: tuple[Taken, ...] = ()
    check_in: CheckIn | None = None

    def signed_early(self, going: str, coming: str, at: datetime) -> tuple[Signature, ...]:
        """What was signed for this change before it; not what was signed for one that the roster has moved since."""
        pair = (going, coming)
        return tuple(s for was, will, s in self.early if (was, will) == pair and at - s.at <= SIGN_BEFORE)

    def wish_of(self, officer: str) -> tuple[int, ...]:
        return self.wishes.get(officer, USUAL_NOTICE)


def apply_watch_life(state: WatchLife, entry: Entry) -> WatchLife:
    """The fold. Raises UnknownEntryType for a version of its own types that it does not know."""
    if _OWN.get(entry.type, entry.v) != entry.v:
        raise UnknownEntryType(entry)
    if entry.type in _ROSTER_CHANGES:
        state = replace(state, began_at=state.began_at or entry.recorded_at, roster_at=entry.recorded_at)
    change = _CHANGES.get(entry.type)
    return state if change is None else change(state, entry)


def _changed(state: WatchLife, entry: Entry) -> WatchLife:
    body, at = entry.body, from_text(entry.body["at"])
    state = replace(
        state,
        standing=MappingProxyType({**state.standing, body["post"]: body["coming"]}),
        changed_at=at,
        changes=state.changes + 1,
        noticed=frozenset(n for n in state.noticed if n[1] > at),
    )
    if body["post"] != RELIEVED_POST:
        return state
    going, coming = body["going"], body["coming"]
    past = state.past if state.relief is None else (*state.past, state.relief)[-_KEPT:]
    relief = None
    if body.get("relief"):
        relief = Relief(
            going, coming, at, entry.recorded_at, entry.seq, state.signed_early(going, coming, at)
        )
    return replace(state, relief=relief, past=past, early=())


def _signed(state: WatchLife, entry: Entry) -> WatchLife:
    body = entry.body
    shown = tuple((each["case"], each["seq"]) for each in body["shown"])
    signature = Signature(
        body["officer"], body["side"], entry.recorded_at, entry.seq, shown, body.get("words")
    )
    if body["early"]:
        return replace(state, early=(*state.early, (body["going"], body["coming"], signature)))
    if state.relief is None:
        return state
    return replace(state, relief=replace(state.relief, signatures=(*state.relief.signatures, signature)))


def _noted(state: WatchLife, entry: Entry) -> WatchLife:
    note = Note(entry.body["officer"], entry.recorded_at, entry.seq, entry.body.get("words"))
    return replace(state, notes=(*state.notes, note)[-_KEPT:])


def _overdue(state: WatchLife, entry: Entry) -> WatchLife:
    if state.relief is None:
        return state
    return replace(state, relief=replace(state.relief, overdue_at=entry.recorded_at))


def _completed(state: WatchLife, entry: Entry) -> WatchLife:
    """Notes made before the coming officer signed were read by him; what came after stays for the next."""
    if state.relief is None:
        return state
    body, at = entry.body, entry.recorded_at
    relief = replace(state.relief, completed_at=at, how=body["how"], by=body.get("by"))
    signed = relief.signed_by("coming")
    notes = tuple(n for n in state.notes if signed is None or n.at > signed.at)
    return replace(state, relief=relief, notes=notes)


def _taken(state: WatchLife, entry: Entry) -> WatchLife:
    body = entry.body
    taken = Taken(body["override"], body["officer"], body["post"], entry.recorded_at)
    return replace(state, taken=(*state.taken, taken)[-_KEPT:])


def _given_back(state: WatchLife, entry: Entry) -> WatchLife:
    return replace(state, taken=tuple(t for t in state.taken if t.override != entry.body["override"]))


def _notice_set(state: WatchLife, entry: Entry) -> WatchLife:
    wish = tuple(entry.body["minutes_before"])
    return replace(state, wishes=MappingProxyType({**state.wishes, entry.body["officer"]: wish}))


def _noticed(state: WatchLife, entry: Entry) -> WatchLife:
    body = entry.body
    told = (body["officer"], from_text(body["starts_at"]), body["minutes_before"])
    return replace(state, noticed=state.noticed | {told})


def _check_in_asked(state: WatchLife, entry: Entry) -> WatchLife:
    body = entry.body
    return replace(state, check_in=_asked_of(entry, body["officer"], body["due_at"]))


def _check_in_missed(state: WatchLife, entry: Entry) -> WatchLife:
    if state.check_in is None:
        return state
    missed = (*state.check_in.missed, entry.recorded_at)[-_KEPT:]
    body = entry.body
    return replace(state, check_in=_asked_of(entry, body["next_officer"], body["next_due_at"], missed))


def _checked_in(state: WatchLife, entry: Entry) -> WatchLife:
    if state.check_in is None:
        return state
    body = entry.body
    return replace(state, check_in=_asked_of(entry, body["next_officer"], body["next_due_at"]))


def _asked_of(entry: Entry, officer: str, due_at: str, missed: tuple[datetime, ...] = ()) -> CheckIn:
    return CheckIn(officer, entry.recorded_at, from_text(due_at), entry.seq, missed)


def _check_in_ended(state: WatchLife, _entry: Entry) -> WatchLife:
    return replace(state, check_in=None)


def _account_noted(state: WatchLife, entry: Entry) -> WatchLife:
    spans = tuple((from_text(span["from"]), from_optional(span["to"])) for span in entry.body["disabled"])
    return replace(state, away=MappingProxyType({**state.away, entry.body["officer"]: spans}))


_CHANGES: Mapping[str, Callable[[WatchLife, Entry], WatchLife]] = {
    "watch.account_noted": _account_noted,
    "watch.changed": _changed,
    "watch.taken": _taken,
    "watch.given_back": _given_back,
    "watch.notice_set": _notice_set,
    "watch.noticed": _noticed,
    "watch.check_in_asked": _check_in_asked,
    "watch.checked_in": _checked_in,
    "watch.check_in_missed": _check_in_missed,
    "watch.check_in_ended": _check_in_ended,
    "relief.noted": _noted,
    "relief.signed": _signed,
    "relief.overdue": _overdue,
    "relief.completed": _completed,
}
