"""The small acts of an officer as data: on a case, and on one of its exchanges."""

from __future__ import annotations

from collections.abc import Mapping

from cna_service.console.pages import (
    case_act_answers,
    case_act_dealings,
    case_act_deciding,
    case_act_law,
    case_act_papers,
    case_act_sea,
    case_act_transcripts,
)
from cna_service.console.pages.case_act import Act, Run, on_case
from cna_service.console.pages.case_fields import HAPPENED, VESSEL, WORDS, Field, exchanges
from cna_service.identity.permissions import Action
from cna_service.workflow import closing, communicate, convey, facts, steps
from cna_service.workflow.case_facts import FIELDS, HOW, INDICIA
from cna_service.workflow.wait import state_waiting


def _fact(kind: str) -> Run:
    return on_case(
        lambda service, actor, ref, body, key: facts.record_fact(service, actor, ref, kind, body, key)
    )


WAYS = (
    ("phone", "Telephone"),
    ("mail", "Mail"),
    ("radio", "Radio"),
    ("fax", "Fax"),
    ("chat", "Chat"),
    ("in_person", "In person"),
    ("diplomatic_note", "Diplomatic note"),
    ("letter", "Letter"),
    ("press", "Press"),
    ("social_media", "Social media"),
    ("note", "Other"),
)
SOURCES = (
    ("unit", "A unit at sea"),
    ("partner", "A partner authority"),
    ("open_source", "Open source, such as press"),
    ("own", "Our own service"),
    ("other", "Somebody else"),
)
CLAIMED_HOW = (
    ("papers produced", "Papers produced"),
    ("flag flown", "Flag flown"),
    ("verbal claim", "Said by the person in charge"),
)
QUESTIONS = (("nationality", "Nationality"), ("registry", "Registry"))
WHOM = (
    ("master", "The master"),
    ("person_in_charge", "The person in charge"),
    ("crew", "One of the crew"),
    ("other", "Somebody else"),
)
RESPONSES = (
    ("claimed", "A State was claimed"),
    ("no_claim", "No claim was made"),
    ("no_answer", "No answer"),
    ("nobody_in_charge", "Nobody admits being in charge"),
)
_SINGLE = ("claim", "indicium", "position", "person")
IDENTIFIERS = tuple((field, label) for field, label in FIELDS.items() if field not in _SINGLE)

_BY = (
    Field("by/name", "Who spoke for them: name"),
    Field("by/post", "Post or rank"),
    Field("by/office", "Office"),
)

