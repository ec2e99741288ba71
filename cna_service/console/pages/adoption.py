"""What is law here: provisions read and adopted one by one, participation and elections noted by the legal adviser."""

from __future__ import annotations

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.permissions import Action
from cna_service.workflow import law, notices
from cna_service.workflow.case_law_view import KINDS, about_words

router = pages()
ADOPTION = "/console/adoption"
CHANGES = [
    ("amendment", "An amendment: the law changes"),
    ("late_notice", "A late notice: it had changed"),
    ("correction", "A correction: we had it wrong"),
]


@router.get("/adoption")
def adoption_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.RULES_READ)
    return _list(request, visit)


@router.get("/adoption/facts")
def facts_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.RULES_READ)
    return _facts(request, visit)


@router.get("/adoption/changes")
def changes_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.RULES_READ)
    changes = [
        {
            "title": KINDS.get(t.kind, t.kind),
            "about": about_words(t.subject),
            "at": t.at,
            "open": t.open,
            "closed": t.closed,
        }
        for t in law.adoption_page(service_of(request)).touched
    ]
    return frame_of(request).page(request, "law_changes.html", visit, changes=changes)


@router.get("/adoption/{provision}")
def provision_page(request: Request, visit: SignedIn, provision: str) -> Response:
    visit.require(Action.RULES_READ)
    return _provision(request, visit, provision, Form())


@router.post("/adoption/{provision}/adopt")
def adopt(request: Request, posted: Sent, provision: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = posted.body() | {"provision": provision}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: law.adopt_provision(service, visit.actor, body, key),
        to=ADOPTION,
        done="adopted",
        again=lambda form, status: _provision(request, visit, provision, form, status=status),
    )


@router.post("/adoption/{provision}/end")
def end(request: Request, posted: Sent, provision: str) -> Response:
    visit, service = signed_in(request), service_of(request)
    body = posted.body() | {"provision": provision}
    return carry_out(
        request,
        visit,
        posted,
        lambda key: law.end_adoption(service, visit.actor, body, key),
        to=ADOPTION,
        done="adoption-ended",
        again=lambda form, status: _provision(request, visit, provision, form, status=status),
    )


@router.post("/adoption/facts/participation")
def participation(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: notices.note_participation(service, visit.actor, posted.body(), key),
        to=f"{ADOPTION}/facts",
        done="participation-noted",
        again=lambda form, status: _facts(request, visit, participation=form, status=status),
    )


@router.post("/adoption/facts/election")
def election(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    # A box that is not ticked is not sent: the choice is known unless it says so.
    body = posted.body() | {"known": posted.value("unknown") != "yes"}
    body.pop("unknown", None)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: notices.note_election(service, visit.actor, body, key),
        to=f"{ADOPTION}/facts",
        done="election-noted",
        again=lambda form, status: _facts(request, visit, election=form, status=status),
    )


@router.post("/adoption/facts/declaration")
def declaration(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: notices.note_declaration(service, visit.actor, posted.body(), key),
        to=f"{ADOPTION}/facts",
        done="law-noted",
        again=lambda form, status: _facts(request, visit, declaration=form, status=status),
    )


@router.post("/adoption/facts/suspension")
def suspension(request: Request, posted: Sent) -> Response:
    visit, service = signed_in(request), service_of(request)
    return carry_out(
        request,
        visit,
        posted,
        lambda key: notices.note_suspension(service, visit.actor, posted.body(), key),
        to=f"{ADOPTION}/facts",
        done="law-noted",
        again=lambda form, status: _facts(request, visit, suspension=form, status=status),
    )


def _list(request: Request, visit: Visit) -> Response:
    page = law.adoption_page(service_of(request))
    by_agreement: dict[str, list[law.ProvisionLine]] = {}
    for line in page.lines:
        by_agreement.setdefault(line.agreement.id, []).append(line)
    read = [x for x in by_agreement.values() if any(line.provision.is_sourced for line in x)]
    unread = [
        x[0].agreement for x in by_agreement.values() if not any(line.provision.is_sourced for line in x)
    ]
    return frame_of(request).page(request, "adoption.html", visit, page=page, agreements=read, unread=unread)


def _provision(request: Request, visit: Visit, provision: str, form: Form, *, status: int = 200) -> Response:
    line = law.adoption_line(service_of(request), provision)
    return frame_of(request).page(request, "provision.html", visit, status=status, line=line, form=form)


def _facts(
    request: Request,
    visit: Visit,
    *,
    participation: Form | None = None,
    election: Form | None = None,
    declaration: Form | None = None,
    suspension: Form | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    catalogue = service.policies.catalogue
    options = dict.fromkeys(p for rule in catalogue.elections.values() for p in rule.provisions)
    return frame_of(request).page(
        request,
        "law_facts.html",
        visit,
        status=status,
        page=law.adoption_page(service),
        participation=(participation or Form()).named("party"),
        election=(election or Form()).named("election"),
        declaration=(declaration or Form()).named("declared"),
        suspension=(suspension or Form()).named("suspended"),
        changes=CHANGES,
        instruments=[(a.id, a.short) for a in catalogue.agreements.values()],
        elections=[(e.id, e.title) for e in catalogue.elections.values()],
        options=[(p, f"{p}: {catalogue.by_id[p].title}") for p in options],
    )
