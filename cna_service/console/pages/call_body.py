"""From the call form as typed to the body of ``open_case``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.console.forms import Posted
from cna_service.console.pages.call_fields import TOLD_LABELS
from cna_service.console.typed_instants import as_instant, read_typed
from cna_service.directory.model import Authority
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import from_text, to_text
from cna_service.vessels.states import state_from_words

BEGAN = (0, 2, 5, 10)
"""Minutes before the form was opened at which the call may have begun (desk-rules 1.4)."""

_LISTS = ("exchange/measures", "exchange/offences", "second_measures", "exchange/basis")


@dataclass(frozen=True, slots=True)
class Began:
    """One choice of ``call began``: the instant, and how long before the form was opened."""

    value: str
    at: datetime
    minutes: int
    words: str = ""


def began_choices(shown_at: datetime, came_in: datetime | None = None) -> tuple[Began, ...]:
    """``shown_at``: when the form was opened; the choices stay the same. ``came_in``: of a call that the desk
    itself took, which comes first."""
    whole = shown_at.replace(microsecond=0)
    instants = [(m, whole - timedelta(minutes=m)) for m in BEGAN]
    choices = tuple(Began(to_text(at), at, minutes) for minutes, at in instants)
    return choices if came_in is None else (Began(to_text(came_in), came_in, 99, "when it came in"), *choices)


def shown_at(posted: Posted, now: datetime) -> datetime:
    """When the form was opened, as the form itself says; now where it does not, or says what cannot be."""
    try:
        told = from_text(posted.value("shown_at"))
    except ValueError:
        return now
    return told if now - timedelta(hours=12) <= told <= now else now


def call_body(posted: Posted, now: datetime, listed: Iterable[Authority]) -> dict[str, Any]:
    """The body of ``open_case``; what cannot be read stays as typed, for the verb to name. Raises Invalid."""
    told = posted.body(lists=_LISTS)
    began = _began(told, now)
    words = _words(told.get("told") or {})
    exchange = _exchange(told, words, now, listed, base=began or now)
    # Without an exchange there is no ask whose words these could be.
    summary = "\n\n".join(str(w) for w in (told.get("summary"), None if exchange else words) if w)
    body: dict[str, Any] = {
        "channel": told.get("channel") or "phone",
        "caller": told.get("caller"),
        "summary": summary,
        "call_began_at": None if began is None else to_text(began),
        "first_keystroke_at": _keystroke(told.get("first_keystroke_at"), now),
        "vessels": [_vessel(v) for v in told.get("vessels") or ()],
        "exchange": exchange,
    }
    if told.get("call"):
        body["call"] = told["call"]
    if told.get("as_exercise"):
        body["as_exercise"] = True
    if typed := told.get("call_began_earlier"):
        body["call_began_at"] = as_instant(str(typed), now)
    return {k: v for k, v in body.items() if v not in (None, [], {}, "")}


def _began(told: Mapping[str, Any], now: datetime) -> datetime | None:
    if earlier := told.get("call_began_earlier"):
        return read_typed(str(earlier), now)
    try:
        return from_text(str(told["call_began_at"])) if told.get("call_began_at") else None
    except ValueError:
        return None


def _keystroke(told: object, now: datetime) -> str | None:
    """What the browser counted on the desk's clock; left out where it cannot be."""
    try:
        instant = from_text(str(told)) if told else None
    except ValueError:
        return None
    is_possible = instant is not None and now - timedelta(hours=12) <= instant <= now + timedelta(minutes=1)
    return to_text(min(instant, now)) if is_possible and instant is not None else None


def _vessel(told: Mapping[str, Any]) -> dict[str, Any]:
    vessel = dict(told)
    if claimed := vessel.get("flag_claimed"):
        state = state_from_words(str(claimed))
        if state is None:
            # A claim that names no State we know is kept in its words, not cut down to two letters.
            vessel.pop("flag_claimed")
            vessel["description"] = "\n".join(
                str(v) for v in (vessel.get("description"), f"Nationality claimed: {claimed}") if v
            )
        else:
            vessel["flag_claimed"] = state
    if set(vessel) <= {"how"}:
        return {}
    return vessel


def _exchange(
    told: Mapping[str, Any], words: str, now: datetime, listed: Iterable[Authority], *, base: datetime
) -> dict[str, Any]:
    """The exchange, where a State or something asked is named; else the call opens a case without one."""
    given = dict(told.get("exchange") or {})
    other = str(told.get("authority") or "")
    measures = measures_of(given.pop("measures", []), told.get("second_measures") or [])
    if limit := given.get("limit_stated"):
        given["limit_stated"] = as_instant(str(limit), now, ahead=True, base=base)
    if not (given or other or measures):
        return {}
    if not other:
        why = "is missing: what is asked needs the State that asks"
        raise Invalid("", Problem("/authority", None, why, "type its name or its two letters"))
    text = {"text": words} if words else {}
    return {
        "direction": "inbound",
        "form": "oral",
        **given,
        **whose(other, listed),
        "measures": measures,
        **text,
    }


def measures_of(asked: Iterable[str], second: Iterable[str]) -> list[str | dict[str, Any]]:
    """Measures without a vessel are meant for all; where the second vessel has its own, each names its vessel."""
    second = list(second)
    if not second:
        return list(asked)
    first = [{"measure": m, "vessel": 1} for m in asked]
    return [*first, *({"measure": m, "vessel": 2} for m in second)]


def whose(typed: str, listed: Iterable[Authority]) -> dict[str, str]:
    """The authority of the directory that is meant, by its id or name; else the State. Raises Invalid."""
    words = typed.strip()
    if not words:
        return {}
    name = words.split(" – ", 1)[0].strip()
    for authority in listed:
        if authority.id == name.lower() or authority.name.casefold() == words.casefold():
            return {"authority": authority.id}
    state = state_from_words(words)
    if state is None:
        why = Problem(
            "/authority",
            words,
            "names no State and no authority of the directory",
            "choose from the list, or type the State's name or its two letters",
        )
        raise Invalid("", why)
    return {"state": state}


def authority_options(listed: Iterable[Authority]) -> tuple[str, ...]:
    """What the list beside the field offers: id and name, as ``whose`` reads them."""
    return tuple(f"{a.id} – {a.name} ({a.state})" for a in listed)


def _words(told: Mapping[str, Any]) -> str:
    """Fields without a place of their own as paragraphs: the label, then the words."""
    lines = (f"{label}: {told[name.removeprefix('told/')]}" for name, label in TOLD_LABELS.items()
             if told.get(name.removeprefix("told/")))  # fmt: skip
    return "\n\n".join(lines)