_CASE_ACTS: tuple[Act, ...] = (
    Act(
        "communication",
        "Log a call or message",
        "A call needs who spoke and which number. What was said about the vessel is recorded as facts, one by one.",
        "Log it",
        Action.COMMUNICATION_LOG,
        (
            Field("direction", "Direction", "one_of", (("in", "To us"), ("out", "From us")), default="in"),
            Field("channel", "Way", "choice", WAYS, is_required=True, default="phone"),
            Field("theirs/name", "Other side: name"),
            Field("theirs/office", "Other side: office"),
            Field("number", "Number called, or calling", hint="Needed for a call", mode="tel"),
            Field("started_at", "Began", "told", default="now"),
            Field("ended_at", "Ended", "told", default="now"),
            Field("subject", "About"),
            Field("text", "Words, verbatim", "area", hint="As spoken or written; paste a mail whole"),
            Field("exchange", "Belongs to exchange", "choice", exchanges),
            Field("is_automatic", "A machine's word: auto-reply, read receipt, ticket number", "tick"),
        ),
        on_case(communicate.log_communication),
        "Log",
    ),
    Act(
        "wait",
        "Say what you wait for",
        "For whoever holds the case: you are not asked again before that time, at most half of the time left. "
        "Clocks run and warn on.",
        "Wait",
        Action.ALERT_ACKNOWLEDGE,
        (
            Field("for", "What you wait for", is_required=True, hint="Such as: the registrar calls back"),
            Field("until", "Until", "instant", is_ahead=True, is_required=True),
            Field("exchange", "Of exchange", "choice", exchanges),
        ),
        on_case(state_waiting),
        "Log",
    ),
    Act(
        "note",
        "Add a note",
        "A note of the desk, for those who read this case. It also marks what no program could read as read.",
        "Add the note",
        Action.CASE_NOTE,
        (Field("words", "Note", "area", is_required=True),),
        on_case(closing.add_note),
        "Log",
    ),
    Act(
        "event",
        "Record an event",
        "Something that happened at sea or elsewhere: boarded, found, towed, reported by the press.",
        "Record it",
        Action.CLAIM_RECORD,
        (
            Field("kind", "What", hint="In a word or two: boarding, handover, press report"),
            Field("source_kind", "Told by", "choice", SOURCES, default="unit", is_required=True),
            Field("source", "Source", hint="Name of the unit, office, paper"),
            HAPPENED,
            Field("words", "Words", "area", is_required=True),
            Field("is_verified", "Verified by us", "tick"),
        ),
        _fact("events"),
        "Log",
    ),
    Act(
        "identifier",
        "Record a name or number",
        "Earlier values stay beside this one.",
        "Record it",
        Action.CLAIM_RECORD,
        (
            VESSEL,
            Field("field", "What", "choice", IDENTIFIERS, is_required=True, default="name"),
            Field("value", "Value", is_required=True),
            Field("how", "How it was taken", "one_of", tuple(HOW.items()), default="as_heard"),
            Field("source", "Source", hint="Who told it, or where it was seen"),
            HAPPENED,
        ),
        _fact("identifiers"),
        "The vessel",
    ),
    Act(
        "claim",
        "Record who was asked of her nationality",
        "One form for each person asked, with a claim or without one. Registry and nationality are two questions. That "
        "the question was put, by whom and in which language, is part of it.",
        "Record the claim",
        Action.CLAIM_RECORD,
        (
            VESSEL,
            Field("question", "Question put", "one_of", QUESTIONS),
            Field("asked_whom", "To whom", "choice", WHOM),
            Field("response", "What came of it", "one_of", RESPONSES, default="claimed"),
            Field(
                "state", "State claimed", "state", hint="Name or two letters; empty where none was claimed"
            ),
            Field("claimed_how", "How it was claimed", "choice", CLAIMED_HOW),
            Field("by", "Who was asked", hint="Name, or such as: helmsman, by voice"),
            Field("asked_by", "Asked by"),
            Field("language", "Language"),
            Field("interpreter", "Interpreter", hint="Name, and by whom provided"),
            Field("exhibit/id", "Recording or other exhibit"),
            Field("exhibit/start", "Where in it", hint="Such as 00:04:10"),
            WORDS,
            HAPPENED,
        ),
        _fact("claims"),
        "The vessel",
    ),
    Act(
        "indicium",
        "Record what was seen",
        "A flag flown, a name or port on the stern, papers: what was seen, not what follows from it.",
        "Record it",
        Action.CLAIM_RECORD,
        (
            VESSEL,
            Field("kind", "What", "choice", tuple(INDICIA.items()), default="flag_flown", is_required=True),
            Field("value", "What was seen", is_required=True),
            Field("state", "State to which it points", "state", hint="Empty where it points to none"),
            Field("by", "Seen by"),
            WORDS,
            HAPPENED,
        ),
        _fact("indicia"),
        "The vessel",
    ),
    Act(
        "position",
        "Record a position",
        "Kept as typed; a point is read from it where the words give one.",
        "Record it",
        Action.CLAIM_RECORD,
        (
            VESSEL,
            Field("position", "Position as told", is_required=True, hint="Such as 14°03.5'N 074°22.1'W"),
            Field("course", "Course"),
            Field("speed", "Speed"),
            Field("waters", "Waters", hint="Such as: high seas, 32 nm off the coast of XC"),
            Field("waters_said_by", "Who says which waters"),
            Field("datum", "Datum or chart"),
            Field("source", "Source"),
            HAPPENED,
        ),
        _fact("positions"),
        "The vessel",
    ),
    Act(
        "person",
        "Record a person on board",
        "Name, birth and papers are private values of the log.",
        "Record the person",
        Action.CLAIM_RECORD,
        (
            VESSEL,
            Field("name", "Name"),
            Field("post", "Post aboard"),
            Field("nationality", "Nationality", hint="Of the person; it says nothing of the vessel's"),
            Field("born", "Born"),
            Field("papers", "Papers"),
            WORDS,
        ),
        _fact("persons"),
        "The vessel",
    ),
    Act(
        "link",
        "Link another case",
        "One entry in each of the two. Nothing is merged.",
        "Link the cases",
        Action.CASE_LINK,
        (
            Field("case", "Reference of the other case", is_required=True),
            Field("reason", "Why", "area", rows=2),
        ),
        on_case(closing.link_cases),
        "The case",
    ),
    Act(
        "close",
        "Close the case",
        "Closing stops every summons about it. A later message is still kept and shown.",
        "Close the case",
        Action.CASE_CLOSE,
        (
            Field("words", "Words", "area", rows=2),
            Field(
                "waived",
                "Why nothing more is owed",
                "area",
                rows=2,
                hint="Only where something is still open",
            ),
        ),
        on_case(closing.close_case),
        "The case",
    ),
    Act(
        "reopen",
        "Reopen the case",
        "The case goes on; what was closed stays in the record.",
        "Reopen the case",
        Action.CASE_REOPEN,
        (Field("words", "Why", "area", is_required=True, rows=2),),
        on_case(closing.reopen_case),
        "The case",
    ),
)

