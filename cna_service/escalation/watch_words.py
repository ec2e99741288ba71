"""The texts about the watch, and what an officer's SMS about it asks for.

``[<language>.watch]`` of config/texts.toml has them in four languages; what is missing there is said in English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

WORDS = frozenset(
    {
        "desk",
        "number",
        "code",
        "post",
        "at",
        "until",
        "cases",
        "next",
        "promises",
        "who",
        "name",
        "link",
        "minutes",
    }
)
"""What such a text may name."""

WATCH_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "notice": "$desk: your watch ($post) begins $at, until $until. Not right? Call $number",
        "hand_over": (
            "$desk: you have the watch ($post) until $until. Open cases: $cases$next. Owed: "
            "$promises. Sign the relief at the console."
        ),
        "hand_over_post": "$desk: you are $post until $until.",
        "next": ", first due $at",
        "confirm": (
            "$desk: to take the watch now, send WATCH $code within 10 min. Not you? Do nothing "
            "and call $number"
        ),
        "taken": "$desk: you have the watch since $at, until $until. Open cases: $cases$next. Not you? Reply NO",
        "taken_from": "$desk: $name took the watch from you at $at. Not agreed? Call $number",
        "taken_told": "$desk: $name took the watch at $at, by SMS.",
        "given_back": "$desk: given back. The watch is as it was before.",
        "given_back_told": "$desk: the watch that $name took by SMS was given back at $at: he says it was not he.",
        "has_it": "$desk: you have the watch already, until $until.",
        "wrong": "$desk: that code takes no watch. Send WATCH for a new one, or call $number",
        "may_not": "$desk: your account cannot take the watch. Call $number",
        "now": "$desk: now $who until $until.",
        "then": "Next $who from $at.",
        "week": "Week: $who",
        "nobody": "nobody",
        "check_in": "$desk cannot wake anybody. Sign in at the console and check in by $at, every $minutes min.",
        "open": "open",
        "duty_officer": "duty officer",
        "deputy": "deputy",
        "supervisor": "supervisor",
    }
)
"""In English, where the file of texts says nothing else."""


class WatchVerb(StrEnum):
    TAKE = "take"
    CONFIRM = "confirm"
    WHO = "who"


@dataclass(frozen=True, slots=True)
class WatchText:
    """``code``: of CONFIRM, four digits."""

    verb: WatchVerb
    code: str | None = None


_TAKE = ("watch", "guardia", "quart", "garde", "quarto", "plantao")
_WHO = ("who", "quien", "qui", "quem")
_READ = re.compile(rf"(?:(?P<take>{'|'.join(_TAKE)})(?: ?(?P<code>[0-9]{{4}}))?|(?P<who>{'|'.join(_WHO)}))")


def read_watch_text(text: str) -> WatchText | None:
    """``WATCH``, ``WATCH 4827``, ``WHO``, and their words in Spanish, French and Portuguese, whatever the case, the
    accents, the spaces and the punctuation; None for anything else."""
    match = _READ.fullmatch(_bare(text))
    if match is None:
        return None
    if match["who"]:
        return WatchText(WatchVerb.WHO)
    return WatchText(WatchVerb.CONFIRM, match["code"]) if match["code"] else WatchText(WatchVerb.TAKE)


def _bare(text: str) -> str:
    letters = []
    for character in unicodedata.normalize("NFKD", text[:200]).casefold():
        digit = unicodedata.digit(character, None)
        if digit is not None:
            letters.append(str(digit))
        elif character.isalpha():
            letters.append(character)
        elif unicodedata.category(character) not in ("Mn", "Cf"):
            letters.append(" ")
    return " ".join("".join(letters).split())
