"""A submission arrives: what is kept, what is answered, who is told."""

from __future__ import annotations

import base64
import json

import pytest

from cna_service.db.idempotency import IdempotencyMismatch, Key, Replayed
from cna_service.kit.ids import read_reference
from cna_service.ledger import store
from cna_service.workflow.handling import handling_words
from cna_service.workflow.receive import Arrival, receive
from tests.workflow.desk import LiveDesk, answered
from tests.workflow.requests import BAR_TEST, SUA, without
from tests.workflow.station import T0, minutes


def test_a_request_opens_a_case_sets_its_clocks_and_wakes_the_officer_on_watch(either_desk: LiveDesk) -> None:
    desk = either_desk
    got = desk.receive(**BAR_TEST)
    ref = got["case"]

    assert got.status == 201
    assert desk.types(ref) == [
        "submission.received",
        "exchange.opened",
        "clock.armed",
        "clock.armed",
        "alert.raised",
        "rung.climbed",
    ]
    case = desk.case(ref)
    assert (case.exchanges[0].direction, case.exchanges[0].state) == ("inbound", "XB")
    assert case.exchanges[0].their_reference == "MRCC-77/26"
    assert [i.measure for i in case.exchanges[0].items] == BAR_TEST["measures"]
    assert case.vessels[0].label == "BAR TEST"
    desk.settle()
    text = desk.person("duty-1").receives_sms()
    assert "answer due 1803Z (4 h 00 left)" in text
    desk.nobody_else_was_called()


def test_the_answer_names_clocks_vessels_and_what_is_missing(desk: LiveDesk) -> None:
    got = desk.receive(**without(BAR_TEST, "assurance_like_treatment"))
    board = next(c for c in got["clocks"] if c["measure"] == "board")
    assert {k: board[k] for k in ("kind", "provision", "adopted", "qualifier", "waits_for", "effect")} == {
        "kind": "legal",
        "provision": "coe-7",
        "adopted": True,
        "qualifier": "where practicable",
        "waits_for": None,
        "effect": "none",
    }
    assert (board["starts_at"], board["due_at"]) == (
        "2026-11-21T14:03:00.000000Z",
        "2026-11-21T18:03:00.000000Z",
    )
    assert board["at_expiry"] == "no_authority"
    assert got["vessels"] == [{"vessel": 1, "name": "BAR TEST"}]
    assert [(m["field"], m["wanted_by"]) for m in got["missing"]] == [
        ("assurance_like_treatment", "coe-21-d")
    ]
    assert got["no_clock_because"] is None


def test_the_bytes_are_kept_as_they_came(either_desk: LiveDesk) -> None:
    content = json.dumps(BAR_TEST, indent=3).encode() + b"\n\n"
    ref = either_desk.receive_bytes(content)["case"]
    kept = either_desk.case(ref).submissions[0]
    with either_desk.service.database.read() as connection:
        assert store.blob(connection, kept["blob"]) == ("application/json", content)


@pytest.mark.parametrize("content", [b'{"a": ', b"[]", '{"a": "é"}'.encode("latin-1"), b""])
def test_what_cannot_be_read_is_kept_as_a_case_to_be_read_and_wakes_an_officer(
    desk: LiveDesk, content: bytes
) -> None:
    got = desk.receive_bytes(content)
    assert got.status == 400
    assert got["position"]
    assert got["fix"]
    case = desk.case(got["case"])
    assert case.is_to_be_read
    with desk.service.database.read() as connection:
        assert store.blob(connection, case.submissions[0]["blob"])[1] == content
    desk.settle()
    assert "a message nobody could read" in desk.person("duty-1").receives_sms()


def test_a_body_over_the_limit_keeps_its_length_and_its_beginning(desk: LiveDesk) -> None:
    arrival = Arrival(b"x" * 70_000, "application/json", over_limit=30_000_000)
    got = answered(receive(desk.service, desk.authority("mrcc-xb"), arrival))
    assert got.status == 413
    kept = desk.case(got["case"]).submissions[0]
    assert kept["size"] == 30_000_000
    with desk.service.database.read() as connection:
        assert len(store.blob(connection, kept["blob"])[1]) == 64 * 1024
    assert desk.case(got["case"]).is_to_be_read


