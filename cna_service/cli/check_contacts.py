"""``cna check``: who is on the roster and could sleep through a summons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cna_service.cli.remarks import Remark, remark, well
from cna_service.duty.rules import Rosters, watches
from cna_service.identity.officers import Officer, Officers

ENOUGH = 2


def contacts(rosters: Rosters, officers: Officers, now: datetime, days: int) -> Iterator[Remark]:
    """Everybody rostered in so many days without two verified contacts that wake, or with none known to ring at
    night (desk-rules 3.6)."""
    ahead = watches(rosters, now, now + timedelta(days=days))
    rostered = sorted({o for w in ahead for o in w.posts.values() if o is not None})
    found = [o for name in rostered if (o := officers.get(name)) is not None and o.is_enabled]
    remarks = [r for officer in found for r in _of_one(officer, now)]
    yield from remarks
    if found and not remarks:
        yield well(
            "contacts", f"all {len(found)} on the roster have two verified contacts that ring at night"
        )


def _of_one(officer: Officer, now: datetime) -> Iterator[Remark]:
    book = officer.book
    if book.verified < ENOUGH:
        has = "one verified contact" if book.verified else "no verified contact"
        words = f"{officer.id} has {has} that can wake him: two are wanted."
        yield remark("contacts", f"{words} Page My contacts.")
    if all(c.is_daytime_only(now) for c in book.waking):
        words = f"nothing of {officer.id} is known to ring at night: he tests it at night, page My contacts."
        yield remark("contacts", words)
    for contact in book.waking:
        if contact.flag is not None:
            words = f"{officer.id}: {contact.id} is refused ({contact.flag.why}) and used last."
            yield remark("contacts", words)
