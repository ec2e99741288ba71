"""Calls to the desk as the officer sees them: the line above the board, the form they begin, the recording."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cna_service.identity.actors import SERVICE
from cna_service.ledger.entry import Draft
from cna_service.workflow import calls_in, calls_taken
from cna_service.workflow.media import Fetched, _keep, announce
from cna_service.workflow.projections import CALLS, DESK, case_stream
from tests.console.browser import Browser
from tests.console.conftest import DeskUnderTest

STRANGER = "+34911222333"


def on_watch(desk: DeskUnderTest) -> Browser:
    browser = desk.signed_in("duty_officer")
    desk.give_watch("duty-officer")
    return browser


def calls(desk: DeskUnderTest, sid: str = "CA1") -> dict[str, str]:
    """A stranger calls; returns what the whisper's address says."""
    page = calls_in.arrives(desk.service, {"CallSid": sid, "From": STRANGER, "To": "+15550100"})
    dial = ET.fromstring(page).find("Dial/Number")
    assert dial is not None
    return {k: v[0] for k, v in parse_qs(urlsplit(dial.get("url", "")).query).items()}


def missed(desk: DeskUnderTest) -> str:
    """The stranger is not taken; returns his case."""
    q = calls(desk)
    told = {"CallSid": "CA1", "DialCallStatus": "no-answer", "CallStatus": "in-progress"}
    for leg in range(1, 9):
        calls_in.leg_ended(desk.service, q["call"], leg, told)
    with desk.service.read() as reader:
        return str(reader.stream(DESK).of(CALLS).by_id[q["call"]].case)


def test_rule_14_1_the_form_opens_for_who_picked_up_with_the_number_that_can_be_forged(
    desk: DeskUnderTest,
) -> None:
    browser = on_watch(desk)
    assert "A call is on the line" not in browser.get("/console/").text
    q = calls(desk)
    assert "A call is on the line: ringing Lieutenant Duty-Officer" in browser.get("/console/").text
    calls_taken.taken(desk.service, q["call"], int(q["leg"]), "1")
    board = browser.get("/console/")
    assert "You are on a call, since 211803Z NOV 26" in board.text
    assert "not in the directory" in board.text
    form = browser.get(next(each for each in board.links() if "calls/new?call=" in each))
    assert f"Call from {STRANGER}" in form.text
    fields = dict(form.fields("/console/calls/new"))
    assert fields["caller/phone"] == STRANGER
    assert fields["call_began_at"].startswith("2026-11-21T18:0")
    assert "when it came in" in form.text
    page = browser.submit(form, "/console/calls/new", summary="a suspect vessel")
    assert f"From {STRANGER}" in page.text
    assert "Taken by Lieutenant Duty-Officer" in page.text
    ref = page.path.rsplit("/", 1)[1].partition("?")[0]
    with desk.service.read() as reader:
        joined = reader.stream(case_stream(ref)).of(CALLS).by_id[q["call"]]
    assert joined.taken_by == "duty-officer"
    again = browser.get(f"/console/calls/new?call={q['call']}")
    assert again.path == f"/console/cases/{ref}"


