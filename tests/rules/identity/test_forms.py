"""Forms come from our own pages, with their session's token."""

from __future__ import annotations

import pytest

from cna_service.identity.forms import check_form, form_token, new_browser_mark, same_origin
from cna_service.identity.rules import FormRefused
from cna_service.identity.sessions import COOKIE_ATTRIBUTES, cookie_name

URL = "https://desk.example.test"
KEY, SECRET = b"k" * 32, b"s" * 32


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://desk.example.test"},
        {"origin": "https://DESK.example.test:443"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"referer": "https://desk.example.test/console/cases/X?a=b"},
        {},
    ],
)
def test_our_own_pages_pass(headers: dict[str, str]) -> None:
    assert same_origin(headers, URL)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.test"},
        {"origin": "http://desk.example.test"},
        {"origin": "https://desk.example.test:8443"},
        {"origin": "https://desk.example.test.evil.test"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://desk.example.test:port"},
        {"origin": "https://evil.example.test", "referer": URL, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "https://evil.example.test/?https://desk.example.test"},
    ],
)
def test_a_foreign_origin_is_refused(headers: dict[str, str]) -> None:
    assert not same_origin(headers, URL)
    with pytest.raises(FormRefused, match="another site"):
        check_form(KEY, SECRET, form_token(KEY, SECRET), headers, URL)


def test_a_desk_may_have_two_names() -> None:
    headers = {"origin": "http://localhost:8000"}
    assert same_origin(headers, "http://127.0.0.1:8000", "http://localhost:8000")
    assert not same_origin(headers, "http://127.0.0.1:8000")


def test_a_form_with_its_token_passes_also_after_a_restart() -> None:
    token = form_token(KEY, SECRET)
    check_form(KEY, SECRET, token, {"origin": URL}, URL)
    assert form_token(bytes(KEY), bytes(SECRET)) == token


@pytest.mark.parametrize(
    "token", [None, "", "x", "é", form_token(KEY, b"t" * 32), form_token(b"l" * 32, SECRET)]
)
def test_a_form_without_its_own_token_is_refused(token: str | None) -> None:
    with pytest.raises(FormRefused, match="did not come from a page of this desk"):
        check_form(KEY, SECRET, token, {"origin": URL}, URL)


def test_browsers_that_have_not_signed_in_have_marks_of_their_own() -> None:
    assert len(new_browser_mark()) == 43
    assert new_browser_mark() != new_browser_mark()


def test_rule_15_1_the_two_desks_have_different_cookies() -> None:
    assert cookie_name(is_exercise=True) != cookie_name(is_exercise=False)
    assert dict(COOKIE_ATTRIBUTES) == {"secure": True, "httponly": True, "samesite": "lax", "path": "/"}
