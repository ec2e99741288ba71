"""What keeps a case open, each under a code, so that whoever waives it names what he waives. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cna_service.cases import afterwards
from cna_service.cases.clocks import LIMITATION_NOTICE, WRITTEN_CONFIRMATION
from cna_service.cases.conflicts import conflicts
from cna_service.cases.grants import HELD, grants
from cna_service.cases.record import CaseRecord
from cna_service.workflow.owed import keeps_open

_WRITING = {
    WRITTEN_CONFIRMATION: "the written confirmation of an oral answer is outstanding",
    LIMITATION_NOTICE: "a notice of limitation is outstanding",
}


def owed_items(record: CaseRecord) -> tuple[tuple[str, str], ...]:
    """(code, words): running clocks, lapses without a recorded effect, items without an answer, writing outstanding,
    reports that contradict each other, what is owed after an act at sea, and persons asked who have not spoken."""
    return (
        *_clocks(record),
        *_exchanges(record),
        *_writing(record),
        *_call_backs(record),
        *_held(record),
        *_conflicts(record),
        *afterwards.owed(record),
        *keeps_open(record),
    )


def _clocks(record: CaseRecord) -> Iterator[tuple[str, str]]:
    for clock in record.clocks:
        if clock.is_running and clock.kind != "own":
            yield f"clock:{clock.id}", f"a {clock.kind} clock of exchange {clock.exchange} runs"
    for clock in record.clocks:
        ran_out = clock.lapsed_at is not None and clock.lapse is None and clock.stopped_at is None
        if clock.kind == "legal" and ran_out:
            words = f"clock of exchange {clock.exchange} ran out; effect not recorded by anyone"
            yield f"lapse:{clock.id}", words


def _exchanges(record: CaseRecord) -> Iterator[tuple[str, str]]:
    for exchange in record.exchanges:
        is_open = exchange.kind == "request" and not exchange.answers and exchange.withdrawn_seq is None
        if exchange.is_inbound and is_open:
            yield f"exchange:{exchange.n}", f"exchange {exchange.n} asked us and has no answer"


def _writing(record: CaseRecord) -> Iterator[tuple[str, str]]:
    for clock in record.clocks:
        stops = clock.terms.get("stops_by", {})
        words = _WRITING.get(str(stops.get("event")))
        if words is not None and clock.stopped_at is None:
            where = f"{clock.exchange}.{stops['answer']}" if stops.get("answer") else str(clock.exchange)
            yield f"{stops['event']}:{where}", f"exchange {clock.exchange}: {words}"


def _call_backs(record: CaseRecord) -> Iterator[tuple[str, str]]:
    if record.call_backs:
        by = str(record.call_backs[-1].get("call_back_by", ""))[11:16]
        yield "call_back", f"a caller was not taken and waits for our call, promised by {by}Z"


def _held(record: CaseRecord) -> Iterator[tuple[str, str]]:
    """Nobody has read the writing that differs from the word (desk-rules 6.4)."""
    for grant in grants(record):
        if grant.state == HELD:
            words = (
                f"exchange {grant.exchange}: {grant.measure} of vessel {grant.vessel} is held: {grant.why}"
            )
            yield f"held:{grant.exchange}.{grant.vessel}.{grant.measure}", words.replace("_", " ")


def _conflicts(record: CaseRecord) -> Iterator[tuple[str, str]]:
    for each in conflicts(record):
        if each.is_open:
            words = f"reports on {each.field} of vessel {each.vessel} contradict each other; nobody reconciled them"
            yield f"conflict:{each.vessel}.{each.field}", words.replace("_", " ")
