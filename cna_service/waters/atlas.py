"""All the maps together: the shipped ones, and over them whatever the authority imported."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cna_service.vessels.positions import Position
from cna_service.vessels.states import state_from_words
from cna_service.waters.facts import exceptions_of, weak_area
from cna_service.waters.rules import Found, Source, Waters, judge

if TYPE_CHECKING:
    from cna_service.waters.limits import Edge, Zones

SEARCHED_NM = 600.0
"""How far a limit or a coast is looked for; beyond that the answer says that none is near."""


class NoMap(RuntimeError):
    """This build was made without its maps."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One map in use: what kind of zone, its polygons by State, and whose word it is."""

    kind: str
    zones: Zones
    source: Source
    is_official: bool


@dataclass(frozen=True, slots=True)
class _Shipped:
    limits: bytes
    coast: bytes


@cache
def _shipped() -> _Shipped:
    """Raises NoMap where the build left them out (CNA_SKIP_ASSETS=1)."""
    folder = resources.files(__package__) / "maps"
    try:
        return _Shipped(*((folder / name).read_bytes() for name in ("limits.xz", "coast.xz")))
    except OSError as error:
        raise NoMap(
            "This build has no maps: run scripts/run once where npm's registry can be reached."
        ) from error


def _layer(kind: str, content: bytes, *, is_official: bool, without: frozenset[str] = frozenset()) -> Layer:
    # Shapes and projections take a third of a second to import: not before somebody asks.
    from cna_service.waters.limits import Zones
    from cna_service.waters.packed import unpack

    polygons = unpack(content)
    facts = polygons.facts
    source = Source(
        str(facts.get("source", "")),
        str(facts.get("as_of", "")),
        str(facts.get("terms", "")),
        hashlib.sha256(content).hexdigest(),
    )
    return Layer(kind, Zones(polygons, without=without), source, is_official)


class Atlas:
    """Looks up points; for any thread. Built when first asked (about a second), again when other maps are in use."""

    def __init__(
        self, imported: Callable[[], Sequence[tuple[int, str, Callable[[], bytes]]]] = lambda: ()
    ) -> None:
        """``imported``: (id, kind, how to read its content) of each imported map in use, asked at every look."""
        self._imported = imported
        self._building = threading.Lock()
        self._made: tuple[tuple[int, ...], tuple[Layer, ...], Layer] | None = None

    def warm(self) -> None:
        """Build the maps now, so that the first look does not wait. A build without maps has nothing to build."""
        try:
            self._layers()
        except NoMap:
            return

    def waters_of(self, position: Position) -> Waters | None:
        """None for a position without a point. Raises NoMap."""
        if position.latitude_e7 is None or position.longitude_e7 is None:
            return None
        longitude, latitude = position.longitude_e7 / 1e7, position.latitude_e7 / 1e7
        return self.look(longitude, latitude, radius_m=position.radius_m or 0)

    def look(self, longitude: float, latitude: float, *, radius_m: int) -> Waters:
        layers, coast = self._layers()
        limits = [layer for layer in layers if layer.kind == "territorial_sea"]
        having = [(layer, code) for layer in limits for code in layer.zones.at(longitude, latitude)]
        edges = [(layer, edge) for layer in limits if (edge := _edge(layer, longitude, latitude)) is not None]
        nearest = min(edges, key=lambda pair: pair[1].nm, default=None)
        shore = coast.zones.nearest_edge(longitude, latitude, within_nm=SEARCHED_NM)
        is_official = nearest is not None and nearest[0].is_official
        states = tuple(dict.fromkeys(_state(code) for _, code in having))
        beside = _state(nearest[1].code) if nearest else None
        found = Found(
            states=states,
            limit_state=beside,
            limit_nm=nearest[1].nm if nearest else None,
            coast_nm=shore.nm if shore else None,
            is_on_land=bool(coast.zones.at(longitude, latitude)),
            gap=None if is_official else weak_area(longitude, latitude),
            authoritative=tuple(
                (layer.kind, _state(code))
                for layer in layers
                if layer.kind != "territorial_sea"
                for code in layer.zones.at(longitude, latitude)
            ),
            is_official=is_official,
        )
        about = dict.fromkeys([*states, *([beside] if beside else [])])
        said = [words for state in about for words in exceptions_of(state)]
        return judge(
            found, radius_m=radius_m, exceptions=said, sources=[layer.source for layer in (*layers, coast)]
        )

    def _layers(self) -> tuple[tuple[Layer, ...], Layer]:
        maps = list(self._imported())
        wanted = tuple(id for id, _, _ in maps)
        made = self._made
        if made is None or made[0] != wanted:
            with self._building:
                made = self._made
                if made is None or made[0] != wanted:
                    made = self._made = (wanted, *_build(maps))
        return made[1], made[2]


def _build(maps: Sequence[tuple[int, str, Callable[[], bytes]]]) -> tuple[tuple[Layer, ...], Layer]:
    """Where an imported map draws a State's territorial sea, the shipped one is silent about that State."""
    from cna_service.waters.packed import unpack

    shipped = _shipped()
    official = [_layer(kind, read(), is_official=True) for _, kind, read in maps]
    drawn = {code for layer in official if layer.kind == "territorial_sea" for code in layer.zones.codes}
    theirs = frozenset(code for code in unpack(shipped.limits).codes if _state(code) in drawn)
    limits = _layer("territorial_sea", shipped.limits, is_official=False, without=theirs)
    return (*official, limits), _layer("coast", shipped.coast, is_official=False)


def _edge(layer: Layer, longitude: float, latitude: float) -> Edge | None:
    return layer.zones.nearest_edge(longitude, latitude, within_nm=SEARCHED_NM)


def _state(code: str) -> str:
    return state_from_words(code) or code
