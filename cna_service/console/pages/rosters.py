"""Rosters of every shape, for good or for a period; holidays; clock changes; a roster out of a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from cna_service.console import words
from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted, shown_again
from cna_service.console.pages.roster_rows import Rows, defaults_of, told_of
from cna_service.console.pages.watch import body_of, may_take
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.duty.limits import CAPS
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Invalid, NotFound
from cna_service.workflow import roster, roster_holidays, roster_import, roster_temporary, roster_views
from cna_service.workflow.keys import Key
from cna_service.workflow.roster_page import RosterLine, RostersPage, rosters_page

router = pages()
ROSTERS = "/console/watch/rosters"
_NEW = "new"
_INSTANTS = ("in_force_from", "span/from", "span/to")


@router.get("/watch/rosters")
def show(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.DUTY_READ)
    return _page(request, visit)


@router.get("/watch/rosters/{name}/edit")
def edit(request: Request, visit: SignedIn, name: str) -> Response:
    """An empty form for ``new``; else the roster as it is in force, to be changed."""
    visit.require(Action.DUTY_CHANGE)
    return _editor(request, visit, name, None)


@router.post("/watch/rosters/{name}/edit")
def put_in_force(request: Request, posted: Sent, name: str) -> Response:
    """``more`` shows another row; ``temporary`` takes the roster for a period only."""
    visit = signed_in(request)
    rows = Rows(posted)
    if posted.act == "more":
        visit.require(Action.DUTY_CHANGE)
        count = min(rows.count + 1, CAPS["rotations of a roster"])
        return _editor(request, visit, name, shown_again(posted, ()), rows=count)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: _put(request, visit, posted, rows, key),
        to=ROSTERS,
        done="temporary-set" if posted.act == "temporary" else "roster-set",
        again=lambda form, status: _editor(request, visit, name, form, status=status, rows=rows.count),
    )


def _put(request: Request, visit: Visit, posted: Posted, rows: Rows, key: Key | None) -> None:
    service = service_of(request)
    now = service.clock.now()
    told = {field: as_instant(posted.value(field).strip(), now, ahead=True) for field in _INSTANTS}
    reason = posted.value("reason").strip()
    try:
        if posted.act == "temporary":
            span = {"from": told["span/from"], "to": told["span/to"], "reason": reason}
            body = {"roster": rows.body(), **{name: each for name, each in span.items() if each}}
            roster_temporary.set_temporary(service, visit.actor, body, key)
        else:
            more = {"in_force_from": told["in_force_from"], "reason": reason}
            body = {**rows.body(), **{name: each for name, each in more.items() if each}}
            roster.set_roster(service, visit.actor, body, key)
    except Invalid as error:
        raise Invalid("", *rows.at_fields(error.problems)) from None


@router.get("/watch/rosters/{name}/history")
def history(request: Request, visit: SignedIn, name: str) -> Response:
    visit.require(Action.DUTY_READ)
    service = service_of(request)
    with service.read() as reader:
        found = roster_views.history(service, reader, name, before=None, limit=100)
    if found is None:
        raise NotFound("There is no such roster.")
    return frame_of(request).page(request, "roster_history.html", visit, name=name, told=found)


@router.post("/watch/rosters/end")
def end(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster.end_roster(service, visit.actor, posted.body(), key),
        to=ROSTERS,
        done="roster-ended",
        again=lambda form, status: _page(request, visit, "end", form, status),
    )


@router.post("/watch/temporary/end")
def end_temporary(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_temporary.end_temporary(service, visit.actor, posted.body(), key),
        to=ROSTERS,
        done="temporary-ended",
        again=lambda form, status: _page(request, visit, "temporary", form, status),
    )


@router.post("/watch/holidays")
def load_holidays(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_holidays.load_holidays(service, visit.actor, posted.body(), key),
        to=ROSTERS,
        done="holidays-loaded",
        again=lambda form, status: _page(request, visit, "year", form, status),
    )


@router.post("/watch/holidays/days")
def change_holiday(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_holidays.change_holiday(service, visit.actor, posted.body(), key),
        to=ROSTERS,
        done="holiday-changed",
        again=lambda form, status: _page(request, visit, "day", form, status),
    )


@router.get("/watch/import")
def import_form(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.DUTY_CHANGE)
    return _import(request, visit, None, None)


@router.post("/watch/import")
def import_calendar(request: Request, posted: Sent) -> Response:
    """First the preview, line by line; ``act`` ``apply`` puts it in force."""
    visit, service = signed_in(request), service_of(request)
    body = body_of(request, posted)
    if posted.act != "apply":
        try:
            found = roster_import.preview_calendar(service, visit.actor, body)
        except Invalid as error:
            return _import(request, visit, shown_again(posted, error.problems), None, 422)
        return _import(request, visit, shown_again(posted, ()), found)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: roster_import.import_calendar(service, visit.actor, body, key),
        to=ROSTERS,
        done="roster-set",
        again=lambda form, status: _import(request, visit, form, None, status),
    )


def _import(
    request: Request,
    visit: Visit,
    form: Form | None,
    found: roster_import.CalendarPreview | None,
    status: int = 200,
) -> Response:
    page = rosters_page(service_of(request))
    defaults = {"roster": "desk", "post": "duty_officer", "zone": page.zone}
    return frame_of(request).page(
        request,
        "roster_import.html",
        visit,
        status=status,
        page=page,
        form=(form or Form(defaults=defaults)).named("import"),
        found=found,
        posts=list(words.POSTS.items()),
    )


def _page(
    request: Request, visit: Visit, name: str = "", form: Form | None = None, status: int = 200
) -> Response:
    page = rosters_page(service_of(request))
    fresh = {
        "end": Form(),
        "temporary": Form(),
        "year": Form(defaults={"year": str(page.now.year + 1)}),
        "day": Form(defaults={"is_holiday": "yes"}),
    }
    typed = {} if form is None else {name: form}
    return frame_of(request).page(
        request,
        "rosters.html",
        visit,
        status=status,
        page=page,
        forms_of={each: form.named(each) for each, form in {**fresh, **typed}.items()},
        calendars=[(c.id, c.id) for c in page.holidays],
        told_of=told_of,
    )


def _editor(
    request: Request, visit: Visit, name: str, form: Form | None, *, status: int = 200, rows: int = 0
) -> Response:
    page = rosters_page(service_of(request))
    line = _line(page, name)
    defaults: Mapping[str, str] = {}
    if form is None:
        body: Mapping[str, Any] = {"zone": page.zone} if line is None else line.body
        defaults = defaults_of(body)
        rows = max(len(body.get("rotations") or ()), 0) + 1
    officers = [(o.id, f"{o.name} ({o.id})") for o in page.officers.all() if may_take(o)]
    return frame_of(request).page(
        request,
        "roster_edit.html",
        visit,
        status=status,
        page=page,
        name=name,
        line=line,
        form=(form or Form(defaults=defaults)).named("roster"),
        rows=range(max(rows, 1)),
        officers=officers,
        posts=list(words.POSTS.items()),
    )


def _line(page: RostersPage, name: str) -> RosterLine | None:
    found = next((line for line in page.rosters if line.name == name), None)
    if found is None and name != _NEW:
        raise NotFound("There is no such roster.")
    return found
