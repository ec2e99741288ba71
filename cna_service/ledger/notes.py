"""Signed notes (C2SP signed-note): a text, a blank line, one line per signature.

    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

A signature is four bytes of key id and then what the key's algorithm makes; name and key id together name the key.
Signatures of unknown keys are ignored, which is how keys rotate and witnesses add theirs; a bad signature of a
known key refuses the whole note. This module knows no algorithm: ``keys.py`` and ``cosignatures.py`` do.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_SIGNATURES = 100
LARGEST_NOTE = 1_000_000
"""Characters; a hundred of the longest signatures known (ML-DSA) fit."""

KEY_ID_SIZE = 4

_DASH = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class NoteError(ValueError):
    """A note that cannot be believed."""


class MalformedNote(NoteError):
    """It is no signed note at all; the message says what is wrong with it."""


class UnverifiedNote(NoteError):
    """A well-formed note that no known key has signed."""

    def __init__(self, note: Note) -> None:
        super().__init__("none of its signatures is by a known key")
        self.note = note


class InvalidSignature(NoteError):
    """A known key's name and id stand under a text that this key did not sign."""

    def __init__(self, name: str, key_id: bytes) -> None:
        super().__init__(f"the signature of {name}+{key_id.hex()} is not valid")
        self.name = name
        self.key_id = key_id


class AmbiguousKey(NoteError):
    """Two of the verifiers given have the same name and key id: the list of keys is wrong, not the note."""

    def __init__(self, name: str, key_id: bytes) -> None:
        super().__init__(f"two of the keys given are called {name}+{key_id.hex()}")
        self.name = name
        self.key_id = key_id


class Signer(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, text: bytes) -> bytes:
        """The signature (without key id) of a note's text, final newline included."""
        ...


class Verifier(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verify(self, text: bytes, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: ``base64`` as written, which is not always as it would be written again."""

    name: str
    key_id: bytes
    signature: bytes
    base64: str

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {self.base64}\n"

    @property
    def is_canonical(self) -> bool:
        return b64encode(self.key_id + self.signature).decode() == self.base64


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: nothing in it is verified. ``text`` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        return self.text + "\n" + "".join(each.line for each in self.signatures)


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note at least one known key has signed; ``unverified`` are by unknown keys and prove nothing."""

    text: str
    verified: tuple[Signature, ...]
    unverified: tuple[Signature, ...]


def is_key_name(name: str) -> bool:
    """Not empty, no Unicode space, no control character, no plus."""
    return (
        bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name) and _is_unicode(name)
    )


def key_id(name: str, signature_type: int, public_key: bytes) -> bytes:
    """The four bytes that C2SP recommends: SHA-256(name || newline || type || public key), cut."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([signature_type]) + public_key).digest()[:KEY_ID_SIZE]


def sign(text: str, signers: Iterable[Signer]) -> str:
    """The note of ``text`` with a signature of each signer, in their order. Raises MalformedNote for such a text."""
    if not text.endswith("\n") or _CONTROL.search(text) or not _is_unicode(text):
        raise MalformedNote("a note's text ends with a newline and holds no other control character")
    lines = [signature_line(each.name, each.key_id, each.sign(text.encode())) for each in signers]
    if not lines:
        raise MalformedNote("a note needs a signature")
    return text + "\n" + "".join(lines)


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"{_DASH}{name} {b64encode(key_id + signature).decode()}\n"


def parse(note: str | bytes) -> Note:
    """Read a note without believing it. Raises MalformedNote."""
    written = _decoded(note)
    if len(written) > LARGEST_NOTE:
        raise MalformedNote(f"a note has at most {LARGEST_NOTE} characters")
    if _CONTROL.search(written):
        raise MalformedNote("a note holds no control characters but newlines")
    text, blank, lines = written.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise MalformedNote("a note is a text, a blank line, and signature lines, each ended by a newline")
    found = lines[:-1].split("\n")
    if len(found) > MOST_SIGNATURES:
        raise MalformedNote(f"a note has at most {MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(parse_signature(line) for line in found))


def parse_signature(line: str) -> Signature:
    """One signature line, without its newline. Raises MalformedNote.

    Base64 with stray bits at its end is read, as other readers do; such a signature is bad, not malformed.
    """
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_key_name(name):
        raise MalformedNote("a signature line is: em dash, space, key name, space, base64")
    if len(encoded) % 4 or not _BASE64.fullmatch(encoded):
        raise MalformedNote("a signature is not base64")
    raw = b64decode(encoded)
    if len(raw) <= KEY_ID_SIZE:
        raise MalformedNote("a signature is shorter than its key id")
    return Signature(name, raw[:KEY_ID_SIZE], raw[KEY_ID_SIZE:], encoded)


def open_note(note: str | bytes, verifiers: Sequence[Verifier]) -> OpenedNote:
    """Read a note and check the signatures of the known keys.

    A second signature of the same key is passed over. Raises MalformedNote, InvalidSignature, AmbiguousKey where
    a key with two verifiers has signed, and UnverifiedNote where no known key has.
    """
    parsed = parse(note)
    text = parsed.text.encode()
    verified: dict[tuple[str, bytes], Signature] = {}
    unverified: dict[str, Signature] = {}
    for signature in parsed.signatures:
        key = (signature.name, signature.key_id)
        known = [each for each in verifiers if (each.name, each.key_id) == key]
        if len(known) > 1:
            raise AmbiguousKey(*key)
        if not known:
            unverified.setdefault(signature.line, signature)
        elif key not in verified:
            if not signature.is_canonical or not known[0].verify(text, signature.signature):
                raise InvalidSignature(*key)
            verified[key] = signature
    if not verified:
        raise UnverifiedNote(parsed)
    return OpenedNote(parsed.text, tuple(verified.values()), tuple(unverified.values()))


def _decoded(note: str | bytes) -> str:
    try:
        return note.decode() if isinstance(note, bytes) else note.encode().decode()
    except UnicodeError:
        raise MalformedNote("a note is text in UTF-8") from None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
