"""People and rosters change, or are nonsense, while somebody is being called: the climb goes on, to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.identity.actors import SERVICE, Actor
from cna_service.kit.errors import Invalid
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow.clock_steps import ClockWatch
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK, OFFICERS, TYPES
from cna_service.workflow.roster import end_roster, set_roster
from cna_service.workflow.status import status
from cna_service.workflow.verification import verify
from tests.faults import rig
from tests.faults.station import Station

pytestmark = pytest.mark.faults


def keeper(station: Station, officer: str = "sup-1") -> Actor:
    with station.service.read() as reader:
        found = reader.stream(DESK).of(OFFICERS).find(officer)
    return found.actor(station.clock.now(), signed_in={"by": "command_line"})


def test_an_officer_disabled_during_the_climb_is_passed_over(station: Station) -> None:
    case = station.receive()
    station.advance(60)
    # His first summons went; the rung after it would have called him again.
    disable_officer(
        station.service, keeper(station, "admin-1"), {"officer": "duty-1", "reason": "Left the service."}
    )
    station.advance(65)
    assert station.calls_to(rig.DUTY) == 0
    assert station.texts_to(rig.DEPUTY) and station.types(f"case:{case}")["rung.skipped"] == 1


def test_a_roster_ended_during_the_climb_leads_to_the_last_resort_at_once(station: Station) -> None:
    case = station.receive()
    station.advance(1)
    end_roster(station.service, keeper(station), {"roster": "desk", "reason": "Nobody knows why."})
    station.advance(125)
    kinds = station.types(f"case:{case}")
    assert kinds["rung.skipped"] >= 1
    assert station.texts_to(rig.SUPERVISOR) or station.texts_to(rig.ADMINISTRATOR)
    assert verify(station.service).exit_code == 0


def test_a_roster_of_nonsense_is_refused_with_every_fault_and_changes_nothing(station: Station) -> None:
    nonsense = {
        "roster": "desk",
        "zone": "Atlantis/Lost",
        "rotations": [
            {"post": "captain", "officers": ["nobody"], "kind": "fortnightly-ish", "hand_over": "25:61"}
        ],
    }
    with pytest.raises(Invalid) as refused:
        set_roster(station.service, keeper(station), nonsense)
    assert len(refused.value.problems) >= 3
    assert all(p.fix for p in refused.value.problems)
    case = station.receive()
    station.advance(1)
    assert len(station.texts_to(rig.DUTY)) == 1 and station.types(f"case:{case}")["rung.skipped"] == 0


def test_a_roster_entry_that_no_build_can_read_stops_no_summons(station: Station) -> None:
    """Written past every check, as by a fault of ours: it is passed over, the roster before it holds, and every page
    says so."""
    stream, service = "duty", station.service
    kind = TYPES.get("roster.set", 2)
    assert kind is not None
    with service.database.write() as connection:
        head = store.head(connection, stream)
        assert head is not None
        draft = Draft("roster.set", {"roster": 7, "rotations": "every other Tuesday"}, v=2)
        store.append(connection, kind, draft, stream, head, service.stamp(SERVICE, service.clock.now()))
    case = station.receive()
    station.advance(5)
    assert station.types(f"case:{case}")["alert.raised"] == 1
    assert len(station.texts_to(rig.DUTY)) == 1
    assert "roster-unreadable" in {t.code for t in status(service).degraded}


def test_eight_hours_down_is_one_rung_for_each_open_alert_and_each_clock_once(station: Station) -> None:
    cases = [station.receive() for _ in range(3)]
    station.turn()
    texts = len(station.texts_to(rig.DUTY))
    station.world.advance(timedelta(hours=8))
    station.watch = ClockWatch(station.clock)
    station.turn()
    for case in cases:
        stream = f"case:{case}"
        of_request = [
            e for e in station.entries(stream, "rung.climbed") if e.body["round"] == 1 and e.body["rung"] == 2
        ]
        assert len(of_request) == 1 and of_request[0].body["late_by_seconds"] >= 28_000
        lapsed = [e.body["clock"] for e in station.entries(stream, "clock.lapsed")]
        assert lapsed and len(lapsed) == len(set(lapsed))
        assert all(e.body["late_by_seconds"] > 0 for e in station.entries(stream, "clock.lapsed"))
    # No avalanche: what was slept through is not caught up rung by rung.
    assert len(station.texts_to(rig.DUTY)) - texts <= 4 * len(cases)
