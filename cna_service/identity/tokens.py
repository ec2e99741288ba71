"""Bearer tokens: ES256 JWTs of this desk, for authorities, systems and signed-in officers (api.md, "Tokens").

The only importer of jose. jose itself reads the machine's clock for ``exp``; ``now`` is that clock's reading too.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args

from jose import jwt
from jose.exceptions import ExpiredSignatureError, JWTClaimsError, JWTError
from sqlalchemy import Connection

from cna_service.identity import store
from cna_service.identity.rules import TokenRefused
from cna_service.identity.store import KeptToken

Subject = Literal["authority", "system", "officer"]
LIFETIMES: Mapping[Subject, timedelta] = {
    "authority": timedelta(days=90),
    "system": timedelta(days=90),
    "officer": timedelta(minutes=15),
}
_ALGORITHM = "ES256"
_REQUIRED = {f"require_{claim}": True for claim in ("aud", "iss", "sub", "exp", "iat", "jti")}
_LONGEST_TEXT = 4096
# Another node's clock may be a little ahead of ours.
_AHEAD = timedelta(seconds=60)
_USE_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The desk's keys as PEM: the private one that signs, and all public ones that still verify, by ``kid``."""

    kid: str
    private: str = field(repr=False)
    public: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified token says. ``subject`` is an authority, a system or an officer, as ``kind`` says."""

    subject: str
    kind: Subject
    jti: str
    audience: str
    issuer: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """``token`` is shown once and kept nowhere; ``claims`` are kept by :func:`keep`."""

    token: str = field(repr=False)
    claims: TokenClaims


def issue(
    subject: str,
    kind: Subject,
    *,
    keys: TokenKeys,
    audience: str,
    issuer: str,
    now: datetime,
    lifetime: timedelta | None = None,
    jti: str | None = None,
) -> Issued:
    """A new token; by default it lives as long as its kind may (90 days, 15 minutes for an officer).

    Raises ValueError for a longer or no lifetime.
    """
    lifetime = LIFETIMES[kind] if lifetime is None else lifetime
    if not timedelta(0) < lifetime <= LIFETIMES[kind]:
        raise ValueError(f"a token of kind {kind} lives at most {LIFETIMES[kind]}, not {lifetime}")
    claims = TokenClaims(
        subject=subject,
        kind=kind,
        jti=jti or secrets.token_urlsafe(16),
        audience=audience,
        issuer=issuer,
        issued_at=now,
        expires_at=(now + lifetime).replace(microsecond=0),
    )
    token = jwt.encode(_payload(claims), keys.private, algorithm=_ALGORITHM, headers={"kid": keys.kid})
    return Issued(token, claims)


def read(token: str, keys: Mapping[str, str], *, audience: str, issuer: str, now: datetime) -> TokenClaims:
    """The claims of a token that one of ``keys`` (public PEM by ``kid``) signed for this desk.

    The key is chosen by ``kid`` from our own set before anything is decoded; ``jwk``, ``jku``, ``x5u`` in the
    token are not looked at. Raises :class:`TokenRefused`, whatever is wrong. Says nothing of revocation:
    :func:`check_kept` does.
    """
    key = _chosen_key(token, keys)
    try:
        found = jwt.decode(
            token, key, algorithms=[_ALGORITHM], audience=audience, issuer=issuer, options=_REQUIRED
        )
    except ExpiredSignatureError:
        raise TokenRefused("expired") from None
    except JWTClaimsError:
        raise TokenRefused("wrong-claims") from None
    except JWTError:
        raise TokenRefused("not-verified") from None
    claims = _claims(found, audience)
    if claims.expires_at <= now:
        raise TokenRefused("expired")
    is_too_long = claims.expires_at - claims.issued_at > LIFETIMES[claims.kind]
    if is_too_long or claims.issued_at > now + _AHEAD:
        raise TokenRefused("wrong-claims")
    return claims


def keep(connection: Connection, claims: TokenClaims, *, note: str = "") -> None:
    """Keep what is needed to list and revoke a token; one that is not kept is not accepted."""
    kept = KeptToken(
        claims.jti, claims.subject, claims.kind, claims.issued_at, claims.expires_at, note=note[:200]
    )
    store.put_token(connection, kept)


def check_kept(connection: Connection, claims: TokenClaims, *, is_enabled: bool) -> KeptToken:
    """Raise :class:`TokenRefused` unless the token is on our list, not revoked, its subject ``is_enabled``, and,
    for an officer, not older than his credential."""
    if not is_enabled:
        raise TokenRefused("subject-disabled")
    kept = store.token_of(connection, claims.jti)
    if kept is None or (kept.subject, kept.kind) != (claims.subject, claims.kind):
        raise TokenRefused("not-listed")
    if kept.revoked_at is not None:
        raise TokenRefused("revoked")
    if claims.kind == "officer":
        credential = store.credential_of(connection, claims.subject)
        if credential is not None and claims.issued_at < credential.tokens_valid_after:
            raise TokenRefused("older-than-credential")
    return kept


def is_use_due(kept: KeptToken, now: datetime) -> bool:
    """Whether ``store.note_token_used`` is worth a write: every five minutes, not at every call."""
    return kept.last_used_at is None or now - kept.last_used_at >= _USE_NOTED_EVERY


def signed_in(claims: TokenClaims) -> dict[str, str]:
    """How the caller signed in, as his entries say it (desk-rules 8.2)."""
    return {"by": "token", "token": claims.jti}


def _payload(claims: TokenClaims) -> dict[str, Any]:
    return {
        "sub": claims.subject,
        "kind": claims.kind,
        "jti": claims.jti,
        "aud": claims.audience,
        "iss": claims.issuer,
        # With its fraction (RFC 7519, NumericDate): compared with the instant of a reset in the same second.
        "iat": claims.issued_at.timestamp(),
        "exp": int(claims.expires_at.timestamp()),
    }


def _chosen_key(token: str, keys: Mapping[str, str]) -> str:
    if len(token) > _LONGEST_TEXT:
        raise TokenRefused("unreadable")
    try:
        header = jwt.get_unverified_header(token)
    except JWTError:
        raise TokenRefused("unreadable") from None
    if header.get("alg") != _ALGORITHM:
        raise TokenRefused("wrong-algorithm")
    # An extension that must be understood, and is not (RFC 7515 4.1.11); jose does not look.
    if "crit" in header:
        raise TokenRefused("unreadable")
    kid = header.get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise TokenRefused("unknown-key")
    return keys[kid]


def _claims(found: Mapping[str, Any], audience: str) -> TokenClaims:
    texts = [found.get(name) for name in ("sub", "kind", "jti", "iss")]
    numbers = [found.get(name) for name in ("iat", "exp")]
    are_texts = all(isinstance(text, str) and text for text in texts)
    are_numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    # jose takes a list of audiences; ours has exactly one.
    if not are_texts or not are_numbers or found["aud"] != audience or found["kind"] not in get_args(Subject):
        raise TokenRefused("wrong-claims")
    try:
        issued_at, expires_at = (datetime.fromtimestamp(n, UTC) for n in (found["iat"], found["exp"]))
    except (ValueError, OverflowError, OSError):
        raise TokenRefused("wrong-claims") from None
    kind = cast(Subject, found["kind"])
    return TokenClaims(found["sub"], kind, found["jti"], audience, found["iss"], issued_at, expires_at)
