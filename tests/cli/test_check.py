"""``cna check``: what must be corrected is 1, what is worth knowing is 0, and nothing is changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cna_service.bootstrap import config_folder
from cna_service.cli.deployment import Settings
from tests.cli.commands import CommandLine, Ran


def about(ran: Ran, level: str) -> list[str]:
    return [f"{r['about']}: {r['words']}" for r in ran.json["remarks"] if r["level"] == level]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The deployment's own policy files."""
    folder = tmp_path / "policy"
    shutil.copytree(config_folder(Settings()), folder)
    monkeypatch.setenv("CNA_CONFIG", str(folder))
    return folder


def test_before_the_first_start_nothing_is_made(cna: CommandLine) -> None:
    ran = cna("check", "--json")
    assert ran.code == 0
    assert not cna.data.exists()
    assert any("the first start makes it" in words for words in about(ran, "remark"))


def test_no_telephony_and_no_mail_are_remarks(cna: CommandLine) -> None:
    remarks = about(cna("check", "--json"), "remark")
    assert any(r.startswith("telephony: not set up: nobody is woken") for r in remarks)
    assert any(r.startswith("mail: not set up") for r in remarks)


def test_half_a_telephony_must_be_corrected(cna: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNA_TWILIO_ACCOUNT", "AC1")
    monkeypatch.setenv("CNA_MAIL_FROM", "desk@example.test")
    monkeypatch.setenv("CNA_PUBLIC_URL", "http://desk.example.test")
    ran = cna("check", "--json")
    assert ran.code == 1
    assert len(about(ran, "wrong")) == 3


def test_every_secret_is_named_with_its_rotation(cna: CommandLine) -> None:
    cna.begun()
    well = about(cna("check", "--json"), "well")
    for name in ("token-key.pem", "form-key", "log-key"):
        assert any(name in words and "Rotation: Stop the desk" in words for words in well)


def test_an_open_secret_must_be_corrected(cna: CommandLine) -> None:
    cna.begun()
    for name in ("form-key", "log-key"):
        (cna.data / "secrets" / name).chmod(0o644)
    ran = cna("check", "--json")
    assert ran.code == 1
    assert sum("chmod 600" in words for words in about(ran, "wrong")) == 2


def test_the_log_s_name_cannot_be_changed_by_a_setting(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cna.begun()
    monkeypatch.setenv("CNA_LOG_ORIGIN", "cna.other.example/decisions")
    ran = cna("check", "--json")
    assert ran.code == 1
    assert any("is of the log" in words for words in about(ran, "wrong"))


def test_a_policy_file_that_cannot_be_read_is_named_with_file_and_line(
    cna: CommandLine, config: Path
) -> None:
    (config / "ladders.toml").write_text("[ladder.summons]\nkinds = [\n", encoding="utf-8")
    (config / "texts.toml").unlink()
    (config / "agreements" / "cets156.toml").write_text("id = 'x'\nbroken\n", encoding="utf-8")
    ran = cna("check")
    assert ran.code == 1
    assert "ladders.toml: " in ran.out
    assert "line 2" in ran.out
    assert "cets156.toml" in ran.out
    assert "texts.toml: No such file" in ran.out


def test_rule_1_2_a_receipt_may_not_start_a_clock_that_has_an_effect(cna: CommandLine, config: Path) -> None:
    policy = config / "acknowledgement.toml"
    policy.write_text('receipt_acknowledges = ["coe-7"]\n', encoding="utf-8")
    assert cna("check").code == 0
    policy.write_text('receipt_acknowledges = ["coe-7", "sua-8bis-5-d"]\n', encoding="utf-8")
    ran = cna("check", "--json")
    assert ran.code == 1
    assert any("sua-8bis-5-d" in words for words in about(ran, "wrong"))
    policy.write_text("receipt_acknowledges = 7\n", encoding="utf-8")
    assert cna("check").code == 1


def test_rule_10_3_on_a_real_start_nothing_is_adopted_and_it_says_so(
    cna: CommandLine, exercise: CommandLine
) -> None:
    cna.begun()
    assert any(r.startswith("law: 0 of ") for r in about(cna("check", "--json"), "remark"))
    exercise.begun()
    assert any(r.startswith("law: ") for r in about(exercise("check", "--json"), "well"))


def test_a_desk_without_a_roster_must_be_corrected(cna: CommandLine, exercise: CommandLine) -> None:
    cna.begun()
    ran = cna("check", "--json")
    assert ran.code == 1
    assert any(words.startswith("roster: there is none") for words in about(ran, "wrong"))
    exercise.begun()
    assert about(exercise("check", "--json"), "wrong") == []


def test_officers_with_one_contact_or_no_password_are_remarked(cna: CommandLine) -> None:
    cna.begun()
    remarks = about(cna("check", "--json"), "remark")
    assert any("has not set a password yet" in words for words in remarks)
    assert any("nobody is supervisor" in words for words in remarks)


def test_rule_15_1_the_wrong_kind_must_be_corrected(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("check", "--exercise", "--json")
    assert ran.code == 1
    assert any("holds a real desk" in words for words in about(ran, "wrong"))


def test_settings_that_cannot_be_read_are_all_named(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNA_ZONE", "Mars/Olympus")
    monkeypatch.setenv("CNA_PORT", "many")
    ran = cna("check")
    assert ran.code == 1
    assert "CNA_ZONE: no such time zone" in ran.out
    assert "CNA_PORT" in ran.out
