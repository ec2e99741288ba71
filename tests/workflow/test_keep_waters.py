"""What a map says of a position, kept in a case because an officer wants it there."""

from __future__ import annotations

import pytest

from cna_service.kit.errors import Invalid
from cna_service.workflow.keep_waters import keep_waters
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST


def test_the_newest_position_is_looked_up_and_kept_with_its_map(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.do(keep_waters, "duty-1", ref, words="Asked by the judge.")
    (kept,) = desk.record_json(ref)["waters"]
    assert kept["where"] == "outside" and kept["limit"]["uncertainty_nm"] == "3.1"
    assert kept["words"] == "Asked by the judge." and kept["sources"][0]["as_of"]


def test_a_position_given_is_taken_as_told_and_one_without_a_point_is_named(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.do(keep_waters, "duty-1", ref, position="36°00.0'N 005°30.0'W")
    with pytest.raises(Invalid) as refused:
        desk.do(keep_waters, "duty-1", ref, position="south of the cape", vessel=1)
    assert [p.pointer for p in refused.value.problems] == ["/position"]
    with pytest.raises(Invalid) as unknown:
        desk.do(keep_waters, "duty-1", ref, vessel=9)
    assert [p.pointer for p in unknown.value.problems] == ["/vessel"]
