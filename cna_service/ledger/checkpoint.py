"""Checkpoints (C2SP tlog-checkpoint): the head of a log as a signed note of three lines.

cna.example/decisions
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cna_service.ledger import notes
from cna_service.ledger.notes import Signer, Verifier
from cna_service.ledger.tree import HASH_SIZE

LARGEST_SIZE = 2**63 - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class MalformedCheckpoint(ValueError):
    """A text that is not a checkpoint; the message says what is wrong with it."""


class OtherOrigin(ValueError):
    """A checkpoint of another log than the one expected."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log ``origin``: ``size`` leaves, 32 bytes of ``root``.

    ``extensions`` are further lines that another log may have added; ours never does.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise MalformedCheckpoint("the lines of a checkpoint are not empty")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise MalformedCheckpoint("the size of a checkpoint lies between 0 and 2**63 - 1")
        if len(self.root) != HASH_SIZE:
            raise MalformedCheckpoint(f"the root of a checkpoint has {HASH_SIZE} bytes")

    @property
    def text(self) -> str:
        """The note's text; its last line ends with a newline."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse(text: str) -> Checkpoint:
    """Read a note's text. Raises MalformedCheckpoint for every text that we would write otherwise."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise MalformedCheckpoint("a checkpoint is origin, size and root, each line ended by a newline")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise MalformedCheckpoint("the size of a checkpoint is a decimal number without leading zeros")
    try:
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True), tuple(extensions))
    except MalformedCheckpoint:
        raise
    except ValueError:
        raise MalformedCheckpoint("the root of a checkpoint is base64") from None
    if checkpoint.text != text:
        raise MalformedCheckpoint("the root of a checkpoint is base64 in its only form")
    return checkpoint


def sign(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The signed note; the same head and keys give the same bytes, so that signing can be repeated after a crash."""
    return notes.sign(checkpoint.text, signers)


def open_checkpoint(
    note: str | bytes, verifiers: Sequence[Verifier], *, origin: str | None = None
) -> Checkpoint:
    """The checkpoint of a note that at least one of the keys has signed.

    Raises NoteError (malformed, unverified, invalid signature, ambiguous key), MalformedCheckpoint, and OtherOrigin
    where ``origin`` is given and differs.
    """
    checkpoint = parse(notes.open_note(note, verifiers).text)
    if origin is not None and checkpoint.origin != origin:
        raise OtherOrigin(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    return checkpoint
