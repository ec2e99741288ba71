"""The fast strict reader against the plain one, and what an entry cites."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cna_service.kit import canonical
from cna_service.kit.canonical import NotCanonical
from cna_service.ledger.verify_bytes import CitedBlob, cited_blobs, cited_texts, read_canonical

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**54), 2**54)
    | st.floats(allow_nan=True)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["a", "told_at", "/a/b", "Body", "é", "a b", ""]), inner, max_size=4
        )
    ),
    max_leaves=20,
)
written = st.builds(
    lambda value, escapes, sort, spaces: json.dumps(
        value, ensure_ascii=escapes, sort_keys=sort, separators=(", ", ": ") if spaces else (",", ":")
    ).encode(),
    values,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def outcome(read: Any, data: bytes) -> tuple[Any, ...]:
    try:
        return ("value", read(data))
    except NotCanonical as error:
        return ("refused", error.path, error.why)


@given(written | st.binary(max_size=30))
@example(b'{"a":1,"a":1}')
@example(b'{"a":1,"a":2}')
@example(b'{"b":1,"a":2}')
@example(b'{"a":1.0}')
@example(b'{"a":1e3}')
@example(b'{"a":-0}')
@example(b'{"a":9007199254740991}')
@example(b'{"a":9007199254740992}')
@example(b'{"a":' + b"9" * 5000 + b"}")
@example(b'{"a":NaN}')
@example(b'{"a":-Infinity}')
@example(b'"\\ud800"')
@example(b'"\\u00e9"')
@example(b'"\xff"')
@example(b'{"Body":1}')
@example(b'{"a":1} ')
@example(b"\xef\xbb\xbf{}")
@example(b"[" * 99 + b"]" * 99)
@example(b"[" * 100 + b"]" * 100)
@example(b"[" * 101 + b"]" * 101)
@example(b"[" * 100_000)
@example(b"")
def test_the_fast_reader_says_what_the_plain_one_says(data: bytes) -> None:
    assert outcome(read_canonical, data) == outcome(canonical.decode, data)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    try:
        data = canonical.encode(value)
    except NotCanonical:
        return
    assert read_canonical(data) == value


def test_blobs_are_found_at_any_depth() -> None:
    body = {
        "blob": "b-1",
        "size": 5,
        "draft": {"attachments": [{"blob": "b-2"}, {"blob": None}, {"name": "x"}]},
    }
    assert list(cited_blobs(body, "/body")) == [
        CitedBlob("b-1", "/body", 5, None, None),
        CitedBlob("b-2", "/body/draft/attachments/0", None, None, None),
    ]


HASH = "ab" * 32


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"file_sha256": HASH}, [HASH]),
        ({"a": [{"file_sha256": HASH}]}, [HASH]),
        ({"ladder_copy": {"sha256": HASH}}, [HASH]),
        ({"sha256": HASH}, []),
        ({"other": {"sha256": HASH}}, []),
        ({"file_sha256": None, "ladder_sha256": "", "policy_sha256": "unknown"}, []),
    ],
)
def test_only_the_named_keys_cite_texts(body: dict[str, Any], found: list[str]) -> None:
    keys = frozenset({"file_sha256", "ladder_sha256", "policy_sha256", "ladder_copy.sha256"})
    assert list(cited_texts(body, "/body", keys)) == found
