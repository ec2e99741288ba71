"""``cna zones``: maps of the sea's limits, and whose waters a position lies in."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import Any

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import columns, instant, show
from cna_service.kit.errors import Invalid, Problem
from cna_service.waters.store import ZoneMap
from cna_service.workflow import waters

_MOST_SHOWN = 20


def import_map(asked: Namespace) -> int:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", asked.as_of):
        raise Invalid("", Problem("--as-of", asked.as_of, "is no date", "Write it like 2026-11-21."))
    with open_desk(asked, may_begin=True) as running:
        made, read = waters.import_zones(
            running.service,
            whoever_asks(),
            Path(asked.file),
            name=asked.name,
            kind=asked.kind,
            source=asked.source,
            terms=asked.terms,
            as_of=asked.as_of,
            state=asked.state,
            field=asked.state_field,
        )
    words = [f"Map {made.id} is in use: {made.polygons} polygons of {', '.join(read.states)}."]
    words += [f"  set aside, feature {n}: {why}" for n, why in read.set_aside[:_MOST_SHOWN]]
    told = {"map": made.id, "polygons": made.polygons, "states": list(read.states), "sha256": made.sha256}
    show(asked, {**told, "set_aside": [{"feature": n, "why": why} for n, why in read.set_aside]}, words)
    return 0


def list_maps(asked: Namespace) -> int:
    with open_desk(asked) as running:
        found = waters.maps_in_use(running.service)
    rows = [(m.id, m.name, m.kind, m.as_of, m.polygons, instant(m.imported_at)) for m in found]
    words = columns(rows, ("map", "name", "kind", "as of", "polygons", "imported")) if rows else []
    shipped = "Everywhere else the shipped limits count (OpenStreetMap, 2017)."
    show(asked, [_told(m) for m in found], [*words, shipped])
    return 0


def _told(one: ZoneMap) -> dict[str, Any]:
    fields = ("id", "name", "kind", "source", "terms", "as_of", "sha256", "polygons", "imported_at")
    return {field: getattr(one, field) for field in fields}


def retire(asked: Namespace) -> int:
    with open_desk(asked) as running:
        waters.retire_zones(running.service, whoever_asks(), asked.map, asked.reason)
    show(asked, {"retired": asked.map}, [f"Map {asked.map} counts no more; it is kept."])
    return 0


def at(asked: Namespace) -> int:
    """Exit 2 where the maps cannot tell, or tell only "possibly"."""
    with open_desk(asked) as running:
        told = waters.look(running.service, {"position": " ".join(asked.position)})
    found = told["waters"]
    where = found["where"].replace("_", " ")
    limit = found["limit"]
    words = [f"{told['shown']}: {where} {', '.join(found['states']) or 'any territorial sea'}."]
    if limit is not None:
        side = "within" if limit["is_within"] else "outside"
        words.append(
            f"{limit['nm']} nm {side} the limit of {limit['state']}, give or take {limit['uncertainty_nm']} nm."
        )
    if found["coast_nm"] is not None:
        words.append(f"{found['coast_nm']} nm to the nearest coast.")
    for zone in found["beyond"]:
        estimate = " (estimate)" if zone["is_estimate"] else ""
        words.append(f"{zone['kind'].replace('_', ' ')} of {zone['state']}{estimate}.")
    show(asked, told, [*words, *found["caveats"]])
    return 0 if found["where"] in ("inside", "outside") else 2
