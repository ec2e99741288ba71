"""Kinds of exchange: a request is answered; a notification, an objection and a distribution are kinds of their own.

No answer is owed to them unless their provision says so (practice R19).
"""

from __future__ import annotations

from typing import Any

from cna_service.directory.rules import Directory
from cna_service.workflow.asked import Asked

REQUEST, NOTIFICATION, DISTRIBUTION = "request", "notification", "distribution"
KINDS = (REQUEST, NOTIFICATION, "objection", "consultation", DISTRIBUTION)


def read_distribution(asked: Asked, directory: Directory, kind: str) -> list[dict[str, Any]] | None:
    """``distribution: [{authority?, state?, name?, office?, address?, channel?}]``: who is informed by it, each as the
    directory lists it now or as told; what is wrong is left in ``asked``."""
    rows = []
    for each in asked.parts("distribution", required=kind == DISTRIBUTION):
        authority = each.text("authority", longest=64)
        listed = directory.authorities.get(authority) if authority else None
        if authority and listed is None:
            each.wrong("authority", authority, "is not in the directory", "name State and office instead")
        told = {f: each.text(f, longest=500) for f in ("name", "office", "address")}
        told |= {"state": each.text("state", longest=2), "channel": each.text("channel", longest=40)}
        if listed is not None:
            told |= {"authority": listed.id, "listed_as": listed.name, "state": listed.state}
        if not any(told.get(f) for f in ("authority", "state", "office", "name")):
            each.wrong(
                "authority", None, "is missing: who was informed", "name the authority, or State and office"
            )
        each.check_unknown()
        rows.append({k: v for k, v in told.items() if v})
    if rows and kind != DISTRIBUTION:
        asked.wrong("distribution", None, "belongs to an exchange of kind distribution", "leave it out")
    return rows or None
