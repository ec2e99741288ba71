"""Statistics over all cases, as JSON or as CSV. Nothing is written."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from cna_service.api import shapes
from cna_service.api.calls import Caller, Desk
from cna_service.workflow import statistics as counted
from cna_service.workflow.asked import Asked

router = APIRouter(tags=["statistics"])

Text = Annotated[str | None, Query(max_length=80)]


@router.get(
    "/statistics",
    summary="How long answers took, what was answered, what is overdue",
    responses={**shapes.answers(200, 401, 403, 422), **shapes.files("text/csv")},
)
def read_statistics(
    service: Desk,
    actor: Caller,
    *,
    since: Annotated[str | None, Query(alias="from", description="asked at or after, RFC 3339")] = None,
    until: Annotated[str | None, Query(alias="to", description="asked before, RFC 3339")] = None,
    state: Text = None,
    agreement: Annotated[str | None, Query(max_length=80, description="the agreement's id")] = None,
    format: Literal["json", "csv"] = "json",
    table: Annotated[
        Literal["groups", "exchanges", "refusals"], Query(description="which table, as CSV")
    ] = "groups",
) -> Response:
    """By agreement, State, direction, kind and year: medians with the number they rest on, never an average.

    Exercise cases and exchanges found not authentic are left out and counted apart.
    """
    told = {"from": since, "to": until, "state": state, "agreement": agreement}
    found = counted.statistics(service, actor, Asked({k: v for k, v in told.items() if v}, "/query"))
    if format == "json":
        return JSONResponse(counted.as_json(found))
    name = f'attachment; filename="statistics-{table}.csv"'
    text = counted.as_csv(found, table)
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
