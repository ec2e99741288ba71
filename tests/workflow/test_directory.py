"""The directory at work: numbers proved and doubted, call-backs, and chasing the State that was asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.cases.efforts import effort_lines
from cna_service.directory.listing import listed_authority
from cna_service.directory.rules import Directory
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.workflow.authorities import directory_at
from cna_service.workflow.chase import NotOutbound, chase_list, record_try
from cna_service.workflow.contacts import change_contact, doubt_contact, verify_contact
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.steps import record_standing
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0
from tests.workflow.test_steps import refused


def listed(desk: LiveDesk) -> Directory:
    with desk.service.read() as reader:
        return reader.stream(DIRECTORY).of(LISTED)


def of_directory(desk: LiveDesk, kind: str) -> list[Entry]:
    with desk.service.database.read() as connection:
        entries = read_entries(connection, desk.service.desk.log_origin, DIRECTORY).entries
    return [e for e in entries if e.type == kind]


# --- the directory


def test_practice_r7_the_directory_in_force_at_an_instant_is_still_there_after_a_change(
    desk: LiveDesk,
) -> None:
    before = desk.clock.now()
    desk.clock.at += timedelta(hours=1)
    told = {"contact": "c1", "kind": "phone", "value": "+15550999", "reason": "their letter"}
    desk.do(change_contact, "sup-1", "mrcc-xb", **told)
    then, now = directory_at(desk.service, at=before), directory_at(desk.service)
    numbers = [d.directory.find("mrcc-xb").contact("c1") for d in (then, now)]
    assert [n.value for n in numbers if n is not None] == ["+15550102", "+15550999"]
    assert then.seq < now.seq and then.leaf != now.leaf
    as_known_now = directory_at(desk.service, at=before, known_at=desk.clock.now())
    assert as_known_now.directory.find("mrcc-xb").contacts[-1].value == "+15550999"


def test_pitfall_22_two_offices_of_one_state_are_listed_for_two_functions(desk: LiveDesk) -> None:
    directory, now = listed(desk), desk.clock.now()
    registry = listed_authority(directory, "XB", "registry", None, now)
    assert [a.id for a in registry.authorities] == ["register-xb"]
    assert registry.has("register-xb") and not registry.has("mrcc-xb")
    assert listed_authority(directory, "LV", "registry", "terrorism", now).words.endswith(
        "Prosecutor General's Office (Latvia); Security Police (Latvia)"
    )
    assert listed_authority(directory, "BZ", "registry", None, now).is_empty


def test_offices_that_sources_name_are_never_shown_as_verified(desk: LiveDesk) -> None:
    named = [a for a in listed(desk) if not a.name.startswith("EXERCISE")]
    assert {"AT", "LV", "US", "LR", "PA", "PE", "IE"} <= {a.state for a in named}
    assert all(a.source.startswith("Not verified by us.") for a in named)
    assert not any(a.contacts or a.is_verified_at(desk.clock.now()) for a in named)


def test_a_contact_is_proved_by_a_named_person_who_says_whom_he_reached(desk: LiveDesk) -> None:
    assert refused(desk, verify_contact, "mrcc-xb", contact="c9") == {"/spoke_to"}
    assert refused(desk, verify_contact, "mrcc-xb", contact="c9", spoke_to="x") == {"/contact"}
    desk.do(verify_contact, "duty-1", "mrcc-xb", contact="c1", spoke_to="Lt. Gómez")
    entry = of_directory(desk, "authority.contact_verified")[-1]
    assert (entry.body["spoke_to"], entry.actor["id"]) == ("Lt. Gómez", "duty-1")
    contact = listed(desk).find("mrcc-xb").contact("c1")
    assert contact is not None and contact.verified_at == T0 and contact.state_at(T0) == "verified"
    assert contact.state_at(T0 + timedelta(days=366)) == "stale"


def test_a_doubted_number_is_offered_no_more_until_it_is_proved(desk: LiveDesk) -> None:
    desk.do(doubt_contact, "duty-1", "mrcc-xb", contact="c1", why="wrong_number")
    desk.clock.at += timedelta(hours=1)
    contact = listed(desk).find("mrcc-xb").contact("c1")
    assert contact is not None and not contact.is_usable
    desk.do(verify_contact, "duty-1", "mrcc-xb", contact="c1", spoke_to="Lt. Gómez")
    contact = listed(desk).find("mrcc-xb").contact("c1")
    assert contact is not None and contact.is_usable


# --- standing


def test_rule_4_2_a_call_back_counts_on_a_number_of_the_directory_alone(desk: LiveDesk) -> None:
    ref = received(desk)
    told = {"standing": "called_back", "by": {"name": "Lt. Gómez", "office": "MRCC XB"}}
    assert refused(desk, record_standing, ref, 1, number="+15559999", **told) == {"/number"}
    # The number of another authority of the same State is not theirs.
    assert refused(desk, record_standing, ref, 1, number="+15550106", **told) == {"/number"}
    desk.do(record_standing, "duty-1", ref, 1, number="+1 555 01-02", words="Yes, that was us.", **told)
    exchange = desk.case(ref).exchanges[0]
    assert exchange.standing == "called_back"
    row = exchange.standings[-1]["directory"]
    assert (row["authority"], row["contact"], row["state"]) == ("mrcc-xb", "c1", "verified")
    assert row["since"] and row["verified_at"] and row["verified_by"] == "EXERCISE"
    assert desk.record_json(ref)["exchanges"][0]["standings"][-1]["by"]["name"] == "Lt. Gómez"
    assert desk.last(ref, "standing.recorded").actor["id"] == "duty-1"


def test_rule_4_2_a_number_that_nobody_verified_says_so_in_the_entry(desk: LiveDesk) -> None:
    new = {"contact": "c7", "kind": "phone", "value": "+15550777", "reason": "their letter"}
    desk.do(change_contact, "sup-1", "mrcc-xb", **new)
    ref = received(desk)
    called = {"standing": "called_back", "number": "+15550777", "by": {"office": "MRCC XB"}}
    desk.do(record_standing, "duty-1", ref, 1, **called)
    assert desk.case(ref).exchanges[0].standings[-1]["directory"]["state"] == "unverified"
    desk.do(doubt_contact, "duty-1", "mrcc-xb", contact="c7", why="no_longer_theirs")
    assert refused(desk, record_standing, ref, 1, **called) == {"/number"}


# --- chasing


def test_rule_5_5_the_chase_list_names_whom_to_try_next_and_prints_as_efforts(desk: LiveDesk) -> None:
    ref = asked(desk, "board", "search")
    first = chase_list(desk.service, desk.officer("duty-1"), ref, 1).next
    assert first is not None and first.contact.kind == "phone" and first.why == "not tried yet"
    told = desk.do(record_try, "duty-1", ref, 1, contact=first.contact.id, outcome="no_answer")
    second = told["next"]
    assert (second["authority"], second["contact"]) != (first.authority.id, first.contact.id)
    desk.clock.at += timedelta(minutes=2)
    wait = {"wait_until": "2026-11-21T15:30:00Z", "spoke_to": "watch officer"}
    told = desk.do(record_try, "duty-1", ref, 1, contact=second["contact"], outcome="told_to_wait", **wait)
    assert told["next"]["at"].startswith("2026-11-21T15:30:00")
    assert told["next"]["contact"] == second["contact"]
    case = desk.case(ref)
    lines = effort_lines(case, case.exchanges[0])
    assert lines[0].startswith("Efforts made to obtain consent")
    printed = "\n".join(lines)
    for words in (
        "asked",
        "no answer",
        "told to wait (watch officer) until 211530Z NOV 26",
        "tried by EXERCISE",
    ):
        assert words in printed, printed
    assert str(first.contact.value) in printed


def test_rule_5_5_a_wrong_number_marks_the_directory_in_the_same_transaction(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = asked(desk, "board")
    first = chase_list(desk.service, desk.officer("duty-1"), ref, 1).next
    assert first is not None
    told = desk.do(record_try, "duty-1", ref, 1, contact=first.contact.id, outcome="wrong_number")
    assert {e["stream"] for e in told["entries"]} == {f"case:{ref}", "directory"}
    marks = of_directory(desk, "authority.contact_doubted")
    # The text messages go to the same number.
    assert [(m.body["contact"], m.body["case"]) for m in marks] == [("c1", ref), ("c2", ref)]
    assert told["next"]["kind"] == "email"
    lines = chase_list(desk.service, desk.officer("duty-1"), ref, 1).lines
    wrong = next(line for line in lines if line.contact.id == first.contact.id)
    assert wrong.at is None and "found wrong" in wrong.why


def test_rule_5_5_what_a_try_must_say(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    assert refused(desk, record_try, ref, 1, outcome="engaged") == {"/outcome", "/contact"}
    assert refused(desk, record_try, ref, 1, outcome="spoke_to", contact="c1") == {"/spoke_to"}
    assert refused(desk, record_try, ref, 1, outcome="no_answer", contact="c99") == {"/contact"}
    inbound = received(desk)
    with pytest.raises(NotOutbound):
        desk.do(record_try, "duty-1", inbound, 1, outcome="no_answer", contact="c1")
    # A number that the directory does not list is kept as what it is.
    desk.do(record_try, "duty-1", ref, 1, outcome="no_answer", number="+15551234")
    case = desk.case(ref)
    assert "not a number of the directory" in effort_lines(case, case.exchanges[0])[-1]


def test_rule_5_5_nobody_is_chased_once_they_answered(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    answer(desk, ref, values={"board": "denied"}, by={"name": "N", "office": "O"})
    chased = chase_list(desk.service, desk.officer("duty-1"), ref, 1)
    assert chased.is_answered and chased.next is None
