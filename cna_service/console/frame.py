"""The frame of every page: templates, the head, the navigation, the banners, the headers of safety."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cna_service.console import words
from cna_service.console.assets import Assets
from cna_service.console.forms import ACT, KEY, SEEN, TOKEN
from cna_service.console.visits import Visit
from cna_service.identity.permissions import Action, may
from cna_service.workflow import views
from cna_service.workflow.service import Service

TEMPLATES = Path(__file__).parent / "templates"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # Not no-referrer: browsers would then send "Origin: null" with our own forms (identity.forms).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "private, no-store",
}

NAVIGATION: tuple[tuple[str, str, Action | None], ...] = (
    ("/console/", "Board", Action.CASE_LIST),
    ("/console/calls/new", "New call", Action.CASE_OPEN),
    ("/console/watch", "Watch", Action.DUTY_READ),
    ("/console/alerts", "Alerts", Action.ALERT_READ),
    ("/console/relief", "Relief", Action.WATCH_RELIEVE),
    ("/console/directory", "Directory", Action.DIRECTORY_READ),
    ("/console/delegations", "Who decides", Action.DELEGATION_READ),
    ("/console/rules", "Rules", Action.RULES_READ),
    ("/console/adoption", "Adoption", Action.PROVISION_ADOPT),
    ("/console/statistics", "Statistics", Action.STATISTICS_READ),
    ("/console/log", "Log", Action.LEDGER_READ),
    ("/console/desk", "The desk", Action.HEALTH_READ),
    ("/console/contacts", "My contacts", Action.OWN_CONTACTS),
    ("/console/contacts/all", "Contacts", Action.OFFICERS_CONTACTS),
    ("/console/officers", "Officers", Action.OFFICER_CHANGE),
    ("/console/handbook", "Handbook", None),
)
"""Address, words, and the action whose line in the permission table opens it (None: everybody signed in)."""

DONE = {
    "watch-taken": "You have the watch. It is recorded.",
    "relief-signed": "Your signature is recorded.",
    "relief-ended": "The relief is ended. It is recorded under your name.",
    "checked-in": "You are recorded as being at the console.",
    "override-added": "The override is recorded.",
    "override-removed": "The override ended. It is recorded.",
    "roster-set": "The roster is in force.",
    "roster-ended": "The roster has ended.",
    "temporary-set": "The temporary roster is recorded.",
    "temporary-ended": "The temporary roster ended. It is recorded.",
    "absence-noted": "The absence is noted. Who follows has the watches of that time.",
    "absence-ended": "The absence ended. It is recorded.",
    "swap-asked": "It is asked. Nothing changes until it is accepted.",
    "swap-accepted": "The swap is accepted: the watches have changed hands.",
    "swap-declined": "The swap is declined. Nothing changed.",
    "swap-withdrawn": "The swap is taken back. Nothing changed.",
    "holidays-loaded": "The holidays are loaded.",
    "holiday-changed": "The day is changed.",
    "calendar-revoked": "The address answers no more.",
    "push-subscribed": "This device is subscribed. Verify it among your contacts.",
    "alert-taken": "The alert is yours: nobody else is called for it.",
    "alert-raised-higher": "The next rung is being summoned.",
    "person-called": "The person is being called.",
    "alert-handed-over": "He is being called. Until he takes it nobody holds it.",
    "alert-given-back": "It is given back. The next rung is being called.",
    "alert-rests": "It rests until then.",
    "alert-closed": "The summons is closed.",
    "alert-reopened": "The summons is taken up again; people are being called.",
    "announced": "It is announced.",
    "announcement-ended": "It is over.",
    "adopted": "The provision is adopted.",
    "adoption-ended": "The adoption ended. Clocks that run keep the terms they were armed with.",
    "participation-noted": "The participation is noted.",
    "law-noted": "It is noted; what it touches is listed.",
    "election-noted": "The election is noted.",
    "delegation-noted": "The delegation is noted.",
    "delegation-ended": "The delegation has ended. What rested on it before stays.",
    "officer-changed": "The account was changed.",
    "contact-added": "The contact is added. Verify it: until then it is used after those that are verified.",
    "contact-changed": "The contact was changed.",
    "contact-removed": "The contact is used no more.",
    "contacts-ordered": "The order is recorded.",
    "contact-verified": "The contact is verified.",
    "code-sent": "A code is on its way. Type it below within half an hour.",
    "rules-set": "The rules are set. What they do now stands above the form.",
    "wishes-set": "It is recorded.",
    "test-begun": "The test is on its way. Answer it on the telephone: T and the code, or key 9.",
    "test-answered": "Thank you: it is recorded.",
    "officer-disabled": "The account is disabled. Its sessions and tokens have ended.",
    "officer-enabled": "The account is enabled.",
    "case-opened": "The case is open. What you typed is recorded; add the rest as it comes.",
    "recorded": "It is recorded.",
    "acknowledged": "The request is acknowledged formally. What waited for that runs now.",
    "exchange-opened": "The exchange is open.",
    "answered": "The answer is recorded. It is not yet with them: convey it.",
    "conveyed": "The conveyance is recorded.",
    "mail-queued": "The mail with the answer is being sent. The case says when it has left.",
    "lapse-recorded": "The effect of the lapse is recorded.",
    "rehearsal-begun": "No signal is given until the rehearsal ends. Every page says so.",
    "self-test-begun": "The test is under way. Its result stands here within minutes.",
    "signed-out": "You are signed out.",
    "credential-set": "Password and code are set. Sign in with them.",
    "code-confirmed": "The code is right.",
}
"""What a page says after a form was carried out: ``?done=`` names one of these and nothing else is shown."""


def no_notices() -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Frame:
    """What every page needs, made once. ``notices``: what is wrong with the desk now, a sentence each."""

    service: Service
    assets: Assets
    notices: Callable[[], Sequence[str]] = no_notices
    templates: Environment = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "templates", _environment(self.service, self.assets))

    def page(
        self, request: Request, template: str, visit: Visit | None = None, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A whole page, with head, navigation and banners."""
        context = {
            "request": request,
            "visit": visit,
            "head": views.head(self.service),
            "navigation": navigation(visit),
            "here": request.url.path,
            "notices": tuple(self.notices()),
            "done": DONE.get(request.query_params.get("done", "")),
            **values,
        }
        return HTMLResponse(self.templates.get_template(template).render(context), status)

    def outage(self) -> HTMLResponse:
        """The page without anything that is read: the database cannot be reached."""
        return HTMLResponse(
            self.templates.get_template("outage.html").render(), 503, headers={"Retry-After": "10"}
        )

    def fragment(self, template: str, **values: Any) -> str:
        """A part of a page, for polling."""
        return self.templates.get_template(template).render(values)

    def go(self, to: str, done: str | None = None) -> RedirectResponse:
        """After a form: the page that shows its result (303, so that reloading sends nothing again)."""
        return RedirectResponse(to if done is None else f"{to}?done={done}", 303)


