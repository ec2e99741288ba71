"""Folding certificates and releases, and what comes after a certificate that its holders must hear of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import (
    DRAFT,
    RELEASED,
    RETURNED,
    REVOKED,
    SUPERSEDED,
    Certificate,
    Release,
)
from cna_service.ledger.entry import Entry


def _drafted(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    certificate = Certificate(
        n=b["certificate"],
        seq=entry.seq,
        kind=b["kind"],
        title=b["title"],
        drafted_by=entry.actor,
        drafted_at=entry.recorded_at,
        exchanges=tuple(b["exchanges"]),
        sentences=tuple(b["sentences"]),
        annex=tuple(b.get("annex", ())),
        footnotes=tuple(b.get("footnotes", ())),
        notes=tuple(b["notes"]),
        settles=tuple(b.get("settles", ())),
        designee=b["designee"],
        witnesses=tuple(b.get("witnesses", ())),
        from_seq=b["from_seq"],
        from_leaf=b["from_leaf"],
        extract_sha256=b["extract_sha256"],
        templates=tuple(b["templates"]),
        log=b["log"],
        language=b["language"],
        vessel=b.get("vessel"),
        basis=tuple(b.get("basis", ())),
        for_state=b.get("for_state"),
        for_court=b.get("for_court"),
        statute=b.get("statute"),
        reissue_of=b.get("reissue_of"),
        supersedes=b.get("supersedes"),
    )
    papers = replace(record.papers, certificates=(*record.papers.certificates, certificate))
    return replace(record, papers=papers)


def _change(record: CaseRecord, n: int, how: Callable[[Certificate], Certificate]) -> CaseRecord:
    changed = tuple(how(c) if c.n == n else c for c in record.papers.certificates)
    return replace(record, papers=replace(record.papers, certificates=changed))


def _returned(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(
        record, entry.body["certificate"], lambda c: replace(c, state=RETURNED, returned=noted(entry))
    )


def _released(record: CaseRecord, entry: Entry) -> CaseRecord:
    n = entry.body["certificate"]
    record = _change(record, n, lambda c: replace(c, state=RELEASED, released=noted(entry)))
    before = entry.body.get("supersedes")
    if before is None:
        return record

    def supersede(c: Certificate) -> Certificate:
        told = replace(c, superseded_by=n, superseded_at=entry.recorded_at, contrary=(*c.contrary, entry.seq))
        return told if c.state == REVOKED else replace(told, state=SUPERSEDED)

    return _change(record, before, supersede)


def _revoked(record: CaseRecord, entry: Entry) -> CaseRecord:
    def revoke(c: Certificate) -> Certificate:
        return replace(c, state=REVOKED, revoked=noted(entry), contrary=(*c.contrary, entry.seq))

    return _change(record, entry.body["certificate"], revoke)


def _delivered(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(
        record, entry.body["certificate"], lambda c: replace(c, deliveries=(*c.deliveries, noted(entry)))
    )


def _holder_told(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(
        record, entry.body["certificate"], lambda c: replace(c, notices=(*c.notices, noted(entry)))
    )


def after_answer(record: CaseRecord, entry: Entry) -> CaseRecord:
    """``record`` holds the answer of ``entry`` already: which certificates it contradicts."""
    exchange = record.exchange(int(entry.body["exchange"]))
    ours = bool(entry.body.get("ours"))
    by = None if ours or exchange is None else exchange.state
    given = [(int(i["vessel"]), str(i["measure"]), str(i["value"])) for i in entry.body["items"]]
    return _touch(
        record, entry, lambda c: any(contradicts(s, by, *item) for s in c.settles for item in given)
    )


NO_WORD = frozenset({"more_information", "unclear"})
NOT_ON_REGISTER = frozenset({"refuted", "neither"})
_GRANTS = frozenset({"granted", "granted_with_conditions", "joint", "flag_state_boards"})
REGISTRY = "confirm_registry"


def contradicts(told: Mapping[str, Any], state: str | None, vessel: int, measure: str, value: str) -> bool:
    """Whether an item answered by ``state`` (None: by us) must stand beside one that a certificate tells."""
    if told.get("by") != state or told["vessel"] != vessel or value in NO_WORD:
        return False
    if told["measure"] == measure:
        return bool(told["value"] != value)
    if measure == REGISTRY:
        return value in NOT_ON_REGISTER and told["value"] in _GRANTS
    return told["measure"] == REGISTRY and told["value"] in NOT_ON_REGISTER and value in _GRANTS


def after_reopening(record: CaseRecord, entry: Entry) -> CaseRecord:
    """A case that goes on after a certificate was given: its holders hear of it."""
    return _touch(record, entry, lambda c: c.is_given and c.state != REVOKED)


def _release_drafted(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    release = Release(
        n=b["release"],
        seq=entry.seq,
        to=b["to"],
        text=b.get("text"),
        language=b["language"],
        rests_on=tuple(b["rests_on"]),
        pointed_out=tuple(b.get("pointed_out", ())),
        drafted_by=entry.actor,
        drafted_at=entry.recorded_at,
        from_seq=b["from_seq"],
        from_leaf=b["from_leaf"],
        log=b["log"],
        for_state=b.get("for_state"),
        addressee=b.get("addressee"),
        ready=b.get("ready"),
        english=b.get("english"),
        wording=b.get("wording"),
        state=DRAFT,
    )
    papers = replace(record.papers, releases=(*record.papers.releases, release))
    return replace(record, papers=papers)


def _change_release(record: CaseRecord, entry: Entry, how: Callable[[Release], Release]) -> CaseRecord:
    changed = tuple(how(r) if r.n == entry.body["release"] else r for r in record.papers.releases)
    return replace(record, papers=replace(record.papers, releases=changed))


def _release_returned(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change_release(record, entry, lambda r: replace(r, state=RETURNED, returned=noted(entry)))


def _release_made(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change_release(record, entry, lambda r: replace(r, state="made", made=noted(entry)))


APPLY: Mapping[str, Callable[[CaseRecord, Entry], CaseRecord]] = {
    "certificate.drafted": _drafted,
    "certificate.returned": _returned,
    "certificate.released": _released,
    "certificate.delivered": _delivered,
    "certificate.revoked": _revoked,
    "certificate.holder_told": _holder_told,
    "release.drafted": _release_drafted,
    "release.returned": _release_returned,
    "release.made": _release_made,
}


def after_withdrawal(record: CaseRecord, entry: Entry) -> CaseRecord:
    """An answer that was taken back: whoever holds a certificate telling it hears of it."""
    exchange = record.exchange(int(entry.body["exchange"]))
    answer = next((a for a in exchange.answers if a.n == entry.body["answer"]), None) if exchange else None
    if exchange is None or answer is None:
        return record
    by = None if answer.ours else exchange.state
    given = {(i.vessel, i.measure, i.value) for i in answer.items}
    return _touch(
        record,
        entry,
        lambda c: any(
            s.get("by") == by and (s["vessel"], s["measure"], s["value"]) in given for s in c.settles
        ),
    )


def after_statement(record: CaseRecord, entry: Entry) -> CaseRecord:
    """A public statement that contradicts an answer on record (desk-rules 7.4)."""
    if not entry.body.get("contradicts"):
        return record
    return _touch(record, entry, lambda c: c.is_given)


def _touch(record: CaseRecord, entry: Entry, touches: Callable[[Certificate], bool]) -> CaseRecord:
    found = [c.n for c in record.papers.certificates if c.state != RETURNED and touches(c)]
    for n in found:
        record = _change(record, n, lambda c: replace(c, contrary=(*c.contrary, entry.seq)))
    return record


AFTER: Mapping[str, Callable[[CaseRecord, Entry], CaseRecord]] = {
    "answer.given": after_answer,
    "answer.withdrawn": after_withdrawal,
    "statement.kept": after_statement,
    "case.reopened": after_reopening,
}
"""What an entry of another part means for papers; applied when its own part has folded it."""
