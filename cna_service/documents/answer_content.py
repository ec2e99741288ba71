"""What a written answer says, part by part; the mail prints it and the PDF sets it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cna_service.documents.content import (
    UNNAMED,
    Fact,
    basis,
    fact,
    identifier,
    official,
    references,
    shortened,
    shown_or_none,
    vessels,
)
from cna_service.documents.measures import Family, ValueWords, measure_words, value_words
from cna_service.documents.model import AnsweredItem, Form, RegisterStatement, WrittenAnswer
from cna_service.documents.shown import latin_reading, one_line, paragraphs
from cna_service.documents.times import both, utc_and_iso, window

_LONGEST_REFERENCE = 80
NO_CONDITION_WRITTEN = "no condition is written down; ask before acting on this"
_FORMS = {Form.ORAL: "given orally; this text puts it in writing", Form.WRITTEN: "given in writing"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure asked, with its answer: ``lines`` are what limits it, ``words`` the verbatim text by paragraph."""

    number: int
    vessel: int
    vessel_name: str
    measure: str
    measure_code: str
    value: str
    value_code: str
    sentence: str
    is_grant: bool
    is_registry: bool
    conditions: tuple[int, ...]
    lines: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerContent:
    title: str
    facts: tuple[Fact, ...]
    vessels: tuple[Fact, ...]
    tally: str
    rows: tuple[Row, ...]
    not_granted: tuple[str, ...]
    conditions: tuple[Fact, ...]
    register: tuple[Fact, ...]
    decision: tuple[Fact, ...]
    remarks: tuple[str, ...]


def content(answer: WrittenAnswer) -> AnswerContent:
    """Everything the answer says, each text safe to print. Raises ValueError for an instant without a zone."""
    numbers = condition_numbers(answer.items)
    rows = tuple(_row(answer, n, item, numbers) for n, item in enumerate(answer.items, start=1))
    return AnswerContent(
        title=title(answer),
        facts=_facts(answer),
        vessels=vessels(answer.vessels),
        tally=_tally(rows),
        rows=rows,
        not_granted=_not_granted(rows),
        conditions=_conditions(rows, numbers),
        register=_register(answer),
        decision=_decision(answer),
        remarks=_remarks(answer),
    )


def title(answer: WrittenAnswer) -> str:
    theirs = shown_or_none(answer.their_reference)
    return (
        f"Answer to your request {shortened(theirs, _LONGEST_REFERENCE)}"
        if theirs
        else "Answer to your request"
    )


def condition_numbers(items: tuple[AnsweredItem, ...]) -> dict[str, int]:
    """Each different condition once, numbered through the whole answer in the order met."""
    numbers: dict[str, int] = {}
    for item in items:
        for condition in item.conditions:
            numbers.setdefault(condition, len(numbers) + 1)
    return numbers


def _facts(answer: WrittenAnswer) -> tuple[Fact, ...]:
    return (
        *references(answer),
        fact(
            "Request received",
            both(answer.asked_at, answer.theirs),
            f"by {one_line(answer.received_by_channel)}",
        ),
        fact("Decided", both(answer.decided_at, answer.theirs)),
        fact("Sent", both(answer.sent_at, answer.theirs)),
        fact("Form", _FORMS[answer.form]),
    )


def _row(answer: WrittenAnswer, number: int, item: AnsweredItem, numbers: dict[str, int]) -> Row:
    measure = measure_words(item.measure)
    value = value_words(item.measure, item.value)
    return Row(
        number=number,
        vessel=item.vessel,
        vessel_name=one_line(item.vessel_name) or UNNAMED,
        measure=measure.label,
        measure_code=measure.code,
        value=value.label,
        value_code=value.code,
        sentence=value.said_by(answer.ours.state),
        is_grant=value.is_grant,
        is_registry=measure.family is Family.REGISTRY,
        conditions=tuple(dict.fromkeys(numbers[condition] for condition in item.conditions)),
        lines=_limits(answer, item, value, numbers),
        words=_words(item),
    )


