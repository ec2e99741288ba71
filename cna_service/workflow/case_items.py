"""Measure by measure, per vessel: what was asked, what stands as its answer, and what was answered before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cna_service.cases.labels import item_state, latest
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange, Item
from cna_service.documents.measures import ValueWords, measure_words, value_words
from cna_service.kit.instants import from_optional
from cna_service.workflow.case_timeline import person_words


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer to the same item that a later one differs from; it stays beside it."""

    answer: int
    seq: int
    at: datetime
    value: ValueWords
    form: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """``state``: the code as computed, ``unanswered`` and ``lapsed`` among them. ``conditions`` and ``words`` may be
    erased. ``was_asked`` is False for what was answered without being asked."""

    vessel: int
    measure: str
    label: str
    state: str
    value: ValueWords
    was_asked: bool
    answer: Answer | None
    by: str
    conditions: object
    words: object
    valid_from: datetime | None
    valid_to: datetime | None
    earlier: tuple[Earlier, ...]

    @property
    def key(self) -> str:
        return f"{self.vessel}:{self.measure}"


def item_lines(record: CaseRecord, exchange: Exchange) -> tuple[ItemLine, ...]:
    """Every item asked, in the order asked; then what was answered unasked."""
    asked = set(exchange.items)
    beyond = dict.fromkeys(
        item for a in exchange.answers for g in a.items if (item := Item(g.vessel, g.measure)) not in asked
    )
    return tuple(_line(record, exchange, item, item in asked) for item in [*exchange.items, *beyond])


def _line(record: CaseRecord, exchange: Exchange, item: Item, was_asked: bool) -> ItemLine:
    found = latest(exchange, item)
    answer, given = found or (None, None)
    state = item_state(record, exchange, item)
    return ItemLine(
        vessel=item.vessel,
        measure=item.measure,
        label=measure_words(item.measure).label,
        state=state,
        value=value_words(item.measure, state),
        was_asked=was_asked,
        answer=answer,
        by=(person_words(answer.by) or person_words(answer.actor)) if answer else "",
        conditions=given.conditions if given else (),
        words=given.words if given else None,
        valid_from=from_optional(given.valid_from) if given else None,
        valid_to=from_optional(given.valid_to) if given else None,
        earlier=tuple(_earlier(exchange, item, answer, given)),
    )


def _earlier(
    exchange: Exchange, item: Item, answer: Answer | None, given: AnswerItem | None
) -> Iterator[Earlier]:
    if answer is None or given is None:
        return
    for before in exchange.answers:
        for each in before.items:
            same = (each.vessel, each.measure) == (item.vessel, item.measure)
            if same and before.n < answer.n and each.value != given.value:
                words = value_words(each.measure, each.value)
                yield Earlier(before.n, before.seq, before.recorded_at, words, before.form)
