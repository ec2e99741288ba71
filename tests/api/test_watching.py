"""What monitors and outside jobs see of the desk: metrics, readiness, heartbeats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cna_service.identity.actors import SERVICE
from cna_service.kit.errors import Invalid
from cna_service.ledger import store
from cna_service.workflow.heartbeats import expect_heartbeat, look_for_late
from cna_service.workflow.monitor import note_rehearsal
from cna_service.workflow.projections import DESK, OFFICERS
from tests.api.desk import REQUEST, ApiDesk


def figure(desk: ApiDesk, line: str) -> float:
    """The value of one line of the metrics, by its name and labels."""
    found = [x for x in desk.client.get("/metrics").text.splitlines() if x.startswith(f"{line} ")]
    assert len(found) == 1, (line, found)
    return float(found[0].rsplit(" ", 1)[1])


def test_the_metrics_of_paging_have_bounded_labels_and_no_numbers(desk: ApiDesk) -> None:
    assert figure(desk, "cna_oldest_unsent_seconds") == 0.0
    desk.post("/submissions", desk.authority(), REQUEST)
    desk.let_pass(hours=1)
    text = desk.client.get("/metrics").text
    assert 'cna_time_to_acknowledgement_seconds_bucket{le="+Inf"}' in text
    assert 'cna_time_to_provider_seconds_bucket{le="0.25"}' in text
    assert figure(desk, "cna_clock_held_seconds") == 0.0
    assert figure(desk, "cna_can_wake") in (0.0, 1.0)
    assert "+1555" not in text


def test_a_job_is_heard_by_its_own_token_and_by_no_other(desk: ApiDesk) -> None:
    name, token = expect_heartbeat(desk.service, SERVICE, {"name": "backup-copy", "every_minutes": 60})
    own = {"Authorization": f"Bearer {token}"}
    answer = desk.post(f"/heartbeats/{name}", own)
    assert answer.status_code == 200 and answer.json()["name"] == name
    assert desk.post(f"/heartbeats/{name}", {}).status_code == 401
    wrong = desk.post(f"/heartbeats/{name}", desk.officer("admin-1"))
    unknown = desk.post("/heartbeats/no-such", own)
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json()["detail"] == unknown.json()["detail"]
    # Its token opens nothing else.
    assert desk.get("/heartbeats", own).status_code == 401


def test_officers_see_the_jobs_and_mute_one_until_then(desk: ApiDesk) -> None:
    expect_heartbeat(desk.service, SERVICE, {"name": "mail", "every_minutes": 5})
    [job] = desk.get("/heartbeats", desk.officer()).json()["heartbeats"]
    assert (job["name"], job["every_seconds"], job["is_late"], job["last_at"]) == ("mail", 300, False, None)
    assert desk.get("/heartbeats", desk.authority()).status_code == 403
    until = (desk.service.machine.now() + timedelta(hours=2)).isoformat()
    body = {"until": until, "reason": "The mail server is moved."}
    assert desk.post("/heartbeats/mail/mute", desk.officer(), body).status_code == 403
    assert desk.post("/heartbeats/mail/mute", desk.officer("admin-1"), body).status_code == 201
    assert desk.post("/heartbeats/mail/mute", desk.officer("admin-1"), {}).status_code == 422
    assert desk.post("/heartbeats/none/mute", desk.officer("admin-1"), body).status_code == 404
    [job] = desk.get("/heartbeats", desk.officer()).json()["heartbeats"]
    assert job["muted_until"] is not None
    assert look_for_late(desk.service) == []


def test_liveness_is_not_readiness(desk: ApiDesk) -> None:
    """No thread of this desk was started: the process answers, the engine does not tick."""
    assert desk.client.get("/healthz").status_code == 200
    ready = desk.client.get("/readyz")
    assert ready.status_code in (200, 503)
    assert set(ready.json()) == {"ready", "why", "degraded"}


MARK = "Zyzzyva-8"


def test_no_private_value_of_the_watch_over_the_desk_reaches_a_log_a_metric_or_a_problem(
    desk: ApiDesk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    admin = desk.officer("admin-1")
    with desk.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find("admin-1").actor(desk.service.clock.now())
    name, token = expect_heartbeat(desk.service, SERVICE, {"name": "mail", "every_minutes": 5})
    until = (desk.service.machine.now() + timedelta(hours=2)).isoformat()
    answers = [
        desk.post(f"/heartbeats/{name}/mute", admin, {"until": until, "reason": MARK}),
        desk.post(f"/heartbeats/{name}/mute", admin, {"until": "noon", "reason": MARK}),
        desk.post(f"/heartbeats/{MARK}", {"Authorization": f"Bearer {MARK}"}),
        desk.get("/heartbeats", admin),
    ]
    note_rehearsal(desk.service, officer, {"rang": True, "reached": [MARK], "words": MARK})
    with pytest.raises(Invalid):
        note_rehearsal(desk.service, officer, {"rang": False, "reached": [MARK]})
    assert [a.status_code for a in answers] == [201, 422, 404, 200]
    assert [a.text for a in answers if MARK in a.text] == []
    written = "".join(capsys.readouterr()) + caplog.text
    for told in (written, desk.client.get("/metrics").text, desk.client.get("/readyz").text):
        assert MARK not in told and token not in told
    with desk.service.database.read() as connection:
        kept = store.read_entries(connection, desk.service.desk.log_origin, DESK).entries
    assert [e.type for e in kept if MARK in str(e.body)] == ["heartbeat.muted", "monitor.rehearsed"]
    assert all(token not in str(e.body) for e in kept)
