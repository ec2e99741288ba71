"""``cna provider``: what it says, who may change it, and the secret of a webhook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import CommandLine

PERSON = ("--name", "A", "--post", "B", "--office", "C", "--phone", "+15550111", "--email", "a@example.test")


@pytest.fixture
def two_lines(cna: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    spool = tmp_path / "spool"
    for name in ("inbox", "outbox", "sent", "error"):
        (spool / name).mkdir(parents=True)
    told = {"TWILIO_ACCOUNT": "AC1", "TWILIO_TOKEN": "t", "TWILIO_FROM": "+15550177", "SPARE": "modem"}
    for name, value in {**told, "MODEM_FOLDER": str(spool)}.items():
        monkeypatch.setenv(f"CNA_{name}", value)
    cna.begun()
    return cna


def test_without_a_line_it_says_so(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("provider", "status", "--json")
    assert ran.code == 1 and ran.json["lines"] == []


def test_rule_13_4_a_spare_that_took_nothing_is_one_provider_only(two_lines: CommandLine) -> None:
    ran = two_lines("provider", "status", "--json")
    assert ran.code == 0 and ran.json["one_provider_only"]
    assert [(line["name"], line["carries"]) for line in ran.json["lines"]] == [
        ("twilio", True),
        ("modem", False),
    ]
    assert "ONE PROVIDER ONLY" in two_lines("provider", "status").out


def test_the_administrator_lets_the_other_line_carry_and_a_duty_officer_may_not(
    two_lines: CommandLine,
) -> None:
    assert two_lines("officer", "add", "--role", "duty_officer", "--id", "duty-7", *PERSON).code == 0
    assert two_lines("provider", "use", "modem", "--by", "duty-7").code == 1
    assert two_lines("provider", "use", "nobody", "--by", "admin-1").code == 1
    assert two_lines("provider", "use", "modem", "--by", "admin-1").code == 0
    assert two_lines("provider", "use", "modem", "--by", "admin-1").code == 1
    told = two_lines("provider", "status", "--json").json
    assert told["why"] == "asked" and told["lines"][1]["carries"]


def test_a_proof_is_asked_for_where_there_is_a_spare(
    two_lines: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_lines("provider", "prove").code == 0
    monkeypatch.delenv("CNA_SPARE")
    assert two_lines("provider", "prove").code == 1


def test_a_webhooks_secret_is_the_same_each_time_and_another_for_each_address(cna: CommandLine) -> None:
    cna.begun()
    one, again, other = (
        cna("provider", "webhook-secret", url).out.strip()
        for url in ("https://a.example.test/x", "https://a.example.test/x", "https://a.example.test/y")
    )
    assert one == again != other and len(one) == 64
