"""The chronology of a case: our clock apart from theirs, each line with its entry, late and unverified marked."""

from __future__ import annotations

import csv
import io

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.disclose import disclose_chronology
from cna_service.workflow.facts import record_fact
from cna_service.workflow.papers_reading import Chronology, chronology_file, read_chronology
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import pages
from tests.workflow.requests import BAR_TEST


def told(desk: LiveDesk, ref: str, **more: int) -> Chronology:
    return read_chronology(desk.service, desk.officer("duty-1"), ref, **more)


def test_d5_our_clock_stands_apart_from_what_the_other_side_says(desk: LiveDesk) -> None:
    stated = {"reply_wanted_by": "2026-11-21T18:03:00Z", "reply_wanted_reason": "silence is consent"}
    ref = received(desk, **{**BAR_TEST, **stated})
    desk.attend(ref, "duty-1")
    desk.advance(hours=5)
    happened = {
        "text": "about 1700 local",
        "zone": "UTC-5",
        "earliest": None,
        "latest": None,
        "source": "press",
    }
    report = {"kind": "boarding", "source_kind": "open_source", "source": "a newspaper", "words": "Boarded."}
    desk.do(record_fact, "duty-1", ref, "events", **report, happened_at=happened)
    lines = told(desk, ref).as_json()["lines"]
    boarded = next(x for x in lines if x["type"] == "event.reported")
    assert boarded["our_clock"]["zone"] == "UTC"
    assert boarded["our_clock"]["recorded_at"].startswith("2026-11-21T19:03")
    assert (boarded["claimed"]["text"], boarded["claimed"]["zone"], boarded["claimed"]["is_exact"]) == (
        "about 1700 local",
        "UTC-5",
        False,
    )
    assert (boarded["is_verified"], boarded["side"]) == (False, "open_source")
    limits = [x["limit"] for x in lines if x["type"] == "clock.armed"]
    assert {x["is_their_statement"] for x in limits if x["kind"] == "claimed"} == {True}
    assert {x["is_their_statement"] for x in limits if x["kind"] == "legal"} == {False}
    assert not any("consent" in x["says"].lower() for x in lines)


def test_every_line_names_its_entry_and_the_file_says_as_of_which(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.seal()
    made = told(desk, ref)
    entries = {e.seq: e for e in desk.entries(ref)}
    assert [m.seq for m in made.moments] == sorted(entries)
    assert all(entries[m.seq].id == m.id and entries[m.seq].leaf == m.leaf for m in made.moments)
    rows = list(csv.reader(io.StringIO(chronology_file(desk.service, made, "csv").content.decode())))
    assert len(rows) == len(entries) + 3
    assert rows[-2][0] == f"As of entry {made.record.seq}, leaf {made.record.leaf}"
    assert rows[-1][0].startswith("Log: cna.example/desk-tests; root: ")
    page = pages(chronology_file(desk.service, made, "pdf").content).replace("\u200b", "")
    assert made.record.leaf in page
    assert all(m.id in page.replace(" ", "") for m in made.moments)


def test_r10_an_entry_made_long_after_what_it_tells_is_marked_and_stands_where_it_happened(
    desk: LiveDesk,
) -> None:
    ref = received(desk)
    desk.advance(hours=2)
    began = {
        "text": "2026-11-21T14:10:00Z",
        "earliest": "2026-11-21T14:10:00Z",
        "latest": "2026-11-21T14:10:00Z",
    }
    call = {"direction": "in", "channel": "mail", "theirs": {"office": "MRCC XB"}, "text": "Where are you?"}
    desk.do(log_communication, "duty-1", ref, **call, happened_at=began)
    moments = told(desk, ref).moments
    late = [m for m in moments if m.is_late]
    assert [m.type for m in late] == ["communication.logged"]
    after = moments[moments.index(late[0]) + 1 :]
    assert any(m.seq < late[0].seq for m in after)


def test_as_of_an_earlier_entry_nothing_later_stands_in_it(desk: LiveDesk) -> None:
    ref = received(desk)
    made = told(desk, ref, seq=3)
    assert {m.seq for m in made.moments} == {1, 2, 3}
    assert made.record.seq == 3


def test_reading_leaves_no_entry_and_handing_it_outside_does(desk: LiveDesk) -> None:
    ref = received(desk)
    before = desk.look(ref)
    told(desk, ref)
    assert desk.look(ref) == before
    with pytest.raises(NotPermitted):
        desk.do(disclose_chronology, "duty-1", ref)
    desk.do(disclose_chronology, "sup-1", ref, format="csv", for_state="XB")
    made = desk.last(ref, "document.made").body
    assert (made["kind"], made["for_state"], made["from_seq"]) == ("chronology", "XB", before)


def test_a_cell_that_a_spreadsheet_would_carry_out_is_text(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(record_fact, "duty-1", ref, "events", kind="report", words="=HYPERLINK(1)")
    content = chronology_file(desk.service, told(desk, ref), "csv").content.decode()
    assert "'=HYPERLINK(1)" in content
