"""``cna check`` on who may decide, and on a second officer who is not there at night."""

from __future__ import annotations

from pathlib import Path

from cna_service.workflow.delegations import end_delegation, give_delegation
from cna_service.workflow.officers import disable_officer
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster import set_roster
from cna_service.workflow.service import Service
from tests.cli.commands import CommandLine
from tests.cli.test_check import about, config

__all__ = ("config",)

ONE_MAN = [
    {"post": post, "officers": ["duty-1"], "kind": "weekly", "hand_over": "MON 08:00", "from": "2020-01-06"}
    for post in ("duty_officer", "deputy", "supervisor")
]


def act(service: Service, verb: object, officer: str, /, *place: object, **body: object) -> None:
    with service.read() as reader:
        actor = reader.stream(DESK).of(OFFICERS).find(officer).actor(service.clock.now())
    verb(service, actor, *place, body)  # type: ignore[operator]


def test_rule_6_5_a_before_rule_meets_a_one_person_night(exercise: CommandLine) -> None:
    exercise.begun()
    assert not [r for r in about(exercise("check", "--json"), "remark") if r.startswith("two persons")]
    with exercise.running() as running:
        body = {"roster": "desk", "zone": "UTC", "fallback": {}, "rotations": ONE_MAN, "reason": "test"}
        act(running.service, set_roster, "sup-1", **body)
    told = [r for r in about(exercise("check", "--json"), "remark") if r.startswith("two persons")]
    assert told and "the roster has one person: certificate-release" in told[0]


def test_rule_6_1_a_desk_without_a_delegation_in_force_says_what_that_means(exercise: CommandLine) -> None:
    exercise.begun()
    assert "delegations: 5 in force" in about(exercise("check", "--json"), "well")
    with exercise.running() as running:
        for name in ("del-1", "del-2", "del-3", "del-4", "del-5"):
            act(running.service, end_delegation, "sup-1", name, reason="ended")
    remarks = about(exercise("check", "--json"), "remark")
    assert any("none is in force: every answer of this desk needs a reason" in r for r in remarks)


def test_a_delegation_to_nobody_who_can_act_must_be_corrected(exercise: CommandLine) -> None:
    exercise.begun()
    with exercise.running() as running:
        act(running.service, disable_officer, "admin-1", officer="dec-1", reason="left")
        act(running.service, give_delegation, "sup-1", to={"officer": "sup-1"}, measures=["board"],
            instrument={"title": "Order"}, **{"from": "2020-01-01T00:00:00Z"})  # fmt: skip
    ran = exercise("check", "--json")
    assert ran.code == 1
    assert any("del-1 names dec-1, whose account is disabled" in words for words in about(ran, "wrong"))


def test_two_person_rules_that_cannot_be_read_are_named_and_their_absence_is_remarked(
    cna: CommandLine, config: Path
) -> None:
    rules = config / "two_person.toml"
    rules.write_text(
        '[[rule]]\nid = "x"\nact = "boarding"\nwhen = "before"\nby = ["supervisor"]\n', encoding="utf-8"
    )
    ran = cna("check")
    assert ran.code == 1 and "two_person.toml/rule/0/act" in ran.out
    rules.unlink()
    assert any("one person is enough for every act" in r for r in about(cna("check", "--json"), "remark"))
