"""Whether somebody may decide, and whether a second officer is there when a two-person rule wants him."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.cli.shown import instant
from cna_service.duty.rules import Rosters, Watch, watches
from cna_service.identity.delegations import Delegation, Delegations
from cna_service.identity.officers import Officers
from cna_service.workflow.two_person import BEFORE, TwoPerson

_MOST = 5


def delegations(known: Delegations, officers: Officers, now: datetime) -> Iterator[Remark]:
    """desk-rules 6.1: without a delegation in force every answer of ours needs a reason, which is printed."""
    if not any(o.is_enabled for o in officers.all()):
        return
    in_force = known.in_force(now)
    if not in_force:
        words = "none is in force: every answer of this desk needs a reason, which is printed."
        yield remark(
            "delegations", f"{words} The supervisor or the legal adviser notes them: page Who decides."
        )
        return
    yield well("delegations", f"{len(in_force)} in force")
    if all(d.officer is None for d in in_force):
        yield remark("delegations", "none names a person: nobody can be called to decide.")
    for delegation in in_force:
        yield from _people(delegation, officers)
        if delegation.to_at is not None and delegation.to_at <= now + timedelta(days=14):
            yield remark("delegations", f"{delegation.id} ends {instant(delegation.to_at)}.")


def _people(delegation: Delegation, officers: Officers) -> Iterator[Remark]:
    for name in (delegation.officer, *delegation.deputies):
        officer = officers.get(name) if name else None
        if name and (officer is None or not officer.is_enabled):
            yield wrong(
                "delegations",
                f"{delegation.id} names {name}, whose account is disabled: end it, or enable him.",
            )


def second_officers(
    policy: TwoPerson, rosters: Rosters, officers: Officers, now: datetime, days: int
) -> Iterator[Remark]:
    """desk-rules 6.5: a rule that holds an act back meets hours at which the roster has one person."""
    before = [rule for rule in policy.rules if rule.when == BEFORE]
    enabled = [o for o in officers.all() if o.is_enabled]
    if not before or not enabled:
        return
    for rule in before:
        if not any(o.role in rule.by for o in enabled):
            who = " or ".join(role.replace("_", " ") for role in rule.by)
            words = f"rule {rule.id} wants a {who}, and no account is one: nothing can be approved."
            yield remark("two persons", words)
    if not rosters.versions and not rosters.overrides:
        return
    alone = [w for w in watches(rosters, now, now + timedelta(days=days)) if _is_alone(w, officers)]
    yield from _alone(alone, [rule.id for rule in before])


def _is_alone(watch: Watch, officers: Officers) -> bool:
    on_watch = {name for name in watch.posts.values() if name is not None}
    return len([n for n in on_watch if (o := officers.get(n)) is not None and o.is_enabled]) == 1


def _alone(alone: Sequence[Watch], rules: Sequence[str]) -> Iterator[Remark]:
    for watch in alone[:_MOST]:
        if watch.starts_at is None or watch.ends_at is None:
            continue
        hours = f"from {instant(watch.starts_at)} to {instant(watch.ends_at)} the roster has one person"
        yield remark(
            "two persons", f"{hours}: {', '.join(rules)} will wait for somebody who is not on watch."
        )
    if len(alone) > _MOST:
        yield remark("two persons", f"and {len(alone) - _MOST} more stretches with one person on the roster.")
