"""Private values: out of the entry into salted disclosures, and back (after SD-JWT, RFC 9901; ledger.md 2.2).

A disclosure is the canonical JSON of ``[salt, path, value]``; the entry holds only its digest, under its path. Delete
the disclosure and the digest is a random number: entry, leaf and every proof stand.

Where a private value stood in an object its key is absent; where it stood in an array there is ``null``, so that
the other elements keep their places. Verbatim text (a path declared with ``¶``) is one disclosure per paragraph,
numbered below the text's own path, so that a paragraph can be withheld alone (desk-rules 9.3).
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cna_service.kit import canonical
from cna_service.ledger.entry import Body, EntryType, Erased

VERBATIM = "¶"
WITHHELD = "[withheld]"
SMALLEST_SALT = 16
"""Bytes: 128 random bits per value (RFC 9901 section 9.3)."""

MOST_PARAGRAPHS = 128
"""Of one text; the last holds all the rest, so that the digests of a text of many short lines fit into an entry."""

_ROOT = "/body"
_BLANK_LINES = re.compile(r"\r?\n(?:[ \t]*\r?\n)+")


class DisclosureMismatch(ValueError):
    """A disclosure that does not open the digest at its path: it was changed, moved, or belongs to another entry."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"disclosure {path}: {why}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Disclosure:
    """``path`` is a JSON pointer into the entry (``/body/by/name``); ``text`` the canonical ``[salt, path, value]``."""

    path: str
    text: str

    @property
    def digest(self) -> str:
        return digest_of(self.text)


@dataclass(frozen=True, slots=True)
class Committed:
    """A body without its private values, their digests by path (the entry's ``private``), and the disclosures."""

    body: dict[str, Any]
    digests: dict[str, str]
    disclosures: tuple[Disclosure, ...]


def digest_of(text: str) -> str:
    """SHA-256 of a disclosure's UTF-8 bytes, in base64url without padding (43 characters)."""
    return _base64url(hashlib.sha256(text.encode()).digest())


def disclosure(path: str, value: object, salt: bytes) -> Disclosure:
    """Raises NotCanonical, naming ``path``, for a value outside the profile; ValueError for a short salt."""
    if len(salt) < SMALLEST_SALT:
        raise ValueError(f"a salt needs {SMALLEST_SALT} random bytes")
    parts = (
        canonical.encode(_base64url(salt)),
        canonical.encode(path),
        canonical.encode(value, at=path),
    )
    return Disclosure(path, (b"[" + b",".join(parts) + b"]").decode())


def commit(body: Body, type: EntryType, salt: Callable[[], bytes]) -> Committed:
    """Take the private values of ``type`` out of ``body``; ``salt`` gives 16 fresh random bytes at each call.

    An absent or null value is not committed and stays as it is. A private value may be any JSON of the ledger's
    profile. Raises NotCanonical for one that is not.
    """
    clear = _copy(body)
    found: list[Disclosure] = []
    for declared in sorted(type.private, key=lambda path: path.count("/")):
        steps = declared.removesuffix(VERBATIM).split("/")[1:]
        for holder, key, path in list(_places(clear, steps, _ROOT)):
            parts = _parts(holder[key], path, is_verbatim=declared.endswith(VERBATIM))
            found.extend(disclosure(at, value, salt()) for at, value in parts)
            _take_out(holder, key)
    return Committed(clear, {each.path: each.digest for each in found}, tuple(found))


