"""Folding decisions, answers and how they reached the other side. A later answer stands beside an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cna_service.cases.changing import replace
from cna_service.cases.clocks import ACKNOWLEDGED, WRITTEN_CONFIRMATION, after_answer, after_event
from cna_service.cases.fold_arrivals import change, noted
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Conveyance, Exchange
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry


def _decision(record: CaseRecord, entry: Entry) -> CaseRecord:
    return change(
        record, entry.body["exchange"], lambda e: replace(e, decisions=(*e.decisions, noted(entry)))
    )


def _given(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    answer = Answer(
        n=b["answer"],
        seq=entry.seq,
        leaf=entry.leaf,
        ours=bool(b["ours"]),
        items=tuple(_item(i) for i in b["items"]),
        form=b["form"],
        recorded_at=entry.recorded_at,
        happened_at=entry.happened_at,
        as_of=from_text(b["as_of"]),
        by=b.get("by") or {},
        actor=entry.actor,
        basis=entry.basis,
        words=b.get("words"),
        register=b.get("register"),
        register_reason=b.get("register_reason"),
        reason_sent=b.get("reason_sent"),
        late=bool(b.get("late", False)),
        decision=b.get("decision"),
        rests_on=tuple(b.get("rests_on", ())),
        to_closed_case=bool(b.get("to_closed_case", False)),
        checked=b.get("checked"),
        not_counted=tuple(b.get("not_counted", ())),
        override_reason=b.get("override_reason"),
        confirms=b.get("confirms"),
        differs=tuple(b.get("differs", ())),
    )
    record = change(record, b["exchange"], lambda e: replace(e, answers=(*e.answers, answer)))
    if not answer.ours:
        record = _in_writing(record, b["exchange"], answer, entry)
    if not answer.ours and b.get("counts", True):
        # What the other side answered counts from its receipt; ours counts from when it was conveyed.
        return stop_clocks(record, b["exchange"], _by_listed(answer), answer.form, entry)
    return record


def _in_writing(record: CaseRecord, n: int, answer: Answer, entry: Entry) -> CaseRecord:
    """The writing that an oral answer waited for is there; ours once it was conveyed."""
    if answer.confirms is None:
        return record
    clocks = after_event(record.clocks, n, WRITTEN_CONFIRMATION, entry, answer.confirms)
    return replace(record, clocks=clocks)


def _by_listed(answer: Answer) -> Answer:
    """The answer with only what the listed authority said: the word of another office settles nothing."""
    skipped = {(n["vessel"], n["measure"]) for n in answer.not_counted}
    return replace(answer, items=tuple(i for i in answer.items if (i.vessel, i.measure) not in skipped))


def _item(i: dict[str, object]) -> AnswerItem:
    return AnswerItem(
        vessel=int(str(i["vessel"])),
        measure=str(i["measure"]),
        value=str(i["value"]),
        conditions=i.get("conditions", ()),
        valid_from=_text(i.get("valid_from")),
        valid_to=_text(i.get("valid_to")),
        words=i.get("words"),
        condition_items=_condition_items(i.get("condition_items")),
    )


def _condition_items(told: object) -> tuple[Mapping[str, object], ...]:
    return tuple(told) if isinstance(told, list | tuple) else ()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def stop_clocks(record: CaseRecord, n: int, answer: Answer, form: str, entry: Entry) -> CaseRecord:
    clocks = tuple(
        after_answer(c, answer.items, form=form, seq=entry.seq, at=entry.recorded_at)
        if c.exchange == n
        else c
        for c in record.clocks
    )
    return replace(record, clocks=after_event(clocks, n, ACKNOWLEDGED, entry))


def _conveyed(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    conveyance = Conveyance(
        n=b["conveyance"],
        seq=entry.seq,
        form=b["form"],
        channel=b["channel"],
        complete=bool(b["complete"]),
        recorded_at=entry.recorded_at,
        sending=b.get("sending"),
        state=b.get("state", ""),
        to=b.get("to") or {},
    )

    def add(exchange: Exchange) -> Exchange:
        return change_answer(
            exchange, b["answer"], lambda a: replace(a, conveyances=(*a.conveyances, conveyance))
        )

    record = change(record, b["exchange"], add)
    return _counted(record, b["exchange"], b["answer"], conveyance, entry) if conveyance.complete else record


def _counted(record: CaseRecord, n: int, answer_n: int, conveyance: Conveyance, entry: Entry) -> CaseRecord:
    exchange = record.exchange(n)
    answer = next((a for a in exchange.answers if a.n == answer_n), None) if exchange else None
    if answer is None:
        return record
    record = _in_writing(record, n, answer, entry)
    return stop_clocks(record, n, answer, conveyance.form, entry)


def change_answer(exchange: Exchange, n: int, how: Callable[[Answer], Answer]) -> Exchange:
    return replace(exchange, answers=tuple(how(a) if a.n == n else a for a in exchange.answers))


def _change_conveyance(
    record: CaseRecord, entry: Entry, how: Callable[[Conveyance], Conveyance]
) -> CaseRecord:
    b = entry.body

    def mark(answer: Answer) -> Answer:
        return replace(
            answer, conveyances=tuple(how(c) if c.n == b["conveyance"] else c for c in answer.conveyances)
        )

    return change(record, b["exchange"], lambda e: change_answer(e, b["answer"], mark))


def _sent(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    complete = b["state"] == "sent"
    record = _change_conveyance(
        record, entry, lambda c: replace(c, state=b["state"], complete=c.complete or complete)
    )
    exchange = record.exchange(b["exchange"])
    answers = exchange.answers if exchange else ()
    done = next(
        (c for a in answers if a.n == b["answer"] for c in a.conveyances if c.n == b["conveyance"]), None
    )
    return (
        _counted(record, b["exchange"], b["answer"], done, entry) if done is not None and complete else record
    )


def _confirmed(record: CaseRecord, entry: Entry) -> CaseRecord:
    by = entry.body.get("by") or {}
    at = entry.recorded_at
    return _change_conveyance(
        record, entry, lambda c: replace(c, confirmed_seq=entry.seq, confirmed_at=at, confirmed_by=by)
    )


APPLY = {
    "decision.taken": _decision,
    "answer.given": _given,
    "answer.conveyed": _conveyed,
    "conveyance.sent": _sent,
    "conveyance.confirmed": _confirmed,
}
