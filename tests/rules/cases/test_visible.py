"""What a partner may see of a case: its own messages, the answers that reached it, its clocks; nothing of ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cna_service.cases.as_json import case_json, plain
from cna_service.cases.record import (
    Acknowledgement,
    Answer,
    AnswerItem,
    CaseRecord,
    Clock,
    Conveyance,
    Exchange,
    Fact,
    Item,
    Vessel,
)
from cna_service.cases.visible import OURS, Viewer, has_part, visible
from cna_service.kit.told import exactly
from cna_service.ledger.entry import Erased

T0 = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
B, C = Viewer("mrcc-xb"), Viewer("cna-xc")
INWARD = "INWARD"
"""Stands wherever a value is nobody's but ours."""

OFFICER = {
    "kind": "officer",
    "id": INWARD,
    "name": INWARD,
    "office": "Desk",
    "signed_in": {"session": INWARD},
}


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def told(seq: int, minutes: int, **more: object) -> dict[str, object]:
    return {"seq": seq, "recorded_at": at(minutes), "actor": OFFICER, **more}


def an_answer(n: int, minutes: int, *conveyances: Conveyance, ours: bool = True) -> Answer:
    return Answer(
        n=n,
        seq=n + 10,
        leaf="l",
        ours=ours,
        items=(AnswerItem(1, "board", "granted", words=f"answer {n}"),),
        form="written",
        recorded_at=at(minutes),
        happened_at=None,
        as_of=at(minutes),
        by={"name": "A. Decider", "phone": INWARD, "email": INWARD},
        actor=OFFICER,
        basis=None,
        decision=7,
        conveyances=conveyances,
    )


def conveyed(n: int, minutes: int, *, complete: bool) -> Conveyance:
    to = {"email": INWARD}
    return Conveyance(n, n + 20, "written", "mail", complete, at(minutes), sending=INWARD, to=to)


def an_exchange(n: int, authority: str, **more: object) -> Exchange:
    return Exchange(
        n=n,
        seq=n,
        direction="inbound",
        kind="request",
        state="XB",
        authority=authority,
        authority_name="",
        items=(Item(1, "board"),),
        form="written",
        channel="api",
        at=at(n),
        standing=INWARD,
        chosen={"reason": INWARD},
        decisions=({"words": INWARD},),
        **more,  # type: ignore[arg-type]
    )


def a_clock(n: int, exchange: int, kind: str = "legal") -> Clock:
    return Clock(
        id=f"c{n}",
        seq=n,
        kind=kind,
        exchange=exchange,
        items=(Item(1, "board"),),
        terms={},
        starts_at=T0,
        due_at=at(240),
        warned=frozenset({INWARD}),
        lapse={"words": INWARD},
        disturbed_by=INWARD,
    )


@pytest.fixture
def record() -> CaseRecord:
    theirs = {"submission": "s1", "sender": {"authority": "mrcc-xb"}, "draft": {"grounds": "packages"}}
    others = {"submission": "s2", "sender": {"authority": "cna-xc"}, "draft": {"grounds": INWARD}}
    facts = (
        Fact("name", "BAR TEST", 1, T0, "mrcc-xb"),
        Fact("name", INWARD, 2, T0, "cna-xc"),
        Fact("claim", INWARD, 3, T0, "our officer"),
    )
    mine = an_exchange(
        1,
        "mrcc-xb",
        acknowledgement=Acknowledgement(4, at(5), OFFICER),
        answers=(
            an_answer(1, 10, conveyed(1, 11, complete=False)),
            an_answer(2, 20, conveyed(1, 21, complete=False), conveyed(2, 30, complete=True)),
            an_answer(3, 40, ours=False),
        ),
        questions=(told(8, 6, words="What cargo?", by={"name": "A. Officer", "phone": INWARD}),),
        extensions=(told(9, 7, until="2026-11-22T00:00:00Z"),),
    )
    return CaseRecord(
        ref="R4T7-HAX",
        seq=40,
        leaf="leaf",
        opened_at=at(-60),
        opened_by=OFFICER,
        vessels=(Vessel(1, facts), Vessel(2, (Fact("name", INWARD, 3, T0),))),
        exchanges=(mine, replace(an_exchange(2, "cna-xc"), text=INWARD, their_reference=INWARD)),
        clocks=(a_clock(1, 1), a_clock(2, 1, "claimed"), a_clock(3, 1, "own"), a_clock(4, 2)),
        submissions=({**theirs, "seq": 1, "recorded_at": T0}, {**others, "seq": 2, "recorded_at": T0}),
        communications=(told(30, 50, text=INWARD),),
        searches=(told(31, 51, keys=INWARD),),
        events=(told(32, 52, words=INWARD),),
        notes=(told(33, 53, words=INWARD),),
        documents=(
            told(34, 54, document=1, exchange=1, answer=1, blob=INWARD),
            told(35, 55, document=2, exchange=1, answer=2, blob="sent"),
        ),
        links=(told(36, 56, case=INWARD),),
        last_human=OFFICER,
        last_human_at=at(59),
        changed_at=at(60),
    )


