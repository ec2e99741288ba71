"""Looking up rules, agreements, authorities, the register, identifiers, the watch, alerts and the log."""

from __future__ import annotations

import hashlib

from cna_service.ledger.checkpoint import open_checkpoint
from cna_service.ledger.proofs import verify_inclusion
from tests.api.desk import XB, ApiDesk


def test_the_rule_card_answers_for_two_states_and_an_instant(desk: ApiDesk) -> None:
    asked = {"requesting": "xb", "requested": "XA", "offence": "narcotics", "measure": "board"}
    told = desk.get("/rules", desk.officer(), **asked).json()
    assert (told["requesting"], told["requested"]) == ("XB", "XA")
    row = next(r for r in told["rows"] if r["provision"] == "coe-7")
    assert row["adopted"] and row["source"] and row["clock"]["kind"] == "legal"
    assert told["without_an_answer"]
    past = desk.get("/rules", desk.officer(), **asked, at="1980-01-01T00:00:00Z").json()
    assert past["at"].startswith("1980") and past["rows"] != told["rows"]


def test_every_wrong_parameter_of_the_rule_card_is_named_at_once(desk: ApiDesk) -> None:
    wrong = {
        "requesting": "Xanadu",
        "requested": "XA",
        "zone": "the moon",
        "form": "shouted",
        "measure": "sink",
        "at": "2026-11-21T10:00:00",
        "colour": "red",
    }
    answer = desk.get("/rules", desk.officer(), **wrong)
    assert answer.status_code == 422
    pointers = {p["pointer"] for p in answer.json()["problems"]}
    assert pointers == {f"/query/{name}" for name in wrong if name != "requested"}


def test_agreements_say_what_of_them_is_adopted_and_who_takes_part(desk: ApiDesk) -> None:
    told = desk.get("/agreements", desk.officer()).json()["agreements"]
    coe = next(a for a in told if a["agreement"] == "cets156")
    assert any(p["adopted"] for p in coe["provisions"])
    assert {p["state"] for p in coe["participations"]} >= {"XA"}


def test_a_partner_sees_its_own_line_of_the_directory_alone(desk: ApiDesk) -> None:
    all_of_them = desk.get("/authorities", desk.officer()).json()["authorities"]
    assert len(all_of_them) > 3
    assert all(a["contacts"] for a in all_of_them if a["name"].startswith("EXERCISE"))
    # Offices that sources name: listed, and nothing of them is shown as verified or can be called.
    assert all(
        not a["contacts"] and not a["verified"] for a in all_of_them if a["state"] in ("AT", "US", "LR")
    )
    mine = desk.get("/authorities", desk.authority()).json()["authorities"]
    assert [a["id"] for a in mine] == [XB]
    assert [a["id"] for a in desk.get("/authorities", desk.officer(), state="xb").json()["authorities"]]


def test_the_register_gives_candidates_with_reasons(desk: ApiDesk) -> None:
    told = desk.get("/registry/search", desk.officer(), name="BAR TEST", imo="3000001").json()
    assert told["candidates"][0]["vessel"]["name"] == "BAR TEST"
    assert told["register"]["version"] and set(told["keys_tried"]) == {"names", "imo"}
    assert desk.get("/registry/search", desk.authority(), name="BAR TEST").status_code == 403


def test_identifiers_are_checked_against_each_other(desk: ApiDesk) -> None:
    wrong = desk.get("/vessels/check", desk.officer(), imo="3000002").json()
    assert wrong["is_contradicted"] and wrong["findings"][0]["field"] == "imo"
    assert desk.get("/vessels/check", desk.officer(), imo="3000001").json()["findings"] == []


def test_the_watch_is_answered_for_any_instant_and_can_be_overridden(desk: ApiDesk) -> None:
    now = desk.get("/duty", desk.officer()).json()
    assert now["posts"]["duty_officer"]["officer"] == "duty-1"
    body = {"post": "duty_officer", "officer": "duty-2", "to": "2027-06-01T00:00:00Z", "reason": "ill"}
    refused = desk.post("/duty/overrides", desk.officer("duty-1"), body)
    assert refused.status_code == 403
    body["to"] = now["ends_at"] or body["to"]
    assert desk.post("/duty/overrides", desk.officer("sup-1"), body).status_code == 201
    assert desk.get("/duty", desk.officer()).json()["posts"]["duty_officer"]["officer"] == "duty-2"
    assert desk.get("/duty", desk.officer(), at="noon").status_code == 422


