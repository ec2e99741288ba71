"""No module over 400 lines, no function over 60: half of every large service lives in a few files nobody can hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, modules, name_of, tree_of

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

# What may be longer, and why. Migrations and tables are exempt as a kind: they are lists, not logic.
EXEMPT_MODULES: dict[str, str] = {}
EXEMPT_FUNCTIONS: dict[str, str] = {}


def is_a_list(path: Path) -> bool:
    return path.name == "tables.py" or "migrations" in path.parts


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield f"{name_of(path)}:{node.name}", node.end_lineno - node.lineno + 1


def ours() -> list[Path]:
    return [
        path
        for folder in ("cna_service", "scripts")
        for path in modules(ROOT / folder)
        if not is_a_list(path)
    ]


def test_no_module_is_over_400_lines() -> None:
    lengths = {
        name_of(path): len(path.read_text().splitlines()) for path in [*ours(), *modules(ROOT / "tests")]
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE and name not in EXEMPT_MODULES} == {}


def test_no_function_is_over_60_lines() -> None:
    lengths = dict(found for path in ours() for found in functions(path))
    assert {
        name: n for name, n in lengths.items() if n > LONGEST_FUNCTION and name not in EXEMPT_FUNCTIONS
    } == {}


def test_an_exemption_that_is_not_needed_is_gone() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in modules(ROOT)}
    assert {name for name in EXEMPT_MODULES if lengths.get(name, 0) <= LONGEST_MODULE} == set()
    long = dict(found for path in ours() for found in functions(path))
    assert {name for name in EXEMPT_FUNCTIONS if long.get(name, 0) <= LONGEST_FUNCTION} == set()
