"""Registers that others keep, behind one protocol: asked with evidence, read by their own number, under their terms.

What came back is evidence of what that register said at that instant, never a verdict. Who a vessel *is* by a register
and what she *says* of herself (AIS) are kept apart, each with its dates: a ship that has changed her name agrees with
neither alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from cna_service.kit.clock import Clock
from cna_service.registry.model import Query

MOST_RECORDS = 6
MOST_OF_EACH = 10
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Terms:
    """On what conditions a register may be used, in our words of the date ``as_of``: its own are what counts."""

    words: str
    where: str
    as_of: str
    is_automated: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity of a vessel, and from when until when it was hers, as the register words its dates.

    ``source``: who told the register; ``number``: registration or official number, ``number_kind`` as the register
    calls it; ``flag`` is alpha-2 where the State is known, else as listed; ``normal_name``: the register's own
    normalised form; ``more``: further labels and values as listed.
    """

    source: str = ""
    name: str = ""
    normal_name: str = ""
    flag: str = ""
    imo: str = ""
    mmsi: str = ""
    call_sign: str = ""
    number: str = ""
    number_kind: str = ""
    since: str = ""
    until: str = ""
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who owns her, or what she is licensed for: persons and firms, private in every entry."""

    role: str
    name: str
    flag: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One vessel as a register has it. ``asked_by``: with which evidence she was found, codes; ``is_whole``: all that
    the register has of her was fetched."""

    id: str
    registered: tuple[Identity, ...] = ()
    self_reported: tuple[Identity, ...] = ()
    holders: tuple[Holder, ...] = ()
    asked_by: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Received:
    """One answer, byte for byte. ``what``: which question it answered, a word."""

    what: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """``count``: how many the register says that it has; ``as_of``: of when its own facts are, empty where it does not
    say; ``remarks``: what it suggested, in its words."""

    records: tuple[Record, ...]
    received: tuple[Received, ...]
    count: int
    as_of: str = ""
    remarks: tuple[str, ...] = ()


class SourceError(Exception):
    """No answer that could be read. ``code`` is stable and safe to log; ``words`` name no vessel, key or address.

    ``is_temporary``: the same question may be answered later. ``received``: what did come, if anything.
    """

    def __init__(
        self, code: str, words: str, *, is_temporary: bool, received: tuple[Received, ...] = ()
    ) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.is_temporary = is_temporary
        self.received = received


class Patience:
    """How long one look-up may take in all, by the monotonic clock: it cannot be stretched by a step of the wall's."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._ends = clock.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds; not below nought."""
        return max(0.0, self._ends - self._clock.monotonic())

    @property
    def is_over(self) -> bool:
        return self.left <= 0


class RegistrySource(Protocol):
    """``name``: a short code that stands in entries for ever; ``title``: for people. Safe in several threads."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def terms(self) -> Terms: ...

    @property
    def health(self) -> str:
        """A code: ``ready``, ``failing``, ``resting`` (nobody is asked for a while), ``manual``."""
        ...

    def search(self, query: Query, patience: Patience) -> Found:
        """What the register has for this evidence. Raises SourceError."""
        ...

    def fetch(self, id: str, patience: Patience) -> Found:
        """All that it has of one vessel, by its own number. Raises SourceError."""
        ...


def ways_to_ask(query: Query, fields: Mapping[str, str], most: int) -> Iterator[tuple[str, str]]:
    """Our field and its value, in the order of ``fields``; each is asked by itself: a register that wants every field
    to agree would answer a misheard name and a right number with nothing."""
    left = most
    for field in fields:
        if field == "names":
            values: tuple[str, ...] = (*query.names, *query.former_names)
        else:
            values = (str(getattr(query, field, "")),)
        for value in dict.fromkeys(v.strip() for v in values if v.strip()):
            if left == 0:
                return
            left -= 1
            yield field, value[:LONGEST_VALUE]


def as_listed(value: object) -> str:
    """A register's value as text on one line, never longer than an entry should hold."""
    if value is None or isinstance(value, dict | list):
        return ""
    return " ".join(str(value).split())[:LONGEST_VALUE]