def test_alerts_show_every_sending_and_are_taken_once(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    (alert,) = desk.get("/alerts", duty, case=ref).json()["alerts"]
    assert alert["is_climbing"] and alert["sendings"][0]["officer"] == "duty-1"
    entries = desk.get("/alerts", desk.officer("admin-1"), case=ref).json()["entries"]
    assert {"alert.raised", "rung.climbed"} <= {e["type"] for e in entries}
    assert alert["alert"] in [a["alert"] for a in desk.get("/alerts", duty).json()["alerts"]]
    path = f"/alerts/{alert['alert']}"
    assert desk.post(f"{path}/escalation", duty).status_code == 201
    assert desk.post(f"{path}/acknowledgement", desk.officer("aud-1")).status_code == 403
    assert desk.post(f"{path}/acknowledgement", duty, {"minutes": 20}).status_code == 201
    again = desk.post(f"{path}/acknowledgement", desk.officer("duty-2"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/alert-held")
    (held,) = desk.get("/alerts", duty, case=ref).json()["alerts"]
    assert (held["acknowledgement"]["officer"], held["acknowledgement"]["in_transit_minutes"]) == (
        "duty-1",
        20,
    )
    assert desk.get(f"/cases/{ref}", duty).json()["holder"] == "duty-1"
    assert desk.post("/alerts/none/acknowledgement", duty).status_code == 404
    assert desk.get("/alerts", duty, case="X-2222-222").status_code == 404
    assert desk.get("/alerts", desk.authority(), case=ref).status_code == 403


def test_the_log_proves_that_an_entry_is_in_it(desk: ApiDesk) -> None:
    ref, who = desk.submitted(), desk.officer("aud-1")
    waiting = desk.get("/ledger/proof", who, case=ref, seq=1)
    assert (waiting.status_code, waiting.json()["type"]) == (503, "/problems/not-sealed-yet")
    desk.running.sequencer.run(desk.service.clock.now())
    note = desk.get("/ledger/checkpoint", who)
    assert note.headers["content-type"].startswith("text/plain")
    head = open_checkpoint(note.text, desk.service.log_keys, origin=desk.service.desk.log_origin)
    index = desk.entries(ref)[0]["index"]
    entry = desk.get(f"/ledger/entries/{index}", who)
    leaf = hashlib.sha256(b"\0" + entry.content).digest()
    assert entry.headers["cna-leaf"] == leaf.hex() == desk.entries(ref)[0]["leaf"]
    assert "packages thrown" not in entry.text
    for asked in ({"index": index}, {"case": ref, "seq": 1}):
        proof = desk.get("/ledger/proof", who, **asked).json()
        path = [bytes.fromhex(h) for h in proof["hashes"]]
        verify_inclusion(proof["index"], head.size, leaf, path, head.root)
    assert desk.get("/ledger/entries/99999999", who).status_code == 404
    assert desk.get("/ledger/proof", who, index=1, seq=1).status_code == 422


def test_statistics_are_given_as_json_and_as_csv_to_those_who_read(desk: ApiDesk) -> None:
    told = desk.get("/statistics", desk.officer()).json()
    assert told["total"]["exchanges"] == 0 and told["total"]["answered"] == {
        "n": 0,
        "median_s": None,
        "least_s": None,
        "most_s": None,
    }
    file = desk.get("/statistics", desk.officer(), format="csv", table="refusals")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.text.strip() == "vessel,direction,refusals,cases"
    wrong = desk.get("/statistics", desk.officer(), **{"from": "yesterday", "state": "Xanadu"})
    assert {p["pointer"] for p in wrong.json()["problems"]} == {"/query/from", "/query/state"}
    assert desk.get("/statistics", desk.authority(XB)).status_code == 403


def test_whose_waters_a_position_lies_in(desk: ApiDesk) -> None:
    told = desk.get("/waters", desk.officer(), position="38°35.0'N 009°25.0'W").json()
    assert (told["waters"]["where"], told["waters"]["states"]) == ("inside", ["PT"])
    assert told["shown"] == "38°35.0'N 009°25.0'W"
    assert all(source["as_of"] and source["sha256"] for source in told["waters"]["sources"])
    wide = desk.get("/waters", desk.officer(), position="36-00N 012-30W", radius_m="400000").json()
    assert wide["waters"]["where"] == "possibly_inside"


def test_a_position_that_cannot_be_is_named_with_its_fix(desk: ApiDesk) -> None:
    for words in ("91-00N 012-30W", "145 nm south of the cape", ""):
        answer = desk.get("/waters", desk.officer(), position=words)
        assert answer.status_code == 422
        assert {p["pointer"] for p in answer.json()["problems"]} == {"/query/position"}
