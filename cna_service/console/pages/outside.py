"""Registers that others keep, for a case: ask those that may be asked by machine, record what a person saw in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_fields import vessels
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_told
from cna_service.console.uploads import SentWithFiles
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.case_reading import case_query, case_view
from cna_service.workflow.keys import Key
from cna_service.workflow.outside_registers import automated, by_hand, look_outside
from cna_service.workflow.timeline_outside import OUTCOMES

router = pages()

LABELS = {
    "sources": "Registers to ask",
    "vessel": "Vessel",
    "source": "Register",
    "register": "Which register",
    "shown": "What it showed",
    "outcome": "What you saw",
    "seen_at": "When you saw it",
    "words": "Words",
    "attachments": "Picture of the screen",
}
_SEEN: tuple[tuple[str, str], ...] = (
    ("one", "One vessel that it may be"),
    ("several", "Several that it may be"),
    ("nothing", "No such vessel"),
    ("unreachable", "It could not be looked into"),
)
assert {code for code, _ in _SEEN} == OUTCOMES.keys() - {"not_said"}


@router.get("/cases/{ref}/outside")
def outside_page(request: Request, visit: SignedIn, ref: str) -> Response:
    visit.require(Action.SEARCH_MAKE)
    return _page(request, visit, ref)


@router.post("/cases/{ref}/outside/ask")
def ask(request: Request, posted: Sent, ref: str) -> Response:
    """Waits for them, as long as the settings say; nothing else of the desk does."""
    visit = signed_in(request)
    body: dict[str, Any] = {"sources": list(posted.values("sources"))} if posted.values("sources") else {}
    body |= {"vessel": posted.value("vessel")} if posted.value("vessel") else {}
    return _do(request, visit, ref, posted, body, lambda form: {"asking": form})


@router.post("/cases/{ref}/outside/seen")
def seen(request: Request, upload: SentWithFiles, ref: str) -> Response:
    visit, posted = signed_in(request), upload.posted
    body: dict[str, Any] = posted.body()
    # A form's hidden field is called as the verb's field is: what was seen has another name here.
    body["seen"] = body.pop("shown", "")
    body["source"] = posted.value("source")
    if posted.value("seen_at").strip():
        body["seen_at"] = as_told(posted.value("seen_at"), service_of(request).clock.now())
    body["attachments"] = list(upload.files)
    return _do(request, visit, ref, posted, body, lambda form: {"seeing": form})


def _do(
    request: Request,
    visit: Visit,
    ref: str,
    posted: Posted,
    body: dict[str, Any],
    place: Callable[[Form], dict[str, Form]],
) -> Response:
    service = service_of(request)
    view = case_view(service, ref)

    def act(key: Key | None) -> object:
        return look_outside(service, visit.actor, view.ref, body, key)

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(request, visit, ref, **place(form), status=status, standstill=standstill)

    to = f"/console/cases/{view.ref}#outside"
    return attempt(request, visit, posted, act, to=to, done=None, again=again, view=lambda: view)


def _page(
    request: Request,
    visit: Visit,
    ref: str,
    *,
    asking: Form | None = None,
    seeing: Form | None = None,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    service = service_of(request)
    view = case_view(service, ref)
    sources = automated(service)
    return frame_of(request).page(
        request,
        "case/outside.html",
        visit,
        status=status,
        view=view,
        vessels=vessels(view),
        sources=tuple(sources.values()),
        manual=by_hand(service),
        seconds=round(service.reached.register_seconds),
        keys={v.n: case_query(service, view.ref, v.n).keys_tried() for v in view.vessels},
        outcomes=_SEEN,
        asking=asking or Form(defaults={"sources": next(iter(sources), "")}),
        seeing=_renamed(seeing) or Form(defaults={"seen_at": "now"}),
        labels=LABELS,
        standstill=standstill,
    )


def _renamed(form: Form | None) -> Form | None:
    if form is None:
        return None
    moved = (replace(p, pointer="/shown") if p.pointer == "/seen" else p for p in form.problems)
    return replace(form, problems=tuple(moved))
