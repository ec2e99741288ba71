"""Reading the tables of one instrument's file into :class:`Agreement`, :class:`Provision` and their parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from hashlib import sha256

from cna_service.agreements.measures import (
    FUNCTIONS,
    MEASURE_ANSWERS,
    MEASURES,
    NON_PARTY_SEA,
    OFFENCES,
    REGISTRY_ANSWERS,
    ZONES,
)
from cna_service.agreements.model import (
    Agreement,
    Change,
    Direction,
    Duty,
    ElectionOption,
    ElectionRule,
    Fallback,
    Form,
    Kind,
    Limit,
    Needs,
    Neither,
    NeitherRule,
    Override,
    Parties,
    Provision,
    Reading,
    RequiredField,
    Revision,
    Silence,
    SilenceRule,
    Source,
    Start,
    StopRule,
    Unit,
    Window,
)
from cna_service.agreements.reading import Table
from cna_service.kit import canonical

PARTICIPATION = ("party", "provisional", "signed", "not_party")
"""``signed``: signed or ratified by the State, and whether it is in force was not read."""

_ZONES = (*ZONES, NON_PARTY_SEA)
_ANSWERS = (*REGISTRY_ANSWERS, *MEASURE_ANSWERS)


def read_agreement(file: Table, name: str, content: bytes) -> Agreement:
    """One instrument from its file; faults go to ``file.problems``. ``name`` is the file's, for messages."""
    agreement = file.text("id")
    source = _source(file.table("source"))
    closed = _source(file.table("parties_closed")) if "parties_closed" in file else None
    to_read = file.text("to_read", "")
    made = Agreement(
        id=agreement,
        title=file.text("title"),
        short=file.text("short"),
        kind=file.one_of("kind", Kind),
        names=file.texts("names"),
        parties=file.texts("parties"),
        series=file.optional("series"),
        signed=file.day("signed"),
        provisional_from=file.day("provisional_from"),
        in_force=file.day("in_force"),
        valid_to=file.day("to"),
        area=file.optional("area"),
        to_read=to_read,
        remarks=file.text("remarks", ""),
        exercise=file.flag("exercise"),
        binds_all=file.flag("binds_all"),
        parties_closed=closed,
        source=source,
        provisions=tuple(_provision(t, agreement, source, to_read) for t in file.tables("provision")),
        elections=tuple(_election(t, agreement) for t in file.tables("election")),
        fallbacks=tuple(_fallback(t, source) for t in file.tables("fallback")),
        participations=tuple(
            p for t in file.tables("participation") for p in read_participations(t, agreement)
        ),
        election_facts=tuple(p for t in file.tables("election_fact") for p in read_election_facts(t)),
        declarations=tuple(p for t in file.tables("declaration") for p in read_declarations(t, agreement)),
        overrides=tuple(_override(t) for t in file.tables("override")),
        revisions=tuple(_revision(t) for t in file.tables("revision")),
        file=name,
        file_sha256=sha256(content).hexdigest(),
    )
    file.done()
    return made


def read_participations(table: Table, agreement: str | None = None) -> list[Mapping[str, object]]:
    """Bodies of ``participation.noted``, one for each State of ``states``."""
    states = table.texts("states")
    fact: dict[str, object] = {
        "instrument": agreement or table.text("instrument"),
        "status": table.text("status", "party"),
        "from": table.day("from"),
        "to": table.day("to"),
        "notice": table.optional("notice"),
        "source": table.text("source"),
    }
    if not states:
        table.wrong("states", "names no State", 'write states = ["XX"]')
    if fact["status"] not in PARTICIPATION:
        table.wrong("status", "is not known here", "one of " + ", ".join(sorted(PARTICIPATION)))
    table.done()
    return [{"state": s, **fact} for s in states]


def read_election_facts(table: Table) -> list[Mapping[str, object]]:
    """Bodies of ``election.noted``, one for each State of ``states``."""
    states = table.texts("states")
    fact: dict[str, object] = {
        "election": table.text("election"),
        "option": table.optional("option"),
        "known": table.flag("known", default=True),
        "from": table.day("from"),
        "to": table.day("to"),
        "answer_form": table.optional("answer_form"),
        "notice": table.optional("notice"),
        "source": table.text("source"),
    }
    if fact["known"] and fact["option"] is None:
        table.wrong("option", "is missing", "name the provision chosen, or write known = false")
    table.done()
    return [{"state": s, **fact} for s in states]


