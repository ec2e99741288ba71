"""``GET /rules`` gives for each row of the table of clocks and silence what the table says, one fictional State a row.

Over HTTP in exercise mode; XA asks, save where the row is about what is asked of XA.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.served import API, Exercise, copied, served

NOT_READ = "hours: not read; text needed"


@pytest.fixture(scope="module")
def desk(seeded_exercise: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exercise]:
    with served(copied(seeded_exercise, tmp_path_factory.mktemp("table") / "desk")) as one:
        yield one


def card(desk: Exercise, requested: str, **asked: str) -> Any:
    told = {"requesting": "XA", "requested": requested, **asked}
    return desk.get(f"{API}/rules", desk.officer("duty-1"), **told).json()


def row(desk: Exercise, requested: str, provision: str, **asked: str) -> Any:
    found = [r for r in card(desk, requested, **asked)["rows"] if r["provision"] == provision]
    assert found, f"{provision} is not on the card of {requested}"
    return found[0]


# Row of the table: State asked, provision, how the request is made; then answer due, start, what it waits for,
# acknowledge, silence, "neither".
CLOCKS: Mapping[str, tuple[tuple[str, str, str], tuple[str, str, str | None], str | None, str, str]] = {
    "CETS 156": (
        ("XN", "coe-7", "written"), ("PT4H", "receipt", None), "immediately", "no_authority", "as_answer"),
    "CETS 156, second clock": (
        ("XN", "coe-14-2", "written"), ("P14D", "evidence_summary", "evidence_summary"), "forthwith",
        "deemed_waiver", "as_answer"),
    "SUA 8bis(5)(d)": (
        ("XF", "sua-8bis-5-d", "written"), ("PT4H", "acknowledgment", "acknowledgement"), "immediately",
        "deemed_grant", "as_answer"),
    "San José 6(4), registry": (
        ("XR", "sj-6-4", "oral"), ("PT4H", "not_said", None), None, "by_election", "as_answer"),
    "San José 16(3)": (
        ("XS", "sj-16-3", "oral"), ("PT4H", "oral_receipt", None), None, "deemed_grant", "as_silence"),
    "Fish Stocks 21": (
        ("XM", "unfsa-21-6", "written"), ("P3D", "notification", "notification"), None, "remain_aboard", "as_answer"),
}  # fmt: skip

# Row: State asked, provision; words on the time; acknowledge; silence.
NO_NUMBER: Mapping[str, tuple[str, str, str, str | None, str]] = {
    "UN 1988 art. 17": ("XC", "un-17-4", "expeditiously", None, "no_authority"),
    "UN 1988 art. 17, registry": ("XC", "un-17-3", "expeditiously", None, "nothing"),
    "SUA 8bis, default": (
        "XD", "sua-8bis-5-c", "as expeditiously as possible", "immediately", "no_authority"),
    "SUA 8bis(5)(e)": ("XJ", "sua-8bis-5-e", "already authorized", None, "standing"),
    "San José 16(1)": ("XB", "sj-16-1", "authorised by the Agreement itself", None, "standing"),
    "San José 16(2)": ("XE", "sj-16-2", "expeditiously, according to capability", None, "no_authority"),
    "Migrant Smuggling Protocol 8(4)": ("XK", "som-8-2", "expeditiously", None, "nothing"),
    "UNCLOS 110": ("XO", "unclos-110", "nobody is asked", None, "nothing"),
    "UNSCR 2292": ("XH", "unsc-2292", "good-faith efforts", None, "not_stated"),
    "IRINI practice": ("XH", "xh-notice", "the time that the notice states: a claimed limit", None, "not_stated"),
    "Spain-Italy 1990": ("XI", "xi-5", "each may act", None, "standing"),
    "Panama, Salas-Becker": ("XX", "xx-5", "no number", None, "not_stated"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CLOCKS))
def test_a_row_with_a_number(desk: Exercise, name: str) -> None:
    (state, provision, form), (limit, start, waits), acknowledge, silence, neither = CLOCKS[name]
    found = row(desk, state, provision, form=form)
    assert (found["limit"]["iso"], found["starts"], found["acknowledge"]) == (limit, start, acknowledge)
    assert (found["silence"]["code"], found["neither"]["code"]) == (silence, neither)
    clock = found["clock"]
    assert (clock["limit"]["iso"], clock["starts"], clock["waits_for"]) == (limit, start, waits)
    legal = provision != "sj-6-4"
    assert clock["kind"] == ("legal" if legal else "claimed"), clock["why"]
    effect = silence if legal and silence not in ("no_authority", "by_election") else "none"
    assert clock["silence"]["effect"] == effect


@pytest.mark.parametrize("name", list(NO_NUMBER))
def test_a_row_without_a_number(desk: Exercise, name: str) -> None:
    state, provision, words, acknowledge, silence = NO_NUMBER[name]
    found = row(desk, state, provision)
    assert (found["applies"], found["clock"], found["limit"]["iso"]) == ("yes", None, None)
    assert words in found["no_clock_because"]
    assert (found["acknowledge"], found["silence"]["code"]) == (acknowledge, silence)


def test_the_row_of_the_unread_ship_boarding_agreement_says_nothing_but_that(desk: Exercise) -> None:
    found = row(desk, "XL", "xl-4")
    assert (found["reading"], found["limit"]["words"], found["no_clock_because"]) == (
        "unread",
        NOT_READ,
        NOT_READ,
    )
    assert (found["limit"]["iso"], found["starts"], found["clock"], found["adopted"]) == (
        None,
        None,
        None,
        None,
    )
    assert found["silence"]["words"] == NOT_READ
    assert "articles 4 and 5" in found["to_read"]


def test_what_the_texts_add_to_the_rows(desk: Exercise) -> None:
    decision = row(desk, "XN", "coe-7", form="written")
    assert decision["limit"]["qualifier"] == "where practicable" and decision["form"] == "written"
    assert decision["assurance"] and "effective control" in decision["further_steps"]
    assert row(desk, "XN", "coe-7")["clock"]["waits_for"] == "writing"
    called = row(desk, "XN", "coe-7", form="oral")
    assert called["clock"] is None and "in writing only" in called["no_clock_because"]
    written = row(desk, "XS", "sj-16-3", form="written")
    assert written["clock"] is None and "oral request" in written["no_clock_because"]
    deemed = row(desk, "XF", "sua-8bis-5-d")["silence"]
    assert (
        deemed["scope"] == ["board", "examine_papers", "search"]
        and "detention needs a separate" in deemed["words"]
    )
    assert row(desk, "XE", "sj-16-2")["no_clock_because"]
    registry = row(desk, "XR", "sj-6-4", form="oral")
    assert registry["limit"]["qualifier"] == "as soon as possible, in any event"
    days = row(desk, "XM", "unfsa-21-6")
    assert days["limit"]["unit"] == "working_d" and "not said" in days["calendar"]
    waters = row(desk, "XR", "sj-12-1-b")
    assert "no shiprider and no law enforcement vessel" in waters["silence"]["words"]
    assert row(desk, "XB", "sj-12-1-a")["silence"]["code"] == "no_authority"
    unknown = row(desk, "XT", "sj-16-1")
    assert (unknown["applies"], unknown["clock"]) == ("might", None)
    assert "neither the default nor an option applies" in unknown["no_clock_because"]


def test_three_identical_four_hours_start_at_three_events_and_end_in_opposite_results(desk: Exercise) -> None:
    """One written request, one call: the same four hours begin at receipt, at acknowledgement, at the oral request."""
    written = {
        "requested_state": "XA",
        "offences": ["narcotics", "terrorism"],
        "measures": ["confirm_registry", "board"],
        "legal_basis": [{"text": "CETS 156 art. 7"}, {"text": "SUA 8bis(5)(d)"}, {"text": "San José 16(3)"}],
        "vessels": [{"names": ["BAR TEST"], "flag_claimed": "XA"}],
    }
    begin = desk.now()
    got = desk.send("mrcc-xb", **written)
    ref = got["case"]
    clocks = {c["provision"]: c for c in got["clocks"]}
    assert {c["limit"] for c in clocks.values() if c["limit"]} == {"PT4H"}
    assert clocks["coe-7"]["starts_at"] == got["received_at"]
    assert (clocks["sua-8bis-5-d"]["starts_at"], clocks["sua-8bis-5-d"]["waits_for"]) == (
        None,
        "acknowledgement",
    )
    assert "sj-16-3" not in clocks, "a request in writing alone starts nothing there"

    minutes = (desk.now() - desk.begin).total_seconds() / 60
    desk.at(minutes=minutes + 10)
    desk.take_alerts(ref, "duty-1")
    desk.act("duty-1", f"/cases/{ref}/exchanges/1/acknowledgement")
    desk.at(minutes=minutes + 20)
    call = {"direction": "inbound", "authority": "mrcc-xb", "form": "oral", "channel": "phone"}
    asked = {
        "measures": ["confirm_registry", "board"],
        "basis": ["San José 16(3)"],
        "offences": ["narcotics"],
    }
    spoken = desk.act("duty-1", f"/cases/{ref}/exchanges", **call, **asked)
    assert next(c for c in spoken["clocks"] if c["provision"] == "sj-16-3")["starts_at"] == desk.instant(
        minutes=minutes + 20
    )

    running = {c["provision"]: c for c in desk.case(ref)["clocks"] if c["provision"]}
    starts = {p: running[p]["starts_at"] for p in ("coe-7", "sua-8bis-5-d", "sj-16-3")}
    assert starts == {
        "coe-7": desk.instant(minutes=minutes),
        "sua-8bis-5-d": desk.instant(minutes=minutes + 10),
        "sj-16-3": desk.instant(minutes=minutes + 20),
    }
    assert (begin - desk.begin).total_seconds() / 60 == minutes
    assert {p: running[p]["effect"] for p in starts} == {
        "coe-7": "none", "sua-8bis-5-d": "deemed_grant", "sj-16-3": "deemed_grant",
    }  # fmt: skip
    assert running["coe-7"]["at_expiry"] == "no_authority"


def test_the_irini_notice_is_a_claimed_limit_that_its_force_extends(desk: Exercise) -> None:
    minutes = (desk.now() - desk.begin).total_seconds() / 60
    notice = {
        "requested_state": "XA",
        "offences": ["arms_embargo"],
        "measures": ["board", "search"],
        "legal_basis": [{"text": "resolution 2292"}],
        "vessels": [{"names": ["BAR TEST"], "flag_claimed": "XA"}],
        "reply_wanted_by": desk.instant(minutes=minutes + 240),
    }
    got = desk.send("force-xh", **notice)
    assert "gives no number" in got["no_clock_because"]
    claimed = next(c for c in got["clocks"] if c["kind"] == "claimed")
    assert (claimed["due_at"], claimed["effect"]) == (desk.instant(minutes=minutes + 240), "none")
    more = {"until": desk.instant(minutes=minutes + 300), "by": {"office": "Headquarters of force XH"}}
    desk.take_alerts(got["case"], "duty-1")
    desk.act("duty-1", f"/cases/{got['case']}/exchanges/1/extension", **more)
    clocks = [c for c in desk.case(got["case"])["clocks"] if c["kind"] == "claimed"]
    assert {c["due_at"] for c in clocks} == {desk.instant(minutes=minutes + 300)}


def test_several_claimed_states_are_asked_about_at_once(desk: Exercise) -> None:
    told = card(desk, "XC,XV", offence="narcotics")
    assert told["requested"] == ["XC", "XV"] and len(told["cards"]) == 2
    assert "ask each of them" in told["words"]
    for each in told["cards"]:
        provisions = [r["provision"] for r in each["rows"]]
        assert {"un-17-3", "ad-hoc-consent"} <= set(provisions)


def test_drugs_and_migrants_at_once_stand_side_by_side(desk: Exercise) -> None:
    query = [("requesting", "XA"), ("requested", "XB"), ("offence", "narcotics"), ("offence", "migrants")]
    answer = desk.client.get(f"{API}/rules", params=query, headers=desk.officer("duty-1")).json()
    agreements = {r["agreement"] for r in answer["rows"]}
    assert {"un1988", "cets156", "sanjose2003", "migrants2000", "without-agreement"} <= agreements


def test_the_card_ends_with_what_is_left_without_an_answer(desk: Exercise) -> None:
    left = {
        w["code"]: w for w in card(desk, "XS", offence="narcotics", zone="high_seas")["without_an_answer"]
    }
    assert {
        "deemed_grant",
        "papers_only_boarding",
        "holding_measure",
        "right_of_visit",
        "masters_consent",
    } <= set(left)
    assert "safety_of_life_at_sea" in left
    assert left["right_of_visit"]["words"].startswith("only on a stated ground")
    assert "States disagree" in left["masters_consent"]["does_not_allow"]
    for each in left.values():
        assert each["allows"] and each["does_not_allow"] and each["decides"], each["code"]
    standing = {w["code"] for w in card(desk, "XB", offence="narcotics")["without_an_answer"]}
    assert "standing" in standing and "holding_measure" not in standing


FIGURE = re.compile(r"\b(\d+|one|two|three|four)[ -]?(h|hours?)\b", re.IGNORECASE)
MEMORY = re.compile(r"\[M\??\]")


def test_no_figure_of_an_unread_agreement_is_shown_on_any_card_list_or_page(desk: Exercise) -> None:
    who = desk.officer("legal-1")
    agreements = desk.get(f"{API}/agreements", who).json()["agreements"]
    unread = [a for a in agreements if any(p["reading"] == "unread" for p in a["provisions"])]
    assert len(unread) > 60
    for each in unread:
        told = json.dumps(each, ensure_ascii=False)
        assert not FIGURE.search(told), (each["agreement"], FIGURE.search(told))
    for line in desk.get(f"{API}/provisions", who).json()["provisions"]:
        if line["reading"] == "unread":
            assert line["limit"] == NOT_READ and not FIGURE.search(json.dumps(line)), line["provision"]
            assert line["to_read"], line["provision"]
            whole = desk.get(f"{API}/provisions/{line['provision']}", who).text
            assert not FIGURE.search(whole), line["provision"]
    for state in (
        "LR",
        "PA",
        "MH",
        "HR",
        "CY",
        "BZ",
        "MT",
        "MN",
        "BS",
        "AG",
        "VC",
        "BB",
        "CO",
        "JM",
        "GB",
        "VE",
    ):
        for found in card(desk, state, requesting="US")["rows"]:
            if found["reading"] == "unread":
                assert not FIGURE.search(json.dumps(found, ensure_ascii=False)), found["provision"]
                assert found["clock"] is None and found["limit"]["words"] == NOT_READ
    assert not MEMORY.search(json.dumps(agreements))


def test_a_provision_is_adopted_over_the_interface_by_a_named_adviser_and_no_other(desk: Exercise) -> None:
    path = "/provisions/coe-26/adoption"
    told = desk.get(f"{API}/provisions/coe-26", desk.officer("legal-1")).json()
    hashes = {"terms_sha256": told["terms_sha256"], "text_sha256": told["text_sha256"], "has_read": True}
    assert told["adopted"]
    desk.act("legal-1", f"{path}/end", remarks="We read it again.")
    assert desk.get(f"{API}/provisions/coe-26", desk.officer("legal-1")).json()["adopted"] is None
    desk.refused(desk.officer("duty-1"), path, hashes, 403)
    desk.refused(desk.officer("legal-1"), path, {**hashes, "text_sha256": "0" * 64}, 409)
    desk.refused(desk.officer("legal-1"), path, {**hashes, "has_read": False}, 422)
    desk.act("legal-1", path, **hashes)
    again = desk.get(f"{API}/provisions/coe-26", desk.officer("legal-1")).json()
    assert again["adopted"] and again["was_adopted"]
    desk.refused(desk.officer("legal-1"), "/provisions/xl-4/adoption", hashes, 403)


def test_a_change_published_over_the_interface_lists_and_an_officer_re_bases(desk: Exercise) -> None:
    request = {
        "requested_state": "XA",
        "offences": ["narcotics"],
        "measures": ["confirm_registry", "board"],
        "legal_basis": [{"text": "CETS 156 art. 7"}],
        "vessels": [{"names": ["SECOND"], "flag_claimed": "XA"}],
    }
    ref = desk.send("mrcc-xu", **request)["case"]
    desk.take_alerts(ref, "duty-1")
    desk.at(minutes=(desk.now() - desk.begin).total_seconds() / 60 + 1)
    fact = {"state": "XU", "instrument": "cets156", "status": "not_party", "source": "depositary, read again"}
    wrong = next(
        p["entry"]
        for a in desk.get(f"{API}/agreements", desk.officer("legal-1")).json()["agreements"]
        for p in a["participations"]
        if (a["agreement"], p["state"]) == ("cets156", "XU")
    )
    told = desk.act("legal-1", "/participations", **fact, adopted=True, change="correction", corrects=wrong)
    assert {"case": ref, "exchanges": [1]} in told["touched"]
    shown = desk.case(ref)
    assert shown["law_changes"][0]["change"] == told["change"]
    body = {"change": told["change"], "keep": False, "reason": "XU never joined.", "provisions": ["un-17-4"]}
    done = desk.act("duty-1", f"/cases/{ref}/exchanges/1/rebasing", **body, seen=desk.seq(ref))
    assert "gives no number" in done["no_clock_because"]
    assert {c["state"] for c in desk.case(ref)["clocks"] if c["provision"] == "coe-7"} == {"stopped"}
    changes = desk.get(f"{API}/law/changes", desk.officer("legal-1")).json()["changes"]
    assert any(c["change"] == told["change"] and c["kind"] == "correction" for c in changes)
    before = card(desk, "XU", known_at=shown["opened_at"])
    assert "coe-7" in [r["provision"] for r in before["rows"]]
    assert "coe-7" not in [r["provision"] for r in card(desk, "XU")["rows"]]
