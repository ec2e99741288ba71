"""The console as one router: every module of pages, the browser files, and the page for what does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import RedirectResponse

from cna_service.console.assets import FOREVER, Assets, find_assets
from cna_service.console.frame import Frame, no_notices
from cna_service.console.pages import (
    adoption,
    alerts,
    board,
    handbook,
    links,
    log,
    officers,
    rules,
    sign_in,
    watch,
)
from cna_service.console.routing import pages
from cna_service.console.visits import frame_of
from cna_service.kit.errors import NotFound
from cna_service.workflow.service import Service

PAGES: tuple[APIRouter, ...] = (
    sign_in.router,
    links.router,
    board.router,
    watch.router,
    alerts.router,
    rules.router,
    adoption.router,
    log.router,
    officers.router,
    handbook.router,
)
"""In the order in which addresses are matched; a new module of pages is added here and in ``frame.NAVIGATION``."""


def create_console(service: Service, *, notices: Callable[[], Sequence[str]] = no_notices) -> APIRouter:
    """The console's router, to be included at the root of the application: it answers ``/`` and ``/console/…``.

    ``notices`` says what is wrong with the desk now, a sentence each, shown on every page.
    """
    frame = Frame(service, find_assets(), notices)

    async def bind(request: Request) -> None:
        request.state.frame = frame

    root = APIRouter()
    root.add_api_route("/", _to_board, methods=["GET"], include_in_schema=False)
    root.include_router(
        _static(frame.assets), prefix="/console", include_in_schema=False, dependencies=[Depends(bind)]
    )
    for each in PAGES:
        root.include_router(each, prefix="/console", include_in_schema=False, dependencies=[Depends(bind)])
    root.include_router(_nowhere(), prefix="/console", include_in_schema=False, dependencies=[Depends(bind)])
    return root


def _to_board() -> Response:
    return RedirectResponse("/console/", 303)


def _static(assets: Assets) -> APIRouter:
    router = pages()

    @router.get("/static/{stamp}/{name:path}")
    def static(stamp: str, name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
        found = assets.by_name.get(name)
        if found is None:
            return Response("No such file.\n", 404, media_type="text/plain")
        # Under an old stamp another content would be kept for ever.
        headers = {"Cache-Control": FOREVER if stamp == found.stamp else "no-cache", "Vary": "Accept-Encoding"}
        packed = found.packed if "gzip" in accept_encoding else None
        if packed is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(packed or found.content, media_type=found.media_type, headers=headers)

    return router


def _nowhere() -> APIRouter:
    router = pages()

    @router.get("/{path:path}")
    def nowhere(path: str, request: Request) -> Response:
        frame_of(request)
        raise NotFound("There is no such page in the console.")

    return router
