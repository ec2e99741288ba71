"""``cna registry``: importing, searching, measuring and inventing registers."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import date, datetime
from pathlib import Path

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import bar, columns, instant, show
from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import from_text
from cna_service.registry.layouts import Source
from cna_service.registry.match import load_register, match_cases
from cna_service.registry.model import Query
from cna_service.registry.opened import no_progress
from cna_service.registry.rules import Candidate, Suggestion
from cna_service.registry.synth import synthetic_register, write_register
from cna_service.workflow import importing

_FIELDS = (
    "registration_number",
    "imo",
    "mmsi",
    "call_sign",
    "hull_mark",
    "homeport",
    "flag",
    "length",
    "vessel_type",
)
_MOST_REJECTS_SHOWN = 20


def import_file(asked: Namespace) -> int:
    day = None if asked.as_of is None else _day(asked.as_of)
    mapping = None if asked.mapping is None else Path(asked.mapping)
    with open_desk(asked, may_begin=True) as running:
        report = importing.import_file(
            running.service,
            whoever_asks(),
            Source(Path(asked.file), asked.layout, day, mapping),
            register=asked.register,
            name=asked.name,
            source=asked.source,
            terms=asked.terms,
            as_of=asked.as_of,
            progress=bar("Reading the register") if sys.stderr.isatty() and not asked.json else no_progress,
        )
    version = report.version
    words = [f"Version {version.number} of the register is in use: {report.rows} vessels."]
    if report.is_unchanged:
        words = [
            f"Nothing changed: the file is version {version.number}, which is in use ({report.rows} vessels)."
        ]
    if report.rejects:
        words.append(f"{len(report.rejects)} rows were set aside:")
        words += [f"  line {r.line}: {r.why}" for r in report.rejects[:_MOST_REJECTS_SHOWN]]
    show(asked, report.as_json(), words)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        why = Problem("--as-of", text, "is no date", "Write it like 2026-11-21.")
        raise Invalid("", why) from None


def search(asked: Namespace) -> int:
    """Exit 1 where no vessel is near enough to be offered. Nothing is found without a person's verdict."""
    query = Query(
        names=(" ".join(asked.name),) if asked.name else (),
        former_names=(asked.former_name,) if asked.former_name else (),
        **{field: getattr(asked, field) for field in _FIELDS},
    )
    if not query.keys_tried():
        raise Invalid(
            "", Problem("name", None, "nothing was asked", "Give a name, or an identifier such as --imo.")
        )
    with open_desk(asked) as running:
        service = running.service
        outcome = service.registry.search(
            query, service.clock.now(), register=asked.register, at=_instant(asked.at)
        )
    words = [outcome.reason, *(line for c in outcome.candidates for line in _candidate(c))]
    version = outcome.version
    words.append(f"Register {version.register}, version {version.number}, {version.rows} vessels.")
    show(asked, outcome.as_json(), words)
    return 1 if outcome.suggestion is Suggestion.NONE else 0


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return from_text(text)
    except ValueError:
        raise Invalid(
            "", Problem("--at", text, "is no instant", "Write it like 2026-11-21T18:00:00Z.")
        ) from None


def _candidate(found: Candidate) -> list[str]:
    v = found.vessel
    named = ", ".join(
        f"{name} {value}"
        for name, value in (
            ("IMO", v.imo),
            ("MMSI", v.mmsi),
            ("call sign", v.call_sign),
            ("no.", v.registration_number),
        )
        if value
    )
    lines = [f"{found.score / 100:7.2f}  {v.name or '(no name)'} [{found.rid}] {v.flag} {named}".rstrip()]
    lines += [f"         + {words}" for words in found.fits]
    return lines + [f"         - {words}" for words in found.misfits]


def match(asked: Namespace) -> int:
    register = load_register(Path(asked.register))
    matched = list(match_cases(register, Path(asked.cases), SystemClock().monotonic))
    took = sorted(m.milliseconds for m in matched)
    middle = took[len(took) // 2] if took else 0.0
    rows = [
        (m.case_id, m.ranking.suggestion.value, *(f"{c.rid} {c.score}" for c in m.ranking.candidates[:3]))
        for m in matched
    ]
    wide = [(*row, *[""] * (5 - len(row))) for row in rows]
    told = {"vessels": len(register), "cases": [m.as_json() for m in matched]}
    words = columns(wide, ("case", "suggests", "first", "second", "third"))
    show(
        asked,
        told,
        [*words, f"{len(matched)} cases against {len(register)} vessels, median {middle:.1f} ms."],
    )
    return 0


def synth(asked: Namespace) -> int:
    path = Path(asked.file)
    flags = tuple(asked.flag) or ("XA",)
    count = write_register(path, synthetic_register(asked.vessels, seed=asked.seed, flags=flags))
    show(asked, {"file": str(path), "vessels": count}, [f"{path}: {count} invented vessels."])
    return 0


def stats(asked: Namespace) -> int:
    with open_desk(asked) as running:
        found = importing.versions(running.service, asked.register)
    told = [
        {
            "version": v.number,
            "state": v.state,
            "imported_at": v.imported_at,
            "as_of": v.as_of,
            "rows": v.rows,
            "rejects": v.rejects,
            "sha256": v.sha256,
        }
        for v in found
    ]
    rows = [(v.number, v.state, instant(v.imported_at), v.as_of or "-", v.rows, v.rejects) for v in found]
    heads = ("version", "state", "imported", "as of", "vessels", "set aside")
    show(asked, told, columns(rows, heads) if rows else ["No register was imported yet."])
    return 0 if any(v.state == "current" for v in found) else 1
