"""Every page for every role: reached by its navigation, refused where the role has no line in the table."""

from __future__ import annotations

import pytest

from tests.console.conftest import DeskUnderTest

READER = [
    "Board",
    "Watch",
    "Alerts",
    "Directory",
    "Who decides",
    "Rules",
    "Statistics",
    "Log",
    "The desk",
    "My contacts",
    "Handbook",
]
OFFICER = ["Board", "New call", "Watch", "Alerts", "Relief", *READER[3:]]
SHOWN = {
    "duty_officer": OFFICER,
    "supervisor": [*OFFICER[:-1], "Contacts", "Handbook"],
    "decider": READER,
    "legal_adviser": [*READER[:6], "Adoption", *READER[6:]],
    "records_officer": READER,
    "auditor": READER,
    "administrator": [
        "Watch",
        "Alerts",
        "Directory",
        "Who decides",
        "The desk",
        "My contacts",
        "Contacts",
        "Officers",
        "Handbook",
    ],
}
REFUSED = {
    "administrator": ["/console/log", "/console/rules", "/console/adoption"],
    "auditor": ["/console/officers"],
}


@pytest.mark.parametrize("role", SHOWN)
def test_a_role_sees_the_pages_that_the_permission_table_gives_it(desk: DeskUnderTest, role: str) -> None:
    browser = desk.signed_in(role)
    page = browser.get("/console/watch")
    assert [name for name in page.navigation() if name] == SHOWN[role]
    links = {a.get("href") for a in page.tree.find(".//nav").findall(".//a")} - {"/console/calls/new"}
    for link in sorted(links):
        browser.get(link)
    for path in REFUSED.get(role, ()):
        assert browser.get(path, status=403).heading == "Your role does not allow this"


def test_an_administrator_begins_with_the_accounts(desk: DeskUnderTest) -> None:
    assert desk.signed_in("administrator").get("/console/").path == "/console/officers"


def test_a_page_that_does_not_exist_says_so(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    assert "There is no such page" in browser.get("/console/nothing/here", status=404).text


def test_every_chapter_of_the_handbook_can_be_read_offline(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    links = [to for to in browser.get("/console/handbook").links() if to.startswith("/console/handbook/")]
    assert len(links) >= 2
    assert links[0] == "/console/handbook/getting-started"
    for link in links:
        assert "http" not in {to.partition(":")[0] for to in browser.get(link).links()}


def test_browser_files_may_be_kept_for_ever_under_a_name_that_changes(desk: DeskUnderTest) -> None:
    browser = desk.browser()
    page = browser.get("/console/sign-in")
    found = [e.get("href") or e.get("src") for e in page.tree.iter() if e.tag in {"link", "script"}]
    assert len(found) == 6
    for path in found:
        answer = browser.client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    old = browser.client.get("/console/static/000000000000/console.css")
    assert old.headers["cache-control"] == "no-cache"
    assert browser.client.get("/console/static/x/../../frame.py").status_code == 404


def test_a_poll_that_finds_nothing_new_costs_nothing(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    for path in ("/console/board/rows", "/console/alerts/rows"):
        first = browser.client.get(path, headers={"HX-Request": "true"})
        assert first.status_code == 200
        tag = first.headers["etag"]
        desk.clock.forward(seconds=5)
        again = browser.client.get(path, headers={"HX-Request": "true", "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["desk-now"] > first.headers["desk-now"]


def test_a_poll_of_a_browser_that_was_signed_out_swaps_nothing_in(desk: DeskUnderTest) -> None:
    answer = desk.browser().client.get("/console/board/rows", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_rule_15_1_an_exercise_is_marked_on_every_page_and_has_its_own_cookie(make_desk) -> None:
    desk = make_desk(exercise=True)
    browser = desk.browser()
    page = browser.get("/console/sign-in")
    assert page.whole_text.startswith("Skip to main content EXERCISE")
    assert "EXERCISE" in page.tree.find(".//title").text
    assert [c.name for c in browser.client.cookies.jar] == ["cna_exercise_session_mark"]


def test_an_outage_of_the_database_is_a_page_that_says_what_to_do(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/watch")
    desk.running.service.database.engine.dispose()
    path = desk.running.service.database.path
    assert path is not None
    hidden = path.rename(path.with_suffix(".away"))
    path.mkdir()
    try:
        refused = browser.submit(page, "/console/watch/take", status=503, reason="first night")
    finally:
        path.rmdir()
        hidden.rename(path)
    assert refused.heading == "The database cannot be reached"
    assert "Work on paper" in refused.text
