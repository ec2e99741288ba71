"""Limits of contacts and bundling: what waits says so, the first summons of a case never does, nothing is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cna_service.db import outbox
from cna_service.escalation.ladder_file import read_ladders
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.workflow import deliver, views
from cna_service.workflow.projections import DESK
from cna_service.workflow.summon import raise_alert
from tests.workflow.desk import NODE, LiveDesk, a_desk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import CONFIG, desk_facts, fresh_sqlite, policies

TIGHT = (
    (CONFIG / "ladders.toml")
    .read_text(encoding="utf-8")
    .replace("sms = { burst = 10, every_seconds = 6 }", "sms = { burst = 2, every_seconds = 60 }")
)


def tight() -> Any:
    ladders = read_ladders(TIGHT)
    return replace(
        policies(), ladders=ladders, files={**policies().files, ladders.sha256: ("ladders.toml", TIGHT)}
    )


def alerts(desk: LiveDesk, kind: str, number: int) -> None:
    for _ in range(number):
        with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(desk.service, work, kind)


def texts(desk: LiveDesk, officer: str) -> list[tuple[float, str]]:
    start = min(m.at for m in desk.person(officer).phone.texts)
    return [((m.at - start).total_seconds(), m.text) for m in desk.person(officer).phone.texts]


def test_beyond_its_limit_a_contact_gets_one_at_a_time_and_nothing_is_dropped(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), policies=tight()) as desk:
        alerts(desk, "wrong_codes", 5)
        desk.settle()
        assert len(desk.person("sup-1").phone.texts) == 2
        desk.advance(minutes=3)
        assert [at for at, _ in texts(desk, "sup-1")] == [0, 0, 60, 120, 180]


def test_what_waits_says_until_when_on_the_screen(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), policies=tight()) as desk:
        alerts(desk, "wrong_codes", 3)
        desk.deliver()
        shown = views.alerts(desk.service).open
        waiting = [v.delayed_until for v in shown if v.delayed_until is not None]
        assert waiting == [desk.clock.now() + timedelta(seconds=60)]


def test_the_first_summons_of_a_case_is_never_held_up(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), policies=tight()) as desk:
        alerts(desk, "relief_unsigned", 5)
        desk.settle()
        told = len(desk.person("duty-1").phone.texts)
        for n in range(6):
            desk.receive(**{**BAR_TEST, "requester_reference": f"XB-{n}"})
        desk.settle()
        assert len(desk.person("duty-1").phone.texts) == told + 6


def low(desk: LiveDesk, number: int) -> None:
    alerts(desk, "certificate_holders", number)


def test_what_is_of_low_urgency_comes_in_one_message_with_its_codes(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        low(desk, 5)
        desk.settle()
        duty = desk.person("duty-1")
        assert len(duty.phone.texts) == 1
        desk.advance(minutes=2)
        [_, bundle] = duty.phone.texts
        assert bundle.text.startswith("EXERCISE. CNA: tell certificate holders: reply 1 ")
        assert bundle.text.count("reply 1 ") == 4
        assert {r["state"] for r in desk.outbox() if r["content"].get("purpose") == "alert"} == {"delivered"}
        assert desk.types(DESK).count("alert.delivered") == 5


def test_each_code_of_a_bundle_takes_its_own_alert(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        low(desk, 3)
        desk.settle()
        desk.advance(minutes=2)
        duty = desk.person("duty-1")
        code = duty.phone.texts[-1].text.rsplit("reply 1 ", 1)[1].rstrip(".")
        duty.replies(f"1 {code}")
        held = [a for a in desk.alerts(DESK).open if a.kind == "certificate_holders" and not a.is_climbing]
        assert len(held) == 1


def test_rule_15_2_an_exercise_never_shares_a_message_with_what_is_real(tmp_path: Path) -> None:
    """On a real desk a case opened as exercise and a real one, both of low urgency, to the same telephone."""
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(is_exercise=False)) as desk:
        from cna_service.workflow.opening import open_case
        from cna_service.workflow.projections import case_stream

        drill = str(desk.do(open_case, "duty-1", channel="radio", summary="drill", as_exercise=True)["case"])
        for stream in (DESK, DESK, case_stream(drill), DESK, case_stream(drill)):
            with desk.service.write(SERVICE, Action.SERVICE_TICK, stream) as work:
                raise_alert(desk.service, work, "certificate_holders")
        desk.settle()
        desk.advance(minutes=2)
        received = [m.text for m in desk.person("duty-1").phone.texts]
        assert len(received) >= 3
        assert all(text.count("EXERCISE") in (0, 1) for text in received)
        drills = [text for text in received if text.startswith("EXERCISE")]
        assert sum(text.count("eply 1 ") for text in drills) == 2


def test_a_bundle_that_nobody_took_goes_again_each_by_itself(tmp_path: Path) -> None:
    """We die between claiming and sending: the lease runs out, and each is sent all the same."""
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        low(desk, 3)
        desk.settle()
        desk.clock.at += timedelta(minutes=2)
        [claimed] = deliver.claim(desk.service, NODE, 8)
        assert len(claimed.content["riders"]) == 1
        desk.clock.at += timedelta(seconds=16)
        desk.settle()
        assert {r["state"] for r in desk.outbox() if r["content"].get("purpose") == "alert"} <= {
            outbox.ACCEPTED,
            outbox.DELIVERED,
        }


@pytest.mark.parametrize("hour", [23, 3])
def test_low_urgency_at_night_is_told_in_the_morning(tmp_path: Path, hour: int) -> None:
    at = datetime.fromisoformat(f"2026-11-22T{hour:02d}:10:00+00:00")
    with a_desk(fresh_sqlite(tmp_path), at=at) as desk:
        low(desk, 1)
        desk.settle()
        desk.person("duty-1").has_nothing()
        desk.advance_to(at.replace(hour=7, minute=0) + timedelta(days=1 if hour == 23 else 0))
        desk.person("duty-1").receives_sms(containing="tell certificate holders")
