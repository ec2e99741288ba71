"""Reading a request's body: never more than the limit in memory; of a larger one its beginning, and its length."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request

from cna_service.kit.errors import Invalid, Problem

TRUNCATED = 64 * 1024
"""Bytes kept of a body over the limit."""

_DRAINED = 4
"""How many times the limit is still counted; a body without end is cut off there."""


class Unreadable(Invalid):
    """The body is no JSON object. The API answers 400: no field can be named."""

    code: ClassVar[str] = "unreadable"
    title: ClassVar[str] = "The body could not be read"


class TooLarge(Invalid):
    code: ClassVar[str] = "too-large"
    title: ClassVar[str] = "The body is larger than the desk takes"


@dataclass(frozen=True, slots=True)
class Received:
    """``size`` is the true length, as far as it was counted; ``content`` all of it unless ``is_over``."""

    content: bytes
    size: int
    is_over: bool
    media_type: str


async def read(request: Request, limit: int) -> Received:
    """The body, or the first 64 KiB of one over ``limit`` bytes."""
    media_type = request.headers.get("content-type", "application/octet-stream")[:120]
    kept = bytearray()
    size, is_over = 0, False
    async for chunk in request.stream():
        size += len(chunk)
        if not is_over:
            kept += chunk
        if size > limit:
            is_over = True
            del kept[TRUNCATED:]
        if size > limit * _DRAINED:
            break
    return Received(bytes(kept), size, is_over, media_type)


def json_object(received: Received) -> Mapping[str, Any]:
    """The body of a command: one JSON object, nothing for none. Raises Unreadable, TooLarge."""
    if received.is_over:
        raise TooLarge(f"The body has {received.size} bytes or more. Send less, or attachments one by one.")
    if not received.content.strip():
        return {}
    try:
        # Figures stay as they were written: a float of ours would not be what the sender typed.
        value = json.loads(received.content.decode("utf-8"), parse_float=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise Unreadable(f"Byte {error.start} is not UTF-8. Send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"No valid JSON at {where}. Mend it there.") from None
    except (RecursionError, ValueError):
        raise Unreadable(
            "The JSON is nested too deep or holds a number without end. Send it plainer."
        ) from None
    if not isinstance(value, dict):
        fix = Problem("", type(value).__name__, "is no object", "send one object, {…}")
        raise Unreadable("The JSON is no object. Send one object, {…}.", fix)
    return value
