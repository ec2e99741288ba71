"""Verifying what entries point to: private values, attachments, and the texts cited by hash (desk-rules 8.1, 8.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from cna_service.ledger import queries
from cna_service.ledger.disclosures import digest_of
from cna_service.ledger.verify_bytes import CitedBlob, cited_blobs, cited_texts
from cna_service.ledger.verify_entries import Read
from cna_service.ledger.verify_report import Findings, Place

CITING_KEYS = frozenset({"file_sha256", "ladder_sha256", "policy_sha256", "ladder_copy.sha256"})
"""Keys of a body or basis that cite a text kept in ``policy``; ``a.b`` is ``b`` in an object called ``a``."""


class Kept:
    """Looks up, for each entry, everything it points to."""

    def __init__(self, connection: Connection, citing_keys: frozenset[str], findings: Findings) -> None:
        self._connection = connection
        self._keys = citing_keys
        self._marks = tuple({key.rpartition(".")[2].encode() for key in citing_keys})
        self._findings = findings
        self._texts = self._check_texts()
        self._cited: dict[str, bool] = {}
        self.disclosures = 0
        self.erased = 0
        self.blobs = 0

    @property
    def policies(self) -> int:
        """How many texts are cited and present."""
        return sum(self._cited.values())

    def check(self, batch: Sequence[tuple[int, Read]]) -> None:
        """A batch of (entry_id, entry)."""
        opened: dict[int, dict[str, Any]] = {}
        for entry_id, path, text in queries.stored_disclosures(self._connection, [id for id, _ in batch]):
            opened.setdefault(entry_id, {})[path] = text
        for entry_id, entry in batch:
            texts = opened.get(entry_id, {})
            if entry.raw is None:
                self.disclosures += len(texts)
                continue
            digests = entry.raw.get("private", {})
            if digests or texts:
                self._check_disclosures(entry.place, digests, texts)
            if b'"blob"' in entry.body:
                self._check_blobs(entry, texts)
            if any(mark in entry.body for mark in self._marks):
                self._check_citations(entry)

    def _check_disclosures(self, place: Place, digests: Any, texts: Mapping[str, Any]) -> None:
        known = digests if isinstance(digests, dict) else {}
        self.disclosures += len(texts)
        self.erased += len(known.keys() - texts.keys())
        for path, text in sorted(texts.items()):
            why = _disagreement(path, text, known.get(path))
            if why:
                self._findings.add("disclosure", place, f"the private value {path}: {why}")

    def _check_blobs(self, entry: Read, texts: Mapping[str, Any]) -> None:
        assert entry.raw is not None
        for cited in cited_blobs(entry.raw["body"], "/body"):
            self.blobs += 1
            why = self._lacks(cited, cited.sha256 or _private_digest(texts.get(f"{cited.at}/sha256")))
            if why:
                self._findings.add("blob", entry.place, f"the attachment {cited.id} ({cited.at}) {why}")

    def _lacks(self, cited: CitedBlob, sha256: str | None) -> str | None:
        stored = queries.stored_blob(self._connection, cited.id)
        if stored is None:
            return "is missing"
        size, data = stored
        if not isinstance(data, bytes) or len(data) != size:
            return "does not have the size stored with it"
        told = cited.size if cited.kept is None else cited.kept
        if told is not None and told != size:
            return f"has {size} bytes, the entry says {told}"
        if cited.kept is None and sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            return "does not have the digest that the entry committed to"
        return None

    def _check_citations(self, entry: Read) -> None:
        assert entry.raw is not None
        parts = ((entry.raw.get(part), f"/{part}") for part in ("basis", "body"))
        for value, at in parts:
            for digest in cited_texts(value, at, self._keys):
                # A text that is missing is named once, at the first entry that cites it.
                if digest not in self._cited:
                    self._cited[digest] = digest in self._texts
                    if digest not in self._texts:
                        why = f"it cites the text {digest}, which is not kept"
                        self._findings.add("policy", entry.place, why)

    def _check_texts(self) -> frozenset[str]:
        """The texts that are kept and have the digest they are kept under."""
        sound = set()
        for digest, text in queries.stored_texts(self._connection):
            if isinstance(text, str) and hashlib.sha256(text.encode()).hexdigest() == digest:
                sound.add(digest)
            else:
                why = f"the text kept as {digest} has another digest: it was changed"
                self._findings.add("policy_text", Place(), why)
        return frozenset(sound)


def _disagreement(path: str, text: Any, digest: Any) -> str | None:
    if digest is None:
        return "the entry holds no digest for it"
    if not isinstance(text, str) or digest_of(text) != digest:
        return "it does not open the digest that stands in the entry"
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, list) or len(read) != 3 or read[1] != path:
        return "it is not [salt, path, value] of this path"
    return None


def _private_digest(disclosure: Any) -> str | None:
    """The value of a private ``sha256`` beside a ``blob``, where it is still there."""
    try:
        _, _, value = json.loads(disclosure)
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, str) else None


def orphans(connection: Connection, findings: Findings) -> None:
    """Rows that belong to no entry, and entries that wait for an index and have one."""
    for table, count in _some(queries.without_entry(connection).items()):
        findings.add("orphan", Place(), f"{count} rows of {table} belong to no entry: the entries are gone")
    if twice := queries.waiting_twice(connection):
        findings.add("pending", Place(), f"{twice} entries wait for an index and have one already")


def _some(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(table, count) for table, count in counts if count]
