"""Passwords and six-digit codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from argon2 import PasswordHasher
from hypothesis import assume, given
from hypothesis import strategies as st

from cna_service.identity import totp
from cna_service.identity.passwords import check_password, hash_password, verify_password
from cna_service.identity.rules import PasswordTooWeak

GOOD = "four small harbour boats"
NAMES = ("alvarez", "Lt. María Álvarez", "m.alvarez@example.test")
NOW = datetime(2026, 11, 21, 3, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    "password", [GOOD, "alvarez watches the sea", "12345678-maritime", "пароль-для-моря"]
)
def test_good_passwords_pass(password: str) -> None:
    check_password(password, NAMES)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven-char", "shorter than 12"),
        ("", "shorter than 12"),
        ("x" * 257, "longer than 256"),
        ("alvarez-2026!", "own name"),
        ("ALVAREZALVAREZ", "own name"),
        ("MaríaÁlvarez1", "own name"),
        ("María Álvarez 7", "own name"),
        ("m.alvarez@example.test", "own name"),
    ],
)
def test_weak_passwords_name_the_field_and_the_fix(password: str, why: str) -> None:
    with pytest.raises(PasswordTooWeak, match=why) as refused:
        check_password(password, NAMES)
    assert refused.value.problems[0].pointer == "/password"
    assert refused.value.problems[0].told is None


def test_a_hash_verifies_its_password_alone() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, GOOD).is_right
    assert not verify_password(stored, GOOD + "x").is_right
    assert not verify_password(stored, GOOD).is_outdated


def test_the_same_word_typed_on_another_keyboard_is_the_same_password() -> None:
    assert verify_password(hash_password("se\u00f1al de la costa"), "sen\u0303al de la costa").is_right


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_without_a_stored_hash_no_password_is_right(stored: str | None) -> None:
    assert not verify_password(stored, GOOD).is_right
    assert not verify_password(stored, "nobody has this password").is_right


def test_an_old_hash_is_right_and_says_that_it_is_outdated() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    verified = verify_password(old, GOOD)
    assert verified.is_right
    assert verified.is_outdated


def test_a_code_is_good_for_its_own_step_and_one_to_each_side() -> None:
    now_step = totp.step_of(NOW)
    for shift in (-1, 0, 1):
        code = totp.code_at(SECRET, NOW + shift * timedelta(seconds=30))
        assert totp.matching_step(SECRET, code, NOW, last_step=None) == now_step + shift
    for shift in (-2, 2):
        code = totp.code_at(SECRET, NOW + shift * timedelta(seconds=30))
        assert totp.matching_step(SECRET, code, NOW, last_step=None) is None


def test_a_code_is_used_once() -> None:
    code = totp.code_at(SECRET, NOW)
    step = totp.matching_step(SECRET, code, NOW, last_step=None)
    assert totp.matching_step(SECRET, code, NOW, last_step=step) is None
    earlier = totp.code_at(SECRET, NOW - timedelta(seconds=30))
    assert totp.matching_step(SECRET, earlier, NOW, last_step=step) is None
    later = NOW + timedelta(seconds=30)
    assert totp.matching_step(SECRET, totp.code_at(SECRET, later), later, last_step=step) is not None


def test_a_code_may_be_typed_in_two_groups() -> None:
    code = totp.code_at(SECRET, NOW)
    assert totp.matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, last_step=None) is not None


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{6}", fullmatch=True)))
def test_what_is_no_code_is_refused_and_nothing_raises(text: str) -> None:
    steps = (timedelta(seconds=30 * n) for n in (-1, 0, 1))
    assume("".join(text.split()) not in {totp.code_at(SECRET, NOW + step) for step in steps})
    assert totp.matching_step(SECRET, text, NOW, last_step=None) is None


def test_the_authenticator_gets_the_rfc_6238_parameters() -> None:
    uri = totp.provisioning_uri(SECRET, account="duty-1", desk="EXERCISE desk XA")
    assert uri == f"otpauth://totp/EXERCISE%20desk%20XA:duty-1?secret={SECRET}&issuer=EXERCISE%20desk%20XA"
    # RFC 6238 appendix B, SHA-1, T = 59 s: the eight digits end in these six.
    rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert totp.code_at(rfc, datetime.fromtimestamp(59, UTC)) == "287082"


def test_secrets_differ_and_can_be_typed_by_hand() -> None:
    one, other = totp.new_secret(), totp.new_secret()
    assert one != other
    assert len(one) == 32
    assert totp.in_groups("JBSWY3DPEH") == "JBSW Y3DP EH"


def test_the_qr_code_is_a_plain_picture_without_style_or_script() -> None:
    svg = totp.qr_svg(totp.provisioning_uri(SECRET, account="duty-1", desk="Desk XA"))
    picture = ET.fromstring(svg)
    assert picture.tag.endswith("svg")
    assert "style" not in svg
    assert "script" not in svg
    assert 'fill="#fff"' in svg
