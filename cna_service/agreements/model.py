"""The shapes of the catalogue: agreement, provision, limit, silence, election. Frozen; made by ``catalogue``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an instrument is. What stands below treaty rank binds practice and may override a treaty's procedure."""

    TREATY = "treaty"
    EXCHANGE_OF_NOTES = "exchange of notes"
    ARRANGEMENT = "arrangement"
    PROTOCOL = "protocol"
    RESOLUTION = "resolution"
    STATUTE = "statute"
    PRACTICE = "practice"


class Form(StrEnum):
    """The form in which a provision wants a request, or an answer, to be made."""

    ORAL = "oral"
    WRITTEN = "written"
    EITHER = "either"


class Unit(StrEnum):
    HOURS = "h"
    DAYS = "d"
    WORKING_DAYS = "working_d"
    NONE = "none"


class Start(StrEnum):
    """The event at which a limit begins to run. ``not_said``: the text gives a limit and no beginning."""

    RECEIPT = "receipt"
    ACKNOWLEDGMENT = "acknowledgment"
    ORAL_RECEIPT = "oral_receipt"
    NOTIFICATION = "notification"
    EVIDENCE_SUMMARY = "evidence_summary"
    NOT_SAID = "not_said"


class Silence(StrEnum):
    """What follows when the time runs out without an answer."""

    NO_AUTHORITY = "no_authority"
    DEEMED_GRANT = "deemed_grant"
    DEEMED_WAIVER = "deemed_waiver"
    REMAIN_ABOARD = "remain_aboard"
    STANDING = "standing"
    NOTHING = "nothing"
    NOT_STATED = "not_stated"
    BY_ELECTION = "by_election"
    NOT_READ = "not_read"


EFFECTIVE = frozenset({Silence.DEEMED_GRANT, Silence.DEEMED_WAIVER, Silence.REMAIN_ABOARD})
"""Silence that changes what a State may do. After all others nothing follows from expiry."""


class Neither(StrEnum):
    """Whether "can neither confirm nor deny" counts as an answer or as silence."""

    AS_ANSWER = "as_answer"
    AS_SILENCE = "as_silence"
    NOT_READ = "not_read"


class Needs(StrEnum):
    """What stops a clock: an answer to each of its measures, or any one answer to the request."""

    EACH_MEASURE = "each_measure"
    ONE_ANSWER = "one_answer"


class Direction(StrEnum):
    TO_FLAG_STATE = "to_flag_state"
    TO_COASTAL_STATE = "to_coastal_state"
    BY_FLAG_STATE = "by_flag_state"
    NO_REQUEST = "no_request"


class Reading(StrEnum):
    """``sourced``: its text was read at the place named. ``unread``: it exists; its terms are not known here."""

    SOURCED = "sourced"
    UNREAD = "unread"


class Change(StrEnum):
    """Why what the desk holds of the law differs from before (desk-rules 10.2)."""

    AMENDMENT = "amendment"
    LATE_NOTICE = "late_notice"
    CORRECTION = "correction"


class Window(StrEnum):
    """When an election may be notified."""

    UPON_JOINING = "upon_joining"
    ANY_TIME = "any_time"


class Parties(StrEnum):
    """Which States must take part for a basis without an answer."""

    BOTH = "both"
    REQUESTING = "requesting"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text was read: a short key, the place, the articles, the day it was entered here (ISO date)."""

    key: str
    where: str
    entered: str
    confidence: str = "A"

    def as_json(self) -> dict[str, str]:
        return {"key": self.key, "where": self.where, "entered": self.entered, "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its unit, or no number and only words ("expeditiously"); ``qualifier`` as the text has it."""

    value: int | None = None
    unit: Unit = Unit.NONE
    qualifier: str | None = None

    @property
    def has_number(self) -> bool:
        return self.value is not None and self.unit is not Unit.NONE

    @property
    def iso(self) -> str | None:
        """ISO 8601 duration: ``PT4H``, ``P14D``; working days are ``P3D`` and need the unit beside them."""
        if not self.has_number:
            return None
        return f"PT{self.value}H" if self.unit is Unit.HOURS else f"P{self.value}D"

    @property
    def words(self) -> str:
        names = {Unit.HOURS: "h", Unit.DAYS: "days", Unit.WORKING_DAYS: "working days"}
        number = f"{self.value} {names[self.unit]}" if self.has_number else "no number"
        return f"{number}, {self.qualifier}" if self.qualifier else number

    def as_json(self) -> dict[str, object]:
        return {"value": self.value, "unit": self.unit.value, "qualifier": self.qualifier}


@dataclass(frozen=True, slots=True)
class RequiredField:
    """One thing that the provision wants in a request.

    ``field`` is the path in a submission (``vessels/*/positions``: of every vessel); ``any_of`` further fields
    that satisfy it as well; ``contains`` a value that must be in the list at ``field``.
    """

    field: str
    wanted_by: str
    words: str
    any_of: tuple[str, ...] = ()
    contains: str | None = None
    if_possible: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """Something owed besides the answer, such as a report: to whom it is owed, by when in the text's words."""

    owes: str
    when: str
    words: str
    article: str


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """What silence means under one provision; ``scope``: the measures that a deemed grant or waiver covers."""

    code: Silence
    words: str
    scope: tuple[str, ...] = ()

    @property
    def effect(self) -> str:
        """``none``, or the code of what the provision says follows (always for a named officer to record)."""
        return self.code.value if self.code in EFFECTIVE else "none"


