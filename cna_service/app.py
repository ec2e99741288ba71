"""The web application of a running desk: interface, console, callbacks, and in an exercise the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from sqlalchemy.exc import OperationalError
from starlette.responses import Response

from cna_service.api import problems
from cna_service.api.gate import Gate
from cna_service.api.metrics import Metrics
from cna_service.api.routes import PREFIX, TAGS, create_api
from cna_service.console.routes import create_console
from cna_service.db.database import DatabaseUnavailable
from cna_service.workflow.status import Notices

if TYPE_CHECKING:
    from cna_service.bootstrap import Running

_ABOUT = """\
The duty desk of a State's maritime competent authority: requests in, a human woken, an answer out, a log nobody can
quietly change. Every call wants a bearer token. Errors are problem documents (RFC 9457) that name field and fix.
Times are RFC 3339; `Idempotency-Key` is honoured on every POST that records something."""


def create_app(running: Running) -> FastAPI:
    """Put the application together; starting and stopping ``running`` is for whoever serves it."""
    service = running.service
    mark = "EXERCISE: " if service.desk.is_exercise else ""
    app = FastAPI(
        title=f"{mark}{service.desk.name}",
        description=_ABOUT,
        version=service.desk.build.partition("+")[0],
        openapi_url=f"{PREFIX}/openapi.json",
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.running = running
    app.state.metrics = Metrics(service, running.worker)
    problems.install(app, service.desk.telephone)
    _install_outage(app, service.desk.telephone)
    app.add_middleware(
        Gate,
        metrics=app.state.metrics,
        clock=service.machine,
        is_https=service.desk.public_url.startswith("https:"),
    )
    app.include_router(create_api())
    if running.exercise is not None:
        app.include_router(running.exercise.router)
    notices = Notices(service, running.worker, running.outside)
    app.include_router(create_console(service, notices=notices))
    return app


def _install_outage(app: FastAPI, telephone: str) -> None:
    async def unreachable(_: Request, error: Exception) -> Response:
        # Its own words hold the statement with what was asked for.
        return problems.of(DatabaseUnavailable("The database cannot be reached now."), telephone)

    app.add_exception_handler(OperationalError, unreachable)
