"""A database is real or an exercise for ever (desk-rules 15.1)."""

from __future__ import annotations

from argparse import Namespace

import pytest

from cna_service.bootstrap import log_origin, port_of
from cna_service.cli.deployment import settings_of
from tests.cli.commands import CommandLine


def test_rule_15_1_an_exercise_command_refuses_a_real_database(cna: CommandLine) -> None:
    cna.begun()
    before = (cna.data / "desk.sqlite3").read_bytes()
    for command in (("officer", "list"), ("ledger", "verify"), ("case", "list"), ("migrate",), ("serve",)):
        ran = cna(*command, "--exercise")
        assert ran.code == 1
        assert "belongs to a real desk" in ran.err
    assert (cna.data / "desk.sqlite3").read_bytes() == before


def test_rule_15_1_a_real_command_refuses_the_database_of_an_exercise(exercise: CommandLine) -> None:
    exercise.begun()
    for command in (("officer", "list"), ("ledger", "verify"), ("serve",)):
        ran = exercise.bare(*command, "--data", exercise.data)
        assert ran.code == 1
        assert "belongs to an exercise" in ran.err
        assert "--exercise" in ran.err


def test_rule_15_1_each_kind_has_its_own_folder_port_and_log() -> None:
    asked = Namespace(data=None, exercise=False)
    real, exercise = settings_of(asked), settings_of(Namespace(data=None, exercise=True))
    assert (str(real.data), str(exercise.data)) == ("var/desk", "var/exercise")
    assert (port_of(real, exercise=False), port_of(exercise, exercise=True)) == (8000, 8001)
    assert log_origin(real, exercise=False) != log_origin(exercise, exercise=True)


def test_a_folder_that_is_named_is_used_for_either_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNA_DATA", "/srv/desk")
    assert str(settings_of(Namespace(data=None, exercise=True)).data) == "/srv/desk"
    assert str(settings_of(Namespace(data="/srv/other", exercise=True)).data) == "/srv/other"
