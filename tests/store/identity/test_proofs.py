"""Codes on their way to a contact, on both databases; and what the rows of sendings say of a test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cna_service.alerts import store as alert_store
from cna_service.alerts.store import Code
from cna_service.db import outbox
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.identity import proof_store
from cna_service.identity.proof_store import KEYS, LASTS, Proof
from cna_service.workflow import phone_test_store

T0 = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
WHO = ("duty-1", "phone")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    migrate(made)
    yield made
    made.close()


def test_a_code_is_good_once_and_for_half_an_hour(database: Database) -> None:
    with database.write() as connection:
        proof_store.begin(connection, Proof("p-1", "482913"), *WHO, T0)
        assert proof_store.is_waiting(connection, *WHO, T0 + LASTS - timedelta(seconds=1))
        assert not proof_store.is_waiting(connection, *WHO, T0 + LASTS)
        assert not proof_store.use(connection, "duty-1", "email", "482913", T0)
        assert proof_store.use(connection, *WHO, " 482 913 ", T0)
        assert not proof_store.use(connection, *WHO, "482913", T0)


def test_a_newer_code_ends_the_older(database: Database) -> None:
    with database.write() as connection:
        proof_store.begin(connection, Proof("p-1", "111111"), *WHO, T0)
        proof_store.begin(connection, Proof("p-2", "222222"), *WHO, T0)
        assert not proof_store.use(connection, *WHO, "111111", T0)
        assert proof_store.use(connection, *WHO, "222222", T0)


def test_the_fifth_wrong_try_ends_it(database: Database) -> None:
    with database.write() as connection:
        proof_store.begin(connection, Proof("p-1", "482913"), *WHO, T0)
        assert [proof_store.note_wrong(connection, *WHO, T0) for _ in range(6)] == [4, 3, 2, 1, 0, 0]
        assert not proof_store.use(connection, *WHO, "482913", T0)


def test_what_lies_there_shows_no_code_and_is_forgotten(database: Database) -> None:
    with database.write() as connection:
        proof_store.begin(connection, Proof("p-1", "482913"), *WHO, T0)
        row = connection.exec_driver_sql("SELECT * FROM contact_proof").mappings().one()
        assert "482913" not in str(dict(row))
        proof_store.forget(connection, T0 + timedelta(days=2))
        assert connection.exec_driver_sql("SELECT count(*) FROM contact_proof").scalar_one() == 0


def test_no_key_of_a_proof_means_anything_in_a_summons_or_a_test() -> None:
    assert not set(KEYS) & set("12359")


def given_code(connection: object, code: str, at: datetime, officer: str = "duty-1") -> None:
    wanted = Code("", f"a-{code}", "desk", officer, "+1555", "k", None, False, at)
    alert_store.give_code(connection, wanted, lambda _: code)  # type: ignore[arg-type]


def test_a_real_summons_is_told_from_a_test(database: Database) -> None:
    with database.write() as connection:
        given_code(connection, "T482", T0)
        assert not phone_test_store.is_summoned(connection, "duty-1", T0 - timedelta(minutes=1))
        given_code(connection, "4827", T0)
        assert phone_test_store.is_summoned(connection, "duty-1", T0)
        assert not phone_test_store.is_summoned(connection, "duty-1", T0 + timedelta(seconds=1))
        assert not phone_test_store.is_summoned(connection, "duty-2", T0)
        alert_store.end_codes(connection, "a-4827", T0)
        assert not phone_test_store.is_summoned(connection, "duty-1", T0)
        assert phone_test_store.was_summoned(connection, "duty-1", T0 - timedelta(seconds=1))
        assert not phone_test_store.was_summoned(connection, "duty-1", T0)
        phone_test_store.forget_codes(connection, T0 + timedelta(seconds=1))
        left = connection.exec_driver_sql("SELECT code FROM alert_code").scalars().all()
        assert left == ["4827"]


def test_the_last_word_on_a_sending_is_the_reports_else_the_attempts(database: Database) -> None:
    with database.write() as connection:
        assert phone_test_store.last_word(connection, "s-1", None) is None
        facts = {"provider": "p", "sid": None, "outcome": "failed", "code": "30003"}
        outbox.note_attempt(connection, "s-1", T0, timedelta(), facts)
        assert phone_test_store.last_word(connection, "s-1", "CA1") == "30003"
        outbox.keep_report(connection, "CA1", "no-answer", "t-1", {"CallStatus": "no-answer"}, T0)
        assert phone_test_store.last_word(connection, "s-1", "CA1") == "no-answer"
        outbox.keep_report(connection, "CA1", "failed", "t-2", {"ErrorCode": "21211"}, T0)
        assert phone_test_store.last_word(connection, "s-1", "CA1") == "21211"
