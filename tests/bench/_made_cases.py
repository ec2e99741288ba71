"""Cases made from a register: what a request would say of a vessel, misheard, misread, cut, transliterated, and traps.

Harder than the shipped sample, and the same for the same seed. Each case keeps some of the vessel's other particulars,
noisy as mails and calls are.
"""

from __future__ import annotations

import csv
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Row = Mapping[str, str]
_CONFUSED = {
    "ocr": {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "8": "B", "B": "8", "Z": "2", "G": "6"},
    "heard": {"B": "V", "V": "B", "C": "K", "K": "C", "S": "Z", "Z": "S", "I": "Y", "Y": "I", "M": "N", "N": "M",
              "G": "J", "J": "H", "F": "S", "D": "T", "T": "D", "P": "B"},
}  # fmt: skip
_ICAO = [
    "ALFA",
    "BRAVO",
    "CHARLIE",
    "DELTA",
    "ECHO",
    "FOXTROT",
    "GOLF",
    "HOTEL",
    "INDIA",
    "JULIETT",
    "KILO",
    "LIMA",
    "MIKE",
    "NOVEMBER",
    "OSCAR",
    "PAPA",
    "QUEBEC",
    "ROMEO",
    "SIERRA",
    "TANGO",
    "UNIFORM",
    "VICTOR",
    "WHISKEY",
    "XRAY",
    "YANKEE",
    "ZULU",
]
_NUMBERS = {
    "2": "TWO",
    "3": "TRES",
    "4": "QUATRE",
    "5": "FIVE",
    "7": "SIETE",
    "8": "EIGHT",
    "9": "NUEVE",
    "10": "TEN",
}
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII", "8": "VIII", "9": "IX"}
_WRITTEN = (("Y", "J"), ("KH", "H"), ("SH", "SCH"), ("OU", "U"), ("AE", "A"), ("OE", "O"), ("QU", "K"), ("LL", "Y"),
            ("Ñ", "NY"), ("TS", "C"), ("X", "KS"), ("W", "V"))  # fmt: skip
_PREFIXES = ("M/V ", "F/V ", "MV ", "M.T. ", "S/Y ", "THE ", "B/P ", "MOTOR VESSEL ")
_PLACEHOLDER = re.compile(r"^(NO NAME|NOT NAMED|UNKNOWN|N/?A|-+|)$")
_PARTICULARS = ("flag", "callsign", "mmsi", "imo", "homeport", "length_m", "vtype", "regno", "hull_mark")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Case:
    """``expected``: a rid, ``NONE``, or ``AMBIGUOUS`` with the rids that must all be offered in ``offered``."""

    kind: str
    asked: Mapping[str, str]
    expected: str
    offered: tuple[str, ...] = ()


def made(rows: Sequence[Row], absent: Sequence[Row], count: int, seed: int) -> list[Case]:
    """Seven of eight cases have their vessel in the register."""
    chance = random.Random(seed)
    named = [r for r in rows if len(r["name"]) > 3 and not _PLACEHOLDER.match(r["name"].upper())]
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in named:
        by_name[_plain(row["name"])].append(row)
    return list(_cases(chance, named, by_name, absent, count))


def _cases(
    chance: random.Random,
    named: Sequence[Row],
    by_name: Mapping[str, Sequence[Row]],
    absent: Sequence[Row],
    count: int,
) -> Iterator[Case]:
    kinds = list(_SPOILS)
    for number in range(count):
        share = number % 16
        if share == 0:
            yield _absent(chance, chance.choice(absent))
        elif share == 1:
            yield _same_name(chance, chance.choice(named), by_name)
        elif share == 2 and number % 32 == 2:
            yield _ambiguous(chance, by_name)
        elif share == 3:
            yield _another_imo(chance, named)
        else:
            yield _spoilt(chance, chance.choice(named), kinds[number % len(kinds)], by_name)


def _spoilt(chance: random.Random, row: Row, kind: str, by_name: Mapping[str, Sequence[Row]]) -> Case:
    told = _particulars(chance, row, least=1 if len(by_name[_plain(row["name"])]) == 1 else 2)
    return Case(kind, {"name": _SPOILS[kind](chance, row["name"].upper()), **told}, row["rid"])


def _particulars(chance: random.Random, row: Row, *, least: int) -> dict[str, str]:
    """Some of what else is known, as people write it; at least so many fields where the register has them."""
    have = [field for field in _PARTICULARS if row.get(field)]
    wanted = min(len(have), max(least, chance.choice((0, 1, 1, 2, 2, 3))))
    told: dict[str, str] = {}
    for field in chance.sample(have, wanted):
        value = row[field]
        if field == "length_m":
            told["length"] = _length(chance, float(value))
        elif field in ("imo", "mmsi", "callsign") and chance.random() < 0.35:
            told[field] = _one_off(chance, value)
        elif field == "regno" and chance.random() < 0.4:
            told[field] = re.sub(r"[\s-]", "", value)
        else:
            told[field] = value
    return told


def _length(chance: random.Random, metres: float) -> str:
    off = metres * chance.uniform(0.95, 1.05)
    return chance.choice((f"{off:.0f} m", f"about {off / 0.3048:.0f} ft", f"{off:.1f}", f"{off:.0f}m LOA"))


