"""Private values out of an entry and back, whatever is erased on the way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.kit.canonical import NotCanonical, encode
from cna_service.ledger.disclosures import (
    MOST_PARAGRAPHS,
    WITHHELD,
    DisclosureMismatch,
    commit,
    digest_of,
    disclosure,
    open_body,
    paragraphs,
)
from cna_service.ledger.entry import EntryType, Erased

ANSWER = EntryType(
    "answer.given",
    "what was answered",
    ("/by/name", "/by/numbers/*", "/items/*/words¶", "/remarks¶", "/grounds", "/lines/*¶"),
)

text = st.text(st.sampled_from("ab \t\r\n\n\né§"), max_size=30)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


bodies = optional(
    by=optional(name=anything, role=st.just("officer"), numbers=st.lists(anything, max_size=3)),
    items=st.lists(
        optional(words=text | st.none(), measure=st.sampled_from(["board", "search"])), max_size=3
    ),
    remarks=text,
    grounds=anything,
    lines=st.lists(text | st.none(), max_size=3),
    exchange=st.integers(1, 9),
)


def salt() -> bytes:
    return os.urandom(16)


def texts(committed: Any) -> dict[str, str]:
    return {each.path: each.text for each in committed.disclosures}


@given(bodies)
def test_opening_with_every_disclosure_gives_the_body_back(body: dict[str, Any]) -> None:
    committed = commit(body, ANSWER, salt)
    assert open_body(committed.body, committed.digests, texts(committed)) == body


@given(bodies, st.data())
def test_any_subset_of_disclosures_opens_without_changing_what_stands_in_clear(
    body: dict[str, Any], data: st.DataObject
) -> None:
    committed = commit(body, ANSWER, salt)
    left = {p: t for p, t in texts(committed).items() if data.draw(st.booleans())}
    opened = open_body(committed.body, committed.digests, left)
    again = commit(opened_in_clear(opened), ANSWER, salt)
    assert again.body == committed.body


def opened_in_clear(value: Any) -> Any:
    """The opened body with a stand-in for each erased value, so that it can be committed again."""
    if isinstance(value, dict):
        return {k: opened_in_clear(v) for k, v in value.items()}
    if isinstance(value, list):
        return [opened_in_clear(v) for v in value]
    return "erased" if isinstance(value, Erased) else value


@given(bodies)
def test_rule_9_1_no_private_value_stands_in_the_entry(body: dict[str, Any]) -> None:
    marked = json.loads(json.dumps(body))
    for holder, key in ((marked.get("by", {}), "name"), (marked, "grounds"), (marked, "remarks")):
        holder[key] = "MARKER"
    committed = commit(marked, ANSWER, salt)
    assert b"MARKER" not in encode({"body": committed.body, "private": committed.digests})


def test_where_private_values_stood() -> None:
    body = {
        "by": {"name": "A. Lima", "role": "officer", "numbers": ["1", None, "2"]},
        "items": [{"words": "Granted.", "measure": "board"}, {"measure": "search", "words": None}],
        "lines": ["one", None],
    }
    committed = commit(body, ANSWER, salt)
    assert committed.body == {
        "by": {"role": "officer", "numbers": [None, None, None]},
        "items": [{"measure": "board"}, {"measure": "search", "words": None}],
        "lines": [None, None],
    }
    assert set(committed.digests) == {
        "/body/by/name",
        "/body/by/numbers/0",
        "/body/by/numbers/2",
        "/body/items/0/words/0",
        "/body/lines/0/0",
    }
    opened = open_body(committed.body, committed.digests, {})
    assert opened["by"]["name"] == Erased(committed.digests["/body/by/name"])
    assert opened["items"][0]["words"] == Erased(committed.digests["/body/items/0/words/0"])
    assert opened["by"]["numbers"][1] is None


def test_rule_9_3_a_paragraph_of_verbatim_words_can_be_withheld_alone() -> None:
    committed = commit({"remarks": "First.\n\nSecond,\nstill second.\n\nThird."}, ANSWER, salt)
    left = texts(committed)
    assert sorted(left) == ["/body/remarks/0", "/body/remarks/1", "/body/remarks/2"]
    del left["/body/remarks/1"]
    opened = open_body(committed.body, committed.digests, left)
    assert opened == {"remarks": f"First.\n\n{WITHHELD}\n\nThird."}
    del left["/body/remarks/2"]
    opened = open_body(committed.body, committed.digests, left)
    assert opened == {"remarks": f"First.\n\n{WITHHELD}\n\n{WITHHELD}"}


@pytest.mark.parametrize(
    ("whole", "pieces"),
    [
        ("", [""]),
        ("one", ["one"]),
        ("one\ntwo", ["one\ntwo"]),
        ("one\n\ntwo", ["one\n\n", "two"]),
        ("one\r\n\r\ntwo", ["one\r\n\r\n", "two"]),
        ("one\n \t\n\n\ntwo\n\n", ["one\n \t\n\n\n", "two\n\n"]),
        ("\n\none", ["\n\n", "one"]),
    ],
)
def test_rule_9_3_paragraphs_end_at_blank_lines_of_either_kind(whole: str, pieces: list[str]) -> None:
    assert paragraphs(whole) == pieces


@given(text)
def test_paragraphs_joined_are_the_text_byte_for_byte(whole: str) -> None:
    assert "".join(paragraphs(whole)) == whole


def test_a_text_of_very_many_paragraphs_keeps_an_entry_small() -> None:
    whole = "x\n\n" * 20_000
    committed = commit({"remarks": whole}, ANSWER, salt)
    assert len(committed.digests) == MOST_PARAGRAPHS
    assert len(encode(committed.digests)) < 15_000
    assert open_body(committed.body, committed.digests, texts(committed)) == {"remarks": whole}


def test_more_than_ten_paragraphs_come_back_in_order() -> None:
    whole = "\n\n".join(f"paragraph {n}" for n in range(25))
    committed = commit({"remarks": whole}, ANSWER, salt)
    shuffled = dict(sorted(committed.digests.items(), reverse=True))
    assert open_body(committed.body, shuffled, texts(committed)) == {"remarks": whole}


def test_a_private_object_swallows_the_private_values_in_it() -> None:
    nested = EntryType("a.b", "nested", ("/by/name", "/by"))
    committed = commit({"by": {"name": "A", "post": "B"}}, nested, salt)
    assert list(committed.digests) == ["/body/by"]
    assert open_body(committed.body, committed.digests, texts(committed)) == {
        "by": {"name": "A", "post": "B"}
    }


def test_the_body_handed_in_is_not_changed() -> None:
    body = {"by": {"name": "A", "numbers": ["1"]}}
    commit(body, ANSWER, salt)
    assert body == {"by": {"name": "A", "numbers": ["1"]}}


def test_the_same_value_twice_has_two_digests() -> None:
    committed = commit({"by": {"numbers": ["1", "1"]}}, ANSWER, salt)
    assert len(set(committed.digests.values())) == 2


def test_a_disclosure_is_canonical_json_of_salt_path_value() -> None:
    made = disclosure("/body/by/name", {"b": 1, "a": "é"}, bytes(16))
    assert made.text == '["AAAAAAAAAAAAAAAAAAAAAA","/body/by/name",{"a":"é","b":1}]'
    assert made.digest == digest_of(made.text)
    assert len(made.digest) == 43


def test_a_short_salt_and_a_value_outside_the_profile_are_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        disclosure("/body/by/name", "A", bytes(15))
    with pytest.raises(NotCanonical, match="/body/grounds/speed: a float"):
        commit({"grounds": {"speed": 1.5}}, ANSWER, salt)


def changed(value: str) -> Callable[[dict[str, str]], None]:
    def change(left: dict[str, str]) -> None:
        left["/body/by/name"] = left["/body/by/name"].replace("A. Lima", value)

    return change


def moved(left: dict[str, str]) -> None:
    left["/body/by/name"] = left["/body/grounds"]


def added(left: dict[str, str]) -> None:
    left["/body/by/post"] = left["/body/by/name"]


@pytest.mark.parametrize("tamper", [changed("B. Lima"), changed("A. Lima "), moved, added])
def test_a_changed_moved_or_added_disclosure_is_refused(tamper: Callable[[dict[str, str]], None]) -> None:
    committed = commit({"by": {"name": "A. Lima"}, "grounds": "x"}, ANSWER, salt)
    left = texts(committed)
    tamper(left)
    with pytest.raises(DisclosureMismatch) as refused:
        open_body(committed.body, committed.digests, left)
    assert "Lima" not in str(refused.value)


def test_a_disclosure_committed_under_another_path_is_refused() -> None:
    made = disclosure("/body/grounds", "x", salt())
    with pytest.raises(DisclosureMismatch):
        open_body({}, {"/body/remark": made.digest}, {"/body/remark": made.text})


@pytest.mark.parametrize("path", ["/body/by/name", "/body/lines/7", "/body/a/b/c"])
def test_a_digest_without_a_place_in_the_body_is_refused(path: str) -> None:
    made = disclosure(path, "x", salt())
    with pytest.raises(DisclosureMismatch):
        open_body({"lines": [None]}, {path: made.digest}, {path: made.text})
