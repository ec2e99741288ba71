"""``cna check`` on gateway, modem, tokens being changed, and the countries of officers' numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import CommandLine
from tests.cli.test_check import about


def test_rule_13_2_the_providers_number_is_never_the_one_that_partners_have(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"ACCOUNT": "AC1", "TOKEN": "t", "FROM": "+15550177"}.items():
        monkeypatch.setenv(f"CNA_TWILIO_{name}", value)
    monkeypatch.setenv("CNA_PUBLIC_URL", "https://desk.example.test")
    monkeypatch.setenv("CNA_TELEPHONE", "+15550177")
    ran = cna("check", "--json")
    assert ran.code == 1
    assert any("CNA_TELEPHONE is the provider's number" in words for words in about(ran, "wrong"))
    monkeypatch.setenv("CNA_TELEPHONE", "+15550100")
    assert cna("check", "--json").code == 0


def test_a_token_that_is_being_changed_is_remembered(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"ACCOUNT": "AC1", "TOKEN": "t", "TOKEN_OLD": "o", "FROM": "+15550177"}.items():
        monkeypatch.setenv(f"CNA_TWILIO_{name}", value)
    monkeypatch.setenv("CNA_PUBLIC_URL", "https://desk.example.test")
    assert any("before the rotation" in words for words in about(cna("check", "--json"), "remark"))


def test_a_modem_without_its_folders_must_be_corrected(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    monkeypatch.setenv("CNA_TELEPHONY", "modem")
    monkeypatch.setenv("CNA_MODEM_FOLDER", str(spool))
    ran = cna("check", "--json")
    assert any("has no folder inbox, outbox, sent, error" in words for words in about(ran, "wrong"))
    for name in ("inbox", "outbox", "sent", "error"):
        (spool / name).mkdir(parents=True)
    ran = cna("check", "--json")
    assert any(words.startswith("modem: gammu-smsd in") for words in about(ran, "well"))
    assert any("SMS alone, no calls" in words for words in about(ran, "remark"))
    assert any("CNA_MODEM_PAID_UNTIL is not set" in words for words in about(ran, "remark"))


def test_a_gateway_is_read_and_its_secret_asked_for(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "gateway.toml"
    monkeypatch.setenv("CNA_SPARE", "gateway")
    monkeypatch.setenv("CNA_GATEWAY", str(file))
    assert any("cannot be read" in words for words in about(cna("check", "--json"), "wrong"))
    file.write_text('[send]\nurl = "ftp://x"\n')
    assert any("/send/url: is no https address" in words for words in about(cna("check", "--json"), "wrong"))
    file.write_text(
        'takes_replies = true\n[send]\nurl = "https://sms.example.test"\nanswer = { id = "id" }\n'
        '[callback]\nsignature_header = "X-Signature"\n'
    )
    told = about(cna("check", "--json"), "wrong")
    assert any("CNA_GATEWAY_SECRET is not set" in words for words in told)
    assert any("replies would be asked for and lost" in words for words in told)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"CNA_SPARE": "gateway"}, "gateway needs CNA_GATEWAY"),
        ({"CNA_SPARE": "modem"}, "modem needs CNA_MODEM_FOLDER"),
        ({"CNA_SPARE": "twilio"}, "twilio as spare needs"),
        (
            {"CNA_TELEPHONY": "modem", "CNA_SPARE": "modem", "CNA_MODEM_FOLDER": "/x"},
            "is the first line already",
        ),
        ({"CNA_WEBHOOK_ALLOW": "somewhere"}, "no network: somewhere"),
    ],
)
def test_settings_that_cannot_be_right_are_named(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], wanted: str
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    ran = cna("check", "--json")
    assert ran.code == 1 and any(wanted in words for words in about(ran, "wrong"))


def test_the_countries_of_officers_numbers_are_to_be_enabled(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cna.begun()
    for name, value in {"ACCOUNT": "AC1", "TOKEN": "t", "FROM": "+351210000000"}.items():
        monkeypatch.setenv(f"CNA_TWILIO_{name}", value)
    monkeypatch.setenv("CNA_PUBLIC_URL", "https://desk.example.test")
    officer = [
        "officer",
        "add",
        "--id",
        "duty-9",
        "--role",
        "duty_officer",
        "--name",
        "A",
        "--post",
        "B",
        "--office",
        "C",
    ]
    assert cna(*officer, "--phone", "+639171234567", "--email", "a@example.test").code == 0
    told = about(cna("check", "--json"), "remark")
    assert any("enable SMS and calls" in words and "PH" in words for words in told)
    assert any("A reply by SMS reaches the desk only at a number of Philippines" in words for words in told)
