"""Cosignatures of witnesses (C2SP tlog-cosignature, Ed25519, type 0x04): "seen, and it continues what I saw before".

The signature is eight bytes of time (seconds since 1970, big-endian) and an Ed25519 signature over

    cosignature/v1
    time 1679315147
    <the checkpoint's text>
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cna_service.ledger.keys import (
    KEY_SIZE,
    Ed25519Signer,
    MalformedKey,
    is_signed_by,
    key_text,
    read_key_text,
)
from cna_service.ledger.notes import is_key_name, key_id, signature_line

COSIGNATURE_V1 = 0x04

_TIME_BYTES = 8
_SIZE = _TIME_BYTES + 64
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """The public key of a witness; as a note's verifier it checks the cosignature whatever its time says."""

    name: str
    public_key: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public_key) != KEY_SIZE:
            raise MalformedKey("a witness key has a name without spaces or plus and 32 bytes")
        object.__setattr__(self, "key_id", key_id(self.name, COSIGNATURE_V1, self.public_key))

    @property
    def vkey(self) -> str:
        return key_text(self.name, self.key_id, COSIGNATURE_V1, self.public_key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        if len(signature) != _SIZE or cosigned_at(signature) > _LATEST:
            return False
        return is_signed_by(self.public_key, _signed(text, cosigned_at(signature)), signature[_TIME_BYTES:])


def cosigned_at(signature: bytes) -> int:
    """Seconds since 1970, as the witness says; not to be believed before the signature is verified."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def parse_witness_vkey(text: str) -> CosignatureVerifier:
    """Raises MalformedKey."""
    name, written_id, signature_type, key = read_key_text(text)
    if signature_type != COSIGNATURE_V1:
        raise MalformedKey(f"signature type 0x{signature_type:02x} is not that of a witness (0x04)")
    verifier = CosignatureVerifier(name, key)
    if verifier.key_id != written_id:
        raise MalformedKey("the key id does not belong to this name and key")
    return verifier


def cosign(text: str, witness: Ed25519Signer, seconds: int) -> str:
    """The signature line of a witness under a checkpoint's text, at ``seconds`` since 1970."""
    verifier = CosignatureVerifier(witness.name, witness.verifier.public_key)
    signature = witness.sign(_signed(text.encode(), seconds))
    return signature_line(witness.name, verifier.key_id, seconds.to_bytes(_TIME_BYTES, "big") + signature)


def _signed(text: bytes, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + text