def navigation(visit: Visit | None) -> tuple[tuple[str, str], ...]:
    if visit is None:
        return ()
    return tuple((to, name) for to, name, action in NAVIGATION if action is None or may(visit.actor, action))


def commands(sentence: str) -> Markup:
    """A sentence whose commands stand in backticks, as HTML."""
    parts = enumerate(sentence.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in parts)


def _environment(service: Service, assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "dtg": words.dtg,
        "iso": words.iso,
        "local": lambda instant: words.local(instant, service.desk.zone),
        "span": words.span,
        "plain": words.plain,
        "commands": commands,
        "alert_kind": words.alert_kind,
        "named": lambda code, table: words.named(table, code),
    }
    environment.globals |= {
        "desk": service.desk,
        "asset": assets.url,
        "has_assets": assets.has_vendor,
        "words": words,
        "may": may,
        "Action": Action,
        "HIDDEN": {"token": TOKEN, "key": KEY, "seen": SEEN, "act": ACT},
        "clock_rate": lambda: _rate(service),
    }
    return environment


def _rate(service: Service) -> str:
    """How fast case time runs beside the browser's: 0 while an exercise holds its clock."""
    state = getattr(service.clock, "state", None)
    if state is None:
        return "1"
    return "0" if state.is_held else str(state.rate)
