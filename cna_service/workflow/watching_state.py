"""What the desk stream says of the watch kept over the desk itself: rehearsals, self-tests, nodes, outside jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry, EntryType

WATCHING_TYPES: tuple[EntryType, ...] = (
    EntryType("monitor.rehearsal_begun", "the signal to the outside monitor stops on purpose, until then"),
    EntryType(
        "monitor.rehearsed",
        "the outside monitor was seen to ring officers, or not to",
        ("/reached", "/words"),
    ),
    EntryType("node.silent", "a node of this desk was not heard of for three minutes"),
    EntryType("node.returned", "a node that had ended without being told to came back"),
    EntryType("heartbeat.expected", "an outside job must be heard of so often"),
    EntryType("heartbeat.removed", "an outside job need not be heard of any more"),
    EntryType("heartbeat.muted", "nobody is told of this outside job until then", ("/reason",)),
    EntryType("heartbeat.late", "an outside job was not heard of in time"),
    EntryType("heartbeat.returned", "an outside job that was late was heard of again"),
    EntryType("self_test.finished", "the paging path was tried from end to end, with times and result"),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """An outside job. ``is_late``: an entry says so, and none since that it came back."""

    name: str
    every: timedelta
    grace: timedelta
    muted_until: datetime | None = None
    is_late: bool = False

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Who said when that the outside monitor rang, and whether it did."""

    at: datetime
    by: str
    rang: bool


@dataclass(frozen=True, slots=True)
class SelfTest:
    """``channels``: as the entry has them, each with provider, result and milliseconds."""

    at: datetime
    result: str
    channels: tuple[Mapping[str, Any], ...]

    @property
    def is_well(self) -> bool:
        return self.result == "passed"


@dataclass(frozen=True, slots=True)
class Watching:
    rehearsing_until: datetime | None = None
    rehearsal: Rehearsal | None = None
    self_test: SelfTest | None = None
    expected: Mapping[str, Expected] = field(default_factory=lambda: MappingProxyType({}))
    silent: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Nodes that fell silent and were not heard of since, with when they were heard of last."""

    def is_rehearsing(self, now: datetime) -> bool:
        return self.rehearsing_until is not None and now < self.rehearsing_until


def apply_watching(state: Watching, entry: Entry) -> Watching:
    change = _CHANGES.get(entry.type)
    return state if change is None else change(state, entry)


def _begun(state: Watching, entry: Entry) -> Watching:
    return replace(state, rehearsing_until=from_text(entry.body["until"]))


def _rehearsed(state: Watching, entry: Entry) -> Watching:
    by = str(entry.actor.get("id", ""))
    # What was seen ends it: the signal goes on.
    done = Rehearsal(entry.recorded_at, by, bool(entry.body["rang"]))
    return replace(state, rehearsing_until=None, rehearsal=done)


def _tested(state: Watching, entry: Entry) -> Watching:
    channels = tuple(entry.body["channels"])
    return replace(state, self_test=SelfTest(entry.recorded_at, entry.body["result"], channels))


def _expected(state: Watching, entry: Entry) -> Watching:
    body = entry.body
    every, grace = timedelta(seconds=body["every_s"]), timedelta(seconds=body["grace_s"])
    return _with(state, Expected(body["name"], every, grace))


def _removed(state: Watching, entry: Entry) -> Watching:
    left = {name: each for name, each in state.expected.items() if name != entry.body["name"]}
    return replace(state, expected=MappingProxyType(left))


def _changed(**told: Callable[[Entry], Any]) -> Callable[[Watching, Entry], Watching]:
    def change(state: Watching, entry: Entry) -> Watching:
        known = state.expected.get(entry.body["name"])
        if known is None:
            return state
        return _with(state, replace(known, **{name: read(entry) for name, read in told.items()}))

    return change


def _with(state: Watching, each: Expected) -> Watching:
    return replace(state, expected=MappingProxyType({**state.expected, each.name: each}))


def _silent(state: Watching, entry: Entry) -> Watching:
    known = {**state.silent, entry.body["node"]: from_text(entry.body["last_at"])}
    return replace(state, silent=MappingProxyType(known))


def _returned(state: Watching, entry: Entry) -> Watching:
    left = {name: at for name, at in state.silent.items() if name != entry.body["node"]}
    return replace(state, silent=MappingProxyType(left))


_CHANGES: Mapping[str, Callable[[Watching, Entry], Watching]] = {
    "monitor.rehearsal_begun": _begun,
    "monitor.rehearsed": _rehearsed,
    "self_test.finished": _tested,
    "heartbeat.expected": _expected,
    "heartbeat.removed": _removed,
    "heartbeat.muted": _changed(muted_until=lambda entry: from_text(entry.body["until"])),
    "heartbeat.late": _changed(is_late=lambda _: True),
    "heartbeat.returned": _changed(is_late=lambda _: False),
    "node.silent": _silent,
    "node.returned": _returned,
}
