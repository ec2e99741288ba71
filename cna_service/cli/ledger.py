"""``cna ledger``: verifying the log from its stored bytes, proofs, the log as lines, its state."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cna_service.bootstrap import log_origin
from cna_service.cli.deployment import SECRETS, open_database, open_desk, whoever_asks
from cna_service.cli.shown import instant, show
from cna_service.documents.log_line import read_log_line
from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.ids import read_reference
from cna_service.ledger import queries
from cna_service.ledger.keys import Ed25519Verifier, MalformedKey, parse_vkey
from cna_service.ledger.notes import Verifier
from cna_service.ledger.verify_report import SOUND, TAMPERED, Report
from cna_service.workflow.log_keys import log_verifiers
from cna_service.workflow.projections import DESK_STATE, LOG, case_stream
from cna_service.workflow.proving import prove as prove_entry
from cna_service.workflow.seen import Seen, look_for
from cna_service.workflow.verification import fresh_folds, verify_and_record, verify_stored


def verify(asked: Namespace) -> int:
    """0 sound, 1 evidence of tampering, 2 cannot be decided; a line that was seen must be part of this log."""
    seen = read_log_line(asked.seen) if asked.seen is not None else None
    if asked.seen is not None and seen is None:
        fix = "Copy the whole last line of the letter, from Log: to the Z."
        raise Invalid("", Problem("--seen", asked.seen, "is no such line", fix))
    with open_database(asked) as (settings, database):
        log = log_origin(settings, exercise=asked.exercise)
        keys = _keys(asked.key, settings.data / SECRETS)
        # In an exercise case time is moved by hand; how long an entry waits says nothing.
        now = None if asked.exercise else SystemClock().now()
        report = verify_stored(database, log, keys, now=now)
        found = None if seen is None else look_for(database, log, seen)
    if asked.record:
        with open_desk(asked) as running:
            report = verify_and_record(running.service, whoever_asks())
    words = [*report.words(), *([] if found is None else [found.words])]
    told = {**report.as_json(), "words": words}
    if found is not None:
        told["seen"] = found.as_json()
    show(asked, told, words)
    return _exit(report, found)


def _exit(report: Report, found: Seen | None) -> int:
    codes = {report.exit_code, SOUND if found is None else found.exit_code}
    return TAMPERED if TAMPERED in codes else max(codes)


def _keys(given: Sequence[str], folder: Path) -> Sequence[Verifier]:
    """The keys given, else the desk's own."""
    try:
        return [parse_vkey(text) for text in given] or _own_keys(folder)
    except MalformedKey as error:
        fix = "Copy it as `cna ledger status` prints it."
        raise Invalid("", Problem("--key", None, str(error), fix)) from None


def _own_keys(folder: Path) -> Sequence[Ed25519Verifier]:
    """None where a file cannot be read: then signatures stay undecided, and the rest is checked all the same."""
    try:
        return log_verifiers(folder)
    except (OSError, MalformedKey) as error:
        print(f"cna: the log's key cannot be read, signatures are not checked: {error}", file=sys.stderr)
        return ()


def prove(asked: Namespace) -> int:
    ref = read_reference(asked.stream)
    stream = asked.stream if ref is None or asked.stream.startswith("case:") else case_stream(ref)
    with open_database(asked) as (settings, database):
        proof = prove_entry(database, log_origin(settings, exercise=asked.exercise), stream, asked.seq)
    show(asked, proof.as_json(), [proof.as_text().rstrip("\n")])
    return 0


def export(asked: Namespace) -> int:
    """Lines of JSON: the checkpoint and key first, then each entry with index and leaf, in the order of the tree."""
    with open_database(asked) as (settings, database), database.read() as connection:
        log = log_origin(settings, exercise=asked.exercise)
        state = queries.log_state(connection, log)
        keys = [key.vkey for key in _own_keys(settings.data / SECRETS)]
        _line({"log": log, "checkpoint": state.note, "keys": keys})
        for batch in queries.stored_entries(connection, log):
            for row in batch:
                if asked.stream in (None, row.stream):
                    _line(_exported(row))
    return 0


def _exported(row: Any) -> dict[str, Any]:
    """An entry; its canonical bytes are the canonical JSON of ``entry``."""
    entry: Any = None
    if isinstance(row.body, bytes):
        try:
            entry = json.loads(row.body)
        except ValueError:
            entry = {"unreadable_hex": row.body.hex()}
    leaf = row.leaf.hex() if isinstance(row.leaf, bytes) else None
    return {"index": row.idx, "leaf": leaf, "entry": entry}


def _line(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def status(asked: Namespace) -> int:
    with open_database(asked) as (settings, database), database.read() as connection:
        log = log_origin(settings, exercise=asked.exercise)
        state = queries.log_state(connection, log)
        last = fresh_folds(log).current(connection, LOG).of(DESK_STATE).last_verified
        keys = [key.vkey for key in _own_keys(settings.data / SECRETS)]
    told = {
        "log": log,
        "entries": state.entries,
        "size": state.size,
        "signed_size": state.signed_size,
        "signed_at": state.signed_at,
        "pending": state.pending,
        "oldest_pending_at": state.oldest_pending_at,
        "keys": keys,
        "checkpoint": state.note,
        "last_verified": None
        if last is None
        else {"at": last["recorded_at"], "ok": last["ok"], "by": last["actor"]},
    }
    show(asked, told, _status_words(told))
    return 0


def _status_words(told: dict[str, Any]) -> Iterator[str]:
    yield f"Log {told['log']}: {told['entries']} entries, {told['size']} in the tree, {told['pending']} waiting."
    yield f"Signed up to {told['signed_size']}, {instant(told['signed_at'])}."
    for key in told["keys"]:
        yield f"Key: {key}"
    last = told["last_verified"]
    if last is None:
        yield "Never verified and recorded yet: cna ledger verify --record"
    else:
        result = "sound" if last["ok"] else "NOT SOUND OR UNDECIDED"
        yield f"Last verified {instant(last['at'])}: {result}, by {last['by'].get('name') or last['by'].get('id')}."
    if told["checkpoint"]:
        yield ""
        yield told["checkpoint"].rstrip("\n")
