"""The desk's own secrets: made at the first start, readable by the desk's account only, each with its rotation.

``token-key.pem`` signs tokens; any other ``token-key-*.pem`` beside it still verifies. ``form-key`` makes form
tokens. A secret never stands in the database, the log, or an application log.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cna_service.identity.rules import SecretUnusable
from cna_service.identity.tokens import TokenKeys

TOKEN_KEY = "token-key.pem"
FORM_KEY = "form-key"
PUSH_KEY = "push-key.pem"
WEBHOOK_KEY = "webhook-key"
_RETIRED_TOKEN_KEYS = "token-key-*.pem"
_FORM_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """What was read from the files. Its text shows nothing of them."""

    token_keys: TokenKeys
    form_key: bytes
    push_key: bytes = b""
    webhook_key: bytes = b""

    def __repr__(self) -> str:
        return f"Secrets(kid={self.token_keys.kid!r})"


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A line of ``cna check``: ``problem`` is None when the file is well."""

    path: Path
    is_for: str
    rotation: str
    problem: str | None


_ROTATE_TOKEN_KEY = (
    f"Stop the desk, rename {TOKEN_KEY} to token-key-old.pem, start: a new key is made and old tokens go on. "
    "Delete token-key-old.pem after 90 days; at once, and issue all tokens anew, if the key was seen by others."
)
_ROTATE_FORM_KEY = (
    f"Stop the desk, delete {FORM_KEY}, start: a new one is made. Open forms must be loaded again; "
    "nobody is signed out."
)
_ROTATE_PUSH_KEY = (
    f"Stop the desk, delete {PUSH_KEY}, start: a new one is made. Every officer subscribes his devices again."
)
_ROTATE_WEBHOOK_KEY = (
    f"Stop the desk, delete {WEBHOOK_KEY}, start: a new one is made. Every receiver of webhooks needs its new "
    "secret."
)
_ABOUT = {
    TOKEN_KEY: ("signs the tokens of authorities, systems and officers (ES256)", _ROTATE_TOKEN_KEY),
    FORM_KEY: ("makes the tokens of the console's forms", _ROTATE_FORM_KEY),
    PUSH_KEY: ("is what browsers know the desk's pushes by (VAPID)", _ROTATE_PUSH_KEY),
    WEBHOOK_KEY: ("makes the secrets with which webhooks are signed", _ROTATE_WEBHOOK_KEY),
}
_RETIRED = (
    "verifies tokens signed before the last rotation",
    "Delete it 90 days after the rotation, then restart the desk.",
)


def make_missing(folder: Path) -> tuple[str, ...]:
    """Make the folder (0700) and each secret that is not there (0600, created exclusively, on disk before its
    name is); returns the names made. Two desks that start at once end with the same files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    if _create(folder / TOKEN_KEY, _new_token_key):
        made.append(TOKEN_KEY)
    if _create(folder / FORM_KEY, lambda: secrets.token_bytes(_FORM_KEY_BYTES)):
        made.append(FORM_KEY)
    if _create(folder / PUSH_KEY, _new_token_key):
        made.append(PUSH_KEY)
    if _create(folder / WEBHOOK_KEY, lambda: secrets.token_bytes(_FORM_KEY_BYTES)):
        made.append(WEBHOOK_KEY)
    return tuple(made)


def push_key(folder: Path) -> bytes:
    """The desk's VAPID key, PEM. Raises :class:`SecretUnusable`."""
    return _private_pem(_private_key(folder / PUSH_KEY))


def webhook_key(folder: Path) -> bytes:
    """Raises :class:`SecretUnusable`."""
    found = _read(folder / WEBHOOK_KEY)
    if len(found) != _FORM_KEY_BYTES:
        raise SecretUnusable(f"{folder / WEBHOOK_KEY} is damaged. {_ROTATE_WEBHOOK_KEY}", file=WEBHOOK_KEY)
    return found


def load(folder: Path) -> Secrets:
    """Read all secrets. Raises :class:`SecretUnusable`, naming file and fix."""
    signing = _private_key(folder / TOKEN_KEY)
    retired = [_private_key(path) for path in sorted(folder.glob(_RETIRED_TOKEN_KEYS))]
    public = {_kid(key): _public_pem(key) for key in (*retired, signing)}
    form_key = _read(folder / FORM_KEY)
    if len(form_key) != _FORM_KEY_BYTES:
        raise SecretUnusable(f"{folder / FORM_KEY} is damaged. {_ROTATE_FORM_KEY}", file=FORM_KEY)
    keys = TokenKeys(_kid(signing), _private_pem(signing).decode("ascii"), public)
    return Secrets(keys, form_key, push_key(folder), webhook_key(folder))


def listing(folder: Path) -> tuple[SecretFile, ...]:
    """Every secret file with its purpose, rotation and problem, for ``cna check``."""
    retired = {path.name: _RETIRED for path in sorted(folder.glob(_RETIRED_TOKEN_KEYS))}
    return tuple(
        SecretFile(folder / name, is_for, rotation, _problem(folder / name))
        for name, (is_for, rotation) in {**_ABOUT, **retired}.items()
    )


def _problem(path: Path) -> str | None:
    try:
        if path.suffix == ".pem":
            _private_key(path)
        elif len(_read(path)) != _FORM_KEY_BYTES:
            return f"{path} is damaged."
    except SecretUnusable as error:
        return error.detail
    return None


def _create(path: Path, make: Callable[[], bytes]) -> bool:
    if path.exists():
        return False
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never replaces what another start made meanwhile.
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(65536)
    except OSError as error:
        raise SecretUnusable(f"{path} cannot be read: {error.strerror}.", file=path.name) from None
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise SecretUnusable(
            f"{path} is open to other accounts of this machine. Run: chmod 600 {path}", file=path.name
        )
    return content


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SecretUnusable(
            f"{path} holds no P-256 private key. Restore it from the backup.", file=path.name
        )
    return key


def _new_token_key() -> bytes:
    return _private_pem(ec.generate_private_key(ec.SECP256R1()))


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoded = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded.decode("ascii")


def _kid(key: ec.EllipticCurvePrivateKey) -> str:
    """The first 16 characters of the SHA-256 of the public key (SubjectPublicKeyInfo, DER), base64url."""
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return urlsafe_b64encode(hashlib.sha256(der).digest()).decode("ascii")[:16]
