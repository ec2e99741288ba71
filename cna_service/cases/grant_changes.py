"""What changes a grant besides a plain answer: whose word it is, a writing that differs, a withdrawal, silence.

A writing that differs from the word holds the differing measures until a named officer has read it (desk-rules 6.4);
where the narrowed act is ours, the word stands until the other side has our notice of limitation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cna_service.cases.grant import ENDED, GRANTED, HELD, IN_FORCE, NO_WORD, NOT_COUNTED, Change, Grant
from cna_service.cases.record import Answer, AnswerItem, Clock, Exchange

AS_SPOKEN, AS_WRITTEN, NEITHER = "as_spoken", "as_written", "neither"
STANDS = (AS_SPOKEN, AS_WRITTEN, NEITHER)

WHY = {
    "not_listed": "the office that answered is not the listed authority; the listed one has not confirmed",
    "nobody_listed": "the directory lists nobody of that State for this; no listed authority has confirmed",
}
_DIFFERS = "word and writing differ; nobody has read the writing yet"
_READ_NEITHER = "word and writing differ; the officer who read them lets neither stand"
_CONTRARY = "an office that is not the listed one says otherwise; ask the listed authority"
_LIMITING = "our writing is narrower; the other side has no notice of the limitation yet"
_REBASED = "the law was found to be another, and an officer changed the basis it rested on"
_TAKEN_BACK = "taken back by who gave it"
_TAKING_BACK = "taken back by us; the other side has no notice of it yet"

MakeGrant = Callable[[Exchange, Answer, AnswerItem, datetime], Grant | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer's item as the new state of its measure."""

    grant: Grant | None
    by_listed: bool = True

    def __call__(self, before: Grant | None) -> Grant | None:
        if self.by_listed or before is None or before.state not in (IN_FORCE, HELD):
            return self.grant
        return before if self.grant is not None else replace(before, state=HELD, why=_CONTRARY)


def not_counted(answer: Answer, item: AnswerItem) -> str | None:
    """Why an item is no authorization: the office that gave it is not listed for it; None where it counts."""
    found = next((n for n in answer.not_counted if is_about(n, item)), None)
    return None if found is None else WHY.get(str(found.get("why")), WHY["not_listed"])


def confirmation_of(answer: Answer, item: AnswerItem) -> Mapping[str, Any] | None:
    """The entry by which the listed authority made the item its own."""
    return next((c for c in answer.listed_by if any(is_about(i, item) for i in c["items"])), None)


def is_about(told: Mapping[str, Any], item: Any) -> bool:
    return (told["vessel"], told["measure"]) == (item.vessel, item.measure)


def after_answer(
    exchange: Exchange, answer: Answer, counts_from: datetime, make: MakeGrant
) -> Iterator[Change]:
    """What an answer changes beyond its plain items, from when to when."""
    yield from _confirmed_by_listed(exchange, answer, make)
    spoken = next((a for a in exchange.answers if a.n == answer.confirms), None)
    for differing in answer.differs if spoken is not None else ():
        assert spoken is not None
        both = _Both(exchange, spoken, answer, differing, counts_from, make)
        yield from both.ours() if answer.ours else both.theirs()
    if answer.withdrawal is not None:
        yield from _withdrawn(exchange, answer, answer.withdrawal)


def _confirmed_by_listed(exchange: Exchange, answer: Answer, make: MakeGrant) -> Iterator[Change]:
    for item in answer.items:
        told = confirmation_of(answer, item)
        if told is None or item.measure == "confirm_registry" or item.value in NO_WORD:
            continue
        at = told["recorded_at"]
        key = (exchange.state, item.vessel, item.measure)
        yield Change(at, told["seq"], key, Counted(make(exchange, answer, item, at)))


