"""The shipped catalogue with the exercise's law, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cna_service.agreements.card import CardRow, RuleCard, card
from cna_service.agreements.catalogue import Catalogue, SourceFile, files_in, load
from cna_service.agreements.law import LawBook, fold
from cna_service.agreements.model import Form
from cna_service.agreements.seeds import Seed, exercise_seeds, fact_seeds
from cna_service.ledger.entry import Entry

CONFIG = Path(__file__).parents[3] / "config"
REAL = load(files_in(CONFIG / "agreements"))
CATALOGUE = load(files_in(CONFIG / "agreements", CONFIG / "exercise" / "agreements"), exercise=True)
FACTS = SourceFile("participation.toml", (CONFIG / "exercise" / "participation.toml").read_bytes())

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 13, 12, tzinfo=UTC)


def entry(seq: int, kind: str, body: Mapping[str, Any], at: datetime = BEGAN) -> Entry:
    return Entry("desk", seq, f"e{seq}", kind, 1, at, {"kind": "officer", "id": "u-1"}, body, "")


def law_of(seeds: Iterable[Seed], at: datetime = BEGAN) -> LawBook:
    return fold(entry(n, kind, body, at) for n, (kind, body) in enumerate(seeds, 1))


LAW = law_of(exercise_seeds(CATALOGUE, FACTS))
REAL_LAW = law_of(fact_seeds(REAL))


def ask(
    requested: str, *, requesting: str = "XA", law: LawBook = LAW, at: datetime = NOW, **more: Any
) -> RuleCard:
    catalogue: Catalogue = more.pop("catalogue", CATALOGUE)
    return card(catalogue, law, requesting=requesting, requested=requested, at=at, **more)


def row(requested: str, provision: str, **more: Any) -> CardRow:
    found = ask(requested, **more).row(provision)
    assert found is not None, f"{provision} is not on the card"
    return found


def with_text(catalogue: Catalogue, file: str, old: str, new: str) -> Catalogue:
    """The catalogue as it would be after somebody edited one file."""
    changed = []
    for each in catalogue.files:
        content = each.content.decode()
        if each.path == file:
            assert old in content
            content = content.replace(old, new)
        changed.append(replace(each, content=content.encode()))
    return load(changed, exercise=True)


ORAL, WRITTEN = Form.ORAL, Form.WRITTEN
