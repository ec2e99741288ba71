"""How the desk itself is, for its page: can it wake somebody, who watches it, what was tried last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.db import watchdog
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.workflow.heartbeats import Job, jobs
from cna_service.workflow.projections import DESK, DESK_STATE, OFFICERS, WATCHING
from cna_service.workflow.service import Service
from cna_service.workflow.status_watching import Engine, Given, words_of
from cna_service.workflow.waking import Waking
from cna_service.workflow.waking_facts import waking
from cna_service.workflow.watching_state import Watching


@dataclass(frozen=True, slots=True)
class NodeLine:
    """``duties``: in words, with the age of each at the node's last sign of life."""

    name: str
    build: str
    beat_at: datetime
    state: str
    duties: tuple[tuple[str, timedelta], ...]


@dataclass(frozen=True, slots=True)
class DutyLine:
    words: str
    age: timedelta
    is_late: bool
    failures: int


@dataclass(frozen=True, slots=True)
class WatchingView:
    """``second_sources``: by source, how far its clock is ahead of ours. ``rehearsed_by``: in words."""

    now: datetime
    waking: Waking
    signals: tuple[Given, ...]
    state: Watching
    rehearsed_by: str | None
    duties: tuple[DutyLine, ...]
    nodes: tuple[NodeLine, ...]
    jobs: tuple[Job, ...]
    clock: Mapping[str, Any]
    clock_held: timedelta
    second_sources: Mapping[str, timedelta]
    has_self_test: bool


def watching_view(service: Service, actor: Actor, engine: Engine) -> WatchingView:
    """Raises NotPermitted."""
    require(actor, Action.HEALTH_READ)
    judged = waking(service, engine.beats)
    with service.read() as reader:
        desk = reader.stream(DESK)
        state, officers = desk.of(WATCHING), desk.of(OFFICERS)
        held = desk.of(DESK_STATE).clock_held
        nodes = tuple(_node(row) for row in watchdog.nodes(reader.connection))
    by = None if state.rehearsal is None else officers.get(state.rehearsal.by)
    return WatchingView(
        now=service.machine.now(),
        waking=judged,
        signals=engine.seen.signals,
        state=state,
        rehearsed_by=None if state.rehearsal is None else (by.name if by else state.rehearsal.by),
        duties=_duties(engine),
        nodes=nodes,
        jobs=tuple(jobs(service)),
        clock=dict(service.clock_quality()),
        clock_held=held,
        second_sources=_differences(service),
        has_self_test=bool(service.desk.self_test.channels),
    )


def _node(row: watchdog.Node) -> NodeLine:
    state = "stopped" if row.stopped_at else "silent" if row.told_at else "running"
    duties = tuple((words_of(name), timedelta(seconds=age)) for name, age in sorted(row.duties.items()))
    return NodeLine(row.name, row.build, row.beat_at, state, duties)


def _duties(engine: Engine) -> tuple[DutyLine, ...]:
    beats = engine.beats
    late, failing = {each.duty: each.age for each in beats.late()}, beats.failing()
    known = {duty: timedelta(seconds=age) for duty in beats.duties if (age := beats.age(duty)) is not None}
    return tuple(
        DutyLine(words_of(duty), age, duty in late, failing.get(duty, 0))
        for duty, age in sorted((known | late).items())
    )


def _differences(service: Service) -> dict[str, timedelta]:
    now, monotonic = service.machine.now(), service.machine.monotonic()
    return {name: heard.now(monotonic) - now for name, heard in sorted(service.second_clock.said().items())}
