"""Writes the corpus of a release, once, by hand: ``python -m tests.corpus.make 2026.11.2``. Never run by a test.

A folder that is there already is left alone: what a release wrote is kept as it was.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from cna_service.workflow.projections import DIRECTORY, case_stream
from tests.corpus import cases, cases_calls, cases_life, cases_registers, kept
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import fresh_sqlite

MADE = {
    **cases.MADE,
    **cases_life.MADE,
    "missed": cases_calls.missed,
    "registers": cases_registers.registers,
}


def main(release: str) -> None:
    folder = kept.FOLDER / release
    (folder / "cases").mkdir(parents=True)
    for name, made in MADE.items():
        with tempfile.TemporaryDirectory() as place, a_desk(fresh_sqlite(Path(place))) as desk:
            write(folder, name, desk, case_stream(made(desk)))
            if name == "inbound":
                write_lines(folder / "directory.jsonl", desk, DIRECTORY)


def write(folder: Path, name: str, desk: LiveDesk, stream: str) -> None:
    write_lines(folder / "cases" / f"{name}.jsonl", desk, stream)
    record = json.dumps(
        kept.folded_record(desk.service, stream), indent=1, ensure_ascii=False, sort_keys=True
    )
    (folder / f"{name}.record.json").write_text(record + "\n", encoding="utf-8")
    texts = kept.answer_texts(desk.service, desk.clock, stream)
    write_texts(folder / f"{name}.answers.json", texts)
    if papers := kept.certificate_texts(desk.service, stream):
        write_texts(folder / f"{name}.certificates.json", papers)


def write_texts(path: Path, texts: list[str]) -> None:
    path.write_text(json.dumps(texts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_lines(path: Path, desk: LiveDesk, stream: str) -> None:
    with desk.service.database.read() as connection:
        found = kept.stored(connection, desk.service.desk.log_origin, stream)
        text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in found)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
