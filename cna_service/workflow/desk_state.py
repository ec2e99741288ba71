"""What the desk, registry and log streams say about the desk itself: how it was born, registers, verifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cna_service.ledger.entry import Entry, EntryType

DESK_TYPES: tuple[EntryType, ...] = (
    EntryType("desk.born", "the first entry: whose desk, real or exercise, for ever (desk-rules 15.1)"),
    EntryType("policy.adopted", "a policy file came into force, bound to its hash"),
    EntryType("key.added", "a signing key came into use"),
    EntryType("key.retired", "a signing key is used no more"),
    EntryType("authority.token_issued", "a token was issued to an authority or a system"),
    EntryType("authority.token_revoked", "a token counts no more"),
    EntryType("clock.stepped", "the clock was wrong by so much"),
    EntryType("clock.judged", "a named person accepted or rejected what the clock says", ("/reason",)),
    EntryType("clock.confirmed", "second sources say what the clock says after its step; it is believed"),
    EntryType("register.imported", "a version of a register came into use", ("/rejects", "/file_sha256")),
    EntryType("zones.imported", "a map of zones at sea came into use"),
    EntryType("zones.retired", "a map of zones at sea counts no more", ("/reason",)),
    EntryType("log.verified", "the log was verified, by whom, with which result"),
    EntryType("log.heartbeat", "the log was alive"),
    EntryType("summonses.audited", "the auditor found summonses that had stuck, by code and stream"),
    EntryType("backup.made", "a backup was made and verified", ("/folder",)),
)


@dataclass(frozen=True, slots=True)
class DeskState:
    is_exercise: bool | None = None
    state: str = ""
    registers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    last_verified: Mapping[str, Any] | None = None
    last_backup_at: datetime | None = None
    summonses_stuck: int = 0
    """How many summonses the auditor has ever found stuck."""
    clock_steps: tuple[Mapping[str, Any], ...] = ()
    clock_held: timedelta = timedelta()
    """By how much the clock is ahead of what is believed of it; only a clock set back, or a person, ends that."""
    clock_judged: Mapping[str, Any] | None = None
    """The newest judgement of what is held, until the clock steps again."""


_SMALLEST = timedelta(seconds=2)


def held_after(held: timedelta, size: timedelta, *, is_believed: bool) -> timedelta:
    """What is not believed of the clock once it stepped: a step back takes off what was too much."""
    left = held + size if size < timedelta() or not is_believed else held
    return left if left > _SMALLEST else timedelta()


def apply_desk(state: DeskState, entry: Entry) -> DeskState:
    told = {**entry.body, "seq": entry.seq, "recorded_at": entry.recorded_at, "actor": entry.actor}
    if entry.type == "desk.born":
        return replace(state, is_exercise=entry.body["exercise"], state=entry.body["state"])
    if entry.type == "register.imported":
        return replace(state, registers={**dict(state.registers), entry.body["register"]: told})
    if entry.type == "log.verified":
        return replace(state, last_verified=told)
    if entry.type == "backup.made":
        return replace(state, last_backup_at=entry.recorded_at)
    if entry.type == "summonses.audited":
        return replace(state, summonses_stuck=state.summonses_stuck + entry.body["found"])
    if entry.type == "clock.stepped":
        size = timedelta(microseconds=entry.body["size_us"])
        held = held_after(state.clock_held, size, is_believed=entry.body["believed"])
        steps = (*state.clock_steps, told)
        return replace(state, clock_steps=steps, clock_held=held, clock_judged=None)
    if entry.type == "clock.confirmed":
        return replace(state, clock_held=timedelta(), clock_judged=None)
    if entry.type == "clock.judged":
        held = timedelta() if entry.body["verdict"] == "accepted" else state.clock_held
        return replace(state, clock_held=held, clock_judged=told)
    return state
