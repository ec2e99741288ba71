"""Labels computed from the record for screens and exports, never stored (scenarios: the words in capitals)."""

from __future__ import annotations

from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange, Item

_REGISTRY = {
    "confirmed": "CONFIRMED",
    "refuted": "REFUTED",
    "neither": "NEITHER",
    "more_information": "MORE INFORMATION ASKED",
}


def latest(exchange: Exchange, item: Item) -> tuple[Answer, AnswerItem] | None:
    """The newest answer to one item, ours or theirs; earlier ones stay beside it."""
    for answer in reversed(exchange.answers):
        for given in answer.items:
            if (given.vessel, given.measure) == (item.vessel, item.measure):
                return answer, given
    return None


def value_of(exchange: Exchange, item: Item) -> str:
    """The coded value of an item now: ``unanswered`` where nobody answered it."""
    found = latest(exchange, item)
    return found[1].value if found else "unanswered"


def item_state(record: CaseRecord, exchange: Exchange, item: Item) -> str:
    """``lapsed`` for an unanswered item whose clock ran out; else its value."""
    value = value_of(exchange, item)
    if value != "unanswered":
        return value
    ran_out = any(
        c.lapsed_at is not None and item in c.items for c in record.clocks if c.exchange == exchange.n
    )
    return "lapsed" if ran_out else "unanswered"


def exchange_label(record: CaseRecord, exchange: Exchange) -> str:
    """One word for one exchange, the worst first."""
    if exchange.withdrawn_seq is not None:
        return "WITHDRAWN"
    measures = [i for i in exchange.items if i.measure != "confirm_registry"]
    registry = [i for i in exchange.items if i.measure == "confirm_registry"]
    asked = measures or registry
    states = [item_state(record, exchange, i) for i in asked]
    if not states:
        return "NOTHING ASKED"
    if all(s in ("unanswered", "lapsed") for s in states):
        if measures and registry:
            told = exchange_label_of_registry(record, exchange, registry)
            if told is not None:
                return f"{told}, MEASURES UNANSWERED"
        return "OVERDUE" if "lapsed" in states else "NO ANSWER"
    if not measures:
        return exchange_label_of_registry(record, exchange, registry) or "PARTLY ANSWERED"
    return _measures_label(record, exchange, measures, states)


def exchange_label_of_registry(record: CaseRecord, exchange: Exchange, items: list[Item]) -> str | None:
    values = {item_state(record, exchange, i) for i in items}
    earlier = {g.value for a in exchange.answers for g in a.items if g.measure == "confirm_registry"}
    if len(values) == 1 and (value := next(iter(values))) in _REGISTRY:
        return f"CHANGED TO {_REGISTRY[value]}" if len(items) == 1 and len(earlier) > 1 else _REGISTRY[value]
    return None


def _measures_label(record: CaseRecord, exchange: Exchange, items: list[Item], states: list[str]) -> str:
    if all(s == "denied" for s in states):
        late = any(_after_lapse(record, exchange, i) for i in items)
        return "REFUSED-AFTER-LIMIT" if late else "DENIED"
    if all(s == "flag_state_boards" for s in states):
        return "FLAG-STATE-BOARDS"
    granted = [s in ("granted", "granted_with_conditions") for s in states]
    if all(granted):
        waivers = all(i.measure.startswith("waive_jurisdiction") for i in items)
        if waivers:
            return "CLOSED-WAIVED" if record.is_closed else "WAIVED"
        words = "AUTHORIZED WITH CONDITIONS" if "granted_with_conditions" in states else "AUTHORIZED"
        found = [latest(exchange, i) for i in items]
        return f"{words}-ORAL" if all(f is not None and f[0].form == "oral" for f in found) else words
    return "PARTLY AUTHORIZED" if any(granted) else "PARTLY ANSWERED"


def _after_lapse(record: CaseRecord, exchange: Exchange, item: Item) -> bool:
    found = latest(exchange, item)
    lapsed = [
        c.lapsed_at
        for c in record.clocks
        if c.exchange == exchange.n and c.lapsed_at is not None and item in c.items
    ]
    return found is not None and any(at <= found[0].recorded_at for at in lapsed)


def case_label(record: CaseRecord) -> str:
    """The label of the newest exchange; a case without one says what it waits for."""
    if record.is_to_be_read:
        return "TO BE READ"
    if not record.exchanges:
        return "CLOSED" if record.is_closed else "OPEN"
    return exchange_label(record, record.exchanges[-1])
