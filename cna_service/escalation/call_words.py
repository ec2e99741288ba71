"""The words of a call. Before a key is pressed nothing of any case is said, and a machine is left "call the desk"
(desk-rules 2.6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from cna_service.escalation.texts import Texts
from cna_service.escalation.words import Mark, Matter, Voice, spoken, time_left, what


def call_opening(texts: Texts, voice: Voice) -> str:
    """What a call says until a key is pressed: who calls and what the keys do. It takes no matter: it has nothing
    of the case to say."""
    key = "test_opening" if voice.mark is Mark.TEST else "opening"
    return spoken(texts, voice, texts.get(voice.language, "call", key))


def call_left_on_machine(texts: Texts, voice: Voice) -> str:
    """The last words of a call in which no key was pressed."""
    return spoken(texts, voice, texts.get(voice.language, "call", "left_on_machine"))


CallKey = Literal[
    "acknowledged",
    "facts",
    "in_transit",
    "next_rung",
    "already_held",
    "closed",
    "unknown_key",
    "test_heard",
]


def call_after_key(
    texts: Texts,
    voice: Voice,
    name: CallKey,
    matter: Matter,
    *,
    now: datetime,
    since: datetime | None = None,
    minutes: int | None = None,
    post: str = "other",
) -> str:
    """What a call says once a key was pressed; times as they are spoken: "18 03 Zulu", "3 hours 52 minutes"."""
    language = voice.language
    topic = what(texts, language, matter.kind)
    facts = {
        "what": topic[:1].upper() + topic[1:],
        "due": _spoken_due(texts, language, matter.due_at, now),
        "since": "" if since is None else _spoken(since),
        "minutes": "" if minutes is None else minutes,
        "number": voice.number,
        "post": texts.get(language, "post", post, "other"),
    }
    return spoken(texts, voice, texts.say(language, "call_key", name, facts))


def _spoken_due(texts: Texts, language: str, due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return texts.get(language, "call_due", "none")
    facts = {"at": _spoken(due_at), "left": time_left(texts, language, "call_left", due_at - now)}
    return texts.say(language, "call_due", "running" if due_at > now else "over", facts)


def _spoken(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%H %M} Zulu"
