"""How long it takes to fold a case of 1,000 entries, to show a board of 10,000 open cases, a rule card, the statistics.

In one process, without HTTP, on SQLite. Every figure stands beside a baseline run of this machine: 10,000 rounds of
SHA-256 over a kilobyte with a small JSON document read and written, so that figures of two machines can be compared.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cna_service.cases import fold as case_fold
from cna_service.identity.permissions import Action
from cna_service.kit.ids import new_reference, uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.ledger.folds import Folds
from cna_service.workflow import statistics, views
from cna_service.workflow.asked import Asked
from cna_service.workflow.card_views import rule_cards
from cna_service.workflow.projections import (
    CASE,
    DESK,
    OFFICERS,
    PROJECTIONS,
    TYPES,
)
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work
from tests.bench import _stand as stand
from tests.workflow.station import T0, HandClock, a_service, fresh_sqlite

ENTRIES, CASES = 1_000, 10_000
AIMS = {"fold_p95_ms": 20.0, "board_p95_ms": 150.0, "rule_card_p95_ms": 20.0}
BATCH = 250


def worked() -> float:
    """Seconds of processor time of this thread: what a busy machine does not disturb."""
    used = resource.getrusage(resource.RUSAGE_THREAD)
    return used.ru_utime + used.ru_stime


def timed(act: Callable[[], object], times: int) -> dict[str, Any]:
    """Percentiles in milliseconds, by the clock on the wall and (``cpu``) by the processor."""
    passed, used = [], []
    for _ in range(times):
        began, before = stand.CLOCK.monotonic(), worked()
        act()
        passed.append(stand.CLOCK.monotonic() - began)
        used.append(worked() - before)
    return {**stand.percentiles(passed), "cpu": stand.percentiles(used)}


def baseline() -> None:
    told = {"measure": "board", "value": "granted", "vessel": 1, "words": "x" * 200}
    block = b"x" * 1024
    for _ in range(10_000):
        hashlib.sha256(block).hexdigest()
        json.loads(json.dumps(told))


def officer(service: Service) -> Any:
    with service.read() as reader:
        return reader.stream(DESK).of(OFFICERS).find("duty-1").actor(service.clock.now())


def opened(work: Work, vessel: str, *, due_in: float | None) -> None:
    """A case with one request as it stands on a board: an exchange, a clock, a name."""
    work.append(Draft("case.opened", {"exercise": True, "channel": "phone", "vessels": 1}))
    work.append(Draft("identifier.recorded", {"vessel": 1, "field": "name", "value": vessel, "how": "spelt"}))
    ask = {"exchange": 1, "direction": "inbound", "kind": "request", "state": "XB", "form": "written"}
    items = [{"vessel": 1, "measure": m} for m in ("confirm_registry", "board", "search")]
    ask |= {"authority": {"id": "mrcc-xb", "name": "MRCC XB"}, "channel": "api", "items": items}
    work.append(Draft("exchange.opened", {**ask, "at": to_text(work.now), "standing": "unverified"}))
    if due_in is not None:
        due = work.now + timedelta(minutes=due_in)
        clock = {"clock": uuid7(work.now), "kind": "legal", "exchange": 1, "items": items, "terms": TERMS}
        work.append(Draft("clock.armed", {**clock, "starts_at": to_text(work.now), "due_at": to_text(due)}))


TERMS = {
    "kind": "legal",
    "agreement": "cets156",
    "agreement_title": "CETS 156",
    "provision": "coe-7",
    "article": "7",
    "limit": {"iso": "PT4H"},
    "silence": {"code": "no_authority", "words": "nothing follows", "scope": [], "effect": "none"},
    "neither": {"code": "answer", "words": ""},
    "stops_by": {"form": "either", "needs": "each_measure"},
    "decision_lead_s": 2700,
}


def many_entries(work: Work, n: int) -> None:
    """What a long case is made of, in turn: what is said, seen, asked, answered, noted."""
    kinds: tuple[Callable[[int], Draft], ...] = (
        lambda i: Draft("note.added", {"words": f"note {i}"}),
        lambda i: Draft("question.asked", {"exchange": 1, "direction": "in", "words": f"question {i}?"}),
        lambda i: Draft("position.reported", {"vessel": 1, "told": {"text": f"14°03.{i}'N 074°22.1'W"}}),
        lambda i: Draft("claim.made", {"vessel": 1, "state": "XA", "words": f"claim {i}", "by": "master"}),
        lambda i: Draft(
            "communication.logged",
            {"communication": uuid7(work.now), "direction": "in", "channel": "radio", "text": f"call {i}"},
        ),
        lambda i: Draft(
            "answer.given",
            {
                "exchange": 1,
                "answer": 1 + i // 6,
                "ours": True,
                "form": "written",
                "by": {"name": "A"},
                "as_of": to_text(work.now),
                "items": [{"vessel": 1, "measure": "board", "value": "more_information"}],
            },
        ),
    )
    for i in range(n):
        work.append(kinds[i % len(kinds)](i))


@contextmanager
def a_desk() -> Iterator[Service]:
    with (
        tempfile.TemporaryDirectory(prefix="cna-bench-") as folder,
        a_service(fresh_sqlite(Path(folder)), HandClock(T0)) as service,
    ):
        yield service


def fill(service: Service, cases: int) -> None:
    """As many open cases as asked for: two in three with a clock, no two names alike."""
    actor, draw = officer(service), random.Random(1)
    for first in range(0, cases, BATCH):
        with service.write(actor, Action.CASE_OPEN) as work:
            for n in range(first, min(cases, first + BATCH)):
                work.begin_case(lambda: new_reference(prefix="X-"))
                due_in = draw.uniform(30, 3000) if n % 3 else None
                opened(work, f"VESSEL {n:05d}", due_in=due_in)


def fold_of(service: Service, times: int) -> dict[str, Any]:
    with service.write(officer(service), Action.CASE_OPEN) as work:
        work.begin_case(lambda: new_reference(prefix="X-"))
        opened(work, "LONG CASE", due_in=600)
        many_entries(work, ENTRIES - len(work.appended))
        stream = work.stream
    with service.database.read() as connection:
        entries = store.read_entries(connection, service.desk.log_origin, stream).entries
        assert len(entries) == ENTRIES

        def fold() -> None:
            record = case_fold.begin(stream)
            for entry in entries:
                record = case_fold.apply(record, entry)

        def read_and_fold() -> None:
            Folds(service.desk.log_origin, TYPES, PROJECTIONS).current(connection, stream).of(CASE)

        return {
            "entries": ENTRIES,
            "fold": timed(fold, times),
            "read_and_fold": timed(read_and_fold, max(5, times // 10)),
        }


def board_of(service: Service, cases: int, times: int) -> dict[str, Any]:
    after: list[str | None] = [None]

    def next_page() -> None:
        after[0] = views.board(service, after=after[0]).next

    return {
        "open_cases": cases,
        "first_look": timed(lambda: views.board(service), 1),
        "first_page": timed(lambda: views.board(service), times),
        "page_after_page": timed(next_page, times),
    }


def card_of(service: Service, times: int) -> dict[str, Any]:
    pairs = itertools.cycle((("XB", "XA"), ("XA", "XP"), ("XQ", "XA"), ("XA", "XG")))

    def card() -> None:
        requesting, requested = next(pairs)
        told = {"requesting": requesting, "requested": requested, "offences": ["narcotics"]}
        rule_cards(service, Asked(told))

    return {"card": timed(card, times)}


def statistics_of(service: Service, times: int) -> dict[str, Any]:
    actor = officer(service)

    def count() -> None:
        statistics.as_json(statistics.statistics(service, actor, Asked({})))

    service.folds.forget()
    return {"first": timed(count, 1), "again": timed(count, times)}


def measure(cases: int, times: int) -> dict[str, Any]:
    found: dict[str, Any] = {"baseline": timed(baseline, 9)}
    with a_desk() as service:
        found["fold"] = fold_of(service, times)
        found["rule_card"] = card_of(service, times)
        fill(service, cases)
        found["board"] = board_of(service, cases, times)
        found["statistics"] = statistics_of(service, max(3, times // 40))
    return {**found, **_held_against_aims(found)}


def _held_against_aims(found: dict[str, Any]) -> dict[str, Any]:
    measured = {
        "fold_p95_ms": found["fold"]["fold"],
        "board_p95_ms": found["board"]["first_page"],
        "rule_card_p95_ms": found["rule_card"]["card"],
    }
    base = found["baseline"]
    return {
        "aims_ms": AIMS,
        "met": {name: measured[name]["p95"] <= aim for name, aim in AIMS.items()},
        "met_by_the_processor": {name: measured[name]["cpu"]["p95"] <= aim for name, aim in AIMS.items()},
        "ratio_to_baseline": {
            name: round(each["cpu"]["p50"] / base["cpu"]["p50"], 3) for name, each in measured.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--cases", type=int, default=CASES, help="how many open cases stand on the board")
    parser.add_argument("--times", type=int, default=120, help="how often each thing is measured")
    asked = parser.parse_args()
    stand.report({"bench": "fold", **measure(asked.cases, asked.times)}, as_json=asked.json)


if __name__ == "__main__":
    main()
