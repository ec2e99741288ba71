"""``cna ledger``: three results that are never confused, a proof a stranger can check, a line somebody kept."""

from __future__ import annotations

import json
from base64 import b64decode

from cna_service.documents.log_line import LogLine
from cna_service.kit import canonical
from cna_service.kit.instants import from_text
from cna_service.ledger.checkpoint import open_checkpoint
from cna_service.ledger.keys import parse_vkey
from cna_service.ledger.proofs import verify_inclusion
from cna_service.ledger.tree import leaf_hash
from tests.cli.commands import OFFICER, CommandLine


def root20(cna: CommandLine) -> str:
    return str(cna("ledger", "status", "--json").json["checkpoint"].split("\n")[2][:20])


def test_an_untouched_log_is_sound(cna: CommandLine) -> None:
    cna.begun()
    ran = cna("ledger", "verify")
    assert ran.code == 0
    assert ran.out.startswith("Sound")
    assert cna("ledger", "verify", "--json").json["findings"] == []


def test_a_changed_body_is_1_and_names_stream_number_and_index(cna: CommandLine) -> None:
    cna.begun()
    statement = "UPDATE ledger_body SET body = CAST(replace(body, :old, :new) AS BLOB) WHERE entry_id = 1"
    old, new = b'"exercise":false', b'"exercise":true'
    cna.tamper(statement, fence="ledger_body_fence_UPDATE", old=old, new=new)
    ran = cna("ledger", "verify", "--json")
    assert ran.code == 1
    first = ran.json["findings"][0]
    assert (first["stream"], first["seq"], first["index"]) == ("desk", 1, 0)
    assert "NOT SOUND" in cna("ledger", "verify").out


def test_a_cut_tail_is_1(cna: CommandLine) -> None:
    cna.begun()
    newest = "DELETE FROM ledger_leaf WHERE idx = (SELECT max(idx) FROM ledger_leaf)"
    cna.tamper(newest, fence="ledger_leaf_fence_DELETE")
    assert cna("ledger", "verify").code == 1


def test_a_missing_key_is_2_and_a_wrong_one_is_no_evidence_of_nothing(cna: CommandLine) -> None:
    cna.begun()
    key = cna("ledger", "status", "--json").json["keys"][0]
    (cna.data / "secrets" / "log-key").rename(cna.data / "log-key")
    ran = cna("ledger", "verify")
    assert ran.code == 2
    assert "CANNOT BE DECIDED" in ran.out
    assert cna("ledger", "verify", "--key", key).code == 0
    assert cna("ledger", "verify", "--key", "nonsense").code == 3


def test_after_a_rotation_both_keys_verify(cna: CommandLine) -> None:
    cna.begun()
    secrets = cna.data / "secrets"
    (secrets / "log-key").rename(secrets / "log-key-old")
    assert cna("officer", "add", "--role", "auditor", *OFFICER).code == 0
    assert len(cna("ledger", "status", "--json").json["keys"]) == 2
    assert cna("ledger", "verify").code == 0
    assert [r["level"] for r in cna("check", "--json").json["remarks"] if "log-key" in r["words"]] == [
        "well"
    ] * 2


def test_a_verification_is_recorded_on_demand(cna: CommandLine) -> None:
    cna.begun()
    assert "Never verified" in cna("ledger", "status").out
    assert cna("ledger", "verify", "--record").code == 0
    last = cna("ledger", "status", "--json").json["last_verified"]
    assert last["ok"] is True
    assert last["by"]["id"] == "command-line"


def test_a_proof_holds_without_the_desk(cna: CommandLine) -> None:
    cna.begun()
    proof = cna("ledger", "prove", "desk", 3, "--json").json
    key = parse_vkey(cna("ledger", "status", "--json").json["keys"][0])
    head = open_checkpoint(proof["checkpoint"], [key])
    lines = cna("ledger", "export", "--stream", "desk").out.splitlines()
    entry = next(e["entry"] for e in map(json.loads, lines[1:]) if e["entry"]["seq"] == 3)
    leaf = leaf_hash(canonical.encode(entry))
    assert leaf.hex() == proof["leaf"]
    path = [bytes.fromhex(each) for each in proof["hashes"]]
    verify_inclusion(proof["index"], head.size, leaf, path, head.root)
    text = cna("ledger", "prove", "desk", 3).out
    assert text.startswith(f"c2sp.org/tlog-proof@v1\nindex {proof['index']}\n")
    assert [b64decode(line) for line in text.split("\n\n")[0].splitlines()[2:]] == path
    assert cna("ledger", "prove", "desk", 9999).code == 1
    assert cna("ledger", "prove", "nowhere", 1).code == 1


def test_an_export_holds_every_entry_and_no_private_value(cna: CommandLine) -> None:
    cna.begun()
    lines = [json.loads(line) for line in cna("ledger", "export").out.splitlines()]
    assert [line["index"] for line in lines[1:]] == list(range(len(lines) - 1))
    assert all(leaf_hash(canonical.encode(e["entry"])).hex() == e["leaf"] for e in lines[1:])
    assert "+15550100" not in json.dumps(lines)
    assert lines[0]["keys"]


def test_rule_16_1_a_line_somebody_kept_is_found_in_the_log(cna: CommandLine) -> None:
    cna.begun()
    origin, at = cna("ledger", "status", "--json").json["log"], from_text("2026-11-21T18:03:00Z")
    seen = LogLine(origin, root20(cna), at)
    cna("officer", "add", "--role", "auditor", *OFFICER)
    ran = cna("ledger", "verify", "--seen", f"as the letter ends: {seen}", "--json")
    assert ran.code == 0
    assert ran.json["seen"]["size"] < ran.json["size"]
    forged = LogLine(origin, "A" * 20, at)
    ran = cna("ledger", "verify", "--seen", forged)
    assert ran.code == 1
    assert "NOT PART OF THIS LOG" in ran.out
    assert cna("ledger", "verify", "--seen", LogLine("cna.other/decisions", root20(cna), at)).code == 2
    assert cna("ledger", "verify", "--seen", LogLine(origin, None, at)).code == 2
    assert cna("ledger", "verify", "--seen", "yours sincerely").code == 3
