"""The fold: pure, complete, immutable, and blind to what may be erased."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.cases import clocks
from cna_service.cases.as_json import case_json
from cna_service.cases.fold import APPLY, undeclared
from cna_service.cases.labels import case_label, exchange_label, item_state
from cna_service.cases.record import CaseRecord
from cna_service.cases.types import ENTRY_TYPES
from cna_service.intake import desk_calls
from tests.rules.cases.history import OFFICER, SERVICE, THEIRS, History, fold, kept_histories, opened

HISTORIES = kept_histories()


def test_every_entry_type_is_folded_or_declared_to_change_nothing() -> None:
    assert undeclared() == set()


def test_every_type_that_the_fold_reads_is_declared() -> None:
    # Calls and what came with them are declared where they are folded: a call begins before its case does.
    declared = {t.name for t in (*ENTRY_TYPES, *desk_calls.ENTRY_TYPES)}
    assert set(APPLY) - declared == set()


def test_types_are_named_noun_and_past_tense_and_declared_once() -> None:
    names = [(t.name, t.v) for t in ENTRY_TYPES]
    assert len(set(names)) == len(names)
    assert all(n.count(".") == 1 and n == n.lower() for n, _ in names)


def test_a_record_cannot_be_changed() -> None:
    history = History()
    history.exchange("board")
    record = history.record
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.is_closed = True  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.exchanges[0].answers = ()  # type: ignore[misc]
    assert isinstance(record.exchanges, tuple)


def test_folding_more_leaves_the_earlier_record_as_it_was() -> None:
    history = History()
    history.exchange("board")
    before = history.record
    shown = case_json(before)
    history.answer(board="granted")
    assert history.record.exchanges[0].answers
    assert case_json(before) == shown


def test_an_unknown_entry_type_of_another_slice_only_moves_the_head() -> None:
    history = History()
    history.exchange("board")
    before = history.record
    history.add("alert.sent", SERVICE, alert="a")
    after = history.record
    assert (after.seq, after.leaf) == (2, "leaf-2")
    assert dataclasses.replace(after, seq=1, leaf="leaf-1", changed_at=before.changed_at) == before


def test_a_fact_never_overwrites_another() -> None:
    history = History()
    history.add("case.opened", vessels=1)
    history.add(
        "identifier.recorded", vessel=1, field="name", value="BAR TEST", how="as_heard", source="unit"
    )
    history.add("identifier.recorded", vessel=1, field="name", value="BAR BEST", how="spelt", source="MRCC")
    history.add("claim.made", vessel=1, state="XC", by="master")
    history.add("claim.made", vessel=1, state="XD", by="mate")
    vessel = history.record.vessels[0]
    assert vessel.values("name") == ("BAR TEST", "BAR BEST")
    assert vessel.values("claim") == ("XC", "XD")
    assert [(f.seq, f.how, f.source) for f in vessel.facts if f.field == "name"] == [
        (2, "as_heard", "unit"),
        (3, "spelt", "MRCC"),
    ]


def test_a_later_answer_stands_beside_the_earlier_one() -> None:
    history = History()
    history.exchange("confirm_registry")
    history.answer(confirm_registry="neither")
    history.answer(confirm_registry="confirmed")
    exchange = history.record.exchanges[0]
    assert [a.items[0].value for a in exchange.answers] == ["neither", "confirmed"]
    assert [a.seq for a in exchange.answers] == [2, 3]


def test_only_a_persons_entry_counts_as_work_on_the_case_and_taking_an_alert_does_not() -> None:
    history = History()
    history.exchange("board")
    assert history.record.last_human_at is None
    history.add("note.added", OFFICER, words="w")
    worked = history.record.last_human_at
    history.add("clock.warned", SERVICE, clock="none", mark="50")
    history.add("alert.acknowledged", OFFICER, alert="a")
    history.add("question.asked", THEIRS, exchange=1, direction="in")
    assert history.record.last_human_at == worked


def test_what_nobody_could_read_waits_until_an_officer_writes_something() -> None:
    history = History()
    history.add("submission.received", THEIRS, is_readable=False, sender={})
    assert history.record.is_to_be_read
    assert case_label(history.record) == "TO BE READ"
    history.add("note.added", OFFICER, words="read it: a drill")
    assert not history.record.is_to_be_read


def test_a_verdict_joins_its_search_and_names_who_judged() -> None:
    history = History()
    history.add("case.opened", vessels=1)
    history.add("search.made", search=1, vessel=1, verdict="undecided", count=2, candidates=[])
    history.add("search.judged", search=1, verdict="found", rid="X1")
    made = history.record.searches[0]
    assert (made["verdict"], made["rid"], made["verdict_seq"]) == ("found", "X1", 3)
    assert made["seq"] == 2


# --- private values

Ruled = tuple[Any, ...]


def what_rules_see(record: CaseRecord) -> Ruled:
    """Everything by which the desk acts: clocks, timers, measures, values, labels."""
    said = [
        (e.n, i, item_state(record, e, i), exchange_label(record, e))
        for e in record.exchanges
        for i in e.items
    ]
    answers = [
        (e.n, a.n, [(g.vessel, g.measure, g.value, g.valid_to) for g in a.items], a.conveyed_at)
        for e in record.exchanges
        for a in e.answers
    ]
    shown = [dataclasses.replace(c, reason=None, stated_by=None, lapse=None) for c in record.clocks]
    lapses = [None if c.lapse is None else (c.lapse["seq"], c.lapse["effect"]) for c in record.clocks]
    facts = (record.is_closed, record.is_to_be_read, record.last_human_at, case_label(record))
    return (shown, lapses, clocks.due(record), clocks.counts_against_us(record), said, answers, facts)


@given(
    which=st.integers(0, len(HISTORIES) - 1),
    cut=st.floats(0, 1),
    share=st.sampled_from([0.0, 0.2, 0.5, 0.9]),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=60)
def test_rule_9_1_no_clock_measure_or_answer_depends_on_what_may_be_erased(
    which: int, cut: float, share: float, seed: int
) -> None:
    lines = HISTORIES[which]
    until = max(1, round(len(lines) * cut))
    whole = fold(opened(lines[:until]))
    erased = fold(opened(lines[:until], random.Random(seed), share))
    assert what_rules_see(erased) == what_rules_see(whole)
    case_json(erased)


@pytest.mark.parametrize("lines", HISTORIES, ids=range(len(HISTORIES)))
def test_every_beginning_of_a_case_folds_the_same_at_once_and_step_by_step(lines: list[Any]) -> None:
    entries = opened(lines)
    for n in range(1, len(entries) + 1, 7):
        record = fold(entries[:n])
        assert (record.seq, record.leaf) == (n, entries[n - 1].leaf)
        assert record.changed_at == entries[n - 1].recorded_at
