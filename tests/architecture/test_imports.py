"""Which package may import which: the contracts of pyproject.toml hold, and none of them is empty."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def contracts() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}


def test_every_import_contract_is_kept() -> None:
    answer = subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"{len(contracts())} kept, 0 broken" in answer.stdout


def test_every_slice_stands_in_a_layer_and_says_what_it_answers_for() -> None:
    layers = " ".join(map(str, contracts()["layers"]["layers"]))  # type: ignore[arg-type]
    placed = set(layers.replace("|", " ").replace(":", " ").replace("(", " ").replace(")", " ").split())
    slices = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert slices - placed == set()
    assert contracts()["layers"]["exhaustive"] is True
