"""Exercise cases on a desk that is at work (desk-rules 15.3): opened as such by a named officer, and so for ever.

There is no verb that makes a case real or an exercise: what happens for real inside a drill, and what turns out to be
a drill, is a case of its own, linked to the first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from cna_service.cases.record import CaseRecord
from cna_service.kit.errors import Refused
from cna_service.ledger.entry import Draft
from cna_service.workflow.work import Work

AS_EXERCISE = "as_exercise"

# The word in the four languages of the desk; without accents, so that a message in plain letters counts too.
_WORDS = re.compile(r"\b(EXERCISES?|EJERCICIOS?|EXERCICES?|EXERCICIOS?|DRILLS?|SIMULACROS?|SIMULACAO)\b")


class NotAnExercise(Refused):
    code = "not-an-exercise"
    title = "This case is no exercise: what happens in it is real"


def offered(texts: Iterable[object]) -> list[str]:
    """What the desk offers on seeing the word: to open the case as an exercise. It never assumes it."""
    return [AS_EXERCISE] if any(isinstance(t, str) and _WORDS.search(_bare(t)) for t in texts) else []


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(c for c in letters if not unicodedata.combining(c)).upper()


def says_exercise(record: CaseRecord) -> bool:
    """Whether the word occurs in what arrived in a case that is none: for the offer on its page."""
    return not record.is_exercise and bool(offered(_arrived(record)))


def _arrived(record: CaseRecord) -> Iterator[object]:
    for submission in record.submissions:
        yield from texts_in(submission.get("draft") or {})
    for told in record.communications:
        yield from (told.get("subject"), told.get("text"))
    for exchange in record.exchanges:
        yield from (exchange.text, exchange.their_reference)


def texts_in(told: object) -> Iterator[str]:
    """Every text within a body, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for value in told.values():
            yield from texts_in(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from texts_in(value)


def link(work: Work, here: str, there: str, reason: str) -> None:
    """One entry in each of two cases that this command holds."""
    for one, other in ((here, there), (there, here)):
        told = {"case": other.removeprefix("case:"), "reason": reason}
        work.append(Draft("case.linked", told), one)
