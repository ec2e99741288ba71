"""What ``cna check`` says of registers that others keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cna_service.cli.check_registers import of_settings
from cna_service.cli.deployment import Settings

KEY = "key-of-the-desk"
FILE = """
[[register]]
name = "paid"
title = "A paid register"
terms = "By contract."
terms_url = "https://register.example.test/terms"
terms_as_of = "2026-11-22"
url = "{url}"
ask = {{ imo = "imo" }}
fields = {{ name = "NAME" }}
"""


def remarks(tmp_path: Path, **more: Any) -> list[tuple[str, str]]:
    return [(r.level.value, r.words) for r in of_settings(Settings(data=tmp_path, **more))]


def test_without_any_it_says_that_officers_look_by_hand(tmp_path: Path) -> None:
    ((level, words),) = remarks(tmp_path)
    assert level == "remark"
    assert "none is asked by machine" in words


def test_those_that_are_set_up_are_named_with_whose_duty_their_terms_are(tmp_path: Path) -> None:
    file = tmp_path / "registers.toml"
    file.write_text(FILE.format(url=f"https://register.example.test/{KEY}"))
    said = remarks(
        tmp_path,
        psix_url="https://cgmix.uscg.mil/xml/PSIXData.asmx",
        fishing_watch_token=KEY,
        http_registers=file,
    )
    assert len(said) == 1
    assert all(name in said[0][1] for name in ("PSIX", "Global Fishing Watch", "A paid register"))
    assert KEY not in said[0][1]


def test_an_address_in_clear_and_a_file_that_cannot_be_used_must_be_corrected(tmp_path: Path) -> None:
    file = tmp_path / "registers.toml"
    file.write_text(FILE.format(url=f"http://register.example.test/{KEY}"))
    said = remarks(tmp_path, psix_url="http://cgmix.uscg.mil/xml", http_registers=file)
    assert [level for level, _ in said] == ["wrong", "wrong", "well"], said
    assert "travel in clear" in said[0][1]
    assert KEY not in repr(said)
    file.write_text("[[register]]\nname = 'x'\n")
    assert "/register/0/title: is missing" in remarks(tmp_path, http_registers=file)[0][1]
    assert "cannot be read" in remarks(tmp_path, http_registers=tmp_path / "none")[0][1]
    assert remarks(tmp_path, psix_url="http://127.0.0.1:9")[0][0] == "well"
