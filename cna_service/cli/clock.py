"""``cna clock``: what the desk's clock says, and whether a person believes it."""

from __future__ import annotations

from argparse import Namespace
from typing import Literal

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import instant, show
from cna_service.workflow.clock_steps import judge_clock
from cna_service.workflow.projections import DESK, DESK_STATE, OFFICERS


def status(asked: Namespace) -> int:
    """Exit 1 where the machine's clock is known not to be synchronised."""
    with open_desk(asked) as running:
        service = running.service
        now, machine, quality = service.clock.now(), service.machine.now(), dict(service.clock_quality())
        with service.read() as reader:
            state = reader.stream(DESK).of(DESK_STATE)
    steps = state.clock_steps
    told = {
        "clock": now,
        "machine": machine,
        "quality": quality,
        "steps": [{"recorded_at": s["recorded_at"], "seq": s["seq"]} for s in steps],
        "held_seconds": state.clock_held.total_seconds(),
    }
    words = [f"The desk's clock: {instant(now)}", f"The machine's clock: {instant(machine)}"]
    words += [f"{name}: {value}" for name, value in sorted(quality.items())]
    words += [f"jumped: {instant(s['recorded_at'])}" for s in steps] or ["No jump was recorded."]
    if state.clock_held:
        words.append(
            f"Not believed: {state.clock_held.total_seconds():.0f} s. Compare it with another clock, then "
            "`cna clock accept` or `cna clock reject`, with --by and --reason."
        )
    show(asked, told, words)
    return 1 if quality.get("synced") is False or state.clock_held else 0


def accept(asked: Namespace) -> int:
    """Exit 1 where nothing is in doubt."""
    return _judge(asked, "accepted")


def reject(asked: Namespace) -> int:
    return _judge(asked, "rejected")


def _judge(asked: Namespace, verdict: Literal["accepted", "rejected"]) -> int:
    with open_desk(asked) as running:
        service = running.service
        with service.read() as reader:
            officer = reader.stream(DESK).of(OFFICERS).find(asked.by)
        # The command cannot ask for his password: the entry says by which account of the machine he acted.
        actor = officer.actor(service.clock.now(), signed_in=whoever_asks().signed_in)
        held = judge_clock(service, actor, verdict, reason=asked.reason)
    said = {
        "accepted": "Accepted: what is due by this clock fires now.",
        "rejected": "Rejected: set the clock back; until then clocks of cases go on without its jump.",
    }
    told = {"verdict": verdict, "held_seconds": held.total_seconds()}
    show(asked, told, [f"In doubt were {held.total_seconds():.0f} s.", said[verdict]])
    return 0
