"""Registers that others keep, asked over real HTTP on loopback: their traps, their failures, and their silence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cna_service.bootstrap_outside import build_registers
from cna_service.kit.clock import SystemClock
from cna_service.registry.breaker import Breaker
from cna_service.registry.by_hand import MANUAL
from cna_service.registry.fishing_watch import FishingWatch, where
from cna_service.registry.http_register import HttpRegister, RegistersUnreadable, read_registers
from cna_service.registry.model import Query
from cna_service.registry.outside import Patience, RegistrySource, SourceError
from cna_service.registry.outside_http import RegisterHttp
from cna_service.registry.psix import PsixRegister, envelope
from cna_service.settings import Settings
from tests.workflow.registers import KEY, TOKEN, CoastGuard, FishingWatchServer, PaidRegister, Place, serving
from tests.workflow.station import T0, HandClock

CLOCK = SystemClock()
BAR_TEST = Query(names=("BAR TEST",), registration_number="1204771")


def patience(seconds: float = 5) -> Patience:
    return Patience(CLOCK, seconds)


@pytest.fixture
def coast_guard() -> Iterator[Place]:
    with serving(CoastGuard()) as place:
        yield place


@pytest.fixture
def watch() -> Iterator[Place]:
    with serving(FishingWatchServer()) as place:
        yield place


@pytest.fixture
def paid() -> Iterator[Place]:
    with serving(PaidRegister()) as place:
        yield place


def failure(source: RegistrySource, query: Query = BAR_TEST, seconds: float = 5) -> SourceError:
    with pytest.raises(SourceError) as refused:
        source.search(query, patience(seconds))
    return refused.value


# --- the Coast Guard


def test_a_search_of_psix_sends_vessel_id_nought_for_with_an_empty_one_nothing_comes(
    coast_guard: Place,
) -> None:
    psix = PsixRegister(coast_guard.url, CLOCK)
    found = psix.search(BAR_TEST, patience())
    assert [r.registered[0].name for r in found.records] == ["BAR TEST"]
    assert b"<VesselID>0</VesselID>" in coast_guard.asked[0].body
    assert coast_guard.asked[0].headers["soapaction"] == '"https://cgmix.uscg.mil/getVesselSummary"'
    # The double behaves as the real one: an empty VesselID brings no error and no vessel.
    empty = envelope("getVesselSummary", {"VesselID": "", "VesselName": "BAR TEST"})
    answer = RegisterHttp(CLOCK).ask(
        "x",
        "POST",
        coast_guard.url,
        patience(),
        headers={"SOAPAction": '"https://cgmix.uscg.mil/getVesselSummary"'},
        content=empty.encode(),
    )
    assert b"BAR TEST" not in answer.content


@pytest.mark.parametrize("namespace", ["http://cgmix.uscg.mil", "https://cgmix.uscg.mil", "urn:anything"])
@pytest.mark.parametrize("as_string", [False, True])
def test_psix_is_read_whatever_its_namespace_and_however_its_data_set_is_wrapped(
    coast_guard: Place, namespace: str, as_string: bool
) -> None:
    coast_guard.register = CoastGuard(namespace, as_string)
    record = PsixRegister(coast_guard.url, CLOCK).search(BAR_TEST, patience()).records[0]
    identity = record.registered[0]
    assert (record.id, record.is_whole, record.asked_by) == ("771204", True, ("registration_number", "names"))
    assert (identity.flag, identity.number, identity.call_sign) == ("US", "1204771", "WDB2345")
    assert identity.number_kind == "Official Number (U.S.)"
    more = dict(identity.more)
    assert (more["lengthinfeet"], more["expirationdate"], more["measureofweight"]) == (
        "78.5",
        "2025-03-31",
        "142",
    )
    assert "depthinfeet" not in more, "0 is no depth"
    assert [(h.role, h.name) for h in record.holders] == [("ownername", "A. Roe")]
    assert record.self_reported == ()


def test_a_misheard_name_beside_a_right_number_still_finds_her(coast_guard: Place) -> None:
    query = Query(names=("BART EST",), registration_number="1204771")
    found = PsixRegister(coast_guard.url, CLOCK).search(query, patience())
    assert [r.asked_by for r in found.records] == [("registration_number",)]


def test_a_vessel_of_psix_is_fetched_by_its_number_and_an_unknown_one_is_none(coast_guard: Place) -> None:
    psix = PsixRegister(coast_guard.url, CLOCK)
    assert psix.fetch("771204", patience()).records[0].registered[0].name == "BAR TEST"
    assert psix.fetch("9", patience()).records == ()
    assert psix.search(Query(names=("NO SUCH SHIP",)), patience()).count == 0


def test_details_that_do_not_come_leave_the_vessel_marked_as_not_whole(coast_guard: Place) -> None:
    coast_guard.script = [None, None, 500, 500, 500, 500]
    record = PsixRegister(coast_guard.url, CLOCK).search(BAR_TEST, patience()).records[0]
    assert record.registered[0].name == "BAR TEST"
    assert not record.is_whole


@pytest.mark.parametrize(
    "bytes_",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        b"\x00\xff\xfe not xml",
        b"<a><b></a>",
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><x>&c;</x>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
    ],
)
def test_what_is_no_answer_of_psix_is_said_to_be_none_and_is_kept(coast_guard: Place, bytes_: bytes) -> None:
    coast_guard.always = bytes_
    error = failure(PsixRegister(coast_guard.url, CLOCK))
    assert error.code == "unreadable"
    assert [r.content for r in error.received] == [bytes_]
    assert "passwd" not in error.words


def test_markup_in_a_name_stays_a_name(coast_guard: Place) -> None:
    query = Query(names=("</VesselName><VesselID>771204</VesselID><!--",))
    assert PsixRegister(coast_guard.url, CLOCK).search(query, patience()).count == 0
    assert b"&lt;/VesselName&gt;" in coast_guard.asked[0].body


# --- Global Fishing Watch

HERON = Query(names=("GREY HERON",), imo="IMO 9321483")


def test_what_registers_say_and_what_she_says_of_herself_are_kept_apart_each_with_its_dates(
    watch: Place,
) -> None:
    found = FishingWatch(watch.url, TOKEN, CLOCK).search(HERON, patience())
    (record,) = found.records
    (registered,), (reported,) = record.registered, record.self_reported
    assert (registered.name, registered.normal_name, registered.flag) == ("GREY HERON", "GREYHERON", "PA")
    assert (registered.since[:10], registered.until[:10]) == ("2014-02-01", "2021-06-30")
    assert (reported.name, reported.flag, reported.since[:10]) == ("OSPREY 7", "SL", "2021-07-14")
    assert ("length m", "61.4") in registered.more
    assert [(h.role, h.name) for h in record.holders] == [
        ("owner", "HERON FISHING SA"),
        ("authorisation", "ICCAT"),
    ]
    assert record.asked_by == ("imo", "names")
    assert found.remarks == ("shipname: GREY HERON II",)


def test_one_identifier_is_a_query_several_are_a_where_and_the_limit_is_never_over_fifty(
    watch: Place,
) -> None:
    FishingWatch(watch.url, TOKEN, CLOCK, limit=500).search(Query(imo="9321483"), patience())
    assert "query=9321483" in watch.asked[0].path
    assert "limit=50" in watch.asked[0].path
    FishingWatch(watch.url, TOKEN, CLOCK).search(HERON, patience())
    assert "where=imo+%3D+%279321483%27+OR+shipname+LIKE" in watch.asked[1].path.replace("%20", "+")


def test_a_quotation_mark_in_a_name_ends_no_clause(watch: Place) -> None:
    FishingWatch(watch.url, TOKEN, CLOCK).search(
        Query(names=("X' OR imo LIKE '%",), mmsi="352001234"), patience()
    )
    assert "X+OR+IMO+LIKE" in watch.asked[0].path.replace("%20", "+")
    assert where([("imo", "1"), ("shipname", "A B")]) == "imo = '1' OR shipname LIKE '%A B%'"


def test_a_vessel_of_global_fishing_watch_is_fetched_by_its_own_id(watch: Place) -> None:
    (record,) = FishingWatch(watch.url, TOKEN, CLOCK).fetch("c54923e64-46f3", patience()).records
    assert record.self_reported[0].name == "OSPREY 7"
    assert watch.asked[0].path.startswith("/v3/vessels/c54923e64-46f3?")


def test_a_wrong_key_is_a_refusal_that_no_later_try_mends_and_no_breaker_counts(watch: Place) -> None:
    source = FishingWatch(watch.url, "wrong", CLOCK)
    for _ in range(5):
        error = failure(source, HERON)
        assert (error.code, error.is_temporary) == ("refused", False)
    assert source.health == "ready"


# --- any register by HTTP


def plan_of(paid: Place, folder: Path) -> HttpRegister:
    (folder / "key").write_text(f"{KEY}\n")
    (plan,) = read_registers(paid.register.file(paid.url, str(folder / "key")))
    return HttpRegister(plan, CLOCK)


def test_a_register_described_in_a_file_is_asked_and_read(paid: Place, tmp_path: Path) -> None:
    source = plan_of(paid, tmp_path)
    (record,) = source.search(Query(names=("BAR TEST",), imo="9074729"), patience()).records
    assert (record.id, record.asked_by) == ("71", ("imo", "names"))
    assert (record.registered[0].imo, record.registered[0].flag) == ("9074729", "PA")
    assert record.registered[0].more == (("gross tonnage", "499.5"),)
    assert record.holders[0].name == "B. Poe"
    assert source.fetch("71", patience()).records[0].id == "71"
    assert source.search(Query(names=("NOBODY",)), patience()).records == ()


def test_no_key_stands_in_a_log_an_error_or_what_a_plan_shows_of_itself(
    paid: Place, watch: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # As a library does that an administrator turned up.
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    source = plan_of(paid, tmp_path)
    source.search(Query(imo="9074729"), patience())
    paid.always, watch.always = 500, 500
    told = [failure(source, Query(imo="9074729")), failure(FishingWatch(watch.url, TOKEN, CLOCK), HERON)]
    said = caplog.text + repr(told) + "".join(e.words for e in told) + repr(read_registers.__doc__)
    assert KEY not in said
    assert TOKEN not in said
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "key").write_text(KEY)
    (plan,) = read_registers(paid.register.file(paid.url, str(tmp_path / "again" / "key")))
    assert KEY not in repr(plan)


def test_a_file_of_registers_names_every_fault_at_once(tmp_path: Path) -> None:
    text = '[[register]]\nname = "a"\nurl = "ftp://x"\ncolour = "red"\nask = { shoe = "x" }\nfields = { name = 1 }\n'
    with pytest.raises(RegistersUnreadable) as refused:
        read_registers(text)
    places = {p.pointer for p in refused.value.problems}
    assert {"/register/0/title", "/register/0/terms", "/register/0/url", "/register/0/colour"} <= places
    assert {"/register/0/ask/shoe", "/register/0/fields"} <= places
    for broken in ("", "x = 1", "[[register", "register = 3"):
        with pytest.raises(RegistersUnreadable):
            read_registers(broken)


# --- slow, down, broken


def test_a_source_that_hangs_is_given_up_within_the_patience_and_says_so(coast_guard: Place) -> None:
    coast_guard.always = "hang"
    error = failure(PsixRegister(coast_guard.url, CLOCK), seconds=0.3)
    assert (error.code, error.words, error.is_temporary) == ("timeout", "no answer within 0 s", True)


def test_an_answer_that_drips_has_no_more_time_than_one_that_hangs(coast_guard: Place) -> None:
    coast_guard.always = "drip"
    assert failure(PsixRegister(coast_guard.url, CLOCK), seconds=0.3).code == "timeout"


def test_a_connection_that_breaks_once_is_tried_once_more(watch: Place) -> None:
    watch.script = ["reset"]
    assert FishingWatch(watch.url, TOKEN, CLOCK).search(HERON, patience()).count == 1
    assert len(watch.asked) == 2


@pytest.mark.parametrize(
    ("status", "code", "later"),
    [
        (500, "http-500", True),
        (503, "http-503", True),
        (429, "too-often", True),
        (404, "not-there", False),
        (302, "http-302", False),
    ],
)
def test_each_status_is_an_answer_of_its_own(watch: Place, status: int, code: str, later: bool) -> None:
    watch.always = status
    error = failure(FishingWatch(watch.url, TOKEN, CLOCK), HERON)
    assert (error.code, error.is_temporary) == (code, later)
    assert error.received[0].content == b"down"


def test_a_register_that_is_not_there_is_not_reached() -> None:
    with serving(CoastGuard()) as place:
        url = place.url
    assert failure(PsixRegister(url, CLOCK)).code == "connection"


def test_after_three_failures_nobody_is_asked_for_a_minute_then_one_try_decides(coast_guard: Place) -> None:
    clock = HandClock(T0)
    source = PsixRegister(coast_guard.url, CLOCK, RegisterHttp(CLOCK, Breaker(clock)))
    coast_guard.always = 503
    for _ in range(3):
        assert failure(source).code == "http-503"
    assert source.health == "resting"
    asked = len(coast_guard.asked)
    resting = failure(source)
    assert (resting.code, resting.words) == (
        "resting",
        "not asked: it failed repeatedly and is left alone for another 60 s",
    )
    assert len(coast_guard.asked) == asked, "nobody was asked"
    clock.at = T0.replace(minute=5)
    assert failure(source).code == "http-503"
    assert source.health == "resting", "the one try failed: another minute"
    clock.at = T0.replace(minute=7)
    coast_guard.always = None
    assert source.search(BAR_TEST, patience()).count == 1
    assert source.health == "ready"


def test_after_a_rest_one_alone_tries_and_one_that_says_nothing_blocks_nobody_for_ever() -> None:
    clock = HandClock(T0)
    breaker = Breaker(clock, failures=1, rest=60)
    breaker.failed()
    clock.at = T0.replace(minute=5)
    assert breaker.may_ask()
    assert not breaker.may_ask(), "somebody is trying"
    clock.at = T0.replace(minute=7)
    assert breaker.may_ask()


def test_a_register_for_people_is_never_asked_by_machine() -> None:
    for source in MANUAL:
        assert not source.terms.is_automated
        assert failure(source).code == "manual"
        with pytest.raises(SourceError):
            source.fetch("1", patience())


def test_without_anything_that_it_is_asked_by_nobody_is_asked(coast_guard: Place, watch: Place) -> None:
    nothing = Query(homeport="VIGO", length="24 m")
    assert failure(PsixRegister(coast_guard.url, CLOCK), nothing).code == "nothing-to-ask"
    assert failure(FishingWatch(watch.url, TOKEN, CLOCK), nothing).code == "nothing-to-ask"
    assert (coast_guard.asked, watch.asked) == ([], [])


# --- what a deployment switches on


def test_none_is_asked_unless_the_deployment_says_so_and_then_those_that_it_names(
    paid: Place, tmp_path: Path
) -> None:
    assert build_registers(Settings(data=tmp_path), CLOCK) == {}
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "token").write_text(TOKEN)
    file = tmp_path / "registers.toml"
    file.write_text(paid.register.file(paid.url, str(tmp_path / "key")))
    token = f"@{tmp_path / 'token'}"
    told = {"psix_url": paid.url, "fishing_watch_token": token, "http_registers": file}
    assert list(build_registers(Settings(data=tmp_path, **told), CLOCK)) == [
        "psix",
        "global-fishing-watch",
        "paid",
    ]


@pytest.mark.parametrize("name", ["psix", "equasis"])
def test_no_file_takes_the_name_of_a_register_that_there_is_already(
    paid: Place, tmp_path: Path, name: str
) -> None:
    (tmp_path / "key").write_text(KEY)
    file = tmp_path / "registers.toml"
    text = paid.register.file(paid.url, str(tmp_path / "key"))
    file.write_text(text.replace('name = "paid"', f'name = "{name}"'))
    with pytest.raises(RegistersUnreadable):
        build_registers(Settings(data=tmp_path, psix_url=paid.url, http_registers=file), CLOCK)
