"""Reading ``config/papers.toml``: the sentences of certificates, statutes they may cite, ready texts of releases.

Each sentence may name the ``$words`` that the shipped file names in it: code fills those and no others.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from cna_service.documents.shown import one_line
from cna_service.kit.errors import Invalid, Problem

FILE = "papers.toml"
ENGLISH = "en"
LANGUAGES = ("en", "es", "fr", "pt")
KINDS = (
    "registry_answer",
    "non_registration",
    "consent_or_waiver",
    "chronology_of_exchanges",
    "conditions_and_compliance",
)
SIDES = ("inbound", "outbound", "either")


class PapersUnreadable(Invalid):
    code = "papers-unreadable"
    title = "The file of certificate sentences cannot be used"


@dataclass(frozen=True, slots=True)
class Statute:
    """One statute a certificate may be made for. ``side``: whose answer it is about (wording file)."""

    name: str
    kinds: tuple[str, ...]
    side: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The file as read. ``ready``: key → language → text; none of them is adopted by standing in a file."""

    version: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    statutes: Mapping[str, Statute] = field(default_factory=dict)
    ready: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sha256: str = ""
    text: str = ""

    def say(self, key: str, **facts: object) -> str:
        """The sentence with what the record holds, each value on one line and safe to print."""
        return Template(self.sentences[key]).substitute({k: one_line(str(v)) for k, v in facts.items()})

    def heading(self, key: str, **facts: object) -> str:
        return Template(self.headings[key]).substitute({k: one_line(str(v)) for k, v in facts.items()})


def read_wording(text: str, *, file: str = FILE) -> Wording:
    """Raises PapersUnreadable with every fault."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PapersUnreadable(f"{file}: {error}") from error
    problems = list(_faults(content))
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise PapersUnreadable(f"{file}: {places}", *problems)
    statutes = {
        name: Statute(name, tuple(told["kinds"]), told["side"], told["text"])
        for name, told in content.get("statute", {}).items()
    }
    return Wording(
        version=content["version"],
        titles=content["title"],
        headings=content["heading"],
        sentences=content["sentence"],
        statutes=statutes,
        ready=content.get("ready", {}),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )


def shipped_text() -> str:
    """The file that came with the package; a deployment's folder without one of its own uses it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_config" / FILE
    return (inside if inside.is_file() else package.parent / "config" / FILE).read_text(encoding="utf-8")


def _faults(content: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(content.get("version"), str):
        yield Problem("/version", content.get("version"), "is no text", "write the day of this version")
    shipped = tomllib.loads(shipped_text())
    for section in ("title", "heading", "sentence"):
        told = content.get(section)
        if not isinstance(told, dict):
            yield Problem(f"/{section}", told, "is missing", f"write it as [{section}]")
            continue
        for key, template in shipped[section].items():
            allowed = frozenset(Template(template).get_identifiers())
            yield from _faults_of(f"/{section}/{key}", told.get(key), allowed)
    for name, told in content.get("statute", {}).items():
        yield from _faults_of_statute(f"/statute/{name}", told)
    for name, told in content.get("ready", {}).items():
        if not isinstance(told, dict) or not isinstance(told.get(ENGLISH), str):
            yield Problem(f"/ready/{name}", told, "has no English text", "write en = “…”")
            continue
        for language, text in told.items():
            yield from _faults_of(f"/ready/{name}/{language}", text, frozenset({"telephone"}))


def _faults_of_statute(pointer: str, told: object) -> Iterator[Problem]:
    if not isinstance(told, dict) or not isinstance(told.get("text"), str):
        yield Problem(pointer, told, "has no text", "write text, kinds and side")
        return
    kinds = told.get("kinds")
    if not isinstance(kinds, list) or not kinds or not set(kinds) <= set(KINDS):
        yield Problem(f"{pointer}/kinds", kinds, "is no list of certificates", f"of: {', '.join(KINDS)}")
    if told.get("side") not in SIDES:
        yield Problem(f"{pointer}/side", told.get("side"), "is not known", f"one of: {', '.join(SIDES)}")


def _faults_of(pointer: str, told: object, allowed: frozenset[str]) -> Iterator[Problem]:
    if not isinstance(told, str):
        yield Problem(pointer, told, "is missing", "write this sentence")
        return
    template = Template(told)
    if not template.is_valid():
        yield Problem(pointer, told, "has a lone $", "write $$ for a dollar sign")
        return
    names = ", ".join(f"${name}" for name in sorted(allowed)) or "no $ words"
    for extra in sorted(set(template.get_identifiers()) - allowed):
        yield Problem(pointer, told, f"names ${extra}, which it may not say", f"use {names}")
