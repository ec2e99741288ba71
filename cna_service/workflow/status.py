"""How the desk is now: whether it can work, and what is wrong with it, for ``/readyz``, banners and checks.

Read anew each time; nothing here is an entry, and nothing here is decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from cna_service.db.database import DatabaseUnavailable, ping
from cna_service.db.migrate import is_pending
from cna_service.duty.rules import who_has_the_watch
from cna_service.kit.instants import date_time_group
from cna_service.ledger import queries as ledger_queries
from cna_service.workflow.deliver import Outside
from cna_service.workflow.fallback import fallback_trouble
from cna_service.workflow.projections import DESK, DESK_STATE, LOG, OFFICERS
from cna_service.workflow.provider_state import provider_troubles
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.status_watching import Beats, Engine, LateDuty, Trouble, late_duties, watched
from cna_service.workflow.waking import can_wake
from cna_service.workflow.waking_facts import read_facts
from cna_service.workflow.watch_troubles import watch_troubles

__all__ = ("HOW_TO_BEGIN", "Beats", "Engine", "LateDuty", "Notices", "Status", "Trouble", "status")

LONGEST_UNSEALED = timedelta(seconds=60)
"""Entries are sealed within a second; what waits longer needs somebody (ledger.md 2.4)."""

STEP_SHOWN_FOR = timedelta(hours=24)
NOTICES_KEPT = 2.0
"""Seconds for which a page's banners are not read anew: every page shows them."""

HOW_TO_BEGIN = (
    "No officer has an account. Run `cna officer add --role administrator` on this machine: it prints a link that "
    "sets password and code."
)


