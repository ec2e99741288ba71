"""What was read of a submission, made to fit into one entry of the log (60 KiB); the bytes are kept whole beside it.

Nothing that arrives is refused for its length: what is too long for the entry is shortened there, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.types import ENTRY_TYPES
from cna_service.kit import canonical
from cna_service.kit.errors import Problem
from cna_service.ledger.disclosures import commit
from cna_service.ledger.store import MAX_ENTRY

LARGEST = MAX_ENTRY - 4 * 1024
"""Bytes of body and digests; the rest is for what the service adds (actor, clock, chain)."""

_RECEIVED = next(t for t in ENTRY_TYPES if t.name == "submission.received")
_WHOLE = frozenset({"items", "attachments"})
_ESSENTIAL = ("names", "imo", "mmsi", "call_sign", "registration_number", "hull_mark", "flag_claimed", "type")
_PROBLEMS = 30

Body = Mapping[str, Any]
Cut = Callable[[Body], Body]


def fitted(body: Body) -> Body:
    """The body of ``submission.received``, shortened step by step until it fits; as it is where it does."""
    if _at_most(body) <= LARGEST or (size := _size(body)) <= LARGEST:
        return body
    said = Problem(
        "",
        f"{size} bytes",
        "more than one entry holds: shortened here, whole in the submission as received",
        "send long lists and texts as attachments",
    )
    for cut in _CUTS:
        body = cut(body)
        told = {**body, "problems": [said.as_json(), *body["problems"]]}
        if _size(told) <= LARGEST:
            break
    return told


def _at_most(body: Body) -> int:
    """More than ``_size`` can be, without hashing anything: almost every submission is far below."""
    written = canonical.encode(body)
    # As if every value, and every line of a text, were private and had its own digest.
    return len(written) + 120 * (written.count(b":") + written.count(b",") + written.count(b"\\n"))


def _size(body: Body) -> int:
    """Bytes in the entry: clear values, and a digest for each private one."""
    committed = commit(body, _RECEIVED, lambda: bytes(16))
    return len(canonical.encode(committed.body)) + len(canonical.encode(committed.digests))


def _fewer_problems(body: Body) -> Body:
    problems = body["problems"]
    more = Problem("", f"{len(problems) - _PROBLEMS} more", "more of the kind", "mend these and look again")
    few = [*problems[:_PROBLEMS], more.as_json()] if len(problems) > _PROBLEMS else problems
    return {**body, "problems": few}


def _shorter(texts: int, lists: int) -> Cut:
    def cut(body: Body) -> Body:
        draft = {k: v if k in _WHOLE else _cut(v, texts, lists) for k, v in body["draft"].items()}
        draft["vessels"] = [_cut(v, texts, lists) for v in body["draft"]["vessels"]]
        return {**body, "draft": draft}

    return cut


def _cut(value: Any, texts: int, lists: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= texts and "\n" not in value else " ".join(value.split())[:texts]
    if isinstance(value, Mapping):
        return {k: _cut(v, texts, lists) for k, v in value.items()}
    return [_cut(v, texts, lists) for v in value[:lists]] if isinstance(value, list) else value


def _essential(body: Body) -> Body:
    vessels = [{k: v[k] for k in _ESSENTIAL if k in v} for v in body["draft"]["vessels"]]
    return {**body, "draft": {**body["draft"], "vessels": vessels}}


def _numbers_alone(body: Body) -> Body:
    """The vessels keep their numbers, by which items name them."""
    return {**body, "draft": {**body["draft"], "vessels": [{} for _ in body["draft"]["vessels"]]}}


_CUTS: tuple[Cut, ...] = (
    _fewer_problems,
    _shorter(200, 5),
    _shorter(40, 2),
    _essential,
    _numbers_alone,
)
