"""A second source beside the machine's clock: what providers and monitors said of the time (desk-rules 11.4).

A time service that set the clock is one source, and the clock only repeats it; so its word counts as noted and never
as enough. What counts is the ``Date`` of somebody else's answer, carried on by our monotonic clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from cna_service.identity.actors import SERVICE
from cna_service.kit.second_clock import Heard
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, DESK_STATE
from cna_service.workflow.service import Service

AGREES_WITHIN = timedelta(seconds=60)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """By source, how far it is ahead of our clock; all within a minute."""

    sources: Mapping[str, timedelta]


def confirmation(
    said: Mapping[str, Heard], at: datetime, monotonic: float, stepped_at: float
) -> Confirmation | None:
    """Do the other clocks say what ours says now? None where none was heard, or any of them differs.

    ``stepped_at``: our monotonic clock when the step was seen. Who was heard after it goes before who was heard only
    before: a machine that stood still may not have counted the time between.
    """
    fresh = {name: heard for name, heard in said.items() if heard.monotonic >= stepped_at}
    differences = {name: heard.now(monotonic) - at for name, heard in (fresh or said).items()}
    if not differences or any(abs(each) > AGREES_WITHIN for each in differences.values()):
        return None
    return Confirmation(differences)


def record_confirmation(service: Service, found: Confirmation) -> bool:
    """The clock is believed from here on, and what is due by it fires, marked late; False if it is so already."""
    with service.tick(SERVICE, [DESK], wait=True) as work:
        state = work.of(DESK_STATE, DESK)
        if not state.clock_held:
            return False
        body: dict[str, Any] = {
            "step": state.clock_steps[-1]["seq"],
            "held_us": state.clock_held // timedelta(microseconds=1),
            "sources": [
                {"source": name, "ahead_ms": each // timedelta(milliseconds=1)}
                for name, each in sorted(found.sources.items())
            ],
        }
        work.append(Draft("clock.confirmed", body), DESK)
    log.warning("the clock is confirmed by a second source", sources=sorted(found.sources))
    return True
