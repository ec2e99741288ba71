"""The words of a summons by SMS and of the answers to replies, folded to GSM-7.

By default a summons says kind, code, time left and number; no case, vessel, State, person, position or ground
(desk-rules 2.6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from string import Template
from types import MappingProxyType
from typing import Literal

from cna_service.escalation.gsm7 import ONE_SEGMENT, fold, septets
from cna_service.escalation.state import Alert
from cna_service.escalation.texts import DEFAULT_LANGUAGE, Texts, parse_texts, refuse
from cna_service.kit.errors import Problem
from cna_service.kit.instants import date_time_group, from_optional

_LONGEST_NAME = 12


class Mark(StrEnum):
    """What every text and call begins with (desk-rules 15.2). NONE: a real summons, no exercise announced."""

    NONE = "none"
    REAL = "real"
    EXERCISE = "exercise"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Matter:
    """What an alert is about, as far as a telephone may know. ``named``: case, state, vessel; each is said only
    where the policy allows it and the text has a place for it, cut to 12 characters."""

    kind: str
    due_at: datetime | None = None
    named: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def matter_of(alert: Alert) -> Matter:
    """What an alert's entry lets a telephone know: its kind and its ``due_at``."""
    return Matter(alert.kind, from_optional(alert.text_facts.get("due_at")))


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the desk's name and the number to call, the mark, the language."""

    number: str
    mark: Mark = Mark.NONE
    desk: str = "CNA"
    language: str = DEFAULT_LANGUAGE


def read_texts(text: str, *, file: str = "texts.toml") -> Texts:
    """Raises TextsUnreadable, also for a summons that would not fit one segment with everything filled in."""
    texts = parse_texts(text, file=file)
    refuse(file, [fault for language in texts.by_language for fault in _too_long(texts, language)])
    return texts


def summons(
    texts: Texts,
    voice: Voice,
    matter: Matter,
    *,
    code: str,
    now: datetime,
    is_repeat: bool = False,
    may_reply: bool = True,
) -> str:
    """The SMS. ``is_repeat``: an earlier sending may have arrived, nobody can tell; the text says "(repeat)".
    ``may_reply``: False where no answer can come back: on a screen, from some countries, by some lines."""
    key = "test" if voice.mark is Mark.TEST else matter.kind
    template = texts.get(voice.language, "summons", key, "default")
    if not may_reply:
        sections = texts.by_language.get(voice.language, texts.by_language[DEFAULT_LANGUAGE])
        template = sections["summons"].get("no_reply", NO_REPLY)
    facts = {
        "desk": voice.desk,
        "what": what(texts, voice.language, matter.kind),
        "due": due(texts, voice.language, matter.due_at, now),
        "code": code.removeprefix("T"),
        "number": voice.number,
        **{name: matter.named.get(name, "")[:_LONGEST_NAME] for name in texts.may_also_say},
    }
    words = Template(template).substitute(facts)
    if is_repeat:
        words = f"{words} {texts.get(voice.language, 'summons', 'repeat')}"
    return marked(texts, voice, words)


NO_REPLY = "$desk: $what$due. Call $number or open the desk"
"""Where no answer by SMS can come back. [<language>.summons] no_reply in texts.toml replaces it."""

WORD_ASKED: Mapping[str, str] = MappingProxyType(
    {
        "read_back": "$desk: recorded as your decision: $words. Right? Reply Y $code. Wrong? N $code and your words",
        "confirmed": "$desk: noted that this is what you decided. Thank you.",
        "corrected": "$desk: your correction is kept, and the officer is being told.",
        "words_wanted": "$desk: say what is wrong: N $code and your words",
        "approved": "$desk: your approval is noted. Thank you.",
        "not_approved": "$desk: noted that you do not approve; the officer is being told.",
        "not_this": "$desk: this code answers no question. Send 1 $code to take the alert.",
        "refused": "$desk: that could not be noted. Call $number",
    }
)
"""What asks one person for his word, and what he is answered. [<language>.word_asked] in texts.toml replaces any."""


def read_back(texts: Texts, voice: Voice, words: str, *, code: str) -> str:
    """What was recorded of a decision, to whom took it; may take more than one segment, for all of it is said."""
    return word_asked(texts, voice, "read_back", words=words, code=code)


def word_asked(texts: Texts, voice: Voice, name: str, *, words: str = "", code: str = "") -> str:
    sections = texts.by_language.get(voice.language, texts.by_language[DEFAULT_LANGUAGE])
    template = sections.get("word_asked", {}).get(name, WORD_ASKED[name])
    facts = {"desk": voice.desk, "number": voice.number, "words": words, "code": code}
    return marked(texts, voice, Template(template).substitute(facts))


