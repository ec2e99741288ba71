"""What the entries say of the desk: officers and how they are reached, the roster, what is adopted, verifications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.rules import not_adopted
from cna_service.cli import check_contacts, check_deciding, check_watching
from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.cli.shown import instant
from cna_service.db import watchdog
from cna_service.db.database import Database
from cna_service.duty.rules import Rosters, gaps, watches
from cna_service.identity.officers import Officer, Officers
from cna_service.kit.clock import SystemClock
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger.folds import Folds
from cna_service.workflow.projections import DELEGATIONS, DESK, DESK_STATE, DUTY, LAW, LOG, OFFICERS, ROSTERS
from cna_service.workflow.roster_reading import with_accounts
from cna_service.workflow.status import HOW_TO_BEGIN
from cna_service.workflow.two_person import TwoPerson
from cna_service.workflow.verification import fresh_folds

_OLDEST_BACKUP = timedelta(hours=26)
_MOST_GAPS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """``catalogue``: None where it could not be read; ``days``: how far ahead the roster is looked at; ``two_person``:
    the rules as they can be read."""

    catalogue: Catalogue | None
    days: int
    two_person: TwoPerson
    has_monitor: bool | None = None
    """None in an exercise, of which nobody outside needs to know."""
    lines: Callable[[Officers], Iterator[Remark]] | None = None
    """What the countries of their numbers want; None in an exercise."""


def look(database: Database, log: str, wanted: Wanted) -> Iterator[Remark]:
    """Read once, in one view; a desk whose folds fail is told by ``cna ledger verify``."""
    with database.read() as connection:
        folds = fresh_folds(log)
        if not ledger_queries.streams(connection):
            yield remark("desk", "the database is empty: the first start seeds it.")
            return
        now = _now(connection, log)
        desk = folds.current(connection, DESK)
        if desk.broken is not None:
            yield wrong("log", f"{desk.broken}. Run `cna ledger verify`.")
        officers = desk.of(OFFICERS)
        yield from _officers(officers)
        if wanted.lines is not None:
            yield from wanted.lines(officers)
        rosters = with_accounts(folds.current(connection, DUTY).of(ROSTERS), officers)
        yield from _roster(rosters, officers, now, wanted.days)
        yield from check_contacts.contacts(rosters, officers, now, wanted.days)
        yield from check_deciding.delegations(desk.of(DELEGATIONS), officers, now)
        yield from check_deciding.second_officers(wanted.two_person, rosters, officers, now, wanted.days)
        if wanted.catalogue is not None:
            left = len(not_adopted(wanted.catalogue, desk.of(LAW), now))
            yield from _adopted(wanted.catalogue, left)
        yield from _log(connection, folds, log, now)
        if wanted.has_monitor is not None:
            duty = folds.current(connection, DUTY)
            yield from check_watching.of_entries(desk, duty, now, has_monitor=wanted.has_monitor)
            yield from check_watching.of_nodes(watchdog.nodes(connection), now)


def _now(connection: Connection, log: str) -> datetime:
    """The machine's instant, or that of the newest checkpoint where an exercise's clock is ahead of it."""
    now = SystemClock().now()
    signed_at = ledger_queries.log_state(connection, log).signed_at
    return now if signed_at is None else max(now, signed_at)


def _officers(officers: Officers) -> Iterator[Remark]:
    enabled = [o for o in officers.all() if o.is_enabled]
    if not enabled:
        yield remark("officers", HOW_TO_BEGIN)
        return
    yield well("officers", f"{len(enabled)} accounts")
    for officer in enabled:
        if len(officer.contacts) < 2:
            yield remark("officers", f"{officer.id} can be reached in one way only: give a second contact.")
        if officer.credential_set_at is None:
            yield remark(
                "officers", f"{officer.id} has not set a password yet: `cna officer reset {officer.id}`."
            )
    for role in ("administrator", "supervisor"):
        if not any(o.role == role for o in enabled):
            yield remark("officers", f"nobody is {role}: alerts that no rung answers go to that role.")


def _roster(rosters: Rosters, officers: Officers, now: datetime, days: int) -> Iterator[Remark]:
    until = now + timedelta(days=days)
    found = [g for g in gaps(rosters, now, until) if g.post == "duty_officer"]
    if not any(o.is_enabled for o in officers.all()):
        return
    if not rosters.versions and not rosters.overrides:
        yield wrong("roster", "there is none: nobody has the watch. Set it in the console, page Watch.")
        return
    for gap in found[:_MOST_GAPS]:
        stands_in = f"only the fallback {gap.officer} stands in" if gap.officer else "nobody has the watch"
        words = f"from {instant(gap.starts_at)} to {instant(gap.ends_at)} {stands_in}"
        yield remark("roster", words) if gap.officer else wrong("roster", words)
    if not found:
        yield well("roster", f"the duty officer's post has somebody for the next {days} days")
    yield from _strange(rosters, officers, now, until)


def _strange(rosters: Rosters, officers: Officers, now: datetime, until: datetime) -> Iterator[Remark]:
    """Posts of the roster that belong to nobody who could be summoned."""
    rostered = {o for w in watches(rosters, now, until) for o in w.posts.values() if o is not None}
    for name in sorted(rostered):
        officer: Officer | None = officers.get(name)
        if officer is None or not officer.is_enabled:
            why = "has no account" if officer is None else "is disabled"
            yield wrong("roster", f"{name} is rostered and {why}: whoever is summoned then is not reached.")


def _adopted(catalogue: Catalogue, left: int) -> Iterator[Remark]:
    sourced = sum(p.is_sourced for p in catalogue.provisions)
    words = f"{sourced - left} of {sourced} provisions adopted"
    if left:
        yield remark(
            "law", f"{words}: until the legal adviser reads and adopts them their clocks are claimed ones."
        )
    else:
        yield well("law", words)


def _log(connection: Connection, folds: Folds, log: str, now: datetime) -> Iterator[Remark]:
    state = folds.current(connection, LOG).of(DESK_STATE)
    last: Any = state.last_verified
    if last is None:
        yield remark("log", "was never verified: cna ledger verify --record")
    elif not last["ok"]:
        words = f"was not sound, or could not be decided, {instant(last['recorded_at'])}. Run `cna ledger verify`."
        yield wrong("log", words)
    else:
        yield well("log", f"was sound {instant(last['recorded_at'])}")
    made_at = state.last_backup_at
    if made_at is None or now - made_at > _OLDEST_BACKUP:
        yield remark("backup", f"the last one: {instant(made_at)}. Run `cna backup DIR`.")
    else:
        yield well("backup", f"made {instant(made_at)}")
