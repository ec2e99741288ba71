"""Recordings played in the page: shown as sound and nothing else, in parts where the browser asks for parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from fastapi import Request, Response

SOUNDS: Mapping[str, str] = MappingProxyType(
    {"audio/x-wav": "audio/wav", "audio/wav": "audio/wav", "audio/mpeg": "audio/mpeg"}
)
"""What the telephone company calls it → what browsers know. No other type of a stranger's file is shown by us."""
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


def sound(request: Request, content: bytes, media_type: str, name: str) -> Response:
    """The whole, or the one range that was asked for (RFC 9110 14.2); 416 for one that is not there."""
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    told = _RANGE.fullmatch(request.headers.get("range", ""))
    if told is None or not (told[1] or told[2]):
        return Response(content, media_type=media_type, headers=headers)
    size = len(content)
    first = int(told[1]) if told[1] else max(0, size - int(told[2]))
    last = min(size - 1, int(told[2])) if told[1] and told[2] else size - 1
    if first > last or first >= size:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, media_type=media_type, headers=headers)
