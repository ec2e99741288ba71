"""The law as folded: dated twice, corrected without forgetting, deaf to other entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cna_service.agreements.applies import Choice, Takes
from cna_service.agreements.law import ENTRY_TYPES, LawBook, apply_law, fold
from cna_service.agreements.rules import election_problems
from tests.rules.agreements.exercise_law import CATALOGUE, LAW, NOW, entry, row

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def party(**more: Any) -> dict[str, Any]:
    return {
        "state": "XQ",
        "instrument": "un1988",
        "from": "2026-01-01",
        "source": "notice",
        "adopted": True,
        **more,
    }


def test_other_entries_change_nothing() -> None:
    assert apply_law(LAW, entry(1, "clock.stepped", {"provision": "coe-7"})) is LAW


def test_every_type_is_declared_with_its_free_text_private() -> None:
    assert [t.name for t in ENTRY_TYPES] == [
        "provision.adopted",
        "provision.adoption_ended",
        "participation.noted",
        "election.noted",
        "declaration.noted",
        "suspension.noted",
        "law.touched",
    ]
    assert all(t.private == ("/remarks",) for t in ENTRY_TYPES if t.name != "law.touched")


def test_known_at_asks_what_the_desk_knew_then() -> None:
    law = apply_law(LAW, entry(900, "participation.noted", party(), MONDAY))
    late = row("XQ", "un-17-3", law=law)
    before = row("XQ", "un-17-3", law=law, known_at=MONDAY - DAY)
    assert late.requested.status is Takes.PARTY
    assert before.requested.status is Takes.NOT_ESTABLISHED


def test_a_correction_replaces_a_fact_from_when_it_was_entered_and_forgets_nothing() -> None:
    law = fold(
        [
            entry(1, "participation.noted", party(), MONDAY),
            entry(2, "participation.noted", party(**{"from": "2027-01-01", "corrects": "e1"}), MONDAY + DAY),
        ]
    )
    assert row("XQ", "un-17-3", law=law).requested.status is Takes.NOT_PARTY
    believed = row("XQ", "un-17-3", law=law, known_at=MONDAY + DAY / 2)
    assert believed.requested.status is Takes.PARTY


def test_the_newest_notice_counts() -> None:
    same = {"state": "XD", "election": "sua-8bis-5", "source": "notice", "adopted": True}
    notices = [
        {**same, "option": "sua-8bis-5-d", "from": "2020-01-01"},
        {**same, "option": "sua-8bis-5-c", "from": "2026-11-20"},
    ]
    law = LAW
    for n, body in enumerate(notices):
        law = apply_law(law, entry(900 + n, "election.noted", body, MONDAY))
    before, after = (row("XD", "sua-8bis-5-d", law=law, at=at) for at in (MONDAY, NOW))
    assert before.election.status is Choice.IN_FORCE
    assert after.election.status is Choice.NOT_CHOSEN
    assert row("XD", "sua-8bis-5-c", law=law).election.status is Choice.IN_FORCE


def test_a_new_desk_knows_nothing() -> None:
    assert row("XA", "un-17-3", requesting="XB", law=LawBook()).requested.status is Takes.NOT_ESTABLISHED


def test_a_san_jose_16_2_notice_after_joining_is_invalid_on_its_face() -> None:
    body = {"state": "XB", "election": "sj-16", "option": "sj-16-2", "known": True, "from": "2015-01-01"}
    (problem,) = election_problems(CATALOGUE, LAW, body, NOW)
    assert problem.pointer == "/from"
    assert problem.why == "art. 16(2) may be notified only upon joining, 01 Jan 2009"
    assert election_problems(CATALOGUE, LAW, {**body, "from": "2009-01-01"}, NOW) == ()
    assert election_problems(CATALOGUE, LAW, {**body, "option": "sj-16-3"}, NOW) == ()


def test_a_choice_that_nobody_offers_is_refused_by_name() -> None:
    nothing = {"state": "XB", "election": "sj-99", "option": "sj-16-3"}
    other = {"state": "XB", "election": "sj-16", "option": "coe-7"}
    assert election_problems(CATALOGUE, LAW, nothing, NOW)[0].pointer == "/election"
    assert election_problems(CATALOGUE, LAW, other, NOW)[0].pointer == "/option"
    assert election_problems(CATALOGUE, LAW, {**other, "option": None, "known": False}, NOW) == ()


def test_the_shipped_elections_could_all_have_been_made() -> None:
    for each in LAW.elections:
        body = {
            "state": each.state,
            "election": each.election,
            "option": each.option,
            "known": each.known,
            "from": None if each.valid_from is None else each.valid_from.isoformat(),
        }
        assert election_problems(CATALOGUE, LAW, body, NOW) == (), each