@dataclass(frozen=True, slots=True)
class NeitherRule:
    code: Neither
    words: str


@dataclass(frozen=True, slots=True)
class StopRule:
    """Which answers stop the clock: their form (CETS 156 art. 19(1): written only) and how many.

    ``also``: measures beside the clock's own whose answer stops it. The four hours of SUA 8bis(5)(d) and San José
    16(3) concern boarding, and are broken by a response to the question of *nationality*.
    """

    form: Form = Form.EITHER
    needs: Needs = Needs.EACH_MEASURE
    also: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"form": self.form.value, "needs": self.needs.value, "also": list(self.also)}


@dataclass(frozen=True, slots=True)
class Provision:
    """One rule of one instrument. ``text`` is a working summary; the legal adviser reads the depositary's text.

    ``further_steps``: what needs fresh leave after a grant. ``restarts_by_question``: the limit begins anew when the
    State asked puts a question. ``calendar_words``: whose working days are counted, as far as the text says.
    ``to_read``: what the legal adviser reads before he adopts it, and where.
    ``terms_sha256`` covers everything but the text, ``text_sha256`` the text: an adoption is bound to both.
    """

    id: str
    agreement: str
    article: str
    title: str
    functions: tuple[str, ...]
    measures: tuple[str, ...]
    offences: tuple[str, ...]
    zones: tuple[str, ...]
    direction: Direction
    form: Form
    form_words: str
    written_confirmation: bool
    acknowledge: str | None
    limit: Limit
    start: Start
    silence: SilenceRule
    neither: NeitherRule
    stops_by: StopRule
    answers: tuple[str, ...]
    conditions: tuple[str, ...]
    duties: tuple[Duty, ...]
    required: tuple[RequiredField, ...]
    content: tuple[str, ...]
    see: tuple[str, ...]
    requires_election: bool
    reading: Reading
    source: Source
    text: str
    further_steps: str | None = None
    restarts_by_question: bool = False
    calendar_words: str | None = None
    to_read: str = ""
    terms_sha256: str = ""
    text_sha256: str = ""

    @property
    def is_sourced(self) -> bool:
        return self.reading is Reading.SOURCED


@dataclass(frozen=True, slots=True)
class ElectionOption:
    """One thing that a State may choose: the provision that then applies to it, and when it may say so."""

    provision: str
    windows: tuple[Window, ...]
    withdrawable: bool
    replaces_default: bool = True


@dataclass(frozen=True, slots=True)
class ElectionRule:
    """A choice that an instrument leaves to each Party. ``default`` applies where nothing was notified."""

    id: str
    agreement: str
    title: str
    default: str
    options: tuple[ElectionOption, ...]

    def option(self, provision: str) -> ElectionOption | None:
        return next((o for o in self.options if o.provision == provision), None)

    @property
    def provisions(self) -> tuple[str, ...]:
        return (self.default, *(o.provision for o in self.options))


@dataclass(frozen=True, slots=True)
class Fallback:
    """What may be done without an answer: what it allows, what it does not, who must decide it.

    ``elections``: only where the requested State has one of these provisions in force; ``parties``: which of the
    two States must take part in the instrument; ``grounds``: the suspicions on one of which alone it rests.
    """

    code: str
    article: str
    allows: str
    not_allows: str
    decides: str
    source: Source
    parties: Parties = Parties.BOTH
    offences: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    elections: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A lower instrument changes the procedure of a treaty's provision, from/to, between those who take part in it.

    ``provision`` is the treaty's, ``by`` the one that governs practice meanwhile; days as ISO texts.
    """

    provision: str
    by: str
    valid_from: str | None
    valid_to: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Revision:
    """What an edit of the file was, said by who made it: one line for each (desk-rules 10.2)."""

    day: str
    change: Change
    words: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One instrument. ``parties_closed``: where a complete list of Parties was read (a State not noted is then
    not a Party); None: a State not noted is *not established*. ``parties``: the only States it can concern, where
    they are named in its title; others never see it. ``binds_all``: needs no participation. Days are ISO texts;
    ``valid_to`` is the day from which it is no longer in force. ``remarks``: conflicts between sources, and more."""

    id: str
    title: str
    short: str
    kind: Kind
    names: tuple[str, ...]
    parties: tuple[str, ...]
    series: str | None
    signed: str | None
    provisional_from: str | None
    in_force: str | None
    valid_to: str | None
    area: str | None
    to_read: str
    remarks: str
    exercise: bool
    binds_all: bool
    parties_closed: Source | None
    source: Source
    provisions: tuple[Provision, ...]
    elections: tuple[ElectionRule, ...]
    fallbacks: tuple[Fallback, ...]
    participations: tuple[Mapping[str, object], ...]
    election_facts: tuple[Mapping[str, object], ...]
    declarations: tuple[Mapping[str, object], ...]
    overrides: tuple[Override, ...]
    revisions: tuple[Revision, ...]
    file: str
    file_sha256: str

    @property
    def is_from_memory(self) -> bool:
        """Whether even that it exists rests on memory alone."""
        return self.source.confidence == "MEM"

    @property
    def dates(self) -> str:
        """Signed, applied provisionally, in force, ended: what is known of them, in words."""
        known = (
            ("signed", self.signed),
            ("applied provisionally from", self.provisional_from),
            ("in force from", self.in_force),
            ("ended", self.valid_to),
        )
        return ", ".join(f"{words} {day}" for words, day in known if day) or "dates not read"
