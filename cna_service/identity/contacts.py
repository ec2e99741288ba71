"""How an officer can be reached: his contacts as dated things, their order, what is proved of each, his wishes.

Folded from the ``desk`` stream, as a part of :class:`~cna_service.identity.officers.Officer`. ``phone``,
``second_phone`` and ``email`` come with the account; further ones have ids of their own (``number-1``, ``email-1``,
``push-1``, ``webhook-1``, ``chat-1``), none of which is ever used twice. No rule reads a number or an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.identity.contact_rules import NONE_SET, ContactRules, rules_from_json
from cna_service.identity.preferences import USUAL, Preferences, preferences_from_json
from cna_service.ledger.entry import Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType("officer.contact_added", "An officer has one more contact.", ("/value", "/label")),
    EntryType(
        "officer.contact_changed",
        "A further contact of an officer, or what is said of one, changed: only what changed stands here.",
        ("/value", "/label"),
    ),
    EntryType("officer.contact_removed", "A further contact of an officer is used no more.", ("/reason",)),
    EntryType("officer.contacts_ordered", "An officer said in which order his contacts are used."),
    EntryType(
        "officer.contact_verified", "A code or a key that was sent to a contact came back from its owner."
    ),
    EntryType(
        "officer.contact_flagged", "A contact is used last: its owner stopped it, or its carrier refuses it."
    ),
    EntryType("officer.contact_cleared", "A contact is used like the others again."),
    EntryType("officer.rules_set", "An officer said which contact is used when."),
    EntryType("officer.preferences_set", "An officer's time zone or waking hours changed."),
)

TEST_RESULTS = ("phone_test.answered", "phone_test.ended")
"""Types of :mod:`cna_service.identity.phone_tests` that say something of contacts too."""

OWN = ("phone", "second_phone", "email")
"""Contacts that come with the account; only ``officer.added`` and ``officer.changed`` give them a value."""

FURTHER_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("sms", "voice"),
        "landline": ("voice",),
        "email": ("email",),
        "push": ("push",),
        "webhook": ("webhook",),
        "chat": ("chat",),
    }
)
"""Kinds that an officer may add, with the channels each has."""

_CHANNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**FURTHER_KINDS, "phone": ("sms", "voice"), "second_phone": ("sms", "voice")}
)
_WAKES = frozenset({"sms", "voice", "push"})
_USUAL_ORDER = ("phone", "second_phone", "number", "landline", "push", "chat", "webhook", "email")

NIGHT_PROOF_LASTS = timedelta(days=90)
"""After so long without a "yes, it rang" at night a contact counts as daytime only (desk-rules 3.6)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """``why``: ``stop`` (its owner sent STOP), else the code by which the carrier refused it for good."""

    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfficerContact:
    """One contact. ``value``: number, address or subscription; None once it is erased. ``label``: his own words.

    ``is_by_day``: he said that it may ring by day only. ``tested_at``: the newest test that he confirmed on it,
    ``rang_at_night_at``: the newest to which he said yes in his night hours. ``is_given``: seeded with an exercise,
    so that it counts as verified and proved.
    """

    officer: str
    id: str
    kind: str
    value: str | None
    added_at: datetime
    label: str | None = None
    is_by_day: bool = False
    verified_at: datetime | None = None
    tested_at: datetime | None = None
    rang_at_night_at: datetime | None = None
    failed_at: datetime | None = None
    flag: Flag | None = None
    is_given: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        return _CHANNELS.get(self.kind, ())

    @property
    def wakes(self) -> bool:
        """Whether it can wake somebody: a mail or a chat cannot."""
        return not _WAKES.isdisjoint(self.channels)

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def proved_at(self) -> datetime | None:
        """When something that was sent to it last came back from its owner."""
        return max((at for at in (self.verified_at, self.tested_at) if at is not None), default=None)

    def is_daytime_only(self, now: datetime) -> bool:
        """By his own word, or because nobody has said for 90 days that it rang at night (desk-rules 3.6)."""
        if self.is_by_day:
            return True
        rang = self.rang_at_night_at
        return not self.is_given and (rang is None or now - rang > NIGHT_PROOF_LASTS)


