"""Commands of the interface: what becomes of an answer afterwards, and the effect of silence."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import (
    INSTANT,
    MEASURE,
    PARTY,
    SEEN,
    TOLD_INSTANT,
    VESSEL,
    Schema,
    many,
    one_of,
    text,
    thing,
    whole,
    yes_no,
)
from cna_service.api.step import Step
from cna_service.cases.grant_changes import STANDS
from cna_service.workflow.answer_changes import confirm_by_listed, notify_limitation, withdraw_answer
from cna_service.workflow.convey import CHANNELS
from cna_service.workflow.in_writing import read_writing
from cna_service.workflow.lapse import approve_lapse, record_lapse
from cna_service.workflow.opening import FORMS

ANSWERER: Schema = thing(
    {
        **PARTY["properties"],
        "authority": text("of theirs: the id in the directory of the office that answered"),
        "is_listed": yes_no("of theirs: false for an office that is not the authority that was asked"),
    }
)
ANSWER: dict[str, Schema] = {
    "confirms": whole(
        "written: the oral answer that it confirms; 0 for none; left out: found by its items", minimum=0
    ),
    "is_automatic": yes_no("refused: a machine's word is no answer; log it as a communication"),
}
"""Further fields of an answer."""

_NUMBER = whole("the answer's number in the exchange", minimum=1)
_ITEM = {"vessel": VESSEL, "measure": MEASURE}
_WORDS = text("verbatim")

CASE_STEPS: tuple[Step[CaseVerb], ...] = ()
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "readings",
        read_writing,
        "Read a writing that differs from the word",
        thing(
            {
                "answer": _NUMBER,
                "items": many(thing({**_ITEM, "stands": one_of(STANDS)}, required=("measure", "stands"))),
                "words": _WORDS,
                "seen": SEEN,
            },
            required=("answer", "items", "words"),
        ),
        "Measure by measure, by a named officer. Until then a measure that differs is held: nobody may rely on it.",
        decides=True,
    ),
    Step(
        "answer-withdrawal",
        withdraw_answer,
        "Take an answer back",
        thing(
            {
                "answer": _NUMBER,
                "by": PARTY,
                "words": _WORDS,
                "form": one_of(FORMS),
                "happened_at": TOLD_INSTANT,
                "seen": SEEN,
            },
            required=("answer",),
        ),
        "By who gave it. The answer stays on record; what it granted ends when the acting side has the withdrawal: "
        "theirs on our receipt, ours when the notice (`limitation-notice`) has reached them.",
        decides=True,
    ),
    Step(
        "authority-confirmation",
        confirm_by_listed,
        "The listed authority confirms the answer of another office",
        thing(
            {
                "answer": _NUMBER,
                "items": many(thing(_ITEM, required=("measure",))),
                "by": ANSWERER,
                "form": one_of(FORMS),
                "words": _WORDS,
                "happened_at": TOLD_INSTANT,
                "seen": SEEN,
            },
            required=("answer", "form"),
        ),
        "From now on the items count; left out, all that wait. The rows of the directory stand in the entry.",
        decides=True,
    ),
    Step(
        "limitation-notice",
        notify_limitation,
        "Tell the other side that an answer of ours is narrower, or taken back",
        thing(
            {
                "answer": _NUMBER,
                "channel": one_of(CHANNELS),
                "to": thing({f: text() for f in ("name", "office", "phone", "email")}),
                "words": text("exactly what was told or is to be mailed"),
                "received": yes_no("a person of theirs has it; only this narrows or ends the grant"),
                "happened_at": TOLD_INSTANT,
                "seen": SEEN,
            },
            required=("answer", "channel", "words"),
        ),
    ),
    Step(
        "lapse",
        record_lapse,
        "Record what follows from a clock that ran out",
        thing(
            {
                "clock": text("the clock's id"),
                "words": _WORDS,
                "channels": many(
                    thing(
                        {
                            "channel": text(
                                "desk_mailbox, phone_log, embassy, liaison_officer, fax, or another"
                            ),
                            "by": text("who looked"),
                            "checked_at": INSTANT,
                            "found": yes_no("an answer was found there; then nothing lapsed"),
                            "words": text(),
                        },
                        required=("channel",),
                    )
                ),
                "start": thing(
                    {"seq": whole("the entry that proves when the clock began", minimum=1)}, required=("seq",)
                ),
                "seen": SEEN,
            },
            required=("words", "channels"),
        ),
        "A named officer's act, with the channels that were looked at for an answer. Where nothing follows it is "
        "recorded at once (`is_proposed: false`). Where something is deemed granted or waived it is proposed: with "
        "`start`, the adopted election in force (copied by the desk), and every channel of the desk's list looked at "
        "after the limit; nothing counts before a second officer posts `lapse/approval`.",
        decides=True,
    ),
    Step(
        "lapse/approval",
        approve_lapse,
        "Approve the effect of a lapse as second officer",
        thing(
            {"clock": text("the clock's id"), "agrees": yes_no("default true"), "words": _WORDS, "seen": SEEN}
        ),
        "Another officer than the one who proposed it. Agreed, exactly the measures that the provision names are "
        "deemed granted from now; not agreed, nothing follows.",
        decides=True,
    ),
)
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = ()