def test_nothing_is_too_long_to_be_kept(desk: LiveDesk) -> None:
    vessel = {"names": ["N" * 400] * 200, "cargo_seen": "c\n\n" * 6000, "persons_on_board": "?"}
    vessel |= {"description": "d\n\n" * 2000, "surprise": "s" * 300, "hull": "h" * 400}
    monster = {
        **{f"unknown_{n}": "x" * 300 for n in range(500)},
        "vessels": [vessel] * 50,
        "measures": ["board", "search", *("m" * 70 + str(n) for n in range(150))],
        "legal_basis": ["l" * 400 for _ in range(20)],
        "grounds": "g\n\n" * 6000,
        "attachments": [{"name": f"{n}.txt", "base64": "YQ=="} for n in range(150)],
        "requester_reference": "THEIRS-1",
    }
    got = desk.receive(**monster)
    assert got.status == 201
    assert any("whole in the submission as received" in p["why"] for p in got["problems"])
    case = desk.case(got["case"])
    assert len(case.vessels) == 50
    assert case.exchanges[0].their_reference == "THEIRS-1"
    assert case.exchanges[0].items[0].measure == "board"


def test_attachments_are_kept_apart_and_one_that_cannot_be_decoded_is_named(desk: LiveDesk) -> None:
    photo = base64.b64encode(b"\xff\xd8photo").decode()
    told = [{"name": "photo.jpg", "media_type": "image/jpeg", "base64": photo}, {"name": "b", "base64": "?"}]
    got = desk.receive(**BAR_TEST, attachments=told)
    assert [p["pointer"] for p in got["problems"]] == ["/attachments/1/base64"]
    kept = desk.case(got["case"]).submissions[0]["draft"]["attachments"]
    with desk.service.database.read() as connection:
        assert store.blob(connection, kept[0]["blob"]) == ("image/jpeg", b"\xff\xd8photo")
    assert "blob" not in kept[1]


def test_a_reply_to_ones_own_case_adds_to_it(desk: LiveDesk) -> None:
    ref = desk.receive(**BAR_TEST)["case"]
    desk.settle()
    desk.forget_messages()
    got = desk.receive(in_reply_to=ref.lower().replace("-", " "), grounds="two more packages seen")
    assert (got["case"], got["exchange"]) == (ref, None)
    assert len(desk.case(ref).submissions) == 2
    desk.settle()
    assert "new message on a request" in desk.person("duty-1").receives_sms()


def test_a_reply_to_somebody_elses_case_becomes_a_case_of_its_own(desk: LiveDesk) -> None:
    ref = desk.receive(**BAR_TEST)["case"]
    got = desk.receive(by="cna-xc", in_reply_to=ref, grounds="ours")
    assert got["case"] != ref
    assert [p["pointer"] for p in got["problems"]] == ["/in_reply_to"]
    assert len(desk.case(ref).submissions) == 1


def test_an_uncited_basis_arms_no_treaty_clock_and_says_why(desk: LiveDesk) -> None:
    got = desk.receive(**without(BAR_TEST, "legal_basis"))
    assert got["clocks"] == []
    assert got["no_clock_because"].startswith("no agreement is cited")
    assert [c.kind for c in desk.case(got["case"]).clocks] == ["own"]


def test_a_limit_the_sender_states_is_a_claimed_clock(desk: LiveDesk) -> None:
    told = {"reply_wanted_by": "2026-11-21T16:03:00Z", "silence_stated": "silence is consent"}
    ref = desk.receive(**without(BAR_TEST, "legal_basis"), **told)["case"]
    clock = desk.clock_of(ref, "claimed")
    assert clock.due_at == T0 + minutes(120)
    said = handling_words(desk.case(ref), clock)
    assert said is not None
    assert "handle as due 16:03Z, do not confirm the limit" in said


def test_the_same_key_gives_the_same_answer_and_one_case(either_desk: LiveDesk) -> None:
    desk = either_desk
    content = json.dumps(BAR_TEST).encode()
    key = Key("mrcc-xb", "k-1", "a" * 64)
    first = receive(desk.service, desk.authority("mrcc-xb"), Arrival(content, "application/json"), key)
    with pytest.raises(Replayed) as again:
        receive(desk.service, desk.authority("mrcc-xb"), Arrival(content, "application/json"), key)
    assert again.value.reply == first
    with desk.service.database.read() as connection:
        assert len(store.stream_names(connection, "case:")) == 1


def test_the_same_key_with_other_bytes_is_refused(desk: LiveDesk) -> None:
    desk.receive(**BAR_TEST, key=Key("mrcc-xb", "k-1", "a" * 64))
    with pytest.raises(IdempotencyMismatch):
        desk.receive(**SUA, key=Key("mrcc-xb", "k-1", "b" * 64))
    desk.receive(by="cna-xc", **SUA, key=Key("cna-xc", "k-1", "b" * 64))


def test_a_reference_is_random_and_read_back_however_it_is_spoken(desk: LiveDesk) -> None:
    refs = {desk.receive(**BAR_TEST)["case"] for _ in range(5)}
    assert len(refs) == 5
    for ref in refs:
        assert read_reference(f" {ref.lower().replace('-', ' ')} ") == ref
