"""Claims for compensation, by whom and against whom, as told, and what was answered to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom

GROUNDS = (
    "unfounded_suspicion",
    "negligence",
    "unlawful_or_excessive",
    "damage",
    "injury_or_death",
    "delay",
    "other",
)
OUTCOMES = ("open", "settled", "refused")


def claim_compensation(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{by, against, ground, amount?, provision?, words?, happened_at?}``. ``against``: ``{state?, name?}`` or words.

    The amount is kept as told, with its currency. Raises Invalid.
    """
    asked = Asked(body)
    told: dict[str, Any] = {
        "by": _party(asked, "by"),
        "against": _party(asked, "against"),
        "ground": asked.word("ground", GROUNDS),
        "amount": _amount(asked),
        "provision": asked.text("provision", longest=80),
        "words": asked.text("words"),
    }
    happened = asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        claim = len(work.case.sea.compensation) + 1
        entry = {"claim": claim, **{k: v for k, v in told.items() if v}}
        work.append(Draft("compensation.claimed", entry, happened_at=happened, told_at=work.now))
        return done(work, claim=claim)


def answer_claim(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{outcome, by, amount?, words?, happened_at?}``: settled, refused, or still open. Raises Invalid, NotFound."""
    asked = Asked(body)
    told = {"outcome": asked.word("outcome", OUTCOMES), "by": by_whom(asked), "amount": _amount(asked)}
    told |= {"words": asked.text("words")}
    happened = asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        if n not in [c["claim"] for c in work.case.sea.compensation]:
            raise NotFound(f"the case has no claim {n}")
        entry = {"claim": n, **{k: v for k, v in told.items() if v}}
        work.append(Draft("compensation.answered", entry, happened_at=happened, told_at=work.now))
        return done(work, claim=n, outcome=told["outcome"])


def _party(asked: Asked, field: str) -> dict[str, str]:
    """Who claims, or against whom: words, or ``{name, office, state}``; a State stands in the clear."""
    if isinstance(asked.raw(field), str):
        return {"name": asked.needed(field, longest=500)}
    part = asked.part(field, required=True)
    told = {f: part.text(f, longest=500) for f in ("name", "office")}
    told["state"] = (part.text("state", longest=2) or "").upper() or None
    part.check_unknown()
    if not any(told.values()) and not part.is_empty:
        asked.wrong(field, None, "names nobody", "enter a name, an office or a State")
    return {k: v for k, v in told.items() if v}


def _amount(asked: Asked) -> dict[str, str] | None:
    """As told: words, or ``{text, currency}``."""
    if isinstance(asked.raw("amount"), str):
        words = asked.text("amount", longest=200)
        return {"text": words} if words else None
    part = asked.part("amount")
    told = {"text": part.text("text", longest=200), "currency": part.text("currency", longest=3)}
    part.check_unknown()
    return {k: v for k, v in told.items() if v} or None
