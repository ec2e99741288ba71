"""What each node does every twenty seconds beside its work: says that it is alive, and looks at the others.

Other nodes that fell silent, outside jobs that are late, the database's clock beside ours, threads of our own that
ended. One of these that raises stops none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from cna_service.worker.loop import Heartbeats, Loop
from cna_service.workflow import heartbeats, nodes
from cna_service.workflow.clock_skew import SkewWatch
from cna_service.workflow.nodes import Neighbours
from cna_service.workflow.service import Service

EVERY = 20.0

log = structlog.get_logger(__name__)


class Watchdog:
    def __init__(self, service: Service, beats: Heartbeats, seat: str) -> None:
        self._service = service
        self._beats = beats
        self._neighbours = Neighbours(seat)
        self._loops: Sequence[Loop] = ()
        self._skew = SkewWatch(service)
        self._has_begun = False
        self.silent: tuple[str, ...] = ()
        """Nodes that were silent at the last look."""
        self.late_jobs: tuple[str, ...] = ()

    @property
    def skew(self) -> timedelta | None:
        """By how much the database's clock is wrong, or ours; None while they agree."""
        return self._skew.skew if self._skew.is_wrong else None

    def guard(self, loops: Sequence[Loop]) -> None:
        """These threads are begun anew should they ever end."""
        self._loops = loops

    def look(self) -> bool:
        """One look. Raises what the first of its parts raised, after all were tried."""
        parts: tuple[Callable[[], None], ...] = (
            self._revive,
            self._alive,
            self._others,
            self._jobs,
            self._skew.look,
        )
        failed: list[Exception] = []
        for part in parts:
            try:
                part()
            except Exception as error:  # noqa: BLE001 - as in the loop, which counts it
                failed.append(error)
        if failed:
            raise failed[0]
        return False

    def end(self) -> None:
        """The node was told to stop."""
        try:
            nodes.end(self._service, self._neighbours.me)
        except Exception:
            # Others will find it silent, which is true.
            log.exception("the end of this node could not be written")

    def _revive(self) -> None:
        for loop in self._loops:
            loop.revive()

    def _alive(self) -> None:
        if not self._has_begun:
            nodes.begin(self._service, self._neighbours.me)
            self._has_begun = True
        found = {duty: self._beats.age(duty) for duty in self._beats.duties}
        ages = {duty: age for duty, age in found.items() if age is not None}
        nodes.beat(self._service, self._neighbours.me, ages)

    def _others(self) -> None:
        self.silent = tuple(nodes.look(self._service, self._neighbours))

    def _jobs(self) -> None:
        self.late_jobs = tuple(heartbeats.look_for_late(self._service))
