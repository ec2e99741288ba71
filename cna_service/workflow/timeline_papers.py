"""The entries of certificates and of texts for outside, in a line each, for the timeline of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = Mapping[str, Any]


def _certificate(what: str) -> Callable[[Body], str]:
    def says(body: Body) -> str:
        title = f", {body['title']}" if body.get("title") else ""
        return f"Certificate {body['certificate']}{title}: {what}"

    return says


def _release(what: str) -> Callable[[Body], str]:
    def says(body: Body) -> str:
        to = f" for {str(body['to']).replace('_', ' ')}" if body.get("to") else ""
        return f"Text {body['release']}{to}: {what}"

    return says


SAYS: Mapping[str, Callable[[Body], str]] = {
    "certificate.drafted": _certificate("drafted; nobody has released it"),
    "certificate.returned": _certificate("not released as drafted"),
    "certificate.released": _certificate("RELEASED by a second officer"),
    "certificate.delivered": _certificate("handed over"),
    "certificate.revoked": _certificate("REVOKED"),
    "certificate.holder_told": _certificate("its holder was told of what came after it"),
    "release.drafted": _release("drafted; nobody has approved it"),
    "release.returned": _release("not approved"),
    "release.made": _release("told outside"),
}

SHOWN = frozenset(
    {
        "words",
        "reason",
        "channel",
        "for_state",
        "for_court",
        "to",
        "text",
        "pointed_out",
        "statute",
        "approval",
    }
)
"""Fields of these entries that the page shows; the paper itself holds the rest, one link away."""
