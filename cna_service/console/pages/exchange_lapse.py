"""Recording what follows from a lapse: the clock, what its provision says, the channels looked at, a named officer;
two officers where something is deemed granted.

Until it is recorded every screen says so, and no document may cite an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from cna_service.console.forms import KEY, Form, Posted, shown_again
from cna_service.console.pages.case_acting import Standstill, attempt, refused
from cna_service.console.pages.case_acts import exchange_of
from cna_service.console.routing import pages
from cna_service.console.typed_instants import as_instant
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Invalid
from cna_service.kit.instants import date_time_group
from cna_service.ledger.entry import Entry
from cna_service.workflow.case_clocks import CaseClock
from cna_service.workflow.case_reading import case_view
from cna_service.workflow.case_timeline import timeline_line
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.lapse import approve_lapse, record_lapse
from cna_service.workflow.lapse_proof import PROOFS, LapseWithoutLaw, effect_of
from cna_service.workflow.rehearsal import rehearse
from cna_service.workflow.service import Service

router = pages()

WORDS = {
    "desk_mailbox": "Desk mailbox",
    "phone_log": "Telephone log",
    "embassy": "Embassy",
    "liaison_officer": "Liaison officer",
    "fax": "Fax",
}
"""Where an answer could have come in that this desk does not see by itself (desk-rules 5.4); the list is policy."""


def _channels(service: Service) -> tuple[tuple[str, str], ...]:
    return tuple((c, WORDS.get(c, c.replace("_", " ").capitalize())) for c in service.desk.channels_to_check)


@router.get("/cases/{ref}/exchanges/{n}/lapse")
def lapse_page(request: Request, visit: SignedIn, ref: str, n: int, clock: str | None = None) -> Response:
    visit.require(Action.LAPSE_RECORD)
    view = case_view(service_of(request), ref)
    return _page(request, visit, view, n, clock, Form(seen=view.seq))


@router.post("/cases/{ref}/exchanges/{n}/lapse")
def lapse_posted(request: Request, posted: Sent, ref: str, n: int) -> Response:
    visit, service = signed_in(request), service_of(request)
    visit.require(Action.LAPSE_RECORD)
    view = case_view(service, ref)
    exchange_of(view, n)
    if posted.act in ("approve", "refuse"):
        return _second(request, visit, posted, view, n)
    body = lapse_body(posted, view, _channels(service))

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(
            request, visit, view, n, posted.value("clock"), form, status=status, standstill=standstill
        )

    if posted.act == "change":
        return again(shown_again(posted, ()), 200, None)
    if posted.act == "record":
        return attempt(
            request,
            visit,
            posted,
            lambda key: record_lapse(service, visit.actor, view.ref, n, body, key),
            to=f"/console/cases/{view.ref}",
            done="lapse-recorded",
            again=again,
            view=lambda: case_view(service, ref),
        )
    try:
        rehearsed = rehearse(service, lambda stage: record_lapse(stage, visit.actor, view.ref, n, body))
    except (Invalid, Conflict) as error:
        return refused(error, posted, again, lambda: case_view(service, ref))
    return frame_of(request).page(
        request,
        "answer/lapse_review.html",
        visit,
        view=view,
        exchange=exchange_of(view, n),
        clock=_clock(view, n, posted.value("clock")),
        body=body,
        entry=timeline_line(_recorded(rehearsed.entries), None, "lapse.recorded"),
        posted=posted,
        form=Form(posted, seen=posted.seen, key=posted.value(KEY)),
    )


def _recorded(entries: Sequence[Entry]) -> Entry:
    return next(e for e in reversed(entries) if e.type.startswith("lapse."))


def _second(request: Request, visit: Visit, posted: Posted, view: CaseView, n: int) -> Response:
    """The second officer approves what the first proposed, or does not."""
    service = service_of(request)
    agrees = posted.act == "approve"
    told = {"clock": posted.value("clock"), "words": posted.value("words").strip()}
    body = {**{k: v for k, v in told.items() if v}, "agrees": agrees, "seen": posted.seen}

    def again(form: Form, status: int, standstill: Standstill | None) -> Response:
        return _page(
            request, visit, view, n, posted.value("clock"), form, status=status, standstill=standstill
        )

    return attempt(
        request,
        visit,
        posted,
        lambda key: approve_lapse(service, visit.actor, view.ref, n, body, key),
        to=f"/console/cases/{view.ref}",
        done="lapse-recorded" if agrees else "recorded",
        again=again,
        view=lambda: case_view(service, view.ref),
    )


def lapse_body(posted: Posted, view: CaseView, listed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The body of ``record_lapse``: a channel counts that was ticked, or named beside the list."""
    channels = []
    codes = [*(code for code, _ in listed), posted.value("other_channel").strip()]
    for row, code in enumerate(codes):
        is_other = row == len(listed)
        if not code or (not is_other and not posted.value(f"looked/{row}/at")):
            continue
        by, at = (posted.value(f"looked/{row}/{f}").strip() for f in ("by", "checked_at"))
        channel = {"channel": code, "by": by, "checked_at": as_instant(at or "now", view.now)}
        channels.append({k: v for k, v in channel.items() if v})
    body: dict[str, Any] = {"clock": posted.value("clock"), "words": posted.value("words").strip()}
    start = posted.value("start/seq").strip()
    body |= {"channels": channels, "start": {"seq": start} if start else None}
    return {k: v for k, v in body.items() if v} | {"seen": posted.seen}


def _proofs(view: CaseView, n: int) -> list[tuple[str, str]]:
    """Entries that may prove when the clock began, the newest first."""
    lines = [x for s in view.stretches for x in s.lines if x.type in PROOFS]
    return [(str(x.seq), f"Entry {x.seq}: {x.says} ({date_time_group(x.recorded_at)})") for x in lines]


def _clock(view: CaseView, n: int, clock: str | None) -> CaseClock | None:
    """The one that is meant, else the first that waits for its effect to be recorded, legal ones before others."""
    mine = [c for c in view.clocks if c.view.exchange == n and c.may_record_lapse]
    mine.sort(key=lambda c: c.view.kind != "legal")
    return next((c for c in mine if c.view.id == clock), None) or next(iter(mine), None)


def _page(
    request: Request,
    visit: Visit,
    view: CaseView,
    n: int,
    clock: str | None,
    form: Form,
    *,
    status: int = 200,
    standstill: Standstill | None = None,
) -> Response:
    shown = _clock(view, n, clock)
    clock_of_it = view.record.clock(shown.view.id) if shown else None
    proposed = clock_of_it.lapse_proposed if clock_of_it else None
    why = None
    if clock_of_it is not None:
        try:
            effect_of(clock_of_it)
        except LapseWithoutLaw as refused_by_law:
            why = refused_by_law.detail
    return frame_of(request).page(
        request,
        "answer/lapse.html",
        visit,
        status=status,
        view=view,
        exchange=exchange_of(view, n),
        clock=shown,
        proposed=view.sheet(proposed) if proposed else None,
        is_mine=proposed is not None and proposed["actor"].get("id") == visit.officer.id,
        why_not=why,
        form=form,
        channels=_channels(service_of(request)),
        named=dict(_channels(service_of(request))),
        proofs=_proofs(view, n),
        labels={
            "words": "Words",
            "channels": "Channels looked at",
            "clock": "Clock",
            "start/seq": "What proves when it began",
        },
        standstill=standstill,
    )
