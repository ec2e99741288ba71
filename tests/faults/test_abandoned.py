"""Fifty deaths at each of the six points of a sending, in one process: a node does its work up to the point and is
never heard of again; another one takes over. What the kernel does to the rest is in ``test_killed``.

Seeds vary how many cases are open, how many of them were claimed, how far the node came, and what became of the
company's receipts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from cna_service.db import outbox
from cna_service.exercise.phone_company_faults import CallbackFault, Fault
from cna_service.workflow import deliver
from cna_service.workflow.deliver import LEASE
from tests.faults import deaths, rig
from tests.faults.deaths import DyingTelephony, Killer, watch_engine
from tests.faults.station import Station, a_station
from tests.faults.witness import REPEAT

pytestmark = pytest.mark.faults

SEEDS = range(50)
CLAIMED = "claimed"
"""After the claim, before anything of it was begun: nobody holds a hook there, the node just goes."""
POINTS = (
    deaths.BEFORE_CLAIM,
    CLAIMED,
    deaths.AFTER_CLAIM,
    deaths.AFTER_HTTP,
    deaths.BEFORE_RESULT,
    deaths.AFTER_RESULT,
)
# Where what was claimed had not reached the company: it is sent once, and marked as what may be a repetition.
NOT_YET_ASKED = (CLAIMED, deaths.AFTER_CLAIM)


class Died(BaseException):
    """The node is no more: nobody catches this."""


class Abandoning(Killer):
    def __init__(self) -> None:
        super().__init__(lambda _: None)

    def at(self, point: str, more: str = "") -> None:
        # After a result the connection is being given back; there the node goes by itself.
        if self._point == point != deaths.AFTER_RESULT:
            self.arm(None)
            raise Died(point)


@pytest.fixture
def patient(database_url: str, tmp_path: Path) -> Iterator[Station]:
    with a_station(database_url, tmp_path, config=rig.patient_config(tmp_path / "config")) as made:
        yield made


@pytest.mark.parametrize("point", POINTS)
def test_a_node_gone_at(point: str, patient: Station) -> None:
    killer = Abandoning()
    watch_engine(patient.service.database.engine, killer)
    line = DyingTelephony(rig.telephony(patient.company.base_url)._account)
    line.killer = killer
    patient.running = rig.with_telephony(patient.running, line)
    claimed_by_the_dead = 0
    for seed in SEEDS:
        random = Random(f"{point} {seed}")
        cases = [patient.receive() for _ in range(random.randint(1, 3))]
        _order_receipts(patient, random, len(cases))
        claimed_by_the_dead += _until_death(patient, killer, point, random)
        patient.node = f"node-{seed}"
        patient.advance(LEASE.total_seconds() + 1)
        _everybody_was_reached_once(patient, cases, point)
    repeats = sum(a.text.endswith(REPEAT) for a in patient.company.arrivals())
    assert repeats <= claimed_by_the_dead
    line.close()


def _order_receipts(station: Station, random: Random, cases: int) -> None:
    kind = random.choice([None, CallbackFault.NEVER, CallbackFault.LATE, CallbackFault.TWICE])
    if kind is not None:
        station.company.order(
            Fault(kind, rig.DUTY, times=cases, delay=timedelta(seconds=random.randint(1, 40)))
        )


def _until_death(station: Station, killer: Abandoning, point: str, random: Random) -> int:
    """Returns how many sendings the dead node had claimed and not recorded."""
    claimed, recorded = [], 0
    try:
        killer.arm(point if point == deaths.BEFORE_CLAIM else None)
        claimed = deliver.claim(station.service, station.node, random.randint(1, 8))
        if point == CLAIMED:
            raise Died(point)
        last = random.randrange(len(claimed))
        for n, one in enumerate(claimed):
            killer.arm(point if n == last else None)
            deliver.send(station.service, station.running.outside, one, station.node)
            assert station.company.wait_until_idle(10)
            recorded += 1
            if n == last:
                raise Died(point)
    except Died:
        killer.arm(None)
    else:
        raise AssertionError(f"nobody died at {point}")
    return len(claimed) - recorded


def _everybody_was_reached_once(station: Station, cases: list[str], point: str) -> None:
    texts = Counter(
        a.text.removesuffix(REPEAT) for a in station.company.arrivals() if a.path.endswith("/Messages.json")
    )
    for case in cases:
        [first, *_] = station.sendings(case)
        assert first["state"] in (outbox.ACCEPTED, outbox.DELIVERED), (case, first["state"])
        assert texts[first["content"]["text"]] == 1, (point, case)
        kinds = station.types(f"case:{case}")
        assert kinds["submission.received"] == kinds["alert.raised"] == kinds["rung.climbed"] == 1
        assert kinds["alert.sent"] == len(station.sendings(case)) == 1
        # What the dead one did not live to note stands in the record by the company's own word.
        assert station.tries(first["id"]) or point in (deaths.AFTER_HTTP, deaths.BEFORE_RESULT)
