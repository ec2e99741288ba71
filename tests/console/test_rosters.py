"""Rosters of every shape, set by a form without a script."""

from __future__ import annotations

from tests.console.browser import Browser, Page
from tests.console.conftest import DeskUnderTest

NEW = "/console/watch/rosters/new/edit"


def boss_of(desk: DeskUnderTest) -> Browser:
    for officer in ("duty-1", "duty-2"):
        desk.enrol(officer, "duty_officer")
    return desk.signed_in("supervisor")


def act(
    browser: Browser, path: str, page: Page, which: str, status: int = 200, **typed: str | list[str]
) -> Page:
    fields = page.fields(path)
    for name, value in typed.items():
        name = name.removesuffix("_").replace("__", "/")
        fields = [(n, v) for n, v in fields if n != name]
        fields += [(name, v) for v in ([value] if isinstance(value, str) else value)]
    return browser.post(path, [*fields, ("act", which)], status=status)


NIGHTS = {
    "rotations__0__post": "duty_officer",
    "rotations__0__kind": "daily",
    "rotations__0__officers": "duty-1, duty-2",
    "rotations__0__hand_over": "08:00",
    "rotations__0__from": "2026-11-20",
}


def test_a_roster_with_nights_and_weekends_is_set_row_by_row(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    page = boss.get(NEW)
    page = act(
        boss, NEW, page, "more", **{**NIGHTS, "rotations__0__begins": "20:00", "rotations__0__ends": "08:00"}
    )
    assert "Rotation 2" in page.text
    page = act(
        boss,
        NEW,
        page,
        "set",
        zone="Europe/Lisbon",
        holidays="pt",
        rotations__1__post="duty_officer",
        rotations__1__kind="monthly",
        rotations__1__officers="duty-2",
        rotations__1__hand_over="1 08:00",
        rotations__1__from="2026-01-01",
        rotations__1__holidays="not",
        rotations__1__days=["MON", "TUE", "WED", "THU", "FRI"],
        fallback__duty_officer="supervisor",
        reason="winter",
    )
    assert "The roster is in force." in page.text
    assert "duty-1, duty-2; every day at 08:00; 20:00 to 08:00; from 2026-11-20" in page.text
    assert "duty-2; every month at 1 08:00; on MON, TUE, WED, THU, FRI; not on holidays" in page.text
    assert "PT: 2026, 2027" in page.text
    assert "Europe/Lisbon, 2027-03-28T01:00Z: +00:00 to +01:00" in page.text
    edit = "/console/watch/rosters/desk/edit"
    page = boss.get(edit)
    assert dict(page.fields(edit))["rotations/1/hand_over"] == "1 08:00"
    page = boss.get("/console/watch/rosters/desk/history")
    assert "(winter)" in page.text


def test_every_wrong_field_stands_beside_its_own_row(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    page = act(boss, NEW, boss.get(NEW), "more")
    page = act(
        boss,
        NEW,
        page,
        "set",
        422,
        rotations__1__post="deputy",
        rotations__1__officers="ghost",
        rotations__1__hand_over="8 o'clock",
        rotations__1__from="soon",
        zone="Mars",
    )
    for name in ("rotations-1-hand-over", "rotations-1-from", "zone"):
        assert page.tree.find(f".//input[@id='roster-{name}']").get("aria-invalid") == "true"
    assert dict(page.fields(NEW))["rotations/1/officers"] == "ghost"


def test_a_roster_for_a_period_only_and_its_end(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    act(boss, NEW, boss.get(NEW), "set", **NIGHTS)
    edit = "/console/watch/rosters/desk/edit"
    page = act(
        boss,
        edit,
        boss.get(edit),
        "temporary",
        rotations__0__officers="supervisor",
        span__from="2026-12-01 08:00",
        span__to="2026-12-05 08:00",
        reason="regatta",
    )
    assert "The temporary roster is recorded." in page.text
    assert "desk, 010800Z DEC 26 to 050800Z DEC 26" in page.text
    page = boss.submit(page, "/console/watch/temporary/end", reason="called off")
    assert "None. To replace a roster for a period" in page.text
    late = act(boss, edit, boss.get(edit), "temporary", 422, span__to="never", reason="x")
    assert late.tree.find(".//input[@id='roster-span-to']").get("aria-invalid") == "true"


def test_a_holiday_is_struck_and_another_added(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    page = boss.submit(
        boss.get("/console/watch/rosters"), "/console/watch/holidays", calendar="pt", year="2027"
    )
    assert "The holidays are loaded." in page.text
    assert "2027-04-25 Freedom Day" in page.text
    page = boss.submit(
        page, "/console/watch/holidays/days", date="2027-04-25", is_holiday="no", reason="we work then"
    )
    assert "2027-04-25 struck" in page.text
    page = boss.submit(
        page, "/console/watch/holidays/days", date="2027-06-01", name="Own day", reason="decree"
    )
    assert "2027-06-01 Own day (added here)" in page.text
    page = boss.submit(
        page, "/console/watch/holidays/days", status=422, date="2026-11-21", name="x", reason="y"
    )
    assert "has begun, or is past, somewhere" in page.text


def test_a_calendar_is_looked_at_before_it_is_put_in_force(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    text = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTART:20261201T080000Z\n"
        "DTEND:20261202T080000Z\nSUMMARY:duty-1\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20261202T080000Z\n"
        "DTEND:20261203T080000Z\nSUMMARY:Somebody Else\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    path = "/console/watch/import"
    page = act(boss, path, boss.get(path), "preview", calendar=text)
    assert "2 events, 1 of them make no watch" in page.text
    assert "names no officer of this desk" in page.text
    refused = act(boss, path, page, "apply", 422)
    assert "event 2, 'Somebody Else'" in refused.text
    page = act(boss, path, page, "apply", leave_out="yes")
    assert "1 watches listed one by one" in page.text


def test_who_may_not_change_rosters_sees_them_only(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    page = act(boss, NEW, boss.get(NEW), "set", **NIGHTS)
    officer = desk.sign_in("duty-1")
    page = officer.get("/console/watch/rosters")
    assert "duty-1, duty-2; every day at 08:00" in page.text
    assert page.actions() == ["/console/sign-out"]
    assert (
        officer.get("/console/watch/rosters/desk/edit", status=403).heading == "Your role does not allow this"
    )
    assert boss.get("/console/watch/rosters/none/edit", status=404).heading


def test_a_roster_is_ended(desk: DeskUnderTest) -> None:
    boss = boss_of(desk)
    page = act(boss, NEW, boss.get(NEW), "set", **NIGHTS)
    page = boss.submit(page, "/console/watch/rosters/end", reason="typed wrong")
    assert "The roster has ended." in page.text