def read_declarations(table: Table, agreement: str | None = None) -> list[Mapping[str, object]]:
    """Bodies of ``declaration.noted``, one for each State of ``states``: what it declared, and to which provisions."""
    states = table.texts("states")
    fact: dict[str, object] = {
        "instrument": agreement or table.text("instrument"),
        "provisions": list(table.texts("provisions")),
        "words": table.text("words"),
        "from": table.day("from"),
        "to": table.day("to"),
        "notice": table.optional("notice"),
        "source": table.text("source"),
    }
    if not states:
        table.wrong("states", "names no State", 'write states = ["XX"]')
    table.done()
    return [{"state": s, **fact} for s in states]


def read_suspensions(table: Table) -> list[Mapping[str, object]]:
    """Bodies of ``suspension.noted``, one for each State of ``states``."""
    states = table.texts("states")
    fact: dict[str, object] = {
        "instrument": table.text("instrument"),
        "area": table.text("area"),
        "zones": list(table.texts("zones")),
        "from": table.day("from"),
        "to": table.day("to"),
        "notice": table.optional("notice"),
        "source": table.text("source"),
    }
    if not states:
        table.wrong("states", "names no State", 'write states = ["XX"]')
    table.done()
    return [{"state": s, **fact} for s in states]


def _override(table: Table) -> Override:
    made = Override(
        provision=table.text("provision"),
        by=table.text("by"),
        valid_from=table.day("from"),
        valid_to=table.day("to"),
        words=table.text("words"),
    )
    table.done()
    return made


def _revision(table: Table) -> Revision:
    made = Revision(table.day("day") or "", table.one_of("change", Change), table.text("words"))
    if not made.day:
        table.wrong("day", "is missing", "write the day of the edit")
    table.done()
    return made


def _source(table: Table) -> Source:
    made = Source(
        key=table.text("key"),
        where=table.text("where"),
        entered=table.day("entered") or "",
        confidence=table.text("confidence", "A"),
    )
    if not made.entered:
        table.wrong("entered", "is missing", "write the day on which the text was read into this file")
    table.done()
    return made


def _provision(table: Table, agreement: str, source: Source, to_read: str) -> Provision:
    silence, neither, stops = (table.table(k) for k in ("silence", "neither", "stops_by"))
    limit = table.table("limit")
    made = Provision(
        id=table.text("id"),
        agreement=agreement,
        article=table.text("article"),
        title=table.text("title"),
        functions=table.texts("functions", FUNCTIONS),
        measures=table.texts("measures", MEASURES),
        offences=table.texts("offences", OFFENCES),
        zones=table.texts("zones", _ZONES),
        direction=table.one_of("direction", Direction, Direction.TO_FLAG_STATE),
        form=table.one_of("form", Form, Form.EITHER),
        form_words=table.text("form_words", ""),
        written_confirmation=table.flag("written_confirmation"),
        acknowledge=table.optional("acknowledge"),
        limit=Limit(
            limit.integer("value"), limit.one_of("unit", Unit, Unit.NONE), limit.optional("qualifier")
        ),
        start=table.one_of("start", Start, Start.NOT_SAID),
        silence=SilenceRule(
            silence.one_of("code", Silence, Silence.NOTHING),
            silence.text("words", ""),
            silence.texts("scope", MEASURES),
        ),
        neither=NeitherRule(neither.one_of("code", Neither, Neither.AS_ANSWER), neither.text("words", "")),
        stops_by=StopRule(
            form=stops.one_of("form", Form, Form.EITHER),
            needs=stops.one_of("needs", Needs, Needs.EACH_MEASURE),
            also=stops.texts("also", MEASURES),
        ),
        answers=table.texts("answers", _ANSWERS),
        conditions=table.texts("conditions"),
        duties=tuple(_duty(t) for t in table.tables("duty")),
        required=tuple(_required(t) for t in table.tables("required")),
        content=table.texts("content"),
        see=table.texts("see"),
        requires_election=table.flag("requires_election"),
        reading=table.one_of("reading", Reading, Reading.SOURCED),
        source=source if "source" not in table else _source(table.table("source")),
        text=table.text("text"),
        further_steps=table.optional("further_steps"),
        restarts_by_question=table.flag("restarts_by_question"),
        calendar_words=table.optional("calendar"),
        to_read=table.text("to_read", to_read),
    )
    for each in (limit, silence, neither, stops, table):
        each.done()
    _check(table, made)
    return fingerprinted(made)


