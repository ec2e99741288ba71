"""Calls to the desk's own number: what their entries say, folded. Values only; nothing here knows a telephone company.

A call lives in the stream ``desk`` until it belongs to a case (``call.joined``, in both streams); what comes after
that, its end and its recordings, is written in the case. Whom the desk tried stays in ``desk``: the climb is the
desk's, the call is the case's. Numbers, names and file digests are private, and nothing is decided by them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("call.received", "somebody called the desk's number", ("/number",)),
    EntryType("call.tried", "a person's telephone rings for a caller", ("/number",)),
    EntryType("call.not_taken", "the person called for a caller did not take the call"),
    EntryType("call.taken", "a person pressed the key and was connected with the caller"),
    EntryType("call.missed", "nobody took the call: calling back is owed"),
    EntryType("call.joined", "the call belongs to this case", ("/number",)),
    EntryType("call.ended", "the call is over"),
    EntryType("text.received", "a text came from somebody who is none of ours", ("/number",)),
    EntryType("media.announced", "the telephone company holds a recording or a picture for us", ("/name",)),
    EntryType("media.kept", "a recording or a picture was fetched and is kept", ("/name", "/sha256")),
    EntryType("media.removed", "the telephone company holds a recording or a picture no longer"),
    EntryType("media.not_fetched", "a recording or a picture could not be fetched; it is tried again"),
    EntryType("media.not_removed", "a recording or a picture could not be removed there; it is tried again"),
)

RINGING_FOR = timedelta(minutes=4)
"""With no news for so long a call that nobody took is taken for lost: no try rings for a quarter of it."""
RECORDING_FOR = timedelta(minutes=15)
TALKING_FOR = timedelta(hours=6)
KEPT_FOR = timedelta(days=30)
"""How long the fold of the desk remembers a call that is over; its entries stay for ever."""

TEXTS_KEPT_FOR = timedelta(days=2)
AGAIN_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440, 1440))
"""When fetching or removing is tried again after the sender gave up: for four days, then a person must."""

CALL_BACK_OWED = "call_back_owed"
"""The kind of the alert that comes when nobody called back in the time that the caller was promised."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One person's telephone, rung for the caller. ``why``: he did not take it, and why; None while it rings."""

    n: int
    officer: str
    contact: str
    post: str
    at: datetime
    number: object = None
    why: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A recording of a call, or a picture that came with a text. ``parent``: the provider's name of what it came with.
    ``failures``: how often fetching, then removing, was given up; ``failed_at``: the last time."""

    sid: str
    of: str
    kind: str
    parent: str
    announced_at: datetime
    failures: int = 0
    failed_at: datetime | None = None
    is_removed: bool = False
    kept: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_owed(self) -> bool:
        return not self.kept


@dataclass(frozen=True, slots=True)
class DeskCall:
    """``caller``: ``unknown``, ``withheld``, ``authority`` (the directory has the number) or ``officer`` (one of
    ours has it); a number can be forged, so that neither proves anything. ``rings``: False where a flood from this
    number is only recorded. ``news_at``: its newest entry."""

    id: str
    sid: str
    began_at: datetime
    news_at: datetime
    caller: str = "unknown"
    number: object = None
    to: str = ""
    officer: str | None = None
    authorities: tuple[Mapping[str, Any], ...] = ()
    rings: bool = True
    legs: tuple[Leg, ...] = ()
    taken_by: str | None = None
    taken_at: datetime | None = None
    missed: str | None = None
    call_back_by: datetime | None = None
    is_called_back: bool = False
    is_reminded: bool = False
    case: str | None = None
    ended_at: datetime | None = None
    how: str | None = None

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    @property
    def is_here(self) -> bool:
        """It goes on, and in this stream."""
        return self.is_live and self.how is None

    @property
    def ringing(self) -> Leg | None:
        """The leg whose end is awaited: it rings, or its person talks."""
        last = self.legs[-1] if self.legs else None
        return last if last is not None and last.why is None else None


@dataclass(frozen=True, slots=True)
class TextIn:
    """A text of somebody who is none of ours, and the case that it went to."""

    at: datetime
    case: str
    number: object = None


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one stream by id, oldest first, and what the telephone company holds or held of them; ``texts``: of
    the last two days, oldest first."""

    by_id: Mapping[str, DeskCall] = field(default_factory=lambda: MappingProxyType({}))
    media: Mapping[str, Media] = field(default_factory=lambda: MappingProxyType({}))
    texts: tuple[TextIn, ...] = ()

    def of_sid(self, sid: str) -> DeskCall | None:
        return next((c for c in reversed(tuple(self.by_id.values())) if c.sid == sid), None) if sid else None

    def media_of(self, call: str) -> tuple[Media, ...]:
        return tuple(m for m in self.media.values() if m.of == call)


