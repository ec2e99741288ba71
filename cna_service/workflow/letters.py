"""From the record of a case to what a document is made from. Documents are made from entries, from nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.cases.labels import item_state, latest
from cna_service.cases.record import Answer, CaseRecord, Exchange, Vessel
from cna_service.directory.model import Authority
from cna_service.documents.model import (
    AnsweredItem,
    AuthorityLine,
    BasisLine,
    Form,
    IdentifierLine,
    OfficialLine,
    RegisterStatement,
    VesselLine,
    WrittenAnswer,
)
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger.entry import Erased
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

_IDENTIFIERS = {
    "imo": "IMO number",
    "mmsi": "MMSI",
    "call_sign": "call sign",
    "registration_number": "registration number",
    "hull_mark": "hull mark",
    "homeport": "home port",
    "claim": "nationality claimed",
}


def authority_of(work: Work, exchange: Exchange) -> Authority | None:
    """The other side as the directory lists it now."""
    if exchange.authority is None:
        return None
    return work.of(LISTED, DIRECTORY).authorities.get(exchange.authority)


def letter_head(service: Service, work: Work, exchange: Exchange) -> dict[str, Any]:
    """What every text that leaves the desk carries, for the record as it now stands."""
    desk, record = service.desk, work.case
    listed = authority_of(work, exchange)
    theirs = AuthorityLine(
        state=exchange.state or "",
        name=listed.name if listed else exchange.authority_name or f"Competent authority of {exchange.state}",
        zone=listed.zone if listed else "UTC",
    )
    return {
        "case": record.ref,
        "exchange": exchange.n,
        "our_reference": record.ref,
        "their_reference": exchange.their_reference,
        "ours": AuthorityLine(desk.state, desk.name, _address(desk.telephone), desk.zone),
        "theirs": theirs,
        "seq": record.seq,
        "leaf": record.leaf,
        "log_origin": desk.log_origin,
        "root20": root20(work, desk.log_origin),
        "sent_at": work.now,
        "exercise": record.is_exercise,
    }


def _address(telephone: str) -> tuple[str, ...]:
    return (f"Telephone {telephone}",) if telephone else ()


def root20(work: Work, origin: str) -> str | None:
    """The first 20 characters of the log's root now (desk-rules 16.1); None while nothing is sealed."""
    head = ledger_queries.newest_root(work.connection, origin)
    return None if head is None else b64encode(head).decode()[:20]


def vessel_lines(record: CaseRecord) -> tuple[VesselLine, ...]:
    return tuple(_vessel_line(v) for v in record.vessels)


def _vessel_line(vessel: Vessel) -> VesselLine:
    taken = {"as_heard": "as heard", "spelt": "spelt", "read_back": "read back and agreed"}
    identifiers = tuple(
        IdentifierLine(_IDENTIFIERS[f.field], str(f.value), taken.get(f.how or ""))
        for f in vessel.facts
        if f.field in _IDENTIFIERS and isinstance(f.value, str)
    )
    described = [str(v) for v in vessel.values("type", "description")]
    return VesselLine(
        vessel.n, tuple(str(v) for v in vessel.values("name")), identifiers, ", ".join(described) or None
    )


def basis_line(record: CaseRecord, exchange: Exchange, answer: Answer | None = None) -> BasisLine | None:
    """The provision an answer rests on; without one, that of the exchange's first clock under a provision."""
    if answer is not None and answer.basis is not None:
        b = answer.basis
        adopted = bool(b.get("adopted"))
        return BasisLine(b["provision"], _article(b.get("article")), b.get("agreement_title", ""), adopted)
    if answer is not None:
        return None
    terms = next(
        (c.terms for c in record.clocks if c.exchange == exchange.n and c.terms.get("provision")), None
    )
    if terms is None:
        return None
    return BasisLine(
        terms["provision"],
        _article(terms.get("article")),
        terms.get("agreement_title") or "",
        bool(terms.get("adopted")),
    )


