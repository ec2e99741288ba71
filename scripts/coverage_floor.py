"""Print branch coverage by package and refuse what lies under the floors.

95 % in ``kit``, ``ledger``, ``cases`` and every ``rules.py``; 85 % over all. Reads the report that
``pytest --cov --cov-report=json`` leaves in ``var/coverage/report.json``. Ends with 1 under
a floor, 2 without a report.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "var" / "coverage" / "report.json"
HIGH, OVERALL = 95.0, 85.0
HIGH_PACKAGES = ("kit", "ledger", "cases")


@dataclass(slots=True)
class Tally:
    """Lines and branches of some files, and how many of them ran."""

    there: int = 0
    ran: int = 0

    def add(self, summary: Mapping[str, int]) -> None:
        self.there += summary["num_statements"] + summary.get("num_branches", 0)
        self.ran += summary["covered_lines"] + summary.get("covered_branches", 0)

    @property
    def percent(self) -> float:
        return 100.0 * self.ran / self.there if self.there else 100.0


def tallies(files: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, Tally]:
    """By package, by ``rules`` (all ``rules.py`` together), and ``over all``."""
    made: dict[str, Tally] = defaultdict(Tally)
    for name, report in files.items():
        parts = Path(name).parts
        package = parts[1] if len(parts) > 2 else "cna_service"
        groups = [package, "over all"]
        if parts[-1] == "rules.py" or "rules" in parts[:-1]:
            groups.append("rules")
        for group in groups:
            made[group].add(report["summary"])
    return made


def floor_of(group: str) -> float | None:
    if group == "over all":
        return OVERALL
    return HIGH if group == "rules" or group in HIGH_PACKAGES else None


def main(report: Path = REPORT) -> int:
    try:
        files = json.loads(report.read_text())["files"]
    except (OSError, ValueError, KeyError) as reason:
        print(f"There is no coverage report to judge: {reason}", file=sys.stderr)
        return 2
    under = []
    for group, tally in sorted(tallies(files).items()):
        floor = floor_of(group)
        print(f"{group:12} {tally.percent:5.1f} %" + (f"   floor {floor:.0f} %" if floor is not None else ""))
        if floor is not None and tally.percent < floor:
            under.append(f"{group} is at {tally.percent:.1f} %, its floor is {floor:.0f} %")
    for line in under:
        print(line, file=sys.stderr)
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main())
