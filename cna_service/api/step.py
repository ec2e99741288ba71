"""The shape of one command of the interface on a case: path, verb, words, body."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cna_service.api.shapes import Schema

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Step(Generic[V]):
    """``decides``: takes ``seen`` or ``If-Match``, because it rests on what its maker had before him."""

    path: str
    verb: V
    summary: str
    schema: Schema
    words: str = ""
    decides: bool = False
    example: Any = None
    tags: tuple[str, ...] = field(default=("cases",))