def written_answer(service: Service, work: Work, exchange: Exchange, answer: Answer) -> WrittenAnswer:
    """Everything one exchange asked, each item with what now stands as its answer."""
    record = work.case
    decided = (
        answer.happened_at.exact if answer.happened_at and answer.happened_at.exact else answer.recorded_at
    )
    return WrittenAnswer(
        **letter_head(service, work, exchange),
        asked_at=exchange.at,
        received_by_channel=exchange.channel,
        vessels=vessel_lines(record),
        items=_items(record, exchange),
        form=Form(answer.form),
        basis=basis_line(record, exchange, answer),
        decided_by=_decided_by(answer),
        delegation=_delegation(answer),
        decided_at=decided,
        register=_register(answer),
        credential_note=_credential_note(answer),
        register_note=_register_note(answer),
        standing_note=None
        if exchange.standing != "unverified"
        else "the requester's standing was not verified",
        reason=_words(answer.reason_sent),
    )


def _delegation(answer: Answer) -> str | None:
    """What the answer rests on, or why it was given without (desk-rules 6.1); both are printed."""
    if answer.rests_on:
        return "; ".join(
            f"{d.get('instrument') or 'written act'} ({d['delegation']}{_as(d)})" for d in answer.rests_on
        )
    if answer.override_reason is not None and answer.ours:
        reason = _words(answer.override_reason) or "(reason erased)"
        return f"none in force at that instant; answered all the same because: {reason}"
    return _words(answer.by.get("delegation"))


def _as(delegation: Mapping[str, Any]) -> str:
    standing = str(delegation.get("as") or "")
    return f", as {standing}" if standing.startswith("deputy") else ""


def _article(number: object) -> str:
    return f"art. {number}" if number else ""


def _decided_by(answer: Answer) -> OfficialLine:
    """Who decided, as recorded; post and office of whoever wrote it down belong to nobody else."""
    by, actor = answer.by, answer.actor
    name = _words(by.get("name"))
    if name is None or name == actor.get("name"):
        by = {"name": actor.get("name"), "post": actor.get("post"), "office": actor.get("office"), **by}
    return OfficialLine(
        _words(by.get("name")) or "",
        _words(by.get("post")),
        _words(by.get("office")),
        _words(by.get("capacity")),
    )


def _items(record: CaseRecord, exchange: Exchange) -> tuple[AnsweredItem, ...]:
    items = []
    asked = [*exchange.items, *_beyond(exchange)]
    for item in asked:
        found = latest(exchange, item)
        given = found[1] if found else None
        vessel = record.vessel(item.vessel)
        conditions = given.conditions if given and not isinstance(given.conditions, Erased) else ()
        items.append(
            AnsweredItem(
                vessel=item.vessel,
                vessel_name=vessel.label if vessel else f"vessel {item.vessel}",
                measure=item.measure,
                value=item_state(record, exchange, item),
                conditions=tuple(str(c) for c in conditions or ()),  # type: ignore[attr-defined]
                valid_from=from_optional(given.valid_from) if given else None,
                valid_to=from_optional(given.valid_to) if given else None,
                words=_words(given.words) if given else None,
            )
        )
    return tuple(items)


def _beyond(exchange: Exchange) -> list[Any]:
    """What was answered though nobody had asked it; it is said too."""
    asked = {(i.vessel, i.measure) for i in exchange.items}
    given = {(g.vessel, g.measure): g for a in exchange.answers for g in a.items}
    return [g for key, g in given.items() if key not in asked]


def _register(answer: Answer) -> tuple[RegisterStatement, ...]:
    """What was looked at for each vessel that the answer speaks of."""
    told = answer.register
    return tuple(_statement(each) for each in (told, *told.get("further", ()))) if told else ()


def _statement(told: Mapping[str, Any]) -> RegisterStatement:
    record = tuple(IdentifierLine(r["kind"], r["value"]) for r in told.get("record", ()))
    return RegisterStatement(
        register=told["register"],
        version=str(told["version"]),
        as_of=_instant(told["as_of"]),
        keys=tuple(told.get("keys", ())),
        vessel=told.get("vessel"),
        # Nothing is found without a person's verdict: what was looked at and dismissed is no record found.
        candidates=0 if told.get("verdict") == "not_found" else told.get("candidates"),
        record=record,
        name_alone_reason=_words(told.get("name_alone_reason")),
    )


def _instant(text: str) -> datetime:
    return from_text(text if "T" in text else f"{text}T00:00:00Z")


def _register_note(answer: Answer) -> str | None:
    """A reason that no statement on the register prints: there was no search that could carry it."""
    return _words(answer.register_reason) if answer.register is None else None


def _credential_note(answer: Answer) -> str | None:
    reset = answer.actor.get("credential_reset")
    return None if not reset else f"credential reset by {reset.get('by')} at {reset.get('at')}"


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
