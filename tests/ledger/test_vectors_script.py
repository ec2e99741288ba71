"""scripts/vectors: what it says of a set that passes, one that fails, and one that is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cna_service.ledger.tree import EMPTY_ROOT

SCRIPT = Path(__file__).parents[2] / "scripts" / "vectors"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("arguments", [(), ("/no/such/directory",), ("a", "b")])
def test_without_a_directory_it_exits_2_and_says_how_it_is_called(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage: scripts/vectors DIR" in done.stderr


def test_a_missing_file_exits_2_and_names_it(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert done.returncode == 2
    assert "golden_tree.json" in done.stderr


def test_a_failing_vector_is_counted_and_named(tmp_path: Path) -> None:
    golden = {
        "leaf_inputs_hex": [""],
        "node_hashes_by_level_hex": [],
        "root_hashes_by_size_hex": [EMPTY_ROOT.hex(), "00" * 32],
    }
    (tmp_path / "merkle").mkdir()
    (tmp_path / "merkle/golden_tree.json").write_text(json.dumps(golden))
    done = run(str(tmp_path))
    assert "     1 of      2  RFC 6962 tree" in done.stdout
    assert "FAILED  root of 1" in done.stdout
