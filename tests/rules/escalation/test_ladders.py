import hashlib
import json
from datetime import timedelta

import pytest

from cna_service.escalation.ladder_file import LaddersUnreadable, read_ladders
from cna_service.escalation.ladders import Channel, Who, above, ladder_from_json
from tests.rules.escalation.climbing import CONFIG, LADDERS

SHORT = """
[receipt_seconds]
sms = 45
[ladder.summons]
kinds = ["new_request"]
repeat_after_seconds = 300
last_resort = { who = ["supervisor"], channels = ["sms"] }
rungs = [
  { after_seconds = 0, who = "duty_officer", channels = ["sms"] },
  { after_seconds = 120, who = ["deputy", "supervisor"], channels = ["voice"] },
]
"""


def test_the_shipped_ladder_of_a_summons_is_the_one_that_the_simulation_shows():
    assert [rung.as_json() for rung in LADDERS.for_kind("new_request").rungs] == [
        {"rung": 1, "after_seconds": 0, "who": "duty_officer", "channels": ["sms"]},
        {"rung": 2, "after_seconds": 120, "who": "duty_officer", "channels": ["voice"]},
        {"rung": 3, "after_seconds": 300, "who": "deputy", "channels": ["sms", "voice"]},
        {"rung": 4, "after_seconds": 600, "who": "supervisor", "channels": ["sms", "voice"]},
    ]
    assert LADDERS.for_kind("new_request").repeat_after == timedelta(seconds=300)


def test_a_kind_that_no_ladder_names_is_summoned_all_the_same():
    assert LADDERS.for_kind("something new").id == "summons"


def test_rule_3_2_warnings_summon_the_holder_then_the_deputy_then_everybody():
    def first(kind):
        return set(LADDERS.for_kind(kind).rungs[0].who)

    everybody = {Who.HOLDER, Who.DEPUTY, Who.SUPERVISOR, Who.DECIDER}
    assert first("clock_warning_50") == {Who.HOLDER}
    assert first("clock_warning_75") == {Who.HOLDER, Who.DEPUTY}
    assert first("clock_warning_90") == first("decision_lead") == first("clock_lapsed") == everybody


def test_rule_3_1_a_quiet_holder_and_the_next_rung_are_summoned_together():
    assert LADDERS.for_kind("ack_overdue").rungs[0].who == (Who.HOLDER, Who.ABOVE_HOLDER)
    assert above(Who.DUTY_OFFICER) is Who.DEPUTY
    assert above(Who.DEPUTY) is Who.SUPERVISOR
    assert above(Who.SUPERVISOR) is above(Who.HOLDER) is Who.ADMINISTRATOR


def test_rule_3_5_an_unsigned_relief_summons_the_coming_officer_and_after_15_minutes_the_supervisor():
    rungs = LADDERS.for_kind("relief_unsigned").rungs
    assert [(r.after, r.who) for r in rungs] == [
        (timedelta(0), (Who.DUTY_OFFICER,)),
        (timedelta(minutes=15), (Who.SUPERVISOR,)),
    ]


def test_rule_8_1_the_file_is_kept_whole_under_its_hash():
    text = (CONFIG / "ladders.toml").read_text()
    assert LADDERS.text == text
    assert LADDERS.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert all(ladder.sha256 == LADDERS.sha256 for ladder in LADDERS.by_id.values())


def test_a_copy_in_an_entry_gives_the_same_ladder_again():
    for ladder in LADDERS.by_id.values():
        assert ladder_from_json(json.loads(json.dumps(ladder.as_json()))) == ladder


def test_waits_and_the_following_people():
    ladder = LADDERS.for_kind("new_request")
    assert [ladder.wait_after(n).total_seconds() for n in (1, 2, 3, 4)] == [120, 180, 300, 300]
    following = ladder.following(1)
    assert following is not None
    assert following.n == 3
    assert ladder.following(4) is None


def test_receipt_windows_are_part_of_every_ladder():
    assert LADDERS.by_id["summons"].receipts == {
        Channel.SMS: timedelta(seconds=45),
        Channel.VOICE: timedelta(seconds=120),
    }


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"deputy", "supervisor"', '"deputy", "cook"', "/ladder/summons/rungs/2/who"),
        ('channels = ["voice"]', 'channels = ["drum"]', "/ladder/summons/rungs/2/channels"),
        ('channels = ["voice"]', "channels = [[]]", "/ladder/summons/rungs/2/channels"),
        ('channels = ["voice"]', "channels = []", "/ladder/summons/rungs/2/channels"),
        ("after_seconds = 120", "after_seconds = -1", "/ladder/summons/rungs/2/after_seconds"),
        ("after_seconds = 120", "after_seconds = 1.5", "/ladder/summons/rungs/2/after_seconds"),
        ("after_seconds = 120", "after_seconds = true", "/ladder/summons/rungs/2/after_seconds"),
        ("after_seconds = 120", "after_second = 120", "/ladder/summons/rungs/2/after_second"),
        ("after_seconds = 0", "after_seconds = 10", "/ladder/summons/rungs/1/after_seconds"),
        ("after_seconds = 0", "after_seconds = 0, loud = true", "/ladder/summons/rungs/1/loud"),
        ("repeat_after_seconds = 300", "repeat_after_seconds = 3", "/ladder/summons/repeat_after_seconds"),
        ("repeat_after_seconds = 300", "", "/ladder/summons/repeat_after_seconds"),
        ('last_resort = { who = ["supervisor"], channels = ["sms"] }', "", "/ladder/summons/last_resort"),
        ('kinds = ["new_request"]', 'kinds = "new_request"', "/ladder/summons/kinds"),
        ("sms = 45", 'sms = "long"', "/receipt_seconds/sms"),
        ("sms = 45", "drum = 45", "/receipt_seconds/drum"),
        ("[ladder.summons]", "[ladder.other]", "/ladder/summons"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(old, new, place):
    assert old in SHORT
    with pytest.raises(LaddersUnreadable) as caught:
        read_ladders(SHORT.replace(old, new, 1), file="ladders.toml")
    assert place in [problem.pointer for problem in caught.value.problems]
    assert all(problem.why and problem.fix for problem in caught.value.problems)
    assert "ladders.toml" in caught.value.detail


def test_rungs_out_of_order_and_every_other_fault_are_named_at_once():
    wrong = SHORT.replace("after_seconds = 0", "after_seconds = 500").replace('"deputy"', '"cook"')
    with pytest.raises(LaddersUnreadable) as caught:
        read_ladders(wrong)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    "text",
    ["ladder = 3", "[ladder]\nsummons = 3", "receipt_seconds = 3", "[ladder.summons]\nrungs = [3]", "[", ""],
)
def test_a_file_of_another_shape_is_refused_with_its_name(text):
    with pytest.raises(LaddersUnreadable, match=r"ladders\.toml"):
        read_ladders(text)


def test_a_kind_in_two_ladders_is_refused():
    twice = SHORT + SHORT[SHORT.index("[ladder.summons]") :].replace("ladder.summons", "ladder.other")
    with pytest.raises(LaddersUnreadable, match="also in ladder"):
        read_ladders(twice)
