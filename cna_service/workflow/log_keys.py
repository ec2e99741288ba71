"""The public keys that the log was ever signed with: that of the key in use, and those of the keys before it.

``log-key`` signs; any ``log-key-*`` beside it was rotated out and still verifies what it signed, for ever.
"""

from __future__ import annotations

from pathlib import Path

from cna_service.ledger.keys import Ed25519Verifier, load_key_file

LOG_KEY = "log-key"
ROTATION = (
    "Stop the desk, rename log-key to log-key-old (log-key-old-2 and so on), start: a new key is made and signs from "
    "there on. Keep every old one for ever, apart from the data too: what it signed is verified with it."
)


def log_verifiers(folder: Path) -> tuple[Ed25519Verifier, ...]:
    """The key in use first. Raises OSError or MalformedKey where a file cannot be read."""
    files = [folder / LOG_KEY, *sorted(folder.glob(f"{LOG_KEY}-*"))]
    return tuple(load_key_file(path).verifier for path in files)
