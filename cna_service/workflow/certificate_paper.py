"""A certificate of the record as a paper: draft, released, revoked or superseded, from its entries alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import DRAFT, RETURNED, REVOKED, SUPERSEDED, Certificate
from cna_service.documents.log_line import LogLine
from cna_service.documents.paper import Line, Note, Paper, Part, Signature
from cna_service.documents.shown import one_line
from cna_service.documents.times import utc_and_iso
from cna_service.kit.instants import from_text
from cna_service.workflow.desk import Desk

ANNEX = "Annex: other answers on record"
TODAY = "Where today's version differs"
NOT_RELEASED = "DRAFT - NOT RELEASED"


def certificate_paper(desk: Desk, record: CaseRecord, c: Certificate) -> Paper:
    """Nothing but what its entries hold; the same for ever."""
    log = _log(c)
    return Paper(
        title=f"{c.title}, no. {c.n}",
        case=record.ref,
        seq=c.from_seq,
        leaf=c.from_leaf,
        log=LogLine(log["origin"], log.get("root20"), from_text(log["at"])),
        ours=(desk.name, desk.state),
        to=tuple(_reader(c)),
        exercise=record.is_exercise,
        band=_band(c),
        facts=tuple(_facts(record, c)),
        parts=tuple(_parts(c)),
        notes=tuple(_notes(c)),
        closing=(_extract(c),),
        signatures=tuple(_signatures(c)),
        remarks=tuple(_remarks(c)),
    )


def _log(c: Certificate) -> Mapping[str, Any]:
    told = c.revoked or c.released
    return told["log"] if told and "log" in told else c.log


def _reader(c: Certificate) -> Iterable[str]:
    if c.for_court is not None:
        yield one_line(str(c.for_court))
    if c.for_state:
        yield f"State {c.for_state}"


def _band(c: Certificate) -> str | None:
    if c.state == DRAFT:
        return NOT_RELEASED
    if c.state == RETURNED:
        return "NOT RELEASED - RETURNED BY THE SECOND OFFICER"
    if c.state == REVOKED and c.revoked is not None:
        return f"REVOKED {utc_and_iso(c.revoked['recorded_at'])}"
    if c.state == SUPERSEDED and c.superseded_at is not None:
        return f"SUPERSEDED BY NO. {c.superseded_by} - {utc_and_iso(c.superseded_at)}"
    return None


def _facts(record: CaseRecord, c: Certificate) -> Iterable[tuple[str, str]]:
    yield "Case", record.ref
    yield "Record as of", f"entry {c.from_seq}, drafted {utc_and_iso(c.drafted_at)}"
    if c.statute:
        yield "Statute", one_line(c.statute)
    if c.released is not None:
        yield "Released", utc_and_iso(c.released["recorded_at"])
    if c.revoked is not None:
        yield (
            "Revoked",
            f"{utc_and_iso(c.revoked['recorded_at'])}: {one_line(str(c.revoked.get('reason', '')))}",
        )


def _parts(c: Certificate) -> Iterable[Part]:
    marks: dict[int, list[str]] = {}
    for label, note in zip(_letters(), c.footnotes, strict=False):
        marks.setdefault(note["sentence"], []).append(label)
    numbered = list(enumerate(c.sentences, start=1))
    for heading, group in groupby(numbered, key=lambda each: str(each[1]["heading"])):
        lines = tuple(
            Line(str(s.get("text", "")), (*_labels(s["cites"]), *marks.get(n, ()))) for n, s in group
        )
        yield Part(heading, lines)
    if c.annex:
        yield Part(ANNEX, tuple(Line(str(a.get("text", "")), _labels(a["cites"])) for a in c.annex))


def _labels(cites: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(seq) for seq in cites)


def _letters() -> Iterable[str]:
    for n in range(26 * 26):
        yield (chr(96 + n // 26) if n >= 26 else "") + chr(97 + n % 26)


def _note_words(note: Mapping[str, Any]) -> Iterable[str]:
    yield f"entry {note['seq']}, {note['type']}"
    yield f"recorded {note['recorded_at']}"
    yield f"id {note['id']}, leaf {note['leaf']}"


def _notes(c: Certificate) -> Iterable[Note]:
    for note in c.notes:
        told = ", ".join(_note_words(note))
        yield Note(str(note["seq"]), told)
    for label, footnote in zip(_letters(), c.footnotes, strict=False):
        yield Note(label, str(footnote.get("text", "")))


def _extract(c: Certificate) -> str:
    return (
        f"Hash of the log extract: {c.extract_sha256}: SHA-256 over one line “entry leaf” for each entry in the notes, "
        "in the order of the log."
    )


def _signatures(c: Certificate) -> Iterable[Signature]:
    d = c.designee
    delegation = d.get("delegation") or {}
    capacity = ", ".join(str(d[f]) for f in ("post", "office") if d.get(f))
    rests = f"designated by {one_line(str(delegation.get('instrument')))} ({delegation.get('delegation')})"
    yield Signature(
        "From the record, signed by the designee", (str(d.get("name", d.get("id"))), capacity, rests)
    )
    if c.released is not None:
        actor, log = c.released["actor"], c.released.get("log", {})
        name = ", ".join(str(actor[f]) for f in ("name", "post", "office") if actor.get(f))
        key = f"log key {log['key']}" if log.get("key") else "log key not recorded"
        at = utc_and_iso(c.released["recorded_at"])
        yield Signature("Released by a second officer", (name, f"{at}; {key}"))


def _remarks(c: Certificate) -> Iterable[str]:
    if c.language != "en":
        yield f"The operative text is English; it carries no adopted text in “{c.language}”."
