"""A command is done once: the same key gives the stored answer, byte for byte, and nothing is written twice."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.db.idempotency import IdempotencyMismatch, Key, Replayed
from cna_service.kit.errors import Invalid
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.closing import add_note
from cna_service.workflow.opening import open_case
from cna_service.workflow.replay import replay
from tests.corpus.cases import MADE
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk

KEY = Key("duty-1", "form-1", "1" * 64)


def test_a_repeated_command_gets_the_stored_answer_and_writes_nothing(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = received(desk)
    body: dict[str, Any] = {"answers": [{"measure": "board", "value": "denied"}], "form": "written"}
    body |= {"seen": desk.look(ref), "convey": [{"channel": "mail"}]}
    first = give_answer(desk.service, desk.officer("duty-1"), ref, 1, body, KEY)
    before = len(desk.entries(ref))
    with pytest.raises(Replayed) as again:
        give_answer(desk.service, desk.officer("duty-1"), ref, 1, body, KEY)
    assert again.value.reply == first
    assert len(desk.entries(ref)) == before
    desk.settle()
    assert len(desk.postbox.to("mrcc-xb@example.test")) == 1


def test_the_same_key_with_another_body_is_refused(desk: LiveDesk) -> None:
    ref = received(desk)
    add_note(desk.service, desk.officer("duty-1"), ref, {"words": "a"}, KEY)
    with pytest.raises(IdempotencyMismatch):
        add_note(desk.service, desk.officer("duty-1"), ref, {"words": "b"}, Key("duty-1", "form-1", "2" * 64))
    add_note(desk.service, desk.officer("duty-2"), ref, {"words": "b"}, Key("duty-2", "form-1", "2" * 64))


def test_a_refused_command_leaves_its_key_free_for_the_corrected_one(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid):
        add_note(desk.service, desk.officer("duty-1"), ref, {}, KEY)
    add_note(desk.service, desk.officer("duty-1"), ref, {"words": "now"}, Key("duty-1", "form-1", "3" * 64))
    assert desk.case(ref).notes[-1]["words"] == "now"


def test_opening_a_case_twice_with_one_key_opens_one(desk: LiveDesk) -> None:
    first = open_case(desk.service, desk.officer("duty-1"), {"channel": "radio"}, KEY)
    with pytest.raises(Replayed) as again:
        open_case(desk.service, desk.officer("duty-1"), {"channel": "radio"}, KEY)
    assert again.value.reply.body == first.body
    with desk.service.database.read() as connection:
        assert (
            connection.exec_driver_sql("SELECT count(*) FROM stream WHERE name LIKE 'case:%'").scalar() == 1
        )


def test_an_answer_holds_nothing_known_only_after_commit(desk: LiveDesk) -> None:
    ref = received(desk)
    got = desk.do(acknowledge_request, "duty-1", ref, 1)
    assert not {"index", "seal", "size"} & set(got.body)
    assert [e["type"] for e in got["entries"]] == ["exchange.acknowledged"]
    assert (got["seq"], got["leaf"]) == (desk.case(ref).seq, desk.case(ref).leaf)


@pytest.mark.parametrize("name", sorted(MADE))
def test_whole_cases_replay_into_an_empty_database_and_come_out_equal(
    either_desk: LiveDesk, name: str
) -> None:
    MADE[name](either_desk)
    replayed = replay(either_desk.service)
    assert replayed.differences == ()
    assert replayed.streams >= 6
