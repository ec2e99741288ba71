"""Signing in on both databases: links, sessions, codes used once, failures that count and slow."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from cna_service.db.database import Database
from cna_service.identity import links, sessions, store, totp
from cna_service.identity.officers import Officer
from cna_service.identity.passwords import hash_password
from cna_service.identity.rules import CodeRefused, LinkSpent, SignInRefused, TriedTooOften
from cna_service.identity.sessions import NewSession
from cna_service.identity.sign_in import Attempt, confirm_code, sign_in, wait_before

T0 = datetime(2026, 11, 21, 3, 0, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSWORD = "four small harbour boats"
HASH = hash_password(PASSWORD)
OFFICER = Officer("duty-1", "Lt. Example", "Duty officer", "Operations Centre", "duty_officer")
DISABLED = Officer("duty-1", "Lt. Example", "Duty officer", "Centre", "duty_officer", is_enabled=False)
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def enrolled(rows: Database, at: datetime = T0) -> str:
    """The officer has used his first link; gives his generator's secret."""
    with rows.write() as connection:
        link = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=at)
        secret = links.open_link(connection, link, at).totp_secret
        code = totp.code_at(secret, at)
        links.set_credential(connection, link, password_hash=HASH, code=code, now=at)
    return secret


def attempt(
    code: str,
    *,
    password: str = PASSWORD,
    officer: Officer | None = OFFICER,
    address: str = HOME,
    on_watch: bool = False,
    watch_ends: datetime | None = None,
) -> Attempt:
    return Attempt("duty-1", password, code, address, officer, on_watch, watch_ends)


def sign_in_at(rows: Database, secret: str, now: datetime, **more: object) -> NewSession:
    return sign_in(rows, attempt(totp.code_at(secret, now), **more), now)  # type: ignore[arg-type]


def fail(rows: Database, now: datetime, times: int = 1, **more: object) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            sign_in(rows, attempt("000000", password="wrong", **more), now)  # type: ignore[arg-type]


def fail_quickly(rows: Database, now: datetime, times: int, *, address: str = HOME) -> None:
    with rows.write() as connection:
        for _ in range(times):
            store.note_failure(connection, "duty-1", address, now)


def test_a_link_then_password_and_code_open_a_session(rows: Database) -> None:
    secret = enrolled(rows)
    new = sign_in_at(rows, secret, T0 + MINUTE)
    with rows.read() as connection:
        found = sessions.find_session(connection, new.cookie, T0 + 2 * MINUTE)
    assert found == new.session
    assert found.officer == "duty-1"
    assert found.expires_at == T0 + MINUTE + timedelta(hours=12)
    assert new.cookie not in repr(new)
    assert new.cookie != found.id_sha256
    assert sessions.signed_in(found) == {"by": "totp", "session": found.id_sha256}


def test_a_link_survives_being_opened_and_is_used_once(rows: Database) -> None:
    with rows.write() as connection:
        secret = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=T0)
    with rows.read() as connection:
        shown = [links.open_link(connection, secret, T0 + n * MINUTE) for n in range(3)]
    assert {(link.officer, link.purpose, link.made_by) for link in shown} == {("duty-1", "first", "admin-1")}
    code = totp.code_at(shown[0].totp_secret, T0)
    with rows.write() as connection:
        links.set_credential(connection, secret, password_hash=HASH, code=code, now=T0)
    with rows.write() as connection, pytest.raises(LinkSpent):
        links.set_credential(connection, secret, password_hash=HASH, code=code, now=T0)


def test_a_link_with_a_wrong_code_can_be_tried_again(rows: Database) -> None:
    with rows.write() as connection:
        secret = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=T0)
        with pytest.raises(CodeRefused):
            links.set_credential(connection, secret, password_hash=HASH, code="000000", now=T0)
        code = totp.code_at(links.open_link(connection, secret, T0).totp_secret, T0)
        assert links.set_credential(connection, secret, password_hash=HASH, code=code, now=T0)


