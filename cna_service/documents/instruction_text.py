"""The words of an instruction to a unit, and of the STOP that takes it back: made from its lines alone.

Written to be read out over a noisy circuit: one measure a line, in capitals what stands, then why. What is not named
is not granted; safety of life needs no permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cna_service.documents.measures import measure_words, value_words
from cna_service.documents.shown import one_line
from cna_service.kit.instants import date_time_group

_ENDS = (
    "Anything not named here is NOT GRANTED. Saving life at sea needs no permission and is no permission.",
)
_WHY = {
    "withdrawn": "taken back",
    "not_counted": "it does not count as a permission",
    "not_yet": "its validity has not begun",
    "held": "the writing differs from the word and nobody has read it yet",
    "ended": "its validity has ended",
    "not_instructed": "granted, and not passed on to you by this desk",
    "not_in_force": "no permission is in force any more",
    "denied": "refused",
    "registry_refuted": "the State says that the vessel is not on its register",
    "registry_neither": "the State can neither confirm nor deny the register any more",
    "ask_withdrawn": "our request was withdrawn",
    "ends_earlier": "it ends earlier than you were told",
    "conditions": "its conditions are new",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what stands of a measure, ``says`` may, may_not or not_granted; instants in UTC. ``why``: a code,
    ``because`` words of its own; ``answer`` and ``seq``: the answer and the entry that it rests on."""

    vessel: int
    measure: str
    says: str
    state: str | None
    answer: int | None
    seq: int | None
    value: str | None
    starts_at: datetime | None
    until: datetime | None
    asked_at: datetime | None
    why: str | None
    because: str | None
    conditions: tuple[str, ...]
    is_deemed: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Who tells whom: ``exercise`` puts EXERCISE before and after; ``vessels``: name by number."""

    case: str
    number: int
    unit: str
    circuit: str
    passed_to: str
    at: datetime
    vessels: Mapping[int, str]
    exercise: bool
    desk: str
    asking_since: datetime | None = None


def instruction_text(head: Head, lines: Sequence[Told], words: str | None) -> str:
    """The whole text, paragraph by paragraph; ``words``: what the officer adds in his own."""
    body = [
        f"INSTRUCTION {head.number}, case {head.case}, at {date_time_group(head.at)}.",
        _addressed(head),
        *_blocks(head, lines),
    ]
    if not any(line.says == "may" for line in lines):
        since = (
            f" Asked since {date_time_group(head.asking_since)}."
            if head.asking_since
            else " Nothing was asked."
        )
        body.append(f"NOTHING IS GRANTED.{since}")
    body += [f"Added by the officer: {words}"] if words else []
    body += [*_ENDS, "Read this back."]
    return _framed(head, body)


def stop_text(head: Head, because: Iterable[Mapping[str, object]], lines: Sequence[Told]) -> str:
    """The STOP: what of the instruction no longer holds, why, and what remains."""
    gone = [
        f"- {_name(head, c)}{measure_words(str(c['measure'])).label if c.get('measure') else 'all of it'}: "
        f"{_WHY.get(str(c['what']), str(c['what']).replace('_', ' '))}"
        + (f" (entry {c['seq']})" if c.get("seq") else "")
        for c in because
    ]
    remains = [line for line in lines if line.says == "may"]
    body = [
        f"STOP. STOP. STOP. Instruction {head.number}, case {head.case}, no longer holds. {date_time_group(head.at)}.",
        f"To: {one_line(head.unit)}. From: {one_line(head.desk)}.",
        "What no longer stands:\n" + "\n".join(dict.fromkeys(gone)),
        "Begin nothing under it. What is under way under it: make safe, hold as it is, and tell this desk what it is.",
        "What stands now:",
        *_blocks(head, lines),
    ]
    if not remains:
        body.append("NOTHING IS GRANTED.")
    body += [*_ENDS, "Read this back."]
    return _framed(head, body)


def _addressed(head: Head) -> str:
    to = f"To: {one_line(head.unit)}. From: {one_line(head.desk)}. On: {one_line(head.circuit)}."
    return f"{to} Passed to: {one_line(head.passed_to)}."


def _framed(head: Head, body: Sequence[str]) -> str:
    mark = ["EXERCISE. EXERCISE. EXERCISE."] if head.exercise else []
    return "\n\n".join([*mark, *body, *mark])


def _blocks(head: Head, lines: Iterable[Told]) -> list[str]:
    by_vessel: dict[int, list[str]] = {}
    for line in lines:
        by_vessel.setdefault(line.vessel, []).append(_line(line))
    return [
        f"Vessel {n}, {one_line(head.vessels.get(n, 'no name known'))}:\n" + "\n".join(said)
        for n, said in by_vessel.items()
    ]


def _line(line: Told) -> str:
    label = f"- {measure_words(line.measure).label}: "
    by = f"{line.state}" if line.state else "the State asked"
    if line.says == "may":
        return label + _may(line, by)
    if line.says == "may_not":
        return label + f"you MAY NOT. {by}: {reason(line)}.{_entry(line)}"
    since = (
        f" Asked of {by} since {date_time_group(line.asked_at)}." if line.asked_at else f" Not asked of {by}."
    )
    why = f" {reason(line)}." if line.why else ""
    return label + f"NOT GRANTED.{since}{why}"


def _may(line: Told, by: str) -> str:
    said = ["you MAY"]
    if line.starts_at is not None:
        said.append(f"from {date_time_group(line.starts_at)}")
    if line.until is not None:
        said.append(f"until {date_time_group(line.until)}")
    if line.conditions:
        said.append("on the conditions below")
    how = f" Permission of {by}" + (", recorded after silence" if line.is_deemed else "")
    conditions = "".join(f"\n  {n}. {one_line(text)}" for n, text in enumerate(line.conditions, start=1))
    return f"{' '.join(said)}.{how}.{_entry(line)}{conditions}"


def _entry(line: Told) -> str:
    return f" Entry {line.seq}." if line.seq is not None else ""


def reason(line: Told) -> str:
    """Why a measure is no permission, in words."""
    if line.because is not None:
        return line.because
    if line.why is None or line.why == line.value:
        return value_words(line.measure, line.value or "unanswered").label.lower()
    return _WHY.get(line.why, line.why.replace("_", " "))


def _name(head: Head, cause: Mapping[str, object]) -> str:
    n = cause.get("vessel")
    return f"vessel {n}, {one_line(head.vessels.get(n, 'no name known'))}: " if isinstance(n, int) else ""
