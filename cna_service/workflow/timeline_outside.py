"""Looks into registers that others keep, in the words of the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.registry.by_hand import MANUAL, OTHER

Body = Mapping[str, Any]
_TITLES = {m.name: m.title for m in MANUAL}
OUTCOMES = {
    "one": "one vessel that it may be",
    "several": "several that it may be",
    "nothing": "no such vessel",
    "unreachable": "could not be looked into",
    "not_said": "what it showed is recorded, not whether it is she",
}


def title_of(told: Body) -> str:
    """The register that a person looked into; what was erased says so."""
    source = str(told.get("source"))
    return str(told.get("register") or "another register") if source == OTHER else _TITLES.get(source, source)


def _asked(body: Body) -> str:
    each = "; ".join(f"{r.get('title') or r['source']}, {r['words']}" for r in body.get("results", ()))
    return f"Registers of others asked for vessel {body.get('vessel', 1)}: {each}"


def _seen(body: Body) -> str:
    outcome = OUTCOMES.get(str(body.get("outcome")), str(body.get("outcome")))
    return f"Looked by hand into {title_of(body)}: {outcome}"


SAYS: Mapping[str, Callable[[Body], str]] = {"outside.looked_up": _asked, "outside.seen": _seen}
SHOWN = frozenset({"seen", "words"})
"""Fields of these entries that the timeline shows beside the line; the case's page has the rest."""
