"""A repeated request gets the same bytes; another request under the same key is refused."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cna_service.db import idempotency
from cna_service.db.database import Database
from cna_service.db.idempotency import IdempotencyMismatch, Key, Replayed, Reply

NOW = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
KEY = Key("token-1", "k-1", "a" * 64)
OTHER_BYTES = Key("token-1", "k-1", "b" * 64)


def run(rows: Database, key: Key, reply: Reply) -> Reply:
    """One command that answers ``reply``, unless it ran before."""
    try:
        with rows.write() as connection:
            idempotency.begin(connection, key, NOW)
            idempotency.finish(connection, key, reply)
    except Replayed as before:
        return before.reply
    return reply


def test_a_repeat_gets_the_same_bytes(rows: Database) -> None:
    first = run(rows, KEY, Reply(201, b'{"case":"A"}'))
    assert run(rows, KEY, Reply(201, b'{"case":"B"}')) == first == Reply(201, b'{"case":"A"}')


def test_a_key_belongs_to_whoever_used_it(rows: Database) -> None:
    run(rows, KEY, Reply(201, b"A"))
    assert run(rows, Key("token-2", "k-1", "a" * 64), Reply(201, b"B")) == Reply(201, b"B")


def test_other_bytes_under_the_same_key_are_refused(rows: Database) -> None:
    run(rows, KEY, Reply(201, b"A"))
    with pytest.raises(IdempotencyMismatch):
        run(rows, OTHER_BYTES, Reply(201, b"B"))
    assert run(rows, KEY, Reply(201, b"C")) == Reply(201, b"A")


def test_after_a_refusal_a_corrected_body_may_use_the_key(rows: Database) -> None:
    refused, accepted = Reply(422, b"wrong"), Reply(201, b"right")
    assert run(rows, KEY, refused) == refused
    assert run(rows, KEY, accepted) == refused
    assert run(rows, OTHER_BYTES, accepted) == accepted
    assert run(rows, OTHER_BYTES, Reply(201, b"again")) == accepted
    with pytest.raises(IdempotencyMismatch):
        run(rows, KEY, accepted)


def test_a_command_that_failed_frees_its_key(rows: Database) -> None:
    with pytest.raises(RuntimeError), rows.write() as connection:
        idempotency.begin(connection, KEY, NOW)
        raise RuntimeError
    assert run(rows, OTHER_BYTES, Reply(201, b"B")) == Reply(201, b"B")


def test_a_twin_waits_and_gets_the_first_one_s_answer(rows: Database) -> None:
    holds, seen = threading.Event(), threading.Event()

    def first() -> Reply:
        with rows.write() as connection:
            idempotency.begin(connection, KEY, NOW)
            holds.set()
            # The twin cannot have an answer while this one is under way.
            assert not seen.wait(0.3)
            idempotency.finish(connection, KEY, Reply(201, b"first"))
        return Reply(201, b"first")

    def twin() -> Reply:
        holds.wait(10)
        reply = run(rows, KEY, Reply(201, b"twin"))
        seen.set()
        return reply

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(first), pool.submit(twin)]
        assert [each.result(20) for each in results] == [Reply(201, b"first")] * 2


def test_the_twin_of_a_command_that_fails_runs_itself(rows: Database) -> None:
    holds = threading.Event()

    def first() -> str:
        try:
            with rows.write() as connection:
                idempotency.begin(connection, KEY, NOW)
                holds.set()
                raise RuntimeError
        except RuntimeError:
            return "failed"

    def twin() -> Reply:
        holds.wait(10)
        return run(rows, KEY, Reply(201, b"twin"))

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(first), pool.submit(twin)]
        assert [each.result(20) for each in results] == ["failed", Reply(201, b"twin")]


def test_answers_are_forgotten_after_their_time(rows: Database) -> None:
    run(rows, KEY, Reply(201, b"A"))
    with rows.write() as connection:
        assert idempotency.forget(connection, NOW) == 0
        assert idempotency.forget(connection, NOW + timedelta(seconds=1)) == 1
        assert connection.execute(select(idempotency.idempotency)).first() is None