def _check(table: Table, made: Provision) -> None:
    if made.limit.has_number and made.start is Start.NOT_SAID and "start" not in table:
        table.wrong("start", "is missing", 'say when the limit begins, or start = "not_said"')
    if (made.limit.value is None) != (made.limit.unit is Unit.NONE):
        table.wrong(
            "limit", "has a number without a unit, or a unit without a number", "write both or neither"
        )
    if made.silence.code in (Silence.DEEMED_GRANT, Silence.DEEMED_WAIVER) and not made.silence.scope:
        table.wrong("silence/scope", "is missing", "name the measures that silence grants or waives")
    if set(made.silence.scope) - set(made.measures):
        table.wrong(
            "silence/scope", "goes beyond the measures of the provision", "take out what is not among them"
        )
    read = made.silence.code is not Silence.NOT_READ or made.neither.code is not Neither.NOT_READ
    if not made.is_sourced and (made.limit.has_number or read):
        table.wrong(
            "reading", "an unread text states no limit and no silence", "leave both out until it was read"
        )


def fingerprinted(provision: Provision) -> Provision:
    """The provision with the hash of its terms and of its text (SHA-256 over canonical JSON, and over UTF-8)."""
    terms = canonical.encode(_terms(provision))
    return replace(
        provision,
        terms_sha256=sha256(terms).hexdigest(),
        text_sha256=sha256(provision.text.encode()).hexdigest(),
    )


def _terms(value: object) -> object:
    """Dataclasses as JSON, without the text and the hashes themselves."""
    if isinstance(value, tuple):
        return [_terms(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        names = (f.name for f in fields(value))  # type: ignore[arg-type]
        return {n: _terms(getattr(value, n)) for n in names if n not in _NOT_TERMS}
    return value


_NOT_TERMS = frozenset({"text", "to_read", "terms_sha256", "text_sha256"})


def _duty(table: Table) -> Duty:
    made = Duty(*(table.text(k) for k in ("owes", "when", "words", "article")))
    table.done()
    return made


def _required(table: Table) -> RequiredField:
    made = RequiredField(
        field=table.text("field"),
        wanted_by=table.text("wanted_by"),
        words=table.text("words"),
        any_of=table.texts("any_of"),
        contains=table.optional("contains"),
        if_possible=table.flag("if_possible"),
    )
    table.done()
    return made


def _election(table: Table, agreement: str) -> ElectionRule:
    made = ElectionRule(
        id=table.text("id"),
        agreement=agreement,
        title=table.text("title"),
        default=table.text("default"),
        options=tuple(_option(t) for t in table.tables("option")),
    )
    table.done()
    return made


def _option(table: Table) -> ElectionOption:
    windows = tuple(Window(w) for w in table.texts("windows", Window) if w in set(Window))
    made = ElectionOption(
        table.text("provision"),
        windows,
        table.flag("withdrawable"),
        table.flag("replaces_default", default=True),
    )
    table.done()
    return made


def _fallback(table: Table, source: Source) -> Fallback:
    made = Fallback(
        code=table.text("code"),
        article=table.text("article"),
        allows=table.text("allows"),
        not_allows=table.text("not_allows"),
        decides=table.text("decides"),
        source=source,
        parties=table.one_of("parties", Parties, Parties.BOTH),
        offences=table.texts("offences", OFFENCES),
        zones=table.texts("zones", _ZONES),
        elections=table.texts("elections"),
        grounds=table.texts("grounds", OFFENCES),
    )
    table.done()
    return made
