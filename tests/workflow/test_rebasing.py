"""The law is dated twice (desk-rules 10.2): what a change touches is listed, and an officer keeps or re-bases."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cna_service.bootstrap import read_policies
from cna_service.cases.grants import grants
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.asked import Asked
from cna_service.workflow.card_views import rule_cards
from cna_service.workflow.closing import close_case
from cna_service.workflow.notices import note_election, note_participation
from cna_service.workflow.owed import keeps_open, relief_items
from cna_service.workflow.projections import DESK, LAW, case_stream
from cna_service.workflow.rebase import ChangeDecided, rebase
from cna_service.workflow.seeding import adopt_policies
from tests.workflow.acts import asked, received
from tests.workflow.desk import Answered, LiveDesk
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import CONFIG, make_service, minutes


def correct_xa(desk: LiveDesk, **more: Any) -> Answered:
    """The adviser finds that XA never opted in to SUA 8bis(5)(d): the desk had it wrong."""
    with desk.service.read() as reader:
        law = reader.stream(DESK).of(LAW)
    wrong = next(e for e in law.elections if e.state == "XA" and e.election == "sua-8bis-5")
    told = {
        "state": "XA",
        "election": "sua-8bis-5",
        "option": "sua-8bis-5-c",
        "from": "2015-01-01",
        "source": "depositary, read again",
        "adopted": True,
        "corrects": wrong.entry,
        "change": "correction",
        **more,
    }
    return desk.do(note_election, "legal-1", **told)


def sua_case(desk: LiveDesk) -> str:
    ref = received(desk, **SUA)
    desk.do(acknowledge_request, "duty-1", ref, 1)
    assert desk.clock_of(ref).terms["provision"] == "sua-8bis-5-d"
    return ref


def test_rule_10_2_publishing_a_correction_lists_every_open_exchange_it_touches(desk: LiveDesk) -> None:
    touched, untouched, closed = sua_case(desk), received(desk), sua_case(desk)
    desk.do(close_case, "duty-1", closed, seen=desk.look(closed), waived="it was a mistake of the sender")
    desk.settle()
    desk.forget_messages()
    told = correct_xa(desk)
    assert told["touched"] == [{"case": touched, "exchanges": [1]}]
    assert told["closed"] == [closed], "closed cases are listed for the legal adviser and stay as they are"
    assert desk.types(closed)[-1] == "case.closed" or "law.changed" not in desk.types(closed)
    assert "law.changed" not in desk.types(untouched)
    entry = desk.last(touched, "law.changed").body
    assert (entry["kind"], entry["change"]) == ("correction", told["change"])
    line = entry["exchanges"][0]
    assert (line["when"], line["at"]) == ("at_receipt", to_text(desk.case(touched).exchanges[0].at))
    assert "sua-8bis-5-d" in line["provisions"]
    assert desk.alert(touched, "law_changed").is_open
    desk.settle()
    assert "the law of a case changed" in desk.person("duty-1").receives_sms()
    with desk.service.read() as reader:
        listed = reader.stream(DESK).of(LAW).touched[-1]
    assert [c["case"] for c in listed.closed] == [closed]


def test_rule_10_2_the_officer_keeps_the_old_basis_with_a_reason_and_its_clock_runs_on(
    desk: LiveDesk,
) -> None:
    ref = sua_case(desk)
    change = correct_xa(desk)["change"]
    before = desk.clock_of(ref)
    body = {
        "change": change,
        "keep": True,
        "reason": "They rely on the notice they read.",
        "seen": desk.look(ref),
    }
    desk.do(rebase, "duty-1", ref, 1, **body)
    assert desk.types(ref)[-1] == "basis.kept"
    assert desk.clock_of(ref) == before
    with pytest.raises(ChangeDecided):
        desk.do(rebase, "duty-1", ref, 1, **{**body, "seen": desk.look(ref)})


def test_rule_10_2_rebasing_supersedes_the_old_clock_and_deletes_nothing(desk: LiveDesk) -> None:
    ref = sua_case(desk)
    old = desk.clock_of(ref)
    assert old.terms["silence"]["effect"] == "deemed_grant"
    change = correct_xa(desk)["change"]
    told = desk.do(
        rebase, "duty-1", ref, 1, change=change, keep=False, reason="No notice was ever made.", seen=desk.look(ref),
        provisions=["sua-8bis-5-c", "sua-8bis-5-a"],
    )  # fmt: skip
    assert told["no_clock_because"] and "no number" in told["no_clock_because"]
    after = desk.case(ref).clock(old.id)
    assert after is not None and after.superseded_seq is not None and not after.is_running
    assert after.due_at == old.due_at
    desk.attend(ref, "duty-1")
    desk.advance(hours=5)
    assert "clock.lapsed" not in [e.type for e in desk.entries(ref) if e.body.get("clock") == old.id], (
        "nothing lapses under a basis that was none"
    )
    shown = desk.record_json(ref)
    assert shown["rebasings"][0]["superseded"] == [old.id]
    assert shown["exchanges"][0]["basis_chosen"]["provisions"] == ["sua-8bis-5-c", "sua-8bis-5-a"]


def test_rule_10_2_a_late_notice_rebases_onto_a_clock_that_began_when_the_event_was(desk: LiveDesk) -> None:
    """XD had opted in to SUA 8bis(5)(d) last week, and the desk learns it today."""
    ref = asked(desk, "confirm_registry", "board", "search", basis="SUA 8bis(5)", authority="cna-xd")
    assert not [c for c in desk.case(ref).clocks if c.kind == "legal"]
    now = desk.clock.now()
    week = (now - timedelta(days=7)).date().isoformat()
    told = desk.do(
        note_election, "legal-1", state="XD", election="sua-8bis-5", option="sua-8bis-5-d",
        source="notice", adopted=True, change="late_notice", **{"from": week},
    )  # fmt: skip
    assert told["touched"] == [{"case": ref, "exchanges": [1]}]
    desk.do(
        rebase, "duty-1", ref, 1, change=told["change"], keep=False, reason="They had notified.", seen=desk.look(ref),
    )  # fmt: skip
    clock = desk.clock_of(ref)
    assert (clock.terms["provision"], clock.waits_for) == ("sua-8bis-5-d", "acknowledgement")


def test_rule_10_2_a_deemed_grant_under_a_basis_that_was_none_counts_no_more_from_the_change_on(
    desk: LiveDesk,
) -> None:
    """What was done while it stood is not turned red by it (desk-rules 6.3)."""
    ref = sua_case(desk)
    clock = desk.clock_of(ref)
    desk.attend(ref, "duty-1")
    desk.advance(hours=4, minutes=1)
    recorded = desk.last(ref, "clock.lapsed").recorded_at
    with desk.service.write(desk.officer("duty-1"), Action.LAPSE_RECORD, case_stream(ref)) as work:
        silence = clock.terms["silence"]
        told = {"exchange": 1, "clock": clock.id, "provision": "sua-8bis-5-d", "words": "Nobody answered."}
        told |= {"effect": silence["effect"], "scope": silence["scope"], "channels": []}
        work.append(Draft("lapse.recorded", told))
    stood = grants(desk.case(ref))
    assert {g.measure for g in stood if g.is_in_force} == {"board", "search"}
    at = desk.clock.now()
    assert recorded <= at
    desk.advance(minutes=1)
    change = correct_xa(desk)["change"]
    desk.do(rebase, "duty-1", ref, 1, change=change, keep=False, reason="No notice.", seen=desk.look(ref))
    now = grants(desk.case(ref))
    assert [g for g in now if g.is_in_force] == []
    assert {g.state for g in now} == {"not_counted"}
    assert {g.measure for g in grants(desk.case(ref), at) if g.is_in_force} == {"board", "search"}


def test_rule_10_2_a_case_is_not_closed_and_is_handed_on_while_nobody_decided(desk: LiveDesk) -> None:
    ref = sua_case(desk)
    change = correct_xa(desk)["change"]
    (owed,) = [o for o in relief_items(desk.case(ref), desk.clock.now()) if o.kind == "law_changed"]
    assert owed.exchange == 1 and "nobody has kept the basis or re-based" in owed.what
    assert [code for code, _ in keeps_open(desk.case(ref)) if code.startswith("law:")]
    desk.do(rebase, "duty-1", ref, 1, change=change, keep=True, reason="r", seen=desk.look(ref))
    assert not [code for code, _ in keeps_open(desk.case(ref)) if code.startswith("law:")]


def test_rule_10_2_an_amendment_to_come_is_listed_with_the_day_it_begins(desk: LiveDesk) -> None:
    ref = sua_case(desk)
    tomorrow = (desk.clock.now() + timedelta(days=1)).date().isoformat()
    body = {
        "state": "XA",
        "election": "sua-8bis-5",
        "option": "sua-8bis-5-c",
        "source": "notice",
        "adopted": True,
    }
    told = desk.do(note_election, "legal-1", **body, **{"from": tomorrow}, change="amendment")
    assert told["touched"] == [{"case": ref, "exchanges": [1]}]
    line = desk.last(ref, "law.changed").body["exchanges"][0]
    assert (line["when"], line["at"][:10]) == ("since", tomorrow)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"change": "amendment", "from": "2020-01-01"}, "/change"),
        ({"change": "late_notice", "from": "2031-01-01"}, "/change"),
        ({"change": "correction", "from": "2020-01-01"}, "/change"),
        ({"change": "late_notice", "corrects": "e-1", "from": "2020-01-01"}, "/change"),
        ({"change": "guess"}, "/change"),
        ({"corrects": "no-such-entry"}, "/corrects"),
    ],
)
def test_rule_10_2_a_change_says_which_of_the_three_it_is_and_cannot_be_another(
    desk: LiveDesk, body: dict[str, Any], pointer: str
) -> None:
    told = {"state": "XQ", "instrument": "un1988", "source": "notice", **body}
    with pytest.raises(Invalid) as refused:
        desk.do(note_participation, "legal-1", **told)
    assert pointer in [p.pointer for p in refused.value.problems]


def test_rule_10_2_the_kind_is_recorded_where_nobody_said_it(desk: LiveDesk) -> None:
    desk.do(
        note_participation, "legal-1", state="XQ", instrument="un1988", source="n", **{"from": "2020-01-01"}
    )
    assert desk.last(DESK, "participation.noted").body["change"] == "late_notice"


def test_rule_10_2_known_at_gives_what_the_desk_then_believed(desk: LiveDesk) -> None:
    before = desk.clock.now()
    desk.clock.at += minutes(10)
    correct_xa(desk)
    question = {"requesting": "XB", "requested": "XA", "measures": ["board"], "at": to_text(before)}
    (now,) = rule_cards(desk.service, Asked(question))
    (then,) = rule_cards(desk.service, Asked({**question, "known_at": to_text(before)}))
    assert "sua-8bis-5-d" in [r["provision"] for r in then["rows"]]
    assert "sua-8bis-5-d" not in [r["provision"] for r in now["rows"]]


def test_rule_10_2_rebasing_names_a_change_that_touches_the_exchange(desk: LiveDesk) -> None:
    ref = received(desk, **BAR_TEST)
    with pytest.raises(Invalid) as refused:
        desk.do(rebase, "duty-1", ref, 1, change="no-such", keep=True, reason="r", seen=desk.look(ref))
    assert [p.pointer for p in refused.value.problems] == ["/change"]
    with pytest.raises(Invalid) as unsaid:
        desk.do(rebase, "duty-1", ref, 1, seen=desk.look(ref))
    assert {p.pointer for p in unsaid.value.problems} == {"/change", "/keep", "/reason"}


def edited(desk: LiveDesk, folder: Path, edits: dict[str, str]) -> LiveDesk:
    """The desk started again after somebody edited the file of CETS 156."""
    changed = folder / "config"
    shutil.copytree(CONFIG, changed)
    file = changed / "agreements" / "cets156.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    policies = read_policies(changed, exercise=True)
    later = LiveDesk(make_service(desk.service.database, desk.clock, policies=policies), desk.clock)
    adopt_policies(later.service)
    return later


def test_rule_10_2_an_edit_of_a_file_lists_at_start_what_it_touches(desk: LiveDesk, tmp_path: Path) -> None:
    ref, other = received(desk, **BAR_TEST), sua_case(desk)
    text = 'limit = { value = 4, unit = "h", qualifier = "where practicable" }'
    later = edited(desk, tmp_path, {text: text.replace("4", "6")})
    assert "law.changed" in later.types(ref) and "law.changed" not in later.types(other)
    body = later.last(ref, "law.changed").body
    assert (body["kind"], body["of"], body["subject"]["instrument"]) == (
        "not_said",
        "policy.adopted",
        "cets156",
    )
    assert adopt_policies(later.service) == [], "a second start lists nothing again"
    old = later.clock_of(ref)
    told = {"change": body["change"], "keep": False, "reason": "Six hours it is.", "seen": later.look(ref)}
    later.do(rebase, "duty-1", ref, 1, **told)
    fresh = next(c for c in later.case(ref).clocks if c.terms.get("provision") == "coe-7" and c.is_running)
    assert (fresh.kind, fresh.starts_at) == ("claimed", old.starts_at), "an edit ends the adoption"
    assert fresh.due_at == (old.starts_at or later.clock.now()) + timedelta(hours=6)


def test_rule_10_2_an_edit_says_in_the_file_which_of_the_three_it_is(desk: LiveDesk, tmp_path: Path) -> None:
    ref = received(desk, **BAR_TEST)
    said = '[[revision]]\nday = "2026-11-21"\nchange = "correction"\nwords = "misread"\n\n[[provision]]\nid = "coe-5"'
    text = 'limit = { value = 4, unit = "h", qualifier = "where practicable" }'
    edits = {'[[provision]]\nid = "coe-5"': said, text: text.replace("4", "6")}
    later = edited(desk, tmp_path, edits)
    assert later.last(ref, "law.changed").body["kind"] == "correction"


def test_rule_10_2_an_edit_that_changes_no_term_touches_nothing(desk: LiveDesk, tmp_path: Path) -> None:
    ref = received(desk, **BAR_TEST)
    later = edited(desk, tmp_path, {"# Parties and dates:": "# Parties, and their dates:"})
    assert "law.changed" not in later.types(ref)
