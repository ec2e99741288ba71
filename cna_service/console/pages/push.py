"""Web push: subscribing the browser in hand, the worker that shows what comes, and what a home screen needs."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from cna_service.alerts.push_channel import public_key
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.contacts import OfficerContact
from cna_service.workflow.officer_contacts import add_contact

router = pages()
PUSH = "/console/push"
WORKER = "push-worker.js"


@dataclass(frozen=True, slots=True)
class PushPage:
    """``key``: what the browser subscribes with."""

    key: str
    devices: tuple[OfficerContact, ...]


@router.get("/push")
def push_page(request: Request, visit: SignedIn) -> Response:
    return _page(request, visit)


@router.post("/push")
def subscribe(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    told = {"kind": "push", "value": posted.value("value"), "label": posted.value("label") or None}
    body = {name: value for name, value in told.items() if value}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: add_contact(service, visit.actor, visit.officer.id, body, key),
        to=PUSH,
        done="push-subscribed",
        again=lambda form, status: _page(request, visit, form=form, status=status),
    )


@router.get(f"/{WORKER}")
def worker(request: Request) -> Response:
    """At the console's own address, because a worker serves no page above its own."""
    found = frame_of(request).assets.by_name[WORKER]
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/console/"}
    return Response(found.content, media_type="text/javascript", headers=headers)


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """So that a home screen opens the desk as an application: without it an iPhone takes no pushes."""
    desk = service_of(request).desk
    mark = frame_of(request).assets.url("mark.svg")
    told = {
        "name": f"{'EXERCISE ' if desk.is_exercise else ''}{desk.name}",
        "short_name": f"{'X ' if desk.is_exercise else ''}CNA",
        "start_url": "/console/",
        "scope": "/console/",
        "display": "standalone",
        "icons": [{"src": mark, "sizes": "any", "type": "image/svg+xml"}],
    }
    headers = {"Cache-Control": "public, max-age=86400"}
    return JSONResponse(told, headers=headers, media_type="application/manifest+json")


def _page(request: Request, visit: Visit, *, form: Form | None = None, status: int = 200) -> Response:
    service = service_of(request)
    devices = tuple(c for c in visit.officer.book.contacts if c.kind == "push")
    page = PushPage(public_key(service.access.secrets.push_key), devices)
    return frame_of(request).page(
        request, "push.html", visit, status=status, page=page, form=(form or Form()).named("push")
    )
