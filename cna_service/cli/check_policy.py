"""The policy files: whether each can be read, with file and place of every fault, and what a policy may not say."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from cna_service.agreements.catalogue import Catalogue, files_in, load
from cna_service.agreements.rules import acknowledgement_policy_problems
from cna_service.bootstrap import config_folder
from cna_service.cli.deployment import Settings
from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.documents.wording import FILE as PAPERS
from cna_service.documents.wording import read_wording
from cna_service.escalation.ladder_file import read_ladders
from cna_service.escalation.words import read_texts
from cna_service.kit.errors import Invalid
from cna_service.workflow import two_person
from cna_service.workflow.two_person import TwoPerson

ACKNOWLEDGEMENT = "acknowledgement.toml"
"""Optional: ``receipt_acknowledges = ["coe-7"]``, provisions for which the receipt shall count as acknowledgement."""


def look(settings: Settings, *, exercise: bool) -> tuple[Catalogue | None, list[Remark]]:
    """The catalogue, None where it cannot be read, and what was found."""
    folder = config_folder(settings)
    if not folder.is_dir():
        return None, [wrong("policy", f"{folder} is not there: correct CNA_CONFIG.")]
    catalogue, found = _catalogue(folder, exercise=exercise)
    found += _text_file(folder / "ladders.toml", lambda text: f"{len(read_ladders(text).by_id)} ladders")
    found += _text_file(folder / "texts.toml", lambda text: f"sha256 {read_texts(text).sha256}")
    if (folder / PAPERS).exists():
        found += _text_file(folder / PAPERS, lambda text: f"version {read_wording(text).version}")
    if (folder / two_person.FILE).exists():
        found += _text_file(
            folder / two_person.FILE,
            lambda text: f"{len(two_person.read_two_person(text).rules)} two-person rules",
        )
    else:
        words = f"{folder / two_person.FILE} is not there: one person is enough for every act."
        found.append(remark("policy", words))
    if catalogue is not None:
        found += _acknowledgement(folder / ACKNOWLEDGEMENT, catalogue)
    return catalogue, found


def two_person_rules(settings: Settings) -> TwoPerson:
    """The rules in force; none where the file is not there or cannot be read, which ``look`` says."""
    try:
        return two_person.read_two_person(
            (config_folder(settings) / two_person.FILE).read_text(encoding="utf-8")
        )
    except (Invalid, OSError, UnicodeDecodeError):
        return TwoPerson()


def _catalogue(folder: Path, *, exercise: bool) -> tuple[Catalogue | None, list[Remark]]:
    folders = [folder / "agreements", *([folder / "exercise" / "agreements"] if exercise else [])]
    try:
        catalogue = load(files_in(*(f for f in folders if f.is_dir())), exercise=exercise)
    except Invalid as error:
        return None, list(_faults(error, folder / "agreements"))
    except OSError as error:
        return None, [wrong("policy", f"{error.filename}: {error.strerror}")]
    if not catalogue.agreements:
        return catalogue, [wrong("policy", f"{folder / 'agreements'} holds no agreement.")]
    counted = f"{len(catalogue.agreements)} agreements, {len(catalogue.provisions)} provisions"
    return catalogue, [well("policy", f"{folder / 'agreements'}: {counted}")]


def _text_file(path: Path, read: Callable[[str], str]) -> list[Remark]:
    try:
        read_as = read(path.read_text(encoding="utf-8"))
    except Invalid as error:
        return list(_faults(error, path))
    except OSError as error:
        return [wrong("policy", f"{path}: {error.strerror}")]
    except UnicodeDecodeError as error:
        return [wrong("policy", f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.")]
    return [well("policy", f"{path}: {read_as}")]


def _faults(error: Invalid, path: Path) -> Iterator[Remark]:
    """Each fault with its place; broken TOML names line and column."""
    if not error.problems:
        yield wrong("policy", f"{path}: {error.detail}")
    for problem in error.problems:
        named = problem.pointer if ".toml" in problem.pointer else f"{path.name}{problem.pointer}"
        folder = path if path.is_dir() else path.parent
        yield wrong("policy", f"{folder / named}: {problem.why}. To correct: {problem.fix}.")


def _acknowledgement(path: Path, catalogue: Catalogue) -> list[Remark]:
    """desk-rules 1.2: no receipt may start a treaty clock whose expiry has an effect."""
    if not path.exists():
        return [well("policy", "no receipt counts as the acknowledgement of a request")]
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("receipt_acknowledges")
    except (OSError, ValueError) as error:
        return [wrong("policy", f"{path}: {error}")]
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        return [
            wrong(
                "policy", f'{path}: receipt_acknowledges is no list of provisions. Write it like ["coe-7"].'
            )
        ]
    problems = acknowledgement_policy_problems(catalogue, told)
    if not problems:
        return [well("policy", f"{path}: {', '.join(told) or 'no provision'}")]
    return [wrong("policy", f"{path}/{p.pointer} {p.told}: {p.why}. To correct: {p.fix}.") for p in problems]
