"""One node of a desk under observation: ``python -m tests.bench._node PLACE``, a ``rig.Place`` as JSON.

It tells at ``/bench/commits`` when each summons was committed, and takes orders: ``POST /bench/hold`` and
``/bench/let-go`` (whether it ticks and sends), ``POST /bench/clock`` {"off": seconds} (both clocks' instants).
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import uvicorn
from fastapi import Body

from cna_service.app import create_app
from cna_service.cli.logs import configure_logging
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.clock import SystemClock
from cna_service.workflow.projections import DESK
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work
from tests.database import end_with_parent
from tests.faults import rig
from tests.faults.rig import Place

CLOCK = SystemClock()
_committed: dict[str, float] = {}


class WatchedService(Service):
    def _committed(self, work: Work) -> None:
        now = CLOCK.monotonic()
        _committed.update({s.id: now for s in work.sendings if s.content.get("purpose") == "alert"})
        super()._committed(work)


class Off:
    """The machine's clock, set by so much; its monotonic clock stays."""

    def __init__(self) -> None:
        self.by = timedelta()
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self.by

    def monotonic(self) -> float:
        return self._clock.monotonic()


def main() -> None:
    end_with_parent()
    # As a desk logs: drawing a traceback with every value in sight takes longer than what is measured.
    configure_logging()
    place = Place(**json.loads(sys.argv[1]))
    clock = Off()
    if "--ahead" in sys.argv:
        # An hour, to be set back later: whoever was given a token before must still have been given it before.
        clock.by = timedelta(hours=1)
    running = rig.build(place, clock=clock, machine=clock)
    object.__setattr__(running.service, "__class__", WatchedService)
    app = create_app(running)

    @app.get("/bench/commits")
    def commits() -> dict[str, float]:
        return dict(_committed)

    @app.post("/bench/let-go")
    def let_go() -> dict[str, float]:
        at = CLOCK.monotonic()
        running.start()
        return {"at": at}

    @app.post("/bench/clock")
    def set_clock(told: Annotated[dict[str, Any], Body()]) -> dict[str, float]:
        clock.by += timedelta(seconds=told["by"])
        return {"off": clock.by.total_seconds()}

    @app.post("/bench/administrator")
    def summon_administrator() -> dict[str, float]:
        """Somebody else is summoned, after all the others were."""
        with running.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(running.service, work, "desk_trouble")
        return {"at": CLOCK.monotonic()}

    @app.get("/bench/tick")
    def tick() -> dict[str, float | None]:
        return {"age": running.worker.beats.age("tick")}

    if "--held" in sys.argv:
        # What a desk that runs has long done.
        running.outside.telephony.prepare()  # type: ignore[union-attr]
    else:
        running.start()
    uvicorn.run(app, port=int(place.public_url.rpartition(":")[2]), log_level="error", access_log=False)
    running.stop()


if __name__ == "__main__":
    main()
