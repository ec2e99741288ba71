"""Tokens as kept: listed with their last use, revoked, and older than a reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cna_service.db.database import Database
from cna_service.identity import store
from cna_service.identity.rules import TokenRefused
from cna_service.identity.store import Credential
from cna_service.identity.tokens import Subject, TokenClaims, check_kept, is_use_due, keep

T0 = datetime(2026, 11, 21, 3, 0, 0, 250_000, tzinfo=UTC)


def claims(
    jti: str, *, subject: str = "mrcc-xb", kind: Subject = "authority", at: datetime = T0
) -> TokenClaims:
    return TokenClaims(subject, kind, jti, "a", "i", at, at + timedelta(minutes=10))


def reason(rows: Database, told: TokenClaims, *, is_enabled: bool = True) -> str:
    with rows.read() as connection, pytest.raises(TokenRefused) as refused:
        check_kept(connection, told, is_enabled=is_enabled)
    return refused.value.reason


def test_a_kept_token_is_accepted_and_listed_with_its_last_use(rows: Database) -> None:
    with rows.write() as connection:
        keep(connection, claims("j-1"), note="for the MRCC's own system")
        keep(connection, claims("j-2", at=T0 + timedelta(hours=1)))
        keep(connection, claims("j-3", subject="mrcc-xc"))
        kept = check_kept(connection, claims("j-1"), is_enabled=True)
        assert is_use_due(kept, T0)
        store.note_token_used(connection, "j-1", T0)
    with rows.read() as connection:
        listed = store.tokens_of(connection, "mrcc-xb")
        assert len(store.tokens_of(connection)) == 3
    assert [(t.jti, t.note, t.last_used_at) for t in listed] == [
        ("j-2", "", None),
        ("j-1", "for the MRCC's own system", T0),
    ]
    assert not is_use_due(listed[1], T0 + timedelta(minutes=4))
    assert is_use_due(listed[1], T0 + timedelta(minutes=5))


def test_a_token_that_is_not_listed_is_refused(rows: Database) -> None:
    assert reason(rows, claims("j-1")) == "not-listed"
    with rows.write() as connection:
        keep(connection, claims("j-1"))
    assert reason(rows, claims("j-1", subject="mrcc-xc")) == "not-listed"
    assert reason(rows, claims("j-1", kind="system")) == "not-listed"


def test_a_revoked_token_is_refused_and_stays_listed(rows: Database) -> None:
    with rows.write() as connection:
        keep(connection, claims("j-1"))
        assert store.revoke_token(connection, "j-1", T0)
        assert not store.revoke_token(connection, "j-1", T0)
        assert not store.revoke_token(connection, "j-9", T0)
    assert reason(rows, claims("j-1")) == "revoked"
    with rows.read() as connection:
        assert [t.revoked_at for t in store.tokens_of(connection)] == [T0]


def test_all_tokens_of_one_subject_can_be_revoked(rows: Database) -> None:
    with rows.write() as connection:
        keep(connection, claims("j-1"))
        keep(connection, claims("j-2"))
        keep(connection, claims("j-3", subject="mrcc-xc"))
        assert store.revoke_tokens_of(connection, "mrcc-xb", T0) == 2
        assert check_kept(connection, claims("j-3", subject="mrcc-xc"), is_enabled=True).jti == "j-3"
    assert reason(rows, claims("j-2")) == "revoked"


def test_the_token_of_a_disabled_subject_is_refused(rows: Database) -> None:
    with rows.write() as connection:
        keep(connection, claims("j-1"))
    assert reason(rows, claims("j-1"), is_enabled=False) == "subject-disabled"


def test_rule_16_3_an_officers_token_ends_with_his_credential(rows: Database) -> None:
    def of(jti: str, milliseconds: int) -> TokenClaims:
        at = T0 + timedelta(milliseconds=milliseconds)
        return claims(jti, subject="duty-1", kind="officer", at=at)

    with rows.write() as connection:
        for each in (of("before", -1), of("after", 0)):
            keep(connection, each)
            check_kept(connection, each, is_enabled=True)
        store.put_credential(connection, Credential("duty-1", "h", "s", None, T0, T0))
        assert check_kept(connection, of("after", 0), is_enabled=True).jti == "after"
    assert reason(rows, of("before", -1)) == "older-than-credential"
    with rows.write() as connection:
        store.void_credential(connection, "duty-1", T0 + timedelta(hours=1))
    assert reason(rows, of("after", 0)) == "older-than-credential"