def _limits(
    answer: WrittenAnswer, item: AnsweredItem, value: ValueWords, numbers: dict[str, int]
) -> tuple[str, ...]:
    lines = list(window(item.valid_from, item.valid_to, answer.theirs))
    if item.value in ("confirmed", "refuted", "neither"):
        lines.append(_as_of(answer, item))
    if item.conditions:
        lines.append(
            "see conditions: " + ", ".join(str(n) for n in dict.fromkeys(numbers[c] for c in item.conditions))
        )
    elif value.code == "granted_with_conditions":
        lines.append(NO_CONDITION_WRITTEN)
    if item.at_expiry:
        lines.append(f"at expiry the provision says: {one_line(item.at_expiry)}; no effect is stated here")
    return tuple(lines)


def _as_of(answer: WrittenAnswer, item: AnsweredItem) -> str:
    for statement in answer.register:
        if statement.vessel in (None, item.vessel):
            return f"as of {utc_and_iso(statement.as_of)}"
    return f"as of the decision, {utc_and_iso(answer.decided_at)}"


def _words(item: AnsweredItem) -> tuple[str, ...]:
    lines = paragraphs(item.words or "")
    reading = latin_reading(item.words or "")
    return lines if reading is None else (*lines, f"(Latin letters, by machine: {reading})")


def _tally(rows: tuple[Row, ...]) -> str:
    asked = [row for row in rows if row.value_code != "not_asked"]
    if not asked:
        return "The record names no measure that was asked."
    counted = Counter(row.value for row in asked)
    noun = "measure" if len(asked) == 1 else "measures"
    return (
        f"{len(asked)} {noun} asked: "
        + ", ".join(f"{count} {label}" for label, count in counted.items())
        + "."
    )


def _not_granted(rows: tuple[Row, ...]) -> tuple[str, ...]:
    return tuple(
        f"vessel {row.vessel} ({row.vessel_name}): {row.measure}: {row.value}"
        for row in rows
        if not row.is_grant and not row.is_registry
    )


def _conditions(rows: tuple[Row, ...], numbers: dict[str, int]) -> tuple[Fact, ...]:
    return tuple(
        fact(f"Condition {number}", *(paragraphs(text) or ("(empty)",)), _applies_to(rows, number))
        for text, number in numbers.items()
    )


def _applies_to(rows: tuple[Row, ...], number: int) -> str:
    bound = [f"{row.measure}, vessel {row.vessel}" for row in rows if number in row.conditions]
    return "applies to: " + "; ".join(bound)


def _register(answer: WrittenAnswer) -> tuple[Fact, ...]:
    if answer.register:
        return tuple(_checked(statement) for statement in answer.register)
    if any(measure_words(item.measure).family is Family.REGISTRY for item in answer.items):
        return (Fact("How the register was checked", ("not stated in the record",)),)
    return ()


def _checked(statement: RegisterStatement) -> Fact:
    whose = "all vessels" if statement.vessel is None else f"vessel {statement.vessel}"
    keys = "; ".join(one_line(key) for key in statement.keys) or "none stated"
    found = None if statement.candidates is None else f"records found: {statement.candidates}"
    record = "; ".join(identifier(line) for line in statement.record)
    reason = shown_or_none(statement.name_alone_reason)
    return fact(
        f"Register, {whose}",
        f"{one_line(statement.register)}, version {one_line(statement.version)}",
        f"as of {utc_and_iso(statement.as_of)}",
        f"keys tried: {keys}",
        found,
        f"the record meant: {record}" if record else None,
        f"answered on a name alone because: {reason}" if reason else None,
    )


def _decision(answer: WrittenAnswer) -> tuple[Fact, ...]:
    return (
        basis(answer.basis),
        official("Decided by", answer.decided_by),
        fact("Delegation", shown_or_none(answer.delegation)),
        *([fact("Reason given", reason)] if (reason := shown_or_none(answer.reason)) else []),
    )


def _remarks(answer: WrittenAnswer) -> tuple[str, ...]:
    standing, credential = shown_or_none(answer.standing_note), shown_or_none(answer.credential_note)
    unsearched = shown_or_none(answer.register_note)
    return (
        *([f"Registry answered without a judged search, because: {unsearched}"] if unsearched else []),
        *([f"Standing of the requester: {standing}"] if standing else []),
        *([f"Credential: {credential}"] if credential else []),
    )
