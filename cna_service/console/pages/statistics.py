"""Statistics: how long answers took, what was answered, what is overdue; the same figures as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request, Response

from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import SignedIn, frame_of, service_of
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid
from cna_service.workflow import statistics as counted
from cna_service.workflow.asked import Asked

router = pages()


@router.get("/statistics")
def statistics_page(request: Request, visit: SignedIn) -> Response:
    """Asked for by a plain GET form, so that its address can be kept and sent on."""
    visit.require(Action.STATISTICS_READ)
    service = service_of(request)
    told = _told(request)
    form, found, status = Form(Posted(tuple(told.items()))), None, 200
    try:
        found = counted.statistics(service, visit.actor, Asked(told))
    except Invalid as error:
        form, status = Form(Posted(tuple(told.items())), error.problems), 422
    agreements = service.policies.catalogue.agreements
    return frame_of(request).page(
        request,
        "statistics.html",
        visit,
        status=status,
        form=form,
        found=found,
        tables=counted.TABLES,
        query=urlencode(told),
        agreements=[(a.id, a.short) for a in agreements.values()],
        short={a.id: a.short for a in agreements.values()},
    )


@router.get("/statistics/{table}.csv")
def statistics_csv(request: Request, visit: SignedIn, table: str) -> Response:
    visit.require(Action.STATISTICS_READ)
    chosen = table if table in counted.TABLES else counted.TABLES[0]
    found = counted.statistics(service_of(request), visit.actor, Asked(_told(request)))
    headers = {"Content-Disposition": f'attachment; filename="statistics-{chosen}.csv"'}
    return Response(counted.as_csv(found, chosen), media_type="text/csv; charset=utf-8", headers=headers)


def _told(request: Request) -> Mapping[str, str]:
    fields = ("from", "to", "state", "agreement")
    told = {n: request.query_params.get(n, "").strip() for n in fields}
    return {n: _whole_day(v) if n in ("from", "to") else v for n, v in told.items() if v}


def _whole_day(value: str) -> str:
    """A date alone is the beginning of that day, in UTC."""
    return f"{value}T00:00:00Z" if len(value) == len("2026-11-21") else value