_EXCHANGE_ACTS: tuple[Act, ...] = (
    Act(
        "standing",
        "Record who asks",
        "How sure we are that it is them. Clock, search and alerts do not wait for it. Call back on a number of the "
        "directory, never on one from the message.",
        "Record it",
        Action.STANDING_RECORD,
        (
            Field(
                "standing",
                "Standing",
                "one_of",
                (
                    ("called_back", "Called back on a number of the directory"),
                    (
                        "channel_authenticated",
                        "Channel authenticated: token, or signed mail from a listed key",
                    ),
                    ("unverified", "Not verified"),
                ),
                is_required=True,
            ),
            Field("number", "Number called back", mode="tel"),
            *_BY,
            Field("reason", "Reason or remark", "area", rows=2),
        ),
        steps.record_standing,
    ),
    Act(
        "question",
        "Log a question",
        "A question is linked to the exchange. It restarts no clock.",
        "Log the question",
        Action.EXCHANGE_ASK,
        (
            Field(
                "direction",
                "Who asks",
                "one_of",
                (("out", "We ask them"), ("in", "They ask us")),
                default="out",
            ),
            Field("words", "Question, verbatim", "area", is_required=True),
            *_BY,
            Field("channel", "Way", "choice", WAYS, default="phone"),
            Field("happened_at", "When", "told"),
        ),
        steps.ask_question,
    ),
    Act(
        "extend",
        "Record more time",
        "Somebody granted more time: name who. Time does not grant itself.",
        "Record the extension",
        Action.EXCHANGE_EXTEND,
        (
            Field("until", "New limit", "instant", is_ahead=True, is_required=True),
            Field("by/name", "Granted by: name"),
            Field("by/office", "Granted by: office"),
            WORDS,
            HAPPENED,
        ),
        steps.extend,
    ),
    Act(
        "withdraw",
        "Record a withdrawal",
        "Whoever asked takes it back: its clocks stop, its alerts close. Only for a withdrawal that was told.",
        "Record the withdrawal",
        Action.EXCHANGE_WITHDRAW,
        (*_BY, WORDS),
        steps.withdraw,
    ),
    Act(
        "confirm",
        "Record that they have our answer",
        "A person of theirs said that our answer arrived. A read receipt or auto-reply is not that: log it.",
        "Record it",
        Action.ANSWER_CONFIRM,
        (*_BY, WORDS, HAPPENED),
        convey.confirm,
    ),
)

_PARTS = (
    case_act_answers,
    case_act_dealings,
    case_act_deciding,
    case_act_law,
    case_act_sea,
    case_act_papers,
    case_act_transcripts,
)
CASE_ACTS: tuple[Act, ...] = (*_CASE_ACTS, *(a for part in _PARTS for a in part.CASE_ACTS))
EXCHANGE_ACTS: tuple[Act, ...] = (*_EXCHANGE_ACTS, *(a for part in _PARTS for a in part.EXCHANGE_ACTS))
CASE_ACTS_BY_NAME: Mapping[str, Act] = {a.name: a for a in CASE_ACTS}
EXCHANGE_ACTS_BY_NAME: Mapping[str, Act] = {a.name: a for a in EXCHANGE_ACTS}