@dataclass(frozen=True, slots=True)
class Status:
    """``why`` it is not ready; ``degraded``: it works, and somebody must know. Both in the order of their weight."""

    at: datetime
    why: tuple[Trouble, ...] = ()
    degraded: tuple[Trouble, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.why

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that is wrong, a sentence each: the banners of every page."""
        return tuple(t.words for t in (*self.why, *self.degraded))

    def as_json(self) -> dict[str, Any]:
        """The body of ``/readyz``."""
        return {
            "ready": self.ready,
            "why": [t.as_json() for t in self.why],
            "degraded": [t.as_json() for t in self.degraded],
        }


def status(
    service: Service, engine: Engine | None = None, outside: Outside | None = None, *, probe: bool = True
) -> Status:
    """Look at everything. Without ``engine`` or ``outside`` these are not judged: a command line has neither.

    ``probe`` opens a write transaction, which waits for the writer of the moment: for ``/readyz``, not for pages.
    """
    at = service.clock.now()
    try:
        if probe:
            ping(service.database)
        if is_pending(service.database):
            return Status(at, (_MIGRATIONS,), tuple(_channels(outside)))
        with service.read() as reader:
            why = tuple(_late(engine))
            degraded = (
                *_waking(service, reader, engine, outside),
                *_channels(outside),
                *(Trouble(t.code, t.words) for t in provider_troubles(service, outside)),
                *_fallback(service, reader, outside),
                *_people(reader),
                *_relief(reader),
                *(() if engine is None else late_duties(engine)),
                *watched(reader, engine),
                *_log(service, reader, engine),
            )
            return Status(at, why, degraded)
    except DatabaseUnavailable as error:
        return Status(at, (Trouble("database-unavailable", error.detail), *_late(engine)))
    except DBAPIError as error:
        # Reading fails in the driver's own way; its first line names no value.
        words = f"The database cannot be read: {str(error.orig).splitlines()[0]}"
        return Status(at, (Trouble("database-unavailable", words), *_late(engine)))


@dataclass
class Notices:
    """The banners of every page, read anew every two seconds; call it for the sentences."""

    service: Service
    engine: Engine | None = None
    outside: Outside | None = None
    _kept: tuple[float, tuple[str, ...]] | None = field(default=None, init=False)

    def __call__(self) -> tuple[str, ...]:
        now, kept = self.service.machine.monotonic(), self._kept
        if kept is None or now - kept[0] > NOTICES_KEPT:
            kept = now, status(self.service, self.engine, self.outside, probe=False).words
            self._kept = kept
        return kept[1]


_MIGRATIONS = Trouble(
    "migrations-pending", "The database is of an older build: stop the desk and run `cna migrate`."
)


def _late(engine: Engine | None) -> Iterator[Trouble]:
    if engine is not None and engine.is_late:
        yield Trouble(
            "engine-late",
            "The engine has not ticked for 10 seconds: clocks do not fire and nobody is summoned. Call by hand; "
            "restart the desk.",
        )


def _waking(
    service: Service, reader: Reader, engine: Engine | None, outside: Outside | None
) -> Iterator[Trouble]:
    """desk-rules 13.1: every page says that nobody can be woken, and what to do. An exercise wakes nobody in earnest;
    where no telephone company is set up, or nobody has an account, that is said in its own words."""
    is_judged = engine is not None and outside is not None and outside.telephony is not None
    if not is_judged or service.desk.is_exercise:
        return
    found = can_wake(read_facts(service, reader))
    if not found.is_possible and any(o.is_enabled for o in reader.stream(DESK).of(OFFICERS).all()):
        yield Trouble("cannot-wake", found.words)


def _channels(outside: Outside | None) -> Iterator[Trouble]:
    if outside is None:
        return
    if outside.telephony is None:
        words = (
            "No telephone company is set up: CANNOT WAKE ANYBODY. Alerts go by mail and to the console; somebody must "
            "sit there."
        )
        if outside.mail is None:
            words = (
                "Neither a telephone company nor a mail server is set up: CANNOT WAKE ANYBODY. Somebody must sit at "
                "the console."
            )
        yield Trouble("no-telephony", words)
    if outside.mail is None:
        yield Trouble("no-mail", "No mail server is set up: no alert and no answer leaves by mail.")


def _fallback(service: Service, reader: Reader, outside: Outside | None) -> Iterator[Trouble]:
    """desk-rules 11.3. Where no telephone company is set up there is no number to connect callers at."""
    has_number = outside is not None and outside.telephony is not None and not service.desk.is_exercise
    if has_number and (told := fallback_trouble(reader)) is not None:
        yield Trouble(*told)


def _people(reader: Reader) -> Iterator[Trouble]:
    officers = [o for o in reader.stream(DESK).of(OFFICERS).all() if o.is_enabled]
    if not officers:
        yield Trouble("no-officers", HOW_TO_BEGIN)
        return
    rosters = rosters_of(reader)
    if rosters.unreadable:
        which = ", ".join(str(seq) for seq in rosters.unreadable)
        words = (
            f"A roster cannot be read (duty, entry {which}); the one before it holds. Set the roster again."
        )
        yield Trouble("roster-unreadable", words)
    watch = who_has_the_watch(rosters, reader.now)
    on_watch = watch.posts.get("duty_officer")
    if on_watch is None:
        yield Trouble(
            "nobody-on-watch",
            "Nobody has the watch: a request climbs to the next post at once. Set the roster.",
        )
    elif on_watch not in {o.id for o in officers}:
        yield Trouble(
            "watch-disabled", f"The watch belongs to {on_watch}, whose account is disabled. Set the roster."
        )


def _relief(reader: Reader) -> Iterator[Trouble]:
    yield from (Trouble(code, words) for code, words in watch_troubles(reader))


def _log(service: Service, reader: Reader, engine: Engine | None) -> Iterator[Trouble]:
    yield from _clock(service, reader)
    if _is_unsealed(service, reader, engine):
        yield Trouble(
            "unsealed", "Entries have waited for their seal for more than a minute. Tell the administrator."
        )
    last = reader.stream(LOG).of(DESK_STATE).last_verified
    if last is not None and not last["ok"]:
        when = date_time_group(last["recorded_at"])
        found = "was not sound" if last.get("result") == "not_sound" else "could not be decided"
        yield Trouble("log-not-sound", f"The last verification of the log, {when}, {found}: see the log.")


def _clock(service: Service, reader: Reader) -> Iterator[Trouble]:
    if service.clock_quality().get("synced") is False:
        yield Trouble("clock-unsynchronised", "The machine's clock is not synchronised: compare it by hand.")
    state = reader.stream(DESK).of(DESK_STATE)
    steps = state.clock_steps
    if state.clock_held:
        yield Trouble(
            "clock-not-believed",
            f"The machine's clock is {state.clock_held} ahead of what is believed: nothing lapses by it. Compare it "
            "with another clock, then `cna clock accept` or `cna clock reject`.",
        )
    if steps and reader.now - steps[-1]["recorded_at"] <= STEP_SHOWN_FOR:
        when = date_time_group(steps[-1]["recorded_at"])
        yield Trouble("clock-stepped", f"The machine's clock jumped, {when}: times of then may be wrong.")


def _is_unsealed(service: Service, reader: Reader, engine: Engine | None) -> bool:
    if service.desk.is_exercise:
        # Case time is moved by hand: only the sequencer's own heartbeat says whether it works.
        age = None if engine is None else engine.beats.age("sequence")
        return age is not None and age > LONGEST_UNSEALED.total_seconds()
    oldest = ledger_queries.log_state(reader.connection, service.desk.log_origin).oldest_pending_at
    return oldest is not None and reader.now - oldest > LONGEST_UNSEALED
