"""Commands of the interface: exercise cases, paper periods."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import INSTANT, many, one_of, text, thing, whole, yes_no
from cna_service.api.shapes_arrivals import CASE_OPENING
from cna_service.api.step import Step
from cna_service.workflow.opening import open_real_event
from cna_service.workflow.transcribing import VERBS, compare, transcribe

_ACT = thing(
    {
        "verb": one_of(VERBS),
        "exchange": whole("for a step of an exchange", minimum=1),
        "number": whole("for a step of a numbered part: instructions, consultations", minimum=1),
        "written_at": INSTANT,
        "page": text(),
        "acted_by": text("who acted then, where it was not who types"),
        "body": {"type": "object", "description": "what this command takes; seen is not asked for"},
    },
    required=("verb", "written_at"),
)
PERIOD = thing(
    {
        "reference": text("for a case that began on paper: the one that was given"),
        "scan": many(
            thing({"name": text(), "media_type": text(), "base64": text()}, required=("name", "base64"))
        ),
        "from": INSTANT,
        "to": INSTANT,
        "words": text(),
        "acts": many(_ACT),
    },
    required=("scan", "from", "to", "acts"),
)

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "real-event",
        open_real_event,
        "Open a real case for what happened inside an exercise",
        CASE_OPENING,
        "One tap: a new case, linked to the exercise; nothing of the drill is copied into it.",
    ),
    Step(
        "transcripts",
        transcribe,
        "Type in a period that was worked on paper",
        PERIOD,
        "The scan first, then its acts in order with their times as written; all of it or nothing. Clocks are computed "
        "as they ran; only for what is still open somebody is called.",
    ),
)
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = ()
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "transcripts/{n}/comparison",
        compare,
        "Hold the typed entries of a paper period against its scan",
        thing(
            {
                "agrees": yes_no("with the scan"),
                "words": text(),
                "differences": many(
                    thing(
                        {"seq": whole("the entry that differs", minimum=1), "words": text()},
                        required=("seq", "words"),
                    )
                ),
            },
            required=("agrees",),
        ),
        "By another person than the one who typed it in. Differences are mended by further entries.",
    ),
)
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