@dataclass(frozen=True, slots=True)
class _Both:
    """One measure whose writing differs from the word: both texts, and what was made of them."""

    exchange: Exchange
    spoken: Answer
    written: Answer
    differing: Mapping[str, Any]
    counts_from: datetime
    make: MakeGrant

    def theirs(self) -> Iterator[Change]:
        """Held from the receipt of the writing until a named officer has read it."""
        word = self._grant(self.spoken, self.spoken.recorded_at)
        if (word is None or word.state != IN_FORCE) and not self._has("not_spoken"):
            # What stood of the word was no authorization: the writing speaks for itself.
            written = self._grant(self.written, self.counts_from)
            yield self._change(self.counts_from, self.written.seq, Counted(written))
            return
        held = word or self._grant(self.written, self.counts_from)
        if held is not None:
            held = replace(held, state=HELD, why=_DIFFERS)
        yield self._change(self.counts_from, self.written.seq, Counted(held))
        for read in self._readings():
            yield self._change(read["recorded_at"], read["seq"], self._read_as(read))

    def ours(self) -> Iterator[Change]:
        """A wider writing of ours stands when it is conveyed; a narrower one binds from their receipt of the notice."""
        if not self.differing.get("narrower", True):
            written = self._grant(self.written, self.counts_from)
            yield self._change(self.counts_from, self.written.seq, Counted(written))
            return
        yield self._change(self.counts_from, self.written.seq, _noting(_LIMITING))
        for read in self._readings():
            if read["stands"] == AS_SPOKEN:
                yield self._change(read["recorded_at"], read["seq"], _noting(None))
                return
        notice = received(self.written)
        if notice is not None:
            at = notice["recorded_at"]
            read = self._last_reading() | {"recorded_at": at}
            yield self._change(at, notice["seq"], self._read_as(read))

    def _read_as(self, read: Mapping[str, Any]) -> Callable[[Grant | None], Grant | None]:
        """What was read stands; it revives nothing that something later has ended."""

        def becomes(before: Grant | None) -> Grant | None:
            pair = (self.spoken.n, self.written.n)
            mine = before is not None and before.exchange == self.exchange.n and before.answer in pair
            return self._as_read(read) if mine else before

        return becomes

    def _as_read(self, read: Mapping[str, Any]) -> Grant | None:
        at = read["recorded_at"]
        if read["stands"] == AS_SPOKEN:
            return self._grant(self.spoken, at)
        written = self._grant(self.written, at)
        if read["stands"] == AS_WRITTEN:
            return written
        either = self._grant(self.spoken, at) or written
        return None if either is None else replace(either, state=NOT_COUNTED, why=_READ_NEITHER)

    def _last_reading(self) -> dict[str, Any]:
        read = list(self._readings())
        return read[-1] if read else {"stands": AS_WRITTEN}

    def _readings(self) -> Iterator[dict[str, Any]]:
        mine = (self.differing["vessel"], self.differing["measure"])
        for reading in self.written.readings:
            for item in reading["items"]:
                if (item["vessel"], item["measure"]) == mine:
                    yield {
                        "stands": item["stands"],
                        "seq": reading["seq"],
                        "recorded_at": reading["recorded_at"],
                    }

    def _grant(self, answer: Answer, at: datetime) -> Grant | None:
        item = next((i for i in answer.items if is_about(self.differing, i)), None)
        if item is None or item.value not in GRANTED:
            return None
        made = self.make(self.exchange, answer, item, at)
        if made is None:
            return None
        if answer.withdrawal is not None and answer.withdrawal["recorded_at"] <= at:
            return replace(made, state=ENDED, why=_TAKEN_BACK)
        why = not_counted(answer, item)
        if why is not None and confirmation_of(answer, item) is None:
            return replace(made, state=NOT_COUNTED, why=why)
        return made

    def _has(self, what: str) -> bool:
        return what in self.differing.get("in", ())

    def _change(self, at: datetime, seq: int, becomes: Callable[[Grant | None], Grant | None]) -> Change:
        key = (self.exchange.state, self.differing["vessel"], self.differing["measure"])
        return Change(at, seq, key, becomes)


def _noting(why: str | None) -> Callable[[Grant | None], Grant | None]:
    def becomes(before: Grant | None) -> Grant | None:
        return None if before is None else replace(before, why=why)

    return becomes


def received(answer: Answer) -> Mapping[str, Any] | None:
    """The entry by which the other side has our notice about this answer."""
    return next((n for n in answer.notices if n.get("received")), None)


def _withdrawn(exchange: Exchange, answer: Answer, told: Mapping[str, Any]) -> Iterator[Change]:
    """A grant ends when the acting side has the withdrawal: ours on its receipt by them."""

    def ended(before: Grant | None) -> Grant | None:
        mine = before is not None and (before.exchange, before.answer) == (exchange.n, answer.n)
        if before is None or not mine:
            return before
        return replace(before, state=ENDED, why=_TAKEN_BACK)

    def ending(before: Grant | None) -> Grant | None:
        mine = before is not None and (before.exchange, before.answer) == (exchange.n, answer.n)
        return replace(before, why=_TAKING_BACK) if before is not None and mine else before

    end: Mapping[str, Any] | None = told
    if answer.ours:
        end = next((n for n in answer.notices if n.get("received") and n["seq"] > told["seq"]), None)
    for item in answer.items:
        key = (exchange.state, item.vessel, item.measure)
        if answer.ours:
            yield Change(told["recorded_at"], told["seq"], key, ending)
        if end is not None:
            yield Change(end["recorded_at"], end["seq"], key, ended)


def deemed(exchange: Exchange, clock: Clock) -> Iterator[Change]:
    """What two named officers recorded of a lapse: the measures that the provision names, and no more."""
    lapse = clock.lapse or {}
    if lapse.get("effect", "none") not in ("deemed_grant", "deemed_waiver"):
        return
    named = lapse.get("items")
    for item in clock.items:
        if item.measure not in lapse.get("scope", ()):
            continue
        if named is not None and not any(is_about(n, item) for n in named):
            continue
        grant = Grant(
            vessel=item.vessel,
            measure=item.measure,
            value="granted",
            by_state=exchange.state,
            exchange=exchange.n,
            answer=None,
            seq=lapse["seq"],
            counts_from=lapse["recorded_at"],
            form="silence",
            is_deemed=True,
            is_ours=exchange.is_inbound,
        )
        key = (exchange.state, item.vessel, item.measure)
        yield Change(lapse["recorded_at"], lapse["seq"], key, Counted(grant))
        if clock.superseded_at is not None and clock.superseded_seq is not None:
            yield Change(clock.superseded_at, clock.superseded_seq, key, _superseded(grant))


def _superseded(deemed_grant: Grant) -> Callable[[Grant | None], Grant | None]:
    """From when its basis was changed after a change of the law; what was done before is not touched by it."""

    def becomes(before: Grant | None) -> Grant | None:
        if before is None or (before.seq, before.is_deemed) != (deemed_grant.seq, True):
            return before
        return replace(before, state=NOT_COUNTED, why=_REBASED)

    return becomes
