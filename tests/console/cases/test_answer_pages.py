"""Answering: measure by measure, repeated on a page before it counts, never behind anybody's back."""

from __future__ import annotations

from tests.console.browser import Page
from tests.console.cases.night import XB, Night


def address(ref: str, what: str = "answer") -> str:
    return f"/console/cases/{ref}/exchanges/1/{what}"


def reviewed(night: Night, ref: str, *, status: int = 200, **typed: str) -> Page:
    path = address(ref)
    return night.browser.submit(night.browser.get(path), path, status=status, **typed)


def found(night: Night, ref: str) -> None:
    """The register was searched and the record named."""
    path = f"/console/cases/{ref}/search"
    page = night.browser.submit(night.browser.get(path), path)
    night.browser.submit(page, f"/console/cases/{ref}/searches/1/verdict", choice="found:X0000000")


# Rows of the form: 0 confirm registry, 1 board, 2 search.
def test_the_page_before_repeats_what_will_be_recorded_and_records_nothing(night: Night) -> None:
    ref = night.request()
    found(night, ref)
    before = night.record(ref).seq
    page = reviewed(
        night,
        ref,
        items__0__value="confirmed",
        items__1__value="granted_with_conditions",
        items__1__conditions="An observer of ours aboard\nNo search of the cabins",
        items__1__valid_to="12 h",
        by__name="Ana Pérez",
        reason_internal="The minister agrees.",
    )
    assert page.heading == "This will be recorded" and night.record(ref).seq == before
    for shown in ("CONFIRMED", "CONDITIONAL GRANT", "An observer of ours aboard", "No search of the cabins"):
        assert shown in page.text
    assert "Not answered by this: Search, vessel 1 (NO ANSWER). Nothing of this is granted." in page.text
    assert "Ana Pérez" in page.text and "The minister agrees. not sent" in page.text
    done = night.browser.submit(page, address(ref), act="record")
    assert "It is not yet with them: convey it" in done.text
    answer = night.record(ref).exchanges[0].answers[0]
    assert [(i.measure, i.value) for i in answer.items] == [
        ("confirm_registry", "confirmed"),
        ("board", "granted_with_conditions"),
    ]
    assert answer.by["name"] == "Ana Pérez" and answer.items[1].valid_to is not None


def test_rule_1_5_confirmed_names_the_register_record_it_means(night: Night) -> None:
    ref = night.request()
    found(night, ref)
    page = reviewed(night, ref, items__0__value="confirmed")
    assert "register record X0000000" in page.text and "home port Corhaven" in page.text


def test_rule_1_5_confirmed_without_a_search_is_refused_beside_its_field(night: Night) -> None:
    ref = night.request()
    page = reviewed(night, ref, status=422, items__0__value="confirmed", by__name="Ana Pérez")
    assert "no search of this case was judged found" in page.text
    sent = dict(page.fields(address(ref)))
    assert sent["items/0/value"] == "confirmed" and sent["by/name"] == "Ana Pérez"


def test_a_grant_with_conditions_needs_them_written(night: Night) -> None:
    ref = night.request()
    page = reviewed(night, ref, status=422, items__2__value="granted_with_conditions")
    wrong = page.tree.find(".//span[@id='f-items-2-conditions-wrong']")
    assert wrong is not None and "write each condition" in "".join(wrong.itertext())


def test_nothing_answered_is_no_answer(night: Night) -> None:
    ref = night.request()
    assert "answer at least one measure" in reviewed(night, ref, status=422).text


def test_what_was_typed_is_there_again_when_it_is_to_be_changed(night: Night) -> None:
    ref = night.request()
    page = reviewed(night, ref, items__1__value="denied", words="Not tonight.")
    again = night.browser.submit(page, address(ref), act="change")
    sent = dict(again.fields(address(ref)))
    assert sent["items/1/value"] == "denied" and sent["words"] == "Not tonight."


def test_what_came_since_is_shown_and_asked_again(night: Night) -> None:
    ref = night.request()
    page = reviewed(night, ref, items__1__value="granted")
    night.act_as("supervisor", ref, "claim", state="Panama", words="She is Panamanian.")
    again = night.browser.submit(page, address(ref), act="record", status=409)
    assert "The case has moved on since you looked" in again.text
    assert "Nationality claimed, vessel 1: PA" in again.text and "She is Panamanian." in again.text
    assert not night.record(ref).exchanges[0].answers
    assert dict(again.fields(address(ref)))["items/1/value"] == "granted"
    second = night.browser.submit(again, address(ref))
    assert second.heading == "This will be recorded"
    night.browser.submit(second, address(ref), act="record")
    assert night.record(ref).exchanges[0].answers


def test_an_answer_sent_twice_is_one_answer(night: Night) -> None:
    ref = night.request()
    page = reviewed(night, ref, items__1__value="denied")
    for _ in range(2):
        night.browser.submit(page, address(ref), act="record")
    assert len(night.record(ref).exchanges[0].answers) == 1


def test_a_later_answer_stands_beside_the_earlier_one(night: Night) -> None:
    ref = night.request()
    for value in ("denied", "granted"):
        page = reviewed(night, ref, items__1__value=value)
        night.browser.submit(page, address(ref), act="record")
    assert "Differs from answer 1: DENIED" in page.text
    case = night.case(ref)
    assert "Earlier, and still on record: DENIED" in case.text and "GRANTED" in case.text


def test_rule_6_2_a_decision_is_an_entry_of_its_own_and_fills_in_the_answer(night: Night) -> None:
    ref = night.request()
    path = address(ref, "decision")
    form = night.browser.get(path)
    assert "What he did not mention is not granted" in form.text and "Detain? Seize? Persons?" in form.text
    typed = {
        "items__1__value": "granted",
        "by__name": "Director Osei",
        "words": "Board, nothing more.",
        "line": "phone",
    }
    page = night.browser.submit(form, path, **typed)
    assert page.heading == "Answer"
    sent = dict(page.fields(address(ref)))
    assert (sent["items/1/value"], sent["items/2/value"], sent["by/name"]) == ("granted", "", "Director Osei")
    review = night.browser.submit(page, address(ref))
    night.browser.submit(review, address(ref), act="record")
    assert night.record(ref).exchanges[0].answers[0].decision == 1


def test_their_answer_by_voice_needs_who_spoke(night: Night) -> None:
    ref = night.browser_call()
    new = f"/console/cases/{ref}/exchanges/new"
    night.browser.submit(night.browser.get(new), new, authority="mrcc-xb", measures=["board"])
    path = f"/console/cases/{ref}/exchanges/2/answer"
    form = night.browser.get(path)
    assert form.heading == "Their answer"
    again = night.browser.submit(form, path, status=422, items__0__value="granted", form="oral")
    assert "an oral answer needs who spoke" in again.text.lower()
    assert "say whether it was the authority that was asked" in again.text
    page = night.browser.submit(
        again, path, by__name="Cap. Ruiz", by__office="MRCC XB", by__is_listed="asked"
    )
    case = night.browser.submit(page, path, act="record")
    assert "AUTHORIZED-ORAL" in case.text


def test_an_answer_to_an_unverified_caller_says_so_first(night: Night) -> None:
    ref = night.browser_call()
    assert "Who asks is not verified" in night.browser.get(address(ref)).text


def test_an_answer_of_the_partner_is_no_answer_of_ours_to_convey(night: Night) -> None:
    ref = night.request(by=XB)
    night.browser.get(address(ref, "convey"), status=404)
