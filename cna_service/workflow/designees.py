"""Who may sign a certificate: an officer whose delegation is in force on the day of signing (desk-rules 8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cna_service.identity.delegations import rests_on
from cna_service.identity.officers import Officers
from cna_service.kit.errors import Conflict
from cna_service.ledger.entry import Entry
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DELEGATIONS, DESK, OFFICERS
from cna_service.workflow.work import Work


class DesigneeWithoutDelegation(Conflict):
    code = "designee-without-delegation"
    title = "No delegation to sign certificates is in force for this officer today"


def designee(asked: Asked, work: Work) -> dict[str, Any]:
    """``designee``: an officer's id. What is wrong is left in ``asked``; the delegation is checked apart."""
    name = asked.needed("designee", longest=64)
    officers = work.of(OFFICERS, DESK)
    found = officers.get(name) if name else None
    if name and (found is None or not found.is_enabled):
        asked.wrong("designee", name, "is no officer in service", "name who signs by his account")
    if found is None:
        return {}
    return {"id": found.id, "name": found.name, "post": found.post, "office": found.office}


def delegation_to_sign(work: Work, officer: str, measures: Sequence[str]) -> dict[str, Any]:
    """The delegations that let this officer sign today, as they are copied into the entry: one, or the fewest that
    together cover the measures answered by us. Raises DesigneeWithoutDelegation.
    """
    known = work.of(OFFICERS, DESK).find(officer)
    found = rests_on(work.of(DELEGATIONS, DESK), known, "certificate", measures, work.now)
    if not found or not known.is_enabled:
        what = ", ".join(m.replace("_", " ") for m in measures) or "certificates"
        raise DesigneeWithoutDelegation(
            f"{known.name} has no delegation in force at {work.now:%Y-%m-%d %H:%M}Z to sign: {what}. Name another "
            "designee, or have the delegation noted."
        )
    copies = [d.copy_for(known) for d in found]
    told = {"delegation": "+".join(str(c["delegation"]) for c in copies)}
    told["instrument"] = "; ".join(dict.fromkeys(str(c.get("instrument") or c["delegation"]) for c in copies))
    kept = ("delegation", "seq", "leaf", "as", "from", "to")
    return {**told, "rests_on": [{k: c[k] for k in kept if k in c} for c in copies]}


def witnesses(entries: Iterable[Entry], officers: Officers) -> list[dict[str, Any]]:
    """The officers who made the entries cited, as they were then, and whether they are still in service."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        actor: Mapping[str, Any] = entry.actor
        if actor.get("kind") != "officer":
            continue
        told = found.setdefault(str(actor["id"]), {**_as_he_was(actor), "cites": []})
        told["cites"].append(entry.seq)
    for name, told in found.items():
        now = officers.get(name)
        told["is_available"] = bool(now is not None and now.is_enabled)
    return list(found.values())


def _as_he_was(actor: Mapping[str, Any]) -> dict[str, Any]:
    return {f: actor[f] for f in ("id", "name", "post", "office", "role") if actor.get(f)}
