"""From a row of the rule card to the terms of a clock, and the card as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cna_service.agreements.applies import Choice
from cna_service.agreements.card import NOT_READ, Applies, CardRow, RuleCard
from cna_service.agreements.model import Agreement, Form, Provision, Start, StopRule, Unit
from cna_service.agreements.terms import ClockKind, ClockTerms, WaitsFor, WorkingCalendar
from cna_service.kit.instants import to_text

_WAITS = {
    Start.ACKNOWLEDGMENT: WaitsFor.ACKNOWLEDGEMENT,
    Start.EVIDENCE_SUMMARY: WaitsFor.EVIDENCE_SUMMARY,
    Start.NOTIFICATION: WaitsFor.NOTIFICATION,
}


def clock_terms(row: CardRow, calendar: WorkingCalendar | None = None) -> ClockTerms | None:
    """The terms that a clock under this row is armed with; None where it arms none (``row.no_clock_because``).

    *Legal* only if the provision is adopted, both States take part by adopted facts, an election that it needs is
    in force and adopted, and the text says when the limit begins; otherwise *claimed*, with the reason in ``why``.
    ``calendar`` counts working days; default Monday to Friday in UTC.
    """
    provision = row.provision
    if row.applies is Applies.NO or row.no_clock_because is not None or not provision.limit.has_number:
        return None
    why = _not_legal_because(row)
    return ClockTerms(
        kind=ClockKind.LEGAL if why is None else ClockKind.CLAIMED,
        measures=row.measures,
        starts=provision.start.value,
        waits_for=_waits_for(row),
        limit=provision.limit,
        silence=provision.silence,
        neither=provision.neither,
        stops_by=_stops_by(row),
        provision=provision.id,
        agreement=row.agreement.id,
        agreement_title=row.agreement.title,
        article=provision.article,
        calendar=(calendar or WorkingCalendar()) if provision.limit.unit is Unit.WORKING_DAYS else None,
        source=provision.source.as_json(),
        adopted=row.adopted,
        election=row.election.entry,
        terms_sha256=provision.terms_sha256,
        text_sha256=provision.text_sha256,
        file_sha256=row.agreement.file_sha256,
        why=why,
        restarts_by_question=provision.restarts_by_question,
    )


def _not_legal_because(row: CardRow) -> str | None:
    if row.applies is Applies.MIGHT:
        return row.notes[0]
    if row.adopted is None:
        return f"{row.provision.id} is not adopted by this authority"
    for each in (row.requested, row.requesting):
        if not each.is_adopted:
            return f"that {each.words} is not adopted by this authority"
    if row.election.status is Choice.IN_FORCE and not row.election.is_adopted:
        return f"the election, {row.election.words}, is not adopted by this authority"
    if row.provision.start is Start.NOT_SAID:
        return f"art. {row.provision.article} does not say when its limit begins; counted from receipt"
    return None


def _waits_for(row: CardRow) -> WaitsFor | None:
    """What must still happen: the start event, or the form that the provision wants and nobody stated yet."""
    start, form = row.provision.start, row.form
    if start is Start.ORAL_RECEIPT:
        return None if form is Form.ORAL else WaitsFor.ORAL_REQUEST
    if start is Start.RECEIPT and row.provision.form is Form.WRITTEN and form is None:
        return WaitsFor.WRITING
    return _WAITS.get(start)


def _stops_by(row: CardRow) -> StopRule:
    """The provision's rule; a State that wants writing for the consent itself narrows it (Belize, pitfall 20)."""
    asked = row.election.answer_form
    return row.provision.stops_by if asked is None else replace(row.provision.stops_by, form=asked)


ASSURANCE = "assurance_like_treatment"


def limit_words(provision: Provision) -> str:
    """The limit in words; of a text that was not read, that and nothing else."""
    return provision.limit.words if provision.is_sourced else NOT_READ


def instrument_json(agreement: Agreement) -> dict[str, Any]:
    """What an instrument is: kind, dates, number, whose; ``from_memory``: nothing of it was read."""
    return {
        "kind": agreement.kind.value,
        "parties": list(agreement.parties),
        "series": agreement.series,
        "signed": agreement.signed,
        "provisional_from": agreement.provisional_from,
        "in_force": agreement.in_force,
        "to": agreement.valid_to,
        "from_memory": agreement.is_from_memory,
        "remarks": agreement.remarks or None,
    }


def row_json(row: CardRow) -> dict[str, Any]:
    provision, clock = row.provision, clock_terms(row)
    return {
        "provision": provision.id,
        "agreement": row.agreement.id,
        "agreement_title": row.agreement.title,
        "instrument": instrument_json(row.agreement),
        "article": provision.article,
        "title": provision.title,
        "applies": row.applies.value,
        "overridden_by": row.overridden_by,
        "direction": provision.direction.value,
        "functions": list(provision.functions),
        "measures": list(row.measures),
        "requesting": row.requesting.as_json(),
        "requested": row.requested.as_json(),
        "election": row.election.as_json(),
        "reading": provision.reading.value,
        "adopted": row.adopted,
        "form": provision.form.value,
        "written_confirmation": provision.written_confirmation,
        "acknowledge": provision.acknowledge,
        "limit": {"iso": provision.limit.iso, "words": limit_words(provision), **provision.limit.as_json()},
        "calendar": provision.calendar_words,
        "restarts_by_question": provision.restarts_by_question,
        "starts": provision.start.value if provision.limit.has_number else None,
        "silence": {
            "code": provision.silence.code.value,
            "words": provision.silence.words,
            "scope": list(provision.silence.scope),
        },
        "neither": {"code": provision.neither.code.value, "words": provision.neither.words},
        "answers": list(provision.answers),
        "conditions": list(provision.conditions),
        "further_steps": provision.further_steps,
        "assurance": any(w.field == ASSURANCE for w in row.wants),
        "declarations": [
            {"state": d.state, "words": d.words, "source": d.source, "adopted": d.adopted}
            for d in row.declarations
        ],
        "duties": [
            {"owes": d.owes, "when": d.when, "words": d.words, "article": d.article} for d in provision.duties
        ],
        "wants": [
            {"field": w.field, "wanted_by": w.wanted_by, "words": w.words, "if_possible": w.if_possible}
            for w in row.wants
        ],
        "clock": None if clock is None else clock.to_json(),
        "no_clock_because": row.no_clock_because,
        "notes": list(row.notes),
        "text": provision.text,
        "source": provision.source.as_json(),
        "to_read": provision.to_read or None,
        "terms_sha256": provision.terms_sha256,
        "text_sha256": provision.text_sha256,
    }


def _brief(row: CardRow) -> dict[str, Any]:
    return {
        "provision": row.provision.id,
        "agreement": row.agreement.id,
        "agreement_title": row.agreement.title,
        "article": row.provision.article,
        "title": row.provision.title,
        "applies": row.applies.value,
        "requesting": row.requesting.as_json(),
        "requested": row.requested.as_json(),
        "election": row.election.as_json(),
        "no_clock_because": row.no_clock_because,
    }


def card_json(card: RuleCard) -> dict[str, Any]:
    """The body of ``GET /rules``."""
    return {
        "requesting": card.requesting,
        "requested": card.requested,
        "at": to_text(card.at),
        "known_at": None if card.known_at is None else to_text(card.known_at),
        "rows": [row_json(r) for r in card.rows],
        "not_applicable": [_brief(r) for r in card.not_applicable],
        "without_an_answer": [w.as_json() for w in card.without_an_answer],
    }
