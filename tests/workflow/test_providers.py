"""Two telephone companies: who carries, when the desk goes over, when it goes back, and what it says of either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.workflow import provider_watch
from cna_service.workflow.line_switch import carrying, self_test_failed
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK
from tests.workflow.desk import LiveDesk
from tests.workflow.lines import Company, arrives, ask, attempts, switches, two_lines
from tests.workflow.requests import BAR_TEST

Lines = tuple[Company, Company]


@pytest.fixture
def lines(either_desk: LiveDesk) -> Iterator[Lines]:
    with two_lines(either_desk) as both:
        yield both


@pytest.fixture
def desk(either_desk: LiveDesk) -> LiveDesk:
    return either_desk


def test_three_errors_in_a_row_and_the_spare_carries(desk: LiveDesk, lines: Lines) -> None:
    primary, spare = lines
    primary.fails = "20500"
    ref = arrives(desk)
    assert switches(desk) == []
    desk.advance(seconds=20)
    assert switches(desk) == [("primary", "spare", "errors")]
    # Nobody waited for the next contact: the same SMS went by the other line, marked as one that may come twice.
    [text] = desk.person("duty-1").phone.texts
    assert text.text.endswith("(repeat)") and text.sid in spare.sids
    sent = desk.last(ref, "alert.sent").body
    assert (sent["provider"], sent["channel"]) == ("spare", "sms")
    assert desk.alerts(DESK).open[-1].kind == "provider_trouble"


def test_a_dead_account_is_left_at_the_first_error(desk: LiveDesk, lines: Lines) -> None:
    primary, spare = lines
    primary.fails = "20005"
    ref = arrives(desk)
    assert switches(desk) == [("primary", "spare", "errors")]
    assert [m.sid in spare.sids for m in desk.person("duty-1").phone.texts] == [True]
    # It was no fault of the contact's: nothing led to another one.
    [failed] = [e.body for e in desk.entries(ref) if e.type == "alert.failed"]
    assert (failed["error"], failed["permanent"], failed["gave_up"], failed["next"]) == (
        "20005",
        False,
        False,
        None,
    )


def test_a_country_that_one_account_may_not_call_goes_by_the_other_and_nothing_is_switched(
    desk: LiveDesk, lines: Lines
) -> None:
    primary, spare = lines
    primary.fails = "21408"
    arrives(desk)
    assert [m.sid in spare.sids for m in desk.person("duty-1").phone.texts] == [True]
    assert switches(desk) == []


def test_a_wrong_number_is_no_fault_of_the_provider(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    for _ in range(3):
        primary.phone(desk.number("duty-1")).condition = "wrong"
        arrives(desk)
    assert switches(desk) == []


def test_the_carrying_line_outlives_a_restart_and_two_nodes_switch_once(desk: LiveDesk, lines: Lines) -> None:
    """Folded from entries: whoever asks gets the same answer, and the second to find the errors finds it done."""
    primary, spare = lines
    primary.fails = "20005"
    arrives(desk)
    other = Outside(primary, None, spare)
    assert carrying(desk.service, other) == carrying(desk.service, desk.outside) == "spare"
    assert len(switches(desk)) == 1


def test_where_both_fail_the_desk_does_not_go_to_and_fro(desk: LiveDesk, lines: Lines) -> None:
    primary, spare = lines
    primary.fails = spare.fails = "20500"
    arrives(desk)
    desk.advance(minutes=2)
    assert len(switches(desk)) <= 2


def test_it_goes_back_when_the_primary_has_proved_itself(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    primary.fails = "20005"
    arrives(desk)
    primary.fails = None
    desk.sleep(minutes=5)
    provider_watch.look_at_accounts(desk.service, desk.outside)
    # An account that looks well proves little so soon.
    assert carrying(desk.service, desk.outside) == "spare"
    desk.sleep(minutes=6)
    provider_watch.look_at_accounts(desk.service, desk.outside)
    assert switches(desk)[-1] == ("spare", "primary", "proved")
    assert not [a for a in desk.alerts(DESK).open if a.kind == "provider_trouble"]


def test_a_line_that_comes_and_goes_is_trusted_later_each_time(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    for _ in range(2):
        primary.fails = "20005"
        arrives(desk)
        primary.fails = None
        desk.sleep(minutes=11)
        provider_watch.look_at_accounts(desk.service, desk.outside)
    assert carrying(desk.service, desk.outside) == "spare"
    desk.sleep(minutes=10)
    provider_watch.look_at_accounts(desk.service, desk.outside)
    assert carrying(desk.service, desk.outside) == "primary"


def test_a_message_that_the_primary_took_is_proof_at_once(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    primary.fails = "20005"
    arrives(desk)
    primary.fails = None
    desk.sleep(minutes=1)
    ask(desk, provider="primary")
    desk.settle()
    provider_watch.go_back(desk.service, desk.outside)
    assert carrying(desk.service, desk.outside) == "primary"


def test_a_sending_may_ask_for_one_line_and_its_failure_is_nobody_elses(desk: LiveDesk, lines: Lines) -> None:
    primary, spare = lines
    spare.fails = "20005"
    row_id = ask(desk, provider="spare")
    desk.settle()
    assert [(t.provider, t.code) for t in attempts(desk, row_id)] == [("spare", "20005")]
    assert carrying(desk.service, desk.outside) == "primary"
    desk.outside = Outside(primary, None)
    row_id = ask(desk, provider="spare")
    desk.settle()
    assert [t.code for t in attempts(desk, row_id)] == ["no-spare"]


def test_every_attempt_says_whose_it_was(desk: LiveDesk, lines: Lines) -> None:
    primary, _ = lines
    primary.fails = "20500"
    ref = arrives(desk)
    desk.advance(seconds=20)
    [row] = [r for r in desk.outbox() if r["stream"] == f"case:{ref}" and r["channel"] == "sms"]
    assert [t.provider for t in attempts(desk, row["id"])] == ["primary", "primary", "primary", "spare"]


def test_an_unknown_outcome_is_asked_of_the_line_that_may_have_taken_it(desk: LiveDesk, lines: Lines) -> None:
    """It took the SMS and answered 500: found there, it is not sent again, whoever carries by then."""
    primary, spare = lines
    primary.fails, primary.accepts = "20500", True
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.exchange.reports.clear()
    desk.tick()
    desk.deliver()
    desk.exchange.reports.clear()
    assert self_test_failed(desk.service, desk.outside, "primary")
    primary.fails = None
    desk.sleep(seconds=3)
    desk.deliver()
    assert [m.sid in primary.sids for m in desk.person("duty-1").phone.texts] == [True]
    assert desk.last(ref, "alert.sent").body["provider"] == "primary"
    assert spare.sids == [m.sid for p in spare.phones.values() for m in p.texts if m.sid in spare.sids]


def test_a_failed_self_test_is_reason_enough(desk: LiveDesk, lines: Lines) -> None:
    assert not self_test_failed(desk.service, desk.outside, "spare")
    assert self_test_failed(desk.service, desk.outside, "primary")
    assert switches(desk) == [("primary", "spare", "self_test")]
    assert not self_test_failed(desk.service, Outside(lines[0], None), "primary")


def test_a_line_without_voice_sends_a_call_as_sms_and_says_so(desk: LiveDesk, lines: Lines) -> None:
    primary, spare = lines
    spare.has_voice = False
    primary.fails = "20005"
    ref = arrives(desk)
    desk.advance(seconds=121)
    texts = desk.person("duty-1").phone.texts
    assert texts[-1].text.endswith("(no call)") and not desk.person("duty-1").phone.calls
    sent = desk.last(ref, "alert.sent").body
    assert (sent["channel"], sent["carried_as"], sent["provider"]) == ("voice", "sms", "spare")


# --- watching (13.3, 13.4)
