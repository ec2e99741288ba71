"""The scripts that set up, fetch and judge: what they compute is right, and refuses what it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import build_assets, coverage_floor, prepare


def summary(lines: int, covered: int) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": covered,
            "num_branches": 0,
            "covered_branches": 0,
        }
    }


def report(folder: Path, files: dict[str, dict[str, dict[str, int]]]) -> Path:
    path = folder / "report.json"
    path.write_text(json.dumps({"files": files}))
    return path


def judged(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = coverage_floor.main(path)
    return status, capsys.readouterr().err


def test_coverage_at_the_floors_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"cna_service/kit/ids.py": summary(100, 95), "cna_service/api/cases.py": summary(100, 80)}
    assert judged(report(tmp_path, files), capsys) == (0, "")


@pytest.mark.parametrize("name", ["kit/ids.py", "ledger/tree.py", "cases/fold.py", "duty/rules.py"])
def test_coverage_under_a_floor_is_refused_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    files = {f"cna_service/{name}": summary(100, 94), "cna_service/api/cases.py": summary(100, 100)}
    status, words = judged(report(tmp_path, files), capsys)
    assert status == 1
    assert "is at 94.0 %, its floor is 95 %" in words


def test_coverage_over_all_has_a_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, words = judged(report(tmp_path, {"cna_service/api/cases.py": summary(100, 84)}), capsys)
    assert (status, words) == (1, "over all is at 84.0 %, its floor is 85 %\n")


def test_no_report_is_not_a_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(tmp_path / "nothing.json", capsys)[0] == 2


def test_the_files_a_style_sheet_refers_to_are_found() -> None:
    style = 'a{src:url(../fonts/a.woff2)format("woff2")}b{c:url("../img/b.svg#x")}d{e:url(data:x)}f{g:url()}'
    assert build_assets.references(style) == {"fonts/a.woff2", "img/b.svg"}


def test_browser_files_are_those_the_lock_and_the_script_give() -> None:
    """Both scripts compute the same fingerprint, so that one does not fetch what the other thinks is there."""
    assert build_assets.is_fresh()
    assert prepare.has_assets()


def test_every_browser_file_is_in_the_manifest_with_its_hash() -> None:
    manifest = json.loads((build_assets.VENDOR / "manifest.json").read_text())
    files = {
        path.relative_to(build_assets.VENDOR).as_posix()
        for path in build_assets.VENDOR.rglob("*")
        if path.is_file() and path.name not in {"manifest.json", ".made-from"}
    }
    assert set(manifest) == files
    assert build_assets.manifest_of(build_assets.VENDOR, files) == manifest


def test_the_development_lock_is_enough_for_running_and_not_the_other_way_round() -> None:
    made = {lock: {"lock": lock, "packages": prepare.packages_fingerprint(lock)} for lock in ("run", "dev")}
    assert prepare.has_packages(made["dev"], "run")
    assert not prepare.has_packages(made["run"], "dev")


def test_a_changed_lock_is_installed_again() -> None:
    assert not prepare.has_packages({"lock": "dev", "packages": "of an older lock"}, "dev")
