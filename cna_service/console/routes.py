"""The console as one router: every module of pages, the browser files, and the page for what does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from cna_service.console.assets import find_assets
from cna_service.console.frame import Frame, no_notices
from cna_service.console.pages import (
    adoption,
    alert,
    alerts,
    answer,
    answer_decision,
    board,
    call,
    calls,
    case,
    case_acts,
    case_papers,
    case_waters,
    contacts,
    delegations,
    directory,
    exchange_basis,
    exchange_chase,
    exchange_convey,
    exchange_lapse,
    exchange_new,
    exchange_reading,
    exercise_case,
    files,
    handbook,
    links,
    log,
    nowhere,
    officers,
    outside,
    push,
    relief,
    rosters,
    rules,
    search,
    sign_in,
    statistics,
    watch,
    watch_people,
    watching,
)
from cna_service.workflow.service import Service

PAGES: tuple[APIRouter, ...] = (
    files.router,
    sign_in.router,
    links.router,
    board.router,
    call.router,
    calls.router,
    exchange_new.router,
    exchange_basis.router,
    exchange_chase.router,
    exchange_convey.router,
    exchange_lapse.router,
    exchange_reading.router,
    answer.router,
    answer_decision.router,
    search.router,
    outside.router,
    case_acts.router,
    case_papers.router,
    case_waters.router,
    exercise_case.router,
    case.router,
    watch.router,
    watch_people.router,
    rosters.router,
    alerts.router,
    alert.router,
    relief.router,
    directory.router,
    delegations.router,
    rules.router,
    adoption.router,
    statistics.router,
    log.router,
    watching.router,
    officers.router,
    contacts.router,
    push.router,
    handbook.router,
    # Answers every address that no page above has: it stays last.
    nowhere.router,
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
    for each in PAGES:
        root.include_router(each, prefix="/console", include_in_schema=False, dependencies=[Depends(bind)])
    return root


def _to_board() -> Response:
    return RedirectResponse("/console/", 303)
