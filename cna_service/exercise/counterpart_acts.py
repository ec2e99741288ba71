"""What the partners of an exercise are to do and when: computed from the cases and the orders, kept nowhere else.

An act is done through the verbs that a partner's own token reaches, as that partner: what comes of it is in the log
like any answer of a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Replayed
from cna_service.exercise.counterpart_orders import (
    LATE,
    ON_MEASURES,
    ON_REGISTRY,
    REGISTRY,
    WAIVERS,
    WAIVING,
    Order,
    Step,
)
from cna_service.identity.actors import Actor, authority_actor
from cna_service.workflow.answer import give_answer
from cna_service.workflow.convey import confirm
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.service import Service
from cna_service.workflow.steps import ask_question

_NEXT = timedelta(seconds=1)
"""A late act comes after the lapse that it is late for, even where no time was ordered between the two."""

_LIMITS = ("legal", "claimed")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to be done. ``subject``: which of several alike in one step, such as the answer acknowledged."""

    order: Order
    ref: str
    exchange: int
    step: int
    due_at: datetime
    subject: str = ""

    @property
    def key(self) -> tuple[int, str, int, int, str]:
        return (self.order.n, self.ref, self.exchange, self.step, self.subject)

    @property
    def behaviour(self) -> str:
        return self.order.steps[self.step].behaviour


def planned(
    record: CaseRecord, authority: str, orders: Sequence[Order], opened_at: Mapping[int, datetime]
) -> tuple[Act, ...]:
    """What this authority is to do in a case, the earliest first. ``opened_at``: by the exchange's ``seq``.

    The order in force is the newest one for that exchange by name, else the newest given by when it was opened.
    """
    acts: list[Act] = []
    for exchange in record.exchanges:
        if exchange.authority != authority:
            continue
        order = _order_for(record, exchange, orders, opened_at.get(exchange.seq, exchange.at))
        if order is None:
            continue
        if exchange.is_inbound:
            acts.extend(_acknowledging(record, exchange, order))
        elif exchange.withdrawn_seq is None:
            acts.extend(_answering(record, exchange, order))
    return tuple(sorted(acts, key=lambda act: (act.due_at, act.exchange, act.step, act.subject)))


def _order_for(
    record: CaseRecord, exchange: Exchange, orders: Iterable[Order], opened_at: datetime
) -> Order | None:
    mine = [o for o in orders if o.authority == exchange.authority]
    by_name = [o for o in mine if (o.case, o.exchange) == (record.ref, exchange.n)]
    # To what it asked before, a partner acknowledges the answers that come from now on.
    general = [o for o in mine if o.case is None and (exchange.is_inbound or o.since <= opened_at)]
    wanted = by_name or general
    return wanted[-1] if wanted else None


def _answering(record: CaseRecord, exchange: Exchange, order: Order) -> Iterator[Act]:
    at = order.since if order.case is not None else max(exchange.at, order.since)
    for n, step in enumerate(order.steps):
        if step.behaviour in LATE:
            at = max(at, (_ran_out_at(record, exchange) or at) + _NEXT)
        at += step.after
        if step.behaviour not in ("silent", "acknowledges"):
            yield Act(order, record.ref, exchange.n, n, at)


def _ran_out_at(record: CaseRecord, exchange: Exchange) -> datetime | None:
    """When the last limit of a provision or of the other side runs out."""
    mine = (
        c.due_at
        for c in record.clocks
        if c.exchange == exchange.n and c.kind in _LIMITS and c.due_at is not None
    )
    return max(mine, default=None)


def _acknowledging(record: CaseRecord, exchange: Exchange, order: Order) -> Iterator[Act]:
    step = next((n for n, s in enumerate(order.steps) if s.behaviour == "acknowledges"), None)
    if step is None:
        return
    for answer in exchange.answers:
        for conveyance in answer.conveyances:
            if conveyance.complete and conveyance.recorded_at >= order.since:
                at = conveyance.recorded_at + order.steps[step].after
                yield Act(order, record.ref, exchange.n, step, at, f"{answer.n}.{conveyance.n}")


