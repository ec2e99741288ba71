"""Reading cases: lists, the record as of any instant, its log, and what a partner may see of it."""

from __future__ import annotations

from datetime import timedelta

from cna_service.kit.instants import to_text
from tests.api.desk import REQUEST, XB, XC, ApiDesk


def test_the_board_lists_what_runs_out_first_and_pages(desk: ApiDesk) -> None:
    refs = {desk.submitted(requester_reference=f"R-{n}") for n in range(3)}
    first = desk.get("/cases", desk.officer(), limit=2).json()
    rest = desk.get("/cases", desk.officer(), limit=2, after=first["next"]).json()
    assert {r["case"] for r in (*first["cases"], *rest["cases"])} == refs
    assert (len(first["cases"]), len(rest["cases"]), rest["next"]) == (2, 1, None)
    assert first["cases"][0]["next_due_at"] <= first["cases"][1]["next_due_at"]
    assert desk.get("/cases", desk.officer(), closed=True).json()["cases"] == []


def test_a_partner_lists_its_own_cases_and_nothing_the_board_knows_more(desk: ApiDesk) -> None:
    mine = desk.submitted(desk.authority(XB))
    desk.submitted(desk.authority(XC), requester_reference="other")
    (row,) = desk.get("/cases", desk.authority(XB)).json()["cases"]
    assert (row["case"], row["their_reference"], row["label"]) == (mine, "MRCC-77/26", "NO ANSWER")
    assert "holder" not in row and "vessel" not in row


def test_the_record_names_the_entry_it_was_read_up_to(desk: ApiDesk) -> None:
    ref = desk.submitted()
    answer = desk.get(f"/cases/{ref}", desk.officer())
    told, newest = answer.json(), desk.entries(ref)[-1]
    assert (told["seq"], told["leaf"]) == (newest["seq"], newest["leaf"])
    assert answer.headers["etag"] == f'"{newest["seq"]}"'
    assert told["settled"] is True and told["troubles"] == []
    facts = {f["field"]: f for f in told["vessels"][0]["facts"]}
    assert facts["imo"]["value"] == "3000001" and facts["imo"]["source"] and facts["imo"]["seq"] == 1
    items = told["exchanges"][0]["items"]
    assert [(i["measure"], i["value"], i["state"]) for i in items] == [
        ("confirm_registry", "unanswered", "unanswered"),
        ("board", "unanswered", "unanswered"),
    ]
    assert {c["kind"] for c in told["clocks"]} == {"legal", "own"}
    assert [a["kind"] for a in told["alerts"]] == ["new_request"]


def test_a_case_can_be_read_as_it_was_at_any_entry_and_any_instant(desk: ApiDesk) -> None:
    ref, before = desk.submitted(), desk.service.clock.now()
    seq = desk.seq(ref)
    desk.let_pass(minutes=1)
    desk.post(f"/cases/{ref}/notes", desk.officer(), {"words": "later"})
    whole = desk.get(f"/cases/{ref}", desk.officer()).json()
    then = desk.get(f"/cases/{ref}", desk.officer(), seq=seq).json()
    at = desk.get(f"/cases/{ref}", desk.officer(), as_of=to_text(before)).json()
    assert [n["words"] for n in whole["notes"]] == ["later"]
    assert then["notes"] == [] and at["notes"] == []
    assert (then["seq"], at["seq"], at["leaf"]) == (seq, seq, then["leaf"])
    assert at["settled"] is True
    young = desk.get(f"/cases/{ref}", desk.officer(), as_of=to_text(desk.service.clock.now()))
    assert young.json()["settled"] is False


def test_an_instant_before_the_case_and_an_entry_that_is_not_there_are_404(desk: ApiDesk) -> None:
    ref = desk.submitted()
    early = to_text(desk.service.clock.now() - timedelta(days=1))
    assert desk.get(f"/cases/{ref}", desk.officer(), as_of=early).status_code == 404
    assert desk.get(f"/cases/{ref}", desk.officer(), seq=9999).status_code == 404
    for wrong in ({"as_of": "yesterday"}, {"as_of": "2026-11-21T10:00:00"}, {"seq": 0}, {"seq": "x"}):
        answer = desk.get(f"/cases/{ref}", desk.officer(), **wrong)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
        assert answer.json()["problems"][0]["fix"]
    both = desk.get(f"/cases/{ref}", desk.officer(), seq=1, as_of="2026-11-21T10:00:00Z")
    assert both.status_code == 422


def test_the_log_of_a_case_has_the_shape_that_was_fixed(desk: ApiDesk) -> None:
    ref = desk.submitted()
    entries = desk.entries(ref)
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    first = entries[0]
    assert {"stream", "seq", "type", "happened_at", "told_at", "recorded_at", "actor", "body", "leaf"} <= set(
        first
    )
    assert (first["stream"], first["index"], first["seal"]) == (f"case:{ref}", None, "recorded")
    assert first["body"]["draft"]["grounds"] == REQUEST["grounds"]
    desk.running.sequencer.run(desk.service.clock.now())
    sealed = desk.entries(ref)[0]
    assert sealed["seal"] == "sealed" and isinstance(sealed["index"], int)
    later = desk.get(f"/cases/{ref}/entries", desk.officer(), after=2, limit=1).json()
    assert [e["seq"] for e in later] == [3]
    assert desk.get(f"/cases/{ref}/entries", desk.authority()).status_code == 404


def test_what_was_erased_is_shown_as_its_digest(desk: ApiDesk) -> None:
    ref = desk.submitted()
    with desk.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_disclosure WHERE path LIKE '/body/draft/grounds%'")
    told = desk.entries(ref)[0]["body"]["draft"]["grounds"]
    assert len(told["erased"]) == 43
    # As of an entry the fold is made anew.
    read = desk.get(f"/cases/{ref}", desk.officer(), seq=1).json()
    assert read["submissions"][0]["draft"]["grounds"] == told


def test_a_partner_reads_its_own_part_and_none_of_our_thoughts(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(), desk.officer()
    desk.post(f"/cases/{ref}/notes", duty, {"words": "OURS they may be lying"})
    desk.post(f"/cases/{ref}/searches", duty, {"names": ["OURS TEST"]})
    desk.post(f"/cases/{ref}/events", duty, {"words": "OURS seen by a unit"})
    desk.post(f"/cases/{ref}/claims", duty, {"state": "XD", "words": "OURS said the master"})
    desk.post(f"/cases/{ref}/communications", duty, {"direction": "in", "channel": "mail", "text": "OURS"})
    asked = {"direction": "outbound", "authority": XC, "measures": ["confirm_registry"], "text": "OURS to XC"}
    assert desk.post(f"/cases/{ref}/exchanges", duty, asked).status_code == 201
    whole, theirs = (desk.get(f"/cases/{ref}", who) for who in (duty, desk.authority()))
    assert whole.text.count("OURS") >= 6
    assert "OURS" not in theirs.text and XC not in theirs.text
    told = theirs.json()
    assert [e["exchange"] for e in told["exchanges"]] == [1]
    assert {c["kind"] for c in told["clocks"]} == {"legal"}
    assert "alerts" not in told and told["exchanges"][0]["standing"] is None
    # The other authority has a part now, and sees that part alone.
    other = desk.get(f"/cases/{ref}", desk.authority(XC))
    assert [e["exchange"] for e in other.json()["exchanges"]] == [2]
    assert "MRCC-77/26" not in other.text and "packages thrown" not in other.text
    # Before it had a part there was nothing for it.
    assert desk.get(f"/cases/{ref}", desk.authority(XC), seq=1).status_code == 404
