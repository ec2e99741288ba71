"""``cna officer``: the first administrator of an empty desk, and what is done to accounts later."""

from __future__ import annotations

from cna_service.identity import links
from tests.cli.commands import OFFICER, CommandLine


def test_the_first_administrator_gets_a_link_that_sets_password_and_code(cna: CommandLine) -> None:
    ran = cna("officer", "add", "--role", "administrator", *OFFICER, "--json")
    assert ran.code == 0
    assert ran.json["officer"] == "admin-1"
    base, secret = ran.json["link"].rsplit("/", 1)
    assert base == "http://127.0.0.1:8000/console/link"
    with cna.running() as running, running.service.read() as reader:
        link = links.open_link(reader.connection, secret, running.service.machine.now())
    assert (link.officer, link.purpose) == ("admin-1", "first")


def test_secrets_made_at_the_first_start_are_named_once(cna: CommandLine) -> None:
    ran = cna("officer", "add", "--role", "administrator", *OFFICER)
    assert "token-key.pem (mode 0600)" in ran.err
    assert "made" not in cna("officer", "list").err
    modes = {p.name: oct(p.stat().st_mode & 0o777) for p in (cna.data / "secrets").iterdir()}
    assert set(modes.values()) == {"0o600"}


def test_accounts_are_numbered_by_role_and_listed(cna: CommandLine) -> None:
    cna.begun()
    assert cna("officer", "add", "--role", "administrator", *OFFICER, "--json").json["officer"] == "admin-2"
    assert cna("officer", "add", "--role", "duty_officer", *OFFICER, "--json").json["officer"] == "duty-1"
    listed = cna("officer", "list", "--json").json
    assert [o["id"] for o in listed] == ["admin-1", "admin-2", "duty-1"]
    assert listed[2]["post"] == "Duty officer"


def test_an_account_is_disabled_and_enabled_with_a_reason(cna: CommandLine) -> None:
    cna.begun()
    assert cna("officer", "disable", "admin-1").code == 3
    assert cna("officer", "disable", "admin-1", "--reason", "left the service").code == 0
    assert "disabled" in cna("officer", "list").out
    assert cna("officer", "disable", "admin-1", "--reason", "again").code == 1
    assert cna("officer", "enable", "admin-1", "--reason", "came back").code == 0
    assert cna("officer", "disable", "nobody-9", "--reason", "x").code == 1


def test_rule_16_3_a_reset_is_an_entry_and_the_officer_is_told_on_his_other_contact(cna: CommandLine) -> None:
    cna.begun()
    assert cna("officer", "reset", "admin-1", "--reason", "lost his telephone").code == 0
    exported = cna("ledger", "export", "--stream", "desk").out
    assert '"type":"credential.reset"' in exported
    assert '"by":"command-line"' in exported
    assert "lost his telephone" not in exported
    with cna.running() as running, running.service.read() as reader:
        from cna_service.db.outbox import outbox

        rows = [(r.channel, r.contact) for r in reader.connection.execute(outbox.select())]
    assert rows == [("email", "ada@example.test")]


def test_entries_name_the_account_of_the_machine(cna: CommandLine) -> None:
    cna.begun()
    exported = cna("ledger", "export", "--stream", "desk").out
    assert '"by":"command_line"' in exported


def test_how_an_officer_is_reached_and_what_is_proved_of_it(cna: CommandLine) -> None:
    cna.begun()
    told = cna("officer", "contacts", "admin-1", "--json").json
    assert [c["contact"] for c in told["contacts"]] == ["phone", "email"]
    assert told["verified"] == 0
    shown = cna("officer", "contacts", "admin-1").out
    assert "not verified" in shown
    assert "to be mended: no verified contact" in shown
    assert cna("officer", "contacts", "nobody-1").code == 1
