"""What the watch over the desk itself finds wrong: late duties, silent nodes, missed jobs, a monitor out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cna_service.kit.instants import date_time_group
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.service import Reader
from cna_service.workflow.watching_state import Watching

UNREACHABLE_FOR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: a stable ``code``, and a sentence for a person, with the remedy."""

    code: str
    words: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "words": self.words}


@dataclass(frozen=True, slots=True)
class LateDuty:
    """A duty that has not succeeded for ``age``, and is allowed ``within``."""

    duty: str
    age: timedelta
    within: timedelta


@dataclass(frozen=True, slots=True)
class Given:
    """What was last done about one outside monitor. ``word``: success, silent, fail, rehearsal, unreachable, never;
    ``given_at``: when it last took a success."""

    name: str
    word: str = "never"
    codes: tuple[str, ...] = ()
    given_at: datetime | None = None
    unreachable_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What this node's watchdog saw at its last look. ``skew``: the database's clock beside ours, where it is wrong."""

    silent_nodes: tuple[str, ...] = ()
    late_jobs: tuple[str, ...] = ()
    skew: timedelta | None = None
    signals: tuple[Given, ...] = ()


class Beats(Protocol):
    def age(self, duty: str) -> float | None:
        """Seconds since the duty last succeeded; None if it never did."""
        ...

    @property
    def duties(self) -> tuple[str, ...]:
        """Every duty that ever succeeded."""
        ...

    def late(self) -> tuple[LateDuty, ...]: ...

    def failing(self) -> Mapping[str, int]:
        """The duties whose last try failed, with how often in a row."""
        ...


class Engine(Protocol):
    """What is asked of the threads that run beside the web (``worker.Worker``)."""

    @property
    def beats(self) -> Beats: ...

    @property
    def is_late(self) -> bool: ...

    @property
    def seen(self) -> Seen: ...


def late_duties(engine: Engine) -> Iterator[Trouble]:
    """Those of its threads and of the calendar, each by its own allowed age; a late tick is said before."""
    late = {each.duty: each for each in engine.beats.late() if each.duty != "tick"}
    for duty, each in sorted(late.items()):
        yield Trouble(
            "duty-late",
            f"{words_of(duty)} has not been done for {_long(each.age)}; {_long(each.within)} are allowed. Look at the "
            "desk's log; restart the desk.",
        )
    for duty, count in sorted(engine.beats.failing().items()):
        if count > 1 and duty not in late and duty != "tick":
            yield Trouble(
                "duty-failing", f"{words_of(duty)} failed {count} times in a row. Look at the desk's log."
            )


def watched(reader: Reader, engine: Engine | None) -> Iterator[Trouble]:
    """What the entries and this node's own looks say."""
    state = reader.stream(DESK).of(WATCHING)
    now = reader.now
    yield from _rehearsal(state, now)
    if engine is not None:
        yield from _seen(engine.seen, now)
    tested = state.self_test
    if tested is not None and not tested.is_well:
        yield Trouble(
            "self-test-failed",
            f"The self-test of the paging path failed, {date_time_group(tested.at)}: a summons may not arrive. See "
            "the page Watching the desk; try again with `cna selftest`.",
        )


def _rehearsal(state: Watching, now: datetime) -> Iterator[Trouble]:
    if state.rehearsing_until is not None and state.is_rehearsing(now):
        yield Trouble(
            "monitor-rehearsal",
            "REHEARSAL: no signal is given to the outside monitor until "
            f"{date_time_group(state.rehearsing_until)}, on purpose. It will ring officers.",
        )


def _seen(seen: Seen, now: datetime) -> Iterator[Trouble]:
    for node in seen.silent_nodes:
        yield Trouble(
            "node-silent", f"The node {node} was not heard of for three minutes. Start it, or look at it."
        )
    for name in seen.late_jobs:
        yield Trouble(
            "heartbeat-late",
            f"The outside job {name} was not heard of in time. Look at it, or `cna heartbeat mute {name}`.",
        )
    if seen.skew is not None:
        way = "ahead of" if seen.skew > timedelta() else "behind"
        yield Trouble(
            "clock-differs",
            f"The database's clock is {_long(abs(seen.skew))} {way} this machine's: set both by the same time server.",
        )
    for given in seen.signals:
        since = given.unreachable_since
        if since is not None and now - since >= UNREACHABLE_FOR:
            yield Trouble(
                "monitor-unreachable",
                f"The outside monitor ({given.name}) has not been reached since {date_time_group(since)} "
                f"({', '.join(given.codes)}): it rings officers by now. Mend the way out, and tell them.",
            )


def words_of(duty: str) -> str:
    return _DUTIES.get(duty, f"The duty {duty}")


_DUTIES: Mapping[str, str] = {
    "tick": "The engine",
    "send": "Sending",
    "sequence": "Sealing the log",
    "watch": "Looking at nodes and outside jobs",
    "verify": "The daily verification of the log",
    "compare-timers": "Comparing timers with the record",
    "forget": "Forgetting what has expired",
    "heartbeat": "The log's hourly sign of life",
    "self-test": "The self-test of the paging path",
}


def _long(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
