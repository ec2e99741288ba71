"""Carrying out a form: the verb, its repetition, its refusal, and where to go afterwards."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted, shown_again
from cna_service.console.visits import Visit, frame_of
from cna_service.kit.errors import Invalid
from cna_service.workflow.keys import Key, Replayed

Again = Callable[[Form, int], Response]
"""Shows the page once more with the form as typed, under a status."""


def carry_out(
    request: Request,
    visit: Visit,
    posted: Posted,
    act: Callable[[Key | None], object],
    *,
    to: str,
    done: str | None = None,
    again: Again,
) -> Response:
    """Run a verb for a form. A repeated form goes where the first one went; one that cannot be read is shown again
    with what was typed (422). Other refusals (CaseMoved, NotPermitted, …) pass through and become pages.
    """
    try:
        act(posted.key(visit.officer.id))
    except Replayed:
        pass
    except Invalid as error:
        return again(shown_again(posted, error.problems), 422)
    return frame_of(request).go(to, done)