def open_body(body: Body, digests: Mapping[str, str], disclosures: Mapping[str, str]) -> dict[str, Any]:
    """Put private values back: ``digests`` is the entry's ``private``, ``disclosures`` their texts by path.

    A value without its disclosure becomes ``Erased(digest)``; a verbatim text with none of its paragraphs becomes
    ``Erased`` with the first one's digest, with some of them a string with ``[withheld]`` for each missing one.
    Raises DisclosureMismatch.
    """
    unasked = sorted(disclosures.keys() - digests.keys())
    if unasked:
        raise DisclosureMismatch(unasked[0], "the entry holds no digest for it")
    whole: dict[str, Any] = _copy(body)
    texts: list[tuple[str, int, Any]] = []
    for path, digest in digests.items():
        value = _opened(path, digest, disclosures.get(path))
        parent, last = path.rsplit("/", 1)
        holder = _at(whole, parent)
        if holder is None:
            texts.append((parent, _number(last, path), value))
        else:
            _put(holder, last, value, path)
    for path, group in groupby(sorted(texts, key=lambda t: t[:2]), key=lambda t: t[0]):
        parent, last = path.rsplit("/", 1)
        _put(_at(whole, parent), last, _joined([value for _, _, value in group], path), path)
    return whole


def paragraphs(text: str) -> list[str]:
    """The paragraphs of ``text``, each with the blank lines after it, so that joining them gives it back exactly."""
    cuts = [match.end() for match in _BLANK_LINES.finditer(text)][: MOST_PARAGRAPHS - 1]
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return pieces if pieces[-1] or len(pieces) == 1 else pieces[:-1]


def _places(value: Any, steps: list[str], path: str) -> Iterator[tuple[Any, Any, str]]:
    """Every (container, key, pointer) below ``value`` that ``steps`` name and that holds something."""
    for key in _keys(value, steps[0]):
        child, at = value[key], f"{path}/{key}"
        if len(steps) > 1:
            yield from _places(child, steps[1:], at)
        elif child is not None:
            yield value, key, at


def _keys(value: Any, step: str) -> list[Any]:
    if isinstance(value, dict):
        return sorted(value) if step == "*" else [step] if step in value else []
    if isinstance(value, list):
        every = range(len(value))
        return list(every) if step == "*" else [int(step)] if _is_number(step) and int(step) in every else []
    return []


def _parts(value: Any, path: str, *, is_verbatim: bool) -> list[tuple[str, Any]]:
    if is_verbatim and isinstance(value, str):
        return [(f"{path}/{n}", each) for n, each in enumerate(paragraphs(value))]
    return [(path, value)]


def _take_out(holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder[key] = None
    else:
        del holder[key]


def _opened(path: str, digest: str, text: str | None) -> Any:
    if text is None:
        return Erased(digest)
    if digest_of(text) != digest:
        raise DisclosureMismatch(path, "it does not have the digest that stands in the entry")
    read = canonical.decode(text.encode())
    if not isinstance(read, list) or len(read) != 3 or read[1] != path:
        raise DisclosureMismatch(path, "it is not [salt, path, value] of this path")
    return read[2]


def _at(body: dict[str, Any], path: str) -> Any:
    """What stands at the pointer, None if nothing does."""
    value: Any = body
    for step in path.split("/")[2:]:
        keys = [] if step == "*" else _keys(value, step)
        value = value[keys[0]] if keys else None
    return value


def _put(holder: Any, last: str, value: Any, path: str) -> None:
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and _is_number(last) and int(last) < len(holder):
        holder[int(last)] = value
    else:
        raise DisclosureMismatch(path, "the entry's body has no such place")


def _is_number(step: str) -> bool:
    return step.isascii() and step.isdigit()


def _number(last: str, path: str) -> int:
    if not _is_number(last):
        raise DisclosureMismatch(path, "the entry's body has no such place")
    return int(last)


def _joined(pieces: list[Any], path: str) -> str | Erased:
    if all(isinstance(each, Erased) for each in pieces):
        first: Erased = pieces[0]
        return first
    if not all(isinstance(each, str | Erased) for each in pieces):
        raise DisclosureMismatch(path, "a paragraph of it is not text")
    gaps = [WITHHELD + "\n\n"] * (len(pieces) - 1) + [WITHHELD]
    return "".join(gap if isinstance(each, Erased) else each for each, gap in zip(pieces, gaps, strict=True))


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(each) for each in value]
    return value


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
