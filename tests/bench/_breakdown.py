"""Where the time of one submission goes: one thread, no HTTP, statements and commits timed one by one."""

from __future__ import annotations

import cProfile
import pstats
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from cna_service.db.idempotency import Key
from cna_service.identity.actors import authority_actor
from cna_service.kit.clock import SystemClock
from cna_service.workflow.callers import caller
from cna_service.workflow.receive import Arrival, receive
from tests.faults import rig
from tests.faults.rig import Place

WARM, TIMED = 50, 300
MOST_NAMED = 25


class Timed:
    """Seconds spent in statements and commits, and how many of each kind."""

    def __init__(self, engine: Any) -> None:
        self._clock = SystemClock()
        self._began = 0.0
        self.sql = 0.0
        self.commit = 0.0
        self.kinds: Counter[str] = Counter()
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            began = self._clock.monotonic()
            commit(connection)
            self.commit += self._clock.monotonic() - began

        engine.dialect.do_commit = do_commit

    def _before(self, *_: Any) -> None:
        self._began = self._clock.monotonic()

    def _after(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.sql += self._clock.monotonic() - self._began
        self.kinds[" ".join(statement.replace("\n", " ").split()[:3])] += 1


def breakdown(database_url: str | None = None) -> dict[str, Any]:
    """Milliseconds of one submission in the command itself, and what a profile says of the rest."""
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/desk.sqlite3"
        place = Place(f"{folder}/desk", url, "http://127.0.0.1:9", "http://127.0.0.1:9")
        token = rig.begin(place)
        running = rig.build(place)
        service, clock = running.service, SystemClock()
        actor = authority_actor(rig.AUTHORITY, state="XB", name="XB")

        def submit(n: int) -> None:
            assert receive(service, actor, _arrival(n), Key("authority:x", f"k{n}", "0" * 64)).status == 201

        _times(submit, range(WARM))
        timed = Timed(service.database.engine)
        began = clock.monotonic()
        _times(submit, range(WARM, WARM + TIMED))
        whole = clock.monotonic() - began
        began = clock.monotonic()
        _times(lambda _: caller(service, token), range(TIMED))
        who = clock.monotonic() - began
        found = {
            "command_ms": _each(whole),
            "of_it_statements_ms": _each(timed.sql),
            "of_it_commit_ms": _each(timed.commit),
            "of_it_python_ms": _each(whole - timed.sql - timed.commit),
            "who_calls_ms": _each(who),
            "statements": sum(timed.kinds.values()) // TIMED,
            "kinds": {kind: n // TIMED for kind, n in timed.kinds.most_common(40) if n >= TIMED},
            "dearest": _profiled(submit),
        }
        running.stop()
        return found


def _arrival(n: int) -> Arrival:
    return Arrival(rig.submission(n), "application/json")


def _times(act: Callable[[int], object], numbers: range) -> None:
    for n in numbers:
        act(n)


def _each(seconds: float) -> float:
    return round(seconds / TIMED * 1000, 3)


def _profiled(submit: Callable[[int], None]) -> list[dict[str, Any]]:
    """The functions of ours that cost most, with what they call, in milliseconds under the profiler."""
    profile = cProfile.Profile()
    profile.enable()
    _times(submit, range(1000, 1000 + TIMED))
    profile.disable()
    rows = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    ours = [
        {"function": f"{Path(file).stem}.{name}", "ms": _each(cumulative)}
        for (file, _, name), (_, _, _, cumulative, _) in rows
        if "cna_service" in file
    ]
    return sorted(ours, key=lambda each: -each["ms"])[:MOST_NAMED]
