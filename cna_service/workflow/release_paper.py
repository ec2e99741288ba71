"""A release of the record as a paper: the text as it was told, what it rests on, on whose approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.cases.record_papers import DRAFT, RETURNED, Release
from cna_service.documents.log_line import LogLine
from cna_service.documents.paper import Line, Paper, Part
from cna_service.documents.shown import paragraphs
from cna_service.documents.times import utc_and_iso
from cna_service.kit.instants import from_text
from cna_service.workflow.desk import Desk

NOT_ADOPTED = "This text is not adopted by this authority's legal adviser; the English stands beside it."


def release_paper(desk: Desk, record: CaseRecord, r: Release) -> Paper:
    """The desk's own copy; what goes out is the text."""
    log = (r.made or {}).get("log") or r.log
    return Paper(
        title=f"Release no. {r.n}, to {r.to.replace('_', ' ')}",
        case=record.ref,
        seq=r.from_seq,
        leaf=r.from_leaf,
        log=LogLine(log["origin"], log.get("root20"), from_text(log["at"])),
        ours=(desk.name, desk.state),
        exercise=record.is_exercise,
        band={DRAFT: "DRAFT - NOT APPROVED", RETURNED: "NOT APPROVED"}.get(r.state),
        facts=tuple(_facts(r)),
        parts=tuple(_parts(r)),
    )


def _facts(r: Release) -> Iterable[tuple[str, str]]:
    yield "Drafted", f"{utc_and_iso(r.drafted_at)}, {r.drafted_by.get('name', r.drafted_by.get('id'))}"
    if r.made is not None:
        actor = r.made["actor"]
        yield "Approved", f"{utc_and_iso(r.made['recorded_at'])}, {actor.get('name')}, {actor.get('post')}"
    if r.addressee is not None:
        yield "To", str(r.addressee)


def _parts(r: Release) -> Iterable[Part]:
    cites = tuple(str(n) for n in r.rests_on)
    yield Part(
        "The text", tuple(Line(p, cites if n == 0 else ()) for n, p in enumerate(paragraphs(str(r.text))))
    )
    if r.english is not None:
        yield Part("In English", (Line(str(r.english)), Line(NOT_ADOPTED)))
    if r.pointed_out:
        yield Part("Pointed out before approval", tuple(_pointed(p) for p in r.pointed_out))


def _pointed(told: Mapping[str, Any]) -> Line:
    words = f" (“{told['words']}”)" if told.get("words") else ""
    return Line(f"{told['why']}{words}", (str(told["seq"]),) if told.get("seq") else ())
