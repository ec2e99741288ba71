"""How long ``cna serve`` takes until it is ready, first and again, and how much memory it then holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.bench import _stand as stand


def measure(*flags: str) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="cna-bench-"))
    found: dict[str, Any] = {}
    for name in ("first", "again"):
        with stand.desk(["-m", "cna_service", "serve", *flags], data=folder) as desk:
            found[name] = {"ready_after_s": round(desk.ready_after, 2), "resident_mb": desk.resident_mb}
    return found


def main() -> None:
    asked = stand.options(__doc__ or "")
    stand.report({"bench": "start", "real": measure(), "exercise": measure("--exercise")}, as_json=asked.json)


if __name__ == "__main__":
    main()
