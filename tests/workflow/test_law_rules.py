"""Law at the desk: adopted by a person, dated, and never read from files for what is armed already."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cna_service.bootstrap import read_policies
from cna_service.workflow.law import (
    ProvisionChanged,
    adopt_provision,
    adoption_page,
    end_adoption,
)
from cna_service.workflow.notices import note_participation
from cna_service.workflow.policies import Policies
from tests.corpus.cases import inbound
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.real import real_service
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import CONFIG, T0, desk_facts, fresh_sqlite, make_service, minutes


def other_hours(folder: Path) -> Policies:
    """The policy with every limit of every provision changed."""
    changed = folder / "config"
    shutil.copytree(CONFIG, changed)
    count = 0
    for path in changed.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        new, n = re.subn(
            r"limit = \{ value = (\d+)", lambda m: f"limit = {{ value = {int(m[1]) * 3 + 1}", text
        )
        count += n
        path.write_text(new, encoding="utf-8")
    assert count >= 8
    return read_policies(changed, exercise=True)


def test_rule_10_1_changing_every_hour_in_the_catalogue_changes_no_old_case_by_a_byte(
    desk: LiveDesk, tmp_path: Path
) -> None:
    ref = inbound(desk)
    running = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    now = desk.clock.now()
    before = {r: json.dumps(desk.record_json(r), sort_keys=True) for r in (ref, running)}
    clocks = {r: repr(desk.case(r).clocks) for r in (ref, running)}

    later = LiveDesk(
        make_service(desk.service.database, desk.clock, policies=other_hours(tmp_path)), desk.clock
    )
    assert {r: json.dumps(later.record_json(r), sort_keys=True) for r in before} == before
    assert {r: repr(later.case(r).clocks) for r in clocks} == clocks
    later.attend(running, "duty-1")
    later.advance(hours=4)
    assert later.clock_of(running).lapsed_at == now + timedelta(hours=4)
    fresh = later.receive(**BAR_TEST)["case"]
    new = later.clock_of(fresh, "claimed")
    assert new.due_at == now + timedelta(hours=4 + 13)
    assert "not adopted" in new.terms["why"]


def test_rule_10_3_on_the_first_real_day_nothing_is_adopted_and_clocks_are_claimed(tmp_path: Path) -> None:
    service, clock = real_service(tmp_path)
    desk = LiveDesk(service, clock)
    page = adoption_page(service)
    assert page.adopted == 0
    assert page.of > 10
    request = {**BAR_TEST, "requested_state": "NO"}
    ref = desk.receive(by="de-cna", **request)["case"]
    claimed = desk.clock_of(ref, "claimed")
    assert claimed.terms["why"] == "coe-7 is not adopted by this authority"
    assert claimed.terms["silence"]["effect"] == "none"

    line = next(p for p in page.lines if p.provision.id == "coe-7").provision
    read = {"provision": "coe-7", "terms_sha256": line.terms_sha256, "text_sha256": line.text_sha256}
    with pytest.raises(ProvisionChanged):
        desk.do(adopt_provision, "legal-1", **{**read, "text_sha256": "0" * 64}, has_read=True)
    desk.do(adopt_provision, "legal-1", **read, has_read=True)
    for state in ("NO", "DE"):
        told = {
            "state": state,
            "instrument": "cets156",
            "from": "2000-05-01",
            "source": "depositary",
            "adopted": True,
        }
        desk.do(note_participation, "legal-1", **told)
    assert adoption_page(service).adopted == 1
    legal = desk.receive(by="de-cna", **request)["case"]
    assert desk.clock_of(legal).due_at == T0 + minutes(240)
    assert desk.clock_of(ref, "claimed").kind == "claimed", "what was armed before stays as it was"

    desk.do(end_adoption, "legal-1", provision="coe-7", remarks="We read it again.")
    after = desk.receive(by="de-cna", **request)["case"]
    assert [c.kind for c in desk.case(after).clocks] == ["claimed", "own"]
    assert desk.clock_of(legal).is_running
    service.database.close()


def test_rule_10_3_an_edited_file_ends_the_adoption(desk: LiveDesk, tmp_path: Path) -> None:
    later = LiveDesk(
        make_service(desk.service.database, desk.clock, policies=other_hours(tmp_path)), desk.clock
    )
    ref = later.receive(**BAR_TEST)["case"]
    assert later.clock_of(ref, "claimed").terms["why"] == "coe-7 is not adopted by this authority"
    page = adoption_page(later.service)
    line = next(p for p in page.lines if p.provision.id == "coe-7")
    assert (line.adoption, line.was_adopted) == (None, True)


def test_rule_10_4_cets_156_to_a_desk_whose_state_is_not_party_arms_no_clock(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(state="XW")) as desk:
        got = desk.receive(**{**BAR_TEST, "requested_state": "XW"})
        assert got["clocks"] == []
        assert "XW is not a party to CETS 156" in got["no_clock_because"]
        desk.settle()
        assert "new request" in desk.person("duty-1").receives_sms()


def test_rule_10_4_where_participation_is_not_established_the_clock_is_claimed_and_says_so(
    desk: LiveDesk,
) -> None:
    request = {**BAR_TEST, "legal_basis": ["SUA 8bis(5)(d)"], "measures": ["board"]}
    ref = desk.receive(by="registry-xl", **request)["case"]
    assert {c.kind for c in desk.case(ref).clocks} == {"claimed", "own"}
    assert "applies if both are party: not verified" in desk.clock_of(ref, "claimed").terms["why"]
