"""What the country of a number does with SMS: ``config/countries.toml``, each line with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from cna_service.kit.errors import Invalid, Problem

FILE = "countries.toml"
Replies = Literal["yes", "domestic", "no"]
_REPLIES: tuple[Replies, ...] = ("yes", "domestic", "no")
_TEXTS = ("name", "registration", "quiet", "source", "read")
_KNOWN = frozenset({*_TEXTS, "alphanumeric", "replies", "urls"})


class CountriesUnreadable(Invalid):
    code = "countries-unreadable"
    title = "The file of what countries do with SMS cannot be used"


@dataclass(frozen=True, slots=True)
class Country:
    """``alphanumeric``: None where the source says nothing of it."""

    code: str
    name: str
    source: str
    read: str = ""
    alphanumeric: bool | None = None
    replies: Replies = "yes"
    urls: bool = True
    registration: str = ""
    quiet: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody who adds a number there should know, a sentence each."""
        found = []
        if self.replies == "no":
            found.append("No reply by SMS can come from there: summonses say to call the desk.")
        if self.replies == "domestic":
            found.append(f"A reply by SMS reaches the desk only at a number of {self.name}.")
        if self.alphanumeric is False:
            found.append("A name as sender is not allowed: the desk must send from a number.")
        if not self.urls:
            found.append("Messages with a link are held up or dropped there.")
        if self.registration:
            found.append(f"To be registered: {self.registration}.")
        if self.quiet:
            found.append(f"Quiet hours: {self.quiet}.")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Countries:
    by_code: Mapping[str, Country] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, number: str) -> Country | None:
        """What is known of the number's country; None where nothing is, or where it belongs to none."""
        return self.by_code.get(region_of(number) or "")

    def may_reply(self, number: str, senders: Iterable[str]) -> bool:
        """Can an answer by SMS come back from this number to one of ours? What is not known is taken for yes: a code
        too much does no harm, and the number to call stands beside it."""
        country = self.of(number)
        if country is None or country.replies == "yes":
            return True
        return country.replies == "domestic" and any(region_of(each) == country.code for each in senders)


@lru_cache(maxsize=4096)
def region_of(number: str) -> str | None:
    """ISO 3166 code of an E.164 number; None for what is none, or belongs to no country."""
    if not number.startswith("+"):
        return None
    # A tenth of a second and megabytes, for whoever sends SMS alone.
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def read_countries(text: str, *, file: str = FILE) -> Countries:
    """Raises CountriesUnreadable with every fault."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CountriesUnreadable(f"{file}: {error}") from error
    problems = [fault for code, rule in told.items() for fault in _faults(code, rule)]
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise CountriesUnreadable(f"{file}: {places}", *problems)
    return Countries(MappingProxyType({code: Country(code, **rule) for code, rule in told.items()}))


def _faults(code: str, rule: Any) -> list[Problem]:
    at = f"/{code}"
    if len(code) != 2 or not code.isupper() or not isinstance(rule, dict):
        return [Problem(at, None, "is no country", "write a table such as [PT]")]
    found = [
        Problem(f"{at}/{key}", None, "is not known here", f"use {', '.join(sorted(_KNOWN))}")
        for key in rule
        if key not in _KNOWN
    ]
    for key in ("name", "source"):
        if not isinstance(rule.get(key), str) or not rule[key]:
            found.append(Problem(f"{at}/{key}", rule.get(key), "is missing", "write it in quotes"))
    found += [
        Problem(f"{at}/{key}", rule[key], "is not a text", "write it in quotes")
        for key in _TEXTS
        if not isinstance(rule.get(key, ""), str)
    ]
    found += [
        Problem(f"{at}/{key}", rule[key], "is neither", "write true or false")
        for key in ("alphanumeric", "urls")
        if not isinstance(rule.get(key, True), bool)
    ]
    if rule.get("replies", "yes") not in _REPLIES:
        found.append(
            Problem(f"{at}/replies", rule["replies"], "is none of them", f"use {', '.join(_REPLIES)}")
        )
    return found
