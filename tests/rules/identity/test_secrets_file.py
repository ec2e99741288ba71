"""Secret files: made once, for the desk's account alone, with a way to replace each."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun import freeze_time

from cna_service.identity.rules import SecretUnusable
from cna_service.identity.secrets_file import (
    FORM_KEY,
    PUSH_KEY,
    TOKEN_KEY,
    WEBHOOK_KEY,
    listing,
    load,
    make_missing,
)
from cna_service.identity.tokens import issue, read

EVERY = (TOKEN_KEY, FORM_KEY, PUSH_KEY, WEBHOOK_KEY)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def test_the_first_start_makes_them_and_the_second_keeps_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make_missing(folder) == EVERY
    before = load(folder)
    assert make_missing(folder) == ()
    assert load(folder) == before
    assert len(before.form_key) == 32


def test_nobody_else_on_the_machine_can_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_missing(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(EVERY, 0o600)


def test_two_starts_at_once_end_with_the_same_files(tmp_path: Path) -> None:
    made: list[tuple[str, ...]] = []
    starts = [threading.Thread(target=lambda: made.append(make_missing(tmp_path))) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sorted(name for names in made for name in names) == sorted(EVERY)
    assert {path.name for path in tmp_path.iterdir()} == set(EVERY)
    load(tmp_path)


@pytest.mark.parametrize("name", EVERY)
def test_a_file_open_to_others_is_refused_with_its_fix(tmp_path: Path, name: str) -> None:
    make_missing(tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(SecretUnusable, match=f"chmod 600 .*{name}"):
        load(tmp_path)


@pytest.mark.parametrize("name", EVERY)
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    make_missing(tmp_path)
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(SecretUnusable, match=name):
        load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(SecretUnusable, match=name):
        load(tmp_path)


def test_a_key_of_another_curve_is_refused(tmp_path: Path) -> None:
    make_missing(tmp_path)
    pem = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / TOKEN_KEY).write_bytes(pem)
    with pytest.raises(SecretUnusable, match="no P-256 private key"):
        load(tmp_path)


def test_check_names_each_file_with_its_purpose_and_its_written_rotation(tmp_path: Path) -> None:
    make_missing(tmp_path)
    files = {file.path.name: file for file in listing(tmp_path)}
    assert set(files) == set(EVERY)
    assert all(file.problem is None and "Stop the desk" in file.rotation for file in files.values())
    (tmp_path / FORM_KEY).write_bytes(b"short")
    (tmp_path / TOKEN_KEY).unlink()
    problems = {file.path.name: file.problem or "" for file in listing(tmp_path)}
    assert problems[FORM_KEY].endswith("form-key is damaged.")
    assert "No such file" in problems[TOKEN_KEY]


def test_the_written_rotation_of_the_token_key_works(tmp_path: Path) -> None:
    make_missing(tmp_path)
    before = load(tmp_path).token_keys
    old = issue("mrcc-xb", "authority", keys=before, audience="a", issuer="i", now=NOW)
    (tmp_path / TOKEN_KEY).rename(tmp_path / "token-key-old.pem")
    assert make_missing(tmp_path) == (TOKEN_KEY,)
    after = load(tmp_path).token_keys
    assert after.kid != before.kid
    assert set(after.public) == {before.kid, after.kid}
    with freeze_time(NOW):
        assert read(old.token, after.public, audience="a", issuer="i", now=NOW) == old.claims
    assert [file.path.name for file in listing(tmp_path)] == [*EVERY, "token-key-old.pem"]


def test_the_text_of_what_was_loaded_shows_no_secret(tmp_path: Path) -> None:
    make_missing(tmp_path)
    loaded = load(tmp_path)
    assert repr(loaded) == f"Secrets(kid='{loaded.token_keys.kid}')"
