"""Today's code reads the entries of every release and gives what that release gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cna_service.cases.types import ENTRY_TYPES as CASE_TYPES
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from tests.corpus import kept
from tests.database import sqlite_url
from tests.workflow.station import T0, HandClock, desk_facts, make_service

CASES = kept.kept_cases()


@pytest.mark.parametrize(("folder", "name"), CASES, ids=[f"{f.name}-{n}" for f, n in CASES])
def test_rule_12_5_entries_of_every_release_give_the_record_and_the_texts_they_gave_then(
    folder: Path, name: str, tmp_path: Path
) -> None:
    told = kept.lines(folder / "cases" / f"{name}.jsonl")
    database = Database(sqlite_url(tmp_path))
    clock = HandClock(T0)
    try:
        migrate(database)
        with database.write() as connection:
            stream = kept.restore(connection, told)
            kept.restore(connection, kept.lines(folder / "directory.jsonl"))
        service = make_service(database, clock, desk=desk_facts(log_origin=kept.log_of(told)))

        record = json.loads((folder / f"{name}.record.json").read_text(encoding="utf-8"))
        assert list(kept.differences(record, kept.folded_record(service, stream))) == []
        texts = json.loads((folder / f"{name}.answers.json").read_text(encoding="utf-8"))
        assert kept.answer_texts(service, clock, stream) == texts
        assert [" ".join(t.split()) for t in kept.sent_texts(told)] == [" ".join(t.split()) for t in texts]
        papers = folder / f"{name}.certificates.json"
        known = json.loads(papers.read_text(encoding="utf-8")) if papers.exists() else []
        assert kept.certificate_texts(service, stream) == known
    finally:
        database.close()


def test_rule_12_5_every_entry_type_and_version_of_a_case_has_an_example() -> None:
    shown = set()
    for folder, name in CASES:
        for line in kept.lines(folder / "cases" / f"{name}.jsonl"):
            raw = json.loads(line["body"])
            shown.add((raw["type"], raw["v"]))
    assert {(t.name, t.v) for t in CASE_TYPES} - shown == set()


def test_the_corpus_holds_no_value_in_the_clear_that_its_type_calls_private() -> None:
    """A grep over what is hashed: words of people stand in disclosures alone."""
    for folder, name in CASES:
        for line in kept.lines(folder / "cases" / f"{name}.jsonl"):
            assert "packages thrown overboard" not in line["body"]
            assert "How many persons are aboard?" not in line["body"]