def perform(service: Service, record: CaseRecord, act: Act) -> str:
    """Do it; returns what came of it in a word. Doing it again changes nothing. Raises what the verbs raise."""
    exchange = record.exchange(act.exchange)
    if exchange is None:
        return "no such exchange"
    step = act.order.steps[act.step]
    try:
        return _do(service, record, exchange, act, step)
    except Replayed:
        # Killed between the act and the note that it was done.
        return "done"


def _do(service: Service, record: CaseRecord, exchange: Exchange, act: Act, step: Step) -> str:
    actor, key = _actor(service, act.order.authority), _key(act)
    if step.behaviour == "acknowledges":
        answer, conveyance = (int(n) for n in act.subject.split("."))
        body: dict[str, Any] = {"answer": answer, "conveyance": conveyance, "words": step.words}
        confirm(service, actor, act.ref, act.exchange, _said(body), key)
        return "done"
    if step.behaviour == "asks_question":
        words = step.words or "EXERCISE. How many persons are aboard, and what was her last port?"
        ask_question(service, actor, act.ref, act.exchange, {"direction": "in", "words": words}, key)
        return "done"
    items = answer_items(record, exchange, step)
    if not items:
        return "nothing of that kind was asked"
    words = step.words or _WORDS.get(step.behaviour, "EXERCISE. Our answer stands measure by measure.")
    body = {"answers": items, "form": step.form, "words": words}
    body["by"] = {"name": "EXERCISE counterpart", "office": actor.name, "capacity": "duty officer"}
    give_answer(service, actor, act.ref, act.exchange, body, key)
    return "done"


_WORDS = {
    "confirms": "EXERCISE. The vessel is on our register.",
    "refutes": "EXERCISE. The vessel is not on our register.",
    "neither": "EXERCISE. We can neither confirm nor deny that the vessel is on our register.",
}


def answer_items(record: CaseRecord, exchange: Exchange, step: Step) -> list[dict[str, Any]]:
    """The answer's items: what was asked and the behaviour speaks of. The registry may be answered unasked."""
    vessels = sorted({i.vessel for i in exchange.items}) or [v.n for v in record.vessels] or [1]
    if step.behaviour in ON_REGISTRY:
        value = ON_REGISTRY[step.behaviour]
        return [{"vessel": v, "measure": REGISTRY, "value": value} for v in vessels]
    asked = [(i.vessel, i.measure) for i in exchange.items]
    if step.behaviour in WAIVING:
        asked = [a for a in asked if a[1] in WAIVERS] or [(v, m) for v in vessels for m in WAIVERS]
    if step.measures:
        asked = [(v, m) for v in vessels for m in step.measures]
    return [item for v, m in asked if (item := _item(step, v, m)) is not None]


def _item(step: Step, vessel: int, measure: str) -> dict[str, Any] | None:
    value = ON_MEASURES[step.behaviour]
    if measure == REGISTRY:
        if step.behaviour not in ("grants", "grants_with_conditions", "more_information"):
            return None
        value = "more_information" if step.behaviour == "more_information" else "confirmed"
        return {"vessel": vessel, "measure": measure, "value": value}
    item: dict[str, Any] = {"vessel": vessel, "measure": measure, "value": value}
    if value == "granted_with_conditions":
        item["conditions"] = list(step.conditions) or ["EXERCISE. Report what was found within 12 hours."]
    return item


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in body.items() if v is not None}


def _actor(service: Service, authority: str) -> Actor:
    with service.read() as reader:
        listed = reader.stream(DIRECTORY).of(LISTED).find(authority)
    # How it came in is said as it was: nobody held a token.
    return authority_actor(
        listed.id, state=listed.state, name=listed.name, signed_in={"by": "simulated counterpart"}
    )


def _key(act: Act) -> Key:
    told = "/".join(str(part) for part in act.key)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Key(f"authority:{act.order.authority}"[:120], f"counterpart-{digest[:32]}", digest)
