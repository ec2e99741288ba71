"""What was worked on paper, typed in afterwards (desk-rules 11.2)."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from cna_service.cases.grants import grants
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid, Refused
from cna_service.kit.ids import new_reference
from cna_service.kit.instants import to_text
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.replay import replay
from cna_service.workflow.transcribing import ReferenceTaken, compare, transcribe, transcribe_new
from tests.workflow.acts import received
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import draft, said

SCAN = [{"name": "page-1.pdf", "media_type": "application/pdf", "base64": b64encode(b"%PDF pages").decode()}]


class Paper:
    """A pad of paper: acts with their minute after the first one."""

    def __init__(self, desk: LiveDesk) -> None:
        self.begins = desk.clock.now()
        self.acts: list[dict[str, Any]] = []

    def at(self, minutes: float, verb: str, n: int | None = None, /, **body: Any) -> Paper:
        act = {"verb": verb, "written_at": to_text(self.begins + timedelta(minutes=minutes)), "page": "1"}
        self.acts.append({**act, "body": body} | ({} if n is None else {"exchange": n}))
        return self

    def told(self, desk: LiveDesk, **more: Any) -> dict[str, Any]:
        return {
            "scan": SCAN,
            "from": to_text(self.begins),
            "to": to_text(desk.clock.now()),
            "acts": self.acts,
            **more,
        }


ASK = {"state": "XB", "authority": "mrcc-xb", "measures": ["board"], "basis": ["coe-7"], "form": "written"}
BOARD: dict[str, Any] = {
    "answers": [{"measure": "board", "value": "denied"}],
    "form": "oral",
    "words": "We refuse.",
}
BOARD["override_reason"] = "decided by the director by telephone; his act is in the safe"
CALL = {
    "channel": "fax",
    "office": "MRCC XB",
}


def a_night(desk: LiveDesk, *, answered_after: float) -> Paper:
    paper = Paper(desk)
    paper.at(0, "cases", channel="phone", summary="a freighter", exchange={**ASK, "channel": "fax"})
    paper.at(10, "acknowledgement", 1)
    paper.at(answered_after, "answers", 1, **BOARD)
    paper.at(answered_after + 5, "conveyance", 1, **CALL)
    return paper


def test_rule_11_2_clocks_run_as_they_ran_and_nobody_is_called_for_what_is_settled(desk: LiveDesk) -> None:
    paper = a_night(desk, answered_after=60)
    desk.clock.at += _hours(9)
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    desk.settle()
    record = desk.case(ref)
    legal = desk.clock_of(ref, "legal")
    assert (legal.starts_at, legal.lapsed_at) == (paper.begins, None)
    assert legal.stopped_at == paper.begins + _minutes(65)
    assert not record.exchanges[0].answers[0].late
    assert desk.alerts(ref).open == [] or not list(desk.alerts(ref).open)
    desk.nobody_else_was_called()
    assert [row for row in desk.outbox() if row["stream"] == f"case:{ref}"] == []
    assert desk.types(ref)[0] == "paper.transcribed"


def test_rule_11_2_a_limit_that_passed_on_paper_lapsed_then_and_the_answer_was_late(desk: LiveDesk) -> None:
    paper = a_night(desk, answered_after=5 * 60)
    desk.clock.at += _hours(9)
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    legal = desk.clock_of(ref, "legal")
    assert legal.lapsed_at == legal.due_at == paper.begins + _hours(4)
    lapses = (e for e in desk.entries(ref) if e.type == "clock.lapsed")
    lapsed = next(e for e in lapses if e.body["kind"] == "legal")
    assert lapsed.actor["kind"] == "service"
    assert desk.case(ref).exchanges[0].answers[0].late
    desk.settle()
    desk.nobody_else_was_called()


def test_rule_11_2_only_for_what_is_still_open_somebody_is_called(desk: LiveDesk) -> None:
    paper = Paper(desk).at(0, "cases", channel="phone", exchange={**ASK, "channel": "fax"})
    desk.clock.at += _hours(1)
    reply = desk.do(transcribe_new, "duty-2", **paper.told(desk))
    desk.settle()
    assert reply["open"]
    assert desk.alert(str(reply["case"])).is_climbing


def test_rule_11_2_every_entry_says_that_it_was_typed_in_by_whom_and_from_which_page(desk: LiveDesk) -> None:
    paper = a_night(desk, answered_after=60)
    desk.clock.at += _hours(9)
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    first, *typed = desk.entries(ref)
    assert first.body["scan"][0]["name"] == "page-1.pdf"
    for entry in typed:
        assert entry.recorded_at == desk.clock.now()
        assert entry.actor["transcribed"]["page"] == "1"
        assert entry.actor["id"] in ("duty-1", "desk")
    told = desk.record_json(ref)
    answer = told["exchanges"][0]["answers"][0]
    assert answer["recorded_at"] == to_text(desk.clock.now())
    assert answer["written_at"] == to_text(paper.begins + _minutes(60))
    assert answer["transcribed"] == {"period": 1, "page": "1"}


def test_rule_11_2_all_of_it_or_nothing_and_every_act_is_named(desk: LiveDesk) -> None:
    paper = Paper(desk)
    paper.at(0, "cases", channel="phone", exchange={**ASK, "channel": "fax"})
    paper.at(
        20, "answers", 1, answers=[{"measure": "sink", "value": "yes"}], form="oral", override_reason="w"
    )
    paper.at(10, "notes", words="out of order")
    desk.clock.at += _hours(1)
    before = len(desk.outbox())
    with pytest.raises(Invalid) as refused:
        desk.do(transcribe_new, "duty-1", **paper.told(desk))
    assert [p.pointer for p in refused.value.problems] == ["/acts/2/written_at"]
    paper.acts[2]["written_at"] = paper.acts[1]["written_at"]
    with pytest.raises(Invalid) as refused:
        desk.do(transcribe_new, "duty-1", **paper.told(desk))
    assert {p.pointer for p in refused.value.problems} == {
        "/acts/1/body/answers/0/measure",
        "/acts/1/body/answers/0/value",
    }
    assert len(desk.outbox()) == before


def test_rule_11_2_an_answer_on_paper_before_the_limit_takes_back_what_the_desk_noticed_late(
    desk: LiveDesk,
) -> None:
    """The desk was dark, came back, saw that a limit had passed; then the paper says that it had been answered."""
    ref = received(desk)
    begins = desk.clock.now()
    desk.attend(ref, "duty-1")
    desk.sleep(hours=5)
    desk.settle()
    assert desk.clock_of(ref, "legal").lapsed_at is not None
    paper = Paper(desk)
    paper.begins = begins
    items = [i.measure for i in desk.case(ref).exchanges[0].items]
    answers = [{"measure": m, "value": "neither" if m == "confirm_registry" else "denied"} for m in items]
    paper.at(30, "answers", 1, answers=answers, form="written", override_reason="w", register_reason="w")
    paper.at(35, "conveyance", 1, **CALL)
    desk.do(transcribe, "duty-1", ref, **paper.told(desk))
    clock = desk.clock_of(ref, "legal")
    assert (clock.lapsed_at, clock.stopped_at) == (None, begins + _minutes(35))
    assert not desk.case(ref).exchanges[0].answers[0].late
    assert "clock.lapsed" in desk.types(ref)


def test_rule_11_2_a_second_person_compares_with_the_scan(desk: LiveDesk) -> None:
    paper = a_night(desk, answered_after=60)
    desk.clock.at += _hours(9)
    reply = desk.do(transcribe_new, "duty-1", **paper.told(desk))
    ref, typed = str(reply["case"]), reply["transcribed"]
    with pytest.raises(Refused):
        desk.do(compare, "duty-1", ref, 1, agrees=True)
    with pytest.raises(Invalid):
        desk.do(compare, "duty-2", ref, 1, agrees=False)
    differs = [{"seq": typed[-1], "words": "the page says 0405Z"}]
    desk.do(compare, "duty-2", ref, 1, agrees=False, differences=differs)
    desk.do(compare, "duty-2", ref, 1, agrees=True)
    [period] = desk.case(ref).transcripts.paper_periods
    assert [c["agrees"] for c in period.compared] == [False, True]


def test_rule_11_2_what_stands_on_paper_grants_by_its_own_hour(desk: LiveDesk) -> None:
    paper = Paper(desk)
    outbound = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    paper.at(0, "cases", channel="radio", exchange={**outbound, "channel": "phone", "form": "oral"})
    yes = {"answers": [{"measure": "board", "value": "granted"}], "form": "oral"}
    paper.at(40, "answers", 1, **yes, by={"name": "Duty officer", "office": "MRCC XP"})
    desk.clock.at += _hours(3)
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    record = desk.case(ref)
    assert grants(record, paper.begins + _minutes(39)) == ()
    [grant] = grants(record, paper.begins + _minutes(41))
    assert grant.counts_from == paper.begins + _minutes(40)


def test_a_certificate_says_what_was_typed_in_from_paper_and_when(desk: LiveDesk) -> None:
    paper = Paper(desk)
    outbound = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "basis": ["xp-4"]}
    paper.at(0, "cases", channel="radio", exchange={**outbound, "channel": "phone", "form": "oral"})
    yes = {"answers": [{"measure": "board", "value": "granted"}], "form": "oral"}
    paper.at(40, "answers", 1, **yes, by={"name": "Duty officer", "office": "MRCC XP"})
    desk.clock.at += _hours(3)
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    desk.settle()
    told = said(draft(desk, ref, "consent_or_waiver"))
    answered = desk.last(ref, "answer.given").seq
    assert (
        "typed into the record afterwards" in told
        and "Compared with the scan by a second person: no." in told
    )
    assert f"entry {answered}, page 1, at 211703Z NOV 26" in told


def test_the_reference_given_over_the_telephone_stays(desk: LiveDesk) -> None:
    given = new_reference(prefix="X-")
    paper = Paper(desk).at(0, "cases", channel="phone")
    reply = desk.do(transcribe_new, "duty-1", **paper.told(desk, reference=given))
    assert reply["case"] == given
    with pytest.raises(ReferenceTaken):
        desk.do(transcribe_new, "duty-1", **paper.told(desk, reference=given))


def _hours(n: float) -> timedelta:
    return timedelta(hours=n)


def _minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def test_who_only_reads_types_nothing_in_and_each_act_asks_its_own_permission(desk: LiveDesk) -> None:
    paper = Paper(desk).at(0, "cases", channel="phone")
    for officer in ("aud-1", "admin-1", "rec-1", "legal-1", "dec-1"):
        with pytest.raises(NotPermitted):
            desk.do(transcribe_new, officer, **paper.told(desk))
    ref = str(desk.do(transcribe_new, "duty-1", **paper.told(desk))["case"])
    before = desk.look(ref)
    with pytest.raises(NotPermitted):
        desk.do(compare, "aud-1", ref, 1, agrees=True)
    assert desk.look(ref) == before


def test_rule_11_2_a_mail_of_the_desk_did_not_leave_from_paper(desk: LiveDesk) -> None:
    paper = a_night(desk, answered_after=60)
    paper.acts[-1]["body"] = {"channel": "mail"}
    desk.clock.at += _hours(9)
    with pytest.raises(Invalid) as refused:
        desk.do(transcribe_new, "duty-1", **paper.told(desk))
    assert [p.pointer for p in refused.value.problems] == ["/acts/3/body/channel"]


def test_rule_11_2_what_the_desk_knew_then_is_not_changed_by_typing(desk: LiveDesk) -> None:
    """As-of goes by the instant of the typing: before it, the desk knew nothing of the paper."""
    ref = received(desk)
    begins = desk.clock.now()
    desk.attend(ref, "duty-1")
    desk.sleep(hours=1)
    before = desk.look(ref)
    paper = Paper(desk)
    paper.begins = begins
    paper.at(10, "notes", words="They called.")
    desk.clock.at += _minutes(1)
    desk.do(transcribe, "duty-1", ref, **paper.told(desk))
    with desk.service.database.read() as connection:
        stream = case_stream(ref)
        folded = desk.service.folds.as_of(connection, stream, at=desk.clock.now() - _minutes(1))
    assert folded.head.seq == before
    assert folded.of(CASE).notes == ()


def test_a_period_that_was_typed_in_replays_to_the_same_rows(either_desk: LiveDesk) -> None:
    paper = a_night(either_desk, answered_after=60)
    either_desk.clock.at += _hours(9)
    either_desk.do(transcribe_new, "duty-1", **paper.told(either_desk))
    assert replay(either_desk.service).differences == ()
