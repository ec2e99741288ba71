"""The repository itself: locks without addresses, nothing third-party, scripts that run, a README that names them."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name_of, tracked

LOCKS = ROOT / "requirements"
FRONTEND = ROOT / "cna_service" / "console" / "frontend"
SCRIPTS = (
    "scripts/run",
    "scripts/test",
    "scripts/check",
    "scripts/bench",
    "scripts/lock",
    "scripts/find-python",
    ".ci/run",
)
# In pieces, so that this file does not find itself.
REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
)
LARGEST = 1024 * 1024


def locks() -> list[Path]:
    return [*sorted(LOCKS.glob("*.txt")), FRONTEND / "package-lock.json"]


@pytest.mark.parametrize("path", locks(), ids=lambda path: path.name)
def test_a_lock_holds_no_address(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "resolved" not in text
    assert re.search(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links)\b", text, re.MULTILINE) is None


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.name)
def test_every_locked_package_has_a_hash(path: Path) -> None:
    entries = re.split(r"\n(?=\S)", path.read_text().strip())
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert packages
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def test_every_npm_package_has_a_hash() -> None:
    packages = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    assert [
        name for name, locked in packages.items() if name and not locked["integrity"].startswith("sha512-")
    ] == []


def test_the_development_lock_agrees_with_the_other_one() -> None:
    run, dev = (pins((LOCKS / name).read_text()) for name in ("run.txt", "dev.txt"))
    assert run - dev == set()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, dev = (
        {pin.partition("==")[0] for pin in pins((LOCKS / name).read_text())}
        for name in ("run.txt", "dev.txt")
    )
    assert {plain(each) for each in project["dependencies"]} - run == set()
    assert {plain(each) for each in project["optional-dependencies"]["dev"]} - dev == set()


def pins(lock: str) -> set[str]:
    return {
        " ".join(line.rstrip("\\ ").split()) for line in lock.splitlines() if re.match(r"[\w.-]+==", line)
    }


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def test_no_file_names_a_package_registry() -> None:
    found = [
        name_of(path) for path in tracked() if any(host.encode() in path.read_bytes() for host in REGISTRIES)
    ]
    assert found == []


def test_the_addressed_kinds_of_lock_are_not_kept() -> None:
    assert [name_of(path) for path in tracked() if path.name in {"uv.lock", "pylock.toml", "yarn.lock"}] == []


def test_no_other_project_s_files_are_kept() -> None:
    third_party = re.compile(r"(^|/)(vendor|node_modules)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|whl)$")
    assert [name_of(path) for path in tracked() if third_party.search(name_of(path))] == []


def test_no_file_is_over_one_megabyte() -> None:
    assert [name_of(path) for path in tracked() if path.stat().st_size > LARGEST] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_can_be_run(name: str) -> None:
    path = ROOT / name
    assert path.stat().st_mode & 0o111 == 0o111
    assert path.read_bytes().startswith(b"#!/bin/")


def test_the_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "./scripts/run" in readme
    assert "./scripts/test" in readme


def test_run_explains_itself_without_installing_anything() -> None:
    answer = subprocess.run(
        [str(ROOT / "scripts" / "run"), "--help"], capture_output=True, text=True, check=True
    )
    assert {"--exercise", "--port", "--data"} <= set(answer.stdout.split())


def test_an_unknown_benchmark_is_refused_with_the_list() -> None:
    answer = subprocess.run(
        [str(ROOT / "scripts" / "bench"), "nothing"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 3
    assert "usage: ./scripts/bench" in answer.stderr
