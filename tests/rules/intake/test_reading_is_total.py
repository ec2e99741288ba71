"""Reading never raises, whatever the bytes, and its draft can always be written into the log."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cna_service.intake.submission import _SUBMISSION, _VESSEL, Reading, read_submission
from cna_service.kit import canonical

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=30)
    | st.sampled_from(
        ["2026-11-21T16:00:00Z", "91N", "14°03.5'N 074°22.1'W", "9074729", "XA", "board", "60 ft"]
    )
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "at", "name", "measure", "vessel", "earliest", "point", "base64"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
VESSELS = st.dictionaries(st.sampled_from(sorted(_VESSEL)) | st.text(max_size=5), VALUES, max_size=6)
SUBMISSIONS = st.dictionaries(
    st.sampled_from(sorted(_SUBMISSION)) | st.text(st.characters(codec=None), max_size=5), VALUES, max_size=8
) | st.builds(lambda v, m: {"vessels": v, "measures": m}, st.lists(VESSELS, max_size=3), VALUES)


def check(reading: Reading) -> None:
    if reading.draft is None:
        assert reading.why
        assert reading.fix
    else:
        canonical.encode(reading.draft)
        assert reading.draft["vessels"]
    for problem in reading.problems:
        canonical.encode(problem.as_json())
        assert problem.why
        assert problem.fix


@given(st.binary(max_size=300))
@example(b'{"a":\xff}')
@example(b"\x00")
def test_any_bytes_are_read(content: bytes) -> None:
    check(read_submission(content))


@given(SUBMISSIONS)
@settings(max_examples=150)
@example({"vessels": [{"positions": [{"point": [math.nan, math.inf]}]}]})
@example({"vessels": [None], "measures": [{"vessel": True}], "attachments": {"base64": 1}})
@example({"happened_at": {"text": "x", "earliest": "2026-11-22T00:00:00Z", "latest": "2026-11-21T00:00:00Z"}})
def test_any_json_object_is_read(value: dict[str, Any]) -> None:
    check(read_submission(json.dumps(value).encode("utf-8", "surrogatepass")))
    check(read_submission(json.dumps(value).encode()))
