"""A stand-in for gammu-smsd's FILES service, as gammu-smsd-files(7) and its source describe it: it takes OUT… files
from outbox in the order of their names, moves them to sent or error, and leaves what comes in as IN… files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

_LONG_AGO = 1_700_000_000


@dataclass
class Smsd:
    folder: Path
    refuses: bool = False
    is_stopped: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)
    """(number, text), in the order of sending."""
    serial: int = 0

    def __post_init__(self) -> None:
        for name in ("inbox", "outbox", "sent", "error"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def run(self) -> None:
        """Everything that lies in the outbox now."""
        if self.is_stopped:
            return
        for path in sorted((self.folder / "outbox").iterdir()):
            if path.name.startswith("."):
                continue
            parts = path.name.split("_", 4)
            assert re.fullmatch(r"OUT[A-Z]\d{8}", parts[0]) and len(path.name) < 100
            if not self.refuses:
                self.sent.append((parts[3], path.read_bytes().decode("utf-16")))
            path.rename(self.folder / ("error" if self.refuses else "sent") / path.name)

    def receives(self, sender: str, *parts: str, settled: bool = True) -> None:
        """An SMS comes in, in one part or several."""
        self.serial += 1
        for n, text in enumerate(parts):
            name = f"IN20261121_1403{self.serial:02}_00_{sender}_{n:02}.txt"
            path = self.folder / "inbox" / name
            # InboxFormat = unicode; it counts bytes of UTF-8, so that zeros follow what is not ASCII.
            extra = len(text.encode()) - len(text)
            path.write_bytes(b"\xfe\xff" + text.encode("utf-16-be") + b"\0\0" * extra)
            if settled:
                os.utime(path, (_LONG_AGO, _LONG_AGO))

    def reports(self, number: str, word: str = "Delivered") -> None:
        """A status report of the network, as DeliveryReport = sms leaves it."""
        self.receives(number, word)

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())
