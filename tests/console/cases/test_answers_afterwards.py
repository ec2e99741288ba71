"""What becomes of an answer at the console: whose it is, word and writing, taken back, the effect of silence."""

from __future__ import annotations

from tests.console.cases.night import Night


def ours_asked(night: Night, measures: list[str], **more: object) -> str:
    """A case in which we asked XB; exchange 2."""
    ref = night.browser_call()
    new = f"/console/cases/{ref}/exchanges/new"
    night.browser.submit(night.browser.get(new), new, authority="mrcc-xb", measures=measures, **more)
    return ref


def answered(night: Night, ref: str, **typed: str) -> None:
    path = f"/console/cases/{ref}/exchanges/2/answer"
    told = {"by__name": "Cap. Ruiz", "by__office": "MRCC XB", "by__is_listed": "asked", **typed}
    review = night.browser.submit(night.browser.get(path), path, **told)
    night.browser.submit(review, path, act="record")


def test_rule_6_4_both_texts_are_read_side_by_side_measure_by_measure(night: Night) -> None:
    ref = ours_asked(night, ["board", "search"])
    answered(night, ref, items__0__value="granted", items__1__value="granted", form="oral")
    assert "Their written confirmation is outstanding" in night.case(ref).text
    answered(night, ref, items__0__value="granted", form="written")
    page = night.case(ref)
    assert (
        "HELD: WORD AND WRITING DIFFER" in page.text and "1 of 1 differing measures not read yet" in page.text
    )
    path = f"/console/cases/{ref}/exchanges/2/reading/2"
    assert path in page.links()
    reading = night.browser.get(path)
    assert "Spoken" in reading.text and "not named" in reading.text
    again = night.browser.submit(reading, path, status=422, words="w")
    assert "say of at least one measure what stands" in again.text
    night.browser.submit(again, path, items__0__stands="as_written", words="Search is not meant.")
    assert night.entries(ref, "answer.read")[0].body["items"][0]["stands"] == "as_written"
    assert "HELD" not in night.line(night.case(ref))


def test_r7_another_office_is_one_tap_and_does_not_count(night: Night) -> None:
    ref = ours_asked(night, ["board"])
    path = f"/console/cases/{ref}/exchanges/2/answer"
    told = {
        "by__name": "Attaché",
        "by__office": "Embassy of XB",
        "form": "oral",
        "items__0__value": "granted",
    }
    review = night.browser.submit(night.browser.get(path), path, **told, by__is_listed="other")
    assert "not the listed authority" in review.text
    page = night.browser.submit(review, path, act="record")
    assert "Board does not count" in page.text and "NOT COUNTED" in page.text
    do = f"/console/cases/{ref}/exchanges/2/do/listed-confirms"
    typed = {"answer": "1", "by__name": "Cap. Ruiz", "by__office": "MRCC XB", "form": "oral"}
    page = night.browser.submit(night.browser.get(do), do, **typed)
    assert "Confirmed by the listed authority" in page.text and "AUTHORIZED-ORAL" in night.line(page)


def test_an_answer_is_taken_back_and_stays_on_the_page(night: Night) -> None:
    ref = ours_asked(night, ["board"])
    answered(night, ref, items__0__value="granted", form="written")
    do = f"/console/cases/{ref}/exchanges/2/do/take-back"
    page = night.browser.submit(
        night.browser.get(do), do, answer="1", by__office="MRCC XB", words="An error."
    )
    assert "Taken back" in page.text and "ANSWER TAKEN BACK" in page.text


def test_rule_5_3_a_machines_word_is_ticked_and_begins_nothing(night: Night) -> None:
    ref = ours_asked(night, ["board"])
    do = f"/console/cases/{ref}/exchanges/2/do/their-acknowledgement"
    page = night.browser.submit(night.browser.get(do), do, words="Ticket 4711", is_automatic="yes")
    assert "A machine of theirs replied" in page.text
    page = night.browser.submit(night.browser.get(do), do, words="We have it.", by__name="Cap. Ruiz")
    assert "Acknowledged by Cap. Ruiz" in page.text


def test_d10_partners_are_informed_and_the_list_is_kept(night: Night) -> None:
    ref = night.browser_call()
    do = f"/console/cases/{ref}/do/inform-partners"
    typed = {"to": "mrcc-xp\nXQ, Coast guard", "text": "The ship is not of XE."}
    page = night.browser.submit(night.browser.get(do), do, **typed)
    assert "DISTRIBUTED" in page.text
    rows = night.entries(ref, "exchange.opened")[-1].body["distribution"]
    assert [(r["state"], r.get("office")) for r in rows] == [("XP", None), ("XQ", "Coast guard")]
