"""The repository as the tests of its own shape see it: what git tracks, or would."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "cna_service"


def tracked() -> list[Path]:
    """Files that git tracks or would track if they were added; without git, those of a plain listing."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(listing, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return [path for path in ROOT.rglob("*") if path.is_file() and not ignored(path)]
    return sorted({ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()})


def ignored(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(
        part in {".venv", "var", "node_modules", "vendor", ".git", "__pycache__"} for part in parts
    ) or any(part.endswith(("_cache", ".egg-info")) for part in parts)


def modules(folder: Path = PACKAGE) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(folder)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))
