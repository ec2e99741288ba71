"""Reading the bodies of ``/simulation``: every wrong field is named at once, then refused (422)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.exercise.clock import FASTEST, SLOWEST
from cna_service.exercise.phone_company_phones import Condition
from cna_service.kit.errors import Invalid, Problem
from cna_service.workflow.asked import Asked

LONGEST_ADVANCE = timedelta(days=3660)
_MOST_SENDINGS = 10_000
_LONGEST_DELAY = 86_400


def json_object(content: bytes) -> Mapping[str, Any]:
    """Raises Invalid unless the bytes are one JSON object; none at all count as an empty one."""
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("", Problem("", None, "the body is no JSON object", 'send one such as {"hold": true}'))
    return found


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """What ``POST /simulation/clock`` asks for, in the order in which it is done; None: not asked."""

    hold: bool | None
    rate: float | None
    set_to: datetime | None
    advance: timedelta | None


def clock_order(body: Mapping[str, Any]) -> ClockOrder:
    asked = Asked(body)
    hold, rate = asked.raw("hold"), asked.raw("rate")
    if hold is not None and not isinstance(hold, bool):
        asked.wrong("hold", hold, "is neither true nor false", "send true to hold, false to let it run")
    if rate is not None and not _is_number(rate, SLOWEST, FASTEST):
        fix = f"send a number from {SLOWEST} to {FASTEST:.0f}"
        asked.wrong("rate", rate, "is no pace at which the clock can run", fix)
    set_to = asked.instant("set")
    seconds = asked.raw("advance_seconds")
    if seconds is not None and not _is_number(seconds, 0, LONGEST_ADVANCE.total_seconds()):
        fix = f"send seconds from 0 to {LONGEST_ADVANCE.total_seconds():.0f}; the clock is never set back"
        asked.wrong("advance_seconds", seconds, "is no length of time to go forward", fix)
    if set_to is not None and seconds is not None:
        asked.wrong("set", body["set"], "stands beside advance_seconds", "send one of the two")
    asked.check_unknown()
    if not body:
        asked.wrong("hold", None, "is missing", "send hold, rate, advance_seconds or set")
    asked.done()
    return ClockOrder(
        hold,
        None if rate is None else float(rate),
        set_to,
        None if seconds is None else timedelta(seconds=seconds),
    )


@dataclass(frozen=True, slots=True)
class ConditionOrder:
    condition: Condition
    sendings: int | None
    delay_seconds: float | None


def condition_order(body: Mapping[str, Any]) -> ConditionOrder:
    asked = Asked(body)
    word = asked.word("condition", [c.value for c in Condition])
    sendings = asked.number("next", least=1, most=_MOST_SENDINGS)
    delay = asked.raw("delay_seconds")
    if delay is not None and not _is_number(delay, 0, _LONGEST_DELAY):
        asked.wrong("delay_seconds", delay, "is no delay", f"send seconds from 0 to {_LONGEST_DELAY}")
    asked.check_unknown()
    asked.done()
    return ConditionOrder(Condition(word), sendings, delay)


def text_order(body: Mapping[str, Any]) -> str:
    """The words of a reply by SMS; an empty one can be sent too."""
    asked = Asked(body)
    text = asked.raw("text")
    if not isinstance(text, str):
        asked.wrong("text", text, "is no text", 'send the words of the reply, such as "1 4827"')
    elif len(text) > 1600:
        asked.wrong("text", f"{len(text)} characters", "is longer than an SMS can be", "send at most 1600")
    asked.check_unknown()
    asked.done()
    return str(text)


def sms_order(body: Mapping[str, Any]) -> tuple[str, bool]:
    """(the words, whether a number that nobody had may send them: ``"stranger": true``)."""
    is_new = body.get("stranger", False)
    if not isinstance(is_new, bool):
        why = Problem("/stranger", is_new, "is neither true nor false", "send true for a number of nobody's")
        raise Invalid("", why)
    return text_order({k: v for k, v in body.items() if k != "stranger"}), is_new


def dial_order(body: Mapping[str, Any]) -> bool:
    """Whether the number is withheld: ``{"withheld": true}``; nothing at all is a plain call."""
    asked = Asked(body)
    is_withheld = asked.raw("withheld")
    if is_withheld is not None and not isinstance(is_withheld, bool):
        asked.wrong("withheld", is_withheld, "is neither true nor false", "send true to withhold the number")
    asked.check_unknown()
    asked.done()
    return bool(is_withheld)


def digits_order(body: Mapping[str, Any]) -> str:
    asked = Asked(body)
    digits = asked.raw("digits")
    if isinstance(digits, int) and not isinstance(digits, bool):
        digits = str(digits)
    if not isinstance(digits, str) or not digits or set(digits) - set("0123456789*#"):
        asked.wrong("digits", digits, "are no keys of a telephone", 'send keys such as "1"')
    asked.check_unknown()
    asked.done()
    return str(digits)


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """Whose token is asked for: exactly one of the two."""

    officer: str | None
    authority: str | None


def token_order(body: Mapping[str, Any]) -> TokenOrder:
    asked = Asked(body)
    officer, authority = asked.text("officer", longest=64), asked.text("authority", longest=64)
    if not asked.problems and (officer is None) == (authority is None):
        asked.wrong(
            "officer", officer, "or authority: one of the two is wanted", 'send {"officer": "duty-1"}'
        )
    asked.check_unknown()
    asked.done()
    return TokenOrder(officer, authority)


def _is_number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
