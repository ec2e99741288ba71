"""The OpenAPI shapes of what arrives and of what is opened or told: submissions, cases, communications, facts."""

from __future__ import annotations

from typing import Any

from cna_service.api.shapes import (
    ATTACHMENTS,
    INSTANT,
    MEASURE,
    OFFENCE,
    SEEN,
    STATE,
    TOLD_INSTANT,
    VESSEL,
    ZONE,
    Schema,
    many,
    one_of,
    text,
    thing,
    whole,
    yes_no,
)
from cna_service.workflow.claims import QUESTIONS, RESPONSES, WHOM
from cna_service.workflow.communicate import WAYS
from cna_service.workflow.exchange_kinds import KINDS
from cna_service.workflow.facts import HOW_TAKEN, IDENTIFIERS, INDICIA
from cna_service.workflow.opening import CHANNELS, FORMS
from cna_service.workflow.outside_registers import OUTCOMES
from cna_service.workflow.searching import VERDICTS

SUBMISSION_WORDS = """\
Every field is optional; unknown fields and values that are not known are kept as told and named in `problems`, never
refused. What cannot be read as JSON is kept too (400), and so is the beginning of what is too large (413).

The answer proves arrival and nothing else: it acknowledges the request under no agreement. `in_reply_to` names one of
your own cases and adds to it."""

_ITEM: Schema = {
    "anyOf": [MEASURE, thing({"measure": MEASURE, "vessel": VESSEL}, required=("measure",), strict=False)]
}
_POSITION = thing(
    {
        "text": text("as told: 14°03.5'N 074°22.1'W"),
        "at": TOLD_INSTANT,
        "course": text(),
        "speed": text(),
        "source": text(),
    },
    strict=False,
)
_VESSEL_TOLD = thing(
    {
        "names": many(text()),
        "former_names": many(text()),
        "flag_claimed": STATE,
        "claimed_how": text(),
        "claimed_by": text(),
        **{f: text() for f in ("registration_number", "imo", "mmsi", "call_sign", "hull_mark", "homeport")},
        **{f: text() for f in ("type", "length", "description", "last_port", "next_port")},
        "persons_on_board": whole(minimum=0),
        "positions": many(_POSITION),
        "persons": many({"type": "object"}),
    },
    strict=False,
)
SUBMISSION = thing(
    {
        "requester_reference": text("your own reference"),
        "in_reply_to": text("a case of yours to which this belongs"),
        "requested_state": STATE,
        "legal_basis": many(thing({"text": text("as you cite it")}, strict=False)),
        "offences": many(OFFENCE),
        "zone": ZONE,
        "measures": many(_ITEM),
        "vessels": many(_VESSEL_TOLD),
        "grounds": text(),
        "intended_action": text(),
        "assurance_like_treatment": yes_no(),
        "unit": text(),
        "contact": thing({f: text() for f in ("name", "office", "phone", "email")}, strict=False),
        "reply_wanted_by": TOLD_INSTANT,
        "reply_wanted_reason": text(),
        "handling": thing({"marking": text(), "releasable_to": many(text())}, strict=False),
        "attachments": many(
            thing({"name": text(), "media_type": text(), "base64": text(format="byte")}, strict=False)
        ),
    },
    strict=False,
)
SUBMISSION_EXAMPLE: dict[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board", {"measure": "search", "vessel": 1}],
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "claimed_how": "flag flown",
            "type": "freighter",
            "length": "about 60 ft",
            "persons_on_board": 4,
            "positions": [{"text": "14°03.5'N 074°22.1'W", "at": "2026-11-21T13:40:00Z", "course": "095"}],
        }
    ],
    "grounds": "packages thrown overboard",
    "contact": {"name": "duty officer", "office": "MRCC", "phone": "+15550102"},
    "reply_wanted_by": "2026-11-21T16:00:00Z",
    "reply_wanted_reason": "enters territorial sea",
}
SUBMISSION_ANSWER_EXAMPLE: dict[str, Any] = {
    "case": "X-R4T7-HAX",
    "exchange": 1,
    "submission": "019a9b5e-7c1d-7f3a-9d52-0c6f1f1f6f10",
    "vessels": [{"vessel": 1, "name": "BAR TEST"}],
    "received_at": "2026-11-21T14:03:22.123456Z",
    "acknowledgement": {"formal": False, "text": "Received as X-R4T7-HAX … proof of arrival only."},
    "clocks": [
        {
            "kind": "legal",
            "measure": "board",
            "provision": "coe-7",
            "adopted": True,
            "starts_at": "2026-11-21T14:03:22.123456Z",
            "waits_for": None,
            "due_at": "2026-11-21T18:03:22.123456Z",
            "at_expiry": "no_authority",
            "effect": "none",
        }
    ],
    "no_clock_because": None,
    "problems": [],
    "missing": [{"field": "assurance_like_treatment", "wanted_by": "coe-21-d"}],
    "possible_duplicates": [],
}


def submission_answer() -> dict[str, Any]:
    schema = {"type": "object", "required": ["case", "submission", "received_at", "problems", "clocks"]}
    content = {"application/json": {"schema": schema, "example": SUBMISSION_ANSWER_EXAMPLE}}
    return {"description": "Kept. Proof of arrival, no acknowledgement.", "content": content}


