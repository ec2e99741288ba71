"""Carrying out a form of a case: what is wrong stands beside its field, what came since is shown and asked again.

A refusal writes nothing, so the form keeps its key; after ``CaseMoved`` it carries the newest number seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted, shown_again
from cna_service.console.visits import Visit, frame_of
from cna_service.kit.errors import Conflict, Invalid
from cna_service.workflow.case_timeline import TimelineLine
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.keys import Key, Replayed
from cna_service.workflow.work import CaseMoved


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why a form was not carried out although each field is right; ``came``: the entries since it was looked at."""

    title: str
    detail: str
    came: tuple[TimelineLine, ...] = ()
    is_moved: bool = False


_ONCE_ALREADY = Standstill(
    "This form was carried out before",
    "What you sent then is recorded. Send this one only if you mean a further entry.",
)

Again = Callable[[Form, int, Standstill | None], Response]
"""Shows the page once more: the form as typed, the status, what stood in the way."""


def attempt(
    request: Request,
    visit: Visit,
    posted: Posted,
    act: Callable[[Key | None], object],
    *,
    to: str,
    done: str | None,
    again: Again,
    view: Callable[[], CaseView],
) -> Response:
    """Run a verb for a form of a case. ``view``: reads the case again where it moved."""
    try:
        act(posted.key(visit.officer.id))
    except Replayed:
        pass
    except (Invalid, Conflict) as error:
        return refused(error, posted, again, view)
    return frame_of(request).go(to, done)


def refused(
    error: Invalid | Conflict, posted: Posted, again: Again, view: Callable[[], CaseView]
) -> Response:
    """The page once more, for a refusal that the officer can mend."""
    if isinstance(error, Invalid):
        return again(shown_again(posted, error.problems), 422, None)
    form = shown_again(posted, ())
    if error.code == "idempotency-mismatch":
        return again(Form(posted, seen=posted.seen), 409, _ONCE_ALREADY)
    if not isinstance(error, CaseMoved):
        return again(form, 409, Standstill(error.title, error.detail))
    case = view()
    came = lines_since(case, posted.seen or 0)
    return again(
        replace(form, seen=case.seq), 409, Standstill(error.title, error.detail, came, is_moved=True)
    )


_OTHER_SIDE = ("/state", "/authority", "/exchange/state", "/exchange/authority")


def of_other_side(form: Form) -> Form:
    """State and authority are one field of a form: whatever is wrong with either stands beside it."""
    moved = (replace(p, pointer="/authority") if p.pointer in _OTHER_SIDE else p for p in form.problems)
    return replace(form, problems=tuple(moved))


def lines_since(case: CaseView, seq: int) -> tuple[TimelineLine, ...]:
    """What people and partners entered after entry ``seq``, the oldest first."""
    lines: Sequence[TimelineLine] = [line for s in case.stretches for line in s.lines]
    return tuple(sorted((x for x in lines if x.seq > seq and not x.is_machine), key=lambda x: x.seq))
