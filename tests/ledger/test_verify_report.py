"""Which difference is named first, and what the exit code means."""

from __future__ import annotations

import pytest

from cna_service.kit import canonical
from cna_service.ledger.verify_report import MOST_PER_KIND, Findings, Place, Report


def report(*found: tuple[str, Place], **more: object) -> Report:
    findings = Findings()
    for kind, place in found:
        findings.add(kind, place, "why")
    return Report("log", findings.sorted(), findings.more, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "code", "words"),
    [
        (report(), 0, "Sound"),
        (report(undecided=("no key",)), 2, "CANNOT BE DECIDED"),
        (report(("body", Place("case:A", 1, 0))), 1, "NOT SOUND"),
        (report(("body", Place("case:A", 1, 0)), undecided=("no key",)), 1, "NOT SOUND"),
        (report(warnings=("late",)), 0, "Sound"),
    ],
)
def test_the_three_results_are_never_confused(made: Report, code: int, words: str) -> None:
    assert made.exit_code == code
    assert made.words()[0].startswith(words)


def test_the_lowest_index_is_named_first() -> None:
    made = report(
        ("row", Place("case:A", 1, 0)),
        ("root", Place("case:A", 2, 1)),
        ("body", Place("case:B", 2, None)),
        ("tail", Place(None, None, 7)),
        ("tail", Place("case:C", 4, 7)),
        ("leaf", Place("case:B", 1, 3)),
    )
    assert [(f.kind, f.stream, f.seq, f.index) for f in made.findings] == [
        ("leaf", "case:B", 1, 3),
        ("tail", "case:C", 4, 7),
        ("tail", None, None, 7),
        ("body", "case:B", 2, None),
        ("root", "case:A", 2, 1),
        ("row", "case:A", 1, 0),
    ]
    assert "case:B entry 1 at index 3" in made.words()[0]


def test_a_flood_is_counted_not_kept() -> None:
    made = report(*(("body", Place("case:A", n, n)) for n in range(MOST_PER_KIND + 23)))
    assert (len(made.findings), made.more) == (MOST_PER_KIND, 23)
    assert made.first is not None
    assert made.first.index == 0
    assert "and 23 more" in "\n".join(made.words())


def test_its_json_fits_into_an_entry() -> None:
    made = report(*(("body", Place("case:A", n, n)) for n in range(500)))
    assert len(canonical.encode(made.as_json())) < 30_000
    assert made.as_json()["more"] == 450
    assert made.as_json()["exit_code"] == 1
