"""Acts on summonses, who is called tonight, history and announcements over the interface."""

from __future__ import annotations

from datetime import timedelta

from cna_service.kit.instants import to_text
from tests.api.desk import ApiDesk


def open_alert(desk: ApiDesk, ref: str) -> str:
    [alert] = desk.get("/alerts", desk.officer(), case=ref).json()["alerts"]
    return str(alert["alert"])


def test_the_acts_on_a_summons_one_after_the_other(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(requester_reference="ACTS-1"), desk.officer()
    alert = open_alert(desk, ref)
    added = desk.post(f"/alerts/{alert}/people", duty, {"officer": "sup-1", "reason": "He knows her."})
    assert added.status_code == 201
    assert added.json()["entries"][0]["type"] == "alert.person_added"
    until = to_text(desk.service.clock.now() + timedelta(minutes=5))
    rest = desk.post(f"/alerts/{alert}/rest", duty, {"until": until, "reason": "Later."})
    assert (rest.status_code, rest.json()["type"].rsplit("/", 1)[-1]) == (409, "alert-cannot-rest")
    assert desk.post(f"/alerts/{alert}/acknowledgement", duty, {}).status_code == 201
    closed = desk.post(f"/alerts/{alert}/closure", duty, {"reason": "Done."})
    assert closed.status_code == 409
    handed = desk.post(f"/alerts/{alert}/reassignment", duty, {"officer": "duty-2"})
    assert handed.status_code == 201
    [shown] = desk.get("/alerts", duty, case=ref).json()["alerts"]
    assert shown["is_climbing"]
    assert "duty-2" in {s["officer"] for s in shown["sendings"]}
    again = desk.post(f"/alerts/{alert}/reopening", duty, {})
    assert again.status_code == 409


def test_wrong_fields_are_all_named(desk: ApiDesk) -> None:
    alert = open_alert(desk, desk.submitted(requester_reference="ACTS-2"))
    told = desk.post(f"/alerts/{alert}/people", desk.officer(), {"officer": "nobody", "colour": "red"})
    assert told.status_code == 422
    assert {p["pointer"] for p in told.json()["problems"]} == {"/officer", "/colour"}
    assert desk.post("/alerts/none-such/people", desk.officer(), {"officer": "sup-1"}).status_code == 404
    assert desk.post(f"/alerts/{alert}/people", desk.authority(), {"officer": "sup-1"}).status_code in (
        403,
        404,
    )


def test_who_would_be_called_tonight(desk: ApiDesk) -> None:
    told = desk.get("/alerts/preview", desk.officer(), kind="new_request", at="2026-11-22T03:00:00Z").json()
    rungs = [s for s in told["steps"] if s["what"] == "rung" and s["round"] == 1]
    assert [(s["after_seconds"], s["people"][0]["officer"]) for s in rungs] == [
        (0, "duty-1"),
        (120, "duty-1"),
        (300, "duty-2"),
        (600, "sup-1"),
    ]
    assert "+1555" not in str(told)
    assert desk.get("/alerts/preview", desk.officer(), at="at three").status_code == 422
    assert desk.get("/alerts/preview", desk.authority()).status_code == 403


def test_history_with_figures_in_both_forms(desk: ApiDesk) -> None:
    ref, duty = desk.submitted(requester_reference="ACTS-3"), desk.officer()
    alert = open_alert(desk, ref)
    desk.let_pass(seconds=40)
    desk.post(f"/alerts/{alert}/acknowledgement", duty, {})
    desk.let_pass(seconds=1)
    told = desk.get("/alerts/history", duty).json()
    [line] = [x for x in told["alerts"] if x["alert"] == alert]
    assert (line["case"], line["officer"], line["by"], line["seconds"]) == (ref, "duty-1", "api", 40)
    everything = told["figures"][0]
    assert everything["what"] == "all"
    assert everything["taken"] >= 1
    assert {f["what"] for f in told["figures"]} == {"all", "month", "officer"}
    csv = desk.get("/alerts/history", duty, format="csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert alert in csv.text
    assert desk.get("/alerts/history", duty, format="xml").status_code == 422


def test_an_exercise_is_announced_listed_and_ended(desk: ApiDesk) -> None:
    supervisor = desk.officer("sup-1")
    until = to_text(desk.service.clock.now() + timedelta(hours=4))
    made = desk.post("/announcements/exercise", supervisor, {"to": until, "who": "XA and XB"})
    assert made.status_code == 201
    [one] = desk.get("/announcements", supervisor).json()["announcements"]
    assert (one["what"], one["who"], one["by"]) == ("exercise", "XA and XB", "sup-1")
    assert desk.post("/announcements/exercise", desk.officer(), {"to": until, "who": "us"}).status_code == 403
    assert desk.post(f"/announcements/{one['announcement']}/end", supervisor, {}).status_code == 201
    assert desk.get("/announcements", supervisor).json()["announcements"] == []
    assert desk.post(f"/announcements/{one['announcement']}/end", supervisor, {}).status_code == 404
