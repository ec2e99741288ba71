"""``cna clock``: what the desk's clock says."""

from __future__ import annotations

from argparse import Namespace

from cna_service.cli.deployment import open_desk
from cna_service.cli.shown import instant, show
from cna_service.workflow.projections import DESK, DESK_STATE


def status(asked: Namespace) -> int:
    """Exit 1 where the machine's clock is known not to be synchronised."""
    with open_desk(asked) as running:
        service = running.service
        now, machine, quality = service.clock.now(), service.machine.now(), dict(service.clock_quality())
        with service.read() as reader:
            steps = reader.stream(DESK).of(DESK_STATE).clock_steps
    told = {
        "clock": now,
        "machine": machine,
        "quality": quality,
        "steps": [{"recorded_at": s["recorded_at"], "seq": s["seq"]} for s in steps],
    }
    words = [f"The desk's clock: {instant(now)}", f"The machine's clock: {instant(machine)}"]
    words += [f"{name}: {value}" for name, value in sorted(quality.items())]
    words += [f"jumped: {instant(s['recorded_at'])}" for s in steps] or ["No jump was recorded."]
    show(asked, told, words)
    return 1 if quality.get("synced") is False else 0
