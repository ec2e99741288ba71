"""A case as JSON, for ``GET /cases/{ref}`` and for exports. Erased values become ``{"erased": "<digest>"}``.

Clocks and alerts are added by whoever knows how they are shown; this knows the record alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.answer_states import answers_to, counts, written_confirmation
from cna_service.cases.labels import case_label, exchange_label, item_state, latest, value_of
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Conveyance, Exchange, Fact, Item, Vessel
from cna_service.cases.record_transcripts import TranscribedEntry
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Entry, Erased


def plain(value: object) -> Any:
    """Any value of a record or an entry in JSON's own types."""
    if isinstance(value, Erased):
        return {"erased": value.digest}
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, ToldInstant):
        return value.as_json()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(plain(v) for v in value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def case_json(record: CaseRecord) -> dict[str, Any]:
    """The folded record; every part names the entry it comes from (``seq``).

    A part that was typed in from paper says so: ``recorded_at`` is when the desk had it, ``written_at`` what the paper
    says, by which its clocks ran (desk-rules 11.2).
    """
    told = _case_json(record)
    typed = {t.seq: t for t in record.transcripts.transcribed}
    if typed:
        met: set[int] = set()
        told = _marked(told, typed, met)
        told["transcribed"] = [t for t in told["transcribed"] if t["seq"] in met]
    return told


def _marked(told: Any, typed: Mapping[int, TranscribedEntry], met: set[int]) -> Any:
    if isinstance(told, list):
        return [_marked(each, typed, met) for each in told]
    if not isinstance(told, dict):
        return told
    marked = {k: v if k == "transcribed" else _marked(v, typed, met) for k, v in told.items()}
    found = typed.get(told["seq"]) if isinstance(told.get("seq"), int) else None
    if found is None or "ref" in told:
        return marked
    met.add(found.seq)
    page = {} if found.page is None else {"page": found.page}
    return {
        **marked,
        "recorded_at": to_text(found.recorded_at),
        "written_at": to_text(found.written_at),
        "transcribed": {"period": found.period, **page},
    }


def _case_json(record: CaseRecord) -> dict[str, Any]:
    return {
        "ref": record.ref,
        "seq": record.seq,
        "leaf": record.leaf,
        "label": case_label(record),
        "exercise": record.is_exercise,
        "as_exercise": record.as_exercise,
        "opened_at": plain(record.opened_at),
        "opened_by": plain(record.opened_by) or None,
        "changed_at": plain(record.changed_at),
        "is_closed": record.is_closed,
        "is_to_be_read": record.is_to_be_read,
        "vessels": [_vessel(v) for v in record.vessels],
        "exchanges": [_exchange(record, e) for e in record.exchanges],
        "submissions": plain(record.submissions),
        "communications": plain(record.communications),
        "searches": plain(record.searches),
        "events": plain(record.events),
        "notes": plain(record.notes),
        "documents": plain(record.documents),
        "links": plain(record.links),
        **_parts(record),
    }


def _parts(record: CaseRecord) -> dict[str, Any]:
    """The further parts of a case, each of their fields under its own name."""
    parts = (
        record.dealings,
        record.deciding,
        record.law,
        record.sea,
        record.papers,
        record.transcripts,
        record.outside,
    )
    return {name: value for part in parts for name, value in plain(part).items()}


def _vessel(vessel: Vessel) -> dict[str, Any]:
    name = vessel.label if vessel.values("name") else None
    return {"vessel": vessel.n, "name": name, "facts": [_fact(f) for f in vessel.facts]}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "field": fact.field,
        "value": plain(fact.value),
        "source": plain(fact.source),
        "how": fact.how,
        "words": plain(fact.words),
        "happened_at": plain(fact.happened_at),
        **({"attachments": plain(fact.attachments)} if fact.attachments else {}),
        "recorded_at": to_text(fact.recorded_at),
        "seq": fact.seq,
    }


def _exchange(record: CaseRecord, exchange: Exchange) -> dict[str, Any]:
    mark = exchange.acknowledgement
    return {
        "exchange": exchange.n,
        "seq": exchange.seq,
        "label": exchange_label(record, exchange),
        "direction": exchange.direction,
        "kind": exchange.kind,
        "state": exchange.state,
        "authority": exchange.authority,
        "authority_name": exchange.authority_name or None,
        "their_reference": exchange.their_reference,
        "form": exchange.form,
        "channel": exchange.channel,
        "at": to_text(exchange.at),
        "offences": list(exchange.offences),
        "provisions": list(exchange.bases),
        "basis_told": list(exchange.basis_told),
        "basis_chosen": plain(exchange.chosen),
        "text": plain(exchange.text),
        "standing": exchange.standing or None,
        "standings": plain(exchange.standings),
        "acknowledgement": None
        if mark is None
        else {
            "seq": mark.seq,
            "at": to_text(mark.at),
            "by": plain(mark.by),
            "automatic": mark.automatic,
            "theirs": plain(mark.theirs),
            "words": plain(mark.words),
        },
        "machine_words": plain(exchange.machine_words),
        "written_confirmation": plain(written_confirmation(record, exchange)),
        "distribution": plain(exchange.distribution),
        "items": [_item(record, exchange, i) for i in exchange.items],
        "answers": [_answer(a) for a in exchange.answers],
        "decisions": plain(exchange.decisions),
        "questions": plain(exchange.questions),
        "extensions": plain(exchange.extensions),
        "withdrawn_seq": exchange.withdrawn_seq,
    }


