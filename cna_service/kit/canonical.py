"""Canonical JSON: one value, one sequence of bytes, in any language (RFC 8785 under a narrower profile).

Allowed: objects, arrays, strings, integers within ±(2**53 - 1), true, false, null.
Refused: floats, larger integers, strings with a lone surrogate, bytes, instants, keys twice, and keys other than
``snake_case`` ASCII words (``told_at``) or pointers made of such words (``/body/items/0/words``, the keys of an
entry's ``private``). Under this profile sorting by code point equals RFC 8785's sorting by UTF-16 unit, and
Python's own encoder writes the same bytes, so that a verifier needs no other package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 100
"""Levels of nesting; what lies deeper is refused, not recursed into."""

_KEY = re.compile(r"[a-z0-9_]+|(?:/[a-z0-9_]+)+")
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class NotCanonical(ValueError):
    """A value outside the profile, or bytes that are not its canonical form. ``path`` is a JSON pointer.

    The message names place and reason, never the value: it may be private.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or 'the whole value'}: {why}")
        self.path = path
        self.why = why


def encode(value: object, *, at: str = "") -> bytes:
    """The canonical bytes (UTF-8) of ``value``; mappings count as objects, tuples as arrays.

    ``at`` is where the value stands in something larger, put before the path of an error. Raises NotCanonical.
    """
    try:
        return _write(_quick(value, 0)).encode()
    except _Odd:
        # Only now is it worth knowing where.
        return _write(_plain(value, at, 0)).encode()


def decode(data: bytes) -> Any:
    """The value of which ``data`` is the canonical form. Raises NotCanonical for every other sequence of bytes."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_without_duplicates)
    except NotCanonical:
        raise
    except RecursionError:
        raise NotCanonical("", f"nested deeper than {DEEPEST} levels") from None
    except ValueError as error:
        # A decoder's message quotes nothing of the text but its position; the text itself may be private.
        raise NotCanonical("", f"not JSON in UTF-8 ({_position(error)})") from None
    if encode(value) != data:
        raise NotCanonical("", "JSON, but not in canonical form")
    return value


class _Odd(Exception):
    """Something that the quick walk does not vouch for."""


_LONGEST_KNOWN = 80
"""Characters of a key that is remembered; entries have few different keys, and what comes from outside may be long."""


@lru_cache(maxsize=8192)
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def _quick(value: object, depth: int) -> object:
    """What ``_plain`` gives, for values of the plain types within the profile. Raises _Odd for all others."""
    if type(value) is str:
        if value.isascii() or _is_text(value):
            return value
    elif value is None or type(value) is bool:
        return value
    elif type(value) is int:
        if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
    elif depth >= DEEPEST:
        raise _Odd
    elif type(value) is dict:
        if all(type(key) is str and len(key) <= _LONGEST_KNOWN and _is_key(key) for key in value):
            return {key: _quick(each, depth + 1) for key, each in value.items()}
    elif type(value) is list or type(value) is tuple:
        return [_quick(each, depth + 1) for each in value]
    raise _Odd


def _plain(value: object, path: str, depth: int) -> object:
    """``value`` in dicts and lists only; the walk that checks the profile and says where it is broken."""
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value, path)
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise NotCanonical(path, "an integer beyond 2**53 - 1; write it as a string")
        return value
    if depth >= DEEPEST:
        raise NotCanonical(path, f"nested deeper than {DEEPEST} levels")
    if isinstance(value, Mapping):
        return {_key(k, path): _plain(v, f"{path}/{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, f"{path}/{n}", depth + 1) for n, v in enumerate(value)]
    if isinstance(value, float):
        raise NotCanonical(path, "a float; write it as a decimal string or as an integer in a fixed unit")
    raise NotCanonical(path, f"{type(value).__name__} is not a JSON value; write it as a string")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise NotCanonical(path, "a key that is not snake_case ASCII")
    return key


def _check_text(text: str, path: str) -> None:
    if not _is_text(text):
        raise NotCanonical(path, "a string with a lone surrogate is not Unicode text")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("", "an object with the same key twice")
    return found


def _position(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"at character {error.pos}"
    if isinstance(error, UnicodeDecodeError):
        return f"at byte {error.start}"
    return "a number too long to read"