def test_links_end_by_time_by_a_newer_one_and_are_unknown_alike(rows: Database) -> None:
    with rows.write() as connection:
        first = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=T0)
        with pytest.raises(LinkSpent):
            links.open_link(connection, first, T0 + timedelta(hours=72))
        second = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=T0)
        for spent in (first, "unknown", "", "x" * 1000):
            with pytest.raises(LinkSpent):
                links.open_link(connection, spent, T0)
        assert links.open_link(connection, second, T0).officer == "duty-1"


def test_the_generators_secret_leaves_the_link_when_it_is_used(rows: Database) -> None:
    enrolled(rows)
    with rows.read() as connection:
        kept = connection.exec_driver_sql("SELECT totp_secret FROM one_time_link").scalars().all()
        credential = store.credential_of(connection, "duty-1")
    assert kept == [""]
    assert credential is not None
    assert len(credential.totp_secret) == 32


def test_rule_16_3_a_reset_ends_password_sessions_and_earlier_credential_at_once(rows: Database) -> None:
    secret = enrolled(rows)
    new = sign_in_at(rows, secret, T0 + MINUTE)
    with rows.write() as connection:
        link = links.make_link(connection, "duty-1", "reset", made_by="admin-1", now=T0 + 2 * MINUTE)
        assert sessions.find_session(connection, new.cookie, T0 + 2 * MINUTE) is None
    with pytest.raises(SignInRefused):
        sign_in_at(rows, secret, T0 + 3 * MINUTE)
    with rows.write() as connection:
        fresh = links.open_link(connection, link, T0 + 4 * MINUTE).totp_secret
        code = totp.code_at(fresh, T0 + 4 * MINUTE)
        used = links.set_credential(connection, link, password_hash=HASH, code=code, now=T0 + 4 * MINUTE)
    assert (used.purpose, used.made_by) == ("reset", "admin-1")
    assert fresh != secret
    sign_in_at(rows, fresh, T0 + 5 * MINUTE)


def test_a_code_opens_one_session_and_not_a_second(rows: Database) -> None:
    secret = enrolled(rows)
    sign_in_at(rows, secret, T0 + MINUTE)
    with pytest.raises(SignInRefused):
        sign_in_at(rows, secret, T0 + MINUTE)


def test_a_code_sent_twice_at_once_opens_one_session(rows: Database) -> None:
    secret = enrolled(rows)
    results: list[str] = []
    start = threading.Barrier(4)

    def try_it() -> None:
        start.wait()
        try:
            sign_in_at(rows, secret, T0 + MINUTE)
            results.append("in")
        except SignInRefused:
            results.append("refused")

    tries = [threading.Thread(target=try_it) for _ in range(4)]
    for each in tries:
        each.start()
    for each in tries:
        each.join()
    assert sorted(results) == ["in", "refused", "refused", "refused"]


def test_the_code_that_proved_the_generator_does_not_sign_in(rows: Database) -> None:
    secret = enrolled(rows)
    with pytest.raises(SignInRefused):
        sign_in_at(rows, secret, T0)


def test_whatever_is_wrong_the_answer_is_the_same(rows: Database) -> None:
    secret = enrolled(rows)
    now = T0 + MINUTE
    right = totp.code_at(secret, now)
    words = set()
    for wrong in (
        attempt(right, password="wrong"),
        attempt("000000"),
        attempt(right, officer=None),
        attempt(right, officer=DISABLED),
    ):
        with pytest.raises(SignInRefused) as refused:
            sign_in(rows, wrong, now)
        words.add((refused.value.detail, tuple(refused.value.facts)))
    assert words == {("Account, password or code is not right", ())}
    sign_in_at(rows, secret, now)


def test_a_wrong_password_does_not_use_up_the_code(rows: Database) -> None:
    secret = enrolled(rows)
    now = T0 + MINUTE
    with pytest.raises(SignInRefused):
        sign_in(rows, attempt(totp.code_at(secret, now), password="wrong"), now)
    sign_in_at(rows, secret, now)


