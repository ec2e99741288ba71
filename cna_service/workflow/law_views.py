"""The catalogue and the law as JSON: instruments, provisions to be read, what changes touched."""

from __future__ import annotations

from typing import Any

from cna_service.agreements.arming import instrument_json, limit_words
from cna_service.agreements.law import LawBook
from cna_service.agreements.model import Agreement
from cna_service.cases.as_json import plain
from cna_service.workflow.law import ProvisionLine, adoption_line, adoption_page
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service


def agreements_json(service: Service) -> list[dict[str, Any]]:
    with service.read() as reader:
        law, now = reader.stream(DESK).of(LAW), reader.now
    agreements = service.policies.catalogue.agreements.values()
    adopted = {p.id for a in agreements for p in a.provisions if law.adoption(p, now, None) is not None}
    return [_agreement(a, law, adopted) for a in agreements]


def _agreement(agreement: Agreement, law: LawBook, adopted: set[str]) -> dict[str, Any]:
    return {
        "agreement": agreement.id,
        "title": agreement.title,
        **instrument_json(agreement),
        "area": agreement.area,
        "exercise": agreement.exercise,
        "binds_all": agreement.binds_all,
        "to_read": agreement.to_read or None,
        "source": agreement.source.as_json(),
        "file_sha256": agreement.file_sha256,
        "participations": [
            {"state": p.state, "status": p.status, **_dated(p)}
            for p in law.participations
            if p.instrument == agreement.id and p.corrected_at is None
        ],
        "elections": [
            {"state": e.state, "election": e.election, "option": e.option, "known": e.known, **_dated(e)}
            for e in law.elections
            if e.election in {r.id for r in agreement.elections} and e.corrected_at is None
        ],
        "declarations": [
            {"state": d.state, "provisions": list(d.provisions), "words": d.words, **_dated(d)}
            for d in law.declarations
            if d.instrument == agreement.id and d.corrected_at is None
        ],
        "suspensions": [
            {"state": s.state, "area": s.area, "zones": list(s.zones), **_dated(s)}
            for s in law.suspensions
            if s.instrument == agreement.id and s.corrected_at is None
        ],
        "provisions": [
            {
                "provision": p.id,
                "article": p.article,
                "title": p.title,
                "reading": p.reading.value,
                "adopted": p.id in adopted,
                "terms_sha256": p.terms_sha256,
                "text_sha256": p.text_sha256,
            }
            for p in agreement.provisions
        ],
    }


def _dated(fact: Any) -> dict[str, Any]:
    """In force from and to, known since: a fact is dated twice (desk-rules 10.2)."""
    return {
        "from": plain(fact.valid_from),
        "to": plain(fact.valid_to),
        "known_since": plain(fact.noted_at),
        "change": fact.change,
        "notice": fact.notice,
        "source": fact.source,
        "adopted": fact.adopted,
        "entry": fact.entry,
    }


def provisions_json(service: Service) -> dict[str, Any]:
    page = adoption_page(service)
    return {
        "adopted": page.adopted,
        "of": page.of,
        "provisions": [_line(x) for x in page.lines],
    }


def provision_json(service: Service, provision: str) -> dict[str, Any]:
    """One provision with all that an adviser reads before he adopts it. Raises ProvisionUnknown."""
    line = adoption_line(service, provision)
    p = line.provision
    return {
        **_line(line),
        "instrument": instrument_json(line.agreement),
        "measures": list(p.measures),
        "offences": list(p.offences),
        "zones": list(p.zones),
        "form": p.form.value,
        "starts": p.start.value if p.limit.has_number else None,
        "silence": {"code": p.silence.code.value, "words": p.silence.words, "scope": list(p.silence.scope)},
        "neither": {"code": p.neither.code.value, "words": p.neither.words},
        "further_steps": p.further_steps,
        "restarts_by_question": p.restarts_by_question,
        "calendar": p.calendar_words,
        "text": p.text,
        "source": p.source.as_json(),
    }


def _line(line: ProvisionLine) -> dict[str, Any]:
    p = line.provision
    return {
        "provision": p.id,
        "agreement": line.agreement.id,
        "article": p.article,
        "title": p.title,
        "reading": p.reading.value,
        "limit": limit_words(p),
        "adopted": None if line.adoption is None else line.adoption.entry,
        "was_adopted": line.was_adopted,
        "to_read": p.to_read or f"art. {p.article} at the depositary; here it was read at: {p.source.where}",
        "terms_sha256": p.terms_sha256,
        "text_sha256": p.text_sha256,
    }


def changes_json(service: Service) -> list[dict[str, Any]]:
    """What each change of the law touched when it was published, the newest first."""
    return [
        {
            "change": t.change,
            "kind": t.kind,
            "subject": plain(t.subject),
            "open": plain(t.open),
            "closed": plain(t.closed),
            "at": plain(t.at),
        }
        for t in adoption_page(service).touched
    ]
