"""Open alerts, every attempt at every sending, and taking an alert from the console."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form
from cna_service.console.pages.board import polled
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow import alerts as verbs
from cna_service.workflow import views

router = pages()
ALERTS = "/console/alerts"


@router.get("/alerts")
def alerts_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.ALERT_READ)
    return _page(request, visit)


@router.get("/alerts/rows")
def alerts_rows(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.ALERT_READ)
    return polled(request, visit, "parts/alert_rows.html", page=views.alerts(service_of(request)))


@router.post("/alerts/acknowledge")
def acknowledge(request: Request, posted: Sent) -> Response:
    """Acknowledges the alert alone: no request is acknowledged by it (record.md, three acknowledgements)."""
    visit, service = signed_in(request), service_of(request)
    stream, alert = posted.value("stream"), posted.value("alert")
    try:
        told = posted.value("minutes").strip()
        minutes = int(told) if told.isascii() and told.isdigit() and 1 <= int(told[:4]) <= 240 else None
        verbs.acknowledge_alert(service, visit.actor, stream, alert, by="console", minutes=minutes)
    except verbs.AlertHeld:
        # Tapped twice: he holds it. Without a key, so that one taken back can be taken again.
        if not views.holds(service, stream, alert, visit.officer.id):
            raise
    return frame_of(request).go(_back(posted.value("to")), "alert-taken")


@router.post("/alerts/next")
def next_rung(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    stream, alert = posted.value("stream"), posted.value("alert")
    return carry_out(
        request,
        visit,
        posted,
        lambda key: verbs.next_rung(service, visit.actor, stream, alert, key),
        to=ALERTS,
        done="alert-raised-higher",
        again=lambda _form, status: _page(request, visit, status=status),
    )


def _back(told: str) -> str:
    """To the case from which the alert was taken, else to the alerts."""
    ref = told.removeprefix("/console/cases/")
    is_case = told.startswith("/console/cases/") and ref.replace("-", "").isalnum()
    return told if is_case else ALERTS


def _page(request: Request, visit: Visit, *, status: int = 200) -> Response:
    page = views.alerts(service_of(request))
    limits = service_of(request).policies.ladders.limits
    return frame_of(request).page(
        request, "alerts.html", visit, status=status, page=page, form=Form(), limits=limits
    )
