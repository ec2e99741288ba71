"""A limit that the other side states: what our officers read about it is not read by them (desk-rules 1.1)."""

from __future__ import annotations

from datetime import timedelta

from cna_service.kit.instants import to_text
from tests.api.desk import ApiDesk


def test_rule_1_1_how_we_handle_their_limit_is_told_to_our_officers_alone(desk: ApiDesk) -> None:
    due = desk.service.clock.now() + timedelta(hours=2)
    limit = {"reply_wanted_by": to_text(due), "silence_stated": "silence is consent", "legal_basis": []}
    ref = desk.submitted(**limit)
    sent = desk.post("/submissions", desk.authority(), {"measures": ["board"], **limit})
    told = desk.get(f"/cases/{ref}", desk.authority())
    later = {"until": to_text(due + timedelta(hours=1))}
    extended = desk.post(f"/cases/{ref}/exchanges/1/extension", desk.authority(), later)
    assert (sent.status_code, told.status_code, extended.status_code) == (201, 200, 201)
    for answer in (sent, told, extended):
        clocks = answer.json()["clocks"]
        assert {(c["kind"], c["words"]) for c in clocks} == {("claimed", None)}
        assert "do not confirm" not in answer.text


def test_rule_1_1_the_sentence_names_the_instant_at_which_it_is_due_now(desk: ApiDesk) -> None:
    due = desk.service.clock.now() + timedelta(hours=2)
    ref = desk.submitted(reply_wanted_by=to_text(due), legal_basis=[])
    until = due + timedelta(hours=1)
    desk.post(f"/cases/{ref}/exchanges/1/extension", desk.authority(), {"until": to_text(until)})
    shown = desk.get(f"/cases/{ref}", desk.officer()).json()["clocks"]
    words = f"The sender states 3 h; not verified by us; handle as due {until:%H:%M}Z, do not confirm the limit to him."
    assert {c["words"] for c in shown if c["kind"] == "claimed"} == {words}
