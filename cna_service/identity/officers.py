"""Our officers, folded from the ``desk`` stream: added, changed, disabled, never deleted (desk-rules 8.2, 16.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from cna_service.identity import contacts as own_contacts
from cna_service.identity.actors import Actor
from cna_service.identity.contacts import EMPTY_BOOK, ContactBook
from cna_service.identity.permissions import Role
from cna_service.identity.rules import OfficerUnknown
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Entry, EntryType

RESET_SHOWN_FOR = timedelta(hours=24)
"""How long each decision says that the account's credential was reset (desk-rules 16.3)."""

OLD_CONTACT_TOLD_FOR = timedelta(days=14)
"""How long a replaced contact is still told of a reset, so that changing it first hides nothing."""


_CONTACTS = ("/phone", "/second_phone", "/email")

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("officer.added", "An officer's account was made.", _CONTACTS),
    EntryType(
        "officer.changed", "Something about an officer changed: only what changed stands here.", _CONTACTS
    ),
    EntryType("officer.disabled", "An officer may do nothing from here on; his entries stay.", ("/reason",)),
    EntryType("officer.enabled", "An officer who was disabled may act again.", ("/reason",)),
    EntryType("credential.set", "A password and code generator were set for an account."),
    EntryType(
        "credential.reset", "Somebody made a link that replaces an officer's credential.", ("/reason",)
    ),
)

ContactKind = Literal["phone", "second_phone", "email"]
_CONTACT_KINDS: tuple[ContactKind, ...] = ("phone", "second_phone", "email")
_WORDS = ("name", "post", "office", "role", "language")


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach an officer; ``until`` says when it was replaced, None while it is in use."""

    officer: str
    kind: ContactKind
    value: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CredentialReset:
    """Somebody other than the officer set or reset his credential. ``since`` starts the 24 h: the reset, or the
    first use of what it made, whichever is later."""

    at: datetime
    by: str
    since: datetime
    is_used: bool = False

    def as_json(self) -> dict[str, str]:
        return {"at": to_text(self.at), "by": self.by}


@dataclass(frozen=True, slots=True)
class Officer:
    """One officer as of the last entry folded. A contact that was erased or never given is None."""

    id: str
    name: str
    post: str
    office: str
    role: str
    language: str = "en"
    phone: str | None = None
    second_phone: str | None = None
    email: str | None = None
    is_enabled: bool = True
    credential_set_at: datetime | None = None
    last_reset: CredentialReset | None = None
    former_contacts: tuple[Contact, ...] = ()
    disabled: tuple[tuple[datetime, datetime | None], ...] = ()
    """Since when, until when the account was disabled; None: it still is."""
    book: ContactBook = EMPTY_BOOK
    """Every contact with what is proved of it, his order, rules and preferences."""

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Those that a written notice can go to: the account's own, then the further numbers and addresses."""
        pairs = ((kind, getattr(self, kind)) for kind in _CONTACT_KINDS)
        own = (Contact(self.id, kind, value) for kind, value in pairs if value)
        further = (c for c in self.book.contacts if c.id not in _CONTACT_KINDS and c.kind in _FORMER)
        return (*own, *(Contact(self.id, _FORMER[c.kind], c.value) for c in further if c.value))

    def credential_reset_within(self, window: timedelta, at: datetime) -> CredentialReset | None:
        """The last reset by somebody else, if it or its first use lies within ``window`` before ``at``."""
        last = self.last_reset
        return last if last is not None and last.at <= at <= last.since + window else None

    def actor(
        self, at: datetime, *, signed_in: Mapping[str, str] | None = None, delegation: str | None = None
    ) -> Actor:
        """The officer as an entry names him at the instant ``at``; disabled ones may do nothing."""
        reset = self.credential_reset_within(RESET_SHOWN_FOR, at)
        return Actor(
            "officer",
            id=self.id,
            name=self.name,
            post=self.post,
            office=self.office,
            role=self.role,
            delegation=delegation,
            signed_in=signed_in,
            credential_reset=None if reset is None else reset.as_json(),
            is_enabled=self.is_enabled,
        )


@dataclass(frozen=True, slots=True)
class Officers:
    """Everybody who ever had an account, by identifier."""

    by_id: Mapping[str, Officer] = field(default_factory=lambda: MappingProxyType({}))
    is_exercise: bool = False
    """Then the accounts that the service itself made count as verified: their telephones reach nobody."""

    def get(self, officer: str) -> Officer | None:
        return self.by_id.get(officer)

    def find(self, officer: str) -> Officer:
        """Raises :class:`OfficerUnknown`."""
        found = self.by_id.get(officer)
        if found is None:
            raise OfficerUnknown(f"No officer has the identifier {officer}.", officer=officer)
        return found

    def all(self) -> tuple[Officer, ...]:
        return tuple(self.by_id[key] for key in sorted(self.by_id))

    def enabled_with(self, role: Role) -> tuple[Officer, ...]:
        return tuple(each for each in self.all() if each.is_enabled and each.role == role)

    def told_of_reset(self, officer: str, at: datetime) -> tuple[Contact, ...]:
        """Whom a reset of this officer's credential is told to: his other contacts, those replaced in the last
        14 days, and every supervisor (desk-rules 16.3). His first telephone is left out: whoever resets may hold
        it, and the other contacts are the point. An officer with nothing else is told on it all the same."""
        concerned = self.find(officer)
        others = tuple(c for c in concerned.contacts if c.kind != "phone")
        old = tuple(c for c in concerned.former_contacts if c.until and at - c.until <= OLD_CONTACT_TOLD_FOR)
        supervisors = (s for s in self.enabled_with(Role.SUPERVISOR) if s.id != officer)
        theirs = (c for s in supervisors for c in s.contacts if c.kind != "second_phone")
        return _once((*(others or concerned.contacts), *old, *theirs))


