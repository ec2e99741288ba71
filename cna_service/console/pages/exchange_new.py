"""Opening an exchange in a case: a question of ours to another authority, or a further ask of theirs."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from cna_service.agreements.measures import OFFENCES, ZONES
from cna_service.console.forms import Form, Posted
from cna_service.console.pages.call_body import authority_options, whose
from cna_service.console.pages.call_fields import FIRST_MEASURES, FURTHER_MEASURES
from cna_service.console.pages.case_act_forms import WAYS
from cna_service.console.pages.case_acting import Standstill, attempt, of_other_side
from cna_service.console.pages.case_fields import Field, body_of, labels, vessels
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.case_reading import authorities, case_view
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.opening import CHANNELS, open_exchange

router = pages()

FIELDS: tuple[Field, ...] = (
    Field(
        "direction",
        "Who asks",
        "one_of",
        (("outbound", "We ask them"), ("inbound", "They ask us")),
        default="outbound",
    ),
    Field(
        "authority",
        "State or authority",
        "authority",
        is_required=True,
        hint="Choose from the directory, or type the State: its name or two letters",
    ),
    Field(
        "kind",
        "Kind",
        "choice",
        (
            ("request", "Request"),
            ("notification", "Notification"),
            ("consultation", "Consultation"),
            ("objection", "Objection"),
        ),
        default="request",
        is_required=True,
    ),
    Field("measures", "What is asked", "several", FIRST_MEASURES),
    Field("measures_further", "Further measures", "several", FURTHER_MEASURES),
    Field("only_vessel", "Only for one vessel", "choice", vessels, hint="Left blank: for every vessel"),
    Field("basis", "Legal basis", hint="Such as: CETS 156 art. 6"),
    Field(
        "form", "Form", "choice", (("written", "In writing"), ("oral", "By word of mouth")), default="written"
    ),
    Field(
        "channel",
        "Way",
        "choice",
        tuple((code, words) for code, words in WAYS if code in CHANNELS),
        default="mail",
        is_required=True,
    ),
    Field("at", "Asked or received at", "told", hint="Empty: now. UTC, such as 0427Z"),
    Field("text", "The words of the ask", "area", rows=6),
    Field(
        "offences",
        "Offences suspected",
        "several",
        tuple((o, o.replace("_", " ").capitalize()) for o in OFFENCES),
    ),
    Field("zone", "Waters", "choice", tuple((z, z.replace("_", " ").capitalize()) for z in ZONES)),
    Field("their_reference", "Their reference"),
    Field("limit_stated", "Time limit the other side states", "instant", is_ahead=True),
    Field("silence_stated", "What they say silence means"),
)


@router.get("/cases/{ref}/exchanges/new")
def new_exchange(request: Request, visit: SignedIn, ref: str) -> Response:
    visit.require(Action.EXCHANGE_OPEN)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, Form(defaults={f.name: f.default for f in FIELDS if f.default}))


@router.post("/cases/{ref}/exchanges/new")
def open_new(request: Request, posted: Sent, ref: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    return attempt(
        request,
        visit,
        posted,
        lambda key: open_exchange(
            service, visit.actor, view.ref, exchange_body(posted, view, authorities(service)), key
        ),
        to=f"/console/cases/{view.ref}",
        done="exchange-opened",
        again=lambda form, status, standstill: _page(
            request, visit, view, form, status=status, standstill=standstill
        ),
        view=lambda: case_view(service, ref),
    )


def exchange_body(posted: Posted, view: CaseView, listed: Any) -> dict[str, Any]:
    """The body of ``open_exchange``. Raises Invalid where the State cannot be told."""
    body = body_of(FIELDS, posted, view.now)
    asked = [*body.pop("measures", []), *body.pop("measures_further", [])]
    only = body.pop("only_vessel", None)
    body["measures"] = [{"measure": m, "vessel": int(only)} for m in asked] if only else asked
    return {k: v for k, v in body.items() if k != "authority"} | whose(str(body.get("authority", "")), listed)


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    return frame_of(request).page(
        request,
        "case/exchange_new.html",
        visit,
        status=status,
        view=view,
        fields=FIELDS,
        form=of_other_side(form),
        labels=labels(FIELDS),
        standstill=standstill,
        authorities=authority_options(authorities(service_of(request))),
    )
