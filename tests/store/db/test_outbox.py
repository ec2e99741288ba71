"""A sending is asked for once, handed to one sender at a time, and given back when that one is gone."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from cna_service.db import outbox
from cna_service.db.database import Database
from cna_service.db.outbox import Claimed, Sending

NOW = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def sending(n: int, *, priority: int = 5, dedup: str | None = None) -> Sending:
    content = {"text": f"message {n}", "é": [1, None]}
    return Sending(f"s-{n}", "case:A", dedup or f"alert-1:{n}", "sms", "+51999", content, priority)


def ask(rows: Database, *sendings: Sending, at: datetime = NOW) -> None:
    with rows.write() as connection:
        outbox.ask(connection, sendings, at)


def claim(
    rows: Database,
    by: str,
    *,
    after: timedelta = timedelta(),
    machine: timedelta | None = None,
    limit: int = 10,
) -> list[Claimed]:
    with rows.write() as connection:
        return outbox.claim(
            connection,
            by=by,
            now=NOW + after,
            machine_now=NOW + (after if machine is None else machine),
            lease=LEASE,
            limit=limit,
        )


def state(rows: Database, id: str) -> str:
    with rows.read() as connection:
        found = outbox.row(connection, id)
        assert found is not None
        return str(found["state"])


def test_asking_twice_is_asking_once(rows: Database) -> None:
    ask(rows, sending(1), sending(2, dedup="alert-1:1"))
    ask(rows, sending(3, dedup="alert-1:1"))
    claimed = claim(rows, "node-1")
    assert [each.id for each in claimed] == ["s-1"]
    assert dict(claimed[0].content) == {"text": "message 1", "é": [1, None]}


def test_the_urgent_goes_first_then_the_oldest(rows: Database) -> None:
    ask(rows, sending(2), at=NOW - timedelta(seconds=1))
    ask(rows, sending(1), sending(3, priority=1), sending(4))
    assert [each.id for each in claim(rows, "node-1", limit=3)] == ["s-3", "s-2", "s-1"]
    assert [each.id for each in claim(rows, "node-1")] == ["s-4"]


def test_two_claimers_never_get_one_row_twice(rows: Database) -> None:
    many = 60
    ask(rows, *(sending(n) for n in range(many)))
    start = threading.Barrier(4)

    def take(by: str) -> list[str]:
        start.wait()
        mine: list[str] = []
        while got := claim(rows, by, limit=3):
            mine += [each.id for each in got]
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [each.result(30) for each in [pool.submit(take, f"node-{n}") for n in range(4)]]
    # On PostgreSQL a claimer may find every free row held by others and stop; the next look finds what is left.
    left = [each.id for each in claim(rows, "node-9", limit=many)]
    counted = Counter([id for each in taken for id in each] + left)
    assert counted == {f"s-{n}": 1 for n in range(many)}


def test_what_is_claimed_is_nobody_else_s_until_the_lease_runs_out(rows: Database) -> None:
    ask(rows, sending(1))
    first = claim(rows, "node-1")
    assert [(each.tries, each.was_sending) for each in first] == [(1, False)]
    assert claim(rows, "node-2", after=LEASE - timedelta(seconds=1)) == []
    again = claim(rows, "node-2", after=LEASE)
    assert [(each.id, each.tries, each.was_sending) for each in again] == [("s-1", 2, True)]


def test_leases_run_on_the_machine_s_clock(rows: Database) -> None:
    """Case time may be held or run fast in an exercise; who sends is alive or dead in ours."""
    ask(rows, sending(1))
    claim(rows, "node-1")
    assert claim(rows, "node-2", after=timedelta(days=1), machine=timedelta()) == []
    assert len(claim(rows, "node-2", after=timedelta(), machine=LEASE)) == 1


def test_a_result_counts_for_the_claim_that_made_it(rows: Database) -> None:
    ask(rows, sending(1))
    claim(rows, "node-1")
    claim(rows, "node-2", after=LEASE)
    with rows.write() as connection:
        assert not outbox.settle(connection, "s-1", by="node-1", state=outbox.SENT, sid="SM1")
        assert outbox.settle(connection, "s-1", by="node-2", state=outbox.SENT, sid="SM2")
    assert state(rows, "s-1") == outbox.SENT
    with rows.read() as connection:
        found = outbox.row_by_sid(connection, "SM2")
        assert found is not None
        assert found["id"] == "s-1"
        assert outbox.row_by_sid(connection, "SM1") is None
    assert claim(rows, "node-3", after=timedelta(days=1)) == []


def test_a_callback_counts_whoever_claimed(rows: Database) -> None:
    ask(rows, sending(1))
    claim(rows, "node-1")
    with rows.write() as connection:
        assert outbox.settle(connection, "s-1", by=None, state=outbox.DELIVERED)
        assert not outbox.settle(connection, "s-9", by=None, state=outbox.DELIVERED)


def test_a_later_try_waits_for_its_instant(rows: Database) -> None:
    ask(rows, sending(1))
    claim(rows, "node-1")
    later = NOW + timedelta(minutes=2)
    with rows.write() as connection:
        outbox.settle(connection, "s-1", by="node-1", state=outbox.PENDING, next_try_at=later)
    assert claim(rows, "node-1", after=timedelta(seconds=119)) == []
    with rows.read() as connection:
        assert outbox.next_try(connection) == later
    assert len(claim(rows, "node-1", after=timedelta(minutes=2))) == 1


def test_a_node_that_stops_gives_back_its_own(rows: Database) -> None:
    ask(rows, sending(1), sending(2))
    claim(rows, "node-1")
    claim(rows, "node-2", after=LEASE, limit=1)
    with rows.write() as connection:
        outbox.release(connection, ["s-1", "s-2"], by="node-1")
    # s-1 is node-2's by now: giving it back would send it twice.
    assert (state(rows, "s-1"), state(rows, "s-2")) == (outbox.SENDING, outbox.PENDING)
    assert [each.id for each in claim(rows, "node-3")] == ["s-2"]


def test_what_is_no_longer_useful_is_not_sent(rows: Database) -> None:
    ask(rows, sending(1), sending(2), sending(3, dedup="alert-10:1"), sending(4, dedup="alert_1:1"))
    claim(rows, "node-1", limit=1)
    with rows.write() as connection:
        assert outbox.supersede(connection, "alert-1:") == 1
    assert state(rows, "s-1") == outbox.SENDING
    assert state(rows, "s-2") == outbox.SUPERSEDED
    assert [each.id for each in claim(rows, "node-2")] == ["s-3", "s-4"]


def test_what_is_due_or_under_way_is_counted(rows: Database) -> None:
    ask(rows, sending(1), sending(2))
    ask(rows, sending(3), at=NOW + timedelta(hours=1))
    claim(rows, "node-1", limit=1)
    with rows.read() as connection:
        assert outbox.unsettled(connection, NOW) == 2
        assert outbox.unsettled(connection, NOW + timedelta(hours=1)) == 3
