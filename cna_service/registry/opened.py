"""Opening a register file: plain, gzip or zip, its text as the layout says, with how far reading has come."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cna_service.registry.rules import RegisterUnreadable

Progress = Callable[[int, int], None]
"""Told now and then how many bytes of how many were read."""

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_TOLD_EVERY = 1024 * 1024


class NotWhole(RegisterUnreadable):
    """It breaks off, is damaged, or is in another encoding."""


def no_progress(_read: int, _whole: int) -> None:
    pass


class _Counted(io.RawIOBase):
    """Passes bytes on and tells how many."""

    def __init__(self, inner: IO[bytes], whole: int, told: Progress) -> None:
        self._inner, self._whole, self._told = inner, whole, told
        self._read = self._last = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = len(found := self._inner.read(len(buffer)))
        buffer[:count] = found
        self._read += count
        if self._read - self._last >= _TOLD_EVERY or not count:
            self._last = self._read
            self._told(self._read, self._whole)
        return count

    def close(self) -> None:
        self._inner.close()
        super().close()


@contextmanager
def opened(
    path: Path, *, encoding: str = "utf-8-sig", progress: Progress = no_progress
) -> Iterator[io.TextIOWrapper]:
    """The text of a file, line ends as they are. Of a zip, its one file; of several, the largest.

    Raises RegisterUnreadable where it cannot be opened, and, also while it is read, NotWhole: it breaks off, is damaged
    or not in that encoding.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise RegisterUnreadable(f"{path.name} cannot be opened: {error.strerror}") from error
    try:
        raw = io.BufferedReader(_Counted(file, path.stat().st_size, progress), 256 * 1024)
        kind = raw.peek(4)[:4]
        if kind == ZIP:
            raw.close()
            binary: IO[bytes] = _member(path)
        elif kind[:2] == GZIP:
            binary = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
        else:
            binary = raw
        with io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        words = f"the text is not {name} there (byte {error.start} of its block); save the file as {name}"
        raise NotWhole(words) from error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise NotWhole(f"the file breaks off or is damaged: {error}") from error
    finally:
        file.close()


def _member(path: Path) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    largest = max(archive.infolist(), key=lambda member: member.file_size, default=None)
    if largest is None:
        raise RegisterUnreadable(f"{path.name} is an empty zip file")
    return archive.open(largest)
