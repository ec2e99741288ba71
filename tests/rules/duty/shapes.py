"""Rosters as tests write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cna_service.duty.rules import Rosters, apply_duty, who_has_the_watch
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Entry

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = ("Europe/Lisbon", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


NEW_YEAR = utc(2026, 1, 1)


def rotation(kind: str = "weekly", *officers: str, post: str = "duty_officer", **more: Any) -> dict[str, Any]:
    hand_over = {"weekly": "MON 08:00", "monthly": "1 08:00"}.get(kind, "08:00")
    told = {"post": post, "officers": list(officers or ("a", "b")), "kind": kind, "hand_over": hand_over}
    return {**told, "from": "2026-01-05", **more}


def roster(*rotations: dict[str, Any], zone: str = "Europe/Lisbon", name: str = "desk", **more: Any) -> Draft:
    return Draft("roster.set", {"roster": name, "zone": zone, "rotations": list(rotations), **more}, v=2)


def span(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"from": to_text(starts_at), "to": to_text(ends_at)}


def override(officer: str, starts_at: datetime, ends_at: datetime, kind: str = "add", **more: Any) -> Draft:
    body = {
        "override": f"o-{kind}-{officer}-{starts_at}",
        "post": "duty_officer",
        "officer": officer,
        "kind": kind,
    }
    return Draft("roster.override_added", {**body, **span(starts_at, ends_at), **more}, v=2)


def absence(officer: str, starts_at: datetime, ends_at: datetime) -> Draft:
    return Draft("absence.noted", {"absence": f"a-{officer}", "officer": officer, **span(starts_at, ends_at)})


def told(*drafts: Draft, at: datetime = NEW_YEAR, state: Rosters | None = None) -> Rosters:
    folded = Rosters() if state is None else state
    for n, draft in enumerate(drafts, 1 if state is None else 100):
        entry = Entry("duty", n, f"e{n}", draft.type, draft.v, at, {"id": "boss"}, draft.body, "leaf")
        folded = apply_duty(folded, entry)
    return folded


def has(state: Rosters, at: datetime, post: str = "duty_officer") -> str | None:
    return who_has_the_watch(state, at).posts[post]