def test_an_outdated_hash_is_renewed_at_the_next_sign_in(rows: Database) -> None:
    secret = enrolled(rows)
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with rows.write() as connection:
        store.put_password_hash(connection, "duty-1", before=HASH, after=old)
    sign_in_at(rows, secret, T0 + MINUTE)
    with rows.read() as connection:
        kept = store.credential_of(connection, "duty-1")
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=65536")
    sign_in_at(rows, secret, T0 + 2 * MINUTE)


def test_five_failures_slow_the_account_from_everywhere(rows: Database) -> None:
    secret = enrolled(rows)
    now = T0 + MINUTE
    fail(rows, now, 5)
    with pytest.raises(TriedTooOften) as slowed:
        sign_in_at(rows, secret, now, address=ELSEWHERE)
    assert slowed.value.retry_after == 1
    sign_in_at(rows, secret, now + timedelta(seconds=1), address=ELSEWHERE)


def test_five_failures_slow_the_address_for_every_account(rows: Database) -> None:
    enrolled(rows)
    with rows.write() as connection:
        for n in range(7):
            store.note_failure(connection, f"guess-{n}", HOME, T0)
    assert wait_before(rows, "duty-1", HOME, T0, on_watch=False) == timedelta(seconds=4)
    assert wait_before(rows, "duty-1", ELSEWHERE, T0, on_watch=False) == timedelta(0)


def test_failures_are_forgotten_after_a_quarter_of_an_hour(rows: Database) -> None:
    fail_quickly(rows, T0, 40)
    assert wait_before(rows, "Duty-1 ", HOME, T0, on_watch=False) == timedelta(seconds=30)
    assert wait_before(rows, "duty-1", HOME, T0 + 15 * MINUTE, on_watch=False) == timedelta(0)


def test_the_officer_on_watch_gets_in_while_a_stranger_keeps_failing(rows: Database) -> None:
    secret = enrolled(rows)
    now = T0 + MINUTE
    fail_quickly(rows, now, 500, address=ELSEWHERE)
    assert wait_before(rows, "duty-1", HOME, now, on_watch=True) == timedelta(seconds=2)
    new = sign_in_at(rows, secret, now, on_watch=True)
    assert new.session.officer == "duty-1"


def test_a_right_password_forgives_this_address_only(rows: Database) -> None:
    secret = enrolled(rows)
    now = T0 + MINUTE
    fail_quickly(rows, now, 4)
    fail_quickly(rows, now, 7, address=ELSEWHERE)
    sign_in_at(rows, secret, now, on_watch=True)
    with rows.read() as connection:
        account, home = store.failures(connection, "duty-1", HOME, T0)
    assert (account.count, home.count) == (7, 0)


def test_rule_2_2_a_session_lasts_the_watch(rows: Database) -> None:
    secret = enrolled(rows)
    ends = T0 + timedelta(days=7)
    new = sign_in_at(rows, secret, T0 + MINUTE, watch_ends=ends)
    with rows.read() as connection:
        assert sessions.find_session(connection, new.cookie, ends - MINUTE) == new.session
        assert sessions.find_session(connection, new.cookie, ends) is None
        assert sessions.find_session(connection, None, T0) is None
        assert sessions.find_session(connection, "x" * 500, T0) is None
    endless = sign_in_at(rows, secret, T0 + 2 * MINUTE, watch_ends=T0 + timedelta(days=400))
    assert endless.session.expires_at == T0 + 2 * MINUTE + timedelta(days=8)
    ending = sign_in_at(rows, secret, T0 + 3 * MINUTE, watch_ends=T0 + 4 * MINUTE)
    assert ending.session.expires_at == T0 + 3 * MINUTE + timedelta(hours=12)


