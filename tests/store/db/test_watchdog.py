"""Rows of nodes, housekeeping and heartbeats, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cna_service.db import watchdog
from cna_service.db.database import Database
from cna_service.db.types import metadata
from cna_service.db.watchdog import Heard

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rows(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    tables = [watchdog.node, watchdog.duty_done, watchdog.heartbeat]
    metadata.create_all(database.engine, tables=tables)
    yield database
    database.close()


def test_a_silence_is_told_once_and_a_beat_ends_it(rows: Database) -> None:
    with rows.write() as c:
        watchdog.begin_node(c, "a:8000", "build-1", NOW)
        assert watchdog.beat(c, "a:8000", NOW + MINUTE, {"tick": 0.4})
        assert not watchdog.beat(c, "b:8000", NOW, {})
        assert not watchdog.mark_told(c, "a:8000", NOW, NOW + 5 * MINUTE)
        assert watchdog.mark_told(c, "a:8000", NOW + MINUTE, NOW + 5 * MINUTE)
        assert not watchdog.mark_told(c, "a:8000", NOW + MINUTE, NOW + 5 * MINUTE)
        watchdog.beat(c, "a:8000", NOW + 6 * MINUTE, {})
    with rows.read() as c:
        [node] = watchdog.nodes(c)
    assert (node.told_at, node.beat_at, node.build) == (None, NOW + 6 * MINUTE, "build-1")


def test_a_node_that_was_stopped_and_starts_again_is_a_new_life(rows: Database) -> None:
    with rows.write() as c:
        watchdog.begin_node(c, "a:8000", "build-1", NOW)
        watchdog.end_node(c, "a:8000", NOW + MINUTE)
        watchdog.begin_node(c, "a:8000", "build-2", NOW + 2 * MINUTE)
        node = watchdog.node_named(c, "a:8000")
        assert node is not None and node.stopped_at is None and node.build == "build-2"
        watchdog.forget_nodes(c, NOW + 3 * MINUTE)
        assert watchdog.node_named(c, "a:8000") is None


def test_one_period_is_done_once_and_taken_again_if_somebody_died_over_it(rows: Database) -> None:
    with rows.write() as c:
        assert watchdog.begin_duty(c, "verify", "2026-11-22", NOW)
        assert not watchdog.begin_duty(c, "verify", "2026-11-22", NOW + MINUTE)
        assert watchdog.begin_duty(c, "verify", "2026-11-22", NOW + 16 * MINUTE)
        watchdog.give_back_duty(c, "verify", "2026-11-22")
        assert watchdog.begin_duty(c, "verify", "2026-11-22", NOW + 17 * MINUTE)
        watchdog.finish_duty(c, "verify", "2026-11-22", NOW + 18 * MINUTE)
        assert not watchdog.begin_duty(c, "verify", "2026-11-22", NOW + 60 * MINUTE)
        assert watchdog.begin_duty(c, "verify", "2026-11-23", NOW + 60 * MINUTE)
        assert watchdog.is_done(c, "verify", "2026-11-22") and watchdog.is_done(c, "verify")
        assert not watchdog.is_done(c, "verify", "2026-11-23") and not watchdog.is_done(c, "forget")


def test_a_claim_of_a_clock_that_was_set_back_holds_nobody_up(rows: Database) -> None:
    with rows.write() as c:
        assert watchdog.begin_duty(c, "verify", "2026-11-22", NOW + 600 * MINUTE)
        assert watchdog.begin_duty(c, "verify", "2026-11-22", NOW)


def test_a_heartbeat_is_heard_and_forgotten(rows: Database) -> None:
    with rows.write() as c:
        watchdog.expect(c, Heard("mail", "0" * 64, 5 * MINUTE, 2 * MINUTE, NOW, 0))
        watchdog.hear(c, "mail", NOW + MINUTE)
        found = watchdog.heartbeat_named(c, "mail")
        assert found is not None
        assert (found.late_at, found.count) == (NOW + 8 * MINUTE, 1)
        assert watchdog.forget_heartbeat(c, "mail")
        assert watchdog.heartbeats(c) == []


def test_of_what_was_done_the_newest_period_is_kept(rows: Database) -> None:
    with rows.write() as c:
        for day in ("2026-11-18", "2026-11-19"):
            assert watchdog.begin_duty(c, "verify", day, NOW - timedelta(days=4))
            watchdog.finish_duty(c, "verify", day, NOW)
        watchdog.forget_duties(c, NOW - timedelta(days=2))
        assert watchdog.is_done(c, "verify", "2026-11-19")
        assert not watchdog.is_done(c, "verify", "2026-11-18")
