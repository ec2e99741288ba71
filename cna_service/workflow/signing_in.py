"""Signing officers in and out of the console: sessions, one-time links, codes. No entry is written here.

Sessions, codes and throttles run on the machine's clock, the watch on case time; in an exercise the two differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cna_service.duty.rules import Watch, who_has_the_watch
from cna_service.identity import links, sessions, store, totp
from cna_service.identity import sign_in as identity_sign_in
from cna_service.identity.officers import Officer, Officers
from cna_service.identity.rules import LinkSpent
from cna_service.identity.sessions import NewSession
from cna_service.identity.sign_in import Attempt
from cna_service.identity.store import Session
from cna_service.workflow import queries
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Reader, Service


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The live session behind a cookie and its officer, who is enabled."""

    session: Session
    officer: Officer


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What the page behind a one-time link shows: whose it is, why, and the generator's secret."""

    officer: Officer
    purpose: str
    expires_at: datetime
    made_by: str
    uri: str = field(repr=False)
    secret: str = field(repr=False)


def session_of(service: Service, cookie: str | None) -> SignedIn | None:
    """Who sent this cookie; None for nobody, an ended session, or an officer who was disabled."""
    if not cookie:
        return None
    now = service.machine.now()
    with service.read() as reader:
        session = sessions.find_session(reader.connection, cookie, now)
        officer = None if session is None else _officers(reader).get(session.officer)
    if session is None or officer is None or not officer.is_enabled:
        return None
    if sessions.is_seen_due(session, now):
        with service.database.write() as connection:
            store.note_session_seen(connection, session.id_sha256, now)
    return SignedIn(session, officer)


def sign_in(service: Service, account: str, password: str, code: str, address: str) -> NewSession:
    """Open a session. Raises SignInRefused, TriedTooOften.

    Who has the watch or is being summoned is never turned away for others' failures: his request is held, two
    seconds at most, and then judged.
    """
    attempt = _attempt(service, account, password, code, address)
    if attempt.on_watch:
        wait = identity_sign_in.wait_before(
            service.database, attempt.account, address, service.machine.now(), on_watch=True
        )
        _hold(service, wait)
    return identity_sign_in.sign_in(service.database, attempt, service.machine.now())


def playable(service: Service) -> tuple[Officer, ...]:
    """The officers whom anybody on the machine of an exercise may play; none of a real desk."""
    if not service.desk.is_exercise:
        return ()
    with service.read() as reader:
        return tuple(o for o in _officers(reader).by_id.values() if o.is_enabled)


def sign_out(service: Service, cookie: str) -> None:
    with service.database.write() as connection:
        sessions.end_session(connection, cookie)


def confirm_code(service: Service, signed_in: SignedIn, code: str, address: str) -> None:
    """A new code before an act that asks for one (desk-rules 2.2). Raises CodeRefused, TriedTooOften."""
    officer = signed_in.officer
    on_watch, _ = _standing(service, officer)
    now = service.machine.now()
    if on_watch:
        _hold(
            service,
            identity_sign_in.wait_before(service.database, officer.id, address, now, on_watch=True),
        )
    identity_sign_in.confirm_code(
        service.database, signed_in.session, code, service.machine.now(), address=address, on_watch=on_watch
    )


def is_code_fresh(service: Service, session: Session) -> bool:
    """Whether answering, instructing, certifying and recording a lapse need no new code (desk-rules 2.2)."""
    return sessions.is_code_fresh(session, service.machine.now())


def open_link(service: Service, secret: str) -> OpenedLink:
    """Look at a one-time link without using it. Raises LinkSpent."""
    with service.read() as reader:
        link = links.open_link(reader.connection, secret, service.machine.now())
        officer = _officers(reader).get(link.officer)
    if officer is None:
        raise LinkSpent
    uri = totp.provisioning_uri(link.totp_secret, account=officer.id, desk=service.desk.name)
    return OpenedLink(
        officer, link.purpose, link.expires_at, link.made_by, uri, totp.in_groups(link.totp_secret)
    )


def _officers(reader: Reader) -> Officers:
    return reader.stream(DESK).of(OFFICERS)


def _attempt(service: Service, account: str, password: str, code: str, address: str) -> Attempt:
    typed = account.strip()
    with service.read() as reader:
        officer = _find(_officers(reader), typed)
    on_watch, ends_at = (False, None) if officer is None else _standing(service, officer)
    # Failures are counted for the officer, whichever of his two account names was typed.
    known_as = typed if officer is None else officer.id
    return Attempt(known_as, password, code, address, officer, on_watch=on_watch, watch_ends=ends_at)


def _find(officers: Officers, typed: str) -> Officer | None:
    """By identifier, or by the mail address of one enabled officer."""
    if found := officers.get(typed.casefold()):
        return found
    same = [o for o in officers.all() if o.is_enabled and o.email and o.email.casefold() == typed.casefold()]
    return same[0] if len(same) == 1 else None


def _standing(service: Service, officer: Officer) -> tuple[bool, datetime | None]:
    """Whether he has a post of the watch or is being summoned; and when his watch ends, by the machine's clock."""
    with service.read() as reader:
        watch: Watch = who_has_the_watch(rosters_of(reader), reader.now)
        has_post = officer.id in watch.posts.values()
        is_summoned = queries.is_summoned(reader.connection, officer.id)
        left = None if watch.ends_at is None or not has_post else watch.ends_at - reader.now
    ends_at = None if left is None else service.machine.now() + left
    return has_post or is_summoned, ends_at


def _hold(service: Service, wait: timedelta) -> None:
    if wait > timedelta(0):
        # Ends at once when the service stops.
        service.stopping.wait(wait.total_seconds())
