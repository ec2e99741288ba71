"""Signed notes, keys and their files, checkpoints, cosignatures."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.ledger import checkpoint, notes
from cna_service.ledger.checkpoint import Checkpoint, MalformedCheckpoint, OtherOrigin
from cna_service.ledger.cosignatures import (
    CosignatureVerifier,
    cosign,
    cosigned_at,
    parse_witness_vkey,
)
from cna_service.ledger.keys import (
    Ed25519Signer,
    Ed25519Verifier,
    MalformedKey,
    create_key_file,
    load_key_file,
    parse_private_key,
    parse_vkey,
)
from cna_service.ledger.notes import (
    AmbiguousKey,
    InvalidSignature,
    MalformedNote,
    UnverifiedNote,
    open_note,
    parse,
    sign,
)

LOG = Ed25519Signer("cna.example/decisions", bytes(range(32)))
OTHER = Ed25519Signer("cna.example/decisions", bytes(range(1, 33)))
ROOT = bytes(range(32))
HEAD = Checkpoint("cna.example/decisions", 12, ROOT)
TEXT = "First.\n\nSecond.\n"
NOTE = sign(TEXT, [LOG])


def test_a_note_is_opened_by_the_key_that_signed_it() -> None:
    opened = open_note(NOTE, [LOG.verifier])
    assert (opened.text, opened.unverified) == (TEXT, ())
    assert [(each.name, each.key_id) for each in opened.verified] == [(LOG.name, LOG.key_id)]
    assert open_note(NOTE.encode(), [LOG.verifier]) == opened


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x20), max_size=50), st.integers(0, 3))
def test_any_text_comes_back_from_its_note(line: str, blank: int) -> None:
    text = line + "\n" * (blank + 1)
    written = sign(text, [LOG, OTHER])
    assert open_note(written, [OTHER.verifier]).text == text
    assert parse(written).written == written


def test_signing_twice_gives_the_same_bytes() -> None:
    assert sign(TEXT, [LOG]) == NOTE == sign(TEXT, [parse_private_key(LOG.private_text)])


def test_keys_rotate_a_reader_of_either_key_opens_a_note_signed_with_both() -> None:
    both = sign(TEXT, [LOG, OTHER])
    for known, unknown in ((LOG, OTHER), (OTHER, LOG)):
        opened = open_note(both, [known.verifier])
        assert [each.key_id for each in opened.verified] == [known.key_id]
        assert [each.key_id for each in opened.unverified] == [unknown.key_id]


def test_a_note_by_unknown_keys_only_is_unverified_and_can_still_be_looked_at() -> None:
    with pytest.raises(UnverifiedNote) as refused:
        open_note(NOTE, [OTHER.verifier])
    assert refused.value.note.text == TEXT


def test_a_bad_signature_of_a_known_key_refuses_a_note_another_known_key_has_signed() -> None:
    both = sign(TEXT, [LOG, OTHER])
    wrong = sign("Another text.\n", [OTHER]).rsplit("\n\n", 1)[1]
    with pytest.raises(InvalidSignature) as refused:
        open_note(NOTE + wrong, [LOG.verifier, OTHER.verifier])
    assert refused.value.key_id == OTHER.key_id
    assert len(open_note(both, [LOG.verifier, OTHER.verifier]).verified) == 2


@pytest.mark.parametrize("at", [0, 7, len(TEXT) - 2])
def test_a_changed_text_is_refused(at: int) -> None:
    with pytest.raises(InvalidSignature):
        open_note(NOTE[:at] + "~" + NOTE[at + 1 :], [LOG.verifier])


def test_no_bit_of_a_signature_can_be_changed() -> None:
    text, line = NOTE.rsplit("\n\n", 1)
    raw = b64decode(line.split(" ")[2])
    for bit in range(32, len(raw) * 8):
        wrong = bytearray(raw)
        wrong[bit // 8] ^= 1 << bit % 8
        changed = f"{text}\n\n— {LOG.name} {b64encode(bytes(wrong)).decode()}\n"
        with pytest.raises(InvalidSignature):
            open_note(changed, [LOG.verifier])


def test_stray_bits_at_the_end_of_base64_are_a_bad_signature_not_a_malformed_note() -> None:
    assert NOTE.endswith("=\n")
    last = NOTE[-3]
    stray = chr(ord(last) + 1) if last.isalnum() else "A"
    changed = f"{NOTE[:-3]}{stray}=\n"
    assert parse(changed).signatures[0].signature == parse(NOTE).signatures[0].signature
    with pytest.raises(InvalidSignature):
        open_note(changed, [LOG.verifier])
    with pytest.raises(UnverifiedNote):
        open_note(changed, [OTHER.verifier])


def test_two_verifiers_of_one_key_are_ambiguous_only_where_it_signed() -> None:
    with pytest.raises(AmbiguousKey):
        open_note(NOTE, [LOG.verifier, LOG.verifier])
    assert open_note(NOTE, [LOG.verifier, OTHER.verifier, OTHER.verifier]).verified


def test_repeated_signatures_count_once() -> None:
    line = NOTE.rsplit("\n\n", 1)[1]
    other = sign(TEXT, [OTHER]).rsplit("\n\n", 1)[1]
    opened = open_note(NOTE + line + other + other, [LOG.verifier])
    assert (len(opened.verified), len(opened.unverified)) == (1, 1)


LINE = NOTE.rsplit("\n\n", 1)[1]


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "not a signature\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("First", "Fi\trst"),
        NOTE.replace("First", "Fi\0rst"),
        NOTE.replace("— ", "-- "),
        NOTE.replace("— ", "—"),
        NOTE.replace(LOG.name, "cna example"),
        NOTE.replace(LOG.name, "cna+example"),
        NOTE.replace(LOG.name, "cna\u00a0example"),
        NOTE.replace(LOG.name, ""),
        NOTE.replace("=\n", "\n"),
        NOTE.replace("=\n", "==\n"),
        NOTE.replace("=\n", "= \n"),
        f"{TEXT}\n— {LOG.name} \n",
        f"{TEXT}\n— {LOG.name}\n",
        f"{TEXT}\n— {LOG.name} AAAAAA==\n",
        f"{TEXT}\n— {LOG.name} AAA*AAAA\n",
        NOTE + LINE * 100,
        NOTE.encode() + b"\xff",
        NOTE.encode("utf-16"),
        "\ud800" + NOTE,
        "x" * 1_000_000 + NOTE,
    ],
)
def test_what_is_no_note_is_malformed(note: str | bytes) -> None:
    with pytest.raises(MalformedNote):
        open_note(note, [LOG.verifier])


def test_a_hundred_signatures_are_read() -> None:
    assert len(parse(NOTE + LINE * 99).signatures) == 100


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\r\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(MalformedNote):
        sign(text, [LOG])


def test_a_note_without_a_signer_is_not_written() -> None:
    with pytest.raises(MalformedNote):
        sign(TEXT, [])


# Keys.


def test_a_key_is_read_back_from_its_texts() -> None:
    assert parse_vkey(LOG.verifier.vkey) == LOG.verifier
    assert parse_private_key(LOG.private_text) == LOG
    assert LOG.private_text.startswith(f"PRIVATE+KEY+{LOG.name}+{LOG.key_id.hex()}+")


def test_a_key_id_with_leading_zeros_keeps_them() -> None:
    seed, signer = 0, LOG
    while not signer.key_id.hex().startswith("0"):
        seed, signer = seed + 1, Ed25519Signer("log", seed.to_bytes(32, "big"))
    assert parse_vkey(signer.verifier.vkey).key_id == signer.key_id
    assert open_note(sign(TEXT, [signer]), [signer.verifier]).text == TEXT
    shortened = signer.verifier.vkey.replace("+0", "+", 1)
    with pytest.raises(MalformedKey):
        parse_vkey(shortened)


def changes(text: str) -> list[str]:
    name, key_id, key = text.rsplit("+", 2)
    return [
        "",
        name,
        f"{name}+{key_id}",
        f"{name}+{key_id.upper()}+{key}",
        f"{name}+{key_id[1:]}+{key}",
        f"{name}+{key_id}0+{key}",
        f"{name}+00000000+{key}",
        f"{name}+{key_id}+{key[:-4]}",
        f"{name}+{key_id}+{key}AAAA",
        f"{name}+{key_id}+*{key[1:]}",
        f"{name}+{key_id}+",
        f"{name}+{key_id}+Z{key[1:]}",
        f"{name} x+{key_id}+{key}",
        f"+{key_id}+{key}",
        f"{text}\n",
        f" {text}",
    ]


@pytest.mark.parametrize("text", changes(LOG.verifier.vkey))
def test_a_changed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_vkey(text)


@pytest.mark.parametrize("text", [*changes(LOG.private_text), LOG.verifier.vkey])
def test_a_changed_private_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(MalformedKey) as refused:
        parse_private_key(text)
    assert LOG.private_text.rsplit("+", 1)[1][4:20] not in str(refused.value)


def test_a_private_key_does_not_show_in_its_representation() -> None:
    assert LOG.seed.hex() not in repr(LOG)
    assert repr(LOG.seed) not in repr(LOG)


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "new\nline", "\x7f\u2028"])
def test_a_name_that_no_key_may_have_is_refused(name: str) -> None:
    with pytest.raises(MalformedKey):
        Ed25519Verifier(name, LOG.verifier.public_key)


def test_keys_of_other_lengths_are_refused() -> None:
    with pytest.raises(MalformedKey):
        Ed25519Verifier("log", bytes(31))
    with pytest.raises(MalformedKey):
        Ed25519Signer("log", bytes(33))


def test_a_key_file_is_made_once_for_its_owner_only_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer = create_key_file(path, "cna.example/decisions")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == signer.private_text + "\n"
    assert load_key_file(path) == signer
    assert signer != create_key_file(tmp_path / "other.key", "cna.example/decisions")
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(path, "cna.example/decisions")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"something else\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.key"
    path.write_bytes(content)
    with pytest.raises(MalformedKey):
        load_key_file(path)


# Checkpoints.


def test_a_checkpoint_is_three_lines() -> None:
    assert HEAD.text == f"cna.example/decisions\n12\n{b64encode(ROOT).decode()}\n"
    assert checkpoint.parse(HEAD.text) == HEAD


def test_a_checkpoint_is_signed_the_same_twice_and_opened() -> None:
    note = checkpoint.sign(HEAD, [LOG])
    assert checkpoint.sign(HEAD, [LOG]) == note
    assert checkpoint.open_checkpoint(note, [LOG.verifier], origin=HEAD.origin) == HEAD


def test_a_checkpoint_of_another_log_is_refused() -> None:
    note = checkpoint.sign(HEAD, [LOG])
    with pytest.raises(OtherOrigin):
        checkpoint.open_checkpoint(note, [LOG.verifier], origin="X-cna.example/decisions")


@given(
    st.from_regex(r"[a-zé/ .]{1,20}", fullmatch=True),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.from_regex(r"[a-z ]{1,9}", fullmatch=True), max_size=3),
)
def test_any_checkpoint_is_read_back(origin: str, size: int, root: bytes, more: list[str]) -> None:
    head = Checkpoint(origin, size, root, tuple(more))
    assert checkpoint.parse(head.text) == head


B64 = b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "o\n1\n",
        f"o\n1\n{B64}",
        f"\n1\n{B64}\n",
        f"o\n\n{B64}\n",
        f"o\n01\n{B64}\n",
        f"o\n-1\n{B64}\n",
        f"o\n+1\n{B64}\n",
        f"o\n 1\n{B64}\n",
        f"o\n1_0\n{B64}\n",
        f"o\n١\n{B64}\n",
        f"o\n9223372036854775808\n{B64}\n",
        f"o\n1\n{B64[:-4]}\n",
        f"o\n1\n{B64[:-1]}\n",
        f"o\n1\n{B64[:-2]}9=\n",
        f"o\n1\n{B64}AAAA\n",
        f"o\n1\n*{B64[1:]}\n",
        f"o\n1\n{B64}\n\n",
        f"o\n1\n{B64}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        checkpoint.parse(text)


# Cosignatures.


def test_a_witness_cosigns_a_checkpoint() -> None:
    witness = Ed25519Signer("archive.example/witness", bytes(32))
    verifier = CosignatureVerifier(witness.name, witness.verifier.public_key)
    note = checkpoint.sign(HEAD, [LOG]) + cosign(HEAD.text, witness, 1_795_000_000)
    opened = open_note(note, [LOG.verifier, verifier])
    assert [each.name for each in opened.verified] == [LOG.name, witness.name]
    assert cosigned_at(opened.verified[1].signature) == 1_795_000_000
    assert parse_witness_vkey(verifier.vkey) == verifier
    assert checkpoint.open_checkpoint(note, [LOG.verifier]) == HEAD


def test_a_cosignature_with_another_time_or_length_does_not_verify() -> None:
    witness = Ed25519Signer("archive.example/witness", bytes(32))
    verifier = CosignatureVerifier(witness.name, witness.verifier.public_key)
    good = notes.parse_signature(cosign(HEAD.text, witness, 1234).rstrip("\n")).signature
    assert verifier.verify(HEAD.text.encode(), good)
    for wrong in ((1235).to_bytes(8, "big") + good[8:], b"\xff" * 8 + good[8:], good[:-1], good + b"\0", b""):
        assert not verifier.verify(HEAD.text.encode(), wrong)


def test_a_log_key_is_no_witness_key_nor_the_reverse() -> None:
    verifier = CosignatureVerifier("archive.example/witness", LOG.verifier.public_key)
    assert verifier.key_id != Ed25519Verifier(verifier.name, verifier.public_key).key_id
    with pytest.raises(MalformedKey):
        parse_vkey(verifier.vkey)
    with pytest.raises(MalformedKey):
        parse_witness_vkey(LOG.verifier.vkey)
    with pytest.raises(MalformedKey):
        parse_witness_vkey(verifier.vkey.replace(verifier.key_id.hex(), "00000000"))
    with pytest.raises(MalformedKey):
        CosignatureVerifier("with space", bytes(32))
