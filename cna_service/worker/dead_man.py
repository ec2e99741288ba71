"""The dead-man signal: each minute a word to the outside monitor, only while the desk could wake somebody.

Silence is the alarm (desk-rules 13.1): the monitor rings officers when it hears nothing, so that a desk that is dark,
hung, cut off or unable to call anybody needs to do nothing at all to be found out. Each monitor has a thread of its
own: one that hangs delays neither the others nor the desk.
"""

from __future__ import annotations

from typing import Protocol

import structlog

from cna_service.worker.monitor_http import MonitorUnreachable
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.service import Service
from cna_service.workflow.status_watching import Given
from cna_service.workflow.waking_facts import Ages, waking

EVERY = 60.0
REFUSED_AFTER = 2
"""Minutes in a row without anybody to wake before ``/fail`` makes it ring at once; the first is only silence, so that a
database that restarts rings nobody."""

log = structlog.get_logger(__name__)


class Monitor(Protocol):
    @property
    def name(self) -> str: ...
    def start(self) -> None: ...
    def success(self) -> None: ...
    def fail(self, codes: tuple[str, ...]) -> None: ...
    def close(self) -> None: ...


class DeadMan:
    """One monitor; owned by its own loop, ``last`` may be read by anybody."""

    def __init__(self, service: Service, ages: Ages, monitor: Monitor) -> None:
        self._service = service
        self._ages = ages
        self._monitor = monitor
        self._in_vain = 0
        self._has_begun = False
        self.last = Given(monitor.name)

    def minute(self) -> bool:
        """One minute's word. Whatever goes wrong here is silence, which is what the monitor is for."""
        if not self._has_begun:
            self._has_begun = True
            self._begin()
        try:
            word, codes = self._word()
        except MonitorUnreachable as error:
            word, codes = "unreachable", (error.code,)
        self._note(word, codes)
        return False

    def close(self) -> None:
        self._monitor.close()

    def _begin(self) -> None:
        """That the desk started is good to know, and no more: some monitors do not know the word."""
        try:
            self._monitor.start()
        except MonitorUnreachable as error:
            log.info("the outside monitor did not take the start", monitor=self.last.name, code=error.code)

    def _word(self) -> tuple[str, tuple[str, ...]]:
        found = waking(self._service, self._ages, probe=True)
        if found.is_possible:
            self._in_vain = 0
            if self._is_rehearsing():
                return "rehearsal", ()
            self._monitor.success()
            return "success", ()
        self._in_vain += 1
        if self._in_vain < REFUSED_AFTER or self._is_rehearsing():
            return "silent", found.codes
        self._monitor.fail(found.codes)
        return "fail", found.codes

    def _is_rehearsing(self) -> bool:
        try:
            with self._service.read() as reader:
                return reader.stream(DESK).of(WATCHING).is_rehearsing(self._service.machine.now())
        except Exception:
            # A database that cannot be read holds no rehearsal that anybody could look at.
            log.exception("whether a rehearsal goes on could not be read")
            return False

    def _note(self, word: str, codes: tuple[str, ...]) -> None:
        now, before = self._service.machine.now(), self.last
        given_at = now if word == "success" else before.given_at
        since = (before.unreachable_since or now) if word == "unreachable" else None
        self.last = Given(before.name, word, codes, given_at, since)
        if word != before.word:
            log.info("signal to the outside monitor", monitor=before.name, word=word, codes=list(codes))
