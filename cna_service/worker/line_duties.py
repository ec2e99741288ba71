"""What the telephone lines want regularly, on the monotonic clock: a step of the wall clock delays none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from cna_service.worker.loop import Heartbeats
from cna_service.workflow import line_reports, provider_proof, provider_watch, self_test
from cna_service.workflow.outside import Outside
from cna_service.workflow.service import Service

EVERY = 2.0
"""Seconds between two looks of the thread."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LineDuty:
    """``every``, ``first``: seconds between two runs, and from the start to the first one."""

    name: str
    every: float
    act: Callable[[Service, Outside], Any]
    first: float = 0.0


DUTIES = (
    LineDuty("line-word", 2.0, line_reports.take_in),
    LineDuty("line-stuck", 30.0, line_reports.ask_about_stuck, first=30.0),
    LineDuty("line-errors", 15.0, provider_watch.tell_of_errors, first=15.0),
    # Every minute it is seen who looked last; each account is asked every five minutes.
    LineDuty("line-accounts", 60.0, provider_watch.look_at_accounts, first=5.0),
    LineDuty("line-self-test", 15.0, self_test.switch_after_failure, first=20.0),
    LineDuty("line-proof", 3600.0, provider_proof.prove_spare, first=600.0),
)


class LineDuties:
    """Runs each duty when it is due; one that fails is counted and stops no other. Used by one thread."""

    def __init__(self, service: Service, outside: Outside, beats: Heartbeats) -> None:
        self._service = service
        self._outside = outside
        self._beats = beats
        began = service.machine.monotonic()
        self._due = {duty.name: began + duty.first for duty in DUTIES}

    def look(self) -> bool:
        # Nothing of an exercise is watched: its company is simulated, and its time is not the machine's.
        if self._service.desk.is_exercise or not self._outside.lines:
            return False
        for duty in DUTIES:
            if self._service.machine.monotonic() >= self._due[duty.name]:
                self._run(duty)
                self._due[duty.name] = self._service.machine.monotonic() + duty.every
        return False

    def _run(self, duty: LineDuty) -> None:
        try:
            duty.act(self._service, self._outside)
        except Exception:
            # Broad, as in a loop: the worker alone catches so, and the next duty must have its turn.
            self._beats.fail(duty.name)
            log.exception("a duty of the lines failed", duty=duty.name)
        else:
            self._beats.beat(duty.name)
