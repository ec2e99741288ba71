"""Reading ``config/calls.toml``: what a caller of the desk's number hears, whom he rings, what is recorded and kept."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from string import Template
from types import MappingProxyType
from typing import Any

from cna_service.kit.errors import Invalid, Problem

FILE = "calls.toml"
ENGLISH = "en"
RECORDED = ("none", "messages", "all")
_NUMBERS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "longest_message_seconds": (300, 30, 3600),
        "ring_seconds": (20, 5, 60),
        "call_back_minutes": (15, 1, 720),
        "calls_in_ten_minutes": (4, 1, 1000),
        "texts_a_day": (20, 1, 10_000),
    }
)
"""Name → what holds without it, the least, the most."""
_NOTHING: frozenset[str] = frozenset()
_SENTENCES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "say": _NOTHING,
        "answered": frozenset({"desk"}),
        "recorded": _NOTHING,
        "connecting": _NOTHING,
        "still": _NOTHING,
        "nobody": frozenset({"at"}),
        "nobody_no_tone": frozenset({"at"}),
        "kept": _NOTHING,
        "exercise": _NOTHING,
        "whisper": _NOTHING,
        "gone": _NOTHING,
        "menu": _NOTHING,
        "code": _NOTHING,
        "wrong_code": _NOTHING,
        "locked": _NOTHING,
        "more": frozenset({"count"}),
        "text_receipt": frozenset({"desk", "code", "number"}),
        "text_help": frozenset({"desk", "number"}),
    }
)


class CallsUnreadable(Invalid):
    code = "calls-unreadable"
    title = "The file of what callers hear cannot be used"


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """``greeting``: languages in order. ``sentences``: language → name → template. ``text``, ``sha256``: the file."""

    greeting: tuple[str, ...] = (ENGLISH,)
    recorded: str = "messages"
    remove_at_provider: bool = True
    longest_message: timedelta = timedelta(seconds=300)
    ring: timedelta = timedelta(seconds=20)
    call_back: timedelta = timedelta(minutes=15)
    calls_in_ten_minutes: int = 4
    texts_a_day: int = 20
    duty_mobile: str = ""
    sentences: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    sha256: str = ""
    text: str = ""

    def say(self, language: str, name: str, **facts: object) -> str:
        """The sentence, in English where the language has none; without a file its bare name's words."""
        told = self.sentences.get(language) or self.sentences.get(ENGLISH) or {}
        return Template(told.get(name, name.replace("_", " "))).safe_substitute(facts)

    def voice(self, language: str) -> str:
        """The language as the telephone company's speech takes it (BCP 47)."""
        told = self.sentences.get(language) or self.sentences.get(ENGLISH) or {}
        return told.get("say", "en-GB")

    def has(self, language: str) -> bool:
        return language in self.sentences


def read_calls(text: str, *, file: str = FILE) -> CallPolicy:
    """Raises CallsUnreadable, naming for each fault its place, what is wrong and what to write."""
    try:
        told: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CallsUnreadable(f"{file}: {error}") from error
    faults: list[Problem] = []
    numbers = {name: _number(told.pop(name, None), name, faults) for name in _NUMBERS}
    recorded = told.pop("recorded", "messages")
    if recorded not in RECORDED:
        faults.append(
            Problem("/recorded", recorded, "is none of them", f"write one of {', '.join(RECORDED)}")
        )
    remove = told.pop("remove_at_provider", True)
    if not isinstance(remove, bool):
        faults.append(
            Problem("/remove_at_provider", remove, "is neither true nor false", "write true or false")
        )
    mobile = told.pop("duty_mobile", "")
    if not isinstance(mobile, str) or (mobile and re.fullmatch(r"\+[1-9]\d{6,14}", mobile) is None):
        faults.append(Problem("/duty_mobile", mobile, "is no number", 'write it like "+351912345678", or ""'))
    greeting = told.pop("greeting", [ENGLISH])
    sentences = _sentences(told, faults)
    if not isinstance(greeting, list) or not greeting or any(g not in sentences for g in greeting):
        fix = f"write a list of languages that have a section: {', '.join(sentences) or 'en'}"
        faults.append(Problem("/greeting", greeting, "names no language of this file", fix))
    if faults:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in faults)
        raise CallsUnreadable(f"{file}: {places}", *faults)
    return CallPolicy(
        greeting=tuple(dict.fromkeys(greeting)),
        recorded=recorded,
        remove_at_provider=remove,
        longest_message=timedelta(seconds=numbers["longest_message_seconds"]),
        ring=timedelta(seconds=numbers["ring_seconds"]),
        call_back=timedelta(minutes=numbers["call_back_minutes"]),
        calls_in_ten_minutes=numbers["calls_in_ten_minutes"],
        texts_a_day=numbers["texts_a_day"],
        duty_mobile=str(mobile),
        sentences=sentences,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )


def _number(told: object, name: str, faults: list[Problem]) -> int:
    without, least, most = _NUMBERS[name]
    if told is None:
        return without
    if type(told) is int and least <= told <= most:
        return told
    faults.append(Problem(f"/{name}", told, "is no such number", f"write one from {least} to {most}"))
    return without


def _sentences(told: Mapping[str, Any], faults: list[Problem]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for language, section in told.items():
        if not isinstance(section, dict):
            known = ", ".join([*_NUMBERS, "greeting", "recorded", "remove_at_provider", "duty_mobile"])
            faults.append(Problem(f"/{language}", section, "is not a key here", f"write one of {known}"))
            continue
        faults += _faults_of(language, section)
        found[language] = section
    if ENGLISH not in found:
        faults.append(Problem("/en", None, "is missing: it is said where another language is", "write [en]"))
    return found


def _faults_of(language: str, section: Mapping[str, Any]) -> list[Problem]:
    at = f"/{language}"
    faults = [
        Problem(f"{at}/{name}", None, "is missing", "write it") for name in _SENTENCES if name not in section
    ]
    for name, words in section.items():
        allowed = _SENTENCES.get(name)
        if allowed is None:
            faults.append(Problem(f"{at}/{name}", words, "is no sentence of a call", "leave it out"))
        elif not isinstance(words, str) or not Template(words).is_valid():
            faults.append(
                Problem(f"{at}/{name}", words, "is not a text", "write it in quotes; $$ is a dollar sign")
            )
        elif extra := sorted(set(Template(words).get_identifiers()) - allowed):
            names = ", ".join(f"${each}" for each in sorted(allowed)) or "no $ words"
            faults.append(Problem(f"{at}/{name}", words, f"names ${extra[0]}", f"use {names}"))
    return faults
