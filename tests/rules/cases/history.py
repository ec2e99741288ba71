"""Entries of one case, made by hand, and folded."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from cna_service.cases.fold import apply, begin
from cna_service.cases.record import CaseRecord, Clock
from cna_service.kit import canonical
from cna_service.kit.instants import from_optional, from_text, to_text
from cna_service.kit.told import told_instant
from cna_service.ledger.disclosures import open_body
from cna_service.ledger.entry import Entry
from tests.corpus import kept

T0 = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
STREAM = "case:X-R4T7-HAX"
OFFICER = {"kind": "officer", "id": "duty-1", "name": "Lt. Reyes", "role": "duty_officer"}
SERVICE = {"kind": "service", "id": "desk"}
THEIRS = {"kind": "authority", "id": "mrcc-xb", "state": "XB"}

TERMS: dict[str, Any] = {
    "kind": "legal",
    "provision": "coe-7",
    "silence": {"code": "no_authority", "words": "no authority", "effect": "none"},
    "neither": {"code": "as_answer"},
    "stops_by": {"form": "either", "needs": "each_measure", "also": []},
    "decision_lead_s": 2700,
}


class History:
    """``now`` goes one second forward with each entry unless it is set."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now = T0

    def add(
        self,
        entry_type: str,
        actor: Mapping[str, Any] = OFFICER,
        /,
        *,
        after: timedelta | None = None,
        **body: Any,
    ) -> Entry:
        self.now += timedelta(seconds=1) if after is None else after
        n = len(self.entries) + 1
        told = {k: v for k, v in body.items() if k != "basis"}
        made = Entry(
            STREAM,
            n,
            f"id-{n}",
            entry_type,
            1,
            self.now,
            actor,
            told,
            leaf=f"leaf-{n}",
            basis=body.get("basis"),
        )
        self.entries.append(made)
        return made

    @property
    def record(self) -> CaseRecord:
        return fold(self.entries)

    def exchange(self, *measures: str, direction: str = "inbound", vessels: int = 1, **more: Any) -> None:
        items = [{"vessel": v, "measure": m} for v in range(1, vessels + 1) for m in measures]
        body = {
            "exchange": len(self.record.exchanges) + 1,
            "direction": direction,
            "state": "XB",
            "authority": {"id": "mrcc-xb", "name": "MRCC"},
            "items": items,
            "form": "written",
            "channel": "api",
            "at": to_text(self.now),
        }
        self.add("exchange.opened", THEIRS if direction == "inbound" else OFFICER, **{**body, **more})

    def clock(
        self, *measures: str, hours: float = 4, kind: str = "legal", exchange: int = 1, **terms: Any
    ) -> str:
        name = f"clock-{len(self.record.clocks) + 1}"
        starts = self.now
        self.add(
            "clock.armed",
            SERVICE,
            clock=name,
            kind=kind,
            exchange=exchange,
            items=[{"vessel": 1, "measure": m} for m in measures],
            terms={**TERMS, "kind": kind, **terms},
            starts_at=to_text(starts),
            due_at=to_text(starts + timedelta(hours=hours)),
        )
        return name

    def answer(
        self,
        *,
        ours: bool = True,
        form: str = "written",
        exchange: int = 1,
        late: bool = False,
        **values: Any,
    ) -> int:
        """``values``: measure → value, or (value, conditions)."""
        items = []
        for measure, value in values.items():
            coded, conditions = value if isinstance(value, tuple) else (value, None)
            item = {"vessel": 1, "measure": measure, "value": coded}
            items.append(item if conditions is None else {**item, "conditions": conditions})
        found = self.record.exchange(exchange)
        n = len(found.answers) + 1 if found else 1
        self.add(
            "answer.given",
            OFFICER if ours else THEIRS,
            exchange=exchange,
            answer=n,
            ours=ours,
            items=items,
            form=form,
            as_of=to_text(self.now),
            by={"name": "Somebody"},
            late=late,
        )
        return n

    def convey(self, answer: int, *, form: str = "written", complete: bool = True, exchange: int = 1) -> None:
        self.add(
            "answer.conveyed",
            exchange=exchange,
            answer=answer,
            conveyance=1,
            form=form,
            channel="phone" if form == "oral" else "mail",
            complete=complete,
            state="" if form == "oral" else "queued",
        )

    def the_clock(self, name: str = "clock-1") -> Clock:
        found = self.record.clock(name)
        assert found is not None
        return found


def fold(entries: list[Entry]) -> CaseRecord:
    return reduce(apply, entries, begin(entries[0].stream if entries else STREAM))


def kept_histories() -> list[list[kept.Line]]:
    """Every case of the corpus, as stored."""
    return [kept.lines(folder / "cases" / f"{name}.jsonl") for folder, name in kept.kept_cases()]


def opened(lines: list[kept.Line], keep: random.Random | None = None, share: float = 0.5) -> list[Entry]:
    """The entries of a kept case with all of their private values, or with a random part of them erased."""
    entries = []
    for line in lines:
        raw = canonical.decode(line["body"].encode())
        there = line["disclosures"]
        if keep is not None:
            there = {path: text for path, text in there.items() if keep.random() < share}
        happened = raw.get("happened_at")
        entries.append(
            Entry(
                stream=raw["stream"],
                seq=raw["seq"],
                id=raw["id"],
                type=raw["type"],
                v=raw["v"],
                recorded_at=from_text(raw["recorded_at"]),
                actor=raw.get("actor", {}),
                body=open_body(raw["body"], raw.get("private", {}), there),
                leaf=line["leaf"],
                prev=raw.get("prev"),
                happened_at=None if happened is None else told_instant(happened),
                told_at=from_optional(raw.get("told_at")),
                basis=raw.get("basis"),
                seen=raw.get("seen"),
            )
        )
    return entries
