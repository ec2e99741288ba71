"""The four exit statuses, and that what was to be expected is said in words: no stack trace, field and fix named."""

from __future__ import annotations

import argparse
from importlib import import_module

import pytest

from cna_service.cli.failures import EXITS
from cna_service.cli.parser import command_parser, described
from cna_service.kit.errors import Kind
from tests.cli.commands import OFFICER, CommandLine


def test_every_kind_of_error_has_an_exit_status() -> None:
    assert set(EXITS) == set(Kind)
    assert set(EXITS.values()) == {1, 2, 3}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("case",),
        ("case", "show"),
        ("case", "replay"),
        ("serve", "--port", "70000"),
        ("duty", "gaps", "--days", "0"),
        ("ledger", "prove", "desk", "one"),
        ("officer", "add"),
    ],
)
def test_wrong_usage_is_3(cna: CommandLine, arguments: tuple[str, ...]) -> None:
    ran = cna.bare(*arguments)
    assert ran.code == 3
    assert "usage: cna" in ran.err


def test_help_is_0_and_imports_no_service(cna: CommandLine) -> None:
    ran = cna.bare("--help")
    assert ran.code == 0
    assert "serve" in ran.out


def test_every_command_takes_data_json_and_exercise(cna: CommandLine) -> None:
    for command in (("serve",), ("check",), ("officer", "add"), ("ledger", "verify"), ("restore",)):
        helped = cna.bare(*command, "--help").out
        assert {"--data", "--json", "--exercise"} <= set(helped.replace("[", " ").replace("]", " ").split())


def test_a_folder_without_a_desk_is_1_and_stays_empty(cna: CommandLine) -> None:
    for command in (("officer", "list"), ("ledger", "verify"), ("case", "list"), ("duty", "now")):
        ran = cna(*command)
        assert ran.code == 1
        assert "There is no desk in this folder" in ran.err
    assert not cna.data.exists()


def test_invalid_input_is_3_and_names_each_field_and_its_fix(cna: CommandLine) -> None:
    ran = cna("officer", "add", "--role", "admiral", "--name", "A", "--phone", "555")
    assert ran.code == 3
    assert "/role" in ran.err
    assert "/phone" in ran.err
    assert "+15550100" in ran.err
    assert "/email: is missing" in ran.err


def test_json_tells_an_error_as_json(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("officer", "add", "--role", "auditor", "--id", "admin-1", *OFFICER, "--json")
    assert ran.code == 1
    assert ran.json["error"]["code"] == "officer-already-listed"


def test_an_unreadable_database_is_2(cna: CommandLine) -> None:
    cna.data.mkdir()
    (cna.data / "desk.sqlite3").write_bytes(b"this is no database, it only lies where one should" * 100)
    ran = cna("case", "list")
    assert ran.code == 2
    assert "not a database" in ran.err
    assert "SELECT" not in ran.err


def test_settings_that_cannot_be_right_are_3(cna: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNA_ZONE", "Mars/Olympus")
    monkeypatch.setenv("CNA_TWILIO_TOKEN", "@/nowhere/token")
    ran = cna("officer", "list")
    assert ran.code == 3
    assert "CNA_" in ran.err


def test_a_wrong_secret_is_never_repeated(cna: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNA_SMTP_PORT", "hunter2")
    ran = cna("officer", "list", "--json")
    assert ran.code == 3
    assert "hunter2" not in ran.out + ran.err
    assert ran.json["error"]["problems"][0]["pointer"] == "CNA_SMTP_PORT"


def test_every_command_is_described_and_leads_somewhere() -> None:
    told = dict(described())
    assert {
        "serve",
        "check",
        "officer add",
        "ledger verify",
        "case replay",
        "backup",
        "restore",
    } <= told.keys()
    assert all(told.values())


def test_every_command_s_function_exists() -> None:
    for name in dict(described()):
        parser: argparse.ArgumentParser = command_parser()
        for word in name.split():
            groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
            parser = groups[0].choices[word]
        module, _, function = str(parser.get_default("run")).partition(":")
        assert callable(getattr(import_module(f"cna_service.cli.{module}"), function))
