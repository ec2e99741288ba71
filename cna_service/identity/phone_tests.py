"""Tests of officers' telephones, folded from the ``desk`` stream: what was sent, what came back, how it ended.

A test is no alert: it says TEST first, answers to a code and a key that no real alert uses, is cancelled by any real
alert to that person, and its failure summons somebody else (desk-rules 13.3, 15.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry, EntryType, UnknownEntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("phone_test.announced", "An officer was told that a test will come at night, and when."),
    EntryType("phone_test.begun", "A test goes to an officer's telephones: which, on what occasion."),
    EntryType("phone_test.repeated", "A test that nobody answered yet is sent once more."),
    EntryType("phone_test.answered", "An officer answered a test, and may have said whether it rang."),
    EntryType(
        "phone_test.ended", "A test passed, failed or was cancelled, with what became of each sending."
    ),
)
_OWN = {each.name: each.v for each in ENTRY_TYPES}

REPEATS = (timedelta(minutes=3), timedelta(minutes=6))
ENDS_AFTER = timedelta(minutes=10)
"""Without an answer, repeats included; then somebody else is summoned."""

_KEPT_TESTS, _KEPT_KEYS = 12, 60
"""Per officer: what stays in memory of tests that ended, and of occasions that are done with. The log has them all."""

Why = Literal["asked", "watch_start", "weekly", "night"]
Result = Literal["passed", "failed", "cancelled"]
TIMER = "phone_test"


@dataclass(frozen=True, slots=True)
class TestSending:
    """``id`` is that of its row in the outbox."""

    __test__ = False

    id: str
    contact: str
    channel: str


@dataclass(frozen=True, slots=True)
class Heard:
    contact: str
    channel: str
    by: str
    rang: bool | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneTest:
    """``key`` names the occasion, so that no occasion has two tests; empty for one that the officer asked for."""

    id: str
    officer: str
    why: str
    key: str
    at_night: bool
    provider: str
    begun_at: datetime
    sendings: tuple[TestSending, ...]
    repeated: tuple[datetime, ...] = ()
    heard: tuple[Heard, ...] = ()
    ended_at: datetime | None = None
    result: str | None = None
    outcomes: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_answered(self) -> bool:
        return bool(self.heard)

    @property
    def unanswered(self) -> tuple[tuple[str, str], ...]:
        """(contact, channel) of what went out and nobody answered, each once."""
        answered = {(h.contact, h.channel) for h in self.heard}
        sent = dict.fromkeys((s.contact, s.channel) for s in self.sendings)
        return tuple(each for each in sent if each not in answered)

    @property
    def asks_whether_it_rang(self) -> bool:
        """Made in his night hours, and he has not said yet."""
        return self.at_night and not any(h.rang is not None for h in self.heard)

    @property
    def next_at(self) -> datetime | None:
        """When something is to be done about it: a repeat, or its end; None once it ended."""
        if not self.is_open:
            return None
        if not self.unanswered:
            return self.heard[-1].at
        if not self.is_answered and len(self.repeated) < len(REPEATS):
            return self.begun_at + REPEATS[len(self.repeated)]
        return self.begun_at + ENDS_AFTER


def sendings_of(officer: str) -> str:
    """What the outbox's keys of an officer's tests begin with: a real alert to him withdraws what was not sent yet,
    for a test never rings into one (desk-rules 15.5)."""
    return f"test:{officer}:"


_NO_TESTS: Mapping[str, PhoneTest] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PhoneTests:
    """``keys``: by officer, the occasions that had their test. ``announced``: by occasion, when a night test is to
    come. ``watch_starts``: how many tests at the start of a watch there were; every fifth takes the spare."""

    by_id: Mapping[str, PhoneTest] = field(default_factory=lambda: _NO_TESTS)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    announced: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    watch_starts: int = 0

    @property
    def open(self) -> tuple[PhoneTest, ...]:
        return tuple(each for each in self.by_id.values() if each.is_open)

    def open_for(self, officer: str) -> PhoneTest | None:
        return next((each for each in self.open if each.officer == officer), None)

    def of(self, officer: str) -> tuple[PhoneTest, ...]:
        """The newest first."""
        mine = [each for each in self.by_id.values() if each.officer == officer]
        return tuple(sorted(mine, key=lambda each: each.begun_at, reverse=True))

    def had(self, officer: str, key: str) -> bool:
        return key in self.keys.get(officer, ())


def apply_phone_tests(state: PhoneTests, entry: Entry) -> PhoneTests:
    """The fold; ignores the types of other slices. Raises UnknownEntryType for a version not known here."""
    if entry.type not in _OWN:
        return state
    if entry.v != _OWN[entry.type]:
        raise UnknownEntryType(entry)
    if entry.type == "phone_test.announced":
        told = {**state.announced, entry.body["key"]: from_text(entry.body["at"])}
        return replace(state, announced=MappingProxyType(told))
    if entry.type == "phone_test.begun":
        return _begun(state, entry)
    test = state.by_id.get(str(entry.body.get("test")))
    if test is None:
        return state
    return _with(state, _CHANGES[entry.type](test, entry))


def due_tests(state: PhoneTests) -> dict[tuple[str, str, int], datetime]:
    """Timers: (kind, test, how far it is) → when."""
    return {
        (TIMER, each.id, len(each.repeated) + len(each.heard)): at
        for each in state.open
        if (at := each.next_at) is not None
    }


def _begun(state: PhoneTests, entry: Entry) -> PhoneTests:
    body, officer = entry.body, entry.body["officer"]
    test = PhoneTest(
        body["test"],
        officer,
        body["why"],
        body["key"],
        body["at_night"],
        body["provider"],
        entry.recorded_at,
        _sendings(body["sendings"]),
    )
    keys = dict(state.keys)
    if test.key:
        keys[officer] = (*keys.get(officer, ()), test.key)[-_KEPT_KEYS:]
    announced = {key: at for key, at in state.announced.items() if key != test.key}
    return replace(
        _with(state, test),
        keys=MappingProxyType(keys),
        announced=MappingProxyType(announced),
        watch_starts=state.watch_starts + (test.why == "watch_start"),
    )


def _with(state: PhoneTests, test: PhoneTest) -> PhoneTests:
    ended = [t.id for t in state.by_id.values() if t.officer == test.officer and not t.is_open]
    forgotten = set(ended[: max(0, len(ended) - _KEPT_TESTS)]) - {test.id}
    kept = {key: each for key, each in state.by_id.items() if key not in forgotten}
    return replace(state, by_id=MappingProxyType({**kept, test.id: test}))


def _repeated(test: PhoneTest, entry: Entry) -> PhoneTest:
    more = _sendings(entry.body["sendings"])
    return replace(test, sendings=(*test.sendings, *more), repeated=(*test.repeated, entry.recorded_at))


def _answered(test: PhoneTest, entry: Entry) -> PhoneTest:
    body = entry.body
    heard = Heard(body["contact"], body["channel"], body["by"], body.get("rang"), entry.recorded_at)
    return replace(test, heard=(*test.heard, heard))


def _ended(test: PhoneTest, entry: Entry) -> PhoneTest:
    outcomes = tuple(dict(each) for each in entry.body.get("outcomes", ()))
    return replace(test, ended_at=entry.recorded_at, result=entry.body["result"], outcomes=outcomes)


_CHANGES = {
    "phone_test.repeated": _repeated,
    "phone_test.answered": _answered,
    "phone_test.ended": _ended,
}


def _sendings(told: Sequence[Mapping[str, Any]]) -> tuple[TestSending, ...]:
    return tuple(TestSending(each["sending"], each["contact"], each["channel"]) for each in told)
