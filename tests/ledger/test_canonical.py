"""kit/canonical.py against rfc8785 as the oracle, and everything the profile refuses."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cna_service.kit.canonical import DEEPEST, LARGEST_INTEGER, NotCanonical, decode, encode

keys = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True) | st.from_regex(
    r"(/[a-z0-9_]{1,5}){1,4}", fullmatch=True
)
text = st.text(st.characters(codec="utf-8"), max_size=40)
integers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@given(values)
def test_encoding_equals_the_oracle_and_decodes_to_the_value(value: Any) -> None:
    written = encode(value)
    assert written == rfc8785.dumps(value)
    assert decode(written) == value


@given(values)
def test_the_order_in_which_an_object_was_filled_does_not_matter(value: Any) -> None:
    def reversed_keys(each: Any) -> Any:
        if isinstance(each, dict):
            return {k: reversed_keys(v) for k, v in reversed(each.items())}
        return [reversed_keys(v) for v in each] if isinstance(each, list) else each

    assert encode(reversed_keys(value)) == encode(value)


@given(values)
def test_another_spelling_of_the_same_value_is_refused(value: Any) -> None:
    other = json.dumps(value, indent=1, ensure_ascii=True).encode()
    if other != encode(value):
        with pytest.raises(NotCanonical):
            decode(other)


@given(st.binary(max_size=60))
def test_decoding_any_bytes_gives_their_value_or_not_canonical(data: bytes) -> None:
    try:
        value = decode(data)
    except NotCanonical:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.0, ""),
        (float("nan"), ""),
        ({"speed": 1.5}, "/speed"),
        ({"items": [{"words": "\ud800"}]}, "/items/0/words"),
        ({"n": 2**53}, "/n"),
        ({"n": -(2**53)}, "/n"),
        ([b"bytes"], "/0"),
        ({"a": {"Told": 1}}, "/a"),
        ({"a": {1: 1}}, "/a"),
        ({"a": {"": 1}}, "/a"),
        ({"a": {"a/b": 1}}, "/a"),
        ({"a": {"é": 1}}, "/a"),
        ({"a": {"told_at\n": 1}}, "/a"),
        ([{1, 2}], "/0"),
    ],
)
def test_values_outside_the_profile_are_refused_with_their_place(value: object, path: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        encode(value)
    assert refused.value.path == path


def test_the_place_can_be_counted_from_something_larger() -> None:
    with pytest.raises(NotCanonical, match="/body/items/0/n: "):
        encode({"n": 0.5}, at="/body/items/0")


def test_an_error_never_repeats_the_value() -> None:
    for call in (lambda: encode({"words": "MARKER\ud800"}), lambda: decode(b'{"words":"MARKER"')):
        with pytest.raises(NotCanonical) as refused:
            call()
        assert "MARKER" not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":[{"b":1,"b":2}]}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"9" * 5000,
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b"1 ",
        b"",
        b"{",
        "1".encode("utf-16"),
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(data)


def test_mappings_tuples_and_enumerations_count_as_their_json() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Number(IntEnum):
        ONE = 1

    assert encode(MappingProxyType({"a": (Colour.RED, Number.ONE)})) == b'{"a":["red",1]}'


def test_nesting_is_limited_and_a_cycle_is_refused() -> None:
    deep: Any = 1
    for _ in range(DEEPEST):
        deep = [deep]
    assert decode(encode(deep)) == deep
    with pytest.raises(NotCanonical, match="deeper"):
        encode([deep])
    cycle: dict[str, Any] = {}
    cycle["a"] = cycle
    with pytest.raises(NotCanonical, match="deeper"):
        encode(cycle)
