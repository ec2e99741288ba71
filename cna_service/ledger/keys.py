"""Ed25519 keys of signed notes (C2SP signed-note, type 0x01; RFC 8032): their texts, their files.

    verifier key  <name>+<key id in hex>+<base64 of type and public key>           published
    private key   PRIVATE+KEY+<name>+<key id in hex>+<base64 of type and seed>     one file, mode 0600

Error messages never repeat a key's text.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature as SignatureDoesNotFit
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cna_service.ledger.notes import is_key_name, key_id

ED25519 = 0x01
KEY_SIZE = 32
"""Bytes of an Ed25519 public key, and of a seed."""

_PRIVATE = "PRIVATE+KEY+"
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class MalformedKey(ValueError):
    """A text that is not such a key; the message says why, without repeating it."""


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """A public key by which a log (or any note) is verified."""

    name: str
    public_key: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise MalformedKey("a key's name is not empty and holds no spaces, control characters or plus")
        if len(self.public_key) != KEY_SIZE:
            raise MalformedKey(f"an Ed25519 public key has {KEY_SIZE} bytes")
        object.__setattr__(self, "key_id", key_id(self.name, ED25519, self.public_key))

    @property
    def vkey(self) -> str:
        return key_text(self.name, self.key_id, ED25519, self.public_key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        return is_signed_by(self.public_key, text, signature)


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """A private key of a log. Signing the same text twice gives the same bytes (RFC 8032)."""

    name: str
    seed: bytes = field(repr=False)
    verifier: Ed25519Verifier = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "verifier", Ed25519Verifier(self.name, public_key_of(self.seed)))

    @classmethod
    def new(cls, name: str) -> Ed25519Signer:
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def key_id(self) -> bytes:
        return self.verifier.key_id

    @property
    def private_text(self) -> str:
        """The private key as text: for its file and for the sheet in the safe, nowhere else."""
        return _PRIVATE + key_text(self.name, self.key_id, ED25519, self.seed)

    def sign(self, text: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)


def public_key_of(seed: bytes) -> bytes:
    """Raises MalformedKey unless the seed has 32 bytes."""
    if len(seed) != KEY_SIZE:
        raise MalformedKey(f"an Ed25519 private key has {KEY_SIZE} bytes")
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def is_signed_by(public_key: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (SignatureDoesNotFit, ValueError):
        return False
    return True


def key_text(name: str, key_id: bytes, signature_type: int, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{b64encode(bytes([signature_type]) + key).decode()}"


def read_key_text(text: str) -> tuple[str, bytes, int, bytes]:
    """Name, key id, signature type and key of a text; the key id is not checked. Raises MalformedKey."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise MalformedKey("a key is written <name>+<key id>+<base64>")
    name, written_id, encoded = parts
    if not _KEY_ID.fullmatch(written_id):
        raise MalformedKey("a key id is eight hexadecimal digits in lower case")
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError:
        raise MalformedKey("the last part of a key is base64") from None
    if b64encode(raw).decode() != encoded or not raw:
        raise MalformedKey("the last part of a key is base64 in its only form")
    return name, bytes.fromhex(written_id), raw[0], raw[1:]


def parse_vkey(text: str) -> Ed25519Verifier:
    """The public key that a verifier key describes. Raises MalformedKey."""
    name, written_id, signature_type, key = read_key_text(text)
    if signature_type != ED25519:
        raise MalformedKey(f"signature type 0x{signature_type:02x} is not Ed25519 (0x01)")
    return _with_id(Ed25519Verifier(name, key), written_id)


def parse_private_key(text: str) -> Ed25519Signer:
    """The private key of its text. Raises MalformedKey."""
    if not text.startswith(_PRIVATE):
        raise MalformedKey("a private key begins with PRIVATE+KEY+")
    name, written_id, signature_type, seed = read_key_text(text.removeprefix(_PRIVATE))
    if signature_type != ED25519:
        raise MalformedKey(f"signature type 0x{signature_type:02x} is not Ed25519 (0x01)")
    signer = Ed25519Signer(name, seed)
    _with_id(signer.verifier, written_id)
    return signer


def create_key_file(path: Path, name: str) -> Ed25519Signer:
    """Make a key and its file, readable by its owner only, safely on disk when this returns.

    Raises FileExistsError rather than overwrite: a lost signing key cannot be made again.
    """
    signer = Ed25519Signer.new(name)
    written = (signer.private_text + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(written)
        file.flush()
        os.fsync(descriptor)
    _fsync_folder(path.parent)
    return signer


def load_key_file(path: Path) -> Ed25519Signer:
    """Raises OSError if the file cannot be read, MalformedKey if it holds no private key."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise MalformedKey("the key file is not text") from None
    if not text:
        raise MalformedKey(
            "the key file is empty: making it was cut off, nothing was signed with it; delete it"
        )
    return parse_private_key(text.removesuffix("\n"))


def _with_id(verifier: Ed25519Verifier, written_id: bytes) -> Ed25519Verifier:
    if verifier.key_id != written_id:
        raise MalformedKey("the key id does not belong to this name and key")
    return verifier


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