def apply_calls(state: Calls, entry: Entry) -> Calls:
    """The fold; ignores the types of other slices."""
    if entry.type == "call.received":
        return _with(_forgetting(state, entry.recorded_at), _received(entry))
    if entry.type.startswith("media."):
        return _media(state, entry)
    if entry.type == "text.received":
        text = TextIn(entry.recorded_at, entry.body["case"], entry.body.get("number"))
        lately = (t for t in state.texts if entry.recorded_at - t.at < TEXTS_KEPT_FOR)
        return replace(state, texts=(*lately, text))
    if entry.type == "call.joined":
        return _joined(state, entry)
    change = _CHANGES.get(entry.type)
    call = state.by_id.get(str(entry.body.get("call")))
    if change is not None and call is not None:
        return _with(state, replace(change(call, entry), news_at=entry.recorded_at))
    return _dealt_with(state, entry)


CALL_SILENT, CALL_BACK, MEDIA_OWED, MEDIA_LEFT = "call_silent", "call_back", "media_owed", "media_left"
"""Kinds of timers."""


def due(state: Calls) -> dict[tuple[str, str, int], datetime]:
    """When a call with no news is looked at, and when a promised call back is late. A pure index, without ``now``."""
    found: dict[tuple[str, str, int], datetime] = {}
    for call in state.by_id.values():
        if call.is_here:
            found[CALL_SILENT, call.id, 0] = call.news_at + _patience(call)
        if call.call_back_by is not None and not (call.is_called_back or call.is_reminded):
            found[CALL_BACK, call.id, 0] = call.call_back_by
    for media in state.media.values():
        if media.failed_at is not None and 0 < media.failures <= len(AGAIN_AFTER) and not media.is_removed:
            kind = MEDIA_OWED if media.is_owed else MEDIA_LEFT
            found[kind, media.sid, media.failures] = media.failed_at + AGAIN_AFTER[media.failures - 1]
    return found


def _patience(call: DeskCall) -> timedelta:
    if call.taken_by is not None:
        return TALKING_FOR
    return RINGING_FOR if call.missed is None else RECORDING_FOR


def _with(state: Calls, call: DeskCall) -> Calls:
    return replace(state, by_id=MappingProxyType({**state.by_id, call.id: call}))


def _forgetting(state: Calls, now: datetime) -> Calls:
    kept = {c.id: c for c in state.by_id.values() if c.is_here or now - c.news_at < KEPT_FOR}
    if len(kept) == len(state.by_id):
        return state
    media = {m.sid: m for m in state.media.values() if m.of in kept or m.is_owed}
    return replace(state, by_id=MappingProxyType(kept), media=MappingProxyType(media))


def _received(entry: Entry) -> DeskCall:
    body = entry.body
    caller = body.get("caller") or {}
    return DeskCall(
        id=body["call"],
        sid=body["sid"],
        began_at=entry.recorded_at,
        news_at=entry.recorded_at,
        caller=caller.get("kind", "unknown"),
        number=body.get("number"),
        to=body.get("to", ""),
        officer=caller.get("officer"),
        authorities=tuple(caller.get("authorities", ())),
        rings=body.get("rings", True),
    )


def _tried(call: DeskCall, entry: Entry) -> DeskCall:
    body = entry.body
    leg = Leg(
        body["leg"], body["officer"], body["contact"], body["post"], entry.recorded_at, body.get("number")
    )
    return replace(call, legs=(*call.legs, leg))


