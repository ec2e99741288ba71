"""What an officer's SMS means: reading it, and resolving it among the alerts that are open to his number.

Codes are random per alert and person, shown to nobody else, and never derived from a reference (desk-rules 2.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

OK_WAITS = timedelta(seconds=20)
WRONG_CODES = 5
DEAF_FOR = timedelta(minutes=10)
LONGEST_TRANSIT_MINUTES = 60
TRANSIT_BY_KEY_MINUTES = 20
"""What key 3 says in a call, where no number of minutes can be typed after it."""
TEST_KEY = "9"


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    SAY_AGAIN = "say_again"
    IN_TRANSIT = "in_transit"
    NEXT_RUNG = "next_rung"
    OK = "ok"
    NOT_ME = "not_me"
    TEST_HEARD = "test_heard"
    YES = "yes"
    NO = "no"
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reply:
    """``minutes``: of IN_TRANSIT; None there means that the number was left out. ``words``: said with YES or NO,
    as they were sent."""

    verb: Verb
    code: str | None = None
    minutes: int | None = None
    words: str | None = None


_KEYS = {"1": Verb.ACKNOWLEDGE, "2": Verb.SAY_AGAIN, "3": Verb.IN_TRANSIT, "5": Verb.NEXT_RUNG}
_WORDS = {
    "ok": Verb.OK,
    "okay": Verb.OK,
    "no": Verb.NOT_ME,
    "stop": Verb.STOP,
    "stopall": Verb.STOP,
    "unsubscribe": Verb.STOP,
    "cancel": Verb.STOP,
    "end": Verb.STOP,
    "quit": Verb.STOP,
    "start": Verb.START,
    "unstop": Verb.START,
    "yes": Verb.START,
    "help": Verb.HELP,
    "info": Verb.HELP,
}
_SPOKEN = re.compile(r"([1235]) ?(\d{4})(?: ?(\d{1,3}))?")
_TEST = re.compile(r"t ?(\d{3})(?: ?(y|n|yes|no))?")
"""After a test at night: whether it rang."""
_WORD = re.compile(r"\s*(y|yes|n|no)[\s.,:;-]*(\d{4})(?!\d)[\s.,:;-]*(.*)", re.IGNORECASE | re.DOTALL)


def read_reply(text: str) -> Reply:
    """Read ``1 4827``, ``14827``, ``3 4827 20``, ``Y 4827``, ``N 4827 not search``, ``ok``, ``NO``, STOP …, whatever
    the case, the spaces, the punctuation and the script of the digits. Never raises; what it cannot read is
    UNREADABLE."""
    plain = _plain(text)
    if plain in _WORDS:
        return Reply(_WORDS[plain])
    word = _WORD.fullmatch(unicodedata.normalize("NFKC", text))
    if word:
        code = "".join(str(unicodedata.digit(digit)) for digit in word[2])
        return Reply(Verb.YES if word[1][0] in "yY" else Verb.NO, code, words=word[3].strip() or None)
    test = _TEST.fullmatch(plain)
    if test:
        return Reply(Verb.TEST_HEARD, f"T{test[1]}", words=test[2])
    spoken = _SPOKEN.fullmatch(plain)
    if not spoken:
        return Reply(Verb.UNREADABLE)
    verb, code, minutes = _KEYS[spoken[1]], spoken[2], spoken[3]
    if verb is not Verb.IN_TRANSIT:
        return Reply(Verb.UNREADABLE) if minutes else Reply(verb, code)
    if minutes is None:
        return Reply(verb, code)
    asked = int(minutes)
    return Reply(verb, code, asked) if 1 <= asked <= LONGEST_TRANSIT_MINUTES else Reply(verb, code)


def _plain(text: str) -> str:
    characters = []
    for character in unicodedata.normalize("NFKC", text).casefold():
        digit = unicodedata.digit(character, None)
        if digit is not None:
            characters.append(str(digit))
        elif character.isalpha():
            characters.append(character)
        elif unicodedata.category(character) not in ("Cf", "Mn"):
            characters.append(" ")
    return " ".join("".join(characters).split())


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that one open alert gave one officer. ``sent_at``: when its newest summons was sent to this number."""

    code: str
    alert: str
    officer: str
    sent_at: datetime
    counts_against_us: bool = False


