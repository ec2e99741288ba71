"""The directory as folded from the entries of stream ``directory``, its look-ups and its errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from cna_service.directory.model import Authority, Contact
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import from_optional
from cna_service.ledger.entry import Body, Entry, EntryType, Erased

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "authority.listed",
        "An authority of a State was entered in the directory, or entered anew with all its facts.",
        private=("/contacts/*/value", "/contacts/*/by"),
    ),
    EntryType(
        "authority.contact_changed",
        "One contact of an authority was added, replaced or taken out.",
        private=("/value", "/by", "/reason"),
    ),
    EntryType(
        "authority.delisted",
        "An authority may no longer be asked or heard from the instant named.",
        private=("/reason",),
    ),
)


class AuthorityNotListed(NotFound):
    code: ClassVar[str] = "authority-not-listed"
    title: ClassVar[str] = "The directory has no such authority"


@dataclass(frozen=True, slots=True)
class Directory:
    """Every authority ever listed, by id."""

    authorities: Mapping[str, Authority] = field(default_factory=lambda: MappingProxyType({}))

    def __iter__(self) -> Iterator[Authority]:
        return iter(sorted(self.authorities.values(), key=lambda a: (a.state, a.id)))

    def find(self, authority: str) -> Authority:
        """The authority of that id, listed or formerly listed. Raises AuthorityNotListed."""
        found = self.authorities.get(authority)
        if found is None:
            raise AuthorityNotListed(f"{authority}: not in the directory; list it first", authority=authority)
        return found

    def for_state(
        self, state: str, *, function: str | None = None, subject: str | None = None, at: datetime
    ) -> tuple[Authority, ...]:
        """The authorities of a State that are listed at that instant, those named for the subject first.

        A State has several, by subject and function (UN 1988 art. 17(7), CETS 156 art. 17): none is picked here.
        """
        fitting = (
            a
            for a in self.authorities.values()
            if a.state == state and a.is_listed_at(at) and a.may(function, subject)
        )
        return tuple(sorted(fitting, key=lambda a: (subject not in a.subjects, a.id)))


def contact(authority: Authority, channel: str, *, function: str | None = None) -> Contact | None:
    """How to reach it on a channel: the contact named for the function, else one named for none.

    A contact whose value was erased is not offered.
    """
    usable = [c for c in authority.contacts if c.kind == channel and not isinstance(c.value, Erased)]
    for wanted in (function, None):
        found = next((c for c in usable if c.function == wanted), None)
        if found is not None:
            return found
    return usable[0] if usable and function is None else None


def apply_directory(state: Directory, entry: Entry) -> Directory:
    """The directory after one entry; entries of other types change nothing."""
    if entry.type == "authority.listed":
        listed = _listed(entry.body, entry.recorded_at, state.authorities.get(entry.body["authority"]))
        return Directory(MappingProxyType({**state.authorities, listed.id: listed}))
    change = _CHANGES.get(entry.type)
    if change is None or (known := state.authorities.get(entry.body["authority"])) is None:
        return state
    changed = change(known, entry)
    return Directory(MappingProxyType({**state.authorities, known.id: changed}))


def fold(entries: Iterable[Entry]) -> Directory:
    state = Directory()
    for each in entries:
        state = apply_directory(state, each)
    return state


def _listed(body: Body, recorded_at: datetime, before: Authority | None) -> Authority:
    known = () if before is None else before.contacts
    contacts = (_contact(c, recorded_at, f"c{n}", known) for n, c in enumerate(body.get("contacts", ()), 1))
    return Authority(
        id=body["authority"],
        state=body["state"],
        name=body["name"],
        functions=tuple(body.get("functions", ())),
        subjects=tuple(body.get("subjects", ())),
        languages=tuple(body.get("languages", ())),
        zone=body.get("zone", "UTC"),
        contacts=tuple(contacts),
        valid_from=from_optional(body.get("from")),
        valid_to=from_optional(body.get("to")),
        source=body.get("source", ""),
    )


def _contact(
    body: Mapping[str, Any], recorded_at: datetime, unnamed: str, known: Iterable[Contact] = ()
) -> Contact:
    name = body.get("contact", unnamed)
    # An unchanged number keeps the instant since which it stands: who relies on it asks how long.
    unchanged = next(
        (c.since for c in known if (c.id, c.kind, c.value) == (name, body["kind"], body["value"])), None
    )
    return Contact(
        id=name,
        kind=body["kind"],
        value=body["value"],
        function=body.get("function"),
        verified_at=from_optional(body.get("verified_at")),
        by=body.get("by"),
        since=unchanged or recorded_at,
    )


def _contact_changed(known: Authority, entry: Entry) -> Authority:
    name = entry.body["contact"]
    others = tuple(c for c in known.contacts if c.id != name)
    if entry.body.get("removed"):
        return replace(known, contacts=others)
    return replace(known, contacts=(*others, _contact(entry.body, entry.recorded_at, name, known.contacts)))


def _delisted(known: Authority, entry: Entry) -> Authority:
    return replace(known, valid_to=from_optional(entry.body.get("to")) or entry.recorded_at)


_CHANGES = {"authority.contact_changed": _contact_changed, "authority.delisted": _delisted}
