"""Going back is starting the old release: so a migration adds, and never takes away or renames (desk-rules 12.3)."""

from __future__ import annotations

import ast
from pathlib import Path

VERSIONS = Path(__file__).resolve().parents[2] / "cna_service" / "db" / "migrations" / "versions"
ADDING = {"create_table", "create_index", "add_column", "f", "get_bind", "batch_alter_table", "execute"}


def operations(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    return {
        f.attr
        for f in calls
        if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "op"
    }


def test_rule_12_3_migrations_only_add() -> None:
    steps = sorted(VERSIONS.glob("v*.py"))
    assert steps
    assert {path.name: operations(path) - ADDING for path in steps} == {path.name: set() for path in steps}


def test_rule_12_3_no_step_can_be_run_backwards() -> None:
    assert all("def downgrade" not in path.read_text(encoding="utf-8") for path in VERSIONS.glob("v*.py"))
