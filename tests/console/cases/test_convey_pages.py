"""Conveying: the directory's addresses, the script only for who is named, and the line in sight."""

from __future__ import annotations

from pypdf import PdfReader

from tests.console.browser import Page
from tests.console.cases.night import Night

CALL = {"listener_name": "Lt. Gómez", "listener_office": "MRCC XB", "reference_spoken": "mrcc 77 26"}


def answered(night: Night, **typed: str) -> str:
    ref = night.request()
    path = f"/console/cases/{ref}/exchanges/1/answer"
    given = {"items__1__value": "granted", "items__2__value": "denied", **typed}
    review = night.browser.submit(night.browser.get(path), path, **given)
    night.browser.submit(review, path, act="record")
    return ref


def convey(ref: str, what: str = "") -> str:
    return f"/console/cases/{ref}/exchanges/1/convey{what}"


def identified(night: Night, ref: str, *, status: int = 200, **typed: str) -> Page:
    form = night.browser.get(convey(ref, "?by=phone"))
    return night.browser.submit(form, convey(ref, "/call"), status=status, **{**CALL, **typed})


def test_the_ways_are_offered_and_none_is_taken(night: Night) -> None:
    page = night.browser.get(convey(answered(night)))
    assert "By telephone, from a script" in page.text and "By mail, with the PDF" in page.text


def test_rule_2_4_no_script_before_it_is_entered_who_was_called(night: Night) -> None:
    ref = answered(night)
    page = identified(night, ref, status=422, listener_name="", reference_spoken="")
    assert page.heading == "Convey answer 1" and "GRANTED. This is granted" not in page.text
    assert "Who is listening: name not entered" in page.text
    assert "no reference was exchanged" in page.text
    assert dict(page.fields(convey(ref, "/call")))["listener_office"] == "MRCC XB"


def test_rule_2_4_a_reference_of_another_case_stops(night: Night) -> None:
    ref = answered(night)
    page = identified(night, ref, status=409, reference_spoken="MRCC-12/26")
    assert "do not read the answer" in page.text and "Measures: three" not in page.text


def test_rule_2_4_a_number_not_from_the_directory_needs_its_reason(night: Night) -> None:
    ref = answered(night)
    assert "say why you used it" in identified(night, ref, status=422, number="+15550999").text
    page = identified(
        night, ref, number="+15550999", number_reason="Their exchange gave it; the listed line is dead"
    )
    assert page.heading == "Read this out"


def test_rule_2_4_the_script_begins_with_state_vessel_and_code(night: Night) -> None:
    ref = answered(night)
    page = identified(night, ref)
    said = ["".join(e.itertext()) for e in page.tree.findall(".//span[@class='script-words']")]
    assert "State X-ray, Bravo" in said[1] and "Bravo, Alfa, Romeo" in said[2]
    code = next(n for n, words in enumerate(said) if words.startswith("Our code is"))
    first = next(n for n, words in enumerate(said) if words.startswith("Measure one"))
    assert code < first and ref in night.line(page)


def test_a_call_is_recorded_with_its_read_back_and_stops_waiting(night: Night) -> None:
    ref = answered(night)
    script = identified(night, ref)
    assert not night.entries(ref, "answer.conveyed")
    again = night.browser.submit(script, convey(ref), status=422, read_back="Board granted, search denied.")
    assert "The read-back was not entered" in again.text and again.heading == "Read this out"
    page = night.browser.submit(again, convey(ref), outcome="agreed")
    assert "The conveyance is recorded" in page.text
    told = night.entries(ref, "answer.conveyed")[0].body
    assert told["to"] == {"phone": "+15550102", "name": "Lt. Gómez", "office": "MRCC XB"}
    assert told["number_from_directory"] is True and told["read_back"] == "Board granted, search denied."
    assert "Conveyed, phone" in page.text


def test_what_was_corrected_is_recorded_too(night: Night) -> None:
    ref = answered(night)
    typed = {"read_back": "Board and search granted.", "outcome": "corrected"}
    again = night.browser.submit(identified(night, ref), convey(ref), status=422, **typed)
    assert "enter what was corrected" in again.text
    night.browser.submit(again, convey(ref), correction="Search is denied; read back again.")
    assert night.entries(ref, "answer.conveyed")[0].body["corrected"] == "Search is denied; read back again."


def test_a_mail_goes_to_the_directory_s_address_and_is_shown_before(night: Night) -> None:
    ref = answered(night, reason_sent="No ground for a search is given.")
    page = night.browser.get(convey(ref, "?by=mail"))
    assert "mrcc-xb@example.test" in page.text and "Answer to your request MRCC-77/26" in page.text
    after = night.browser.submit(page, convey(ref))
    assert "The mail with the answer is being sent" in after.text and "Being sent, mail" in after.text
    assert night.entries(ref, "document.made")


def test_the_pdf_can_be_looked_at_before_and_read_from_the_case_after(night: Night) -> None:
    ref = answered(night)
    page = night.browser.get(convey(ref, "?by=mail"))
    preview = next(link for link in page.links() if link.endswith("preview.pdf"))
    answer = night.browser.client.get(preview)
    assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert not night.record(ref).documents
    night.browser.submit(page, convey(ref))
    blob = night.record(ref).documents[0]["blob"]
    kept = night.browser.client.get(f"/console/cases/{ref}/files/{blob}")
    assert kept.headers["content-disposition"].startswith("inline") and pages_of(kept.content) > 0


def pages_of(pdf: bytes) -> int:
    import io

    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_a_fax_is_recorded_with_to_whom_it_was_handed(night: Night) -> None:
    ref = answered(night)
    page = night.browser.get(convey(ref, "?by=fax"))
    again = night.browser.submit(page, convey(ref), status=422)
    assert "to whom it was handed" in again.text
    night.browser.submit(again, convey(ref), office="Registry of the ministry")
    assert night.entries(ref, "answer.conveyed")[0].body["to"] == {"office": "Registry of the ministry"}


def test_a_person_of_theirs_says_that_they_have_it(night: Night) -> None:
    ref = answered(night)
    night.browser.submit(night.browser.get(convey(ref, "?by=api")), convey(ref))
    page = night.act(ref, "confirm", exchange=1, by__name="Lt. Gómez")
    assert "they confirmed" in page.text
