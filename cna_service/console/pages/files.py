"""Browser files, under an address that changes with their content."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Request, Response

from cna_service.console.assets import FOREVER
from cna_service.console.routing import pages
from cna_service.console.visits import frame_of

router = pages()


@router.get("/static/{stamp}/{name:path}")
def file(request: Request, stamp: str, name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
    found = frame_of(request).assets.by_name.get(name)
    if found is None:
        return Response("No such file.\n", 404, media_type="text/plain")
    # Under an old stamp another content would be kept for ever.
    headers = {"Cache-Control": FOREVER if stamp == found.stamp else "no-cache", "Vary": "Accept-Encoding"}
    packed = found.packed if "gzip" in accept_encoding else None
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or found.content, media_type=found.media_type, headers=headers)