class Means(StrEnum):
    """What a resolved reply asks the desk to do. Only ACKNOWLEDGED and IN_TRANSIT take the alert."""

    ACKNOWLEDGED = "acknowledged"
    SAY_AGAIN = "say_again"
    IN_TRANSIT = "in_transit"
    NEXT_RUNG = "next_rung"
    NOT_ME = "not_me"
    TEST_HEARD = "test_heard"
    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"
    NO = "no"
    MINUTES_WANTED = "minutes_wanted"
    WRONG_CODE = "wrong_code"
    OK_NOT_ENOUGH = "ok_not_enough"
    NOTHING_OPEN = "nothing_open"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``match``: the code that was meant. ``listing``: what is open to this number, for the answer to say.
    ``why`` with OK_NOT_ENOUGH."""

    means: Means
    match: OpenCode | None = None
    minutes: int | None = None
    listing: tuple[OpenCode, ...] = ()
    words: str | None = None
    why: Literal["several_open", "too_soon", "counts_against_us"] | None = None


_WITHOUT_CODE = {
    Verb.NOT_ME: Means.NOT_ME,
    Verb.STOP: Means.STOP,
    Verb.START: Means.START,
    Verb.HELP: Means.HELP,
    Verb.UNREADABLE: Means.UNREADABLE,
}
_WITH_CODE = {
    Verb.ACKNOWLEDGE: Means.ACKNOWLEDGED,
    Verb.SAY_AGAIN: Means.SAY_AGAIN,
    Verb.IN_TRANSIT: Means.IN_TRANSIT,
    Verb.NEXT_RUNG: Means.NEXT_RUNG,
    Verb.TEST_HEARD: Means.TEST_HEARD,
    Verb.YES: Means.YES,
    Verb.NO: Means.NO,
}


def resolve(reply: Reply, open_codes: Sequence[OpenCode], now: datetime) -> Outcome:
    """``open_codes``: of the open alerts sent to the number that replies, and of no other.

    A test's code (``T482``) is among them like any other; it answers to nothing but ``T 482``.
    """
    real = tuple(each for each in open_codes if not each.code.startswith("T"))
    if reply.verb in _WITHOUT_CODE:
        return Outcome(_WITHOUT_CODE[reply.verb], listing=real)
    if reply.verb is Verb.OK:
        return _ok(real, now)
    match = next((each for each in open_codes if each.code == reply.code), None)
    if match is None:
        return Outcome(Means.WRONG_CODE, listing=real)
    if reply.verb is Verb.IN_TRANSIT and reply.minutes is None:
        return Outcome(Means.MINUTES_WANTED, match=match)
    return Outcome(_WITH_CODE[reply.verb], match=match, minutes=reply.minutes, words=reply.words)


def _ok(real: tuple[OpenCode, ...], now: datetime) -> Outcome:
    if not real:
        return Outcome(Means.NOTHING_OPEN)
    if len(real) > 1:
        return Outcome(Means.OK_NOT_ENOUGH, listing=real, why="several_open")
    only = real[0]
    if only.counts_against_us:
        return Outcome(Means.OK_NOT_ENOUGH, listing=real, why="counts_against_us")
    if now - only.sent_at <= OK_WAITS:
        return Outcome(Means.OK_NOT_ENOUGH, listing=real, why="too_soon")
    return Outcome(Means.ACKNOWLEDGED, match=only)


def deaf_until(wrong_codes: Sequence[datetime]) -> datetime | None:
    """Until when SMS from a number count for nothing, from the instants of its wrong codes in order; None if never
    deaf. Ten minutes from each fifth wrong code; what comes in between is not counted. A right code does not set
    the count back, for the wrong ones may be somebody else's."""
    counted, until = 0, None
    for at in wrong_codes:
        if until is not None and at < until:
            continue
        counted += 1
        if counted % WRONG_CODES == 0:
            until = at + DEAF_FOR
    return until


def is_deaf(wrong_codes: Sequence[datetime], now: datetime) -> bool:
    until = deaf_until(wrong_codes)
    return until is not None and now < until


_MOST_DRAWS = 100


def new_code(open_to_number: Container[str], draw: Callable[[], str]) -> str:
    """A code of four digits that no other open alert of this number has. ``draw``: ``kit.ids.alert_code``.

    Where thousands are open to one number the same code may come twice: it then answers the older alert, the other
    one goes on climbing, and nobody waits for a free code.
    """
    code = draw()
    for _ in range(_MOST_DRAWS):
        if code not in open_to_number:
            break
        code = draw()
    return code


def new_test_code(open_to_number: Container[str], draw: Callable[[], str]) -> str:
    """``T482``: a form that no real alert uses, so that nobody learns to acknowledge in his sleep."""
    return new_code(open_to_number, lambda: f"T{draw()[:3]}")