def test_a_call_goes_to_one_case_at_most(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    q = calls(desk)
    form = browser.get(f"/console/calls/new?call={q['call']}")
    browser.submit(form, "/console/calls/new")
    other = dict(form.fields("/console/calls/new")) | {"idempotency_key": "another-form"}
    again = browser.submit(
        form, "/console/calls/new", status=422, **{k: v for k, v in other.items() if "/" not in k}
    )
    assert "belongs to case" in again.text


def test_a_missed_call_is_listed_until_somebody_calls_back(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    ref = missed(desk)
    page = browser.get("/console/calls")
    assert "Call back is owed by 211818Z NOV 26" in page.text
    assert f"/console/cases/{ref}" in page.links()
    case = browser.get(f"/console/cases/{ref}")
    assert "Call back is owed" in case.text
    assert "Call missed: nobody took it; promised to call back by 18:18Z" in case.text


def test_rule_8_4_the_case_says_what_is_still_to_be_fetched_and_then_plays_it(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    ref = missed(desk)
    stream, sid = case_stream(ref), "RE" + "1" * 32
    with desk.service.tick(SERVICE, [stream], wait=True) as work:
        call = next(iter(work.of(CALLS, stream).by_id))
        announce(work, stream, sid=sid, of=call, kind="recording", seconds=7)
    assert "1 recording is still at the telephone company" in browser.get(f"/console/cases/{ref}").text
    sound = b"RIFF" + bytes(range(100))
    with desk.service.tick(SERVICE, [stream], wait=True) as work:
        media = work.of(CALLS, stream).media[sid]
        _keep(desk.service, work, stream, media, Fetched("twilio", sid, "fetched", "audio/x-wav", sound))
    page = browser.get(f"/console/cases/{ref}")
    assert "still at the telephone company" not in page.text
    audio = page.tree.find(".//audio")
    assert audio is not None
    assert audio.get("aria-label") == "Recording 1 of this call"
    whole = fetch(browser, str(audio.get("src")))
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, sound, "audio/wav")
    part = fetch(browser, str(audio.get("src")), Range="bytes=4-7")
    assert (part.status_code, part.content) == (206, sound[4:8])
    assert part.headers["content-range"] == f"bytes 4-7/{len(sound)}"
    assert fetch(browser, str(audio.get("src")), Range="bytes=900-").status_code == 416
    assert fetch(browser, str(audio.get("src")), Range="bytes=-4").content == sound[-4:]
    assert "The recording of a call was fetched and is kept with its hash" in page.text


def fetch(browser: Browser, path: str, **headers: str) -> Any:
    return browser.client.get(path, headers=headers)


def test_a_picture_of_a_stranger_is_a_download_and_no_page_of_ours(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    ref = missed(desk)
    stream = case_stream(ref)
    with desk.service.tick(SERVICE, [stream], wait=True) as work:
        blob = work.keep(b"<svg onload=alert(1)>", "image/svg+xml")
        told = {"media": "ME1", "of": "x", "kind": "picture", "blob": blob, "size": 21, "sha256": "0" * 64,
                "media_type": "image/svg+xml", "name": "picture-1.svg"}  # fmt: skip
        work.append(Draft("media.kept", told), stream)
    page = browser.get(f"/console/cases/{ref}")
    assert "Picture sent by text" in page.text
    answer = fetch(browser, f"/console/cases/{ref}/files/{blob}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_an_auditor_sees_the_calls_and_opens_no_form(desk: DeskUnderTest) -> None:
    on_watch(desk)
    calls(desk)
    browser = desk.signed_in("auditor")
    page = browser.get("/console/calls")
    assert STRANGER in page.text
    assert not [each for each in page.links() if "calls/new" in each]


def test_a_form_for_a_call_that_never_was_says_so(desk: DeskUnderTest) -> None:
    browser = on_watch(desk)
    assert browser.get("/console/calls/new?call=none", status=404).heading


def test_rule_11_3_the_administrator_writes_the_page_for_the_dark_and_confirms_it(
    desk: DeskUnderTest,
) -> None:
    desk.enrol("duty-1", "duty_officer")
    desk.give_watch("duty-1")
    browser = desk.signed_in("administrator")
    page = browser.get("/console/calls")
    assert "No fallback page was ever confirmed" in page.text
    assert "On the line" not in page.text
    fields = dict(page.fields("/console/calls/fallback"))
    made = browser.client.post(
        "/console/calls/fallback", data=fields, headers={"Origin": "https://desk.example.test"}
    )
    assert made.headers["content-disposition"] == 'attachment; filename="fallback.xml"'
    assert "<Number>" in made.text
    again = browser.submit(
        browser.get("/console/calls"), "/console/calls/fallback/confirm", words="called, the deputy answered"
    )
    assert "up to date" in again.text