def what(texts: Texts, language: str, kind: str) -> str:
    """What an alert is about; in English where this language has no words for the kind yet: better read than lost."""
    named = texts.by_language.get(language, {}).get("kind", {})
    return texts.get(language if kind in named else DEFAULT_LANGUAGE, "kind", kind, "other")


def due(texts: Texts, language: str, due_at: datetime | None, now: datetime) -> str:
    """``, answer due 1803Z (3 h 52 left)``. Minutes are cut, not rounded: never more time than there is."""
    if due_at is None:
        return texts.get(language, "due", "none")
    facts = {"at": zulu(due_at, now), "left": time_left(texts, language, "left", due_at - now)}
    return texts.say(language, "due", "running" if due_at > now else "over", facts)


def zulu(instant: datetime, now: datetime) -> str:
    """``1803Z``; with day and month where it is a day or more away."""
    if abs(instant - now) < timedelta(days=1):
        return f"{instant.astimezone(UTC):%H%M}Z"
    return date_time_group(instant).rsplit(" ", 1)[0]


def time_left(texts: Texts, language: str, section: str, left: timedelta) -> str:
    minutes = max(0, int(left.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return texts.say(
            language, section, "days", {"days": days, "hours": hours % 24, "minutes": minutes % 60}
        )
    if hours:
        padded = f"{minutes % 60:02d}" if section == "left" else minutes % 60
        return texts.say(language, section, "hours", {"days": 0, "hours": hours, "minutes": padded})
    return texts.say(
        language, section, "minutes" if minutes else "none", {"days": 0, "hours": 0, "minutes": minutes}
    )


def marked(texts: Texts, voice: Voice, words: str) -> str:
    """For an SMS, with what it begins with."""
    return fold(spoken(texts, voice, words))


def spoken(texts: Texts, voice: Voice, words: str) -> str:
    """The same to be read aloud: with every accent, or the voice says other words."""
    if voice.mark is Mark.NONE:
        return words
    return f"{texts.get(voice.language, 'mark', voice.mark.value)}. {words}"


Answer = Literal[
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
]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One alert open to a number, for the answers that list them."""

    matter: Matter
    code: str


def answer(
    texts: Texts,
    voice: Voice,
    name: Answer,
    *,
    now: datetime,
    matter: Matter | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    post: str = "other",
    minutes: int | None = None,
    code: str = "",
    listing: Sequence[OpenLine] = (),
) -> str:
    """What the desk answers to a reply by SMS: the echo of an acknowledgement ("You hold … since 03:13Z. Not you?
    Reply NO"), what is open, what was not understood. ``code`` and ``listing`` go to the number they were given to."""
    facts = {
        "desk": voice.desk,
        "number": voice.number,
        "what": what(texts, voice.language, matter.kind if matter else "other"),
        "since": _hour(since),
        "until": _hour(until),
        "post": texts.get(voice.language, "post", post, "other"),
        "minutes": "" if minutes is None else minutes,
        "code": code,
        "list": _listing(texts, voice.language, listing, now),
    }
    return marked(texts, voice, texts.say(voice.language, "answer", name, facts))


def _hour(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC):%H:%M}Z"


def _listing(texts: Texts, language: str, lines: Sequence[OpenLine], now: datetime) -> str:
    if not lines:
        return texts.get(language, "list", "empty")
    return " ".join(listed(texts, language, line, now) for line in lines)


def listed(texts: Texts, language: str, line: OpenLine, now: datetime) -> str:
    """One alert in a message that holds several."""
    facts = {
        "what": what(texts, language, line.matter.kind),
        "due": due(texts, language, line.matter.due_at, now),
        "code": line.code,
    }
    return fold(texts.say(language, "list", "line", facts))


_WIDEST_NUMBER = "+123 456 789 0123"
_WIDEST_DESK = "CNA"


def _too_long(texts: Texts, language: str) -> list[Problem]:
    now = datetime(2026, 9, 21, tzinfo=UTC)
    dues = (
        None,
        now + timedelta(hours=23, minutes=59),
        now + timedelta(days=99, hours=23),
        now - timedelta(days=99),
    )
    voice = Voice(number=_WIDEST_NUMBER, mark=Mark.REAL, desk=_WIDEST_DESK, language=language)
    faults = []
    for kind, due_at in product(texts.by_language[language]["kind"], dues):
        matter = Matter(kind, due_at, dict.fromkeys(texts.may_also_say, "W" * _LONGEST_NAME))
        length = septets(summons(texts, voice, matter, code="0000", now=now, is_repeat=True))
        if length > ONE_SEGMENT:
            why = f"with all its words a summons of this kind takes {length} characters of {ONE_SEGMENT}"
            faults.append(
                Problem(f"/{language}/kind/{kind}", kind, why, "shorten this text or /summons/default")
            )
            break
    return faults