def _one_off(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    other = chance.choice("0123456789") if text[at].isdigit() else chance.choice(LETTERS)
    return text[:at] + other + text[at + 1 :]


def _absent(chance: random.Random, row: Row) -> Case:
    told = {
        field: row[field] for field in ("flag", "vtype", "imo") if row.get(field) and chance.random() < 0.6
    }
    return Case("none_absent", {"name": row["name"], **told}, "NONE")


def _same_name(chance: random.Random, row: Row, by_name: Mapping[str, Sequence[Row]]) -> Case:
    """The name of a registered vessel, and the particulars of another ship: flag, length and type contradict."""
    flags = {r["flag"] for r in by_name[_plain(row["name"])]}
    flag = next(f for f in chance.sample(("TUV", "MNG", "BOL", "LUX", "MDA", "COM"), 6) if f not in flags)
    length = float(row["length_m"] or 30) * chance.choice((2.5, 4.0))
    return Case("none_same_name", {"name": row["name"], "flag": flag, "length": f"{length:.0f} m"}, "NONE")


def _ambiguous(chance: random.Random, by_name: Mapping[str, Sequence[Row]]) -> Case:
    several = [(name, own) for name, own in by_name.items() if 2 <= len(own) <= 6]
    _, own = chance.choice(several)
    return Case("ambiguous", {"name": own[0]["name"]}, "AMBIGUOUS", tuple(r["rid"] for r in own))


def _another_imo(chance: random.Random, named: Sequence[Row]) -> Case:
    """A valid IMO number of another ship, copied into the request; everything else is right."""
    with_imo = [r for r in named if r.get("imo") and r["flag"] and r["length_m"]]
    row, other = chance.sample(with_imo, 2)
    told = {"flag": row["flag"], "length": f"{float(row['length_m']):.0f} m", "vtype": row["vtype"]}
    return Case("wrong_imo_trap", {"name": row["name"], "imo": other["imo"], **told}, row["rid"])


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _edit(chance: random.Random, name: str) -> str:
    at = chance.randrange(1, len(name))
    letter = chance.choice(LETTERS)
    before, after = name[:at], name[at + 1 :]
    swapped = before[:-1] + name[at] + before[-1] + after
    return chance.choice((before + letter + name[at:], before + after, before + letter + after, swapped))


def _confused(which: str) -> Callable[[random.Random, str], str]:
    def spoil(chance: random.Random, name: str) -> str:
        table = _CONFUSED[which]
        places = [n for n, letter in enumerate(name) if letter in table]
        for at in chance.sample(places, min(len(places), chance.choice((1, 2)))):
            name = name[:at] + table[name[at]] + name[at + 1 :]
        return name

    return spoil


def _spelt(_chance: random.Random, name: str) -> str:
    words = name.split()
    first = " ".join(_ICAO[ord(c) - 65] if c.isascii() and c.isupper() else c for c in words[0])
    return " ".join([first, *words[1:]])


def _dropped(chance: random.Random, name: str) -> str:
    words = name.split()
    if len(words) < 2:
        return _edit(chance, name)
    gone = chance.randrange(len(words))
    return " ".join(w for n, w in enumerate(words) if n != gone)


def _numbers(_chance: random.Random, name: str) -> str:
    words = name.split()
    last = words[-1]
    back = {v: k for k, v in _ROMAN.items()}
    if last in _NUMBERS:
        return " ".join([*words[:-1], _NUMBERS[last]])
    return " ".join([*words[:-1], back.get(last, _ROMAN.get(last, last))])


def _translit(chance: random.Random, name: str) -> str:
    for old, new in chance.sample(_WRITTEN, len(_WRITTEN)):
        name = name.replace(old, new, 1)
    return name


_SPOILS: Mapping[str, Callable[[random.Random, str], str]] = {
    "as_is": lambda _, name: name,
    "edit1": _edit,
    "edit2": lambda chance, name: _edit(chance, _edit(chance, name)),
    "ocr": _confused("ocr"),
    "misheard": _confused("heard"),
    "spelt": _spelt,
    "dropped_word": _dropped,
    "prefix": lambda chance, name: chance.choice(_PREFIXES) + name,
    "joined": lambda _, name: name.replace(" ", ""),
    "swapped": lambda _, name: " ".join(reversed(name.split())),
    "numbers": _numbers,
    "translit": _translit,
    "cut": lambda chance, name: name[: max(4, len(name) - chance.randint(2, 5))],
    "combined": lambda chance, name: (
        chance.choice(_PREFIXES) + _confused("heard")(chance, _edit(chance, name))
    ),
}


def write(path: Path, cases: Sequence[Case]) -> Counter[str]:
    """As the case file that ``cna registry match`` reads."""
    columns = ["case_id", "kind", "name", "flag", "regno", "imo", "mmsi", "callsign", "hull_mark", "homeport", "length",
               "vtype", "remarks", "expected_rid", "note"]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for number, case in enumerate(cases):
            note = "candidates " + ";".join(case.offered) if case.offered else ""
            writer.writerow({"case_id": f"M{number:05d}", "kind": case.kind, **case.asked,
                             "expected_rid": case.expected, "note": note})  # fmt: skip
    return Counter(case.kind for case in cases)
