"""The index of names kept as files, so that a start need not read a million names again.

A folder for each version of a register, written beside and renamed when it is whole; what cannot be read, or is of
another format, counts as absent and is built again. It holds nothing that the database does not.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from cna_service.registry.index import NameIndex

FORMAT = 1
_ARRAYS = tuple(f.name for f in fields(NameIndex) if f.name != "flags")

log = structlog.get_logger(__name__)


def read_index(folder: Path, version: str) -> NameIndex | None:
    """The index kept for this version, its arrays mapped and not read; None where there is none that can be used."""
    place = folder / version
    try:
        head = json.loads((place / "index.json").read_text(encoding="utf-8"))
        if head["format"] != FORMAT:
            return None
        arrays: dict[str, Any] = {
            name: np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        }
        if [len(arrays[name]) for name in _ARRAYS] != head["lengths"]:
            return None
        return NameIndex(**arrays, flags={flag: (low, high) for flag, (low, high) in head["flags"].items()})
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def keep_index(folder: Path, version: str, index: NameIndex) -> None:
    """Keep it, and forget those of other versions. A disk that is full or may not be written is logged, no more: the
    index in memory works all the same."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
        for name in _ARRAYS:
            np.save(fresh / f"{name}.npy", getattr(index, name), allow_pickle=False)
        head = {
            "format": FORMAT,
            "lengths": [len(getattr(index, name)) for name in _ARRAYS],
            "flags": {flag: list(rows) for flag, rows in index.flags.items()},
        }
        (fresh / "index.json").write_text(json.dumps(head), encoding="utf-8")
        shutil.rmtree(folder / version, ignore_errors=True)
        fresh.rename(folder / version)
        for other in folder.iterdir():
            if other.name != version:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as error:
        log.warning("the index of the register could not be kept", errno=error.errno)
