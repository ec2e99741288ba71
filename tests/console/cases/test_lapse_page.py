"""Recording what follows from a lapse: a named officer, the channels looked at, and never more than the text gives."""

from __future__ import annotations

from tests.console.browser import Page
from tests.console.cases.night import Night


def ran_out(night: Night, **request: object) -> str:
    ref = night.request(**request)
    night.hours_pass(5)
    return ref


def page_of(night: Night, ref: str) -> Page:
    return night.browser.get(f"/console/cases/{ref}/exchanges/1/lapse")


def test_a_clock_that_ran_out_says_that_nobody_recorded_its_effect(night: Night) -> None:
    ref = ran_out(night)
    page = night.case(ref)
    assert "ran out; effect not recorded by anyone" in page.text
    assert any("/lapse?clock=" in link for link in page.links())


def test_rule_5_4_a_lapse_asks_which_channels_were_looked_at(night: Night) -> None:
    ref = ran_out(night)
    page = page_of(night, ref)
    assert "Embassy" in page.text and "Liaison officer" in page.text
    path = f"/console/cases/{ref}/exchanges/1/lapse"
    again = night.browser.submit(page, path, status=422, words="Nothing came.")
    assert "tick at least one channel" in again.text
    assert dict(again.fields(path))["words"] == "Nothing came."


def test_what_follows_is_repeated_before_it_counts_and_gives_no_more_than_the_text(night: Night) -> None:
    ref = ran_out(night)
    path = f"/console/cases/{ref}/exchanges/1/lapse"
    typed = {
        "words": "Nobody answered.",
        "looked__0__at": "yes",
        "looked__0__by": "Reyes",
        "looked__2__at": "yes",
    }
    review = night.browser.submit(page_of(night, ref), path, **typed)
    assert review.heading == "This will be recorded" and "nothing follows" in review.text
    assert not night.entries(ref, "lapse.recorded")
    page = night.browser.submit(review, path, act="record")
    assert "The effect of the lapse is recorded" in page.text
    told = night.entries(ref, "lapse.recorded")[0].body
    assert told["effect"] == "none" and [c["channel"] for c in told["channels"]] == [
        "desk_mailbox",
        "embassy",
    ]
    assert told["channels"][0]["by"] == "Reyes" and "ran out; effect not recorded" not in page.text


def test_without_a_lapse_there_is_nothing_to_record(night: Night) -> None:
    ref = night.request()
    assert "There is nothing to record" in page_of(night, ref).text


def test_rule_1_1_a_claimed_limit_gives_no_effect_in_law(night: Night) -> None:
    ref = ran_out(night, legal_basis=[], **night.limit(hours=2))
    page = page_of(night, ref)
    assert "no effect in law can be recorded" in page.text


def test_rule_5_4_an_effect_is_proposed_by_one_officer_and_approved_by_another(night: Night) -> None:
    ref = night.browser_call()
    new = f"/console/cases/{ref}/exchanges/new"
    night.browser.submit(
        night.browser.get(new),
        new,
        authority="ops-xf",
        measures=["board"],
        basis="sua-8bis-5-d",
        form="written",
    )
    do = f"/console/cases/{ref}/exchanges/2/do/their-acknowledgement"
    night.browser.submit(night.browser.get(do), do, words="We have it.", by__name="Cdr Tan")
    night.hours_pass(5)
    path = f"/console/cases/{ref}/exchanges/2/lapse"
    page = night.browser.get(path)
    assert "All of them, after the limit" in page.text
    begun = str(night.entries(ref, "exchange.acknowledged")[0].seq)
    looked = {f"looked__{n}__at": "yes" for n in range(5)} | {f"looked__{n}__by": "Reyes" for n in range(5)}
    again = night.browser.submit(page, path, status=422, words="Nothing.", **dict(list(looked.items())[:3]))
    assert "tick each channel" in again.text
    review = night.browser.submit(page, path, words="Nothing came.", start__seq=begun, **looked)
    assert "A second officer must approve it" in review.text
    night.browser.submit(review, path, act="record")
    assert "Another officer reads it and approves" in night.browser.get(path).text
    other = night.as_role("supervisor")
    shown = other.get(path)
    assert "Deemed grant" in shown.text and "Board" in shown.text.title()
    other.submit(shown, path, act="approve")
    recorded = night.entries(ref, "lapse.recorded")[0]
    assert recorded.body["items"] == [{"vessel": 1, "measure": "board"}]
