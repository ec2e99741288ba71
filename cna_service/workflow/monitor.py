"""The outside monitor and its rehearsal: somebody must have seen that it rings officers (desk-rules 11.3).

A rehearsal stops the signal on purpose, announced on every page, and ends by itself: nobody can forget to switch the
desk's last guard on again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import date_time_group, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service

SHORTEST_MINUTES, LONGEST_MINUTES = 3, 60
PROVED_FOR = timedelta(days=90)


class RehearsalGoesOn(Conflict):
    code = "rehearsal-goes-on"
    title = "A rehearsal of the outside monitor goes on already"


def begin_rehearsal(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """No signal is given for so many minutes. Raises Invalid, RehearsalGoesOn, NotPermitted."""
    asked = Asked(body)
    minutes = asked.number("minutes", required=True, least=SHORTEST_MINUTES, most=LONGEST_MINUTES) or 0
    asked.check_unknown()
    asked.done()
    now = service.machine.now()
    with service.write(actor, Action.MONITOR_REHEARSE, DESK, key=key) as work:
        until = work.of(WATCHING).rehearsing_until
        if until is not None and now < until:
            raise RehearsalGoesOn(f"It ends {date_time_group(until)}.")
        until = now + timedelta(minutes=minutes)
        work.append(Draft("monitor.rehearsal_begun", {"minutes": minutes, "until": to_text(until)}))
        return done(work, until=to_text(until))


def note_rehearsal(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """A named person says whether the outside monitor rang, and whom it reached; the signal goes on.

    Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    rang, reached = asked.yes("rang", default=True), asked.texts("reached")
    words = asked.text("words", longest=500)
    if rang and not reached and "reached" in body:
        asked.wrong("reached", None, "names nobody", "name each officer whose telephone rang")
    if rang and "reached" not in body:
        asked.wrong("reached", None, "is missing", "name each officer whose telephone rang")
    if not rang and not words:
        asked.wrong("words", None, "is missing", "say what did not ring, and what is done about it")
    asked.check_unknown()
    asked.done()
    told = {"rang": rang, "count": len(reached), "reached": list(reached), "words": words}
    with service.write(actor, Action.MONITOR_REHEARSE, DESK, key=key) as work:
        work.append(Draft("monitor.rehearsed", {k: v for k, v in told.items() if v not in (None, [])}))
        return done(work)
