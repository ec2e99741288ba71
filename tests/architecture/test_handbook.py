"""The handbook's reference pages are what the code says: every entry type, setting, error code and command."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_reference_pages_are_up_to_date() -> None:
    told = subprocess.run(
        [ROOT / "scripts" / "handbook", "--check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert told.returncode == 0, f"{told.stdout}{told.stderr}: run scripts/handbook"
