"""The auditor finds each way in which a summons can get stuck, tells it, and mends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update

from cna_service.db import outbox, timers
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.workflow.alerts import acknowledge_alert
from cna_service.workflow.audit_summonses import SummonsAudit
from cna_service.workflow.opening import open_case
from cna_service.workflow.projections import DESK, DESK_STATE, case_stream
from cna_service.workflow.summon import close_alert
from tests.workflow import acts
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import desk_facts, fresh_sqlite


def arrives(desk: LiveDesk) -> str:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    desk.forget_messages()
    return ref


def codes(desk: LiveDesk) -> list[tuple[str, str]]:
    return [(f.stream, f.code) for f in SummonsAudit().look(desk.service)]


def stuck_told(desk: LiveDesk) -> list[str]:
    return [a.kind for a in desk.alerts(DESK).open if a.kind == "summons_stuck"]


def audit(desk: LiveDesk) -> None:
    SummonsAudit()(desk.service)
    desk.settle()


def test_a_healthy_desk_has_no_finding_and_writes_nothing(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = arrives(desk)
    desk.advance(minutes=7)
    before = len(desk.entries(DESK)), len(desk.entries(ref))
    audit(desk)
    assert codes(desk) == []
    assert (len(desk.entries(DESK)), len(desk.entries(ref))) == before


def test_a_climb_whose_timer_was_lost_is_found_told_and_goes_on(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = arrives(desk)
    with desk.service.database.write() as connection:
        connection.execute(delete(timers.timer).where(timers.timer.c.stream == case_stream(ref)))
    assert codes(desk) == [(case_stream(ref), "no_timer")]
    desk.clock.at += timedelta(minutes=4.5)
    desk.tick()
    desk.person("duty-1").has_nothing()
    assert codes(desk) == [(case_stream(ref), "late_step"), (case_stream(ref), "no_timer")]
    audit(desk)
    desk.person("duty-1").is_called()
    desk.person("admin-1").receives_sms(containing="a summons had got stuck")
    [entry] = [e for e in desk.entries(DESK) if e.type == "summonses.audited"]
    assert entry.body["found"] == 2
    assert {f["code"] for f in entry.body["findings"]} == {"late_step", "no_timer"}
    desk.advance(minutes=3)
    desk.person("duty-2").receives_sms(containing="new request")


def test_a_timer_that_was_put_off_is_found_as_a_late_step(desk: LiveDesk) -> None:
    ref = arrives(desk)
    with desk.service.database.write() as connection:
        connection.execute(update(timers.timer).values(due_at=desk.clock.now() + timedelta(days=3)))
    desk.clock.at += timedelta(minutes=4.5)
    desk.tick()
    assert codes(desk) == [(case_stream(ref), "late_step")]
    audit(desk)
    desk.person("duty-1").is_called()


def test_a_sending_that_was_never_queued_is_asked_for_anew(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = str(desk.receive(**BAR_TEST)["case"])
    with desk.service.database.write() as connection:
        connection.execute(delete(outbox.outbox).where(outbox.outbox.c.stream == case_stream(ref)))
    desk.settle()
    desk.person("duty-1").has_nothing()
    desk.clock.at += timedelta(minutes=1.9)
    assert codes(desk) == []
    desk.clock.at += timedelta(minutes=0.2)
    assert (case_stream(ref), "lost_sending") in codes(desk)
    audit(desk)
    desk.person("duty-1").receives_sms(containing="new request")


def test_a_sending_settled_without_the_record_hearing_of_it_leads_to_the_next_contact(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    with desk.service.database.write() as connection:
        mine = outbox.outbox.c.stream == case_stream(ref)
        connection.execute(update(outbox.outbox).where(mine).values(state=outbox.FAILED))
    desk.clock.at += timedelta(minutes=2.1)
    audit(desk)
    assert desk.last(ref, "alert.receipt_missed").body["next"]["channel"] == "voice"
    desk.person("duty-1").is_called()


def test_what_was_withdrawn_waits_by_its_limit_or_is_tried_again_is_not_stuck(desk: LiveDesk) -> None:
    ref = arrives(desk)
    alert = desk.alert(ref)
    acknowledge_alert(desk.service, desk.officer("duty-1"), alert.stream, alert.id)
    desk.clock.at += timedelta(minutes=9)
    assert codes(desk) == []


def test_it_is_told_once_however_often_it_looks(desk: LiveDesk) -> None:
    arrives(desk)
    for _ in range(3):
        with desk.service.database.write() as connection:
            connection.execute(delete(timers.timer))
        audit(desk)
    assert stuck_told(desk) == ["summons_stuck"]
    with desk.service.read() as reader:
        assert reader.stream(DESK).of(DESK_STATE).summonses_stuck >= 3


def test_a_request_that_nobody_holds_is_no_finding_in_an_exercise(desk: LiveDesk) -> None:
    ref = acts.received(desk)
    alert = desk.alert(ref)
    assert alert.acknowledgement is not None
    desk.do(open_case, "duty-1", channel="radio", summary="a call")
    assert codes(desk) == []


def test_a_clock_that_runs_for_nobody_calls_who_has_the_watch(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        ref = arrives(desk)
        with desk.service.write(SERVICE, Action.SERVICE_TICK, case_stream(ref)) as work:
            close_alert(work, desk.alert(ref).id, "superseded")
        desk.clock.at += timedelta(minutes=6)
        assert (case_stream(ref), "unheld_clock") in codes(desk)
        audit(desk)
        assert desk.alert(ref, "case_unheld").is_climbing
