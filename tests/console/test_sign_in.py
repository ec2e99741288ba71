"""Sessions, forms, wrong tries: what a stranger and a hasty officer meet."""

from __future__ import annotations

from datetime import timedelta

from tests.console.browser import Browser, Page
from tests.console.conftest import PASSWORD, DeskUnderTest


def attempt(
    browser: Browser, account: str, code: str, *, status: int, password: str = "wrong password"
) -> Page:
    page = browser.get("/console/sign-in")
    return browser.submit(
        page, "/console/sign-in", status=status, account=account, password=password, code=code
    )


def test_the_session_cookie_is_for_this_site_and_tls_only(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    browser = desk.browser()
    page = browser.get("/console/sign-in")
    sent = dict(page.fields("/console/sign-in")) | {
        "account": "duty-1",
        "password": PASSWORD,
        "code": desk.code("duty-1"),
    }
    answer = browser.client.post("/console/sign-in", data=sent, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert cookie.startswith("cna_session=")
    assert {"Secure", "HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


def test_what_was_wrong_is_never_said(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    code = desk.code("duty-1")
    wrong = [
        attempt(desk.browser(), "nobody", "123456", status=403),
        attempt(desk.browser(), "duty-1", code, status=403),
        attempt(desk.browser(), "duty-1", "000000", status=403, password=PASSWORD),
    ]
    assert len({page.text.replace("nobody", "duty-1") for page in wrong}) == 1
    assert "Account, password or code is not right" in wrong[0].text


def test_a_code_is_good_once(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    code = desk.code("duty-1")
    assert attempt(desk.browser(), "duty-1", code, status=200, password=PASSWORD).path == "/console/"
    attempt(desk.browser(), "duty-1", code, status=403, password=PASSWORD)


def test_an_officer_signs_in_with_his_mail_address_too(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    code = desk.code("duty-1")
    attempt(desk.browser(), "Duty-1@Example.Test", code, status=200, password=PASSWORD)


def test_five_failures_slow_an_account_and_tell_how_long(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    for _ in range(5):
        attempt(desk.browser(), "duty-1", "000000", status=403)
    page = attempt(desk.browser(), "duty-1", desk.code("duty-1", used=False), status=429, password=PASSWORD)
    assert page.headers["retry-after"] == "1"
    desk.clock.forward(seconds=30)
    attempt(desk.browser(), "duty-1", desk.code("duty-1"), status=200, password=PASSWORD)


def test_five_failures_never_turn_away_who_has_the_watch(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    desk.give_watch("duty-1")
    for _ in range(5):
        attempt(desk.browser(), "duty-1", "000000", status=403)
    # Stop at once, so that the request is not held for its two seconds.
    desk.service.stopping.set()
    attempt(desk.browser(), "duty-1", desk.code("duty-1"), status=200, password=PASSWORD)


def test_rule_2_2_a_session_lasts_the_watch(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    desk.give_watch("duty-1")
    browser = desk.sign_in("duty-1")
    desk.clock.forward(hours=23)
    assert browser.get("/console/").heading == "Board"
    desk.clock.forward(hours=2)
    assert browser.get("/console/").heading == "Sign in"


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    kept = dict(browser.client.cookies)
    browser.submit(browser.get("/console/"), "/console/sign-out")
    thief = desk.browser()
    thief.client.cookies.update(kept)
    assert thief.get("/console/").heading == "Sign in"


def test_a_disabled_officer_is_signed_out_at_once(desk: DeskUnderTest) -> None:
    admin, duty = desk.signed_in("administrator"), desk.signed_in("duty_officer")
    page = admin.get("/console/officers/duty-officer")
    admin.submit(page, "/console/officers/duty-officer/disable", reason="left the service")
    assert duty.get("/console/").heading == "Sign in"


def test_a_form_from_a_foreign_origin_changes_nothing(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/watch")
    sent = [*page.fields("/console/watch/take"), ("reason", "from elsewhere")]
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = browser.post("/console/watch/take", sent, status=403, headers=headers)
        assert "did not come from a page of this desk" in refused.heading
    assert "Nobody has the watch" in browser.get("/console/watch").whole_text


def test_a_form_without_its_token_or_with_another_s_changes_nothing(desk: DeskUnderTest) -> None:
    browser, other = desk.signed_in("duty_officer"), desk.signed_in("supervisor")
    page = browser.get("/console/watch")
    bare = [(n, v) for n, v in page.fields("/console/watch/take") if n not in {"form_token", "reason"}]
    theirs = dict(other.get("/console/watch").fields("/console/watch/take"))["form_token"]
    for token in ([], [("form_token", "")], [("form_token", theirs)]):
        browser.post("/console/watch/take", [*bare, ("reason", "no token"), *token], status=403)
    assert "Nobody has the watch" in browser.get("/console/watch").whole_text


def test_the_sign_in_form_needs_the_browser_s_own_mark(desk: DeskUnderTest) -> None:
    desk.enrol("duty-1", "duty_officer")
    fields = desk.browser().get("/console/sign-in").fields("/console/sign-in")
    refused = desk.browser().post("/console/sign-in", fields, status=403)
    assert "did not come from a page of this desk" in refused.heading


def test_a_form_of_a_browser_that_was_signed_out_leads_to_sign_in(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/watch")
    desk.clock.forward(hours=13)
    answer = browser.submit(page, "/console/watch/take", reason="late")
    assert answer.heading == "Sign in"


def test_rule_2_2_a_code_is_confirmed_within_a_visit(desk: DeskUnderTest) -> None:
    browser = desk.signed_in("duty_officer")
    page = browser.get("/console/code?next=/console/watch")
    again = browser.submit(page, "/console/code", status=403, code="000000")
    assert "The code was not accepted" in again.text
    assert browser.submit(again, "/console/code", code=desk.code("duty-officer")).path == "/console/watch"


def test_a_link_of_a_reset_ends_the_earlier_credential_at_once(desk: DeskUnderTest) -> None:
    admin, duty = desk.signed_in("administrator"), desk.signed_in("duty_officer")
    page = admin.get("/console/officers/duty-officer")
    made = admin.submit(page, "/console/officers/duty-officer/reset", reason="telephone lost")
    link = made.tree.find(".//p[@class='link-once mono']").text
    assert link.startswith("https://desk.example.test/console/link/")
    assert duty.get("/console/").heading == "Sign in"
    attempt(desk.browser(), "duty-officer", desk.code("duty-officer"), status=403, password=PASSWORD)
    desk.open_link("duty-officer", link.removeprefix("https://desk.example.test"))
    desk.clock.forward(seconds=timedelta(minutes=2).total_seconds())
    assert desk.sign_in("duty-officer").get("/console/").heading == "Board"
