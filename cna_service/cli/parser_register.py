"""Commands of the registers and of the maps: their arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from cna_service.waters.rules import KINDS as ZONE_KINDS

REGISTER_LAYOUTS = ("cna-csv-1", "mvus", "eu-fleet", "mapped")
"""As registry.layouts.LAYOUTS, which a test compares; importing it would make help wait for what it reads with."""

Commands = Any
Add = Callable[[Any, str, str, str], argparse.ArgumentParser]
Group = Callable[[Any, str, str], Any]
Number = Callable[[int, int], Callable[[str], int]]


def add_register(commands: Commands, add: Add, group: Group, number: Number) -> None:
    """``add``, ``group`` and ``number`` are those of :mod:`cna_service.cli.parser`."""
    _registry(commands, add, group, number)
    _zones(commands, add, group, number)


def _registry(commands: Commands, add: Add, group: Group, number: Number) -> None:
    registry = group(commands, "registry", "the national register")
    take = add(registry, "import", "registry:import_file", "import a register as its new version")
    take.add_argument("file", metavar="FILE", help="CSV file, plain or gzip")
    take.add_argument("--as-of", metavar="YYYY-MM-DD", help="the date of the register itself")
    take.add_argument("--register", default="national", metavar="ID", help="which register (national)")
    take.add_argument(
        "--layout",
        default=REGISTER_LAYOUTS[0],
        choices=REGISTER_LAYOUTS,
        help="ours; the Coast Guard's bulk file; the EU fleet register's; any CSV by --mapping",
    )
    take.add_argument("--mapping", metavar="FILE", help="TOML that says which column is what")
    for name, default in (("name", "National register"), ("source", ""), ("terms", "")):
        take.add_argument(f"--{name}", default=default)
    search = add(registry, "search", "registry:search", "rank the vessels that may be meant")
    search.add_argument("name", nargs="*", help="the vessel's name as told")
    for field in (
        "former-name",
        "registration-number",
        "imo",
        "mmsi",
        "call-sign",
        "hull-mark",
        "homeport",
        "flag",
        "length",
        "vessel-type",
    ):
        search.add_argument(f"--{field}", default="")
    search.add_argument("--register", metavar="ID", help="which register (national)")
    search.add_argument("--at", metavar="INSTANT", help="as it was then")
    match = add(registry, "match", "registry:match", "match a file of cases against a register file")
    match.add_argument("--register", required=True, metavar="FILE")
    match.add_argument("--cases", required=True, metavar="FILE")
    synth = add(registry, "synth", "registry:synth", "write an invented register")
    synth.add_argument("file", metavar="FILE", help="where to write; .gz is compressed")
    synth.add_argument("--vessels", type=number(1, 10_000_000), default=10_000)
    synth.add_argument("--seed", type=number(0, 2**31), default=1)
    synth.add_argument("--flag", action="append", default=[], help="may be given several times (XA)")
    stats = add(registry, "stats", "registry:stats", "versions, rows and rows set aside")
    stats.add_argument("--register", default="national", metavar="ID", help="which register (national)")


def _zones(commands: Commands, add: Add, group: Group, number: Number) -> None:
    zones = group(commands, "zones", "maps of the sea's limits, and whose waters a position lies in")
    take = add(zones, "import", "zones:import_map", "take a map of the authority's own into use")
    take.add_argument(
        "file", metavar="FILE", help="GeoJSON, or a zipped shapefile, with polygons in degrees (WGS 84)"
    )
    take.add_argument("--kind", choices=ZONE_KINDS, default=ZONE_KINDS[0], help="what the polygons are")
    take.add_argument("--name", default="own", help="a newer map of the same name and kind replaces it")
    take.add_argument("--source", default="", help="who made it, as it is to be cited")
    take.add_argument("--terms", default="", help="on which terms it may be used")
    take.add_argument("--as-of", metavar="YYYY-MM-DD", required=True, help="the date of the map itself")
    take.add_argument("--state", default="", help="whose all the polygons are, such as PT")
    take.add_argument("--state-field", default="", help="else the property that names the State")
    add(zones, "list", "zones:list_maps", "the imported maps in use")
    retire = add(zones, "retire", "zones:retire", "take a map out of use")
    retire.add_argument("map", type=number(1, 2**31), help="its number")
    retire.add_argument("--reason", required=True)
    where = add(zones, "at", "zones:at", "whose waters a position lies in")
    where.add_argument("position", nargs="+", help="as typed: 14-03.5N 074-22.1W")
