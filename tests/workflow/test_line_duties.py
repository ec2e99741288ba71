"""The lines' regular duties: on the machine's monotonic clock, none stopping another, nothing of it in an exercise."""

from __future__ import annotations

import dataclasses

from cna_service.worker.line_duties import DUTIES, LineDuties
from cna_service.worker.loop import Heartbeats
from cna_service.workflow.outside import Outside
from tests.workflow.desk import LiveDesk
from tests.workflow.lines import Company


class Broken(Company):
    """What it has to say cannot be read."""

    def reports(self) -> list[object]:
        raise OSError("the folder is gone")

    def texts(self) -> list[object]:
        return []

    def seen(self, one: object) -> None:
        pass


def duties(desk: LiveDesk, outside: Outside, *, exercise: bool) -> tuple[LineDuties, Heartbeats]:
    service = dataclasses.replace(
        desk.service, desk=dataclasses.replace(desk.service.desk, is_exercise=exercise)
    )
    beats = Heartbeats(desk.clock)
    return LineDuties(service, outside, beats), beats


def test_one_duty_that_fails_is_counted_and_stops_no_other(desk: LiveDesk) -> None:
    line = Broken(desk.clock, "modem")
    made, beats = duties(desk, Outside(line, desk.postbox), exercise=False)
    for _ in range(20):
        made.look()
        desk.sleep(seconds=2)
    assert beats.failures("line-word") == 20
    assert {"line-stuck", "line-errors", "line-accounts"} <= set(beats.duties)
    # Once for the first look, and not again before five minutes are over.
    assert line.asked_accounts == 1


def test_an_exercise_and_a_desk_without_lines_watch_nothing(desk: LiveDesk) -> None:
    line = Company(desk.clock, "twilio")
    for outside, exercise in ((Outside(line, None), True), (Outside(None, None), False)):
        made, beats = duties(desk, outside, exercise=exercise)
        for _ in range(5):
            assert made.look() is False
            desk.sleep(minutes=2)
        assert beats.duties == () and line.asked_accounts == 0


def test_every_duty_has_a_name_of_its_own() -> None:
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)