EXCHANGE = thing(
    {
        "direction": one_of(("inbound", "outbound"), "they ask us, or we ask them"),
        "authority": text("its id in the directory"),
        "state": STATE,
        "kind": one_of(KINDS, "to a notification, an objection or a distribution no answer is owed"),
        "distribution": many(
            thing(
                {f: text() for f in ("authority", "state", "name", "office", "address", "channel")},
            )
        ),
        "measures": many(_ITEM),
        "basis": many(text("a provision's id, or the basis as told")),
        "offences": many(OFFENCE),
        "zone": ZONE,
        "form": one_of(FORMS),
        "channel": one_of(CHANNELS),
        "at": TOLD_INSTANT,
        "their_reference": text(),
        "text": text("as sent or received"),
        "limit_stated": INSTANT,
        "limit_stated_by": text(),
        "silence_stated": text("what they say silence means"),
    },
    strict=False,
)
CASE_OPENING = thing(
    {
        "channel": one_of(CHANNELS),
        "caller": {"type": "object", "description": "who called, as told"},
        "summary": text(),
        "call_began_at": INSTANT,
        "first_keystroke_at": INSTANT,
        "vessels": many({"type": "object"}),
        "exchange": EXCHANGE,
        "as_exercise": yes_no("a drill, said by a named officer; for ever"),
        "refers_to": text("with as_exercise: the case that it is linked to"),
        "call": text("the call to the desk's number by which it was told; it goes to this case"),
    },
    strict=False,
)
_SIDE = thing({f: text() for f in ("name", "post", "office", "phone", "email", "state")}, strict=False)
COMMUNICATION = thing(
    {
        "direction": one_of(("in", "out")),
        "channel": one_of(WAYS),
        "ours": _SIDE,
        "theirs": _SIDE,
        "number": text("called, or calling"),
        "started_at": TOLD_INSTANT,
        "ended_at": TOLD_INSTANT,
        "happened_at": TOLD_INSTANT,
        "subject": text(),
        "text": text("verbatim"),
        "source": text(),
        "is_verified": yes_no(),
        "is_automatic": yes_no(),
        "exchange": whole(minimum=1),
        "attachments": ATTACHMENTS,
    },
    required=("direction", "channel"),
    strict=False,
)
_WORDS = {"words": text("verbatim"), "happened_at": TOLD_INSTANT}
_EXHIBIT: Schema = {
    "description": "words, or which recording and where in it",
    "anyOf": [text(), thing({"id": text(), "start": text()}, required=("id",))],
}
FACTS: dict[str, Schema] = {
    "claims": thing(
        {
            "vessel": VESSEL,
            "state": STATE,
            "response": one_of(RESPONSES, "claimed where a State is named"),
            "question": one_of(QUESTIONS, "registry and nationality are two questions"),
            "asked_whom": one_of(WHOM),
            **{f: text() for f in ("claimed_how", "by", "asked_by", "language", "interpreter")},
            "exhibit": _EXHIBIT,
            "attachments": ATTACHMENTS,
            **_WORDS,
        }
    ),
    "indicia": thing(
        {
            "vessel": VESSEL,
            "kind": one_of(INDICIA),
            "value": text(),
            "state": STATE,
            "by": text(),
            "exhibit": _EXHIBIT,
            "attachments": ATTACHMENTS,
            **_WORDS,
        },
        required=("value",),
    ),
    "identifiers": thing(
        {
            "vessel": VESSEL,
            "field": one_of(IDENTIFIERS),
            "value": text(),
            "how": one_of(HOW_TAKEN),
            "source": text(),
            **_WORDS,
        },
        required=("field", "value"),
    ),
    "positions": thing(
        {
            "vessel": VESSEL,
            "position": {"description": "as told, or {latitude, longitude}"},
            **{f: text() for f in ("course", "speed", "source", "datum", "waters")},
            "waters_said_by": text("who says which waters these are"),
            **_WORDS,
        },
        required=("position",),
    ),
    "persons": thing(
        {"vessel": VESSEL, **{f: text() for f in ("name", "nationality", "born", "papers", "post")}, **_WORDS}
    ),
    "events": thing(
        {
            "kind": text(),
            "source_kind": one_of(("unit", "partner", "open_source", "own", "other")),
            "is_verified": yes_no(),
            "source": text(),
            "by": text(),
            "attachments": ATTACHMENTS,
            **_WORDS,
        },
        required=("words",),
    ),
}
OUTSIDE = thing(
    {
        "sources": many(text("name of a register that this desk may ask")),
        "vessel": VESSEL,
        "source": text(
            "by hand: equasis, gisis, sea-web, itu-mars, noaa-documentation, other, or one that is asked"
        ),
        "seen": text("by hand: what it showed, verbatim"),
        "outcome": one_of(OUTCOMES, "by hand: vessels that it may be"),
        "seen_at": TOLD_INSTANT,
        "register": text("by hand: which one, where source is other"),
        "words": text("what the officer adds"),
        "attachments": many(
            thing({"name": text(), "media_type": text(), "base64": text()}, required=("name", "base64"))
        ),
    }
)
SEARCH = thing(
    {
        "vessel": VESSEL,
        "names": many(text()),
        "former_names": many(text()),
        **{f: text() for f in ("registration_number", "imo", "mmsi", "call_sign", "hull_mark", "homeport")},
        **{f: text() for f in ("flag", "length", "vessel_type", "remarks")},
        "register": text("which register; the national one where none is named"),
        "at": INSTANT,
        "verdict": one_of(VERDICTS, "a person's; nothing is found without one"),
        "rid": text("the register record that a verdict of found means"),
        "search": whole("judge this earlier search instead of searching", minimum=1),
        "words": text(),
        "seen": SEEN,
    }
)