_NO_CONTACTS: Mapping[str, OfficerContact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ContactBook:
    """The contacts of one officer by id, and his wishes. ``wanted``: the order he gave, which may name ids that are
    gone. ``made``: how many of each kind were ever added."""

    by_id: Mapping[str, OfficerContact] = field(default_factory=lambda: _NO_CONTACTS)
    wanted: tuple[str, ...] = ()
    made: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rules: ContactRules = NONE_SET
    preferences: Preferences = USUAL

    @property
    def contacts(self) -> tuple[OfficerContact, ...]:
        """In the order of his wish; what he did not order, as it wakes a person best."""
        return tuple(sorted(self.by_id.values(), key=self._place))

    def _place(self, contact: OfficerContact) -> tuple[int, int, str]:
        if contact.id in self.wanted:
            return self.wanted.index(contact.id), 0, contact.id
        kind = contact.id if contact.id in OWN[:2] else contact.kind
        return len(self.wanted), _USUAL_ORDER.index(kind), contact.id

    @property
    def waking(self) -> tuple[OfficerContact, ...]:
        return tuple(each for each in self.contacts if each.wakes)

    @property
    def verified(self) -> int:
        """How many different contacts that can wake him are proved to be his and are not flagged."""
        return sum(each.is_verified and each.flag is None for each in self.waking)

    def next_id(self, kind: str) -> str:
        return f"{kind}-{self.made.get(kind, 0) + 1}"

    def with_contact(self, contact: OfficerContact) -> ContactBook:
        return replace(self, by_id=MappingProxyType({**self.by_id, contact.id: contact}))

    def without(self, contact: str) -> ContactBook:
        left = {name: each for name, each in self.by_id.items() if name != contact}
        return replace(self, by_id=MappingProxyType(left))


EMPTY_BOOK = ContactBook()


def in_order_of_use(
    contacts: Iterable[OfficerContact], now: datetime, *, at_night: bool
) -> tuple[OfficerContact, ...]:
    """Contacts as a climb uses them: what can wake him before a mail; what its carrier refuses last, what is verified
    first, and at night what is not known to ring at night after what is. None is left out: better an unverified ring
    than none."""

    def place(contact: OfficerContact) -> tuple[bool, bool, bool, bool]:
        by_day = at_night and contact.is_daytime_only(now)
        return not contact.wakes, contact.flag is not None, not contact.is_verified, by_day

    return tuple(sorted(contacts, key=place))


def account_contacts(book: ContactBook, entry: Entry, officer: str, *, is_given: bool) -> ContactBook:
    """What ``officer.added`` and ``officer.changed`` say of the account's own contacts. A new value is a new contact:
    whatever was proved of the old one is no proof of it."""
    for kind in OWN:
        if kind not in entry.body:
            continue
        value = entry.body[kind]
        if value is None or value == "":
            book = book.without(kind)
            continue
        at = entry.recorded_at
        book = book.with_contact(
            OfficerContact(
                officer,
                kind,
                kind,
                value if isinstance(value, str) else None,
                at,
                is_by_day=is_given is False and kind in book.by_id and book.by_id[kind].is_by_day,
                verified_at=at if is_given else None,
                is_given=is_given,
            )
        )
    return book


def apply_contacts(book: ContactBook, entry: Entry, officer: str) -> ContactBook:
    """Fold one entry about an officer's contacts; other types leave the book as it is."""
    if entry.type == "officer.contact_added":
        return _added(book, entry, officer)
    if entry.type == "officer.contact_removed":
        return book.without(entry.body["contact"])
    if entry.type == "officer.contacts_ordered":
        return replace(book, wanted=tuple(entry.body["order"]))
    if entry.type == "officer.rules_set":
        return replace(book, rules=rules_from_json(entry.body["rules"]))
    if entry.type == "officer.preferences_set":
        return replace(book, preferences=preferences_from_json(entry.body))
    if entry.type in TEST_RESULTS:
        return _tested(book, entry)
    contact = book.by_id.get(str(entry.body.get("contact")))
    change = _CHANGES.get(entry.type)
    return book if contact is None or change is None else book.with_contact(change(contact, entry))


def _added(book: ContactBook, entry: Entry, officer: str) -> ContactBook:
    body, kind = entry.body, entry.body["kind"]
    made = MappingProxyType({**book.made, kind: book.made.get(kind, 0) + 1})
    contact = OfficerContact(
        officer,
        body["contact"],
        kind,
        _text(body.get("value")),
        entry.recorded_at,
        label=_text(body.get("label")),
        is_by_day=bool(body.get("by_day")),
    )
    return replace(book.with_contact(contact), made=made)


def _changed(contact: OfficerContact, entry: Entry) -> OfficerContact:
    body = entry.body
    if "label" in body:
        contact = replace(contact, label=_text(body["label"]) or None)
    if "by_day" in body:
        contact = replace(contact, is_by_day=bool(body["by_day"]))
    if "value" not in body:
        return contact
    return OfficerContact(
        contact.officer,
        contact.id,
        contact.kind,
        _text(body["value"]),
        entry.recorded_at,
        label=contact.label,
        is_by_day=contact.is_by_day,
    )


def _verified(contact: OfficerContact, entry: Entry) -> OfficerContact:
    # Who proved that it reaches him has lifted whatever stood against it.
    return replace(contact, verified_at=entry.recorded_at, flag=None)


def _flagged(contact: OfficerContact, entry: Entry) -> OfficerContact:
    return replace(contact, flag=Flag(str(entry.body["why"]), entry.recorded_at))


def _cleared(contact: OfficerContact, _entry: Entry) -> OfficerContact:
    return replace(contact, flag=None)


_CHANGES = {
    "officer.contact_changed": _changed,
    "officer.contact_verified": _verified,
    "officer.contact_flagged": _flagged,
    "officer.contact_cleared": _cleared,
}


def _tested(book: ContactBook, entry: Entry) -> ContactBook:
    if entry.type == "phone_test.answered":
        contact = book.by_id.get(str(entry.body.get("contact")))
        return book if contact is None else book.with_contact(_heard(contact, entry))
    lost: Sequence[Any] = entry.body.get("lost") or ()
    if entry.body.get("result") == "failed":
        for told in lost:
            if (contact := book.by_id.get(str(told.get("contact")))) is not None:
                book = book.with_contact(replace(contact, failed_at=entry.recorded_at))
    return book


def _heard(contact: OfficerContact, entry: Entry) -> OfficerContact:
    if entry.body.get("rang") is False:
        return contact
    at = entry.recorded_at
    at_night = bool(entry.body.get("at_night")) and entry.body.get("rang") is True
    return replace(
        contact,
        tested_at=at,
        failed_at=None,
        rang_at_night_at=at if at_night else contact.rang_at_night_at,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
