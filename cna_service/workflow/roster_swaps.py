"""Swaps: an officer asks another to take a watch of his, and perhaps to give one for it. Only an acceptance moves it.

The request keeps the watches as they were when it was made. A watch that has moved or changed hands since is no longer
what was agreed on: the acceptance is refused and says what it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.limits import refuse_beyond, still_to_come
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Rosters, shifts
from cna_service.duty.state import Swap, Turn
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DUTY, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster import FARTHEST, absent_at, unknown
from cna_service.workflow.roster_checks import note_findings
from cna_service.workflow.roster_notices import tell_of_swap
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class SwapNotFound(NotFound):
    code = "swap-not-found"
    title = "There is no such swap, or it is settled"


class SwapMoved(Conflict):
    code = "swap-moved"
    title = "The watch is no longer what the swap was about"


def ask_swap(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Ask: ``{officer?, other, given: {post, from, to}, wanted?: {post, from, to}, reason?}``.

    ``officer`` (default oneself; somebody else for who may change rosters) gives his watch, or a part of it, to
    ``other``, and takes ``wanted`` of him. Raises Invalid, SwapMoved, NotPermitted, TooMany.
    """
    asked = Asked(body)
    officer = asked.text("officer", longest=64) or actor.id
    other, reason = asked.needed("other", longest=64), asked.text("reason", longest=500)
    given = _turn(asked.part("given", required=True), officer)
    wanted = _turn(asked.part("wanted"), other) if body.get("wanted") else None
    if other and other == officer:
        asked.wrong("other", other, "is the same officer", "name whom you ask")
    action = Action.DUTY_ASK if officer == actor.id else Action.DUTY_CHANGE
    with service.write(actor, action, DUTY, key=key) as work:
        for name, pointer in ((officer, "/officer"), (other, "/other")):
            asked.problems.extend(unknown(work, name, pointer) if name else ())
        for pointer, turn in (("given", given), ("wanted", wanted)):
            if turn is not None and turn.starts_at > work.now + FARTHEST:
                asked.wrong(pointer, None, "is more than two years ahead", "write an earlier instant")
        asked.done()
        assert given is not None
        swap = Swap(uuid7(work.now), given, other, wanted, work.now, actor.id)
        _refuse_if_moved(rosters_in(work), swap, work.now)
        refuse_beyond("swaps waiting", still_to_come(work.of(ROSTERS), work.now)["swaps waiting"])
        told = {"swap": swap.id, "officer": officer, "other": other, "given": _told(given), "by": actor.id}
        work.append(
            Draft(
                "swap.asked", {**told, "wanted": None if wanted is None else _told(wanted), "reason": reason}
            )
        )
        tell_of_swap(service, work, swap, "asked")
        return done(work, swap=swap.id)


def accept_swap(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """The other officer, or the supervisor, accepts: the watches change hands. ``{swap}``.

    Raises Invalid, SwapNotFound, SwapMoved, NotPermitted.
    """
    asked = Asked(body)
    name = asked.needed("swap", longest=64)
    asked.done()
    with service.write(actor, Action.DUTY_ASK, DUTY, key=key) as work:
        swap = _waiting(work, name)
        _require_side(actor, swap.other)
        _refuse_if_moved(rosters_in(work), swap, work.now)
        work.append(Draft("swap.accepted", {"swap": swap.id, "by": actor.id}))
        tell_of_swap(service, work, swap, "accepted")
        note_findings(service, work)
        return done(work, swap=swap.id)


def decline_swap(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """The other officer, or the supervisor: ``{swap, reason?}``. Raises Invalid, SwapNotFound, NotPermitted."""
    return _settle(service, actor, body, "declined", key)


def withdraw_swap(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Who asked takes it back: ``{swap, reason?}``. Raises Invalid, SwapNotFound, NotPermitted."""
    return _settle(service, actor, body, "withdrawn", key)


def _settle(service: Service, actor: Actor, body: Mapping[str, Any], how: str, key: Key | None) -> Reply:
    asked = Asked(body)
    name, reason = asked.needed("swap", longest=64), asked.text("reason", longest=500)
    asked.done()
    with service.write(actor, Action.DUTY_ASK, DUTY, key=key) as work:
        swap = _waiting(work, name)
        _require_side(actor, swap.other if how == "declined" else swap.given.officer)
        work.append(Draft(f"swap.{how}", {"swap": swap.id, "by": actor.id, "reason": reason}))
        tell_of_swap(service, work, swap, how)
        return done(work, swap=swap.id)


def moved(rosters: Rosters, swap: Swap, now: datetime) -> str | None:
    """Why a swap that was asked for cannot be accepted any more; None while it can."""
    if swap.starts_at <= now:
        return f"A watch of it began {date_time_group(swap.starts_at)}."
    for turn in swap.turns:
        having = [
            s
            for s in shifts(rosters, turn.starts_at, turn.ends_at)
            if s.post == turn.post and s.officer != turn.officer
        ]
        if having:
            who = having[0].officer or "nobody"
            post = turn.post.replace("_", " ")
            return (
                f"From {date_time_group(having[0].starts_at)} the {post} is {who}, no longer {turn.officer}."
            )
    for turn in swap.turns:
        taker = swap.other if turn is swap.given else swap.given.officer
        if absent_at(rosters, taker, turn.starts_at, turn.ends_at) is not None:
            return f"{taker} is noted absent then."
    return None


def _refuse_if_moved(rosters: Rosters, swap: Swap, now: datetime) -> None:
    """Raises SwapMoved."""
    why = moved(rosters, swap, now)
    if why is not None:
        raise SwapMoved(f"{why} Nothing was changed; ask anew.")


def _waiting(work: Work, name: str) -> Swap:
    """Raises SwapNotFound."""
    swap = work.of(ROSTERS).swaps.get(name)
    if swap is None:
        raise SwapNotFound("No swap has this identifier.")
    if swap.state != "asked":
        raise SwapNotFound(f"It was {swap.state}.")
    return swap


def _require_side(actor: Actor, officer: str) -> None:
    """His own word, or that of who may change rosters. Raises NotPermitted."""
    if actor.id != officer:
        require(actor, Action.DUTY_CHANGE)


def _turn(asked: Asked, officer: str) -> Turn | None:
    post = asked.word("post", POSTS)
    starts_at, ends_at = asked.instant("from", required=True), asked.instant("to", required=True)
    if starts_at is None or ends_at is None:
        return None
    if not starts_at < ends_at or (ends_at - starts_at).days > 60:
        asked.wrong(
            "to", to_text(ends_at), "is not within sixty days after the beginning", "write a later instant"
        )
        return None
    return Turn(post, officer, starts_at, ends_at)


def _told(turn: Turn) -> dict[str, str]:
    return {"post": turn.post, "from": to_text(turn.starts_at), "to": to_text(turn.ends_at)}
