"""The table of clocks and silence, row by row: answer due, start, acknowledgement, silence, "neither"."""

from __future__ import annotations

import pytest

from cna_service.agreements.arming import card_json, clock_terms
from cna_service.agreements.card import NOT_READ, Applies
from cna_service.agreements.model import Form, Neither, Silence, Start, Unit
from cna_service.agreements.terms import ClockKind
from tests.rules.agreements.exercise_law import CATALOGUE, ORAL, REAL, WRITTEN, ask, row

# State asked, provision, form, (limit, start, waits for), silence, effect, neither
CLOCKS = [
    ("XB", "coe-7", WRITTEN, ("PT4H", "receipt", None), "no_authority", "none", "as_answer"),
    (
        "XB", "coe-14-2", WRITTEN, ("P14D", "evidence_summary", "evidence_summary"),
        "deemed_waiver", "deemed_waiver", "as_answer",
    ),
    (
        "XF", "sua-8bis-5-d", ORAL, ("PT4H", "acknowledgment", "acknowledgement"),
        "deemed_grant", "deemed_grant", "as_answer",
    ),
    ("XS", "sj-16-3", ORAL, ("PT4H", "oral_receipt", None), "deemed_grant", "deemed_grant", "as_silence"),
    (
        "XM", "unfsa-21-6", WRITTEN, ("P3D", "notification", "notification"),
        "remain_aboard", "remain_aboard", "as_answer",
    ),
    ("XP", "xp-3", WRITTEN, ("PT2H", "receipt", None), "no_authority", "none", "as_answer"),
    ("XP", "xp-4", WRITTEN, ("PT2H", "receipt", None), "no_authority", "none", "as_answer"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "provision", "form", "when", "silence", "effect", "neither"), CLOCKS)
def test_rows_with_a_number_arm_a_legal_clock(
    state: str, provision: str, form: Form, when: tuple[str, ...], silence: str, effect: str, neither: str
) -> None:
    terms = clock_terms(row(state, provision, form=form))
    assert terms is not None
    assert terms.kind is ClockKind.LEGAL
    assert (terms.limit.iso, terms.starts, terms.waits_for) == when
    assert (terms.silence.code.value, terms.effect, terms.neither.code.value) == (silence, effect, neither)


# State asked, provision, what the limit says, silence
WITHOUT = [
    ("XC", "un-17-3", "expeditiously", "nothing"),
    ("XC", "un-17-4", "expeditiously", "no_authority"),
    ("XD", "sua-8bis-5-c", "as expeditiously as possible", "no_authority"),
    ("XJ", "sua-8bis-5-e", "already authorized", "standing"),
    ("XB", "sj-16-1", "authorised by the Agreement itself", "standing"),
    ("XE", "sj-16-2", "expeditiously, according to capability", "no_authority"),
    ("XK", "som-8-2", "expeditiously", "nothing"),
    ("XO", "unclos-110", "nobody is asked", "nothing"),
    ("XH", "unsc-2292", "good-faith efforts", "not_stated"),
    ("XI", "xi-5", "each may act", "standing"),
    ("XX", "xx-5", "no number", "not_stated"),
    ("XL", "xl-4", NOT_READ, "not_read"),
]


@pytest.mark.parametrize(("state", "provision", "because", "silence"), WITHOUT)
def test_rows_without_a_number_arm_nothing_and_say_why(
    state: str, provision: str, because: str, silence: str
) -> None:
    found = row(state, provision)
    assert found.applies is Applies.YES
    assert clock_terms(found) is None
    assert because in (found.no_clock_because or "")
    assert found.provision.silence.code.value == silence


def test_the_registry_clock_of_san_jose_says_no_beginning_and_is_a_claimed_one() -> None:
    terms = clock_terms(row("XB", "sj-6-4", form=ORAL))
    assert terms is not None
    assert (terms.kind, terms.limit.iso, terms.limit.qualifier) == (
        ClockKind.CLAIMED,
        "PT4H",
        "as soon as possible, in any event",
    )
    assert terms.why == "art. 6(4) does not say when its limit begins; counted from receipt"


def test_who_must_acknowledge() -> None:
    said = {p.id: p.acknowledge for p in REAL.provisions if p.acknowledge}
    assert said["coe-7"] == "immediately"
    assert said["coe-14-2"] == "forthwith"
    assert said["sua-8bis-5-d"] == "immediately"
    assert not any(
        p.acknowledge for p in REAL.provisions if p.agreement in ("un1988", "sanjose2003", "migrants2000")
    )


def test_the_five_instruments_are_sourced_completely() -> None:
    """Every provision under which something is asked says what silence and "neither" mean, and where it was read."""
    five = ("un1988", "cets156", "sua2005", "sanjose2003", "migrants2000")
    asked = [p for p in REAL.provisions if p.agreement in five and p.measures]
    assert len(asked) > 20
    for each in asked:
        assert each.is_sourced, each.id
        assert each.source.where and each.source.entered, each.id
        assert each.text and each.silence.words and each.neither.words, each.id
        assert each.silence.code is not Silence.NOT_READ and each.neither.code is not Neither.NOT_READ, (
            each.id
        )


def test_every_exercise_state_shows_at_least_one_basis() -> None:
    for letter in "BCDEFGHIJKLMNOPRSTUVWXYZ":
        assert ask(f"X{letter}").rows, letter
    nothing_noted = ask("XQ")
    assert {r.applies for r in nothing_noted.rows if not r.agreement.binds_all} == {Applies.MIGHT}


def test_a_card_is_json_that_names_source_and_participation_of_every_row() -> None:
    shown = card_json(ask("XB", form=WRITTEN, offences=["narcotics"]))
    assert shown["rows"] and shown["not_applicable"] and shown["without_an_answer"]
    coe = next(r for r in shown["rows"] if r["provision"] == "coe-7")
    assert coe["requested"]["words"] == "XB is a party to CETS 156 since 01 Jan 2005 (EXERCISE)"
    assert coe["clock"]["kind"] == "legal"
    assert coe["clock"]["limit"] == {"iso": "PT4H", "value": 4, "unit": "h", "qualifier": "where practicable"}
    assert {"field": "assurance_like_treatment", "wanted_by": "coe-21-d"}.items() <= coe["wants"][-1].items()


def test_starts_and_units_are_those_of_the_table_and_no_others() -> None:
    numbers = {(p.limit.value, p.limit.unit, p.start) for p in CATALOGUE.provisions if p.limit.has_number}
    assert numbers == {
        (4, Unit.HOURS, Start.RECEIPT),
        (14, Unit.DAYS, Start.EVIDENCE_SUMMARY),
        (4, Unit.HOURS, Start.ACKNOWLEDGMENT),
        (4, Unit.HOURS, Start.NOT_SAID),
        (4, Unit.HOURS, Start.ORAL_RECEIPT),
        (3, Unit.WORKING_DAYS, Start.NOTIFICATION),
        (2, Unit.HOURS, Start.RECEIPT),
        (1, Unit.HOURS, Start.RECEIPT),
    }
