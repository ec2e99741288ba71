"""The script of an oral answer: what the officer reads out, line by line, and what he does between.

It begins with the State, the vessel spelt letter by letter and our code (desk-rules 2.4), says of every measure
what was answered, says once more what is not granted, and asks for a read-back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cna_service.documents.answer_content import AnswerContent, Row, content
from cna_service.documents.content import UNNAMED, shown_or_none
from cna_service.documents.model import Call, IdentifierLine, VesselLine, WrittenAnswer
from cna_service.documents.rules import refuse_unidentified
from cna_service.documents.shown import latin_reading, one_line
from cna_service.documents.spelling import counted, spelt, time_said


class Part(StrEnum):
    """SAY is read out word for word; ASK is read out and its answer written down; NOTE is for the officer alone."""

    SAY = "say"
    ASK = "ask"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ScriptLine:
    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class OralScript:
    """``in_sight`` stays visible while the page scrolls: State, vessel, our code (desk-rules 2.4)."""

    in_sight: tuple[str, ...]
    lines: tuple[ScriptLine, ...]

    def said(self) -> tuple[str, ...]:
        """The lines that are read out, in order."""
        return tuple(line.text for line in self.lines if line.part is not Part.NOTE)


def oral_script(answer: WrittenAnswer, call: Call) -> OralScript:
    """The script, for the person on the line.

    Raises :class:`~cna_service.documents.rules.CallNotIdentified` while number, name, office or reference is not
    entered, :class:`~cna_service.documents.rules.WrongCaseOnTheLine` where the reference is another one's.
    """
    refuse_unidentified(answer, call)
    said = content(answer)
    opening = _opening(answer)
    lines = [*opening, *_basis(answer), *_answers(answer, said), *_conditions(said), *_not_granted(said)]
    in_sight = tuple(line.text for line in opening if line.part is Part.SAY)
    return OralScript(in_sight, (*_exercise(answer), *lines, *_read_back(), *_exercise(answer)))


def _say(text: str) -> ScriptLine:
    return ScriptLine(Part.SAY, text)


def _exercise(answer: WrittenAnswer) -> tuple[ScriptLine, ...]:
    return (_say("EXERCISE, EXERCISE, EXERCISE."),) if answer.exercise else ()


def _opening(answer: WrittenAnswer) -> list[ScriptLine]:
    ours, theirs = answer.ours, answer.theirs
    lines = [
        _say(
            f"This is {one_line(ours.name)}, for {_state(ours.state)}, with an answer for {_state(theirs.state)}."
        )
    ]
    lines += [line for vessel in answer.vessels for line in _vessel(vessel)]
    if not answer.vessels:
        lines.append(ScriptLine(Part.NOTE, "No vessel is listed in this answer. Stop and list it first."))
    lines.append(
        _say(f"Our code is {one_line(answer.our_reference)}. I spell: {spelt(answer.our_reference)}.")
    )
    if answer.their_reference:
        lines.append(_say(f"Your reference is {one_line(answer.their_reference)}."))
    return lines


def _state(state: str) -> str:
    shown = one_line(state)
    return f"State {spelt(shown)}" if len(shown) <= 3 else shown


def _vessel(vessel: VesselLine) -> list[ScriptLine]:
    number = counted(vessel.number)
    names = [name for name in vessel.names if one_line(name)]
    lines = [_say(f"Vessel {number}: {_name_said(name)}.") for name in names[:1]]
    lines += [_say(f"Vessel {number} is also known as {_name_said(name)}.") for name in names[1:]]
    if not names:
        lines.append(_say(f"Vessel {number}: {UNNAMED}. {shown_or_none(vessel.description) or ''}".strip()))
    return lines + [_say(f"Vessel {number}, {_identifier_said(i)}.") for i in vessel.identifiers]


def _name_said(name: str) -> str:
    reading = latin_reading(name)
    if reading is None:
        return f"{one_line(name)}. I spell: {spelt(name)}"
    return f"{one_line(name)}, in Latin letters {reading}. I spell: {spelt(reading)}"


def _identifier_said(line: IdentifierLine) -> str:
    return f"{one_line(line.kind)}: {spelt(one_line(line.value))}"


def _basis(answer: WrittenAnswer) -> list[ScriptLine]:
    if answer.basis is None:
        return [ScriptLine(Part.NOTE, "No basis is cited in this answer.")]
    return [
        _say(
            f"This answer is given under {one_line(answer.basis.agreement)}, {one_line(answer.basis.article)}."
        )
    ]


def _answers(answer: WrittenAnswer, said: AnswerContent) -> list[ScriptLine]:
    lines = [_say(f"Measures: {counted(len(said.rows))}. Each is answered by itself.")]
    for row, item in zip(said.rows, answer.items, strict=True):
        lines.append(_say(_measure(row)))
        ends = (("valid from", item.valid_from), ("valid until", item.valid_to))
        lines += [_say(f"Measure {counted(row.number)}, {end}: {time_said(at)}.") for end, at in ends if at]
        lines += [ScriptLine(Part.NOTE, f"Recorded words: {words}") for words in row.words]
    return lines


def _measure(row: Row) -> str:
    under = ", ".join(counted(number) for number in row.conditions)
    tail = f" Conditions: {under}." if under else ""
    return (
        f"Measure {counted(row.number)}, vessel {counted(row.vessel)}, {row.measure}: "
        f"{row.value}. {row.sentence}{tail}"
    )


def _not_granted(said: AnswerContent) -> list[ScriptLine]:
    if not said.not_granted:
        return [_say("Nothing beyond these measures is granted.")]
    return [
        _say("I repeat what is not granted."),
        *(_say(f"Not granted: {item}.") for item in said.not_granted),
        _say("Only what was granted, measure by measure, is granted."),
    ]


def _conditions(said: AnswerContent) -> list[ScriptLine]:
    return [
        _say(f"{fact.label}: {'. '.join(line.rstrip('.') for line in fact.lines)}.")
        for fact in said.conditions
    ]


def _read_back() -> tuple[ScriptLine, ...]:
    return (
        ScriptLine(
            Part.ASK, "Please read back: our code, the vessel, each measure with its answer, each condition."
        ),
        ScriptLine(
            Part.NOTE, "Write down what they read back. Correct every difference and have it read back again."
        ),
        ScriptLine(Part.ASK, "Please repeat your name and your office."),
        _say("This answer follows in writing."),
        ScriptLine(
            Part.NOTE, "Enter the end of the call, and whether the read-back was agreed or corrected."
        ),
    )
