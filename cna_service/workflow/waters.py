"""Whose waters: looking a position up, and the maps of the authority's own. Looking leaves no entry; a map that comes
into use or goes out of it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Invalid, NotFound, Unavailable
from cna_service.ledger.entry import Draft
from cna_service.vessels.positions import Position, display, told_position
from cna_service.waters import store
from cna_service.waters.atlas import Atlas, NoMap
from cna_service.waters.importer import ReadMap, read_map
from cna_service.waters.rules import Waters
from cna_service.waters.store import ZoneMap
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import REGISTRY
from cna_service.workflow.service import Service


class MapsMissing(Unavailable):
    code = "maps-missing"
    title = "This build has no maps of the sea's limits"


class MapNotFound(NotFound):
    code = "map-not-found"
    title = "There is no such map in use"


def waters_of(atlas: Atlas, position: Position) -> Waters | None:
    """None for words without a point. Raises MapsMissing."""
    try:
        return atlas.waters_of(position)
    except NoMap as error:
        raise MapsMissing(str(error)) from error


def look(service: Service, told: Mapping[str, Any]) -> dict[str, Any]:
    """``{position, radius_m?}``: the position as typed, what was read of it, and whose waters it lies in.

    Raises Invalid (what cannot be a position, naming the field), MapsMissing.
    """
    asked = Asked(told, "/query")
    words = asked.needed("position", longest=500)
    radius = asked.number("radius_m", least=0, most=20_000_000)
    asked.check_unknown()
    position = told_position(words, pointer="/query/position")
    asked.problems.extend(position.problems)
    asked.done()
    if not position.has_point:
        asked.wrong("position", words, "gives no point", "write degrees and minutes with N or S, E or W")
        raise Invalid("", *asked.problems)
    if radius is not None:
        position = Position(position.text, position.latitude_e7, position.longitude_e7, radius)
    found = waters_of(service.atlas, position)
    assert found is not None
    return {"position": position.as_json(), "shown": display(position), "waters": found.as_json()}


def import_zones(
    service: Service,
    actor: Actor,
    path: Path,
    *,
    name: str,
    kind: str,
    source: str,
    terms: str,
    as_of: str,
    state: str = "",
    field: str = "",
) -> tuple[ZoneMap, ReadMap]:
    """Take a map into use, whole or not at all; one of the same name and kind is retired and kept.

    Raises NotPermitted, ZonesUnreadable, DatabaseUnavailable.
    """
    require(actor, Action.REGISTRY_IMPORT)
    read = read_map(path, state=state, field=field)
    facts = {"name": name, "kind": kind, "source": source or path.name, "terms": terms, "as_of": as_of}
    content = read.packed({"source": facts["source"], "as_of": as_of, "terms": terms})
    with service.write(actor, Action.REGISTRY_IMPORT, REGISTRY) as work:
        row = {**facts, "sha256": read.sha256, "polygons": len(read.polygons)}
        made = store.add(work.connection, row, content, work.now)
        body = {**row, "map": made.id, "states": list(read.states), "set_aside": len(read.set_aside)}
        work.append(Draft("zones.imported", body))
    return made, read


def retire_zones(service: Service, actor: Actor, id: int, reason: str) -> None:
    """Take an imported map out of use: the shipped one answers again. Raises NotPermitted, MapNotFound."""
    with service.write(actor, Action.REGISTRY_IMPORT, REGISTRY) as work:
        if not store.retire(work.connection, id, work.now):
            raise MapNotFound(f"No map in use has the number {id}; cna zones list shows them.")
        work.append(Draft("zones.retired", {"map": id, "reason": reason}))


def maps_in_use(service: Service) -> list[ZoneMap]:
    with service.read() as reader:
        return store.in_use(reader.connection)
