"""Opening a case from the desk: a call, a radio report, an ask of ours."""

from __future__ import annotations

import pytest

from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.opening import open_case, open_exchange
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0, minutes

CALL = {
    "channel": "phone",
    "caller": {"name": "Watch officer", "office": "MRCC XB", "phone": "+15550102"},
    "vessels": [
        {"name": "BAR TEST", "flag_claimed": "XA", "position": "14 03.5N 074 22.1W", "source": "MRCC XB"}
    ],
    "exchange": {
        "authority": "mrcc-xb",
        "measures": ["confirm_registry", "board"],
        "basis": ["CETS 156 art. 6"],
        "offences": ["narcotics"],
        "zone": "high_seas",
    },
}


def test_rule_1_4_a_case_the_officer_on_watch_opens_is_born_acknowledged_and_his_phone_stays_silent(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = desk.do(open_case, "duty-1", **CALL)["case"]
    desk.settle()
    held = desk.alert(ref).acknowledgement
    assert held is not None
    assert (held.officer, held.by) == ("duty-1", "console")
    desk.advance(minutes=14)
    assert desk.person("duty-1").phone.received == []
    desk.nobody_else_was_called()


def test_rule_1_4_the_guard_against_sleep_runs_from_then_on(desk: LiveDesk) -> None:
    limit = {**CALL["exchange"], "limit_stated": to_text(T0 + minutes(60))}  # type: ignore[dict-item]
    ref = desk.do(open_case, "duty-1", **{**CALL, "exchange": limit})["case"]
    desk.advance(minutes=7)
    assert [a.kind for a in desk.alerts(ref).by_id.values()] == ["new_request", "ack_overdue"]
    assert {m.kind for m in desk.person("duty-1").phone.received} == {"sms", "call"}


def test_rule_1_4_opened_by_anybody_else_it_climbs_from_the_first_rung(desk: LiveDesk) -> None:
    ref = desk.do(open_case, "sup-1", **CALL)["case"]
    desk.settle()
    assert desk.alert(ref).is_climbing
    assert "new request" in desk.person("duty-1").receives_sms()


def test_rule_1_4_the_beginning_of_the_call_is_the_receipt_for_every_clock(either_desk: LiveDesk) -> None:
    desk = either_desk
    began = T0 - minutes(5)
    told = {"call_began_at": to_text(began), "first_keystroke_at": to_text(T0 - minutes(1))}
    ref = desk.do(open_case, "duty-1", **CALL, **told)["case"]
    opened = desk.entries(ref)[0]
    assert opened.recorded_at == T0
    assert opened.happened_at is not None
    assert (opened.happened_at.exact, opened.happened_at.source) == (began, "stated by duty-1")
    assert opened.body["first_keystroke_at"] == to_text(T0 - minutes(1))
    assert desk.case(ref).exchanges[0].at == began
    assert {c.starts_at for c in desk.case(ref).clocks} <= {began, None}


@pytest.mark.parametrize("ago", [-1.0, 12 * 60 + 1])
def test_rule_1_4_an_impossible_beginning_is_refused_naming_the_field(desk: LiveDesk, ago: float) -> None:
    with pytest.raises(Invalid) as refused:
        desk.do(open_case, "duty-1", **CALL, call_began_at=to_text(T0 - minutes(ago)))
    assert [p.pointer for p in refused.value.problems] == ["/call_began_at"]


def test_rule_1_3_a_call_arms_no_legal_clock_of_a_treaty_that_knows_only_writing(
    either_desk: LiveDesk,
) -> None:
    """The legal clock waits for the writing, an operational one runs from the call, and the card says what to ask."""
    desk = either_desk
    ref = desk.do(open_case, "duty-1", **CALL)["case"]
    legal, operational = desk.clock_of(ref), desk.clock_of(ref, "operational")
    assert (legal.starts_at, legal.due_at, legal.waits_for) == (None, None, "writing")
    assert (operational.starts_at, operational.due_at) == (T0, T0 + minutes(240))
    assert "in writing only; ask for it now" in operational.terms["words"]
    assert operational.terms["silence"]["effect"] == "none"


def test_rule_1_3_under_a_treaty_that_admits_the_spoken_word_the_call_starts_the_clock(
    desk: LiveDesk,
) -> None:
    spoken = {"authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    ref = desk.do(open_case, "duty-1", channel="phone", exchange=spoken)["case"]
    assert desk.clock_of(ref).due_at == T0 + minutes(120)


def test_only_the_channel_is_needed_while_the_caller_speaks(desk: LiveDesk) -> None:
    ref = desk.do(open_case, "duty-1", channel="radio")["case"]
    assert desk.types(ref) == ["case.opened", "alert.raised", "alert.acknowledged"]


def test_every_wrong_field_is_named_at_once_and_nothing_is_kept(desk: LiveDesk) -> None:
    wrong = {
        "direction": "sideways",
        "authority": "nobody",
        "measures": ["teleport"],
        "offences": ["x"],
        "form": "sung",
    }
    with pytest.raises(Invalid) as refused:
        desk.do(open_case, "duty-1", channel="phone", exchange=wrong)
    assert {p.pointer for p in refused.value.problems} >= {
        "/exchange/direction",
        "/exchange/authority",
        "/exchange/measures/0",
        "/exchange/offences",
        "/exchange/form",
    }
    assert all(p.fix for p in refused.value.problems)
    with desk.service.database.read() as connection:
        assert (
            connection.exec_driver_sql("SELECT count(*) FROM stream WHERE name LIKE 'case:%'").scalar() == 0
        )


def test_facts_taken_by_voice_say_how_they_were_got(desk: LiveDesk) -> None:
    ref = desk.do(open_case, "duty-1", **CALL)["case"]
    name = next(f for f in desk.case(ref).vessels[0].facts if f.field == "name")
    assert (name.value, name.how, name.source) == ("BAR TEST", "as_heard", "MRCC XB")
    claim = next(f for f in desk.case(ref).vessels[0].facts if f.field == "claim")
    assert claim.value == "XA"


def test_an_ask_of_ours_is_an_exchange_with_its_own_clock_and_wakes_nobody(desk: LiveDesk) -> None:
    ref = desk.do(open_case, "duty-1", channel="radio", summary="Sailing vessel off XQ")["case"]
    asks = {
        "direction": "outbound",
        "authority": "mrcc-xp",
        "basis": ["xp-3"],
        "measures": ["confirm_registry"],
    }
    got = desk.do(open_exchange, "duty-1", ref, **asks, text="Is she on your register?")
    assert got["exchange"] == 1
    exchange = desk.case(ref).exchanges[0]
    assert (exchange.direction, exchange.state, exchange.text) == (
        "outbound",
        "XP",
        "Is she on your register?",
    )
    assert desk.clock_of(ref).due_at == T0 + minutes(120)
    assert not [c for c in desk.case(ref).clocks if c.kind == "own"]
    desk.settle()
    desk.nobody_else_was_called()


def test_rule_1_1_clocks_are_of_four_kinds_distinct_in_entries_and_answers(desk: LiveDesk) -> None:
    limit = {
        **CALL["exchange"],
        "limit_stated": to_text(T0 + minutes(90)),
        "silence_stated": "silence is consent",
    }  # type: ignore[dict-item]
    got = desk.do(open_case, "duty-1", **{**CALL, "exchange": limit})
    ref = got["case"]
    assert {c["kind"] for c in got["clocks"]} == {"legal", "claimed", "operational", "own"}
    armed = [e.body["kind"] for e in desk.entries(ref) if e.type == "clock.armed"]
    assert sorted(armed) == ["claimed", "legal", "operational", "own"]
    claimed = desk.clock_of(ref, "claimed")
    assert claimed.terms["silence"]["stated"] == "silence is consent"
    entry = next(e for e in desk.entries(ref) if e.type == "clock.armed" and e.body["kind"] == "claimed")
    assert "/body/terms/silence/stated" in entry.private
    assert claimed.terms["silence"]["effect"] == "none"


def test_rule_1_2_the_receipt_is_no_acknowledgement_and_an_officers_act_alone_starts_that_clock(
    either_desk: LiveDesk,
) -> None:
    from tests.workflow.requests import SUA

    desk = either_desk
    got = desk.receive(**SUA)
    ref = got["case"]
    assert got["acknowledgement"]["formal"] is False
    assert "not an acknowledgement under any agreement" in got["acknowledgement"]["text"]
    board = next(c for c in got["clocks"] if c["provision"] == "sua-8bis-5-d")
    assert (board["starts_at"], board["due_at"], board["waits_for"]) == (None, None, "acknowledgement")
    assert board["effect"] == "deemed_grant"

    desk.settle()
    desk.advance(minutes=5)
    desk.person("duty-1").replies("1 {code}")
    waiting = next(c for c in desk.case(ref).clocks if c.terms.get("provision") == "sua-8bis-5-d")
    assert waiting.starts_at is None, "taking the alert acknowledges no request"

    desk.advance(minutes=5)
    desk.do(acknowledge_request, "duty-1", ref, 1)
    running = next(c for c in desk.case(ref).clocks if c.terms.get("provision") == "sua-8bis-5-d")
    assert (running.starts_at, running.due_at) == (T0 + minutes(10), T0 + minutes(250))
    assert desk.last(ref, "exchange.acknowledged").actor["id"] == "duty-1"
    desk.settle()
    letter = desk.postbox.to("mrcc-xb@example.test")[-1]
    assert ref in letter.text


def test_rule_1_2_the_acknowledgement_has_a_target_and_an_alert_of_its_own(desk: LiveDesk) -> None:
    ref = desk.receive()["case"]
    desk.settle()
    own = desk.clock_of(ref, "own")
    assert own.due_at == T0 + minutes(15)
    desk.attend(ref, "duty-1")
    desk.advance(minutes=15)
    assert desk.last(ref, "clock.lapsed").body["kind"] == "own"
    assert desk.alert(ref, "own_target_missed").subject.clock == own.id


def test_a_reference_that_was_given_before_is_drawn_again(desk: LiveDesk) -> None:
    """Of some ten thousand references two are alike by chance; a request that meets one is not refused."""
    ref = received(desk)
    drawn = iter([ref, ref, "X-2222-222"])
    with desk.service.write(desk.officer("duty-1"), Action.CASE_OPEN) as work:
        work.begin_case(lambda: next(drawn))
        work.append(Draft("case.opened", {"exercise": True, "channel": "phone", "vessels": 1}))
    assert desk.types("X-2222-222") == ["case.opened"]
    assert desk.types(ref)[0] == "submission.received"
