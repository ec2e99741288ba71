"""A case and the registers that others keep: asked beside everything else, kept as dated snapshots, and no verdict."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from cna_service.cases.files import kept_files
from cna_service.cases.visible import Viewer, visible
from cna_service.identity.permissions import NotPermitted
from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import Invalid
from cna_service.ledger.entry import Erased
from cna_service.registry.breaker import Breaker
from cna_service.registry.fishing_watch import FishingWatch
from cna_service.registry.outside_http import RegisterHttp
from cna_service.registry.psix import PsixRegister
from cna_service.workflow import outside_registers
from cna_service.workflow.case_reading import case_file, case_view
from cna_service.workflow.closing import add_note
from cna_service.workflow.outside_registers import look_outside
from tests.workflow.desk import LiveDesk
from tests.workflow.registers import TOKEN, CoastGuard, FishingWatchServer, Place, serving
from tests.workflow.requests import BAR_TEST

CLOCK = SystemClock()
PICTURE = b"\x89PNG\r\n\x1a\n the screen as it was"


@pytest.fixture
def coast_guard(desk: LiveDesk) -> Iterator[Place]:
    with serving(CoastGuard()) as place, serving(FishingWatchServer()) as watch:
        http = RegisterHttp(CLOCK, Breaker(CLOCK, failures=2))
        psix, fishing = PsixRegister(place.url, CLOCK, http), FishingWatch(watch.url, TOKEN, CLOCK)
        desk.service.reached.registers = {psix.name: psix, fishing.name: fishing}
        desk.service.reached.register_seconds = 1.0
        # Patience runs by the machine's clock, which the test's desk moves by hand.
        object.__setattr__(desk.service, "machine", CLOCK)
        yield place


def a_case(desk: LiveDesk) -> str:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.attend(ref, "duty-1")
    return ref


def picture(name: str = "equasis.png") -> dict[str, str]:
    return {"name": name, "media_type": "image/png", "base64": base64.b64encode(PICTURE).decode()}


def test_what_each_register_answered_stands_in_the_case_with_the_bytes_as_they_came(
    desk: LiveDesk, coast_guard: Place
) -> None:
    ref = a_case(desk)
    told = desk.do(look_outside, "duty-1", ref)
    assert [(r["source"], r["outcome"]) for r in told["results"]] == [
        ("psix", "found"),
        ("global-fishing-watch", "found"),
    ]
    (lookup,) = desk.record_json(ref)["outside_lookups"]
    psix, fishing = lookup["results"]
    assert psix["records"][0]["registered"][0]["name"] == "BAR TEST"
    assert psix["records"][0]["holders"] == [{"role": "ownername", "name": "A. Roe"}]
    assert fishing["records"][0]["self_reported"][0]["name"] == "OSPREY 7"
    assert lookup["asked_at"] == "2026-11-21T14:03:00.000000Z" or lookup["asked_at"].startswith(
        "2026-11-21T14:03"
    )
    # What the register sent is there byte for byte, and its hash is in the entry.
    kept = psix["received"][0]
    file = case_file(desk.service, ref, kept["blob"])
    assert b"diffgram" in file.content
    assert len(file.content) == kept["size"]


def test_a_source_that_is_down_and_one_that_is_slow_are_answers_and_the_others_are_kept(
    desk: LiveDesk, coast_guard: Place
) -> None:
    ref = a_case(desk)
    coast_guard.always = "hang"
    first = desk.do(look_outside, "duty-1", ref)
    assert first["results"][0] == {
        "source": "psix",
        "outcome": "no_answer",
        "words": "not answered: no answer within 1 s",
    }
    assert first["results"][1]["outcome"] == "found"
    desk.do(look_outside, "duty-1", ref, sources=["psix"])
    third = desk.do(look_outside, "duty-1", ref, sources=["psix"])
    assert third["results"][0]["outcome"] == "not_asked"
    assert "left alone" in third["results"][0]["words"]
    assert len(desk.case(ref).outside.outside_lookups) == 3, "each is a snapshot; none overwrites another"


def test_nobody_waits_for_a_slow_register_while_it_is_asked(desk: LiveDesk, coast_guard: Place) -> None:
    ref = a_case(desk)
    coast_guard.always = "hang"
    desk.service.reached.register_seconds = 5.0
    asking = threading.Thread(target=desk.do, args=(look_outside, "duty-1", ref))
    asking.start()
    while not coast_guard.asked:
        pass
    # The register hangs, and the case takes what others write in it.
    desk.do(add_note, "duty-1", ref, words="The registrar calls back.")
    assert asking.is_alive()
    coast_guard.stopping.set()
    asking.join()
    assert desk.types(ref).index("note.added") < desk.types(ref).index("outside.looked_up")


def test_a_fault_of_ours_in_reading_one_register_is_that_registers_alone(
    desk: LiveDesk, coast_guard: Place
) -> None:
    class Odd(PsixRegister):
        name = "odd"

        def search(self, query: Any, patience: Any) -> Any:
            raise ZeroDivisionError("https://register.example.test/?key=secret")

    desk.service.reached.registers = {**desk.service.reached.registers, "odd": Odd("", CLOCK)}
    ref = a_case(desk)
    told = desk.do(look_outside, "duty-1", ref)
    assert [r["outcome"] for r in told["results"]] == ["found", "found", "no_answer"]
    assert "secret" not in json.dumps(desk.record_json(ref))


def test_owners_and_digests_are_private_and_what_a_machine_compares_is_not(
    desk: LiveDesk, coast_guard: Place
) -> None:
    ref = a_case(desk)
    desk.do(look_outside, "duty-1", ref)
    entry = desk.last(ref, "outside.looked_up")
    private = set(entry.private)
    assert "/body/results/0/records/0/holders/0/name" in private
    assert "/body/results/0/received/0/sha256" in private
    assert not any(path.endswith(("/imo", "/outcome")) for path in private)
    assert not isinstance(entry.body["results"][0]["records"][0]["holders"][0]["name"], Erased)


def test_what_a_person_saw_is_recorded_with_the_instant_and_the_picture(desk: LiveDesk) -> None:
    ref = a_case(desk)
    told = desk.do(
        look_outside,
        "duty-1",
        ref,
        source="equasis",
        seen="GREY HERON, IMO 9321483, flag Panama since 02/2014, status in service",
        outcome="one",
        seen_at="2026-11-21T13:58:00Z",
        words="Owner's page not opened.",
        attachments=[picture()],
    )
    assert told["outcome"] == "one"
    entry = desk.last(ref, "outside.seen")
    assert entry.happened_at is not None
    assert entry.happened_at.text == "2026-11-21T13:58:00Z"
    assert {"/body/seen/0", "/body/words/0", "/body/attachments/0/sha256"} <= set(entry.private)
    (lookup,) = desk.record_json(ref)["outside_lookups"]
    assert lookup["is_manual"] is True
    file = case_file(desk.service, ref, lookup["attachments"][0]["blob"])
    assert file.content == PICTURE


def test_a_register_whose_terms_forbid_machines_is_refused_with_what_to_do_instead(
    desk: LiveDesk, coast_guard: Place
) -> None:
    ref = a_case(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(look_outside, "duty-1", ref, sources=["equasis", "lloyds"])
    whys = {p.told: (p.why, p.fix) for p in refused.value.problems}
    assert "not asked by machines" in whys["equasis"][0]
    assert "look by hand" in whys["equasis"][1]
    assert "psix" in whys["lloyds"][1]
    assert coast_guard.asked == []


def test_a_desk_without_any_says_that_none_is_set_up(desk: LiveDesk) -> None:
    ref = a_case(desk)
    with pytest.raises(Invalid) as refused:
        desk.do(look_outside, "duty-1", ref)
    assert refused.value.problems[0].why == "none is set up here"


def test_every_wrong_field_of_what_was_seen_is_named_at_once_and_no_file_is_kept(desk: LiveDesk) -> None:
    ref = a_case(desk)
    body: dict[str, Any] = {
        "source": "other",
        "outcome": "maybe",
        "seen_at": "2027-01-01T00:00:00Z",
        "colour": "red",
        "vessel": 7,
        "attachments": [{"name": "x", "base64": "%%"}],
    }
    with pytest.raises(Invalid) as refused:
        desk.do(look_outside, "duty-1", ref, **body)
    wanted = {"/seen", "/register", "/outcome", "/seen_at", "/colour", "/vessel", "/attachments/0/base64"}
    assert {p.pointer for p in refused.value.problems} == wanted
    assert "outside.seen" not in desk.types(ref)


def test_a_vessel_of_which_nothing_is_known_is_asked_of_nobody(desk: LiveDesk, coast_guard: Place) -> None:
    ref = a_case(desk)
    with pytest.raises(Invalid):
        desk.do(look_outside, "duty-1", ref, vessel=3)
    assert coast_guard.asked == []


def test_who_may_not_search_may_not_ask_outside_either(desk: LiveDesk, coast_guard: Place) -> None:
    ref = a_case(desk)
    with pytest.raises(NotPermitted):
        outside_registers.look_outside(desk.service, desk.authority("mrcc-xb"), ref, {})
    assert coast_guard.asked == []


def test_no_partner_learns_where_we_looked(desk: LiveDesk, coast_guard: Place) -> None:
    ref = a_case(desk)
    desk.do(look_outside, "duty-1", ref)
    theirs = visible(desk.case(ref), Viewer("mrcc-xb"))
    assert theirs.outside.outside_lookups == ()
    blobs = {f.blob for f in kept_files(theirs)}
    ours = {k["blob"] for r in desk.record_json(ref)["outside_lookups"][0]["results"] for k in r["received"]}
    assert ours
    assert not blobs & ours


def test_the_timeline_tells_in_a_line_what_came(desk: LiveDesk, coast_guard: Place) -> None:
    ref = a_case(desk)
    coast_guard.always = 500
    desk.do(look_outside, "duty-1", ref)
    desk.do(look_outside, "duty-1", ref, source="equasis", seen="nothing by that name", outcome="nothing")
    says = [line.says for s in case_view(desk.service, ref).stretches for line in s.lines]
    assert says[0] == "Looked by hand into Equasis: no such vessel"
    assert says[1] == (
        "Registers of others asked for vessel 1: US Coast Guard PSIX, not answered: it answered with an error (500); "
        "Global Fishing Watch, 1 vessel"
    )


def test_the_same_key_asks_and_records_once(desk: LiveDesk) -> None:
    from cna_service.db.idempotency import Key, Replayed

    ref = a_case(desk)
    key = Key("duty-1", "k-1", "d")
    body = {"source": "gisis", "seen": "IMO 9321483, flag PAN"}
    look_outside(desk.service, desk.officer("duty-1"), ref, body, key)
    with pytest.raises(Replayed):
        look_outside(desk.service, desk.officer("duty-1"), ref, body, key)
    (lookup,) = desk.case(ref).outside.outside_lookups
    assert lookup["outcome"] == "not_said", "what nobody said is no yes"
