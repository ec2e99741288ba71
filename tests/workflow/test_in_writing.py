"""Oral first, written later: linked, compared measure by measure, held until a named officer has read it."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.kit.errors import Invalid
from cna_service.workflow.answer import give_answer
from cna_service.workflow.answer_changes import NoNoticeOwed, notify_limitation, withdraw_answer
from cna_service.workflow.in_writing import NothingDiffers, read_writing
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.station import minutes

CALLER = {"name": "Captain Rey", "office": "MRCC of XP"}
SPOKEN = {"board": "granted", "search": "granted", "seize": "granted"}


def states(desk: LiveDesk, ref: str, at: Any = None) -> dict[str, str]:
    return {g.measure: g.state for g in grants(desk.case(ref), at)}


def exchange(desk: LiveDesk, ref: str, n: int = 1) -> dict[str, Any]:
    return dict(desk.record_json(ref)["exchanges"][n - 1])


def spoken_then_written(desk: LiveDesk, written: dict[str, Any], **more: Any) -> str:
    """Board, search and seize granted by word of mouth; three hours later a writing."""
    ref = asked(desk, *SPOKEN)
    desk.attend(ref, "duty-1")
    answer(desk, ref, values=SPOKEN, form="oral", by=CALLER)
    desk.advance(hours=3)
    answer(desk, ref, values=written, by=CALLER, **more)
    return ref


def test_rule_6_4_measures_that_differ_are_held_with_a_summons_until_somebody_has_read_them(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = spoken_then_written(
        desk, {"board": "granted", "search": ("granted_with_conditions", ["By day only"])}
    )
    told = exchange(desk, ref)
    assert told["label"] == "HELD: WORD AND WRITING DIFFER"
    assert told["answers"][1]["confirms"] == 1
    assert told["answers"][1]["differs"] == [
        {"vessel": 1, "measure": "search", "in": ["value", "conditions"], "narrower": True},
        {"vessel": 1, "measure": "seize", "in": ["left_out"], "narrower": True},
    ]
    assert states(desk, ref) == {"board": "in_force", "search": "held", "seize": "held"}
    assert {i["measure"]: i["state"] for i in told["items"]} == {
        "board": "granted",
        "search": "held",
        "seize": "held",
    }
    assert desk.alert(ref, "writing_differs").is_open

    read = [
        {"measure": "search", "stands": "as_written"},
        {"measure": "seize", "stands": "as_written"},
    ]
    got = desk.do(read_writing, "sup-1", ref, 1, answer=2, items=read, words="w", seen=desk.look(ref))
    assert got["unread"] == []
    assert states(desk, ref) == {"board": "in_force", "search": "in_force"}
    assert not desk.alert(ref, "writing_differs").is_open
    entry = desk.last(ref, "answer.read")
    assert (entry.actor["id"], entry.body["items"][0]["stands"]) == ("sup-1", "as_written")


def test_rule_6_4_nothing_turns_earlier_what_was_granted_by_word(desk: LiveDesk) -> None:
    ref = spoken_then_written(desk, {"board": "granted"})
    before = desk.case(ref).exchanges[0].answers[1].recorded_at - minutes(1)
    assert states(desk, ref, before) == dict.fromkeys(SPOKEN, "in_force")
    assert states(desk, ref) == {"board": "in_force", "search": "held", "seize": "held"}


@pytest.mark.parametrize(
    ("stands", "state"), [("as_spoken", "in_force"), ("as_written", None), ("neither", "not_counted")]
)
def test_rule_6_4_what_the_officer_lets_stand_is_what_stands(
    desk: LiveDesk, stands: str, state: str | None
) -> None:
    ref = spoken_then_written(desk, {"board": "granted", "search": "denied"})
    items = [{"measure": "search", "stands": stands}]
    got = desk.do(read_writing, "duty-1", ref, 1, answer=2, items=items, words="w", seen=desk.look(ref))
    assert got["unread"] == [{"vessel": 1, "measure": "seize"}]
    assert states(desk, ref).get("search") == state
    assert states(desk, ref)["seize"] == "held"


def test_rule_6_4_a_reading_revives_nothing_that_a_later_answer_ended(desk: LiveDesk) -> None:
    ref = spoken_then_written(desk, {"board": "granted"})
    answer(desk, ref, values={"search": "denied"}, by=CALLER, confirms=0)
    items = [{"measure": m, "stands": "as_spoken"} for m in ("search", "seize")]
    desk.do(read_writing, "duty-1", ref, 1, answer=2, items=items, words="w", seen=desk.look(ref))
    assert states(desk, ref) == {"board": "in_force", "seize": "in_force"}


def test_r12_a_writing_that_says_the_same_confirms_and_holds_nothing(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted"}, form="oral", by=CALLER)
    told = exchange(desk, ref)
    assert (told["label"], told["written_confirmation"]["status"]) == ("AUTHORIZED-ORAL", "due")
    assert told["written_confirmation"]["owed_by"] == "them"
    desk.advance(hours=25)
    assert exchange(desk, ref)["written_confirmation"]["status"] == "outstanding"
    assert desk.alert(ref, "writing_outstanding").is_open
    got = answer(desk, ref, values={"board": "granted"}, by=CALLER)
    assert (got["confirms"], got["differs"]) == (1, [])
    told = exchange(desk, ref)
    assert told["label"] == "AUTHORIZED"
    assert (told["written_confirmation"]["status"], told["written_confirmation"]["confirmed_by"]) == (
        "received",
        2,
    )
    assert "writing_differs" not in [a.kind for a in desk.alerts(ref).open]


def test_r12_validity_is_compared_and_a_later_word_than_the_writing_confirms_nothing(desk: LiveDesk) -> None:
    ref = asked(desk, "board")
    desk.attend(ref, "duty-1")
    item = {"measure": "board", "value": "granted"}
    oral = {"answers": [item], "form": "oral", "by": CALLER}
    desk.do(give_answer, "duty-1", ref, 1, **oral, seen=desk.look(ref))
    until = {"answers": [item | {"valid_to": "2026-11-23T00:00:00Z"}], "form": "written", "by": CALLER}
    got = desk.do(give_answer, "duty-1", ref, 1, **until, seen=desk.look(ref))
    assert got["differs"] == [{"vessel": 1, "measure": "board", "in": ["valid_to"], "narrower": True}]
    with pytest.raises(Invalid) as refused:
        desk.do(give_answer, "duty-1", ref, 1, **oral, confirms=1, seen=desk.look(ref))
    assert [p.pointer for p in refused.value.problems] == ["/confirms"]
    with pytest.raises(Invalid) as unknown:
        desk.do(give_answer, "duty-1", ref, 1, **until, confirms=2, seen=desk.look(ref))
    assert [p.pointer for p in unknown.value.problems] == ["/confirms"]


def ours_narrowed(desk: LiveDesk) -> str:
    """We grant board and search by telephone and confirm board alone in writing."""
    ref = received(desk)
    desk.attend(ref, "duty-1")
    answer(desk, ref, "sup-1", values={"board": "granted", "search": "granted"}, form="oral")
    spoken(desk, ref)
    desk.advance(minutes=20)
    answer(
        desk, ref, "sup-1", values={"board": "granted"}, convey=[{"channel": "fax", "number": "+15550199"}]
    )
    return ref


def spoken(desk: LiveDesk, ref: str) -> None:
    from cna_service.kit.instants import to_text
    from cna_service.workflow.convey import convey

    now = to_text(desk.clock.now())
    call = {"channel": "phone", "number": "+15550102", "listener_name": "Watch", "listener_office": "MRCC XB"}
    call |= {"code_read_back": ref, "started_at": now, "ended_at": now, "read_back": "w", "outcome": "agreed"}
    desk.do(convey, "duty-1", ref, 1, **call)


def test_rule_6_4_a_narrowed_act_of_ours_owes_a_notice_and_binds_from_their_receipt(desk: LiveDesk) -> None:
    ref = ours_narrowed(desk)
    assert states(desk, ref) == {"board": "in_force", "search": "in_force"}
    owed = [
        c for c in desk.case(ref).clocks if c.terms.get("stops_by", {}).get("event") == "limitation_notice"
    ]
    assert [(c.kind, c.is_running) for c in owed] == [("own", True)]
    told = {"answer": 2, "channel": "mail", "words": "Search is not granted."}
    desk.do(notify_limitation, "duty-1", ref, 1, **told)
    assert states(desk, ref)["search"] == "in_force"
    desk.advance(minutes=10)
    got = {"received": True, "to": {"name": "Watch officer", "office": "MRCC XB"}}
    desk.do(notify_limitation, "duty-1", ref, 1, **told | got | {"channel": "phone"})
    assert states(desk, ref) == {"board": "in_force"}
    assert states(desk, ref, desk.clock.now() - minutes(5))["search"] == "in_force"
    assert not desk.clock_of(ref, "own", -1).is_running
    with pytest.raises(NoNoticeOwed):
        desk.do(notify_limitation, "duty-1", ref, 1, **told | {"answer": 1})


def test_rule_6_4_where_our_word_stands_no_notice_is_owed(desk: LiveDesk) -> None:
    ref = ours_narrowed(desk)
    items = [{"measure": "search", "stands": "as_spoken"}]
    desk.do(read_writing, "sup-1", ref, 1, answer=2, items=items, words="A slip.", seen=desk.look(ref))
    owed = [
        c for c in desk.case(ref).clocks if c.terms.get("stops_by", {}).get("event") == "limitation_notice"
    ]
    assert [c.is_running for c in owed] == [False]
    assert states(desk, ref) == {"board": "in_force", "search": "in_force"}


def test_a_reading_names_what_differs_and_nothing_else(desk: LiveDesk) -> None:
    ref = spoken_then_written(desk, {"board": "granted", "search": "granted"})
    with pytest.raises(Invalid) as refused:
        items = [{"measure": "board", "stands": "as_written"}, {"measure": "seize", "stands": "as_wished"}]
        desk.do(read_writing, "duty-1", ref, 1, answer=2, items=items, words="", seen=desk.look(ref))
    assert {p.pointer for p in refused.value.problems} == {"/words", "/items/0/measure", "/items/1/stands"}
    with pytest.raises(NothingDiffers):
        items = [{"measure": "board", "stands": "as_written"}]
        desk.do(read_writing, "duty-1", ref, 1, answer=1, items=items, words="w", seen=desk.look(ref))


def test_a_word_taken_back_cannot_be_read_into_force_again(desk: LiveDesk) -> None:
    ref = spoken_then_written(desk, {"board": "granted", "search": "granted"})
    desk.do(withdraw_answer, "duty-1", ref, 1, answer=1, by=CALLER, seen=desk.look(ref))
    items = [{"measure": "seize", "stands": "as_spoken"}]
    desk.do(read_writing, "duty-1", ref, 1, answer=2, items=items, words="w", seen=desk.look(ref))
    assert states(desk, ref)["seize"] == "ended"
