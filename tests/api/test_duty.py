"""Rosters over the interface: everything that is set, and everything that changes it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from cna_service.kit.instants import from_text, to_text
from tests.api.desk import ApiDesk


def now_of(desk: ApiDesk) -> Any:
    return desk.service.clock.now()


def at(desk: ApiDesk, **ahead: float) -> str:
    return to_text(now_of(desk) + timedelta(**ahead))


def who(desk: ApiDesk, **ahead: float) -> Any:
    told = desk.get("/duty", desk.officer("aud-1"), at=at(desk, **ahead)).json()
    return {post: found and found["officer"] for post, found in told["posts"].items()}


def daily(**more: Any) -> dict[str, Any]:
    told = {"post": "duty_officer", "officers": ["duty-1", "duty-2"], "kind": "daily", "hand_over": "08:00"}
    return {**told, "from": "2026-11-16", **more}


def roster(*rotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"roster": "desk", "zone": "Europe/Lisbon", "rotations": list(rotations) or [daily()], **more}


def test_a_roster_is_set_shown_and_its_history_kept(desk: ApiDesk) -> None:
    boss, reader = desk.officer("sup-1"), desk.officer("aud-1")
    answer = desk.post("/duty/rosters", boss, roster(fallback={"duty_officer": "sup-1"}, reason="winter"))
    assert answer.status_code == 201, answer.text
    told = desk.get("/duty/rosters", reader).json()
    (only,) = [r for r in told["rosters"] if r["roster"] == "desk"]
    assert only["in_force"]["body"]["fallback"] == {"duty_officer": "sup-1"}
    assert only["in_force"]["tzdata"][:2] == "20"
    history = desk.get("/duty/rosters/desk/history", reader, limit=1).json()
    assert len(history["versions"]) == only["versions"]
    assert history["entries"][0]["type"] == "roster.set"
    assert history["entries"][0]["body"]["reason"] == "winter"
    assert history["next"] is not None
    older = desk.get("/duty/rosters/desk/history", reader, after=history["next"]).json()
    assert older["entries"][-1]["actor"] == "desk"
    assert desk.get("/duty/rosters/other/history", reader).status_code == 404
    assert desk.post("/duty/rosters", desk.officer("duty-1"), roster()).status_code == 403


def test_every_wrong_field_of_a_roster_is_named_at_once(desk: ApiDesk) -> None:
    told = roster(
        daily(officers=["ghost"]), daily(kind="yearly"), {"post": "cook", "kind": "listed"}, zone="Mars"
    )
    answer = desk.post("/duty/rosters", desk.officer("sup-1"), told)
    assert answer.status_code == 422
    wrong = {p["pointer"] for p in answer.json()["problems"]}
    assert wrong >= {"/zone", "/rotations/1/kind", "/rotations/2/post", "/rotations/2/stretches"}
    unknown = desk.post(
        "/duty/rosters", desk.officer("sup-1"), roster(daily(officers=["ghost"]), holidays="ZZ")
    )
    assert {p["pointer"] for p in unknown.json()["problems"]} == {"/rotations/0/officers", "/holidays"}


def test_watches_are_told_without_gap_and_without_overlap(desk: ApiDesk) -> None:
    desk.post("/duty/rosters", desk.officer("sup-1"), roster())
    told = desk.get("/duty/watches", desk.officer(), **{"from": at(desk), "to": at(desk, days=9)}).json()[
        "watches"
    ]
    assert (told[0]["starts_at"], told[-1]["ends_at"]) == (at(desk), at(desk, days=9))
    assert all(one["ends_at"] == two["starts_at"] for one, two in itertools.pairwise(told))
    for each in told:
        inside = from_text(each["starts_at"]) + timedelta(minutes=1)
        again = desk.get("/duty", desk.officer(), at=to_text(inside)).json()
        assert again["posts"] == each["posts"]
    assert desk.get("/duty/watches", desk.officer(), to=at(desk, days=-1)).status_code == 422
    assert desk.get("/duty", desk.officer(), at="9999-12-31T23:59:59Z").status_code == 422


def test_overrides_add_replace_and_remove(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    desk.post("/duty/rosters", boss, roster(daily(officers=["duty-1"]), fallback={"duty_officer": "sup-1"}))
    span = {"post": "duty_officer", "from": at(desk, days=1), "to": at(desk, days=2), "reason": "ill"}
    added = desk.post("/duty/overrides", boss, {**span, "officer": "duty-2"})
    assert who(desk, days=1.5)["duty_officer"] == "duty-2"
    later = {**span, "from": at(desk, days=3), "to": at(desk, days=4)}
    replaced = {**later, "kind": "replace", "officer": "duty-2", "instead_of": "duty-1"}
    assert desk.post("/duty/overrides", boss, replaced).status_code == 201
    assert who(desk, days=3.5)["duty_officer"] == "duty-2"
    removed = {
        **span,
        "from": at(desk, days=5),
        "to": at(desk, days=6),
        "kind": "remove",
        "officer": "duty-1",
    }
    assert desk.post("/duty/overrides", boss, removed).status_code == 201
    found = desk.get("/duty", boss, at=at(desk, days=5.5)).json()["posts"]["duty_officer"]
    assert (found["officer"], found["is_fallback"]) == ("sup-1", True)
    end = {"override": added.json()["override"], "reason": "back"}
    assert desk.post("/duty/overrides/end", boss, end).status_code == 201
    assert who(desk, days=1.5)["duty_officer"] == "duty-1"
    assert desk.post("/duty/overrides/end", boss, end).status_code == 404


def test_an_override_outside_the_roster_is_refused_with_the_reason(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    desk.post("/duty/rosters", boss, roster(daily(officers=["duty-1"])))
    span = {"post": "duty_officer", "from": at(desk, days=1), "to": at(desk, days=2), "reason": "x"}
    told = {**span, "kind": "replace", "officer": "duty-1", "instead_of": "duty-2"}
    answer = desk.post("/duty/overrides", boss, told)
    assert answer.status_code == 422
    assert "does not have this post at any time of it" in answer.text
    late = {**span, "officer": "duty-2", "from": "2090-01-01T00:00:00Z", "to": "2090-01-02T00:00:00Z"}
    assert "more than two years ahead" in desk.post("/duty/overrides", boss, late).text


def test_an_absent_officer_is_passed_over_by_the_next_and_it_is_shown(desk: ApiDesk) -> None:
    boss, duty = desk.officer("sup-1"), desk.officer("duty-1")
    desk.post("/duty/rosters", boss, roster(daily(officers=["duty-1", "duty-2"], every=7)))
    answer = desk.post("/duty/absences", duty, {"to": at(desk, days=30), "reason": "leave"})
    assert answer.status_code == 201, answer.text
    mine = [at_ for at_ in range(14) if who(desk, days=at_)["duty_officer"] == "duty-1"]
    assert mine == []
    found = [desk.get("/duty", boss, at=at(desk, days=n)).json()["posts"]["duty_officer"] for n in (0.1, 7.1)]
    assert {f["officer"] for f in found} == {"duty-2"}
    assert [f["passed_over"] for f in found if f["why"] == "next"] == [["duty-1"]]
    said = [f["says"] for f in desk.get("/duty/gaps", boss).json()["findings"] if f["kind"] == "passed_over"]
    assert any("is absent" in words and "has it" in words for words in said)
    other = {"officer": "duty-2", "to": at(desk, days=3)}
    assert desk.post("/duty/absences", duty, other).status_code == 403
    again = desk.post("/duty/absences", boss, {"officer": "duty-1", "to": at(desk, days=3)})
    assert again.json()["type"].endswith("absence-already-noted")
    end = {"absence": answer.json()["absence"]}
    assert desk.post("/duty/absences/end", desk.officer("duty-2"), end).status_code == 403
    assert desk.post("/duty/absences/end", duty, end).status_code == 201
    assert {who(desk, days=n)["duty_officer"] for n in range(14)} == {"duty-1", "duty-2"}


def test_a_swap_changes_hands_only_when_it_is_accepted(desk: ApiDesk) -> None:
    boss, one, two = (desk.officer(o) for o in ("sup-1", "duty-1", "duty-2"))
    desk.post(
        "/duty/rosters", boss, roster(daily(officers=["duty-1"]), daily(post="deputy", officers=["duty-2"]))
    )
    given = {"post": "duty_officer", "from": at(desk, days=2), "to": at(desk, days=3)}
    wanted = {"post": "deputy", "from": at(desk, days=4), "to": at(desk, days=5)}
    asked = desk.post("/duty/swaps", one, {"other": "duty-2", "given": given, "wanted": wanted})
    assert asked.status_code == 201, asked.text
    swap = {"swap": asked.json()["swap"]}
    assert who(desk, days=2.5)["duty_officer"] == "duty-1"
    assert desk.post("/duty/swaps/acceptance", one, swap).status_code == 403
    assert desk.post("/duty/swaps/acceptance", two, swap).status_code == 201
    assert who(desk, days=2.5) | {"supervisor": None} == {
        "duty_officer": "duty-2",
        "deputy": "duty-2",
        "supervisor": None,
    }
    assert who(desk, days=4.5)["deputy"] == "duty-1"
    assert desk.post("/duty/swaps/refusal", two, swap).status_code == 404
    assert who(desk, days=3.5)["duty_officer"] == "duty-1"


def test_a_swap_whose_watch_moved_is_refused_with_the_reason(desk: ApiDesk) -> None:
    boss, one, two = (desk.officer(o) for o in ("sup-1", "duty-1", "duty-2"))
    desk.post("/duty/rosters", boss, roster(daily(officers=["duty-1"])))
    given = {"post": "duty_officer", "from": at(desk, days=2), "to": at(desk, days=3)}
    swap = {"swap": desk.post("/duty/swaps", one, {"other": "duty-2", "given": given}).json()["swap"]}
    moved = {"post": "duty_officer", "officer": "sup-1", "from": at(desk, days=2.5), "to": at(desk, days=2.6)}
    desk.post("/duty/overrides", boss, {**moved, "reason": "course"})
    answer = desk.post("/duty/swaps/acceptance", two, swap)
    assert answer.status_code == 409
    assert "the duty officer is sup-1, no longer duty-1" in answer.json()["detail"]
    (shown,) = desk.get("/duty/rosters", boss).json()["swaps"]
    assert "no longer duty-1" in shown["moved"]
    assert desk.post("/duty/swaps/withdrawal", two, swap).status_code == 403
    assert desk.post("/duty/swaps/withdrawal", one, swap).status_code == 201
    begun = {"post": "duty_officer", "from": at(desk, days=-1), "to": at(desk, days=1)}
    late = desk.post("/duty/swaps", one, {"other": "duty-2", "given": begun})
    assert "began" in late.json()["detail"]


def test_a_temporary_roster_replaces_a_whole_one_for_a_period(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    desk.post(
        "/duty/rosters", boss, roster(daily(officers=["duty-1"]), daily(post="deputy", officers=["duty-2"]))
    )
    told = {"roster": roster(daily(officers=["sup-1"])), "from": at(desk, days=2), "to": at(desk, days=4)}
    answer = desk.post("/duty/temporary-rosters", boss, {**told, "reason": "regatta"})
    assert answer.status_code == 201, answer.text
    assert (who(desk, days=3)["duty_officer"], who(desk, days=3)["deputy"]) == ("sup-1", None)
    assert (who(desk, days=5)["duty_officer"], who(desk, days=5)["deputy"]) == ("duty-1", "duty-2")
    end = {"temporary": answer.json()["temporary"], "reason": "off"}
    assert desk.post("/duty/temporary-rosters/end", boss, end).status_code == 201
    assert who(desk, days=3)["duty_officer"] == "duty-1"
    strange = {**told, "roster": {**roster(), "roster": "fleet", "zone": "Mars"}, "reason": "x"}
    refused = desk.post("/duty/temporary-rosters", boss, strange)
    assert "/roster/zone" in refused.text
    assert (
        desk.post(
            "/duty/temporary-rosters", boss, {**strange, "roster": roster() | {"roster": "fleet"}}
        ).status_code
        == 404
    )


def test_holidays_by_country_are_kept_in_entries_and_a_day_is_added_or_struck(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    told = roster(
        daily(officers=["sup-1"], holidays="only"), daily(officers=["duty-1"], holidays="not"), holidays="PT"
    )
    assert desk.post("/duty/rosters", boss, told).status_code == 201
    desk.let_pass(seconds=1)

    def on(day: str) -> Any:
        return desk.get("/duty", boss, at=f"{day}T12:00:00Z").json()["posts"]["duty_officer"]["officer"]

    year = now_of(desk).year + 1
    assert (on(f"{year}-12-24"), on(f"{year}-12-25")) == ("duty-1", "sup-1")
    struck = {"calendar": "PT", "date": f"{year}-12-25", "is_holiday": False, "reason": "we work"}
    assert desk.post("/duty/holidays/days", boss, struck).status_code == 201
    own = {"calendar": "PT", "date": f"{year}-12-24", "name": "Eve", "reason": "decree"}
    assert desk.post("/duty/holidays/days", boss, own).status_code == 201
    assert (on(f"{year}-12-24"), on(f"{year}-12-25")) == ("sup-1", "duty-1")
    assert desk.post("/duty/holidays", boss, {"calendar": "PT", "year": year}).status_code == 201
    assert (on(f"{year}-12-24"), on(f"{year}-12-25")) == ("sup-1", "duty-1")
    assert desk.post("/duty/holidays/days", boss, own).json()["type"].endswith("holiday-already-so")
    past = {**own, "date": f"{now_of(desk):%Y-%m-%d}"}
    assert "has begun" in desk.post("/duty/holidays/days", boss, past).text
    assert desk.post("/duty/holidays", boss, {"calendar": "ZZ", "year": year}).status_code == 422


def test_the_preview_shows_the_next_two_changes_of_the_clock(desk: ApiDesk) -> None:
    desk.post("/duty/rosters", desk.officer("sup-1"), roster())
    changes = desk.get("/duty/preview", desk.officer()).json()["changes"]
    assert len(changes) == 2
    assert {c["offset_after"] for c in changes} == {"+00:00", "+01:00"}
    for change in changes:
        (crossing,) = [s for s in change["shifts"] if s["crosses"] and s["post"] == "duty_officer"]
        assert crossing["minutes"] == {"+01:00": 23, "+00:00": 25}[change["offset_after"]] * 60
        assert crossing["from_local"].endswith("08:00")
        assert crossing["to_local"].endswith("08:00")


def test_calendars_by_address_need_no_sign_in_and_can_be_revoked(desk: ApiDesk) -> None:
    boss, one = desk.officer("sup-1"), desk.officer("duty-1")
    desk.post("/duty/rosters", boss, roster(daily(), fallback={"deputy": "sup-1"}))
    made = desk.post("/duty/calendars", one, {}, Idempotency_Key="k-1")
    path = "/api/v1/duty/" + made.json()["url"].rpartition("/")[2]
    assert "url" not in desk.post("/duty/calendars", one, {}, Idempotency_Key="k-1").json()
    feed = desk.client.get(path)
    assert feed.status_code == 200
    assert feed.headers["content-type"].startswith("text/calendar")
    assert "EXERCISE Duty officer:" in feed.text
    assert "Deputy" not in feed.text
    whole = desk.post("/duty/calendars", boss, {"scope": "roster", "of": "desk"}).json()
    all_of_it = desk.client.get("/api/v1/duty/" + whole["url"].rpartition("/")[2]).text
    assert "(fallback)" in all_of_it
    assert desk.post("/duty/calendars", one, {"scope": "roster", "of": "desk"}).status_code == 403
    assert desk.post("/duty/calendars/end", one, {"link": whole["link"]}).status_code == 403
    assert desk.post("/duty/calendars/end", one, {"link": made.json()["link"]}).status_code == 201
    gone, never = desk.client.get(path), desk.client.get("/api/v1/duty/nothing.ics")
    assert (gone.status_code, gone.content) == (404, never.content)
    stored = desk.get("/duty/rosters/desk/history", boss).json()["entries"]
    assert made.json()["url"].rpartition("/")[2].removesuffix(".ics") not in str(stored)


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTART:{one}T080000Z
DTEND:{two}T080000Z
SUMMARY:duty-1
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:{one}T200000Z
DTEND:{two}T070000Z
SUMMARY:Duty officer duty-2
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:{two}T080000Z
DTEND:{three}T080000Z
SUMMARY:Lt Nobody-Knows
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART:{three}T080000Z
DTEND:{three}T090000Z
END:VEVENT
BEGIN:VEVENT
UID:5
DTSTART;VALUE=DATE:{two}
SUMMARY:Deputy: duty-2
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_read_line_by_line_before_it_is_put_in_force(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    days = {
        name: f"{now_of(desk) + timedelta(days=n):%Y%m%d}"
        for n, name in enumerate(("one", "two", "three"), 3)
    }
    text = CALENDAR.format(**days)
    preview = desk.post("/duty/imports/preview", boss, {"calendar": text, "roster": "fleet"}).json()
    problems = {e["uid"]: e["problem"] for e in preview["events"]}
    assert problems["1"] is None
    assert problems["5"] is None
    assert "overlaps event 1" in problems["2"]
    assert "names no officer" in problems["3"]
    assert problems["4"] == "names nobody"
    refused = desk.post("/duty/imports", boss, {"calendar": text})
    assert refused.status_code == 422
    assert len(refused.json()["problems"]) == 3
    assert "Lt Nobody-Knows" in refused.text
    taken = desk.post(
        "/duty/imports", boss, {"calendar": text, "leave_out": True, "reason": "from the old tool"}
    )
    assert taken.status_code == 201, taken.text
    one = from_text(f"{days['one'][:4]}-{days['one'][4:6]}-{days['one'][6:]}T21:00:00Z")
    assert desk.get("/duty", boss, at=to_text(one)).json()["posts"]["duty_officer"]["officer"] == "duty-1"
    assert desk.post("/duty/imports/preview", boss, {"calendar": "no calendar"}).status_code == 422
    often = text.replace("UID:1", "UID:1\nRRULE:FREQ=SECONDLY")
    assert "more often than daily" in desk.post("/duty/imports/preview", boss, {"calendar": often}).text
    assert desk.post("/duty/imports/preview", desk.officer("duty-1"), {"calendar": text}).status_code == 403


def test_a_roster_ends_and_can_begin_anew(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    desk.post("/duty/rosters", boss, roster(daily(officers=["duty-2"])) | {"roster": "more"})
    assert (
        desk.post("/duty/rosters/end", boss, {"roster": "more", "reason": "typed wrong"}).status_code == 201
    )
    assert desk.post("/duty/rosters/end", boss, {"roster": "more", "reason": "again"}).status_code == 404
    (ended,) = [r for r in desk.get("/duty/rosters", boss).json()["rosters"] if r["roster"] == "more"]
    assert ended["in_force"] is None
    past = {**roster(), "in_force_from": "2020-01-01T00:00:00Z"}
    assert "lies in the past" in desk.post("/duty/rosters", boss, past).text


def test_more_than_the_desk_takes_is_refused_with_the_number(desk: ApiDesk) -> None:
    boss = desk.officer("sup-1")
    far = desk.post("/duty/rosters", boss, {**roster(daily(**{"from": "9999-12-31"})), "roster": "r" * 65})
    assert {p["pointer"] for p in far.json()["problems"]} == {"/roster", "/rotations/0/from"}
    many = desk.post("/duty/rosters", boss, roster(*[daily()] * 51))
    assert "are more than 50" in many.text
    for _ in range(10):
        assert desk.post("/duty/calendars", boss, {}).status_code == 201
    refused = desk.post("/duty/calendars", boss, {})
    assert refused.status_code == 403
    assert "at most 10" in refused.json()["detail"]
