"""Every module says what it is for; nothing unfinished and nothing mocked is in the repository."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT, modules, name_of, tree_of

# Written in pieces, so that this file does not find itself.
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error", "pragma: no " + "cover")
MOCKED = ("mock." + "patch", "unittest." + "mock", "Magic" + "Mock", "monkeypatch." + "setattr")
SKIPPED = ("pytest." + "skip", "mark." + "skip", "mark." + "xfail", "importor" + "skip")


def containing(words: tuple[str, ...], *, folder: str) -> list[str]:
    return [
        f"{name_of(path)}: {word}" for path in modules(ROOT / folder) for word in words if has(path, word)
    ]


def has(path: Path, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", path.read_text()) is not None


def test_every_module_has_a_docstring() -> None:
    shaped = [path for path in modules() if "migrations/versions" not in str(path)]
    assert [name_of(path) for path in shaped if not (ast.get_docstring(tree_of(path)) or "").strip()] == []


def test_a_package_s_first_file_is_a_docstring_alone() -> None:
    firsts = [path for path in modules() if path.name == "__init__.py"]
    assert [name_of(path) for path in firsts if len(tree_of(path).body) != 1] == []


def test_nothing_in_the_package_is_unfinished() -> None:
    assert containing(UNFINISHED, folder="cna_service") + containing(UNFINISHED, folder="scripts") == []


def test_no_test_mocks_or_skips() -> None:
    assert containing(MOCKED + SKIPPED, folder="tests") + containing(MOCKED, folder="cna_service") == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "handler", "process", "data", "info", "misc"}
    assert [name_of(path) for path in modules() if {path.stem, path.parent.name} & empty] == []


def test_only_store_tables_and_queries_write_sql() -> None:
    """A slice keeps its SQL in store.py, its rows in tables.py, its read models in queries.py."""
    allowed = {"store.py", "tables.py", "queries.py", "bootstrap.py"}
    outside = [
        name_of(path)
        for path in modules()
        if path.name not in allowed
        and not path.name.endswith("_store.py")
        and not path.is_relative_to(PACKAGE / "db")
        and selects(tree_of(path))
    ]
    assert outside == []


def selects(tree: ast.Module) -> bool:
    """Whether it imports what builds statements; a Connection passed through is not that."""
    building = {"select", "insert", "update", "delete", "text", "func", "Table", "Column"}
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] == "sqlalchemy"
        and building & {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
