"""``cna duty fallback``: the page by which callers are connected while the desk is dark, and that it stands there."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import instant, show
from cna_service.workflow.fallback import confirm_fallback, fallback_view, write_fallback


def fallback(asked: Namespace) -> int:
    """Write the page, confirm that it stands at the telephone company, or (with neither) say how old it is. Exit 1
    where it cannot be relied on."""
    with open_desk(asked) as running:
        service, words = running.service, []
        if asked.out is not None:
            made = write_fallback(service, whoever_asks())
            Path(asked.out).write_text(made.content, encoding="utf-8")
            words.append(f"{asked.out}: rings {', '.join(officer for officer, _ in made.rings)}.")
            words.append("Put it at the telephone company, on another host than the desk; then confirm it.")
        if asked.confirm is not None:
            confirm_fallback(service, whoever_asks(), {"words": asked.confirm} if asked.confirm else {})
        view = fallback_view(service)
    words += [view.says, f"Written {instant(view.written_at)}, confirmed {instant(view.confirmed_at)}."]
    told = {
        "stale": view.why,
        "written_at": view.written_at,
        "confirmed_at": view.confirmed_at,
        "rings": list(view.names),
        "file": asked.out,
    }
    show(asked, told, words)
    return 0 if view.why is None or asked.out is not None else 1
