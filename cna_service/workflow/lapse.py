"""Recording what follows from a lapse: a named officer's act, after the service said that a clock ran out.

Until it exists every screen says "ran out; effect not recorded by anyone", and no document cites an effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import Clock
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service


class NothingLapsed(Conflict):
    code = "nothing-lapsed"
    title = "No clock of this exchange has run out"


def record_lapse(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{clock?, words, channels: [{channel, by?, checked_at?}], seen}``: the provision's effect, never more.

    ``channels`` are those that were looked at for an answer (desk-rules 5.4). Raises Invalid, NothingLapsed, CaseMoved.
    """
    asked = Asked(body)
    seen, clock_id, words = (
        asked.number("seen", least=0),
        asked.text("clock", longest=40),
        asked.needed("words"),
    )
    channels = []
    for each in asked.parts("channels", required=True):
        checked = each.instant("checked_at")
        told = {"channel": each.needed("channel", longest=80), "by": each.text("by", longest=200)}
        channels.append(
            {k: v for k, v in told.items() if v} | ({"checked_at": checked.isoformat()} if checked else {})
        )
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.LAPSE_RECORD, case_stream(ref), key=key) as work:
        exchange_of(work, n)
        clock = _lapsed(work.case.clocks, n, clock_id)
        work.refuse_if_moved(seen)
        silence = clock.terms.get("silence", {})
        effect = silence.get("effect", "none") if clock.kind == "legal" else "none"
        told_body = {
            "exchange": n,
            "clock": clock.id,
            "provision": clock.terms.get("provision"),
            "effect": effect,
            "scope": list(silence.get("scope", ())) if effect != "none" else [],
            "words": words,
            "channels": channels,
        }
        work.append(Draft("lapse.recorded", {k: v for k, v in told_body.items() if v is not None}, seen=seen))
        return done(work, exchange=n, effect=effect)


def _lapsed(clocks: tuple[Clock, ...], n: int, clock_id: str | None) -> Clock:
    ran_out = [c for c in clocks if c.exchange == n and c.lapsed_at is not None and c.lapse is None]
    found = [c for c in ran_out if clock_id in (None, c.id)]
    if not found:
        raise NothingLapsed("Either no clock ran out, or its effect is recorded.")
    return min(found, key=lambda c: c.kind != "legal")