def test_our_own_readers_see_all_of_it(record: CaseRecord) -> None:
    assert visible(record, OURS) is record
    assert has_part(record, OURS)


def test_nothing_of_ours_or_of_other_authorities_reaches_a_partner(record: CaseRecord) -> None:
    shown = visible(record, B)
    assert INWARD not in json.dumps(plain(case_json(shown)))
    # Nor by any field that the JSON leaves out.
    assert INWARD not in repr(shown)


def test_a_partner_sees_its_own_messages_and_the_answers_that_reached_it(record: CaseRecord) -> None:
    shown = visible(record, B)
    assert [s["submission"] for s in shown.submissions] == ["s1"]
    assert [e.n for e in shown.exchanges] == [1]
    assert [a.n for a in shown.exchanges[0].answers] == [2, 3]
    assert [c.n for c in shown.exchanges[0].answers[0].conveyances] == [2]
    assert [f.value for v in shown.vessels for f in v.facts] == ["BAR TEST"]
    assert [c.id for c in shown.clocks] == ["c1", "c2"]
    assert [d["blob"] for d in shown.documents] == ["sent"]
    assert shown.exchanges[0].questions[0]["words"] == "What cargo?"
    acknowledged = shown.exchanges[0].acknowledgement
    assert acknowledged is not None and acknowledged.by == {"kind": "officer", "office": "Desk"}


def test_what_a_partner_sees_names_the_entry_it_was_read_up_to(record: CaseRecord) -> None:
    shown = visible(record, B)
    assert (shown.seq, shown.leaf) == (40, "leaf")


def test_instants_are_those_of_its_own_part_only(record: CaseRecord) -> None:
    shown = visible(record, B)
    assert (shown.opened_at, shown.changed_at) == (T0, at(40))


def test_who_has_no_part_in_a_case_sees_none_of_it(record: CaseRecord) -> None:
    stranger = Viewer("mfa-xe")
    assert [has_part(record, v) for v in (B, C, stranger)] == [True, True, False]
    shown = visible(record, stranger)
    assert (shown.exchanges, shown.vessels, shown.submissions, shown.opened_at) == ((), (), (), None)


def test_seeing_is_idempotent(record: CaseRecord) -> None:
    for viewer in (B, C):
        once = visible(record, viewer)
        assert visible(once, viewer) == once


def test_erased_values_are_written_as_their_digest() -> None:
    value = {"words": Erased("digest"), "parts": (Erased("other"), "kept"), "at": exactly(T0)}
    shown = plain(value)
    assert shown["words"] == {"erased": "digest"}
    assert shown["parts"] == [{"erased": "other"}, "kept"]
    assert shown["at"]["earliest"] == "2026-11-21T14:00:00.000000Z"
    json.dumps(shown)


def test_every_earlier_answer_stays_beside_the_newest(record: CaseRecord) -> None:
    exchange = case_json(record)["exchanges"][0]
    assert [a["answer"] for a in exchange["answers"]] == [1, 2, 3]
    assert all(a["as_of"] and a["received_at"] for a in exchange["answers"])
    (item,) = exchange["items"]
    assert (item["answer"], item["as_of"]) == (3, "2026-11-21T14:40:00.000000Z")
