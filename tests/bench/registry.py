"""Finding a vessel: on the register of the data folder, and on a million records grown from it.

Two sets of cases: the sample of the data folder, and harder ones made here (``_made_cases``). For each register: how
often the right vessel stands first and among the first five, what is accepted wrongly, times for one request at a time
and for eight in parallel, what the index costs. Beside it, on the same cases, what a database would do by itself:
SQLite's FTS5 with trigrams, the best 200 ordered by rapidfuzz, exact identifiers first; and PostgreSQL's pg_trgm where
its extension is there.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import resource
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cna_service.registry.candidates import search_register
from cna_service.registry.kept_index import keep_index, read_index
from cna_service.registry.layout import Reject, read_register
from cna_service.registry.match import _query
from cna_service.registry.memory import MemoryRegister
from cna_service.registry.model import Query, RegisterVessel
from cna_service.registry.rules import Ranking, Suggestion
from tests.bench import _databases, _made_cases
from tests.bench import _stand as stand
from tests.bench._made_cases import Case

REGISTER, SAMPLE, ABSENT, SYNTHETIC = (
    "vessels_register.csv.gz",
    "dev_matching.csv",
    "negatives_scrapped.csv.gz",
    "us_style_synth_100k.csv.gz",
)
MILLION = 1_000_000
MADE = 832
PARALLEL = 8
TARGETS = {
    "register": {"r_at_1": 0.97, "r_at_5": 0.99},
    "million": {"r_at_1": 0.95, "r_at_5": 0.97, "p99_ms": 15.0, "p99_ms_of_8": 50.0},
    "both": {"none_accepted": 0, "wrong_accepted": 0.005},
    "index_loaded_s": 3.0,
}

Ranker = Callable[[Query], Sequence[str]]


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sample(path: Path) -> list[Case]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    plain = ("case_id", "kind", "expected_rid", "note")
    return [
        Case(
            row["kind"],
            {k: v for k, v in row.items() if k not in plain and v},
            row["expected_rid"],
            tuple(row["note"].removeprefix("candidates ").split(";"))
            if row["expected_rid"] == "AMBIGUOUS"
            else (),
        )
        for row in found
    ]


def grown(vessels: Sequence[RegisterVessel], folder: Path, size: int) -> Iterator[RegisterVessel]:
    """The register, then small craft in the style of the synthetic one, their names put together anew."""
    yield from vessels
    chance = random.Random(5)
    style = [row for row in rows_of(folder / SYNTHETIC) if row["name"]]
    first = [row["name"].split()[0] for row in style]
    rest = [" ".join(row["name"].split()[1:]) for row in style]
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    for number in range(len(vessels), size):
        row = chance.choice(style)
        name = (
            f"{chance.choice(first)} {chance.choice(rest)}".strip() if chance.random() < 0.8 else row["name"]
        )
        mark = "".join(chance.choices(letters, k=2))
        registration = f"{mark} {chance.randrange(10_000):04d} {''.join(chance.choices(letters, k=2))}"
        yield RegisterVessel(
            rid=f"S{number:07d}",
            name=name,
            flag="US",
            registration_number=registration,
            hull_mark=registration,
            homeport=sys.intern(row["homeport"]),
            length_m=f"{chance.uniform(4, 30):.2f}",
            vessel_type=sys.intern(row["vtype"]),
            built=sys.intern(row["built"]),
        )


def query_of(case: Case) -> Query:
    return _query({"name": "", **case.asked})


def judged(register: MemoryRegister, cases: Sequence[Case]) -> dict[str, Any]:
    """Quality and times of our own search, one request after the other."""
    seconds: list[float] = []
    rankings: list[Ranking] = []
    for case in cases:
        query = query_of(case)
        began = stand.CLOCK.monotonic()
        rankings.append(search_register(query, register.index, register, register.flags))
        seconds.append(stand.CLOCK.monotonic() - began)
    ranked = [[c.rid for c in r.candidates] for r in rankings]
    is_found = [r.suggestion is Suggestion.FOUND_ONE for r in rankings]
    several = [r.suggestion is Suggestion.SEVERAL for r in rankings]
    return {
        **_quality(cases, ranked),
        **_accepted(cases, ranked, is_found, several),
        "ms": stand.percentiles(seconds),
    }


def _quality(cases: Sequence[Case], ranked: Sequence[Sequence[str]]) -> dict[str, Any]:
    present = [(c, r) for c, r in zip(cases, ranked, strict=True) if c.expected not in ("NONE", "AMBIGUOUS")]
    return {
        "cases": len(cases),
        "r_at_1": round(sum(r[:1] == [c.expected] for c, r in present) / len(present), 4),
        "r_at_5": round(sum(c.expected in r[:5] for c, r in present) / len(present), 4),
    }


def _accepted(
    cases: Sequence[Case], ranked: Sequence[Sequence[str]], is_found: Sequence[bool], several: Sequence[bool]
) -> dict[str, Any]:
    whole = list(zip(cases, ranked, is_found, several, strict=True))
    absent = [found for case, _, found, _ in whole if case.expected == "NONE"]
    present = [(c, r, f) for c, r, f, _ in whole if c.expected not in ("NONE", "AMBIGUOUS")]
    unclear = [s and set(c.offered) <= set(r) for c, r, _, s in whole if c.expected == "AMBIGUOUS"]
    return {
        "found": round(sum(f for _, _, f in present) / len(present), 4),
        "wrong_accepted": round(sum(f and r[0] != c.expected for c, r, f in present) / len(present), 4),
        "none_accepted": f"{sum(absent)} of {len(absent)}",
        "ambiguous_as_several": f"{sum(unclear)} of {len(unclear)}",
    }


def in_parallel(register: MemoryRegister, cases: Sequence[Case]) -> dict[str, float]:
    seconds: list[float] = []
    guard = threading.Lock()

    def one(query: Query) -> None:
        began = stand.CLOCK.monotonic()
        search_register(query, register.index, register, register.flags)
        with guard:
            seconds.append(stand.CLOCK.monotonic() - began)

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(one, [query_of(case) for case in cases]))
    return stand.percentiles(seconds)


def ordered_by(ranker: Ranker, cases: Sequence[Case]) -> dict[str, Any]:
    seconds: list[float] = []
    ranked: list[Sequence[str]] = []
    for case in cases:
        began = stand.CLOCK.monotonic()
        ranked.append(ranker(query_of(case)))
        seconds.append(stand.CLOCK.monotonic() - began)
    return {**_quality(cases, ranked), "ms": stand.percentiles(seconds)}


def measure(
    vessels: Sequence[RegisterVessel], sets: Mapping[str, Sequence[Case]], beside: int
) -> dict[str, Any]:
    """``beside``: how many cases the databases are asked; they take a tenth of a second each on a million."""
    began = stand.CLOCK.monotonic()
    register = MemoryRegister(vessels)
    built = stand.CLOCK.monotonic() - began
    found: dict[str, Any] = {"vessels": len(register), "register_built_s": round(built, 2), **kept(register)}
    for name, cases in sets.items():
        found[name] = judged(register, cases)
    found["made"]["ms_of_8"] = in_parallel(register, sets["made"])
    few = [case for case in sets["made"] if case.asked.get("name")][:beside]
    found["beside"] = {"ours": ordered_by(lambda q: _rids(register, q), few)}
    with tempfile.TemporaryDirectory(prefix="cna-bench-") as folder:
        for name, ranker in _databases.rankers(vessels, Path(folder)):
            found["beside"][name] = ordered_by(ranker, few) if ranker else "its extension is not there"
    found["resident_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found


def _rids(register: MemoryRegister, query: Query) -> list[str]:
    return [c.rid for c in search_register(query, register.index, register, register.flags).candidates]


def kept(register: MemoryRegister) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="cna-bench-") as folder:
        keep_index(Path(folder), "1-bench", register.index)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        began = stand.CLOCK.monotonic()
        index = read_index(Path(folder), "1-bench")
        seconds = stand.CLOCK.monotonic() - began
        assert index is not None
    return {"index_mb": round(size / 1e6, 1), "index_loaded_s": round(seconds, 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, required=True, help=f"folder that holds {REGISTER}")
    parser.add_argument(
        "--million", type=int, default=MILLION, help="size of the second register; 0: only the first"
    )
    asked = parser.parse_args()
    missing = [name for name in (REGISTER, SAMPLE, ABSENT, SYNTHETIC) if not (asked.data / name).is_file()]
    if missing:
        print(f"{asked.data} does not hold {', '.join(missing)}.", file=sys.stderr)
        return 2
    vessels = [v for v in read_register(asked.data / REGISTER) if not isinstance(v, Reject)]
    cases = _made_cases.made(rows_of(asked.data / REGISTER), rows_of(asked.data / ABSENT), MADE, 7)
    sets = {"sample": sample(asked.data / SAMPLE), "made": cases}
    found: dict[str, Any] = {"bench": "registry", "targets": TARGETS}
    found["register"] = measure(vessels, sets, MADE)
    if asked.million:
        found["million"] = measure(list(grown(vessels, asked.data, asked.million)), sets, 100)
    stand.report(found, as_json=asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
