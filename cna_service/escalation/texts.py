"""Reading ``config/texts.toml``: which texts there must be, and what each may name (desk-rules 2.6)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from cna_service.escalation import watch_words
from cna_service.kit.errors import Invalid, Problem

DEFAULT_LANGUAGE = "en"
MAY_ALSO_SAY = ("case", "state", "vessel")

_NOTHING: frozenset[str] = frozenset()
_SUMMONS = frozenset({"desk", "what", "due", "code", "number"})
_ANSWER = frozenset({"desk", "what", "since", "post", "number", "until", "minutes", "code", "list"})
_DUE = frozenset({"at", "left"})
_LEFT = frozenset({"days", "hours", "minutes"})
_DUE_KEYS = ("running", "over", "none")
_LEFT_KEYS = ("days", "hours", "minutes", "none")
_CALL_KEYS = (
    "acknowledged",
    "facts",
    "in_transit",
    "next_rung",
    "already_held",
    "closed",
    "unknown_key",
    "test_heard",
)
_ANSWER_KEYS = (
    "echo",
    "echo_next_rung",
    "in_transit",
    "in_transit_next_rung",
    "already_held",
    "next_rung",
    "taken_back",
    "nothing_to_take_back",
    "ok_not_enough",
    "wrong_code",
    "unreadable",
    "minutes_wanted",
    "nothing_open",
    "deaf",
    "help",
    "test_heard",
)

# Each section: the words its texts may name, and the keys it must have.
_SECTIONS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "mark": (_NOTHING, ("real", "exercise", "test")),
    "kind": (_NOTHING, ("other",)),
    "due": (_DUE, _DUE_KEYS),
    "left": (_LEFT, _LEFT_KEYS),
    "summons": (_SUMMONS, ("default", "test", "repeat")),
    "answer": (_ANSWER, _ANSWER_KEYS),
    "list": (frozenset({"what", "due", "code"}), ("line", "empty")),
    "call": (_NOTHING, ("opening", "test_opening", "left_on_machine")),
    "call_key": (frozenset({"what", "due", "since", "minutes", "number", "post"}), _CALL_KEYS),
    "call_due": (_DUE, _DUE_KEYS),
    "call_left": (_LEFT, _LEFT_KEYS),
    "post": (_NOTHING, ("other",)),
}
# May be left out, whole or in part: what is not there is said in English (escalation/words.py).
_OPTIONAL: Mapping[str, frozenset[str]] = {
    "word_asked": frozenset({"desk", "words", "code", "number"}),
    "watch": watch_words.WORDS,
    "phone_test": frozenset({"desk", "code", "when"}),
}


class TextsUnreadable(Invalid):
    code = "texts-unreadable"
    title = "The file of message texts cannot be used"


@dataclass(frozen=True, slots=True)
class Texts:
    """``by_language``: language → section → key → template. ``text``, ``sha256``: the whole file as read."""

    by_language: Mapping[str, Mapping[str, Mapping[str, str]]]
    may_also_say: tuple[str, ...]
    sha256: str
    text: str

    def get(self, language: str, section: str, key: str, otherwise: str | None = None) -> str:
        """The template; English where the language is missing, ``otherwise`` where the key is."""
        sections = self.by_language.get(language, self.by_language[DEFAULT_LANGUAGE])
        templates = sections[section]
        return templates[key] if key in templates or otherwise is None else templates[otherwise]

    def say(self, language: str, section: str, key: str, facts: Mapping[str, object]) -> str:
        return Template(self.get(language, section, key)).substitute(facts)


def parse_texts(text: str, *, file: str = "texts.toml") -> Texts:
    """Raises TextsUnreadable with every fault: what is missing, what is no text, what names something not allowed."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TextsUnreadable(f"{file}: {error}") from error
    problems: list[Problem] = []
    may_also_say = content.pop("may_also_say", [])
    if not isinstance(may_also_say, list) or not all(str(word) in MAY_ALSO_SAY for word in may_also_say):
        fix = f"write a list of {', '.join(MAY_ALSO_SAY)}, or []"
        problems.append(Problem("/may_also_say", may_also_say, "holds an unknown word", fix))
        may_also_say = []
    content.setdefault(DEFAULT_LANGUAGE, {})
    for language, sections in content.items():
        problems += _faults_of_language(language, sections, frozenset(may_also_say))
    refuse(file, problems)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Texts(by_language=content, may_also_say=tuple(may_also_say), sha256=sha256, text=text)


def refuse(file: str, problems: list[Problem]) -> None:
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise TextsUnreadable(f"{file}: {places}", *problems)


def _faults_of_language(language: str, sections: object, also: frozenset[str]) -> list[Problem]:
    if not isinstance(sections, dict):
        return [Problem(f"/{language}", sections, "is not a table", f"write it as [{language}]")]
    faults = []
    for name, (allowed, wanted) in _SECTIONS.items():
        section = sections.get(name)
        pointer = f"/{language}/{name}"
        if not isinstance(section, dict):
            faults.append(Problem(pointer, section, "is missing", f"write the texts {', '.join(wanted)}"))
            continue
        missing = [key for key in wanted if key not in section]
        faults += [Problem(f"{pointer}/{key}", None, "is missing", "write this text") for key in missing]
        names = allowed | also if name == "summons" else allowed
        faults += [
            fault for key, told in section.items() for fault in _faults_of(f"{pointer}/{key}", told, names)
        ]
    for name, names in _OPTIONAL.items():
        section = sections.get(name, {})
        told = section.items() if isinstance(section, dict) else [("", section)]
        faults += [f for key, each in told for f in _faults_of(f"/{language}/{name}/{key}", each, names)]
    return faults


def _faults_of(pointer: str, told: Any, allowed: frozenset[str]) -> list[Problem]:
    if not isinstance(told, str):
        return [Problem(pointer, told, "is not a text", "write it in quotes")]
    template = Template(told)
    if not template.is_valid():
        return [Problem(pointer, told, "has a lone $", "write $$ for a dollar sign")]
    extra = sorted(set(template.get_identifiers()) - allowed)
    names = ", ".join(f"${name}" for name in sorted(allowed)) or "no $ words"
    return [Problem(pointer, told, f"names ${name}, which it may not say", f"use {names}") for name in extra]
