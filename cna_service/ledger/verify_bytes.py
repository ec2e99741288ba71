"""Reading stored bytes strictly and fast, and finding what an entry cites, for verification."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cna_service.kit import canonical
from cna_service.kit.canonical import DEEPEST, LARGEST_INTEGER

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[a-z0-9_]+|(?:/[a-z0-9_]+)+")
_KEYS_REMEMBERED = 10_000

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_known_keys: set[str] = set()


class _Doubtful(Exception):
    """Perhaps not canonical: the slow reader says whether, and why."""


def read_canonical(data: bytes) -> Any:
    """The same as ``canonical.decode`` (value, or NotCanonical with the same words), several times faster.

    One pass by the C reader and one by the C writer; whatever looks unusual goes to ``canonical.decode``.
    """
    try:
        if data.count(b"{") + data.count(b"[") < DEEPEST:
            value = _read(data.decode())
            if _write(value).encode() == data:
                return value
    except (_Doubtful, ValueError):
        pass
    return canonical.decode(data)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if not found.keys() <= _known_keys:
        _learn(found)
    return found


def _learn(keys: dict[str, Any]) -> None:
    if not all(_KEY.fullmatch(key) for key in keys):
        raise _Doubtful
    if len(_known_keys) < _KEYS_REMEMBERED:
        _known_keys.update(keys)


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) < 20 else LARGEST_INTEGER + 1
    if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        raise _Doubtful
    return value


def _refuse(_: str) -> Any:
    raise _Doubtful


_read = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
).decode


@dataclass(frozen=True, slots=True)
class CitedBlob:
    """A blob that an entry names: ``at`` is the pointer of the object that names it.

    ``kept`` is set where only a beginning was kept (what came was over the limit): then ``size`` and the digest
    are those of the whole, and only ``kept`` bytes can be looked for.
    """

    id: str
    at: str
    size: int | None
    sha256: str | None
    kept: int | None


def cited_blobs(value: Any, at: str) -> Iterator[CitedBlob]:
    """Every object below ``value`` that has a ``blob``."""
    for pointer, each in _objects(value, at):
        if isinstance(blob := each.get("blob"), str):
            size, kept, digest = each.get("size"), each.get("kept"), each.get("sha256")
            yield CitedBlob(
                blob,
                pointer,
                size if isinstance(size, int) else None,
                digest if isinstance(digest, str) else None,
                kept if isinstance(kept, int) else None,
            )


def cited_texts(value: Any, at: str, keys: frozenset[str]) -> Iterator[str]:
    """Every SHA-256 that stands under one of ``keys``: a name (``file_sha256``), or two as ``ladder_copy.sha256``."""
    for pointer, each in _objects(value, at):
        parent = pointer.rsplit("/", 1)[-1]
        for key, found in each.items():
            is_digest = isinstance(found, str) and _SHA256.fullmatch(found)
            if is_digest and (key in keys or f"{parent}.{key}" in keys):
                yield found


def _objects(value: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield at, value
        for key, each in value.items():
            yield from _objects(each, f"{at}/{key}")
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _objects(each, f"{at}/{n}")
