"""While an exercise is announced every real summons says that it is real; repairs hold up no request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import to_text
from cna_service.workflow import announced
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK, case_stream
from cna_service.workflow.summon import raise_alert
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import desk_facts, fresh_sqlite


@pytest.fixture
def real(tmp_path: Path) -> Iterator[LiveDesk]:
    """A real desk with the people of the exercise."""
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as one:
        yield one


def announce(desk: LiveDesk, what: announced.What = "exercise", **told: object) -> str:
    until = to_text(desk.clock.now() + timedelta(hours=8))
    body = {"to": until, "who": "The desks of XA and XB", **told}
    announced.announce(desk.service, desk.officer("sup-1"), what, body)
    return announced.announcements(desk.service)[-1].id


def arrives(desk: LiveDesk, n: int = 1) -> str:
    ref = str(desk.receive(**{**BAR_TEST, "requester_reference": f"XB-{n}"})["case"])
    desk.settle()
    return ref


def test_rule_15_2_every_real_summons_says_that_it_is_real(real: LiveDesk) -> None:
    arrives(real)
    duty = real.person("duty-1")
    assert duty.receives_sms().startswith("CNA: new request")
    announce(real)
    arrives(real, 2)
    assert duty.receives_sms().startswith("REAL / NOT AN EXERCISE. CNA: new request")
    real.advance(minutes=2)
    assert "REAL / NOT AN EXERCISE. This is the duty desk" in duty.picks_up()
    real.advance(minutes=3)
    assert real.person("duty-2").receives_sms().startswith("REAL / NOT AN EXERCISE")


def test_rule_15_2_so_do_the_mail_and_the_echo(real: LiveDesk) -> None:
    announce(real)
    real.person("duty-1").phone.condition = "off"
    arrives(real)
    [mail] = real.postbox.to("duty-1@example.test")
    assert mail.subject.startswith("REAL / NOT AN EXERCISE")
    real.person("duty-1").phone.condition = "ok"
    real.advance(minutes=2)
    real.advance(minutes=3)
    deputy = real.person("duty-2")
    deputy.receives_sms()
    deputy.replies("1 {code}")
    assert deputy.receives_sms(containing="You hold").startswith("REAL / NOT AN EXERCISE")


def test_rule_15_2_a_drill_on_the_real_desk_says_exercise_all_the_while(real: LiveDesk) -> None:
    announce(real)
    drill = str(real.do(open_case, "duty-1", channel="radio", summary="drill", as_exercise=True)["case"])
    with real.service.write(SERVICE, Action.SERVICE_TICK, case_stream(drill)) as work:
        raise_alert(real.service, work, "new_request")
    real.settle()
    assert real.person("duty-1").receives_sms().startswith("EXERCISE. CNA")


def test_rule_15_2_it_ends_by_itself_or_when_somebody_says_so(real: LiveDesk) -> None:
    one = announce(real)
    with real.service.read() as reader:
        until = reader.stream(DESK).of(announced.ANNOUNCED).by_id[one].ends_at
    real.clock.at = until
    arrives(real)
    assert real.person("duty-1").receives_sms().startswith("CNA")
    two = announce(real)
    announced.end_announced(real.service, real.officer("sup-1"), two, {"words": "Called off."})
    real.clock.at += timedelta(minutes=20)
    arrives(real, 2)
    assert real.person("duty-1").phone.texts[-1].text.startswith("CNA")
    with pytest.raises(announced.NothingAnnounced):
        announced.end_announced(real.service, real.officer("sup-1"), two, {})


def test_rule_15_2_an_exercise_desk_says_exercise_whatever_is_announced(desk: LiveDesk) -> None:
    announce(desk)
    arrives(desk)
    assert desk.person("duty-1").receives_sms().startswith("EXERCISE. CNA")


def test_what_is_wrong_is_named_and_not_everybody_announces(real: LiveDesk) -> None:
    with pytest.raises(Invalid) as refused:
        announced.announce(real.service, real.officer("sup-1"), "exercise", {"to": "2020-01-01T00:00:00Z"})
    assert {p.pointer for p in refused.value.problems} == {"/who", "/to"}
    with pytest.raises(NotPermitted):
        announce_as_duty(real)


def announce_as_duty(desk: LiveDesk) -> None:
    until = to_text(desk.clock.now() + timedelta(hours=1))
    announced.announce(desk.service, desk.officer("duty-1"), "exercise", {"to": until, "who": "us"})


def test_row_38_while_test_gear_is_repaired_its_alerts_wait_and_requests_do_not(real: LiveDesk) -> None:
    until = real.clock.now() + timedelta(hours=2)
    announce(real, "maintenance", to=to_text(until), who="The test telephone")
    with real.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        raise_alert(real.service, work, "test_failed")
    real.settle()
    real.nobody_else_was_called()
    arrives(real)
    real.person("duty-1").receives_sms(containing="new request")
    real.person("duty-1").replies("1 {code}")
    real.forget_messages()
    real.clock.at = until
    real.settle()
    alert = [a for a in real.alerts(DESK).open if a.kind == "test_failed"][-1]
    assert alert.rung == 1
