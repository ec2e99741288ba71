"""Whose turn it is when many wait, and that finding out costs no walk through all that was ever sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from cna_service.db import outbox, timers
from cna_service.db.database import Database
from cna_service.db.outbox import Claimed, Sending
from cna_service.db.timers import TimerKey

NOW = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
MANY = 100_000


def asked(n: int, officer: str, *, priority: int = 5, stream: str = "case:A") -> Sending:
    content = {"text": f"message {n}", "officer": officer}
    return Sending(f"{officer}-{n:05}", stream, f"{officer}:{n}", "sms", f"+{officer}", content, priority)


def ask(rows: Database, *sendings: Sending, at: datetime = NOW) -> None:
    with rows.write() as connection:
        outbox.ask(connection, sendings, at)


def claim(rows: Database, limit: int, *, without: tuple[str, ...] = ()) -> list[Claimed]:
    at = NOW + timedelta(seconds=10)
    with rows.write() as connection:
        return outbox.claim(
            connection,
            by="node",
            now=at,
            machine_now=at,
            lease=timedelta(seconds=15),
            limit=limit,
            without=without,
        )


def people(claimed: list[Claimed]) -> list[str]:
    return [str(c.content["officer"]) for c in claimed]


def test_two_thousand_for_one_hold_up_nobody_else(rows: Database) -> None:
    ask(rows, *(asked(n, "many") for n in range(2000)))
    ask(rows, asked(1, "few"), asked(2, "few"), at=NOW + timedelta(seconds=5))
    first = claim(rows, 10)
    # Asked for five seconds later, and of two thousand only six stand before it.
    assert people(first).count("few") == 2
    # Nothing is dropped, and each person's own stay in their order.
    rest = [c for _ in range(300) for c in claim(rows, 10)]
    assert len(first) + len(rest) == 2002
    for officer in ("many", "few"):
        own = [c.id for c in (*first, *rest) if c.content["officer"] == officer]
        assert all(a < b for a, b in pairwise(own))


def test_those_who_were_asked_for_together_are_served_in_turn(rows: Database) -> None:
    ask(rows, *(asked(n, who) for who in ("a", "b", "c") for n in range(20)))
    assert people(claim(rows, 9)) == ["a", "b", "c"] * 3


def test_a_first_summons_goes_before_everything_and_first_summonses_are_shared_too(rows: Database) -> None:
    ask(rows, *(asked(n, "many") for n in range(50)))
    ask(rows, *(asked(100 + n, "many", priority=1) for n in range(5)), at=NOW + timedelta(seconds=1))
    ask(rows, asked(200, "few", priority=1), at=NOW + timedelta(seconds=2))
    assert [c.id for c in claim(rows, 7)][:6] == [
        "many-00100", "few-00200", "many-00101", "many-00102", "many-00103", "many-00104",
    ]  # fmt: skip


def test_whoever_waits_for_nothing_any_more_begins_anew(rows: Database) -> None:
    ask(rows, *(asked(n, "a") for n in range(30)))
    claim(rows, 30)
    ask(rows, asked(99, "a"), asked(1, "b"))
    assert people(claim(rows, 1)) == ["a"]


def test_a_row_of_the_previous_release_has_no_place_and_goes_first(rows: Database) -> None:
    ask(rows, asked(1, "a"))
    old = {
        "id": "old", "stream": "case:A", "dedup": "old", "channel": "sms", "contact": "+1", "content": {"officer": "x"},
        "priority": 5, "state": outbox.PENDING, "created_at": NOW, "next_try_at": NOW, "tries": 0,
    }  # fmt: skip
    with rows.write() as connection:
        connection.execute(insert(outbox.outbox).values(**old))
    assert people(claim(rows, 2)) == ["x", "a"]


def test_streams_that_are_left_to_others_are_not_claimed(rows: Database) -> None:
    ask(rows, asked(1, "a", stream="case:theirs"), asked(2, "b", stream="case:ours"))
    assert people(claim(rows, 9, without=("case:theirs",))) == ["b"]


def test_what_is_given_back_untried_is_pending_and_what_was_tried_is_not_known(rows: Database) -> None:
    ask(rows, asked(1, "a"), asked(2, "b"))
    [first] = claim(rows, 1)
    with rows.write() as connection:
        outbox.settle(connection, first.id, by="node", state=outbox.UNKNOWN, next_try_at=NOW)
    again = claim(rows, 2)
    with rows.write() as connection:
        outbox.release(connection, [c.id for c in again], by="node")
    with rows.read() as connection:
        states = {c.id: outbox.row(connection, c.id) for c in again}
    assert {k: (v["state"], v["tries"]) for k, v in states.items() if v} == {
        "a-00001": (outbox.UNKNOWN, 1),
        "b-00002": (outbox.PENDING, 0),
    }


class Plans:
    """The plan of every statement that is run meanwhile, as its database explains it."""

    def __init__(self, rows: Database) -> None:
        self._rows = rows
        self._heard: list[tuple[str, Any]] = []
        event.listen(rows.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            self._heard.append((statement, parameters))

    def told(self) -> list[str]:
        event.remove(self._rows.engine, "before_cursor_execute", self._note)
        word = "EXPLAIN QUERY PLAN " if self._rows.is_sqlite else "EXPLAIN "
        found = []
        with self._rows.read() as connection:
            for statement, parameters in self._heard:
                lines = connection.exec_driver_sql(word + statement, parameters).all()
                found.append("\n".join([statement, *(str(line[-1]) for line in lines)]))
        return found


def analysed(rows: Database) -> None:
    with rows.write() as connection:
        connection.execute(text("ANALYZE"))


def history(connection: Connection) -> Iterator[dict[str, Any]]:
    for n in range(MANY):
        yield {
            "id": f"h-{n}", "stream": f"case:{n % 5000}", "dedup": f"h:{n}", "channel": "sms", "contact": "+1",
            "content": {}, "priority": 5, "state": outbox.DELIVERED, "created_at": NOW, "next_try_at": NOW,
            "tries": 1, "person": f"officer-{n % 8}", "place": NOW,
        }  # fmt: skip


@pytest.fixture
def long_history(rows: Database) -> Database:
    """A hundred thousand sendings that were delivered, and a hundred thousand timers that are not due."""
    with rows.write() as connection:
        connection.execute(insert(outbox.outbox), list(history(connection)))
        later = [
            {
                "stream": f"case:{n}",
                "kind": "rung",
                "subject": "1",
                "n": 0,
                "due_at": at,
                "wanted_at": at,
                "failures": 0,
            }
            for n in range(MANY)
            for at in [NOW + timedelta(minutes=1 + n)]
        ]
        connection.execute(insert(timers.timer), later)
    ask(rows, *(asked(n, "a") for n in range(20)))
    analysed(rows)
    return rows


def test_neither_claiming_nor_firing_walks_through_what_is_done_or_not_due(long_history: Database) -> None:
    with long_history.write() as connection:
        timers.rewrite(connection, "case:due", {TimerKey("rung", "1"): NOW})
    plans = Plans(long_history)
    with long_history.read() as connection:
        assert outbox.has_claimable(connection, NOW, NOW)
        assert timers.streams_due(connection, NOW, 64, {"clock_expiry": NOW - timedelta(minutes=1)}) == [
            "case:due"
        ]
        outbox.next_try(connection)
        outbox.unsettled(connection, NOW)
    assert len(claim(long_history, 50)) == 20
    ask(long_history, asked(99, "a"))
    scanned = [plan for plan in plans.told() if _is_walk(plan)]
    assert scanned == []


def _is_walk(plan: str) -> bool:
    return any(
        (line.strip().startswith(("SCAN outbox", "SCAN timer")) and "INDEX" not in line) or "Seq Scan" in line
        for line in plan.splitlines()
    )
