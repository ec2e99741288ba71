"""Passwords: argon2id as RFC 9106 advises, at least twelve characters, not made of the account's own name."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cna_service.identity.rules import PasswordTooWeak
from cna_service.kit.errors import Problem

SHORTEST = 12
LONGEST = 256

_hasher = PasswordHasher()
# Each hash takes 64 MiB and a core: a flood of sign-ins must leave room for the desk's work.
_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the password was right, and whether its hash was made with older parameters than today's."""

    is_right: bool
    is_outdated: bool = False


def check_password(password: str, own_names: Iterable[str] = ()) -> None:
    """Raise :class:`PasswordTooWeak` for fewer than 12 characters, more than 256, or one made of ``own_names``
    (identifier, name, mail address) with at most three other letters."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise _weak(
            f"is shorter than {SHORTEST} characters", f"Use at least {SHORTEST}; several words do well."
        )
    if len(text) > LONGEST:
        raise _weak(f"is longer than {LONGEST} characters", f"Use at most {LONGEST}.")
    rest = text.casefold()
    for part in _parts(own_names):
        rest = rest.replace(part, "")
    if len(rest) < len(text.casefold()) and sum(c.isalpha() for c in rest) < 4:
        raise _weak("is made of the account's own name", "Use words that have nothing to do with you.")


def hash_password(password: str) -> str:
    """The argon2id hash in PHC form, with its own salt and parameters. About 50 ms; hold no transaction."""
    with _at_once:
        return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> Verified:
    """Compare with what is stored; with None or an emptied hash the answer is no, in the same time."""
    with _at_once:
        try:
            _hasher.verify(stored or _nobody(), _normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return Verified(is_right=False)
    return Verified(bool(stored), is_outdated=bool(stored) and _hasher.check_needs_rehash(stored or ""))


@cache
def _nobody() -> str:
    """Verified against when there is no such account, so that both take the same time."""
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    # Keyboards compose accents differently; NIST SP 800-63B 5.1.1.2 advises NFKC before hashing.
    return unicodedata.normalize("NFKC", password)


def _parts(own_names: Iterable[str]) -> list[str]:
    words = {word for name in own_names for word in _words(name) if len(word) >= 3}
    return sorted(words, key=lambda word: (-len(word), word))


def _words(name: str) -> list[str]:
    folded = _normal(name).casefold()
    apart = "".join(c if c.isalnum() else " " for c in folded).split()
    return [folded, "".join(apart), *apart]


def _weak(why: str, fix: str) -> PasswordTooWeak:
    return PasswordTooWeak("", Problem("/password", None, why, fix))
