"""The rule card of an exchange, and the choice of the basis under which the desk acts: always an officer's."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.agreements.card import CardRow, RuleCard
from cna_service.agreements.measures import ZONES
from cna_service.console.forms import Form
from cna_service.console.pages.case_acting import Standstill, attempt
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow.case_reading import card_of, case_view
from cna_service.workflow.steps import choose_basis

router = pages()


@router.get("/cases/{ref}/exchanges/{n}/basis")
def basis_page(request: Request, visit: SignedIn, ref: str, n: int, zone: str = "") -> Response:
    visit.require(Action.RULES_READ)
    return _page(request, visit, ref, n, Form(defaults={"zone": zone}))


@router.post("/cases/{ref}/exchanges/{n}/basis")
def choose(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    view = case_view(service, ref)
    exchange_of(view, n)
    return attempt(
        request,
        visit,
        posted,
        lambda key: choose_basis(service, visit.actor, view.ref, n, posted.body(lists=("provisions",)), key),
        to=f"/console/cases/{view.ref}",
        done="recorded",
        again=lambda form, status, standstill: _page(
            request, visit, ref, n, form, status=status, standstill=standstill
        ),
        view=lambda: case_view(service, ref),
    )


def row_label(row: CardRow) -> str:
    """A provision in one line, for a list to choose from."""
    unread = "not adopted: claimed only" if row.provision.is_sourced else "text not read"
    adopted = "adopted" if row.adopted else unread
    applies = "applies" if row.applies.value == "yes" else "might apply"
    article = row.provision.article
    where = f"art. {article}" if article[:1].isdigit() else article
    return f"{row.agreement.short}, {where} – {applies}, {adopted}"


def basis_options(card: RuleCard) -> tuple[tuple[str, str], ...]:
    return tuple((r.provision.id, row_label(r)) for r in card.rows)


def _page(
    request: Request,
    visit: Visit,
    ref: str,
    n: int,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    service = service_of(request)
    view = case_view(service, ref)
    exchange = exchange_of(view, n)
    zone = form.value("zone") or None
    return frame_of(request).page(
        request,
        "case/basis.html",
        visit,
        status=status,
        view=view,
        exchange=exchange,
        form=form,
        zone=zone,
        zones=[(z, z.replace("_", " ").capitalize()) for z in ZONES],
        card=card_of(service, visit.actor, view.ref, n, zone=zone),
        row_label=row_label,
        standstill=standstill,
    )
