"""The directory as folded from the entries of stream ``directory``, its look-ups and its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from cna_service.directory.model import Authority, Contact
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import from_optional
from cna_service.ledger.entry import Body, Entry, EntryType

ENTRY_TYPES: tuple[EntryType, ...] = (
    EntryType(
        "authority.listed",
        "An authority of a State was entered in the directory, or entered anew with all its facts.",
        private=("/contacts/*/value", "/contacts/*/by", "/remarks¶"),
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
    EntryType(
        "authority.contact_verified",
        "A named person reached an authority on one of its contacts and says so.",
        private=("/spoke_to", "/by", "/words¶"),
    ),
    EntryType(
        "authority.contact_doubted",
        "A contact of an authority was found to be wrong; it is offered no more until somebody proves it.",
        private=("/words¶",),
    ),
)


class AuthorityNotListed(NotFound):
    code: ClassVar[str] = "authority-not-listed"
    title: ClassVar[str] = "The directory has no such authority"


@dataclass(frozen=True, slots=True)
class Directory:
    """Every authority ever listed, by id, as it was listed last; ``earlier``: how each was listed before."""

    authorities: Mapping[str, Authority] = field(default_factory=lambda: MappingProxyType({}))
    earlier: Mapping[str, tuple[Authority, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __iter__(self) -> Iterator[Authority]:
        return iter(sorted(self.authorities.values(), key=lambda a: (a.state, a.id)))

    def find(self, authority: str) -> Authority:
        """The authority of that id, listed or formerly listed. Raises AuthorityNotListed."""
        found = self.authorities.get(authority)
        if found is None:
            raise AuthorityNotListed(f"{authority}: not in the directory; list it first", authority=authority)
        return found

    def listed_at(self, at: datetime) -> tuple[Authority, ...]:
        """Every authority listed at an instant, in the version that held then: what was listed last, of what held."""
        held = (self.version_at(authority.id, at) for authority in self)
        return tuple(a for a in held if a is not None)

    def version_at(self, authority: str, at: datetime) -> Authority | None:
        """How an authority was listed for an instant; None if it was not listed then."""
        last = self.authorities.get(authority)
        versions = (*self.earlier.get(authority, ()), *(() if last is None else (last,)))
        return next((v for v in reversed(versions) if v.is_listed_at(at)), None)

    def for_state(
        self, state: str, *, function: str | None = None, subject: str | None = None, at: datetime
    ) -> tuple[Authority, ...]:
        """The authorities of a State that are listed at that instant, those named for the subject first.

        A State has several, by subject and function (UN 1988 art. 17(7), CETS 156 art. 17): none is picked here.
        """
        fitting = (a for a in self.listed_at(at) if a.state == state and a.may(function, subject))
        return tuple(sorted(fitting, key=lambda a: (subject not in a.subjects, a.id)))


def contact(authority: Authority, channel: str, *, function: str | None = None) -> Contact | None:
    """How to reach it on a channel: the contact named for the function, else one named for none.

    A contact whose value was erased, or that was found to be wrong, is not offered.
    """
    usable = [c for c in authority.contacts if c.kind == channel and c.is_usable]
    for wanted in (function, None):
        found = next((c for c in usable if c.function == wanted), None)
        if found is not None:
            return found
    return usable[0] if usable and function is None else None


def apply_directory(state: Directory, entry: Entry) -> Directory:
    """The directory after one entry; entries of other types change nothing."""
    if entry.type == "authority.listed":
        return _with_listed(state, entry)
    change = _CHANGES.get(entry.type)
    if change is None or (known := state.authorities.get(entry.body["authority"])) is None:
        return state
    authorities = MappingProxyType({**state.authorities, known.id: change(known, entry)})
    # A version listed ahead of its day: what holds until then has the same telephones.
    before = tuple(change(v, entry) if _holds(v, entry) else v for v in state.earlier.get(known.id, ()))
    earlier = MappingProxyType({**state.earlier, known.id: before}) if before else state.earlier
    return Directory(authorities, earlier)


def _holds(version: Authority, entry: Entry) -> bool:
    return version.valid_to is None or version.valid_to > entry.recorded_at


def _with_listed(state: Directory, entry: Entry) -> Directory:
    before = state.authorities.get(entry.body["authority"])
    listed = replace(
        _listed(entry.body, entry.recorded_at, before), seq=entry.seq, recorded_at=entry.recorded_at
    )
    authorities = MappingProxyType({**state.authorities, listed.id: listed})
    if before is None:
        return Directory(authorities, state.earlier)
    kept = (*state.earlier.get(listed.id, ()), _until(before, listed))
    return Directory(authorities, MappingProxyType({**state.earlier, listed.id: kept}))


def _until(before: Authority, listed: Authority) -> Authority:
    """The version before ends where the new one begins; one without a beginning begins when it was entered."""
    ends = listed.valid_from or listed.recorded_at
    assert ends is not None
    return (
        before if before.valid_to is not None and before.valid_to <= ends else replace(before, valid_to=ends)
    )


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
        remarks=body.get("remarks"),
    )


def _contact(
    body: Mapping[str, Any], recorded_at: datetime, unnamed: str, known: Iterable[Contact] = ()
) -> Contact:
    name = body.get("contact", unnamed)
    told = Contact(
        id=name,
        kind=body["kind"],
        value=body["value"],
        function=body.get("function"),
        verified_at=from_optional(body.get("verified_at")),
        by=body.get("by"),
        since=recorded_at,
        hours=body.get("hours"),
    )
    unchanged = next((c for c in known if (c.id, c.kind, c.value) == (name, told.kind, told.value)), None)
    return told if unchanged is None else _still(told, unchanged)


def _still(told: Contact, before: Contact) -> Contact:
    """An unchanged number keeps the instant since which it stands, and what was found out about it."""
    proved = (told.verified_at, before.verified_at)
    spoke_to = before.spoke_to if proved[0] == proved[1] else None
    # A doubt is not imported away: only proving the number afterwards ends it.
    is_settled = before.doubted_at is None or (proved[0] is not None and proved[0] > before.doubted_at)
    return replace(
        told,
        since=before.since or told.since,
        spoke_to=spoke_to,
        doubted_at=None if is_settled else before.doubted_at,
        doubted_why=None if is_settled else before.doubted_why,
    )


def _contact_changed(known: Authority, entry: Entry) -> Authority:
    name = entry.body["contact"]
    others = tuple(c for c in known.contacts if c.id != name)
    if entry.body.get("removed"):
        return replace(known, contacts=others)
    return replace(known, contacts=(*others, _contact(entry.body, entry.recorded_at, name, known.contacts)))


def _delisted(known: Authority, entry: Entry) -> Authority:
    return replace(known, valid_to=from_optional(entry.body.get("to")) or entry.recorded_at)


def _proved(known: Authority, entry: Entry) -> Authority:
    told = entry.body
    at = from_optional(told.get("verified_at")) or entry.recorded_at

    def proved(one: Contact) -> Contact:
        return replace(
            one,
            verified_at=at,
            by=told.get("by"),
            spoke_to=told.get("spoke_to"),
            doubted_at=None,
            doubted_why=None,
        )

    return _changed(known, entry, proved)


def _doubted(known: Authority, entry: Entry) -> Authority:
    def doubted(one: Contact) -> Contact:
        return replace(one, doubted_at=entry.recorded_at, doubted_why=entry.body.get("why"))

    return _changed(known, entry, doubted)


def _changed(known: Authority, entry: Entry, how: Callable[[Contact], Contact]) -> Authority:
    name = entry.body["contact"]
    return replace(known, contacts=tuple(how(c) if c.id == name else c for c in known.contacts))


_CHANGES: Mapping[str, Callable[[Authority, Entry], Authority]] = {
    "authority.contact_changed": _contact_changed,
    "authority.delisted": _delisted,
    "authority.contact_verified": _proved,
    "authority.contact_doubted": _doubted,
}
