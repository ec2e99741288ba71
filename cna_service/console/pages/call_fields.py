"""The call form as data: every field with the question that is read out to the caller, in speaking order.

Five fields while the caller speaks (who, for which State, which vessel, what is asked, on what ground and by when);
the rest of the request form (domain: the request, field by field) is folded away behind them. A field's questions
are kept by language, so that further languages are further texts beside the English one (desk-rules 1.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cna_service.agreements.measures import MEASURES, OFFENCES, ZONES
from cna_service.documents.measures import measure_words

Kind = Literal["text", "area", "choice", "ticks", "instant"]


@dataclass(frozen=True, slots=True)
class CallField:
    """``name``: the place in the body of ``open_case``; a name under ``told/`` is kept as a paragraph of the words
    of the ask. ``ask``: the question to read out, by language."""

    name: str
    label: str
    ask: Mapping[str, str]
    kind: Kind = "text"
    options: tuple[tuple[str, str], ...] = ()
    hint: str | None = None
    mode: str | None = None
    is_ahead: bool = False

    @property
    def question(self) -> str:
        return self.ask.get("en", "")


def _f(
    name: str,
    label: str,
    question: str = "",
    kind: Kind = "text",
    options: tuple[tuple[str, str], ...] = (),
    hint: str | None = None,
    mode: str | None = None,
    is_ahead: bool = False,
) -> CallField:
    return CallField(name, label, {"en": question} if question else {}, kind, options, hint, mode, is_ahead)


COMMON_MEASURES = ("confirm_registry", "stop", "board", "search", "question", "detain_vessel")
FIRST_MEASURES = tuple((m, measure_words(m).label) for m in COMMON_MEASURES)
FURTHER_MEASURES = tuple((m, measure_words(m).label) for m in MEASURES if m not in COMMON_MEASURES)
HOW_CLAIMED = (
    ("papers produced", "Papers produced"),
    ("flag flown", "Flag flown"),
    ("verbal claim", "Said by the person in charge"),
)
HOW_TAKEN = (
    ("as_heard", "As heard"),
    ("spelt", "Spelt letter by letter"),
    ("read_back", "Read back and agreed"),
)
WAYS = (("phone", "Telephone"), ("radio", "Radio"), ("chat", "Chat"), ("in_person", "In person"),
        ("fax", "Fax"), ("mail", "Mail"), ("note", "Other"))  # fmt: skip

FIRST: tuple[tuple[str, tuple[CallField, ...]], ...] = (
    (
        "Who calls",
        (
            _f("caller/name", "Name", "What is your name?"),
            _f("caller/office", "Office", "Which office do you call for?"),
            _f("caller/phone", "Number", "What number may I call back?", mode="tel"),
        ),
    ),
    (
        "For which State",
        (
            _f(
                "authority",
                "State or authority",
                "Which State do you speak for?",
                hint="Choose from the directory, or type the State: its name or two letters",
            ),
        ),
    ),
    (
        "Which vessel",
        (
            _f("vessels/0/name", "Name of the vessel", "What is the name of the vessel?"),
            _f(
                "vessels/0/how",
                "The name was taken",
                "Please spell it letter by letter.",
                "choice",
                HOW_TAKEN,
            ),
        ),
    ),
)
"""The first three of the five; what is asked and the basis and limit follow them in the template."""

BASIS: tuple[CallField, ...] = (
    _f(
        "exchange/basis",
        "Agreement and article they name",
        "Under which agreement do you ask?",
        hint="Such as: CETS 156 art. 6. Leave blank if none is named",
    ),
    _f(
        "exchange/limit_stated",
        "Time limit they state",
        "Do you state a time limit?",
        "instant",
        hint="Such as 2 h, 90 min or 0512Z. Note it as their statement; do not confirm it",
        is_ahead=True,
    ),
    _f(
        "exchange/silence_stated",
        "What they say silence means",
        "What do you say follows if there is no answer?",
        hint="Such as: silence is consent",
    ),
)

MORE: tuple[tuple[str, tuple[CallField, ...]], ...] = (
    (
        "The vessel, further",
        (
            _f(
                "vessels/0/flag_claimed",
                "Nationality claimed",
                "Which flag does she claim?",
                hint="Name of the State or two letters",
            ),
            _f("vessels/0/claimed_how", "How it is claimed", "How was it claimed?", "choice", HOW_CLAIMED),
            _f("vessels/0/claimed_by", "Claimed by", "Who said so?", hint="Such as: master, by voice"),
            _f("vessels/0/flag_flown", "Flag flown", "Which flag is she flying?"),
            _f("vessels/0/registration_number", "Registration number", "What is the registration number?"),
            _f("vessels/0/imo", "IMO number", "What is the IMO number?", mode="numeric"),
            _f("vessels/0/mmsi", "MMSI", "What is the MMSI?", mode="numeric"),
            _f("vessels/0/call_sign", "Call sign", "What is the call sign?"),
            _f("vessels/0/hull_mark", "Number or mark on the hull", "What number is on the bow?"),
            _f("vessels/0/former_name", "Former name", "Does she have a former name?"),
            _f("vessels/0/homeport", "Home port", "What home port is on the stern?"),
            _f("vessels/0/type", "Type", "What type of vessel is she?"),
            _f("vessels/0/length", "Length", "How long is she?", hint="With its unit: 12 m, 40 ft"),
            _f(
                "vessels/0/description",
                "Description",
                "Please describe hull, colour, superstructure, engines and cargo.",
                "area",
            ),
            _f("vessels/0/persons_on_board", "Persons on board", "How many persons are on board?"),
            _f(
                "told/master",
                "Master or person in charge",
                "Who is in charge? What did he say, in which language?",
            ),
            _f(
                "told/persons",
                "Names and nationalities aboard",
                "Do you know names and nationalities?",
                "area",
            ),
            _f("told/owner", "Owner, operator", "Who owns and operates her?"),
        ),
    ),
    (
        "Where she is",
        (
            _f(
                "vessels/0/position",
                "Position",
                "What is her position, and at what time?",
                hint="As told: 14°03.5'N 074°22.1'W",
            ),
            _f("told/position_time", "Time and source of the position", "At what time? From what source?"),
            _f("told/course_speed", "Course and speed", "What course and speed?"),
            _f(
                "exchange/zone",
                "Waters",
                "In whose waters is she?",
                "choice",
                tuple((z, z.replace("_", " ").capitalize()) for z in ZONES),
            ),
            _f("vessels/0/last_port", "Last port", "What was her last port?"),
            _f("vessels/0/next_port", "Next port and time of arrival", "What is her next port?"),
        ),
    ),
    (
        "Why, and what then",
        (
            _f(
                "exchange/offences",
                "Offences suspected",
                "Of what is she suspected?",
                "ticks",
                tuple((o, o.replace("_", " ").capitalize()) for o in OFFENCES),
            ),
            _f("told/grounds", "Grounds for suspicion", "What are your grounds? Facts, please.", "area"),
            _f("told/caveat", "Caveat on the grounds", "May we pass the grounds on?"),
            _f("told/intended_action", "Intended action", "What do you intend to do?", "area"),
            _f(
                "told/afterwards",
                "Afterwards: persons, drugs, vessel, port",
                "What is to happen with persons, cargo and vessel?",
                "area",
            ),
            _f(
                "told/operational",
                "Operational limit",
                "When does she leave the area? Fuel, weather?",
                hint="The true deadline: when the vessel leaves the zone",
            ),
            _f("told/force", "Expected use of force, safety", "Do you expect to use force?"),
            _f(
                "told/assurance",
                "Like treatment of their own ships",
                "Would your authority act likewise on a ship of its own? (CETS 156 art. 21(d))",
            ),
        ),
    ),
    (
        "The caller, further",
        (
            _f("exchange/their_reference", "Their reference", "What is your reference?"),
            _f("caller/post", "Post or rank", "What is your post?"),
            _f("told/call_back", "Second number, day and night", "Is there a second number?", mode="tel"),
            _f(
                "caller/email",
                "Mail address",
                "To which mail address?",
                hint="The answer goes to the directory's",
            ),
            _f("told/investigating", "Investigating authority", "Who investigates?"),
            _f("told/unit", "Unit at sea and its status", "Which unit is on scene? Is she a warship?"),
            _f("told/handling", "Handling, caveats", "How may this be handled?"),
            _f("told/earlier", "Earlier requests on this vessel", "Have you asked about her before?"),
            _f("told/attachments", "Photographs or papers to follow", "Will you send photographs or papers?"),
            _f("told/language", "Language of the call"),
            _f("told/interpreter", "Interpreter: name, by whom provided"),
            _f("told/line_quality", "Quality of the line"),
        ),
    ),
    (
        "A second vessel",
        (
            _f("vessels/1/name", "Name of the second vessel", "What is the name of the second vessel?"),
            _f("vessels/1/flag_claimed", "Nationality she claims", "Which flag does she claim?"),
            _f("vessels/1/description", "Description", "Please describe her.", "area"),
            _f(
                "second_measures",
                "Asked for the second vessel",
                "What do you ask for the second vessel?",
                "ticks",
                FIRST_MEASURES,
                hint="None ticked: what is asked above is asked for both",
            ),
        ),
    ),
)

TOLD_LABELS = {f.name: f.label for _, group in MORE for f in group if f.name.startswith("told/")}
"""Fields without a place of their own in the record: kept, with their label, as paragraphs of the ask's words."""

ALL_FIELDS: tuple[CallField, ...] = (
    *(f for _, group in FIRST for f in group),
    *BASIS,
    *(f for _, group in MORE for f in group),
)
LABELS: Mapping[str, str] = {
    **{f.name: f.label for f in ALL_FIELDS},
    "exchange/measures": "What is asked",
    "call_began_at": "Call began",
    "call_began_earlier": "Call began at",
    "channel": "Way",
}
