"""What the simulated company keeps until it is fetched: recordings of calls, files that came with texts."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

_RATE = 8000
_PATH = re.compile(
    r"/2010-04-01/Accounts/(?P<account>\w+)/(?:Recordings|Messages/(?P<parent>\w+)/Media)/"
    r"(?P<sid>(?:RE|ME)\w+)(?:\.(?P<form>wav|mp3|json))?"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """``parent``: the call or the message that it came with."""

    sid: str
    parent: str
    media_type: str
    content: bytes


class MediaRoom:
    """By sid. Safe by the interpreter's own lock: one assignment or removal at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def keep(self, kept: Kept) -> None:
        self._kept[kept.sid] = kept

    def names(self) -> list[str]:
        return sorted(self._kept)

    def find(self, path: str) -> Kept | None:
        """What stands under a path of the interface; None for what is not there, or not any more."""
        found = _PATH.fullmatch(path)
        return None if found is None else self._kept.get(found["sid"])

    def remove(self, path: str) -> bool:
        found = self.find(path)
        return found is not None and self._kept.pop(found.sid, None) is not None

    @staticmethod
    def is_media(path: str) -> bool:
        return _PATH.fullmatch(path) is not None


def recording(words: list[str], seconds: int) -> bytes:
    """A WAV file that a browser plays: silence of that length, at most ten seconds of it, with the words as a comment
    (RIFF INFO chunk ICMT), so that a test can read what was said."""
    said = " ".join(words).encode() + b"\x00"
    said += b"\x00" * (len(said) % 2)
    comment = b"INFO" + b"ICMT" + struct.pack("<I", len(said)) + said
    sound = b"\x80" * (_RATE * min(max(seconds, 1), 10))
    form = struct.pack("<HHIIHH", 1, 1, _RATE, _RATE, 1, 8)
    chunks = b"".join(
        name + struct.pack("<I", len(body)) + body
        for name, body in ((b"fmt ", form), (b"LIST", comment), (b"data", sound))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
