"""``cna authority``: the directory in and out, tokens issued, listed, revoked."""

from __future__ import annotations

import pytest

from cna_service.identity import tokens
from cna_service.identity.rules import TokenRefused
from tests.cli.commands import CommandLine

ADD = (
    "authority",
    "add",
    "mrcc-xb",
    "--state",
    "XB",
    "--name",
    "MRCC of XB",
    "--function",
    "requests",
    "--contact",
    "phone:+15550102",
    "--contact",
    "email:ops@xb.example.test",
    "--source",
    "their letter of 2026-11-01",
)


def test_an_authority_is_listed_with_its_contacts(cna: CommandLine) -> None:
    cna.begun()
    assert cna(*ADD).code == 0
    listed = cna("authority", "list", "--json").json["authorities"]
    mine = next(a for a in listed if a["id"] == "mrcc-xb")
    assert mine["contacts"] == [
        "phone +15550102 [not verified]",
        "email ops@xb.example.test [not verified]",
    ]


def test_a_wrong_authority_names_every_field(cna: CommandLine) -> None:
    ran = cna(
        "authority", "add", "MRCC!", "--state", "xb", "--name", "M", "--source", "s", "--contact", "phone:12"
    )
    assert ran.code == 3
    for field in ("/authority", "/state", "/contacts/0/value"):
        assert field in ran.err


def test_the_directory_goes_out_and_comes_in_unchanged(cna: CommandLine, exercise: CommandLine) -> None:
    exercise.begun()
    cna.begun()
    table = cna.data.parent / "authorities.csv"
    table.write_text(exercise("authority", "export").out, encoding="utf-8")
    taken = cna("authority", "import", table, "--json")
    assert taken.code == 0
    assert "mrcc-xb" in taken.json["listed"]
    assert cna("authority", "export").out == exercise("authority", "export").out
    assert cna("authority", "import", table, "--json").json["listed"] == []


def test_a_faulty_table_is_refused_whole_and_names_the_line(cna: CommandLine) -> None:
    cna.begun()
    table = cna.data.parent / "authorities.csv"
    head = cna("authority", "export").out.splitlines()[0]
    table.write_text(
        f"{head}\nxb-1,XB,Good,,,,,,,s,c1,phone,+15550102,,,,,\nxb-2,xb,,,,,Nowhere,,,s,,,,,,,,\n"
    )
    ran = cna("authority", "import", table)
    assert ran.code == 3
    assert "line 3/zone" in ran.err
    assert cna("authority", "list", "--state", "XB", "--json").json["authorities"] == []
    table.write_bytes(b"\xff\xfe not utf-8")
    assert cna("authority", "import", table).code == 3
    assert cna("authority", "import", table.with_name("none.csv")).code == 2


def test_a_token_counts_until_it_is_revoked(cna: CommandLine) -> None:
    cna.begun()
    assert cna("authority", "token", "mrcc-xb").code == 1
    assert cna(*ADD).code == 0
    issued = cna("authority", "token", "mrcc-xb", "--days", "7", "--note", "test line", "--json").json
    with cna.running() as running:
        service = running.service
        access, now = service.access, service.machine.now()
        keys = access.secrets.token_keys.public
        claims = tokens.read(issued["token"], keys, audience=access.audience, issuer=access.issuer, now=now)
        with service.read() as reader:
            assert tokens.check_kept(reader.connection, claims, is_enabled=True).note == "test line"
    assert (claims.subject, claims.kind, claims.jti) == ("mrcc-xb", "authority", issued["jti"])
    assert issued["jti"] in cna("authority", "list").out
    assert issued["token"] not in cna("ledger", "export").out
    assert cna("authority", "revoke", issued["jti"]).code == 0
    assert cna("authority", "revoke", issued["jti"]).code == 1
    assert cna("authority", "revoke", "nothing").code == 1
    with cna.running() as running, running.service.read() as reader, pytest.raises(TokenRefused):
        tokens.check_kept(reader.connection, claims, is_enabled=True)


def test_issuing_and_revoking_are_entries(cna: CommandLine) -> None:
    cna.begun()
    cna(*ADD)
    jti = cna("authority", "token", "mrcc-xb", "--json").json["jti"]
    cna("authority", "token", "ais-feed", "--system")
    cna("authority", "revoke", jti)
    exported = cna("ledger", "export", "--stream", "desk").out
    assert exported.count('"type":"authority.token_issued"') == 2
    assert exported.count('"type":"authority.token_revoked"') == 1
    assert cna("authority", "token", "mrcc-xb", "--days", "91").code == 3


def test_practice_r7_the_directory_in_force_at_an_instant_is_printed(cna: CommandLine) -> None:
    cna.begun()
    told = cna("authority", "list", "--state", "LV", "--function", "registry").out
    assert "Security Police (Latvia)" in told and "Prosecutor General" in told
    assert "In force" in told and "verified by us" in told
    assert cna("authority", "list", "--function", "navigation", "--json").json["authorities"] == []
    # Before this desk had a directory, it listed nobody.
    long_ago = cna("authority", "list", "--at", "2020-01-01T00:00:00Z")
    assert "Nobody is listed." in long_ago.out
    wrong = cna("authority", "list", "--at", "noon")
    assert wrong.code == 3 and "--at" in wrong.err
