"""``cna alerts``: who would be called when."""

from __future__ import annotations

from argparse import Namespace

from cna_service.cli.deployment import instant_of, open_desk
from cna_service.cli.shown import columns, instant, show
from cna_service.workflow.preview import Preview, PreviewStep, as_json, preview


def tonight(asked: Namespace) -> int:
    """Exit 1 where nobody at all would be called."""
    at = instant_of("at", asked.at) if asked.at else None
    with open_desk(asked) as running:
        found = preview(running.service, asked.kind, at, holder=asked.holder)
    show(asked, as_json(found), [_title(found), *columns([_line(s) for s in found.steps])])
    return 0 if any(step.people for step in found.steps) else 1


def _title(found: Preview) -> str:
    return f"{found.kind} at {instant(found.at)}, urgency {found.ladder.urgency}, if nobody answers:"


def _line(step: PreviewStep) -> tuple[str, str, str]:
    what = {"rung": f"rung {step.rung}", "own_rules": "own rules", "last_resort": "last resort"}
    name = what.get(step.what, f"rung {step.rung} passed over")
    if step.reason is not None:
        return instant(step.at), name, f"{', '.join(step.who)}: {step.reason.replace('_', ' ')}"
    called = (f"{p.name} ({', '.join(channel for channel, _ in p.contacts)})" for p in step.people)
    return instant(step.at), name, "; ".join(called)
