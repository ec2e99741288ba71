"""One summons: who was tried and what came of it, and what an officer may do with it. Who would be called tonight, what
became of the summonses of a time, what is announced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant, read_typed
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.workflow import alert_acts, alert_figures, announced, views
from cna_service.workflow.announced_state import What
from cna_service.workflow.preview import preview
from cna_service.workflow.service import Service

router = pages()
ALERTS, ANNOUNCEMENTS = "/console/alerts", "/console/announcements"
_VERBS: Mapping[str, tuple[Callable[..., object], str, tuple[str, ...]]] = {
    "person": (alert_acts.add_person, "person-called", ("officer", "reason")),
    "hand_over": (alert_acts.reassign, "alert-handed-over", ("officer", "reason")),
    "give_back": (alert_acts.reassign, "alert-given-back", ("reason",)),
    "rest": (alert_acts.snooze, "alert-rests", ("until", "reason")),
    "close": (alert_acts.close_by_hand, "alert-closed", ("reason",)),
    "reopen": (alert_acts.reopen, "alert-reopened", ("reason",)),
}


@router.get("/alerts/one")
def show(request: Request, visit: SignedIn, stream: str = "", alert: str = "") -> Response:
    visit.require(Action.ALERT_READ)
    return _page(request, visit, stream, alert)


@router.post("/alerts/one/{act}")
def carry_out_act(request: Request, posted: Sent, act: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    stream, alert = posted.value("stream"), posted.value("alert")
    if act not in _VERBS:
        raise NotFound
    verb, done, fields = _VERBS[act]
    body = _body(service, posted, fields)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verb(service, visit.actor, stream, alert, body, key),
        to=ALERTS,
        done=done,
        again=lambda form, status: _page(request, visit, stream, alert, act, form, status),
    )


def _body(service: Service, posted: Posted, fields: tuple[str, ...]) -> dict[str, Any]:
    told = {name: posted.value(name).strip() for name in fields}
    told = {name: value for name, value in told.items() if value}
    if "until" in told:
        at = read_typed(told["until"], service.clock.now(), ahead=True)
        told["until"] = told["until"] if at is None else to_text(at)
    return told


def _page(
    request: Request,
    visit: Visit,
    stream: str,
    alert: str,
    act: str = "",
    form: Form | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    view = views.alert(service, stream, alert)
    forms_of = {name: form if name == act and form is not None else Form() for name in _VERBS}
    officers = [(o.officer.id, f"{o.officer.name}, {o.officer.post}") for o in _enabled(service)]
    return frame_of(request).page(
        request, "alert.html", visit, status=status, view=view, forms_of=forms_of, officers=officers
    )


def _enabled(service: Service) -> list[views.OfficerLine]:
    return [line for line in views.officer_lines(service) if line.officer.is_enabled]


@router.get("/alerts/tonight")
def tonight(request: Request, visit: SignedIn, kind: str = "new_request", at: str = "") -> Response:
    """A time that cannot be read is shown as such, and the page is drawn for now."""
    visit.require(Action.ALERT_READ)
    service = service_of(request)
    instant = read_typed(at, service.clock.now(), ahead=True) if at.strip() else None
    return frame_of(request).page(
        request,
        "alerts_tonight.html",
        visit,
        found=preview(service, kind[:40], instant),
        kinds=[(k, words.alert_kind(k)) for k in sorted({*service.policies.ladders.by_kind})],
        kind=kind[:40],
        at=at[:60],
        is_unread=bool(at.strip()) and instant is None,
    )


@router.get("/alerts/history")
def history(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.ALERT_READ)
    service = service_of(request)
    found = alert_figures.history(service)
    names = {line.officer.id: line.officer.name for line in views.officer_lines(service)}
    return frame_of(request).page(
        request,
        "alerts_history.html",
        visit,
        found=found,
        figures=alert_figures.figures(found),
        names=names,
        newest=tuple(reversed(found.lines))[:200],
    )


@router.get("/alerts/history.csv")
def history_csv(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.ALERT_READ)
    text = alert_figures.as_csv(alert_figures.history(service_of(request)))
    headers = {"Content-Disposition": 'attachment; filename="summonses.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/announcements")
def announcements(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.ALERT_READ)
    return _announcements(request, visit)


@router.post("/announcements")
def announce(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = posted.body()
    what: What = "maintenance" if body.pop("what", "") == "maintenance" else "exercise"
    begins = read_typed(str(body.get("from", "now")), service.clock.now(), ahead=True)
    for name in ("from", "to"):
        if name in body:
            body[name] = as_instant(str(body[name]), service.clock.now(), ahead=True, base=begins)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: announced.announce(service, visit.actor, what, body, key),
        to=ANNOUNCEMENTS,
        done="announced",
        again=lambda form, status: _announcements(request, visit, form, status),
    )


@router.post("/announcements/end")
def end_announced(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: announced.end_announced(service, visit.actor, posted.value("announcement"), {}, key),
        to=ANNOUNCEMENTS,
        done="announcement-ended",
        again=lambda form, status: _announcements(request, visit, form, status),
    )


def _announcements(request: Request, visit: Visit, form: Form | None = None, status: int = 200) -> Response:
    return frame_of(request).page(
        request,
        "announcements.html",
        visit,
        status=status,
        announced=announced.announcements(service_of(request)),
        form=form or Form(),
    )
