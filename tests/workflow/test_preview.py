"""Who is called when, tonight: what is shown ahead is what then happens."""

from __future__ import annotations

from datetime import datetime

import pytest

from cna_service.workflow.officers import disable_officer
from cna_service.workflow.preview import Preview, preview
from cna_service.workflow.roster import set_roster
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

Called = tuple[float, str, int, int, frozenset[tuple[str, str]], str | None]


def told(found: Preview) -> list[Called]:
    return [
        (
            s.after.total_seconds(),
            s.what,
            s.round,
            s.rung,
            frozenset((p.officer, channel) for p in s.people for channel, _ in p.contacts),
            s.reason,
        )
        for s in found.steps
    ]


_WHAT = {
    "rung.climbed": "rung",
    "rung.skipped": "skipped",
    "ladder.exhausted": "last_resort",
    "alert.contact_used": "own_rules",
}


def happened(desk: LiveDesk, ref: str, begins: datetime) -> list[Called]:
    alert = desk.alert(ref)
    found = []
    for entry in desk.entries(ref):
        if entry.type not in _WHAT or entry.body["alert"] != alert.id:
            continue
        body = entry.body
        after = (entry.recorded_at - begins).total_seconds()
        rung = body.get("rung", len(alert.ladder.rungs))
        people = frozenset(
            (t["officer"], s["channel"]) for t in body.get("targets", ()) for s in t["sendings"]
        )
        if entry.type == "alert.contact_used":
            people = frozenset({(body["officer"], body["channel"])})
        found.append((after, _WHAT[entry.type], body["round"], rung, people, body.get("reason")))
    return found


def a_night(desk: LiveDesk) -> None:
    ahead = told(preview(desk.service, "new_request"))
    begins = desk.clock.now()
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.advance(minutes=20)
    assert len(ahead) >= 4
    assert happened(desk, ref, begins)[: len(ahead)] == ahead


def test_what_is_shown_ahead_is_what_then_happens(either_desk: LiveDesk) -> None:
    a_night(either_desk)


def test_it_says_who_is_passed_over_and_why(desk: LiveDesk) -> None:
    rotation = {
        "post": "deputy",
        "officers": ["duty-2"],
        "kind": "weekly",
        "hand_over": "MON 08:00",
        "from": "2020-01-06",
    }
    set_roster(
        desk.service, desk.officer("sup-1"), {"roster": "desk", "zone": "UTC", "rotations": [rotation]}
    )
    skipped = [s for s in preview(desk.service, "new_request").steps if s.what == "skipped" and s.round == 1]
    assert [(s.rung, s.reason, s.who) for s in skipped] == [
        (1, "nobody", ("duty_officer",)),
        (2, "nobody", ("duty_officer",)),
    ]
    a_night(desk)


def test_a_disabled_deputy_is_shown_as_nobody(desk: LiveDesk) -> None:
    disable_officer(desk.service, desk.officer("admin-1"), {"officer": "duty-2", "reason": "left"})
    assert all(
        "duty-2" not in {p.officer for p in s.people} for s in preview(desk.service, "new_request").steps
    )
    a_night(desk)


@pytest.mark.parametrize("kind", ["clock_warning_75", "ack_overdue", "desk_trouble", "relief_unsigned"])
def test_any_kind_can_be_asked_for(desk: LiveDesk, kind: str) -> None:
    found = preview(desk.service, kind, holder="duty-1")
    assert found.steps
    assert found.steps[0].people


def test_what_is_of_low_urgency_waits_in_it_for_the_morning(desk: LiveDesk) -> None:
    night = datetime.fromisoformat("2026-11-21T23:30:00+00:00")
    [first, *_] = preview(desk.service, "certificate_holders", night).steps
    assert f"{first.at:%d %H:%M}" == "22 07:00"


def test_nothing_is_written_by_looking_ahead(desk: LiveDesk) -> None:
    before = (len(desk.entries("desk")), len(desk.outbox()))
    preview(desk.service, "new_request")
    assert (len(desk.entries("desk")), len(desk.outbox())) == before
