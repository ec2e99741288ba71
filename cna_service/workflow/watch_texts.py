"""What the desk says of the watch by message: texts of ``[<language>.watch]`` in config/texts.toml, in four languages.

Officers' names and hours only, counts and times of what is open; nothing of a case (desk-rules 2.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from string import Template

from cna_service.escalation.texts import DEFAULT_LANGUAGE, Texts
from cna_service.escalation.watch_words import WATCH_TEXTS
from cna_service.escalation.words import Voice, marked


def say(texts: Texts, voice: Voice, name: str, /, **facts: object) -> str:
    """One text with its words filled in, begun with the mark of an exercise or a test; folded to GSM-7."""
    return marked(texts, voice, plain(texts, voice, name, **facts))


def plain(texts: Texts, voice: Voice, name: str, /, **facts: object) -> str:
    """The same without the mark: a part of a longer text."""
    said = {"desk": voice.desk, "number": voice.number, **facts}
    return Template(template(texts, voice.language, name)).substitute(said)


def template(texts: Texts, language: str, name: str) -> str:
    """The text of the policy file, else the shipped one; English where the language has none."""
    for each in (language, DEFAULT_LANGUAGE):
        section: Mapping[str, str] = texts.by_language.get(each, {}).get("watch", {})
        if name in section:
            return section[name]
    return WATCH_TEXTS[name]


def hour(at: datetime, now: datetime) -> str:
    """``1800Z``; with the day, ``22 NOV 1800Z``, where it is not within a day."""
    said = f"{at.astimezone(UTC):%H%M}Z"
    if timedelta(0) <= at - now < timedelta(hours=20):
        return said
    return f"{at.astimezone(UTC):%d} {_MONTHS[at.astimezone(UTC).month - 1]} {said}"


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
