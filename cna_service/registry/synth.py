"""Synthetic registers of any size: invented vessels of fictional States, the same for the same seed.

Made for exercises, tests and benches. Some vessels share a name, some have former names, small craft have no IMO
number. IMO numbers begin with 3, MMSI with 280 to 299, call signs with 1: none of these is allocated to anybody, so
that nothing invented can be taken for a ship that exists.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cna_service.registry.layout import COLUMNS
from cna_service.registry.model import RegisterVessel
from cna_service.vessels.identifiers import imo_check_digit

_FIRST_WORDS = """
ALBA AMBER ANCHOR AURORA AZURE BELLE BLUE BOLD BRAVE BRIGHT CAPE CASTLE CEDAR CELESTE CLEAR CORAL CREST CRYSTAL DAWN
DELTA DIAMOND DISTANT EAGLE EARLY EAST EBONY EMERALD ETERNAL FAIR FALCON FAST FOREST GALLANT GENTLE GLORIA GOLDEN GRAND
GREEN GULF HARBOUR HAPPY HERON HIGH HOPE IRON ISLA IVORY JADE JOLLY KINGS LADY LAST LIBERTY LITTLE LONE LUCKY LUNA MARIA
MARINA MISTY MORNING NEW NOBLE NORTH NOVA OCEAN OLD ORION PACIFIC PEARL PILGRIM POLAR PRIDE PROUD QUEEN QUIET RAPID RED
ROCKY ROSA ROYAL RUBY SAINT SALTY SAN SANTA SAPPHIRE SCARLET SEA SENTINEL SILVER SOLAR SOUTH SPIRIT STAR STELLA STORM
SUMMER SUN SWEET SWIFT TALL TERRA TIDE TOPAZ TRUE TWIN VALIANT VELVET VERA VICTORY VILLA WEST WHITE WILD WINTER WISE
"""
_SECOND_WORDS = """
ALBATROSS ANTONIA ARROW BAY BEACON BREEZE BRIDGE CARMEN CLARA CLIFF CLOUD COAST COMET CORMORANT CURRENT DOLPHIN DREAM
ELENA EMPRESS ESTRELLA EXPLORER FATIMA FIN FLAME FORTUNE FRANCISCA FRIEND GARNET GIRL GRACE GUARDIAN GULL HAVEN HERITAGE
HORIZON HUNTER ISABEL ISLAND JEWEL JOURNEY KESTREL KING LAGOON LANTERN LEADER LEGEND LIGHT LUCIA MAID MARINER MARLIN
MERIDIAN MONICA MOON MOUNTAIN NAVIGATOR OSPREY OTTER PAULA PELICAN PETREL PHOENIX PIONEER PORT PRINCE PRINCESS PROMISE
PROVIDER RANGER REEF RIDGE RIVER ROCK ROSE RUNNER SAIL SEEKER SHARK SHORE SIREN SKIMMER SKUA SKY SONG SPRAY SPRING
STREAM SUNRISE SURF SWALLOW SWAN TERESA TERN TRADER TRAVELLER TREASURE TRIDENT TUNA VALLEY VENTURE VOYAGER WANDERER
WATCH WAVE WHALE WIND WING YARE ZEPHYR
"""
_FIRST = _FIRST_WORDS.split()
_SECOND = _SECOND_WORDS.split()
_PORT_BEGINNINGS = (
    "Alda Bren Cor Dun Esta Far Gal Hol Ila Jor Kel Lor Mar Nor Oster Pel Quin Ros Sal Tor Ul Wes Yar"
)
_PORT_ENDS = "mouth haven port burg wick ford sund vik mar nova bay stad"
# (type, least length in m, greatest, gross tonnage per length squared, whether it has an IMO number)
_TYPES = (
    ("Fishing", 6, 24, 0.12, False),
    ("Longliner", 18, 50, 0.16, True),
    ("Trawler", 20, 70, 0.2, True),
    ("Recreational", 5, 18, 0.1, False),
    ("General Cargo", 60, 140, 0.35, True),
    ("Bulk Carrier", 120, 290, 0.75, True),
    ("Container Ship", 120, 360, 0.8, True),
    ("Oil/Chemical Tanker", 90, 270, 0.8, True),
    ("Tug", 18, 45, 0.25, True),
    ("Passenger", 30, 200, 0.5, True),
)
_TYPE_WEIGHTS = (26, 8, 8, 20, 10, 9, 7, 6, 4, 2)
_SIGN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMESAKE_EVERY = 25
_REMEMBERED = 4000


def valid_imo(number: int) -> str:
    """The IMO number in the unallocated range that begins with 3 for a running number below 100,000."""
    six = f"3{number % 100_000:05d}"
    return f"{six}{imo_check_digit(six)}"


def synthetic_register(
    size: int, *, seed: int, flags: Sequence[str] = ("XA",), specials: Sequence[RegisterVessel] = ()
) -> Iterator[RegisterVessel]:
    """``specials`` first, then invented vessels up to ``size`` in all; flags fall evenly."""
    yield from specials
    # The numbers must repeat, not be secret.
    chance = random.Random(seed)  # noqa: S311
    ports = [begin + end for begin in _PORT_BEGINNINGS.split() for end in _PORT_ENDS.split()]
    remembered: list[str] = []
    for number in range(len(specials), size):
        vessel = _invented(number, chance, chance.choice(flags), chance.choice(ports))
        if remembered and number % _NAMESAKE_EVERY == 0:
            vessel = replace(vessel, name=chance.choice(remembered))
        elif len(remembered) < _REMEMBERED:
            remembered.append(vessel.name)
        yield vessel


def write_register(path: Path, vessels: Iterable[RegisterVessel]) -> int:
    """Write the CSV layout that ``layout.read_register`` reads, gzip if the name ends in .gz; how many rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for vessel in vessels:
        count += 1
        values = {field: getattr(vessel, field) for field in COLUMNS.values()}
        values["former_names"] = ";".join(vessel.former_names)
        writer.writerow(values[field] for field in COLUMNS.values())
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return count