def _not_taken(call: DeskCall, entry: Entry) -> DeskCall:
    why = entry.body["why"]
    legs = tuple(replace(leg, why=why) if leg.n == entry.body["leg"] else leg for leg in call.legs)
    was_his = any(leg.n == entry.body["leg"] and leg.taken_at is not None for leg in call.legs)
    # He pressed the key and was not connected: the caller still waits for somebody.
    return replace(
        call,
        legs=legs,
        taken_by=None if was_his else call.taken_by,
        taken_at=None if was_his else call.taken_at,
    )


def _taken(call: DeskCall, entry: Entry) -> DeskCall:
    at = entry.recorded_at
    legs = tuple(replace(leg, taken_at=at) if leg.n == entry.body["leg"] else leg for leg in call.legs)
    return replace(call, legs=legs, taken_by=entry.body["officer"], taken_at=at)


def _missed(call: DeskCall, entry: Entry) -> DeskCall:
    return replace(call, missed=entry.body["why"], call_back_by=from_optional(entry.body.get("call_back_by")))


def _ended(call: DeskCall, entry: Entry) -> DeskCall:
    return replace(call, ended_at=entry.recorded_at, how=entry.body["how"])


_CHANGES: Mapping[str, Callable[[DeskCall, Entry], DeskCall]] = {
    "call.tried": _tried,
    "call.not_taken": _not_taken,
    "call.taken": _taken,
    "call.missed": _missed,
    "call.ended": _ended,
}


def _joined(state: Calls, entry: Entry) -> Calls:
    """In ``desk`` the call is over there: it goes on in its case, where this entry is its first."""
    body = entry.body
    known = state.by_id.get(body["call"])
    if known is not None:
        moved = replace(known, case=body["case"], news_at=entry.recorded_at)
        is_elsewhere = entry.stream == "desk"
        return _with(state, replace(moved, how="joined") if is_elsewhere and known.is_live else moved)
    caller = body.get("caller") or {}
    return _with(
        state,
        DeskCall(
            id=body["call"],
            sid=body["sid"],
            began_at=from_text(body["began_at"]),
            news_at=entry.recorded_at,
            caller=caller.get("kind", "unknown"),
            number=body.get("number"),
            officer=caller.get("officer"),
            authorities=tuple(caller.get("authorities", ())),
            taken_by=body.get("taken_by"),
            taken_at=from_optional(body.get("taken_at")),
            case=body["case"],
            ended_at=from_optional(body.get("ended_at")),
            how="ended" if body.get("ended_at") else None,
        ),
    )


def _media(state: Calls, entry: Entry) -> Calls:
    body = entry.body
    sid, at = body["media"], entry.recorded_at
    known = state.media.get(sid) or Media(
        sid, body["of"], body.get("kind", "recording"), body.get("parent", ""), at
    )
    if entry.type == "media.kept":
        known = replace(known, kept=MappingProxyType(dict(body)), failures=0, failed_at=None)
    elif entry.type == "media.announced":
        known = replace(known, failed_at=None)
    elif entry.type == "media.removed":
        known = replace(known, is_removed=True)
    elif entry.type in ("media.not_fetched", "media.not_removed"):
        known = replace(known, failures=known.failures + 1, failed_at=at)
    return replace(state, media=MappingProxyType({**state.media, known.sid: known}))


_CALLED_BACK = frozenset({"note.added", "case.closed"})


def _dealt_with(state: Calls, entry: Entry) -> Calls:
    """What an officer does in the case settles what was promised to its callers, or the desk reminded him."""
    owed = tuple(_owed(state))
    if not owed:
        return state
    body = entry.body
    is_call = entry.type == "communication.logged" and body.get("channel") == "phone"
    if entry.type in _CALLED_BACK or (is_call and body.get("direction") == "out"):
        return _all(state, owed, lambda call: replace(call, is_called_back=True))
    if entry.type == "alert.raised" and body.get("kind") == CALL_BACK_OWED:
        return _all(state, owed, lambda call: replace(call, is_reminded=True))
    return state


def _owed(state: Calls) -> Iterator[DeskCall]:
    return (c for c in state.by_id.values() if c.missed is not None and not c.is_called_back)


def _all(state: Calls, calls: tuple[DeskCall, ...], how: Callable[[DeskCall], DeskCall]) -> Calls:
    changed = {call.id: how(call) for call in calls}
    return replace(state, by_id=MappingProxyType({**state.by_id, **changed}))
