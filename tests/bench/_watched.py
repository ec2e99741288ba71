"""An exercise desk that also tells, at ``/bench/arrivals``, how long each first summons took from commit to request."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from cna_service.alerts.ports import Accepted
from cna_service.alerts.twilio_channel import TwilioTelephony
from cna_service.app import create_app
from cna_service.bootstrap import Settings, build
from cna_service.kit.clock import SystemClock
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

CLOCK = SystemClock()
_committed: dict[str, float] = {}
_asked: dict[str, float] = {}


class WatchedService(Service):
    def _committed(self, work: Work) -> None:
        now = CLOCK.monotonic()
        _committed.update({s.id: now for s in work.sendings if s.content.get("purpose") == "alert"})
        super()._committed(work)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    running = build(Settings(data=asked.data, port=asked.port), exercise=True)
    object.__setattr__(running.service, "__class__", WatchedService)
    real = TwilioTelephony.send_sms

    def send_sms(self: TwilioTelephony, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        # The request leaves here: connecting and the provider's own time are not ours.
        _asked.setdefault(reference, CLOCK.monotonic())
        return real(self, to=to, text=text, callback_url=callback_url, reference=reference)

    TwilioTelephony.send_sms = send_sms  # type: ignore[method-assign]
    app = create_app(running)

    @app.get("/bench/arrivals")
    def arrivals() -> list[dict[str, float]]:
        return [{"seconds": _asked[s] - at} for s, at in list(_committed.items()) if s in _asked]

    @app.post("/bench/forget")
    def forget() -> dict[str, bool]:
        _committed.clear()
        _asked.clear()
        return {"forgotten": True}

    running.start()
    uvicorn.run(app, port=asked.port, log_level="error", access_log=False)
    running.stop()


if __name__ == "__main__":
    main()
