"""What a document would have to leave open, and what makes an oral answer complete. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cna_service.documents.measures import Family, measure_words
from cna_service.documents.model import AnsweredItem, Call, WrittenAnswer
from cna_service.kit.errors import Conflict, Invalid, Problem
from cna_service.kit.ids import read_reference
from cna_service.kit.instants import to_text

OUTCOMES = ("agreed", "corrected")


class WrongCaseOnTheLine(Conflict):
    """The reference they speak is not the one of this case (desk-rules 2.4)."""

    code = "wrong-case-on-the-line"
    title = "The reference they gave is not this case's; do not read the answer"


class CallNotIdentified(Invalid):
    """Whom we called is not yet entered, so the script does not appear (desk-rules 2.4)."""

    code = "call-not-identified"
    title = "Enter whom you called before the answer is shown"


def gaps(answer: WrittenAnswer) -> tuple[Problem, ...]:
    """What is missing or contradicts itself in an answer, for the officer to see before it leaves.

    Nothing here stops a document: it prints each gap in words.
    """
    return (*_item_gaps(answer), *_register_gaps(answer), *_delegation_gap(answer))


def before_script(answer: WrittenAnswer, call: Call) -> tuple[Problem, ...]:
    """What must be entered before the script appears: number, its source, name, office, a reference."""
    return (*_listener_gaps(call), *_reference_gap(answer, call))


def missing(answer: WrittenAnswer, call: Call) -> tuple[Problem, ...]:
    """What is still wanted before the oral answer counts as complete; empty when it does."""
    return (*before_script(answer, call), *_after_call(call))


def refuse_unidentified(answer: WrittenAnswer, call: Call) -> None:
    """Raises :class:`CallNotIdentified` with every field wanted, :class:`WrongCaseOnTheLine` on a mismatch."""
    problems = before_script(answer, call)
    if problems:
        raise CallNotIdentified("", *problems)
    spoken, code = (call.reference_spoken or "").strip(), (call.code_read_back or "").strip()
    if spoken and answer.their_reference and not _same(spoken, answer.their_reference):
        raise WrongCaseOnTheLine(f"they said {spoken!r}; their reference here is {answer.their_reference!r}")
    if code and not _is_ours(code, answer):
        raise WrongCaseOnTheLine(f"they read back {code!r}; our code here is {answer.case!r}")


def _item_gaps(answer: WrittenAnswer) -> Iterator[Problem]:
    if not answer.items:
        yield Problem(
            "/items", [], "no measure is listed as asked", "list every measure asked, answered or not"
        )
    known = {vessel.number for vessel in answer.vessels}
    counted = Counter((item.vessel, item.measure) for item in answer.items)
    for index, item in enumerate(answer.items):
        where = f"/items/{index}"
        if item.vessel not in known:
            yield Problem(
                f"{where}/vessel", item.vessel, "this vessel is not listed", "use a listed vessel's number"
            )
        if counted[item.vessel, item.measure] > 1:
            yield Problem(
                f"{where}/measure", item.measure, "answered twice", "give one answer to each measure"
            )
        yield from _condition_gaps(where, item)


def _condition_gaps(where: str, item: AnsweredItem) -> Iterator[Problem]:
    if item.value == "granted_with_conditions" and not item.conditions:
        yield Problem(
            f"{where}/conditions", [], "granted with conditions, but none is written", "write each condition"
        )
    if item.value == "granted" and item.conditions:
        fix = "answer granted_with_conditions, or take the conditions out"
        yield Problem(f"{where}/value", item.value, "it has conditions", fix)


def _register_gaps(answer: WrittenAnswer) -> Iterator[Problem]:
    for index, item in enumerate(answer.items):
        if measure_words(item.measure).family is not Family.REGISTRY or item.value not in (
            "confirmed",
            "refuted",
        ):
            continue
        checked = [s for s in answer.register if s.vessel in (None, item.vessel)]
        if not checked:
            why, fix = "no register check is stated", "state which register, its date and the keys tried"
            yield Problem(f"/items/{index}/value", item.value, why, fix)
        elif item.value == "confirmed" and not any(s.record for s in checked):
            why, fix = "the register record meant is not named", "name the record with its identifiers"
            yield Problem(f"/items/{index}/value", item.value, why, fix)


def _delegation_gap(answer: WrittenAnswer) -> Iterator[Problem]:
    if not (answer.delegation or "").strip():
        yield Problem(
            "/delegation", answer.delegation, "none is named", "name the delegation in force at that instant"
        )


def _listener_gaps(call: Call) -> Iterator[Problem]:
    if not call.number.strip():
        yield Problem("/number", call.number, "not entered", "choose the number from the directory")
    elif not call.from_directory and not (call.number_reason or "").strip():
        yield Problem(
            "/number_reason", call.number_reason, "the number is not the directory's", "say why you used it"
        )
    if not call.listener_name.strip():
        yield Problem(
            "/listener_name", call.listener_name, "not entered", "ask who is listening and enter the name"
        )
    if not call.listener_office.strip():
        yield Problem(
            "/listener_office", call.listener_office, "not entered", "ask for the office and enter it"
        )


def _reference_gap(answer: WrittenAnswer, call: Call) -> Iterator[Problem]:
    has_theirs = bool((call.reference_spoken or "").strip() and answer.their_reference)
    if has_theirs or (call.code_read_back or "").strip():
        return
    fix = "ask for their reference, or have our code read back to you"
    yield Problem("/reference_spoken", call.reference_spoken, "no reference was exchanged", fix)


def _after_call(call: Call) -> Iterator[Problem]:
    if call.started_at is None:
        yield Problem("/started_at", None, "not entered", "enter when the call began")
    if call.ended_at is None:
        yield Problem("/ended_at", None, "not entered", "enter when the call ended")
    elif call.started_at is not None and call.ended_at < call.started_at:
        ended = to_text(call.ended_at)
        yield Problem("/ended_at", ended, "before the call began", "correct the start or the end")
    if not (call.read_back or "").strip():
        yield Problem("/read_back", call.read_back, "not entered", "enter what they read back")
    if call.outcome not in OUTCOMES:
        yield Problem("/outcome", call.outcome, "not entered", "say whether it was agreed or corrected")
    if call.outcome == "corrected" and not (call.correction or "").strip():
        yield Problem("/correction", call.correction, "not entered", "enter what was corrected")


def _bare(reference: str) -> str:
    return "".join(c for c in reference.upper() if c.isalnum())


def _same(spoken: str, reference: str) -> bool:
    """Equal as spoken: hyphens, slashes, spaces and case do not count, unless there is nothing else."""
    bare = _bare(reference)
    return _bare(spoken) == bare if bare else spoken == reference.strip()


def _is_ours(code: str, answer: WrittenAnswer) -> bool:
    ours = {_bare(answer.case), _bare(answer.our_reference)}
    return _bare(code) in ours or _bare(read_reference(code) or "") in ours
