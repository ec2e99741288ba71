"""Who calls the interface: from a bearer token to an actor, and the short tokens of signed-in officers."""

from __future__ import annotations

from datetime import datetime

from cna_service.identity import store, tokens
from cna_service.identity.actors import Actor, authority_actor, system_actor
from cna_service.identity.officers import Officer
from cna_service.identity.rules import TokenRefused
from cna_service.identity.store import KeptToken
from cna_service.identity.tokens import Issued, TokenClaims
from cna_service.kit.errors import Unavailable
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED, OFFICERS
from cna_service.workflow.service import Reader, Service


def caller(service: Service, token: str | None) -> Actor:
    """The officer, authority or system behind a token, who must still be enabled or listed. Raises TokenRefused."""
    if not token:
        raise TokenRefused("missing")
    access, now = service.access, service.machine.now()
    public = access.secrets.token_keys.public
    claims = tokens.read(token, public, audience=access.audience, issuer=access.issuer, now=now)
    with service.read() as reader:
        actor = _actor(reader, claims)
        is_enabled = actor is not None and actor.is_enabled
        kept = tokens.check_kept(reader.connection, claims, is_enabled=is_enabled)
    assert actor is not None
    _note_use(service, kept, now)
    return actor


def _actor(reader: Reader, claims: TokenClaims) -> Actor | None:
    how = tokens.signed_in(claims)
    if claims.kind == "officer":
        officer = reader.stream(DESK).of(OFFICERS).get(claims.subject)
        return None if officer is None else officer.actor(reader.now, signed_in=how)
    if claims.kind == "system":
        return system_actor(claims.subject, signed_in=how)
    listed = reader.stream(DIRECTORY).of(LISTED).authorities.get(claims.subject)
    if listed is None or not listed.is_listed_at(reader.now):
        return None
    return authority_actor(listed.id, state=listed.state, name=listed.name, signed_in=how)


def _note_use(service: Service, kept: KeptToken, now: datetime) -> None:
    """When a token was last used is told to whoever lists them; a call does not fail for it."""
    if not tokens.is_use_due(kept, now):
        return
    try:
        with service.database.write() as connection:
            store.note_token_used(connection, kept.jti, now)
    except Unavailable:
        return


def issue_officer_token(service: Service, officer: Officer) -> Issued:
    """A token of fifteen minutes for an officer who is signed in. Raises DatabaseUnavailable."""
    access = service.access
    issued = tokens.issue(
        officer.id,
        "officer",
        keys=access.secrets.token_keys,
        audience=access.audience,
        issuer=access.issuer,
        now=service.machine.now(),
    )
    with service.database.write() as connection:
        tokens.keep(connection, issued.claims, note="issued to a signed-in officer")
    return issued
