"""Verbs of rosters on both databases; what is kept of each look at the weeks ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cna_service.db.idempotency import Key
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import roster_absences, roster_page, roster_swaps, roster_temporary
from cna_service.workflow.keys import Replayed
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.replay import replay
from cna_service.workflow.roster import add_override, end_roster, set_roster, take_watch
from cna_service.workflow.roster_checks import check_nightly, findings_of
from cna_service.workflow.roster_holidays import change_holiday, load_holidays
from cna_service.workflow.roster_links import make_link
from tests.workflow.desk import LiveDesk, a_desk, answered
from tests.workflow.station import desk_facts, fresh_sqlite


def roster(*officers: str, post: str = "duty_officer", **more: Any) -> dict[str, Any]:
    told = {
        "post": post,
        "officers": list(officers),
        "kind": "daily",
        "hand_over": "08:00",
        "from": "2026-11-16",
    }
    return {"roster": "desk", "zone": "Europe/Lisbon", "rotations": [told], **more}


def rosters(desk: LiveDesk) -> Any:
    with desk.service.read() as reader:
        return reader.stream(DUTY).of(ROSTERS)


def ahead(desk: LiveDesk, **window: float) -> str:
    return to_text(desk.clock.now() + timedelta(**window))


def findings(desk: LiveDesk) -> list[tuple[str, str | None]]:
    with desk.service.read() as reader:
        return [(f.kind, f.post or f.officer) for f in findings_of(desk.service, reader)]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[LiveDesk]:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        yield desk


def test_everything_that_changes_a_watch_is_replayed_alike(either_desk: LiveDesk) -> None:
    desk = either_desk
    desk.do(
        set_roster, "sup-1", **roster("duty-1", "duty-2", holidays="PT", fallback={"duty_officer": "sup-1"})
    )
    span = {"from": ahead(desk, days=2), "to": ahead(desk, days=3)}
    desk.do(add_override, "sup-1", post="duty_officer", officer="sup-1", reason="ill", **span)
    desk.do(roster_absences.note_absence, "duty-2", to=ahead(desk, days=1))
    temporary = desk.do(roster_temporary.set_temporary, "sup-1", roster=roster("sup-1"), reason="x", **span)
    assert temporary["temporary"] in rosters(desk).temporaries
    year = desk.do(load_holidays, "sup-1", calendar="PT", year=2028)
    assert year.status == 201
    desk.do(take_watch, "duty-2", reason="he is ill")
    found = roster_page.watch_page(desk.service)
    assert found.current.posts["duty_officer"] == "duty-2"
    assert replay(desk.service).differences == ()


def test_an_edit_sent_twice_is_made_once(either_desk: LiveDesk) -> None:
    desk = either_desk
    body = {"to": ahead(desk, days=5), "reason": "leave"}
    key = Key("officer:duty-1", "k", "0" * 64)
    first = roster_absences.note_absence(desk.service, desk.officer("duty-1"), body, key)
    with pytest.raises(Replayed) as again:
        roster_absences.note_absence(desk.service, desk.officer("duty-1"), body, key)
    assert again.value.reply.body == first.body
    assert len(rosters(desk).absences) == 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        (set_roster, roster("duty-1")),
        (end_roster, {"roster": "desk", "reason": "x"}),
        (add_override, {"post": "deputy", "officer": "duty-1", "to": "2026-11-23T00:00:00Z", "reason": "x"}),
        (load_holidays, {"calendar": "PT", "year": 2027}),
        (change_holiday, {"calendar": "PT", "date": "2027-05-01", "is_holiday": False, "reason": "x"}),
        (
            roster_temporary.set_temporary,
            {"roster": roster("duty-1"), "to": "2026-11-23T00:00:00Z", "reason": "x"},
        ),
        (make_link, {"scope": "roster", "of": "desk"}),
    ],
)
def test_an_officer_changes_no_roster(desk: LiveDesk, verb: Any, body: dict[str, Any]) -> None:
    before = rosters(desk)
    with pytest.raises(NotPermitted):
        verb(desk.service, desk.officer("duty-1"), body)
    assert rosters(desk) == before


def test_an_empty_roster_and_unknown_officers_are_refused_field_by_field(desk: LiveDesk) -> None:
    with pytest.raises(Invalid) as empty:
        desk.do(set_roster, "sup-1", **roster())
    assert [p.pointer for p in empty.value.problems] == ["/rotations/0/officers"]
    desk.do(disable_officer, "admin-1", officer="duty-2", reason="left")
    with pytest.raises(Invalid) as unknown:
        desk.do(set_roster, "sup-1", **roster("ghost", "duty-2", fallback={"deputy": "nobody"}))
    assert [p.pointer for p in unknown.value.problems] == ["/rotations/0/officers"] * 2 + ["/fallback/deputy"]


def test_a_swap_is_settled_by_the_supervisor_for_an_officer_at_sea(desk: LiveDesk) -> None:
    desk.do(set_roster, "sup-1", **roster("duty-1"))
    given = {"post": "duty_officer", "from": ahead(desk, hours=2), "to": ahead(desk, hours=3)}
    told = desk.do(roster_swaps.ask_swap, "sup-1", officer="duty-1", other="duty-2", given=given)
    desk.do(roster_swaps.accept_swap, "sup-1", swap=told["swap"])
    swap = rosters(desk).swaps[told["swap"]]
    assert (swap.state, swap.settled_by) == ("accepted", "sup-1")


def test_each_look_is_an_entry_only_where_something_changed(real: LiveDesk) -> None:
    def looks() -> int:
        with real.service.read() as reader:
            return reader.stream(DUTY).head.seq

    real.do(set_roster, "sup-1", **roster("duty-1", "duty-2"))
    first = rosters(real).checked
    assert first is not None
    assert first.tzdata is not None
    assert {key.split(":")[1] for key in first.findings if key.startswith("gap:")} == {"deputy", "supervisor"}
    before = looks()
    real.do(set_roster, "sup-1", **roster("duty-1", "duty-2"))
    assert looks() == before + 1
    check_nightly(real.service)
    assert rosters(real).checked.planned


def test_other_zone_rules_are_found_at_the_next_look_with_what_they_moved(real: LiveDesk) -> None:
    real.do(set_roster, "sup-1", **roster("duty-1", "duty-2"))
    known = rosters(real).checked
    shifted = [
        {"post": post, "officer": officer, "at": to_text(at + timedelta(hours=1))}
        for post, officer, at in known.planned
    ]
    with real.service.write(SERVICE, Action.DUTY_CHANGE, DUTY) as work:
        body = {"findings": sorted(known.findings), "tzdata": "2020.1", "planned": shifted, "moved": []}
        work.append(Draft("roster.checked", body))
    assert ("zone_moved", "duty_officer") in findings(real)
    check_nightly(real.service)
    moved = rosters(real).checked.moved
    assert moved[0]["officer"] in {"duty-1", "duty-2"}
    assert ("zone_moved", "duty_officer") not in findings(real)
    page = roster_page.rosters_page(real.service)
    assert page.checked.moved == moved


def test_a_rung_that_nobody_stands_on_is_found(real: LiveDesk) -> None:
    assert ("empty_rung", "legal_adviser") not in findings(real)
    with real.service.read() as reader:
        advisers = [o.id for o in reader.stream(DESK).of(OFFICERS).all() if o.role == "legal_adviser"]
    for adviser in advisers:
        real.do(disable_officer, "admin-1", officer=adviser, reason="left")
    assert ("empty_rung", "legal_adviser") in findings(real)


def test_an_answer_holds_what_was_made(desk: LiveDesk) -> None:
    made = make_link(desk.service, desk.officer("duty-1"), {})
    assert made.token not in answered(made.reply).body["link"]
    assert made.token.encode() not in made.reply.body
