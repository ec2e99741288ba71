"""Make ``.venv`` as the locks say, build the browser files, install the project in place.

    python3 scripts/prepare.py run     what the service needs
    python3 scripts/prepare.py dev     that, and what the tests need

Needs Python 3.11 with pip, and nothing else: every package is fetched by the machine's own package settings and
checked against the hashes of ``requirements/``. A hashed ``uv`` does the installing, because it takes seconds
where pip takes a minute; pip does it where uv cannot. What is already so is not done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = VENV / "tools"
STAMP = VENV / "prepared.json"
LOCKS = ROOT / "requirements"
VENDOR = ROOT / "cna_service" / "console" / "static" / "vendor"
MAPS = ROOT / "cna_service" / "waters" / "maps"
OLDEST = (3, 11)

Stamp = Mapping[str, str]


class CannotPrepare(Exception):
    """What is missing on this machine, and what to do about it."""


def prepare(wanted: str) -> None:
    """Bring ``.venv`` to the state of the lock ``run`` or ``dev``. Raises CannotPrepare."""
    if is_prepared(wanted):
        return
    with one_at_a_time():
        made = stamp_of_venv()
        if not has_packages(made, wanted):
            make_venv()
            say(f"Installing the packages of requirements/{wanted}.txt (first start: up to a minute) …")
            install_locked(wanted)
            made = {"lock": wanted, "packages": packages_fingerprint(wanted)}
            write_stamp(made)
        if not has_assets():
            say("Fetching the console's style sheet, fonts and script, and the maps of the sea's limits …")
            build_assets()
        if made.get("project") != project_fingerprint():
            install_project()
            write_stamp({**made, "project": project_fingerprint()})


def is_prepared(wanted: str) -> bool:
    made = stamp_of_venv()
    return has_packages(made, wanted) and made.get("project") == project_fingerprint() and has_assets()


# --- what is so already ------------------------------------------------------------------------------------------


def stamp_of_venv() -> Stamp:
    try:
        made = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def write_stamp(made: Stamp) -> None:
    STAMP.write_text(json.dumps(made, indent=1) + "\n")


def has_packages(made: Stamp, wanted: str) -> bool:
    """Whether the packages are there; the development lock holds everything of the other one."""
    lock = made.get("lock", "")
    enough = lock == wanted or (lock, wanted) == ("dev", "run")
    return enough and PYTHON.exists() and made.get("packages") == packages_fingerprint(lock)


def packages_fingerprint(lock: str) -> str:
    interpreter = f"{sys.implementation.cache_tag} {os.path.realpath(VENV)}".encode()
    return digest([interpreter, *(path.read_bytes() for path in lock_files(lock))])


def lock_files(lock: str) -> list[Path]:
    return [LOCKS / f"{lock}.txt", LOCKS / "build.txt"]


def project_fingerprint() -> str:
    """Of what an editable install writes down: names, entry points, and where the checkout lies."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    written_down = [settings["project"], settings["tool"]["hatch"], str(ROOT)]
    return digest([json.dumps(written_down, sort_keys=True).encode()])


def has_assets() -> bool:
    if os.environ.get("CNA_SKIP_ASSETS") == "1":
        return True
    scripts = ROOT / "scripts"
    made = (
        (VENDOR, ROOT / "cna_service" / "console" / "frontend", scripts / "build_assets.py"),
        (MAPS, ROOT / "cna_service" / "waters" / "source", scripts / "build_waters.py"),
    )
    return all(is_made_from(folder, source, script) for folder, source, script in made)


def is_made_from(folder: Path, source: Path, script: Path) -> bool:
    try:
        made_from = (folder / ".made-from").read_text().strip()
    except OSError:
        return False
    sources = [source / "package.json", source / "package-lock.json", script]
    return made_from == digest(path.read_bytes() for path in sources)


