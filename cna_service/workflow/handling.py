"""The sentence that stands above a limit which the other side states, or which a provision not verified by us gives."""

from __future__ import annotations

from datetime import timedelta

from cna_service.cases.record import CaseRecord, Clock


def handling_words(record: CaseRecord, clock: Clock) -> str | None:
    """How a claimed limit is handled, as it is due now; None for every other clock.

    It is treated as true where silence would count against us, and never confirmed to them (desk-rules 1.1). The
    sentence is for our officers: nobody else is shown it.
    """
    if clock.kind != "claimed":
        return None
    exchange = None if clock.exchange is None else record.exchange(clock.exchange)
    if clock.due_at is None:
        return None
    due, provision = f"{clock.due_at:%H:%M}Z", clock.terms.get("provision")
    if exchange is None or not exchange.is_inbound:
        return f"Not verified by us: do not rely on it that anything follows at {due}."
    if provision:
        told = f"{clock.terms.get('agreement_title')}, {clock.terms.get('article')}, gives this limit"
        return f"{told}; not verified by us; handle as due {due}, do not confirm the limit to them."
    stated = (clock.terms.get("silence") or {}).get("stated")
    means = f" and that {stated}" if stated else ""
    length = "" if clock.starts_at is None else _length(clock.due_at - clock.starts_at)
    who = (
        str(clock.stated_by) if clock.stated_by else "The caller" if exchange.form == "oral" else "The sender"
    )
    return f"{who} states {length}{means}; not verified by us; handle as due {due}, do not confirm the limit to him."


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{left} min"
    return f"{hours} h {left} min" if left else f"{hours} h"
