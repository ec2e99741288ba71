"""Desk-rules of the climb: who is summoned for the next case, on the way, in whose working hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from cna_service.cases.clocks import rings, warnings
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.alerts import acknowledge_alert
from cna_service.workflow.officers import change_officer
from cna_service.workflow.projections import DESK, case_stream
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.wait import state_waiting
from tests.workflow import acts
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

SECOND = {**BAR_TEST, "requester_reference": "MRCC-78/26", "vessels": [{"names": ["OTHER SHIP"]}]}


def arrives(desk: LiveDesk, **request: object) -> str:
    ref = str(desk.receive(**request)["case"])
    desk.settle()
    return ref


def test_rule_2_3_who_holds_a_case_is_summoned_for_the_next_with_the_following_rung(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    acts.received(desk)
    second = arrives(desk, **SECOND)
    climbed = desk.last(second, "rung.climbed").body
    assert [(t["officer"], t["post"]) for t in climbed["targets"]] == [
        ("duty-1", "duty_officer"),
        ("duty-2", "deputy"),
    ]
    assert desk.person("duty-2").receives_sms(containing="new request")
    desk.person("duty-2").is_called()
    desk.person("duty-1").receives_sms(containing="new request")


def test_rule_2_3_who_answered_is_alone_again_for_the_next(desk: LiveDesk) -> None:
    first = acts.received(desk, **{**BAR_TEST, "measures": ["board"]})
    acts.answer(desk, first, values={"board": "denied"}, convey=[{"channel": "mail"}])
    second = arrives(desk, **SECOND)
    assert [t["officer"] for t in desk.last(second, "rung.climbed").body["targets"]] == ["duty-1"]


def test_rule_2_3_a_message_in_his_own_case_calls_nobody_with_him(desk: LiveDesk) -> None:
    acts.received(desk)
    second = arrives(desk, **SECOND)
    acknowledge_alert(desk.service, desk.officer("duty-1"), case_stream(second), desk.alert(second).id)
    desk.settle()
    desk.receive(in_reply_to=second, notes="one thing more")
    desk.settle()
    climbed = desk.last(second, "rung.climbed").body
    assert [t["officer"] for t in climbed["targets"]] == ["duty-1"]


def test_rule_2_3_mine_but_on_the_way_keeps_the_case_his_and_tells_the_next_rung(desk: LiveDesk) -> None:
    """SMS ``3 code 10``: his, the next rung is told; after ten minutes without an entry both are summoned."""
    ref = arrives(desk, **BAR_TEST)
    duty, deputy = desk.person("duty-1"), desk.person("duty-2")
    duty.replies("3 {code} 10")
    assert desk.alerts(ref).holder(ref, 1) == "duty-1"
    deputy.receives_sms(containing="on the way for 10 min")
    desk.forget_messages()
    desk.advance(minutes=9.9)
    desk.nobody_else_was_called()
    desk.advance(minutes=0.2)
    assert "ack_overdue" in {a.kind for a in desk.alerts(ref).open}


def test_rule_2_3_key_3_in_a_call_means_twenty_minutes(desk: LiveDesk) -> None:
    ref = arrives(desk, **BAR_TEST)
    desk.advance(minutes=2)
    assert "on the way for 20 minutes" in desk.person("duty-1").presses("3")
    assert desk.last(ref, "alert.acknowledged").body["in_transit_minutes"] == 20
    desk.person("duty-2").receives_sms(containing="on the way for 20 min")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def long_case(desk: LiveDesk) -> str:
    """A request of Saturday that wants its answer within fourteen days, taken and acknowledged."""
    wanted = {"reply_wanted_by": "2026-12-05T14:03:00Z", "legal_basis": [], "reply_wanted_reason": "trial"}
    ref = acts.received(desk, **{**BAR_TEST, **wanted})
    desk.do(acknowledge_request, "duty-1", ref, 1)
    desk.attend(ref, "duty-1")
    return ref


def warned(desk: LiveDesk, ref: str) -> list[tuple[str, str]]:
    return [
        (str(e.body["mark"]), f"{e.recorded_at:%a %H:%M}")
        for e in desk.entries(ref)
        if e.type == "clock.warned"
    ]


def test_rule_3_4_a_long_clock_warns_by_mail_in_working_hours_and_rings_at_last(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = long_case(desk)
    desk._attended.clear()
    clock = desk.clock_of(ref, "claimed")
    assert [(m, f"{at:%a %d %H:%M}") for m, at in clock.warnings] == [
        ("50", "Fri 27 17:00"),
        ("75", "Tue 01 17:00"),
        ("90", "Thu 03 17:00"),
        ("decision_lead", "Sat 05 13:18"),
    ]
    desk.forget_messages()
    sent_before = len(desk.postbox.to("duty-1@example.test"))
    desk.clock.at = instant("2026-11-27T16:59:00+00:00")
    desk.tick()
    desk.forget_messages()
    desk.clock.at = instant("2026-11-27T17:00:00+00:00")
    desk.tick()
    assert warned(desk, ref) == [("50", "Fri 17:00")]
    warning = desk.alert(ref, "clock_warning_50")
    assert {s.contact.channel.value for s in warning.sendings.values()} == {"email"}
    assert {s.officer for s in warning.sendings.values()} == {"duty-1"}
    desk.deliver()
    assert len(desk.postbox.to("duty-1@example.test")) > sent_before


def test_rule_3_4_the_last_warning_and_the_lapse_ring(desk: LiveDesk) -> None:
    ref = long_case(desk)
    desk.pass_time(60 * 24 * 13.9)
    desk._attended.clear()
    desk.clock.at = instant("2026-12-05T13:18:00+00:00")
    desk.tick()
    lead = desk.alert(ref, "decision_lead")
    assert {s.contact.channel.value for s in lead.sendings.values()} == {"sms", "voice"}
    desk.clock.at = instant("2026-12-05T14:03:00+00:00")
    desk.tick()
    lapsed = desk.alert(ref, "clock_lapsed")
    assert {s.contact.channel.value for s in lapsed.sendings.values()} == {"sms", "voice"}


def test_rule_3_4_what_a_clock_was_armed_with_holds_whatever_the_file_says_later(desk: LiveDesk) -> None:
    """The working hours stand in ``clock.armed`` itself; a clock without them warns at its marks, as it always did."""
    ref = long_case(desk)
    [claimed] = [e.body for e in desk.entries(ref) if e.type == "clock.armed" and e.body["kind"] == "claimed"]
    assert claimed["terms"]["working_hours"] == {
        "from": "08:00",
        "to": "18:00",
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "holidays": [],
        "utc_offset_minutes": 0,
    }
    starts, due = instant(claimed["starts_at"]), instant(claimed["due_at"])
    assert [f"{at:%a %H:%M}" for _, at in warnings(starts, due, None)] == [
        "Sat 14:03",
        "Wed 02:03",
        "Fri 04:27",
    ]


def test_rule_3_4_a_short_clock_rings_at_each_mark(desk: LiveDesk) -> None:
    ref = acts.received(desk)
    desk.attend(ref, "duty-1")
    assert all(rings(c, m) for c in desk.case(ref).clocks for m, _ in c.warnings)


def test_rule_3_2_each_mark_summons_its_people(desk: LiveDesk) -> None:
    """50 % the holder, 75 % holder and deputy, 90 % and lapse also supervisor and whoever may decide."""
    ref = acts.received(desk)
    desk.attend(ref, "duty-1")
    desk.pass_time(60 * 4 + 1)
    first = {}
    for entry in desk.entries(ref):
        if entry.type == "rung.climbed":
            first.setdefault(entry.body["alert"], {t["officer"] for t in entry.body["targets"]})
    kinds = {a.id: a.kind for a in desk.alerts(ref).by_id.values()}
    by_kind = {kinds[alert]: people for alert, people in first.items()}
    assert by_kind["clock_warning_50"] == {"duty-1"}
    assert by_kind["clock_warning_75"] == {"duty-1", "duty-2"}
    everybody = {"duty-1", "duty-2", "sup-1", "dec-1"}
    assert by_kind["clock_warning_90"] == by_kind["clock_lapsed"] == by_kind["decision_lead"] == everybody


def test_rule_3_1_whoever_waits_names_it_and_is_asked_again_after_it(desk: LiveDesk) -> None:
    ref = acts.received(desk)
    desk.do(acknowledge_request, "duty-1", ref, 1)
    until = desk.clock.now() + timedelta(minutes=60)
    desk.do(state_waiting, "duty-1", ref, **{"for": "the registrar calls back", "until": until.isoformat()})
    desk.forget_messages()
    desk.advance(minutes=59)
    desk.nobody_else_was_called()
    desk.advance(minutes=2)
    assert "ack_overdue" in {a.kind for a in desk.alerts(ref).open}


def test_a_providers_word_only_moves_forward(either_desk: LiveDesk) -> None:
    """Late, twice and out of order: what was delivered stays delivered, what did not arrive stays lost, once."""
    desk = either_desk
    desk.person("duty-1").phone.condition = "silent"
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.deliver()
    [sending] = desk.alert(ref).sendings.values()
    sid = next(r["sid"] for r in desk.outbox() if r["id"] == sending.id)

    def said(status: str) -> None:
        desk.report(sending.id, {"MessageSid": sid, "MessageStatus": status})

    for status in ("sent", "delivered", "sending", "sent", "delivered", "undelivered", "queued"):
        said(status)
    assert desk.types(ref).count("alert.delivered") == 1
    assert "alert.undelivered" not in desk.types(ref)
    assert {r["state"] for r in desk.outbox() if r["id"] == sending.id} == {"delivered"}


def test_rule_2_6_by_default_nothing_that_leaves_names_ship_state_person_or_ground(desk: LiveDesk) -> None:
    ref = arrives(desk, **BAR_TEST)
    desk.person("duty-2").phone.condition = "off"
    desk.advance(minutes=16)
    said = [
        str(r["content"].get("text", "")) for r in desk.outbox() if r["content"].get("purpose") == "alert"
    ]
    said += [desk.person("duty-1").picks_up()]
    assert len(said) > 6
    for word in ("BAR TEST", "Corhaven", "XB", "074", "packages", "CETS", ref, "Watch officer"):
        assert not [text for text in said if word in text], word


def test_a_long_address_is_summoned_on_either_database(either_desk: LiveDesk) -> None:
    desk = either_desk
    address = "the.administrator.of.the.competent.authority@maritime.operations.example.test"
    desk.do(change_officer, "admin-1", officer="admin-1", email=address)
    desk.settle()
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        raise_alert(desk.service, work, "desk_trouble")
    desk.settle()
    assert desk.postbox.to(address)
