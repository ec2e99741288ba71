"""Another version of the zone rules: what it moves is found, and the roster still has neither gap nor overlap."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from cna_service.duty.rules import Rosters, shifts
from cna_service.workflow.roster_checks import moved_hand_overs
from tests.rules.duty.shapes import HOUR, roster, rotation, told, utc

NOW = utc(2026, 11, 22)


def rules_of(name: str, *changes: tuple[datetime, int], before: int) -> ZoneInfo:
    """A zone whose clock goes to so many hours from UTC at each of these instants, as a file of zone rules says it."""
    offsets = sorted({before, *(hours for _, hours in changes)})
    times = [int(at.timestamp()) for at, _ in changes]
    kinds = bytes(offsets.index(hours) for _, hours in changes)
    infos = [offsets.index(before), *range(len(offsets))]
    table = b"".join(struct.pack(">lbb", offsets[n] * 3600, 0, 0) for n in dict.fromkeys(infos))
    order = list(dict.fromkeys(infos))
    kinds = bytes(order.index(offsets.index(hours)) for _, hours in changes)

    def block(size: str) -> bytes:
        head = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, len(times), len(order), 4)
        return head + b"".join(struct.pack(size, t) for t in times) + kinds + table + b"XXX\0"

    # Python reads the second, 64-bit block; the footer says what holds after the last change.
    last = changes[-1][1] if changes else before
    footer = f"\n<{last:+03d}>{-last}\n".encode()
    return ZoneInfo.from_file(io.BytesIO(block(">l") + block(">q") + footer), key=name)


def with_zone(state: Rosters, zone: ZoneInfo) -> Rosters:
    versions = {
        name: tuple(replace(v, roster=replace(v.roster, zone=zone)) for v in each)
        for name, each in state.versions.items()
    }
    return replace(state, versions=versions)


def planned(state: Rosters) -> list[tuple[str, str, datetime]]:
    return [
        (s.post, str(s.officer), s.starts_at)
        for s in shifts(state, NOW, NOW + timedelta(days=10))
        if s.officer and s.starts_at > NOW
    ]


OLD = rules_of("Far/Island", before=2)
NEW = rules_of("Far/Island", (utc(2026, 11, 25, 22), 3), before=2)


def test_a_state_that_gives_up_its_winter_time_moves_the_hand_overs_after_it() -> None:
    state = told(roster(rotation("daily", "a", "b")))
    old, new = with_zone(state, OLD), with_zone(state, NEW)
    found = moved_hand_overs(planned(old), planned(new), NOW)
    assert found[0].starts_at == utc(2026, 11, 26, 5)
    assert found[0].also == "2026-11-26T06:00:00.000000Z"
    assert len(found) == len([each for each in planned(old) if each[2] > utc(2026, 11, 25, 22)])
    assert moved_hand_overs(planned(old), planned(old), NOW) == []


@pytest.mark.parametrize("hand_over", ["00:00", "00:30", "08:00"])
@pytest.mark.parametrize("zone", [OLD, NEW])
def test_under_either_rules_every_instant_has_one_watch(zone: ZoneInfo, hand_over: str) -> None:
    state = with_zone(told(roster(rotation("daily", "a", "b", hand_over=hand_over))), zone)
    found = [s for s in shifts(state, NOW, NOW + timedelta(days=10)) if s.post == "duty_officer"]
    assert all(one.ends_at == two.starts_at for one, two in pairwise(found))
    assert all(s.officer is not None and s.ends_at - s.starts_at <= 25 * HOUR for s in found)
