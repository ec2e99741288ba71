"""Labels computed from the record for screens and exports, never stored (scenarios: the words in capitals)."""

from __future__ import annotations

from cna_service.cases.answer_states import confirmed_by, counts, latest, standing_of
from cna_service.cases.record import CaseRecord, Exchange, Item

__all__ = ("case_label", "exchange_label", "item_state", "latest", "value_of")

_OF_KIND = {
    ("notification", True): "NOTICE RECEIVED",
    ("notification", False): "NOTIFIED",
    ("objection", True): "OBJECTION RECEIVED",
    ("objection", False): "OBJECTED",
    ("distribution", False): "DISTRIBUTED",
}
"""Kinds to which no answer is owed (practice R19), by direction; inbound is True."""

_REGISTRY = {
    "confirmed": "CONFIRMED",
    "refuted": "REFUTED",
    "neither": "NEITHER",
    "more_information": "MORE INFORMATION ASKED",
}


def value_of(exchange: Exchange, item: Item) -> str:
    """The coded value of an item now: ``unanswered`` where nobody answered it."""
    found = latest(exchange, item)
    return found[1].value if found else "unanswered"


def item_state(record: CaseRecord, exchange: Exchange, item: Item) -> str:
    """``lapsed`` for an unanswered item whose clock ran out; held, not_counted, withdrawn or left_out where an answer
    does not stand; else its value."""
    value = value_of(exchange, item)
    if value != "unanswered":
        return standing_of(exchange, item) or value
    ran_out = any(
        c.lapsed_at is not None and c.superseded_seq is None and item in c.items
        for c in record.clocks
        if c.exchange == exchange.n
    )
    return "lapsed" if ran_out else "unanswered"


def exchange_label(record: CaseRecord, exchange: Exchange) -> str:
    """One word for one exchange, the worst first."""
    if exchange.withdrawn_seq is not None:
        return "WITHDRAWN"
    if (owed_nothing := _label_of_kind(record, exchange)) is not None:
        return owed_nothing
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


def _label_of_kind(record: CaseRecord, exchange: Exchange) -> str | None:
    """Of a notice or an objection nobody has answered, and whose limit, if one was stated, has not run out."""
    ran_out = any(
        c.exchange == exchange.n and c.lapsed_at is not None and c.kind != "own" for c in record.clocks
    )
    if exchange.answers or ran_out:
        return None
    return _OF_KIND.get((exchange.kind, exchange.is_inbound))


def exchange_label_of_registry(record: CaseRecord, exchange: Exchange, items: list[Item]) -> str | None:
    values = {item_state(record, exchange, i) for i in items}
    if len(values) == 1 and (value := next(iter(values))) in _REGISTRY:
        changed = any(_has_changed(exchange, i, value) for i in items)
        return f"CHANGED TO {_REGISTRY[value]}" if changed else _REGISTRY[value]
    return _NOT_STANDING.get(next(iter(values), "")) if len(values) == 1 else None


def _has_changed(exchange: Exchange, item: Item, value: str) -> bool:
    """Whether a listed authority, or we, answered this item otherwise before."""
    given = [
        g.value
        for a in exchange.answers
        for g in a.items
        if (g.vessel, g.measure) == (item.vessel, item.measure) and counts(a, g)
    ]
    return any(v != value for v in given)


_NOT_STANDING = {
    "held": "HELD: WORD AND WRITING DIFFER",
    "not_counted": "NOT COUNTED: OFFICE NOT LISTED",
    "withdrawn": "ANSWER TAKEN BACK",
    "left_out": "NOT AUTHORIZED IN WRITING",
}
"""Labels of answers that do not stand, in the order in which one of them is said of several items."""


def _measures_label(record: CaseRecord, exchange: Exchange, items: list[Item], states: list[str]) -> str:
    not_standing = next((words for code, words in _NOT_STANDING.items() if code in states), None)
    if "held" in states or (not_standing and all(s in _NOT_STANDING for s in states)):
        return str(not_standing)
    label = _label_of_values(record, exchange, items, states)
    refuted = [i for i in _registry_items(exchange) if value_of(exchange, i) == "refuted"]
    if not refuted or not label.startswith(("AUTHORIZED", "PARTLY AUTHORIZED")):
        return label
    # "Not our ship" after a grant (D10): both stand on record, and neither may hide the other.
    changed = any(_has_changed(exchange, i, "refuted") for i in refuted)
    return f"{label}, REGISTRY {'CHANGED TO ' if changed else ''}REFUTED"


def _registry_items(exchange: Exchange) -> list[Item]:
    told = {i.vessel for i in exchange.items} | {g.vessel for a in exchange.answers for g in a.items}
    return [Item(v, "confirm_registry") for v in sorted(told)]


def _label_of_values(record: CaseRecord, exchange: Exchange, items: list[Item], states: list[str]) -> str:
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
        return f"{words}-ORAL" if any(_is_word_only(exchange, i) for i in items) else words
    return "PARTLY AUTHORIZED" if any(granted) else "PARTLY ANSWERED"


def _is_word_only(exchange: Exchange, item: Item) -> bool:
    """Granted by word of mouth, and the written confirmation is outstanding."""
    found = latest(exchange, item)
    return found is not None and found[0].form == "oral" and confirmed_by(exchange, found[0]) is None


def _after_lapse(record: CaseRecord, exchange: Exchange, item: Item) -> bool:
    found = latest(exchange, item)
    lapsed = [
        c.lapsed_at
        for c in record.clocks
        if c.exchange == exchange.n and c.lapsed_at is not None and item in c.items
    ]
    return found is not None and any(at <= found[0].recorded_at for at in lapsed)


def case_label(record: CaseRecord) -> str:
    """The label of the newest exchange; a case without one says what it waits for. A drill says so first."""
    return f"EXERCISE: {_case_label(record)}" if record.as_exercise else _case_label(record)


def _case_label(record: CaseRecord) -> str:
    if record.is_to_be_read:
        return "TO BE READ"
    if not record.exchanges:
        return "CLOSED" if record.is_closed else "OPEN"
    return exchange_label(record, record.exchanges[-1])
