"""Tokens: what python-jose would let through by itself, and everything else that must not pass."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jose.backends
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun import freeze_time
from jose import jwt
from jose.backends.cryptography_backend import CryptographyECKey

from cna_service.identity import secrets_file
from cna_service.identity.rules import TokenRefused
from cna_service.identity.tokens import Issued, TokenClaims, TokenKeys, issue, read, signed_in

NOW = datetime(2026, 11, 21, 3, 0, 0, 250_000, tzinfo=UTC)
AUDIENCE, ISSUER = "cna.example/desk", "https://desk.example.test"
REASONS = "unreadable|unknown-key|wrong-algorithm|expired|wrong-claims|not-verified"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> TokenKeys:
    folder: Path = tmp_path_factory.mktemp("secrets")
    secrets_file.make_missing(folder)
    return secrets_file.load(folder).token_keys


def issued(keys: TokenKeys, **more: Any) -> Issued:
    given: dict[str, Any] = {"audience": AUDIENCE, "issuer": ISSUER, "now": NOW} | more
    kind = given.pop("kind", "authority")
    return issue("mrcc-xb", kind, keys=keys, **given)


def read_at(token: str, keys: TokenKeys, now: datetime = NOW) -> TokenClaims:
    with freeze_time(now):
        return read(token, keys.public, audience=AUDIENCE, issuer=ISSUER, now=now)


def claims() -> dict[str, Any]:
    at = int(NOW.timestamp())
    return {
        "sub": "mrcc-xb",
        "kind": "authority",
        "jti": "j-1",
        "aud": AUDIENCE,
        "iss": ISSUER,
        "iat": at,
        "exp": at + 3600,
    }


def signed(keys: TokenKeys, payload: dict[str, Any], *, key: str | None = None, **headers: Any) -> str:
    return jwt.encode(payload, key or keys.private, algorithm="ES256", headers={"kid": keys.kid} | headers)


def refused(token: str, keys: TokenKeys, now: datetime = NOW) -> str:
    with pytest.raises(TokenRefused, match=REASONS) as refusal:
        read_at(token, keys, now)
    return refusal.value.reason


def private_pem(curve: ec.EllipticCurve) -> str:
    pem = ec.generate_private_key(curve).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode("ascii")


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_the_cryptography_backend_is_the_one_in_use() -> None:
    assert jose.backends.ECKey is CryptographyECKey


def test_what_was_issued_is_read_back(keys: TokenKeys) -> None:
    new = issued(keys, kind="officer")
    assert read_at(new.token, keys) == new.claims
    assert new.claims.issued_at == NOW
    assert new.claims.expires_at == datetime(2026, 11, 21, 3, 15, tzinfo=UTC)
    assert signed_in(new.claims) == {"by": "token", "token": new.claims.jti}


@pytest.mark.parametrize("kind", ["authority", "system"])
def test_a_token_of_an_authority_lives_90_days_at_most(keys: TokenKeys, kind: str) -> None:
    new = issued(keys, kind=kind)
    assert timedelta(days=89) < new.claims.expires_at - NOW <= timedelta(days=90)
    with pytest.raises(ValueError, match="at most"):
        issued(keys, kind=kind, lifetime=timedelta(days=90, seconds=1))


def test_a_token_of_an_officer_lives_15_minutes_at_most(keys: TokenKeys) -> None:
    with pytest.raises(ValueError, match="at most"):
        issued(keys, kind="officer", lifetime=timedelta(minutes=16))
    with pytest.raises(ValueError, match="at most"):
        issued(keys, lifetime=timedelta(0))


def test_a_token_ends_when_it_says(keys: TokenKeys) -> None:
    new = issued(keys, lifetime=timedelta(minutes=10))
    assert read_at(new.token, keys, new.claims.expires_at - timedelta(seconds=1)) == new.claims
    assert refused(new.token, keys, new.claims.expires_at) == "expired"
    assert refused(new.token, keys, new.claims.expires_at + timedelta(days=1)) == "expired"


def test_the_claims_used_below_are_good_when_whole(keys: TokenKeys) -> None:
    assert read_at(signed(keys, claims()), keys).subject == "mrcc-xb"


@pytest.mark.parametrize("claim", ["sub", "kind", "jti", "aud", "iss", "iat", "exp"])
def test_each_claim_missing_is_refused(keys: TokenKeys, claim: str) -> None:
    payload = claims()
    del payload[claim]
    assert refused(signed(keys, payload), keys) in {"not-verified", "wrong-claims"}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", ""),
        ("sub", 7),
        ("jti", 7),
        ("jti", ""),
        ("kind", "service"),
        ("kind", ["authority"]),
        ("aud", [AUDIENCE, "other"]),
        ("aud", "other"),
        ("iss", "other"),
        ("iss", [ISSUER]),
        ("iat", "today"),
        ("iat", True),
        ("iat", 1e300),
        ("exp", "1795000000000"),
        ("exp", 10**40),
        ("nbf", 10**11),
    ],
)
def test_a_claim_of_another_shape_is_refused(keys: TokenKeys, claim: str, value: object) -> None:
    assert refused(signed(keys, claims() | {claim: value}), keys) in {"not-verified", "wrong-claims"}


def test_a_token_that_lives_too_long_or_comes_from_the_future_is_refused(keys: TokenKeys) -> None:
    at = int(NOW.timestamp())
    assert refused(signed(keys, claims() | {"exp": at + 91 * 86400}), keys) == "wrong-claims"
    assert refused(signed(keys, claims() | {"kind": "officer"}), keys) == "wrong-claims"
    assert refused(signed(keys, claims() | {"iat": at + 3000}), keys) == "wrong-claims"
    assert read_at(signed(keys, claims() | {"iat": at + 30}), keys)


def test_alg_none_is_refused(keys: TokenKeys) -> None:
    for alg in ("none", "None", "NONE"):
        token = f"{encoded({'alg': alg, 'typ': 'JWT', 'kid': keys.kid})}.{encoded(claims())}."
        assert refused(token, keys) == "wrong-algorithm"


def test_hs256_with_the_public_key_is_refused(keys: TokenKeys) -> None:
    head = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': keys.kid})}.{encoded(claims())}"
    mac = hmac.new(keys.public[keys.kid].encode(), head.encode(), hashlib.sha256).digest()
    token = f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert refused(token, keys) == "wrong-algorithm"


def test_es384_is_refused(keys: TokenKeys) -> None:
    key = private_pem(ec.SECP384R1())
    token = jwt.encode(claims(), key, algorithm="ES384", headers={"kid": keys.kid})
    assert refused(token, keys) == "wrong-algorithm"


def test_an_unknown_kid_is_refused(keys: TokenKeys) -> None:
    assert refused(signed(keys, claims(), kid="another"), keys) == "unknown-key"
    assert refused(signed(keys, claims(), kid=["a"]), keys) == "unknown-key"
    without = jwt.encode(claims(), keys.private, algorithm="ES256")
    assert refused(without, keys) == "unknown-key"


def test_a_key_inside_the_token_is_not_looked_at(keys: TokenKeys) -> None:
    theirs = private_pem(ec.SECP256R1())
    jwk = CryptographyECKey(theirs, "ES256").public_key().to_dict()
    inside = {"jwk": jwk, "jku": "https://evil.example.test/keys", "x5u": "https://evil.example.test/cert"}
    assert refused(signed(keys, claims(), key=theirs, **inside), keys) == "not-verified"
    assert read_at(signed(keys, claims(), **inside), keys)


def test_another_key_under_our_kid_is_refused(keys: TokenKeys) -> None:
    assert refused(signed(keys, claims(), key=private_pem(ec.SECP256R1())), keys) == "not-verified"


def test_a_critical_extension_is_refused(keys: TokenKeys) -> None:
    assert refused(signed(keys, claims(), crit=["b64"], b64=False), keys) == "unreadable"


def test_rule_15_1_a_token_of_the_exercise_is_refused(keys: TokenKeys, tmp_path: Path) -> None:
    secrets_file.make_missing(tmp_path)
    exercise = secrets_file.load(tmp_path).token_keys
    assert refused(issued(exercise).token, keys) == "unknown-key"
    assert refused(issued(keys, audience="x.cna.example/desk").token, keys) == "wrong-claims"
    assert refused(issued(keys, issuer="http://127.0.0.1:8001").token, keys) == "wrong-claims"


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "x" * 5000])
def test_what_is_no_token_is_refused(keys: TokenKeys, token: str) -> None:
    assert refused(token, keys) == "unreadable"


def test_a_changed_token_is_refused(keys: TokenKeys) -> None:
    head, body, signature = issued(keys).token.split(".")
    changed = encoded(json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "mrcc-xc"})
    assert refused(f"{head}.{changed}.{signature}", keys) == "not-verified"


def test_neither_token_nor_key_shows_in_text(keys: TokenKeys) -> None:
    new = issued(keys)
    assert new.token not in repr(new)
    assert "PRIVATE" not in repr(keys)
