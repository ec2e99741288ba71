"""The call form: usable while the caller speaks, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import timedelta

from cna_service.kit.instants import to_text
from tests.console.browser import Page
from tests.console.cases.night import Night

NEW = "/console/calls/new"


def opened(page: Page) -> str:
    assert "The case is open" in page.text
    return page.path.removeprefix("/console/cases/")


def call(night: Night, **typed: str | list[str]) -> str:
    return opened(night.browser.submit(night.browser.get(NEW), NEW, **typed))


def test_a_call_is_opened_with_nothing_but_its_way(night: Night) -> None:
    record = night.record(call(night))
    assert record.exchanges == () and len(record.vessels) == 1


def test_five_fields_make_a_request_with_its_clock(night: Night) -> None:
    typed = {
        "caller__name": "Lt. Gómez",
        "authority": "mrcc-xb – EXERCISE: Maritime Rescue and Law Enforcement Centre of XB (XB)",
        "vessels__0__name": "BAR TEST",
        "exchange__measures": ["confirm_registry", "board"],
        "exchange__basis": "CETS 156 art. 6",
        "exchange__limit_stated": "2 h",
        "exchange__silence_stated": "silence is consent",
    }
    record = night.record(call(night, **typed))
    exchange = record.exchanges[0]
    assert (exchange.authority, exchange.form, exchange.is_inbound) == ("mrcc-xb", "oral", True)
    assert [i.measure for i in exchange.items] == ["confirm_registry", "board"]
    stated = next(c for c in record.clocks if c.kind == "claimed" and c.due_at is not None)
    assert stated.due_at == exchange.at + timedelta(hours=2)


def test_rule_1_4_the_stated_beginning_is_the_receipt_for_every_clock(night: Night) -> None:
    page = night.browser.get(NEW)
    ago = night.desk.clock.now().replace(microsecond=0) - timedelta(minutes=10)
    night.desk.clock.forward(minutes=3)
    ref = opened(
        night.browser.submit(
            page, NEW, authority="XB", exchange__measures="board", call_began_at=to_text(ago)
        )
    )
    record, first = night.record(ref), night.entries(ref, "case.opened")[0]
    assert record.exchanges[0].at == ago
    assert first.body["call_began_at"] == to_text(ago) and first.body["began_stated_by"] == "duty-officer"
    assert "stated by duty-officer" in str(first.happened_at)


def test_rule_1_4_the_desk_s_instant_of_the_first_keystroke_stands_beside_it(night: Night) -> None:
    keystroke = night.desk.clock.now() - timedelta(seconds=20)
    ref = call(night, first_keystroke_at=to_text(keystroke))
    assert night.entries(ref, "case.opened")[0].body["first_keystroke_at"] == to_text(keystroke)
    assert "First keystroke" in night.case(ref).text


def test_rule_1_4_who_has_the_watch_and_opens_it_himself_is_not_called(night: Night) -> None:
    ref = call(night, authority="XB", exchange__measures="board")
    assert "Held by Lieutenant Duty-Officer" in night.line(night.case(ref))
    assert night.entries(ref, "alert.acknowledged") and not night.entries(ref, "rung.")


def test_rule_1_5_a_value_taken_by_voice_carries_how_it_was_got(night: Night) -> None:
    ref = call(night, vessels__0__name="ESTRELLA", vessels__0__how="spelt")
    assert [(f.value, f.how) for f in night.record(ref).vessels[0].facts] == [("ESTRELLA", "spelt")]
    assert "spelt" in night.case(ref).text


def test_rule_1_6_each_of_the_five_fields_has_a_question_to_read_out(night: Night) -> None:
    page = night.browser.get(NEW)
    asked = [" ".join(e.itertext()) for e in page.tree.findall(".//span[@class='ask']")]
    for question in (
        "What is your name?",
        "Which State do you speak for?",
        "What is the name of the vessel?",
    ):
        assert f"“{question}”" in asked
    assert any("I note that you refer to a time limit" in a for a in asked)


def test_what_was_typed_stays_when_something_is_wrong(night: Night) -> None:
    page = night.browser.get(NEW)
    typed = {"caller__name": "Lt. Gómez", "vessels__0__name": "BAR TEST", "told__grounds": "Low in the water"}
    again = night.browser.submit(page, NEW, status=422, authority="Ruritania", **typed)
    assert "names no State and no authority of the directory" in again.text
    sent = dict(again.fields(NEW))
    assert sent["authority"] == "Ruritania" and sent["caller/name"] == "Lt. Gómez"
    assert sent["told/grounds"] == "Low in the water"
    ref = opened(night.browser.submit(again, NEW, authority="XB", exchange__measures="board"))
    assert night.record(ref).vessels[0].label == "BAR TEST"


def test_a_limit_that_cannot_be_read_is_named_with_its_field(night: Night) -> None:
    page = night.browser.get(NEW)
    again = night.browser.submit(page, NEW, status=422, authority="XB", exchange__limit_stated="soon")
    problem = again.tree.find(".//span[@id='f-exchange-limit-stated-wrong']")
    assert problem is not None and dict(again.fields(NEW))["exchange/limit_stated"] == "soon"


def test_fields_without_a_place_of_their_own_are_kept_as_words_of_the_ask(night: Night) -> None:
    ref = call(
        night, authority="XB", told__grounds="No lights.\nDrums on deck.", told__unit="Cutter 12, a warship"
    )
    text = str(night.record(ref).exchanges[0].text)
    assert "Grounds for suspicion: No lights." in text and "Unit at sea and its status: Cutter 12" in text


def test_a_second_vessel_may_be_asked_for_something_else(night: Night) -> None:
    ref = call(
        night,
        authority="XB",
        vessels__0__name="ONE",
        vessels__1__name="TWO",
        exchange__measures=["board"],
        second_measures=["stop"],
    )
    assert [(i.vessel, i.measure) for i in night.record(ref).exchanges[0].items] == [
        (1, "board"),
        (2, "stop"),
    ]


def test_a_claim_of_nationality_is_taken_as_the_state_is_called(night: Night) -> None:
    ref = call(night, vessels__0__flag_claimed="Panamanian", vessels__0__claimed_by="master, by voice")
    assert [(f.field, f.value) for f in night.record(ref).vessels[0].facts] == [("claim", "PA")]


def test_a_claim_that_names_no_state_is_kept_in_its_words(night: Night) -> None:
    ref = call(night, vessels__0__flag_claimed="some island")
    told = [(f.field, f.value) for f in night.record(ref).vessels[0].facts]
    assert told == [("description", "Nationality claimed: some island")]


def test_a_call_form_sent_twice_opens_one_case(night: Night) -> None:
    page = night.browser.get(NEW)
    first, second = (opened(night.browser.submit(page, NEW, vessels__0__name="ONCE")) for _ in range(2))
    assert first == second


def test_who_may_not_open_a_case_is_told_so(night: Night) -> None:
    night.as_role("auditor").get(NEW, status=403)


def test_an_impossible_position_is_named_beside_its_field(night: Night) -> None:
    page = night.browser.get(NEW)
    again = night.browser.submit(page, NEW, status=422, vessels__0__position="91°00'N 074°22.1'W")
    wrong = again.tree.find(".//span[@id='f-vessels-0-position-wrong']")
    assert wrong is not None


def test_the_whole_form_is_kept(night: Night) -> None:
    ref = call(
        night,
        authority="XB",
        vessels__0__name="BAR TEST",
        vessels__0__imo="9074729",
        vessels__0__length="12 m",
        vessels__0__persons_on_board="four",
        vessels__0__position="14°03.5'N 074°22.1'W",
        vessels__0__flag_flown="Panama",
        exchange__offences=["narcotics"],
        exchange__zone="high_seas",
        exchange__their_reference="MRCC-78/26",
        caller__phone="+15550102",
        told__interpreter="Ana Ruiz, by the caller",
    )
    page = night.case(ref)
    for shown in (
        "9074729",
        "12 m",
        "four",
        "14°03.500'N 074°22.100'W",
        "MRCC-78/26",
        "narcotics",
        "Ana Ruiz",
    ):
        assert shown in page.text


def test_words_told_without_a_state_are_kept_as_the_case_s_summary(night: Night) -> None:
    ref = call(night, told__grounds="No lights.", summary="Somebody calls about a boat.")
    text = str(night.entries(ref, "case.opened")[0].body["summary"])
    assert text == "Somebody calls about a boat.\n\nGrounds for suspicion: No lights."


def test_what_is_asked_needs_the_state_that_asks(night: Night) -> None:
    again = night.browser.submit(night.browser.get(NEW), NEW, status=422, exchange__measures="board")
    assert "what is asked needs the State that asks" in again.text
