"""The brief: one A4 page of a case, made from entries alone, each line citing its own (desk-rules 7.1). Pure.

It is the relief sheet, the minister's sheet and the head of every bundle. What does not fit is counted, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cna_service.cases.grants import HELD, NOT_COUNTED, grants
from cna_service.cases.labels import case_label, exchange_label, item_state
from cna_service.cases.record import Answer, CaseRecord, Clock, Exchange
from cna_service.documents.content import shortened
from cna_service.documents.log_line import LogLine
from cna_service.documents.measures import measure_words, value_words
from cna_service.documents.paper import Line, Paper, Part
from cna_service.documents.shown import one_line
from cna_service.kit.instants import date_time_group
from cna_service.workflow.case_timeline import person_words
from cna_service.workflow.certificate_holders import holders
from cna_service.workflow.certificate_told import ToldItem, differing

_WIDTH = 118
"""Characters that fit on one line of the page, citations included."""

_LONGEST = 2 * _WIDTH
_ASKED, _ANSWERED, _OPEN, _CONTESTED = 11, 15, 10, 9
"""How many lines of the page each part may fill."""

_FORMS = {"oral": "oral", "written": "in writing"}
_TOLD_APART = ("claim", "imo", "mmsi", "call_sign", "registration_number", "hull_mark", "homeport")


def brief_paper(record: CaseRecord, ours: tuple[str, ...], log: LogLine, now: datetime) -> Paper:
    """As of the newest entry; ``now`` is the instant it is read at."""
    return Paper(
        title=f"Brief: case {record.ref}",
        case=record.ref,
        seq=record.seq,
        leaf=record.leaf,
        log=log,
        ours=ours,
        exercise=record.is_exercise,
        facts=tuple(_facts(record, now)),
        parts=tuple(
            Part(heading, _cut(list(lines), room))
            for heading, lines, room in (
                ("Asked", _asked(record), _ASKED),
                ("Answered", _answered(record), _ANSWERED),
                ("Open", _open(record, now), _OPEN),
                ("Contested", _contested(record), _CONTESTED),
            )
        ),
        remarks=("Numbers at the end of a line name the entries of the case that it rests on.",),
    )


def _facts(record: CaseRecord, now: datetime) -> Iterator[tuple[str, str]]:
    names = ", ".join(one_line(v.label) for v in record.vessels) or "no vessel"
    yield "Vessels", shortened(names, _WIDTH)
    closed = ", closed" if record.is_closed else ""
    yield "Stands as", f"{case_label(record)}{closed}"
    opened = _group(record.opened_at) if record.opened_at else "not known"
    yield "As of", f"{_group(now)}, entry {record.seq}; opened {opened}"


def _asked(record: CaseRecord) -> Iterator[Line]:
    for e in record.exchanges:
        other = e.authority_name or f"State {e.state}"
        what = ", ".join(_measures(e)) or "nothing that is a measure"
        way = f"{other} asked us" if e.is_inbound else f"we asked {other}"
        if e.kind != "request":
            way = f"{other}, {e.kind.replace('_', ' ')}"
        basis, seq = _basis(record, e)
        yield _line(
            f"{e.n}. {_group(e.at)} {way} ({e.form}, {e.channel.replace('_', ' ')}): {what}. {basis}. "
            f"{exchange_label(record, e)}",
            e.seq,
            seq,
        )


def _measures(exchange: Exchange) -> Iterator[str]:
    several = len({i.vessel for i in exchange.items}) > 1
    for i in exchange.items:
        yield measure_words(i.measure).label + (f" (vessel {i.vessel})" if several else "")


def _basis(record: CaseRecord, exchange: Exchange) -> tuple[str, int | None]:
    clock = next((c for c in record.clocks if c.exchange == exchange.n and c.terms.get("provision")), None)
    if clock is not None:
        doubt = "" if clock.kind == "legal" else ", claimed"
        title = _short(str(clock.terms.get("agreement_title")))
        return f"Under art. {clock.terms.get('article')}, {title}{doubt}", clock.seq
    if exchange.basis_told:
        return f"Under “{'; '.join(exchange.basis_told)}” as told", None
    return "No basis cited", None


def _short(title: str) -> str:
    """What stands in the last brackets of a title, as ``CETS 156``; a title without any is cut."""
    inner = title.rstrip(" )").rpartition("(")
    return inner[2] if inner[1] and title.rstrip().endswith(")") else shortened(title, 60)


def _answered(record: CaseRecord) -> Iterator[Line]:
    told = sorted(((e, a) for e in record.exchanges for a in e.answers), key=lambda pair: pair[1].seq)
    for e, a in told:
        yield _answer(e, a)
    for clock in record.clocks:
        if clock.lapse:
            effect = str(clock.lapse.get("effect", "none")).replace("_", " ")
            yield _line(
                f"{clock.exchange}. Lapse, effect recorded: {effect}", clock.lapsed_seq, clock.lapse["seq"]
            )


def _answer(e: Exchange, a: Answer) -> Line:
    several = len({i.vessel for i in a.items}) > 1
    items = "; ".join(
        f"{measure_words(i.measure).label}{f' (vessel {i.vessel})' if several else ''}: "
        f"{value_words(i.measure, i.value).label}"
        for i in a.items
    )
    by = person_words(a.by) or str(a.actor.get("name") or "not named")
    conveyed = next((c for c in a.conveyances if c.complete), None)
    reached = (
        ""
        if not a.ours
        else ", not conveyed"
        if conveyed is None
        else f", conveyed {_group(conveyed.recorded_at)}"
    )
    who = "we" if a.ours else e.state
    text = (
        f"{e.n}.{a.n} {_group(a.recorded_at)} {who}, {_FORMS.get(a.form, a.form)}{reached}: {items}. By {by}"
    )
    return _line(text, a.seq, conveyed.seq if conveyed else None)


def _open(record: CaseRecord, now: datetime) -> Iterator[Line]:
    for clock in record.clocks:
        if clock.is_running and clock.due_at is not None:
            yield _line(f"{_clock(clock)} runs out {_group(clock.due_at)}{_past(clock, now)}", clock.seq)
        elif (
            clock.lapsed_at is not None
            and clock.lapse is None
            and clock.stopped_at is None
            and clock.kind == "legal"
        ):
            yield _line(f"{_clock(clock)} ran out; effect not recorded by anyone", clock.lapsed_seq)
    for e in record.exchanges:
        left = [i for i in e.items if item_state(record, e, i) in ("unanswered", "lapsed")]
        if left and e.withdrawn_seq is None and e.kind == "request":
            what = ", ".join(dict.fromkeys(measure_words(i.measure).label for i in left))
            yield _line(f"Exchange {e.n}, no answer to: {what}", e.seq)
        for a in e.answers:
            if a.ours and a.conveyed_at is None:
                yield _line(f"Answer {e.n}.{a.n} of ours was not conveyed", a.seq)
    for instruction in record.sea.instructions:
        if instruction.is_stale:
            yield _line(f"Instruction {instruction.n} is stale; no STOP read back", instruction.seq)
    for approval in record.deciding.approvals:
        if approval.is_open:
            yield _line(f"Second officer wanted: {approval.act.replace('_', ' ')}", approval.seq)
    for read_back in record.deciding.read_backs:
        if read_back.is_open:
            yield _line(
                f"Decision {read_back.decision} of exchange {read_back.exchange} is not confirmed",
                read_back.seq,
            )
    for asked in record.deciding.consultations:
        if asked.is_open:
            yield _line(f"{asked.agency} was asked and has not answered", asked.seq)
    for c, delivery, untold in holders(record):
        if untold:
            who = f"{delivery.get('to')}, holder of certificate {c.n}"
            yield _line(f"{who}, is to be told of what came after it", delivery["seq"], *untold)


def _clock(clock: Clock) -> str:
    name = (
        f"art. {clock.terms['article']}"
        if clock.terms.get("article")
        else str(clock.terms.get("words") or "limit")
    )
    return f"{clock.kind.capitalize()} clock, exchange {clock.exchange}, {name}"


def _past(clock: Clock, now: datetime) -> str:
    return " (past)" if clock.due_at is not None and clock.due_at <= now else ""


def _contested(record: CaseRecord) -> Iterator[Line]:
    for one, other in differing(record):
        yield _line(f"{_said(one)}; {_said(other)}", one.answer.seq, other.answer.seq)
    for grant in grants(record):
        if grant.state in (HELD, NOT_COUNTED):
            what = f"{measure_words(grant.measure).label}, vessel {grant.vessel}"
            yield _line(f"{what}: {grant.state.replace('_', ' ')}, {grant.why or 'to be read'}", grant.seq)
    for vessel in record.vessels:
        for name in _TOLD_APART:
            facts = [f for f in vessel.facts if f.field == name and isinstance(f.value, str)]
            values = dict.fromkeys(str(f.value) for f in facts)
            if len(values) > 1:
                told = ", ".join(values)
                yield _line(
                    f"Vessel {vessel.n}, {name.replace('_', ' ')} told differently: {told}",
                    *(f.seq for f in facts),
                )


def _said(told: ToldItem) -> str:
    who = "we" if told.answer.ours else told.exchange.state
    i = told.item
    value = value_words(i.measure, i.value).label
    return f"{_group(told.answer.recorded_at)} {who}: {measure_words(i.measure).label}, vessel {i.vessel} {value}"


def _line(text: str, *cites: int | None) -> Line:
    seqs = sorted({seq for seq in cites if seq})
    return Line(shortened(one_line(text), _LONGEST), tuple(str(seq) for seq in seqs[-6:]))


def _cut(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    """The newest that fit, in their order; what stands before them is counted."""
    if not lines:
        return (Line("nothing"),)
    kept: list[Line] = []
    used = 0
    for line in reversed(lines):
        used += _height(line)
        # One line stays free for the count, unless nothing is left to be counted.
        if used > room - (1 if len(kept) + 1 < len(lines) else 0):
            break
        kept.append(line)
    left = lines[: len(lines) - len(kept)]
    if not left:
        return tuple(reversed(kept))
    cites = _cited(left)
    return (Line(f"{len(left)} more before these", cites), *reversed(kept))


def _cited(lines: Iterable[Line]) -> tuple[str, ...]:
    """The first and the last entry of lines that are only counted."""
    numbers = sorted({int(n) for line in lines for n in line.notes})
    return tuple(str(n) for n in dict.fromkeys((numbers[0], numbers[-1])))


def _height(line: Line) -> int:
    return 1 + (len(line.text) + sum(len(n) for n in line.notes)) // _WIDTH


def _group(at: datetime) -> str:
    return date_time_group(at)
