"""Two builds run on one database while one is being replaced: what the older one does not know it leaves alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from cna_service.db import outbox
from cna_service.db.timers import timer
from cna_service.identity.actors import SERVICE
from cna_service.ledger.entry import Draft, EntryType, TypeTable
from cna_service.ledger.folds import Folds
from cna_service.workflow import deliver
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.desk import Desk
from cna_service.workflow.fire import fire_due
from cna_service.workflow.projections import PROJECTIONS, TYPES
from cna_service.workflow.service import Service
from cna_service.workflow.upkeep import compare_timers
from cna_service.workflow.work import NewerBuild
from tests.faults import rig
from tests.faults.station import Station

pytestmark = pytest.mark.faults

OF_TOMORROW = EntryType("case.weighed", "An entry of a build that is not written yet.")
NEWER = "newer-node"


def newer_build(station: Station) -> Service:
    """A node of the next release on the same database: it knows one type more."""
    service = station.service
    folds = Folds(service.desk.log_origin, TypeTable([*TYPES, OF_TOMORROW]), PROJECTIONS)
    desk: Desk = dataclasses.replace(service.desk, build="2099.1.1")
    return dataclasses.replace(service, folds=folds, desk=desk)


def weighed(newer: Service, case: str) -> None:
    with newer.tick(SERVICE, [f"case:{case}"], wait=True) as work:
        work.append(Draft(OF_TOMORROW.name, {}), f"case:{case}")


def sends(newer: Service, station: Station) -> None:
    for each in deliver.claim(newer, NEWER, 8):
        deliver.send(newer, station.running.outside, each, NEWER)
    assert station.company.wait_until_idle(10)


def due(station: Station, case: str) -> list[tuple[datetime, int]]:
    query = timer.select().where(timer.c.stream == f"case:{case}").order_by(timer.c.due_at)
    return [(r.due_at, r.failures) for r in station.witness.sees(lambda c: c.execute(query).all())]


def test_a_stream_of_a_newer_build_is_left_to_it_and_nothing_is_lost_or_sent_twice(station: Station) -> None:
    newer = newer_build(station)
    theirs, ours = station.receive(), station.receive()
    weighed(newer, theirs)
    before = due(station, theirs)
    station.advance(125)
    # The older node goes on with what it knows, and touches nothing of the other: no row claimed, no timer put back.
    assert station.types(f"case:{ours}")["rung.climbed"] == 2
    assert station.types(f"case:{theirs}")["rung.climbed"] == 1
    assert [r["state"] for r in station.sendings(theirs)] == [outbox.PENDING]
    assert due(station, theirs) == before
    compare_timers(station.service)
    assert due(station, theirs) == before and station.types("desk")["alert.raised"] == 0
    # The newer node does what is due, once.
    sends(newer, station)
    fire_due(newer)
    sends(newer, station)
    assert station.types(f"case:{theirs}")["rung.climbed"] == 2
    assert station.types(f"case:{theirs}")["alert.sent"] == 2
    assert (len(station.texts_to(rig.DUTY)), station.calls_to(rig.DUTY)) == (2, 2)
    assert not any(text.endswith("(repeat)") for text in station.texts_to(rig.DUTY))


def test_a_case_of_a_newer_build_is_shown_read_only_with_its_build(station: Station) -> None:
    newer = newer_build(station)
    case = station.receive()
    weighed(newer, case)
    assert "2099.1.1" in str(case_view(station.service, case).newer)
    with (
        pytest.raises(NewerBuild, match="2099"),
        station.service.tick(SERVICE, [f"case:{case}"], wait=True) as work,
    ):
        work.append(Draft("clock.stepped", {}), f"case:{case}")


def test_what_the_older_node_was_sending_is_recorded_by_the_newer_one(station: Station) -> None:
    """The newer build writes in the case while a summons is on its way: the older node cannot record the result."""
    newer = newer_build(station)
    case = station.receive()
    claims = deliver.claim(station.service, station.node, 8)
    [claimed] = [c for c in claims if c.stream == f"case:{case}"]
    weighed(newer, case)
    with pytest.raises(NewerBuild):
        deliver.send(station.service, station.running.outside, claimed, station.node)
    assert station.company.wait_until_idle(10)
    assert len(station.texts_to(rig.DUTY)) == 1
    station.advance(deliver.LEASE.total_seconds() + 1)
    sends(newer, station)
    [sms] = station.sendings(case)
    assert sms["state"] in (outbox.ACCEPTED, outbox.DELIVERED)
    assert len(station.texts_to(rig.DUTY)) == 1
    assert station.types(f"case:{case}")["alert.sent"] == 1
