"""Our own agencies asked within the case, our own chain's no objection, and files beside what officers record."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import pytest

from cna_service.cases.files import kept_files
from cna_service.cases.grants import grants
from cna_service.cases.labels import exchange_label
from cna_service.kit.errors import Conflict, Invalid, NotFound
from cna_service.ledger import store
from cna_service.workflow.answer import give_answer
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.consult import answer_agency, ask_agency, record_clearance
from cna_service.workflow.facts import record_fact
from cna_service.workflow.owed import relief_items
from tests.workflow.acts import asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import draft, said

ORDER = b"%PDF-1.7 order of the judge"
FILE = {"name": "order 12.pdf", "media_type": "application/pdf", "base64": b64encode(ORDER).decode()}
JUSTICE: dict[str, Any] = {
    "agency": "Ministry of Justice",
    "contact": {"name": "Judge Mora", "office": "Court 3", "phone": "+15550199"},
    "question": "Any objection to boarding?",
    "channel": "phone",
    "exchange": 1,
}


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {p.pointer for p in refused.value.problems}


def test_each_agency_has_its_own_due_time_and_a_late_one_summons_the_holder(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(ask_agency, "duty-1", ref, **JUSTICE, due_at="2026-11-21T15:03:00Z")
    desk.do(ask_agency, "duty-1", ref, **{**JUSTICE, "agency": "Coast guard"}, due_at="2026-11-21T17:03:00Z")
    desk.advance(minutes=61)
    desk.person("duty-1").receives_sms(containing="an agency has not answered")
    kinds = [
        (o.kind, o.is_overdue) for o in relief_items(desk.case(ref), desk.clock.now()) if "consult" in o.kind
    ]
    assert kinds == [("consultation_overdue", True), ("consultation_open", False)]


def test_an_answer_is_linked_and_stops_its_clock_alone(desk: LiveDesk) -> None:
    ref = received(desk)
    for agency in ("registry", "justice"):
        desk.do(ask_agency, "duty-1", ref, **{**JUSTICE, "agency": agency}, due_at="2026-11-21T16:03:00Z")
    by = {"name": "Clerk Onu", "office": "Registry"}
    desk.do(answer_agency, "duty-1", ref, 1, by=by, words="None.", value="no_objection", attachments=[FILE])
    first, second = desk.case(ref).deciding.consultations
    assert (first.value, first.answers[0]["asked_seq"]) == ("no_objection", first.seq)
    running = {c.id for c in desk.case(ref).clocks if c.is_running}
    assert first.clock not in running and second.clock in running
    desk.do(answer_agency, "duty-1", ref, 1, by=by, words="We do object.", value="objection")
    assert [a["value"] for a in desk.case(ref).deciding.consultations[0].answers] == [
        "no_objection",
        "objection",
    ]
    with pytest.raises(NotFound):
        desk.do(answer_agency, "duty-1", ref, 3, by=by, words="?")


def test_everything_wrong_with_a_question_to_an_agency_is_named_at_once(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(ask_agency, "duty-1", ref, contact={"phone": "1"}, channel="smoke", exchange=7,
                due_at="2026-11-21T13:00:00Z", attachments=[{"name": "x", "base64": "%%"}])  # fmt: skip
    assert pointers(refused) == {
        "/agency",
        "/question",
        "/contact/name",
        "/channel",
        "/exchange",
        "/due_at",
        "/attachments/0/base64",
    }
    with pytest.raises(Invalid):
        desk.do(record_clearance, "duty-1", ref, by={}, measures=["fly"], words="")


def test_r16_no_objection_of_our_own_chain_is_no_grant_of_any_state(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    by = {"name": "Rear Admiral Sola", "office": "Fleet command"}
    desk.do(
        record_clearance,
        "duty-1",
        ref,
        by=by,
        measures=["board", "search"],
        words="No objection.",
        exchange=1,
    )
    record = desk.case(ref)
    assert grants(record) == () and record.exchanges[0].answers == ()
    assert exchange_label(record, record.exchanges[0]) == "NO ANSWER"
    [clearance] = desk.record_json(ref)["clearances"]
    assert (clearance["chain"], clearance["measures"]) == ("own", ["board", "search"])
    assert desk.last(ref, "clearance.given").type != "answer.given"


def test_r16_no_certificate_can_cite_our_own_chain_as_a_states_consent(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    by = {"name": "Rear Admiral Sola", "office": "Fleet command"}
    told = {"measures": ["board"], "words": "No objection whatever.", "exchange": 1}
    desk.do(record_clearance, "duty-1", ref, by=by, **told)
    with pytest.raises((Conflict, Invalid)):
        draft(desk, ref, "consent_or_waiver")
    theirs = {"answers": [{"measure": "board", "value": "granted"}], "form": "written"}
    give_answer(desk.service, desk.authority("mrcc-xp"), ref, 1, theirs)
    made = draft(desk, ref, "consent_or_waiver")
    assert "Sola" not in said(made) and "No objection" not in said(made)


def test_d8_a_judges_order_is_attached_with_its_digest_and_given_out_byte_for_byte(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {
        "direction": "in",
        "channel": "letter",
        "subject": "Order citing the authorization",
        "exchange": 1,
    }
    desk.do(log_communication, "duty-1", ref, **told, theirs={"name": "Judge Mora"}, attachments=[FILE])
    [attached] = desk.last(ref, "communication.logged").body["attachments"]
    assert attached["sha256"] == hashlib.sha256(ORDER).hexdigest()
    assert attached["blob"] in {f.blob for f in kept_files(desk.case(ref))}
    with desk.service.database.read() as connection:
        assert store.blob(connection, attached["blob"]) == ("application/pdf", ORDER)


def test_r1_an_exhibit_stands_beside_what_was_said_and_seen(desk: LiveDesk) -> None:
    ref = received(desk)
    photo = {**FILE, "name": "stern.jpg", "media_type": "image/jpeg"}
    desk.do(
        record_fact, "duty-1", ref, "indicia", kind="name_on_stern", value="BAR TEST", attachments=[photo]
    )
    desk.do(record_fact, "duty-1", ref, "claims", state="XA", attachments=[FILE])
    seen = desk.last(ref, "indicium.seen")
    assert (seen.v, seen.body["attachments"][0]["name"]) == (2, "stern.jpg")
    facts = desk.record_json(ref)["vessels"][0]["facts"]
    assert [f["attachments"][0]["name"] for f in facts if f.get("attachments")] == [
        "stern.jpg",
        "order 12.pdf",
    ]
    raw = desk.last(ref, "claim.made")
    assert any(path.endswith("sha256") for path in raw.private)
    with pytest.raises(Invalid):
        desk.do(record_fact, "duty-1", ref, "positions", position="14N 074W", attachments=[FILE])
