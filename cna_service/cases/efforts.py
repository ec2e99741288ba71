"""Efforts made to obtain consent: every ask, message and try of one exchange as a list (desk-rules 5.5; UNSCR 2292).

Pure: from the record alone, in the order recorded, each line naming its entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.record import CaseRecord, Exchange
from cna_service.kit.instants import date_time_group, from_optional, to_text
from cna_service.kit.told import ToldInstant

OUTCOMES: Mapping[str, str] = {
    "no_answer": "no answer",
    "wrong_number": "wrong number",
    "line_dead": "line dead",
    "spoke_to": "spoke to",
    "told_to_wait": "told to wait",
}


@dataclass(frozen=True, slots=True)
class Effort:
    """One line. ``at``: when it happened as far as it is exact, else when it was recorded; ``seq``: its entry."""

    at: datetime
    seq: int
    text: str

    def as_json(self) -> dict[str, object]:
        return {"at": to_text(self.at), "seq": self.seq, "text": self.text}


def efforts(record: CaseRecord, exchange: Exchange) -> tuple[Effort, ...]:
    """What this desk did to reach the other side about one exchange, by time; the newest entry last of one instant."""
    return tuple(sorted(_all(record, exchange), key=lambda each: (each.at, each.seq)))


def effort_lines(record: CaseRecord, exchange: Exchange) -> tuple[str, ...]:
    """The list as it prints, a heading first."""
    found = efforts(record, exchange)
    who = exchange.authority_name or f"State {exchange.state}"
    heads = (f"Efforts made to obtain consent: {record.ref}, exchange {exchange.n}, {who}",)
    return (*heads, *(f"{date_time_group(e.at)}  {e.text}  [entry {e.seq}]" for e in found))


def _all(record: CaseRecord, exchange: Exchange) -> Iterator[Effort]:
    who = exchange.authority_name or f"State {exchange.state}"
    if not exchange.is_inbound:
        asked = (
            ", ".join(dict.fromkeys(i.measure.replace("_", " ") for i in exchange.items)) or "nothing named"
        )
        yield Effort(exchange.at, exchange.seq, f"asked {who} by {_plain(exchange.channel)}: {asked}")
    for told in record.communications:
        if told.get("exchange") == exchange.n and told.get("direction") == "out":
            yield Effort(told["recorded_at"], told["seq"], _message(told))
    for told in exchange.questions:
        if told.get("direction") == "out":
            yield Effort(told["recorded_at"], told["seq"], f"put a question to {who}")
    for told in record.dealings.tries:
        if told.get("exchange") == exchange.n:
            yield Effort(_when(told), told["seq"], _try(told))


def _message(told: Mapping[str, Any]) -> str:
    theirs = told.get("theirs") or {}
    to = told.get("number") or theirs.get("email") or theirs.get("office") or theirs.get("name")
    return f"{_plain(told.get('channel'))} to {to}" if to else f"{_plain(told.get('channel'))} sent"


def _try(told: Mapping[str, Any]) -> str:
    outcome = str(told.get("outcome"))
    words = OUTCOMES.get(outcome, _plain(outcome))
    if outcome == "spoke_to":
        words = f"spoke to {told.get('spoke_to') or 'somebody not named'}"
    elif told.get("spoke_to"):
        words = f"{words} ({told['spoke_to']})"
    until = from_optional(told.get("wait_until"))
    waits = f" until {date_time_group(until)}" if until is not None else ""
    row = told.get("directory") or {}
    listed = "" if row else ", not a number of the directory"
    unsure = f", {_STATE[row['state']]}" if row.get("state") in _STATE else ""
    by = str((told.get("actor") or {}).get("name") or "")
    return f"{_plain(told.get('kind'))} {told.get('number')}{listed}{unsure}: {words}{waits}; tried by {by}"


_STATE = {"unverified": "number not verified by us", "stale": "number not verified for a year"}


def _when(told: Mapping[str, Any]) -> datetime:
    happened = told.get("happened_at")
    exact = happened.exact if isinstance(happened, ToldInstant) else None
    at: datetime = exact or told["recorded_at"]
    return at


def _plain(told: object) -> str:
    return str(told or "telephone").replace("_", " ")
