"""Signing in at the console of an exercise with one tap: its officers have no secrets worth keeping.

Only in an exercise, only on this machine (``simulation_access``). The cookie has the exercise's own name and opens
nothing of a real desk (desk-rules 15.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse, Response

from cna_service.identity import sessions
from cna_service.identity.rules import OfficerUnknown
from cna_service.identity.sessions import COOKIE_ATTRIBUTES
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service


def open_console(service: Service, form: bytes, address: str) -> Response:
    """The form ``officer=…``: a session at the console for that officer. Raises OfficerUnknown."""
    officer = _officer(parse_qs(form.decode("utf-8", "replace")))
    with service.read() as reader:
        listed = reader.stream(DESK).of(OFFICERS).by_id.get(officer)
    if listed is None or not listed.is_enabled:
        raise OfficerUnknown(f"{officer!r} is no officer of this exercise.")
    with service.database.write() as connection:
        opened = sessions.open_session(connection, officer, address=address, now=service.machine.now())
    response = RedirectResponse("/console/", status_code=303)
    name = sessions.cookie_name(is_exercise=True)
    response.set_cookie(name, opened.cookie, **cast(dict[str, Any], COOKIE_ATTRIBUTES))
    return response


def _officer(form: Mapping[str, list[str]]) -> str:
    return form.get("officer", [""])[0][:64]
