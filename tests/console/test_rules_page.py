"""The rule card on a phone's screen: between two States, with what is left without an answer."""

from __future__ import annotations

from tests.console.conftest import DeskUnderTest

ASKED = "/console/rules?requesting=ES&requested=IT&offences=narcotics&zone=high_seas&form=written"


def test_a_card_is_shown_under_an_address_that_can_be_kept(desk: DeskUnderTest) -> None:
    page = desk.signed_in("duty_officer").get(ASKED)
    assert "ES asks IT" in page.text
    assert "Without an answer" in page.text
    assert "not adopted: claimed only" in page.text


def test_a_card_that_cannot_be_made_names_the_field(desk: DeskUnderTest) -> None:
    page = desk.signed_in("duty_officer").get("/console/rules?requesting=Spain&requested=IT", status=422)
    assert "Requesting State" in page.text
    assert "two letters" in page.text.casefold()


def test_rule_5_6_the_card_says_what_may_be_done_without_an_answer(desk: DeskUnderTest) -> None:
    page = desk.signed_in("duty_officer").get(ASKED)
    after = page.text.split("Without an answer", 1)[1]
    assert "Allows" in after
    assert "Does not allow" in after
    assert "Decides" in after
