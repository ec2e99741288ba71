"""What a page says of an answer beside its values: whose word it is, what it confirms, what was made of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.answer_states import confirmed_by, is_oral_grant, reading_of
from cna_service.cases.grant_changes import WHY, confirmation_of, not_counted, received
from cna_service.cases.record import Answer, AnswerItem, Exchange, Item
from cna_service.documents.measures import ValueWords, measure_words, value_words


@dataclass(frozen=True, slots=True)
class Text:
    """One measure as it was said, or as it was written; ``value`` is None where it is not named there."""

    value: ValueWords | None
    conditions: object = ()
    valid_from: str | None = None
    valid_to: str | None = None
    words: object = None


@dataclass(frozen=True, slots=True)
class Differing:
    """One measure whose writing differs from the word, both texts side by side; ``stands``: what an officer read."""

    vessel: int
    measure: str
    label: str
    where: str
    word: Text
    writing: Text
    stands: str | None


@dataclass(frozen=True, slots=True)
class AnswerNotes:
    """``not_counted``: measure and why, of what waits for the listed authority; ``listed``: the offices that the
    directory listed then. ``is_word_only``: granted by word of mouth, the writing is outstanding."""

    not_counted: tuple[tuple[str, str], ...]
    listed: str
    is_assumed: bool
    differs: tuple[Differing, ...]
    unread: int
    is_word_only: bool
    confirmed_by: int | None
    notice: Mapping[str, Any] | None
    is_notice_owed: bool
    withdrawn_at: datetime | None


_WHERE = {
    "value": "the answer",
    "conditions": "the conditions",
    "valid_from": "from when",
    "valid_to": "until when",
    "left_out": "left out in writing",
    "not_spoken": "not spoken",
}


def answer_notes(exchange: Exchange, answer: Answer) -> AnswerNotes:
    differs = tuple(differing(exchange, answer))
    notice = received(answer)
    limits = answer.ours and (answer.withdrawal is not None or any(d["narrower"] for d in answer.differs))
    waived = bool(differs) and all(d.stands == "as_spoken" for d in differs) and answer.withdrawal is None
    written = confirmed_by(exchange, answer)
    checked = answer.checked or {}
    return AnswerNotes(
        not_counted=tuple(
            (measure_words(i.measure).label, str(not_counted(answer, i) or WHY["not_listed"]))
            for i in answer.items
            if not_counted(answer, i) is not None and confirmation_of(answer, i) is None
        ),
        listed="; ".join(
            dict.fromkeys(str(a["name"]) for r in checked.get("rows", ()) for a in r.get("authorities", ()))
        ),
        is_assumed=bool(checked) and not checked.get("is_stated", True),
        differs=differs,
        unread=sum(1 for d in differs if d.stands is None),
        is_word_only=is_oral_grant(answer) and written is None,
        confirmed_by=None if written is None else written.n,
        notice=notice,
        is_notice_owed=limits and notice is None and not waived and answer.conveyed_at is not None,
        withdrawn_at=answer.withdrawal["recorded_at"] if answer.withdrawal else None,
    )


def differing(exchange: Exchange, written: Answer) -> list[Differing]:
    """The measures in which a writing differs from the word it confirms."""
    spoken = next((a for a in exchange.answers if a.n == written.confirms), None)
    if spoken is None:
        return []
    return [
        Differing(
            vessel=d["vessel"],
            measure=d["measure"],
            label=measure_words(d["measure"]).label,
            where=", ".join(_WHERE.get(each, str(each)) for each in d["in"]),
            word=_text(spoken, d),
            writing=_text(written, d),
            stands=reading_of(written, Item(d["vessel"], d["measure"])),
        )
        for d in written.differs
    ]


def _text(answer: Answer, told: Mapping[str, Any]) -> Text:
    item: AnswerItem | None = next(
        (i for i in answer.items if (i.vessel, i.measure) == (told["vessel"], told["measure"])), None
    )
    if item is None:
        return Text(None)
    value = value_words(item.measure, item.value)
    return Text(value, item.conditions, item.valid_from, item.valid_to, item.words)
