"""Entries of a release as kept beside this file: written once when it is released, read for ever (desk-rules 12.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from cna_service.cases.as_json import case_json
from cna_service.documents.answer_text import answer_mail
from cna_service.documents.paper import paper_text
from cna_service.identity.actors import SERVICE
from cna_service.kit.instants import from_text
from cna_service.ledger import tables as t
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.workflow.certificate_paper import certificate_paper
from cna_service.workflow.letters import written_answer
from cna_service.workflow.projections import ALERTS, CASE
from cna_service.workflow.replay import as_plain
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work
from tests.workflow.station import HandClock

FOLDER = Path(__file__).parent
RELEASES = sorted(p for p in FOLDER.iterdir() if p.is_dir() and not p.name.startswith("_"))

Line = dict[str, Any]
"""``body``: the entry's bytes as text; ``leaf``: hexadecimal; ``disclosures``: its private values by path."""


def kept_cases() -> list[tuple[Path, str]]:
    """Every case of every release: its folder, and the name its files begin with."""
    return [(folder, f.stem) for folder in RELEASES for f in sorted((folder / "cases").glob("*.jsonl"))]


def lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stored(connection: Connection, log: str, stream: str) -> Iterator[Line]:
    """The rows of a stream as lines."""
    e = t.ledger_entry.c
    query = select(e.entry_id, e.leaf, t.ledger_body.c.body).join(t.ledger_body)
    for row in connection.execute(query.where((e.log == log) & (e.stream == stream)).order_by(e.seq)).all():
        where = t.ledger_disclosure.c.entry_id == row.entry_id
        opened = connection.execute(select(t.ledger_disclosure).where(where))
        yield {
            "body": row.body.decode(),
            "leaf": row.leaf.hex(),
            "disclosures": {d.path: d.disclosure for d in opened},
        }


def restore(connection: Connection, told: list[Line]) -> str:
    """Put lines into an empty stream byte for byte; returns its name."""
    for line in told:
        raw = json.loads(line["body"])
        row = {k: raw[k] for k in ("log", "stream", "seq", "type")}
        row |= {"recorded_at": from_text(raw["recorded_at"]), "leaf": bytes.fromhex(line["leaf"])}
        entry_id = connection.execute(insert(t.ledger_entry).values(row)).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(insert(t.ledger_body).values(entry_id=entry_id, body=line["body"].encode()))
        for path, text in line["disclosures"].items():
            connection.execute(
                insert(t.ledger_disclosure).values(entry_id=entry_id, path=path, disclosure=text)
            )
    head = {"name": raw["stream"], "head_seq": raw["seq"], "head_leaf": bytes.fromhex(told[-1]["leaf"])}
    connection.execute(insert(t.stream).values(head))
    return str(raw["stream"])


def log_of(told: list[Line]) -> str:
    return str(json.loads(told[0]["body"])["log"])


def folded_record(service: Service, stream: str) -> dict[str, Any]:
    """The case and its alerts as folded, in JSON values."""
    with service.read() as reader:
        folded = reader.stream(stream)
        assert folded.broken is None
        assert folded.unknown is None
        return {
            "case": case_json(folded.of(CASE)),
            "clocks": as_plain(folded.of(CASE).clocks),
            "alerts": as_plain(folded.of(ALERTS)),
        }


def differences(then: Any, now: Any, at: str = "") -> Iterator[str]:
    """Where the record of today says otherwise than the kept one. What a later build reads in the same entries besides,
    under names of its own, changes nothing that was said; the next release keeps that too."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key, value in then.items():
            if key in now:
                yield from differences(value, now[key], f"{at}/{key}")
            else:
                yield f"{at}/{key}: is gone, was {value!r}"
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for n, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from differences(one, other, f"{at}/{n}")
    elif then != now:
        yield f"{at}: {then!r} is now {now!r}"


def answer_texts(service: Service, clock: HandClock, stream: str) -> list[str]:
    """What was sent by mail, made anew from the entries there were when each answer was conveyed."""
    with service.database.read() as connection:
        entries = read_entries(connection, service.desk.log_origin, stream).entries
        return [_text(service, clock, connection, entries, n) for n, e in enumerate(entries) if _is_mail(e)]


def certificate_texts(service: Service, stream: str) -> list[str]:
    """Every certificate of the case as it stands, as text."""
    with service.read() as reader:
        record = reader.stream(stream).of(CASE)
    return [paper_text(certificate_paper(service.desk, record, c)) for c in record.papers.certificates]


def _is_mail(entry: Entry) -> bool:
    return entry.type == "answer.conveyed" and entry.body["channel"] == "mail"


def _text(
    service: Service, clock: HandClock, connection: Connection, entries: tuple[Entry, ...], n: int
) -> str:
    conveyed = entries[n]
    made = next(e for e in reversed(entries[:n]) if e.type == "document.made")
    clock.at = conveyed.recorded_at
    then = service.folds.as_of(connection, conveyed.stream, seq=made.seq - 1)
    work = Work(
        connection,
        service.folds,
        service.stamp(SERVICE, clock.at),
        SERVICE,
        clock.at,
        conveyed.stream,
        {conveyed.stream: then},
    )
    exchange = work.case.exchange(conveyed.body["exchange"])
    assert exchange is not None
    answer = next(a for a in exchange.answers if a.n == conveyed.body["answer"])
    return answer_mail(written_answer(service, work, exchange, answer)).body


def sent_texts(told: list[Line]) -> list[str]:
    """The same texts as they were sent then."""
    found = []
    for line in told:
        raw = json.loads(line["body"])
        if raw["type"] == "answer.conveyed" and raw["body"]["channel"] == "mail":
            parts = [json.loads(d) for p, d in line["disclosures"].items() if p.startswith("/body/text")]
            found.append("\n\n".join(p[2] for p in sorted(parts, key=lambda p: int(p[1].rsplit("/", 1)[1]))))
    return found