def _invented(number: int, chance: random.Random, flag: str, port: str) -> RegisterVessel:
    kind, least, most, tonnes, has_imo = chance.choices(_TYPES, _TYPE_WEIGHTS)[0]
    length = chance.randint(least * 100, most * 100) / 100
    has_radio = has_imo or chance.random() < 0.3
    is_numbered = has_imo and number < 100_000
    return RegisterVessel(
        rid=f"X{number:07d}",
        name=_name(chance),
        former_names=(_name(chance),) if chance.random() < 0.08 else (),
        flag=flag,
        imo=valid_imo(number) if is_numbered else "",
        mmsi=f"{280 + ord(flag[-1]) % 20}{number % 1_000_000:06d}" if has_radio else "",
        call_sign=_call_sign(number, flag) if has_radio else "",
        registration_number=f"{flag}-{number:06d}",
        hull_mark=f"{port[:2].upper()} {number % 9973 + 1}" if "Fish" in kind else "",
        homeport=port,
        length_m=f"{length:.2f}",
        gross_tonnage=f"{max(1, round(length * length * tonnes))}",
        vessel_type=kind,
        built=str(chance.randint(1975, 2025)),
    )


def _name(chance: random.Random) -> str:
    shape = chance.random()
    first, second = chance.choice(_FIRST), chance.choice(_SECOND)
    if shape < 0.12:
        return second
    if shape < 0.3:
        return f"{first} {second} {chance.choice(('II', 'III', 'IV', '2', '3', '5', '7', '11', '21'))}"
    return f"{first} {second}"


def _call_sign(number: int, flag: str) -> str:
    """1, the State's own letter, two letters, a digit: in no allocated series."""
    rest, digit = divmod(number, 10)
    tail = _SIGN[rest // 26 % 26] + _SIGN[rest % 26] + str(digit)
    return f"1{flag[-1]}{tail}" + (str(rest // 676) if rest >= 676 else "")