def test_rule_2_2_after_15_minutes_an_act_asks_for_a_new_code(rows: Database) -> None:
    secret = enrolled(rows)
    signed_in_at = T0 + MINUTE
    new = sign_in_at(rows, secret, signed_in_at)
    assert sessions.is_code_fresh(new.session, signed_in_at + 14 * MINUTE)
    later = signed_in_at + 15 * MINUTE
    assert not sessions.is_code_fresh(new.session, later)
    with pytest.raises(CodeRefused):
        confirm_code(rows, new.session, "000000", later, address=HOME, on_watch=False)
    confirm_code(rows, new.session, totp.code_at(secret, later), later, address=HOME, on_watch=False)
    with pytest.raises(CodeRefused):
        confirm_code(rows, new.session, totp.code_at(secret, later), later, address=HOME, on_watch=False)
    with rows.read() as connection:
        confirmed = sessions.find_session(connection, new.cookie, later)
    assert confirmed is not None
    assert sessions.is_code_fresh(confirmed, later + MINUTE)


def test_guessing_codes_within_a_session_is_slowed(rows: Database) -> None:
    secret = enrolled(rows)
    new = sign_in_at(rows, secret, T0 + MINUTE)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            confirm_code(rows, new.session, "000000", T0 + 2 * MINUTE, address=HOME, on_watch=False)
    with pytest.raises(TriedTooOften):
        confirm_code(rows, new.session, "000000", T0 + 2 * MINUTE, address=HOME, on_watch=False)


def test_signing_out_ends_one_session_and_leaves_the_other(rows: Database) -> None:
    secret = enrolled(rows)
    one, other = (sign_in_at(rows, secret, T0 + n * MINUTE) for n in (1, 2))
    with rows.write() as connection:
        sessions.end_session(connection, one.cookie)
        assert sessions.find_session(connection, one.cookie, T0 + 3 * MINUTE) is None
        assert store.sessions_of(connection, "duty-1") == (other.session,)
        store.end_sessions_of(connection, "duty-1")
        assert store.sessions_of(connection, "duty-1") == ()


def test_being_seen_is_written_once_a_minute(rows: Database) -> None:
    secret = enrolled(rows)
    new = sign_in_at(rows, secret, T0 + MINUTE)
    assert not sessions.is_seen_due(new.session, T0 + MINUTE + timedelta(seconds=59))
    assert sessions.is_seen_due(new.session, T0 + 2 * MINUTE)
    with rows.write() as connection:
        store.note_session_seen(connection, new.session.id_sha256, T0 + 2 * MINUTE)
        found = sessions.find_session(connection, new.cookie, T0 + 2 * MINUTE)
    assert found is not None
    assert found.last_seen_at == T0 + 2 * MINUTE


def test_rule_12_6_sessions_and_their_forms_survive_a_restart(rows: Database) -> None:
    secret = enrolled(rows)
    new = sign_in_at(rows, secret, T0 + MINUTE)
    again = Database(str(rows.url.render_as_string(hide_password=False)))
    with again.read() as connection:
        found = sessions.find_session(connection, new.cookie, T0 + 2 * MINUTE)
    again.close()
    assert found is not None
    assert found.form_secret == new.session.form_secret
    assert len(found.form_secret) == 32


def test_housekeeping_forgets_what_is_over(rows: Database) -> None:
    secret = enrolled(rows)
    fail_quickly(rows, T0, 2, address=ELSEWHERE)
    sign_in_at(rows, secret, T0 + MINUTE)
    with rows.write() as connection:
        store.forget_expired(connection, T0 + timedelta(days=30))
        left = {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in ("session", "one_time_link", "sign_in_failure", "credential")
        }
    assert left == {"session": 0, "one_time_link": 0, "sign_in_failure": 0, "credential": 1}


def test_of_two_who_hold_an_open_link_one_uses_it(rows: Database) -> None:
    with rows.write() as connection:
        secret = links.make_link(connection, "duty-1", "first", made_by="admin-1", now=T0)
        digest = links.open_link(connection, secret, T0).token_sha256
    with rows.write() as connection:
        assert not store.use_link(connection, digest, T0 + timedelta(hours=72))
        assert store.use_link(connection, digest, T0 + MINUTE)
        assert not store.use_link(connection, digest, T0 + MINUTE)
