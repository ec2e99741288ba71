"""The layouts a register may come in, by name; one way to read each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cna_service.kit.errors import Problem
from cna_service.registry import eu_fleet, layout, mapped, mvus
from cna_service.registry.layout import Reject
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import Progress, no_progress
from cna_service.registry.rules import RegisterUnreadable

LAYOUTS = (layout.NAME, mvus.NAME, eu_fleet.NAME, mapped.NAME)


@dataclass(frozen=True, slots=True)
class Source:
    """A register file and how to read it. ``on``: the day whose state counts, where the file holds more than one.
    ``mapping``: of the layout ``mapped``, and of no other."""

    path: Path
    layout: str = layout.NAME
    on: date | None = None
    mapping: Path | None = None


def read(source: Source, progress: Progress = no_progress) -> Iterator[RegisterVessel | Reject]:
    """Its vessels and the rows set aside. Raises RegisterUnreadable, also while it is read."""
    if (source.mapping is not None) is not (source.layout == mapped.NAME):
        why = "is needed with this layout" if source.mapping is None else "says nothing with this layout"
        fix = f"give --mapping with --layout {mapped.NAME}, and with no other"
        raise RegisterUnreadable(f"--mapping {why}", Problem("--mapping", None, why, fix))
    if source.layout == layout.NAME:
        return layout.read_register(source.path, progress=progress)
    if source.layout == mvus.NAME:
        return mvus.read_mvus(source.path, progress=progress)
    if source.layout == eu_fleet.NAME:
        if source.on is None:
            why = "is needed: the file holds every change, and the day says which counts"
            raise RegisterUnreadable(f"--as-of {why}", Problem("--as-of", None, why, "give --as-of"))
        return eu_fleet.read_eu_fleet(source.path, on=source.on, progress=progress)
    if source.layout == mapped.NAME and source.mapping is not None:
        return mapped.read_mapped(source.path, mapped.read_mapping(source.mapping), progress=progress)
    known = ", ".join(LAYOUTS)
    raise RegisterUnreadable(
        f"{source.layout} is no layout", Problem("--layout", source.layout, "is none", known)
    )
