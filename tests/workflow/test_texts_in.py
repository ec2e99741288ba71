"""Texts that come to the desk's number from people who are none of ours (row 48)."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import func, select

from cna_service.ledger.store import blob
from cna_service.workflow.closing import add_note, close_case
from cna_service.workflow.edge.tables import quarantine
from cna_service.workflow.inbound import take_text
from cna_service.workflow.projections import DESK
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

STRANGER = "+34911222333"
_IDS = itertools.count(1)


def text(desk: LiveDesk, body: str, number: str = STRANGER, **more: str) -> str:
    sid = more.pop("MessageSid", f"SM{next(_IDS):032x}")
    told = {"MessageSid": sid, "From": number, "To": "+15550100", "Body": body, "NumMedia": "0", **more}
    take_text(desk.service, told, f"token-{sid}")
    desk.settle()
    return sid


def cases(desk: LiveDesk) -> list[str]:
    return [str(e.body["case"]) for e in desk.entries(DESK) if e.type == "text.received"]


def receipts(desk: LiveDesk, number: str = STRANGER) -> list[str]:
    return [m.text for m in desk.exchange.phone(number).texts]


def test_row_48_a_text_of_a_stranger_opens_a_case_and_summons_the_watch(either_desk: LiveDesk) -> None:
    desk = either_desk
    text(desk, "Buque sospechoso ñ 14°03'N, ¿pueden llamar?")
    (ref,) = cases(desk)
    kept = desk.last(ref, "submission.received")
    with desk.service.database.read() as connection:
        assert (
            blob(connection, kept.body["blob"])[1].decode() == "Buque sospechoso ñ 14°03'N, ¿pueden llamar?"
        )
    assert kept.body["sender"] == {"address": STRANGER}
    assert {"/body/sender/address", "/body/sha256"} <= set(kept.private)
    assert desk.case(ref).is_to_be_read
    assert desk.case(ref).communications[0]["text"].startswith("Buque")
    assert not desk.case(ref).exchanges
    assert "a message nobody could read" in desk.person("duty-1").receives_sms()


def test_the_receipt_commits_nobody_and_comes_once_a_day(desk: LiveDesk) -> None:
    text(desk, "first")
    text(desk, "second")
    (only,) = receipts(desk)
    assert only.startswith("EXERCISE. Duty desk of XA: your text was received, reference X-")
    assert "acknowledges nothing under any agreement" in only
    desk.advance(hours=24)
    text(desk, "third")
    assert len(receipts(desk)) == 2


def test_the_parts_of_a_long_text_stay_together_and_ring_once(desk: LiveDesk) -> None:
    for n in range(3):
        text(desk, f"part {n} of a long text")
    assert len(set(cases(desk))) == 1
    ref = cases(desk)[0]
    assert [c["text"] for c in desk.case(ref).communications] == [
        f"part {n} of a long text" for n in range(3)
    ]
    raised = list(desk.alerts(ref).by_id.values())
    assert [a.kind for a in raised] == ["to_be_read"]
    desk.person("duty-1").replies("1 {code}")
    text(desk, "and one after he took it")
    assert [a.kind for a in desk.alerts(ref).open if a.is_climbing] == ["new_communication"]


def test_a_text_that_names_a_reference_goes_to_its_case(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    text(desk, f"re {ref.lower()}: she turned north")
    assert cases(desk) == [ref]
    assert desk.case(ref).communications[-1]["text"].endswith("she turned north")
    text(desk, "X-2222-222 is no reference of ours", number="+33142000000")
    assert cases(desk)[1] != ref


def test_a_text_to_a_closed_case_becomes_a_new_one_that_says_so(desk: LiveDesk) -> None:
    text(desk, "hello")
    ref = cases(desk)[0]
    desk.person("duty-1").replies("1 {code}")
    desk.do(add_note, "duty-1", ref, words="read: a wrong number")
    desk.do(close_case, "duty-1", ref, seen=desk.look(ref), words="nothing asked")
    text(desk, "hello again")
    new = cases(desk)[1]
    assert new != ref
    assert desk.last(new, "submission.received").body["problems"][0]["told"] == ref


def test_the_same_text_handed_over_twice_is_one_text(either_desk: LiveDesk) -> None:
    desk = either_desk
    sid = text(desk, "once")
    text(desk, "once", MessageSid=sid)
    assert len(cases(desk)) == 1


def test_a_number_of_the_directory_is_believed_and_never_the_sender(desk: LiveDesk) -> None:
    from cna_service.workflow.projections import DIRECTORY, LISTED

    with desk.service.read() as reader:
        listed = reader.stream(DIRECTORY).of(LISTED).find("mrcc-xb")
    number = next(str(c.value) for c in listed.contacts if c.kind == "phone").replace(" ", "")
    text(desk, "call us", number=number)
    kept = desk.last(cases(desk)[0], "submission.received")
    assert kept.body["sender"]["believed"][0]["id"] == "mrcc-xb"
    assert "authority" not in kept.body["sender"]
    said = desk.last(cases(desk)[0], "communication.logged").body
    assert "by the number alone" in said["theirs"]["office"]


def test_a_number_that_writes_on_and_on_is_set_aside_and_counted(desk: LiveDesk) -> None:
    for n in range(25):
        text(desk, f"{n}")
    assert len(cases(desk)) == 20
    with desk.service.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(quarantine)).scalar_one() == 5
    assert len([a for a in desk.alerts(DESK).by_id.values() if a.kind == "quarantine"]) == 1
    text(desk, "another number is heard", number="+33142000000")
    assert len(cases(desk)) == 21


def test_stop_start_and_help_of_a_stranger_open_nothing(desk: LiveDesk) -> None:
    text(desk, "STOP")
    text(desk, "help")
    assert receipts(desk) == []
    text(desk, "start")
    text(desk, "HELP")
    assert "texts to this number reach the duty officer" in receipts(desk)[0]
    assert cases(desk) == []
    assert desk.alerts(DESK).open == ()


def test_who_said_stop_is_heard_and_gets_no_receipt(desk: LiveDesk) -> None:
    text(desk, "STOP")
    text(desk, "a vessel is burning")
    assert len(cases(desk)) == 1
    assert receipts(desk) == []


def test_an_answer_to_a_machine_s_short_number_is_not_given(desk: LiveDesk) -> None:
    text(desk, "your parcel waits", number="72404")
    text(desk, "sale!", number="SHOP")
    assert len(cases(desk)) == 2
    assert receipts(desk, "72404") == receipts(desk, "SHOP") == []


def test_pictures_are_fetched_kept_and_removed(either_desk: LiveDesk) -> None:
    desk = either_desk
    sid, parent = f"ME{7:032x}", f"MM{7:032x}"
    desk.exchange.media[sid] = ("image/jpeg", b"\xff\xd8picture")
    told: dict[str, Any] = {
        "MessageSid": parent,
        "NumMedia": "2",
        "MediaUrl0": f"https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/{parent}/Media/{sid}",
        "MediaContentType0": "image/jpeg",
        "MediaUrl1": "https://evil.test/steal?what=token",
        "MediaContentType1": "image/png",
    }
    text(desk, "", **told)
    ref = cases(desk)[0]
    kept = desk.last(ref, "media.kept").body
    with desk.service.database.read() as connection:
        assert blob(connection, kept["blob"]) == ("image/jpeg", b"\xff\xd8picture")
    assert desk.exchange.media == {}
    assert desk.exchange.media_asked == [sid]


def test_an_officer_s_text_is_still_a_reply(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    duty = desk.person("duty-1")
    text(desk, f"1 {duty.code()}", number=duty.number)
    assert desk.alert(ref).acknowledgement is not None
    assert cases(desk) == []


def test_an_empty_text_wakes_nobody(desk: LiveDesk) -> None:
    text(desk, "  ")
    take_text(desk.service, {}, "")
    assert cases(desk) == []
    assert desk.alerts(DESK).open == ()


def test_a_text_from_a_number_of_ours_gets_no_receipt_that_would_come_back(desk: LiveDesk) -> None:
    text(desk, "echo", number="+15550100")
    assert len(cases(desk)) == 1
    assert receipts(desk, "+15550100") == []
