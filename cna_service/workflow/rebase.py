"""Keeping or changing the basis of an exchange after the law changed (desk-rules 10.2): a named officer's act.

The clocks of the old basis stay in the record, closed as superseded; new ones are armed under the law as it is now
known, from the same events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cna_service.agreements.card import CardRow
from cna_service.cases.clocks import NOT_FINAL
from cna_service.cases.labels import value_of
from cna_service.cases.record import CaseRecord, Clock, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.arming import Armed
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Service
from cna_service.workflow.touched import bases_of
from cna_service.workflow.work import Work

_BY_PROVISION = ("legal", "claimed")


class ChangeDecided(Conflict):
    code = "change-decided"
    title = "Somebody has decided on that change of the law already"


def rebase(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{change, keep, reason, provisions?, zone?, seen}``: keep the basis as it was, or re-base.

    ``change`` is the entry listed in ``law_changes`` of the case; ``provisions`` the new basis where it is not the old
    one. Raises Invalid, ChangeDecided, CaseMoved, NotPermitted.
    """
    asked = Asked(body)
    change, reason = asked.needed("change", longest=64), asked.needed("reason")
    keeps = asked.raw("keep") is not None and asked.yes("keep")
    if body.get("keep") in (None, ""):
        asked.wrong("keep", None, "is missing", "send true to keep the basis, false to re-base")
    provisions, zone = asked.texts("provisions"), asked.text("zone", longest=40)
    seen = asked.number("seen", least=0)
    for each in provisions:
        if each not in service.policies.catalogue.by_id:
            asked.wrong("provisions", each, "is not in the catalogue", "use an id of the rule card")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.BASIS_REBASE, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        line = work.case.law.line(change, n)
        if line is None:
            fix = "use an entry listed in law_changes of the case"
            asked.wrong("change", change, f"does not touch exchange {n} of this case", fix)
        asked.done()
        assert line is not None
        if work.case.law.rebasing(change, n) is not None:
            raise ChangeDecided(
                f"Exchange {n}: kept or re-based before. Choose another basis on the rule card."
            )
        work.refuse_if_moved(seen)
        if keeps:
            told = {"exchange": n, "change": change, "reason": reason}
            work.append(Draft("basis.kept", told, seen=seen))
            return done(work, exchange=n, kept=True, clocks=clocks_json(work.case, exchange, own=True))
        armed = _change(service, work, exchange, line, provisions, zone, reason, change, seen)
        return done(
            work,
            exchange=n,
            kept=False,
            no_clock_because=armed.no_clock_because,
            clocks=clocks_json(work.case, work.case.exchange(n), own=True),
        )


def _change(
    service: Service,
    work: Work,
    exchange: Exchange,
    line: Mapping[str, Any],
    provisions: tuple[str, ...],
    zone: str | None,
    reason: str,
    change: str,
    seen: int | None,
) -> Armed:
    basis, at = provisions or bases_of(exchange), from_text(line["at"])
    old = [c.id for c in work.case.clocks if _is_superseded(c, exchange, basis, line["provisions"])]
    told = {
        "exchange": exchange.n,
        "change": change,
        "provisions": list(basis),
        "at": line["at"],
        "superseded": old,
        "reason": reason,
    }
    work.append(Draft("basis.changed", told, seen=seen))
    standing = {
        c.terms.get("provision")
        for c in work.case.clocks
        if c.exchange == exchange.n and c.superseded_seq is None
    }
    judged = replace(exchange, bases=basis)
    owed = _still_open(work.case, judged)
    rows = arming.rule_card(service, work, judged, zone=zone, at=at).under(
        p for p in basis if p not in standing
    )
    armed = arming.arm_rows(service, work, owed, [r for r in rows if _asks_something(r, owed, exchange)])
    arming.start_what_happened(work, exchange)
    return armed


def _is_superseded(clock: Clock, exchange: Exchange, basis: tuple[str, ...], touched: list[str]) -> bool:
    """Clocks of provisions that the change touches, or that are no basis any more."""
    if clock.exchange != exchange.n or clock.kind not in _BY_PROVISION or clock.superseded_seq is not None:
        return False
    provision = clock.terms.get("provision")
    return provision is not None and (provision in touched or provision not in basis)


def _asks_something(row: CardRow, owed: Exchange, exchange: Exchange) -> bool:
    """Whether the provision covers something that is still to be answered."""
    return not exchange.items or any(i.measure in row.measures for i in owed.items)


def _still_open(record: CaseRecord, exchange: Exchange) -> Exchange:
    """The exchange with what nobody has answered yet: an answer settled before needs no new clock."""
    items = tuple(i for i in exchange.items if value_of(exchange, i) in NOT_FINAL)
    return replace(exchange, items=items)