def _item(record: CaseRecord, exchange: Exchange, item: Item) -> dict[str, Any]:
    """``value`` is what was answered, ``state`` also says when a clock ran out on it; the newest answer counts,
    the earlier ones stay in ``answers`` beside it."""
    found = latest(exchange, item)
    return {
        "vessel": item.vessel,
        "measure": item.measure,
        "value": value_of(exchange, item),
        "state": item_state(record, exchange, item),
        "answer": found[0].n if found else None,
        "as_of": to_text(found[0].as_of) if found else None,
        "received_at": to_text(found[0].recorded_at) if found else None,
        "answers": [_beside(a, g) for a, g in reversed(list(answers_to(exchange, item)))],
    }


def _beside(answer: Answer, given: AnswerItem) -> dict[str, Any]:
    """One of the answers to an item, the oldest first: late, changed, contrary and withdrawn ones side by side."""
    return {
        "answer": answer.n,
        "seq": answer.seq,
        "value": given.value,
        "form": answer.form,
        "as_of": to_text(answer.as_of),
        "received_at": to_text(answer.recorded_at),
        "late": answer.late,
        "counts": counts(answer, given),
        "withdrawn_at": plain(answer.withdrawal["recorded_at"]) if answer.withdrawal else None,
        "to_closed_case": answer.to_closed_case,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.n,
        "seq": answer.seq,
        "leaf": answer.leaf,
        "ours": answer.ours,
        "form": answer.form,
        "as_of": to_text(answer.as_of),
        "received_at": to_text(answer.recorded_at),
        "happened_at": plain(answer.happened_at),
        "by": plain(answer.by),
        "actor": plain(answer.actor),
        "basis": plain(answer.basis),
        "items": [_given(i) for i in answer.items],
        "words": plain(answer.words),
        "register": plain(answer.register),
        "register_reason": plain(answer.register_reason),
        "reason_sent": plain(answer.reason_sent),
        "late": answer.late,
        "decision": answer.decision,
        "rests_on": plain(answer.rests_on),
        "to_closed_case": answer.to_closed_case,
        "checked": plain(answer.checked),
        "not_counted": plain(answer.not_counted),
        "override_reason": plain(answer.override_reason),
        "listed_by": plain(answer.listed_by),
        "confirms": answer.confirms,
        "differs": plain(answer.differs),
        "readings": plain(answer.readings),
        "withdrawal": plain(answer.withdrawal),
        "notices": plain(answer.notices),
        "conveyed_at": plain(answer.conveyed_at),
        "conveyances": [_conveyance(c) for c in answer.conveyances],
    }


def _given(item: AnswerItem) -> dict[str, Any]:
    return {
        "vessel": item.vessel,
        "measure": item.measure,
        "value": item.value,
        "conditions": plain(item.conditions),
        **({"condition_items": plain(item.condition_items)} if item.condition_items else {}),
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "words": plain(item.words),
    }


def _conveyance(conveyance: Conveyance) -> dict[str, Any]:
    return {
        "conveyance": conveyance.n,
        "seq": conveyance.seq,
        "form": conveyance.form,
        "channel": conveyance.channel,
        "complete": conveyance.complete,
        "state": conveyance.state or None,
        "at": to_text(conveyance.recorded_at),
        "to": plain(conveyance.to) or None,
        "confirmed_at": plain(conveyance.confirmed_at),
        "confirmed_by": plain(conveyance.confirmed_by) or None,
    }


def entry_json(entry: Entry, *, index: int | None, seal: str) -> dict[str, Any]:
    """A line of ``GET /cases/{ref}/entries``; ``body`` is opened with what is still there."""
    return {
        "stream": entry.stream,
        "seq": entry.seq,
        "type": entry.type,
        "v": entry.v,
        "id": entry.id,
        "happened_at": plain(entry.happened_at),
        "told_at": plain(entry.told_at),
        "recorded_at": to_text(entry.recorded_at),
        "actor": plain(entry.actor),
        "basis": plain(entry.basis),
        "seen": entry.seen,
        "body": plain(entry.body),
        "leaf": entry.leaf,
        "prev": entry.prev,
        "index": index,
        "seal": seal,
    }
