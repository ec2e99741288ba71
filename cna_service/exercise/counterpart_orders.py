"""How a partner behaves in an exercise: what may be ordered of it, and the reading of such an order.

One order is a row of steps, each so long after the one before: asks a question, then grants, then finds that she is
none of its ships. It holds for what the desk asks that authority from then on, or for one exchange by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.kit.instants import from_text, to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.opening import FORMS

REGISTRY = "confirm_registry"
WAIVERS = ("waive_jurisdiction_vessel", "waive_jurisdiction_cargo", "waive_jurisdiction_persons")
USUALLY_AFTER = timedelta(minutes=30)
LONGEST_WAIT = timedelta(days=3660)
MOST_STEPS = 20

ON_REGISTRY: Mapping[str, str] = MappingProxyType(
    {"confirms": "confirmed", "refutes": "refuted", "neither": "neither"}
)
ON_MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "grants": "granted",
        "grants_with_conditions": "granted_with_conditions",
        "refuses": "denied",
        "refuses_late": "denied",
        "flag_state_boards": "flag_state_boards",
        "joint": "joint",
        "holding_only": "holding_only",
        "more_information": "more_information",
        "unclear": "unclear",
        "deferred": "deferred",
        "waives": "granted",
        "late_waiver": "granted",
    }
)
LATE = frozenset({"refuses_late", "late_waiver"})
WAIVING = frozenset({"waives", "late_waiver"})

BEHAVIOURS: Mapping[str, str] = MappingProxyType(
    {
        "silent": "answers nothing",
        "confirms": "the vessel is on its register; other measures stay unanswered",
        "refutes": "the vessel is not on its register",
        "neither": "can neither confirm nor deny the registry",
        "grants": "every measure asked is granted, the registry confirmed where it was asked",
        "grants_with_conditions": "the same, under conditions",
        "refuses": "every measure asked is denied",
        "refuses_late": "the same, counted from when the last limit of the exchange ran out",
        "flag_state_boards": "will board by its own ships",
        "joint": "a joint boarding",
        "holding_only": "the vessel may be held, no more",
        "more_information": "answers that it needs to know more",
        "unclear": "answers in words that settle nothing",
        "deferred": "puts the decision off",
        "waives": "waives its jurisdiction over vessel, cargo and persons, or what of it was asked",
        "late_waiver": "the same, counted from when the last limit of the exchange ran out",
        "asks_question": "asks the desk a question",
        "acknowledges": "confirms that it has each answer of the desk",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the partner does, ``after`` the step before it (the first: after it was asked)."""

    behaviour: str
    after: timedelta = USUALLY_AFTER
    measures: tuple[str, ...] = ()
    """Only these; without any, whatever was asked."""
    conditions: tuple[str, ...] = ()
    words: str | None = None
    form: str = "written"

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "behaviour": self.behaviour,
            "after_minutes": self.after / timedelta(minutes=1),
        }
        told |= {"measures": list(self.measures), "conditions": list(self.conditions)}
        told |= {"words": self.words, "form": self.form}
        return {k: v for k, v in told.items() if v}


@dataclass(frozen=True, slots=True)
class Order:
    """``since``: case time of the order. With ``case`` and ``exchange`` it is for that exchange alone, from then on."""

    n: int
    authority: str
    steps: tuple[Step, ...]
    since: datetime
    case: str | None = None
    exchange: int | None = None

    def as_json(self) -> dict[str, Any]:
        told = {
            "order": self.n,
            "authority": self.authority,
            "case": self.case,
            "exchange": self.exchange,
            "since": to_text(self.since),
            "steps": [step.as_json() for step in self.steps],
        }
        return {k: v for k, v in told.items() if v is not None}


def kept_order(n: int, told: Mapping[str, Any]) -> Order:
    """An order as its row keeps it: :meth:`Order.as_json`."""
    return Order(
        n,
        told["authority"],
        tuple(_kept_step(s) for s in told["steps"]),
        from_text(told["since"]),
        told.get("case"),
        told.get("exchange"),
    )


def _kept_step(told: Mapping[str, Any]) -> Step:
    return Step(
        told["behaviour"],
        timedelta(minutes=told.get("after_minutes", 0)),
        tuple(told.get("measures", ())),
        tuple(told.get("conditions", ())),
        told.get("words"),
        told.get("form", "written"),
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """What ``POST /simulation/counterpart`` asks for."""

    authority: str
    steps: tuple[Step, ...]
    case: str | None
    exchange: int | None


def counterpart_order(body: Mapping[str, Any]) -> Asking:
    """``{authority, behaviour, after_minutes?, measures?, conditions?, words?, form?, then?: [step…], case?,
    exchange?}``. Raises Invalid, naming every wrong field."""
    asked = Asked(body)
    authority = asked.needed("authority", longest=64)
    case, exchange = asked.text("case", longest=20), asked.number("exchange", least=1)
    if exchange is not None and case is None:
        asked.wrong("case", None, "is missing: the exchange is one of a case", "send its reference")
    if case is not None and exchange is None:
        asked.wrong("exchange", None, "is missing: the case may have several", "send its number")
    then = asked.parts("then")
    steps = [_step(asked), *(_step(each) for each in then)]
    for each in then:
        each.check_unknown()
    if len(steps) > MOST_STEPS:
        asked.wrong("then", f"{len(steps)} steps", f"are more than {MOST_STEPS}", "send fewer")
    asked.check_unknown()
    asked.done()
    return Asking(authority, tuple(steps), case, exchange)


def _step(asked: Asked) -> Step:
    step = Step(
        asked.word("behaviour", BEHAVIOURS),
        _after(asked),
        asked.texts("measures"),
        asked.texts("conditions"),
        asked.text("words", longest=2000),
        asked.word("form", FORMS, "written"),
    )
    for measure in step.measures:
        if measure not in MEASURES:
            asked.wrong("measures", measure, "is not a known measure", f"one of: {', '.join(MEASURES)}")
    if step.conditions and step.behaviour != "grants_with_conditions":
        asked.wrong(
            "conditions", list(step.conditions), "belong to no such answer", "order grants_with_conditions"
        )
    return step


def _after(asked: Asked) -> timedelta:
    minutes = asked.raw("after_minutes")
    if minutes is None:
        return USUALLY_AFTER
    most = LONGEST_WAIT / timedelta(minutes=1)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 <= minutes <= most:
        fix = f"send a number from 0 to {most:.0f}"
        asked.wrong("after_minutes", minutes, "is no length of time to wait", fix)
        return USUALLY_AFTER
    return timedelta(minutes=minutes)