def apply_officers(state: Officers, entry: Entry) -> Officers:
    """Fold one entry; other types leave the state as it is. Raises ValueError for a version not known here."""
    if entry.type == "desk.born":
        return replace(state, is_exercise=bool(entry.body.get("exercise")))
    fold = _FOLDS.get(entry.type)
    if fold is None:
        return state
    if entry.v != 1:
        raise ValueError(f"{entry.type} v{entry.v} is newer than this build")
    name = entry.body.get("officer")
    if not isinstance(name, str):
        return state
    before = state.by_id.get(name)
    if before is None and entry.type != "officer.added":
        return state
    after = fold(before or Officer(id=name, name="", post="", office="", role=""), entry)
    if entry.type in _ACCOUNT:
        is_given = state.is_exercise and entry.actor.get("kind") == "service"
        after = replace(after, book=own_contacts.account_contacts(after.book, entry, name, is_given=is_given))
    return replace(state, by_id=MappingProxyType({**state.by_id, name: after}))


def fold_officers(entries: Iterable[Entry]) -> Officers:
    state = Officers()
    for entry in entries:
        state = apply_officers(state, entry)
    return state


def _added(officer: Officer, entry: Entry) -> Officer:
    return replace(
        _changed(Officer(officer.id, "", "", "", ""), entry), former_contacts=officer.former_contacts
    )


def _changed(officer: Officer, entry: Entry) -> Officer:
    new: dict[str, Any] = {word: entry.body[word] for word in _WORDS if isinstance(entry.body.get(word), str)}
    former = list(officer.former_contacts)
    for kind in _CONTACT_KINDS:
        if kind not in entry.body:
            continue
        value = entry.body[kind]
        new[kind] = value if isinstance(value, str) and value else None
        before = getattr(officer, kind)
        if before and before != new[kind]:
            former.append(Contact(officer.id, kind, before, until=entry.recorded_at))
    return replace(officer, **new, former_contacts=tuple(former))


def _disabled(officer: Officer, entry: Entry) -> Officer:
    if not officer.is_enabled:
        return officer
    return replace(officer, is_enabled=False, disabled=(*officer.disabled, (entry.recorded_at, None)))


def _enabled(officer: Officer, entry: Entry) -> Officer:
    periods = tuple((since, until or entry.recorded_at) for since, until in officer.disabled)
    return replace(officer, is_enabled=True, disabled=periods)


def _credential_set(officer: Officer, entry: Entry) -> Officer:
    at, by = entry.recorded_at, entry.body.get("by")
    last = officer.last_reset
    if isinstance(by, str) and by != officer.id:
        last = CredentialReset(at=at, by=by, since=at, is_used=True)
    elif last is not None and not last.is_used:
        # A link made by another may lie unused for hours: what it set is suspect from its use on.
        last = replace(last, since=at, is_used=True)
    return replace(officer, credential_set_at=at, last_reset=last)


def _credential_reset(officer: Officer, entry: Entry) -> Officer:
    by = entry.body.get("by")
    reset = CredentialReset(entry.recorded_at, by if isinstance(by, str) else "", since=entry.recorded_at)
    return replace(officer, last_reset=reset)


def _contacts(officer: Officer, entry: Entry) -> Officer:
    book = own_contacts.apply_contacts(officer.book, entry, officer.id)
    gone = officer.book.by_id.get(str(entry.body.get("contact")))
    is_replaced = entry.type == "officer.contact_removed" or "value" in entry.body
    if gone is None or gone.value is None or gone.kind not in _FORMER or not is_replaced:
        return replace(officer, book=book)
    former = Contact(officer.id, _FORMER[gone.kind], gone.value, until=entry.recorded_at)
    return replace(officer, book=book, former_contacts=(*officer.former_contacts, former))


_FORMER: Mapping[str, ContactKind] = MappingProxyType({"number": "second_phone", "email": "email"})
"""Kinds of further contacts that a notice of a reset can go to, as the account's own kind that is like them."""

_FOLDS: Mapping[str, Callable[[Officer, Entry], Officer]] = MappingProxyType(
    {
        "officer.added": _added,
        "officer.changed": _changed,
        "officer.disabled": _disabled,
        "officer.enabled": _enabled,
        "credential.set": _credential_set,
        "credential.reset": _credential_reset,
        **dict.fromkeys((each.name for each in own_contacts.ENTRY_TYPES), _contacts),
        **dict.fromkeys(own_contacts.TEST_RESULTS, _contacts),
    }
)
_ACCOUNT = frozenset({"officer.added", "officer.changed"})


def _once(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    seen: dict[str, Contact] = {}
    for contact in contacts:
        seen.setdefault(contact.value, contact)
    return tuple(seen.values())