def digest(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts in one checkout wait for each other."""
    path = ROOT / "var" / "prepare.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- making it so ------------------------------------------------------------------------------------------------


def make_venv() -> None:
    """An environment without a pip of its own: Debian's python3 cannot make one with, and it is not needed."""
    if PYTHON.exists() and runs([PYTHON, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"]):
        return
    base = getattr(sys, "_base_executable", None) or sys.executable
    if not runs([base, "-m", "venv", "--clear", "--without-pip", VENV], quiet=False):
        raise CannotPrepare(
            f"{base} could not make {VENV}. Install the venv module (Debian: apt-get install python3-venv)."
        )


def install_locked(wanted: str) -> None:
    files = [argument for path in lock_files(wanted) for argument in ("-r", str(path))]
    uv = find_uv()
    if uv is not None:
        if runs(
            [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", *files], quiet=False
        ):
            return
        say("uv could not install them; trying pip …")
    pip = find_pip()
    if pip is None or not runs(
        [*pip, "--python", PYTHON, "install", *QUIETLY, "--require-hashes", *files], quiet=False
    ):
        raise CannotPrepare(
            "The packages could not be installed; the reason stands above. Is a package index reachable?"
        )


def install_project() -> None:
    """In place, so that a changed file is a changed service. Fetches nothing."""
    environment = {"CNA_SKIP_ASSETS": "1"}
    options = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    uv, pip = find_uv(), find_pip()
    if uv is not None and runs([uv, "pip", "install", "--quiet", "--python", PYTHON, *options], environment):
        return
    if pip is None or not runs(
        [*pip, "--python", PYTHON, "install", *QUIETLY, *options], environment, quiet=False
    ):
        raise CannotPrepare("The project could not be installed into .venv; the reason stands above.")


def build_assets() -> None:
    """With the machine's npm, or with the node that a Python package brings."""
    script = ROOT / "scripts" / "build_assets.py"
    environment = {"PYTHONPATH": str(TOOLS)}
    if not runs([PYTHON, script, "--has-npm"], environment):
        say("This machine has no npm; fetching node as a Python package (61 MB, once) …")
        install_tool("node.txt")
    if not runs([PYTHON, script], environment, quiet=False):
        raise CannotPrepare(
            "The browser files could not be fetched; the reason stands above. Is an npm registry reachable?\n"
            "CNA_SKIP_ASSETS=1 starts without them: the console then is plain HTML."
        )


# --- uv and pip --------------------------------------------------------------------------------------------------

# Debian, Fedora, SUSE: where an authority's own certificates are, which uv and node do not look for by themselves.
SYSTEM_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)
QUIETLY = ["--quiet", "--disable-pip-version-check", "--no-input"]


def find_uv() -> str | None:
    """The hashed uv in ``.venv/tools``, installed there if need be; None where pip must do."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists() and find_pip() is not None:
        install_tool("uv.txt")
    return str(uv) if uv.exists() else shutil.which("uv")


def find_pip() -> list[str] | None:
    """The command of a pip on this machine; any one can install into any environment."""
    for python in (sys.executable, getattr(sys, "_base_executable", None)):
        if python and runs([python, "-m", "pip", "--version"]):
            return [python, "-m", "pip"]
    return None


def install_tool(lock: str) -> None:
    """Into a folder of its own, which an externally managed Python (PEP 668) allows."""
    options = [
        *QUIETLY,
        "--no-deps",
        "--require-hashes",
        "--upgrade",
        "--target",
        str(TOOLS),
        "-r",
        str(LOCKS / lock),
    ]
    pip = find_pip()
    if pip is not None:
        runs([*pip, "install", *options])
        return
    uv = shutil.which("uv")
    if uv is None:
        raise CannotPrepare(
            "python3 has no pip. Install it (Debian: apt-get install python3-pip), then start again."
        )
    runs(
        [uv, "pip", "install", "--python", PYTHON, "--require-hashes", "--target", TOOLS, "-r", LOCKS / lock]
    )


def runs(
    command: Iterable[str | Path], environment: Mapping[str, str] | None = None, *, quiet: bool = True
) -> bool:
    """Run it; whether it ended well. A quiet one's output is thrown away, another one's goes to standard error."""
    out = subprocess.DEVNULL if quiet else sys.stderr
    settings = {**package_settings(), **os.environ, **(environment or {})}
    settings.pop("PYTHONHOME", None)
    try:
        return (
            subprocess.run(
                list(map(str, command)), env=settings, stdout=out, stderr=out, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def package_settings() -> dict[str, str]:
    """What uv and npm must be told so that they ask and trust whom pip does; what the user set holds."""
    settings = {"PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    if index := os.environ.get("PIP_INDEX_URL"):
        settings["UV_DEFAULT_INDEX"] = index
    if certificates := os.environ.get("PIP_CERT"):
        settings["SSL_CERT_FILE"] = settings["NODE_EXTRA_CA_CERTS"] = certificates
    elif system := next(filter(os.path.exists, SYSTEM_CERTIFICATES), None):
        settings["UV_SYSTEM_CERTS"] = "true"
        settings["NODE_EXTRA_CA_CERTS"] = system
    return settings


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    if arguments not in (["run"], ["dev"]):
        say("usage: python3 scripts/prepare.py run|dev")
        return 3
    if sys.version_info < OLDEST:
        say(
            f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {sys.version.split()[0]}."
        )
        return 2
    try:
        prepare(arguments[0])
    except CannotPrepare as reason:
        say(str(reason))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
