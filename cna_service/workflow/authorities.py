"""The directory as a file, in and out, and the tokens by which authorities and systems reach this desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from cna_service.directory.model import DOUBTED, STALE, UNVERIFIED, Authority, Contact
from cna_service.directory.rules import Directory, apply_directory
from cna_service.directory.seeds import DirectoryUnreadable
from cna_service.directory.table import export_csv, import_csv, listing_problems
from cna_service.identity import store, tokens
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.identity.store import KeptToken
from cna_service.identity.tokens import LIFETIMES
from cna_service.kit.errors import Conflict, Invalid, NotFound, Problem, Refused
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Entry, Erased
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED
from cna_service.workflow.service import Service

Kind = Literal["authority", "system"]
MOST_DAYS = LIFETIMES["authority"].days


class AuthorityNotListedNow(Refused):
    code = "authority-not-listed-now"
    title = "The authority is not listed at this instant"


class TokenUnknown(NotFound):
    code = "token-unknown"
    title = "No token has this identifier"


class TokenRevokedBefore(Conflict):
    code = "token-revoked-before"
    title = "That token was revoked before"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """``token`` is shown once and kept nowhere."""

    subject: str
    jti: str
    expires_at: datetime
    token: str = field(repr=False)

    def as_json(self) -> dict[str, str]:
        expires_at = to_text(self.expires_at)
        return {"subject": self.subject, "jti": self.jti, "expires_at": expires_at, "token": self.token}


def directory(service: Service) -> Directory:
    with service.read() as reader:
        return reader.stream(DIRECTORY).of(LISTED)


@dataclass(frozen=True, slots=True)
class DirectoryAt:
    """The directory in force at ``at``, as known at ``known_at``; ``seq`` and ``leaf``: the entry it was read up to."""

    directory: Directory
    at: datetime
    known_at: datetime
    seq: int
    leaf: str | None


def directory_at(
    service: Service, *, at: datetime | None = None, known_at: datetime | None = None
) -> DirectoryAt:
    """The version in force at an instant (default now), as this desk knew it then or at ``known_at`` (practice R7)."""
    with service.read() as reader:
        now = reader.now
        known = known_at or at or now
        if known >= now:
            folded = reader.stream(DIRECTORY)
        else:
            folded = reader.folds.as_of(reader.connection, DIRECTORY, at=known)
        return DirectoryAt(folded.of(LISTED), at or now, min(known, now), folded.head.seq, folded.head.leaf)


def export_directory(service: Service) -> str:
    """Every authority ever listed, as CSV."""
    return export_csv(directory(service))


def import_directory(service: Service, actor: Actor, text: str) -> list[str]:
    """List the authorities of a CSV; those that are listed so already are left as they are. Returns who changed.

    All or nothing. Raises DirectoryUnreadable, naming line, column and fix, and NotPermitted.
    """
    read = import_csv(text)
    if read.problems:
        raise DirectoryUnreadable("", *read.problems)
    known = directory(service)
    new = [b for b in read.bodies if not _is_listed_so(known.authorities.get(b["authority"]), b)]
    if not new:
        return []
    with service.write(actor, Action.AUTHORITY_CHANGE, DIRECTORY) as work:
        for body in new:
            work.append(Draft("authority.listed", body))
    return [body["authority"] for body in new]


def list_authority(service: Service, actor: Actor, body: Mapping[str, Any]) -> str:
    """List one authority, or list it anew with all its facts (body of ``authority.listed``); returns its id.

    Raises DirectoryUnreadable, naming every field, and NotPermitted.
    """
    if problems := listing_problems(body):
        raise DirectoryUnreadable("", *problems)
    with service.write(actor, Action.AUTHORITY_CHANGE, DIRECTORY) as work:
        work.append(Draft("authority.listed", body))
    return str(body["authority"])


def _is_listed_so(known: Authority | None, body: Mapping[str, Any]) -> bool:
    """Whether the directory says already what the body would make it say."""
    if known is None or any(isinstance(c.value, Erased) for c in known.contacts):
        return False
    return import_csv(export_csv([known])).bodies == import_csv(_as_csv(body)).bodies


def _as_csv(body: Mapping[str, Any]) -> str:
    """The body as the directory would export it once it is listed: instants and lists in one form."""
    at = datetime.min.replace(tzinfo=UTC)
    entry = Entry("", 1, "", "authority.listed", 1, at, {}, body, "")
    return export_csv(apply_directory(Directory(), entry))


def issue_token(
    service: Service,
    actor: Actor,
    subject: str,
    *,
    kind: Kind = "authority",
    days: int = MOST_DAYS,
    note: str = "",
) -> IssuedToken:
    """A token for an authority of the directory, or for a connected system by a name of its own.

    Raises Invalid (``days``), AuthorityNotListed, AuthorityNotListedNow, NotPermitted.
    """
    if not 1 <= days <= MOST_DAYS:
        fix = f"write 1 to {MOST_DAYS}"
        raise Invalid("", Problem("/days", days, f"a token lives at most {MOST_DAYS} days", fix))
    now = service.machine.now()
    access = service.access
    with service.write(actor, Action.AUTHORITY_CHANGE, DESK) as work:
        if kind == "authority" and not work.of(LISTED, DIRECTORY).find(subject).is_listed_at(work.now):
            raise AuthorityNotListedNow(f"{subject} is not listed now; list it first, then issue its token.")
        issued = tokens.issue(
            subject,
            kind,
            keys=access.secrets.token_keys,
            audience=access.audience,
            issuer=access.issuer,
            now=now,
            lifetime=timedelta(days=days),
        )
        tokens.keep(work.connection, issued.claims, note=note)
        told = {"jti": issued.claims.jti, "expires_at": to_text(issued.claims.expires_at)}
        work.append(Draft("authority.token_issued", {"authority": subject, "kind": kind, **told}))
    return IssuedToken(subject, issued.claims.jti, issued.claims.expires_at, issued.token)


def revoke_token(service: Service, actor: Actor, jti: str) -> KeptToken:
    """The token counts no more. Raises TokenUnknown, TokenRevokedBefore, NotPermitted."""
    with service.write(actor, Action.AUTHORITY_CHANGE, DESK) as work:
        kept = store.token_of(work.connection, jti)
        if kept is None or kept.kind == "officer":
            raise TokenUnknown(
                f"No token of an authority or a system is called {jti}; see `cna authority list`."
            )
        if not store.revoke_token(work.connection, jti, service.machine.now()):
            raise TokenRevokedBefore(f"The token {jti} was revoked before.")
        work.append(
            Draft("authority.token_revoked", {"authority": kept.subject, "kind": kept.kind, "jti": jti})
        )
    return kept


def tokens_of(service: Service, subject: str | None = None) -> tuple[KeptToken, ...]:
    """The tokens of authorities and systems, the newest first, with their last use."""
    with service.read() as reader:
        return tuple(t for t in store.tokens_of(reader.connection, subject) if t.kind != "officer")


def reachable_on(authority: Authority, at: datetime | None = None) -> tuple[str, ...]:
    """Its contacts, a line each; what is not proved, or known to be wrong, says so."""
    return tuple(
        f"{c.kind} {c.value}{f' ({c.function})' if c.function else ''}{_how_sure(c, at)}"
        for c in authority.contacts
        if not isinstance(c.value, Erased)
    )


_UNSURE = {DOUBTED: "found wrong", STALE: "stale", UNVERIFIED: "not verified"}


def _how_sure(contact: Contact, at: datetime | None) -> str:
    words = None if at is None else _UNSURE.get(contact.state_at(at))
    return f" [{words}]" if words else ""
