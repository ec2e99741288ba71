"""How officers are reached: my contacts, those of another for who keeps them, and who could sleep through a summons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from cna_service.console.acting import carry_out
from cna_service.console.forms import Form, Posted
from cna_service.console.routing import pages
from cna_service.console.visits import Sent, SignedIn, Visit, frame_of, service_of, signed_in
from cna_service.identity.contacts import ContactBook
from cna_service.identity.permissions import Action
from cna_service.workflow import contact_card, contact_views
from cna_service.workflow.asked import Asked
from cna_service.workflow.contact_proving import send_proof, verify_contact
from cna_service.workflow.contact_wishes import set_preferences, set_rules
from cna_service.workflow.keys import Key
from cna_service.workflow.officer_contacts import (
    action_on,
    add_contact,
    change_contact,
    order_contacts,
    remove_contact,
)
from cna_service.workflow.phone_tests import answer_test, try_phone

router = pages()
CONTACTS = "/console/contacts"
HIGH_LINES, LOW_LINES = 6, 3
DELAYS = (0, 30, 60, 120, 180, 300, 600, 900, 1200, 1800)


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page; the one that was refused holds what was typed, ``at`` says where it stands."""

    at: str = ""
    form: Form = field(default_factory=Form)

    def get(self, name: str, defaults: Mapping[str, str] | None = None) -> Form:
        prefix = name.replace("/", "-")
        if self.at == name:
            return self.form.named(prefix)
        return Form(defaults=defaults or {}, prefix=prefix)


NO_FORMS = Forms()


@router.get("/contacts")
def own_page(request: Request, visit: SignedIn) -> Response:
    return _show(request, visit, visit.officer.id)


@router.get("/contacts/all")
def all_page(request: Request, visit: SignedIn) -> Response:
    visit.require(Action.OFFICERS_CONTACTS)
    everybody = contact_views.everybody(service_of(request))
    return frame_of(request).page(request, "contacts_all.html", visit, everybody=everybody)


@router.get(f"/contacts/{contact_card.FILE_NAME}")
def card(request: Request, visit: SignedIn) -> Response:
    head = {"Content-Disposition": f'attachment; filename="{contact_card.FILE_NAME}"'}
    text = contact_card.card(service_of(request).desk)
    return Response(text, media_type="text/vcard", headers=head)


@router.get("/contacts/of/{officer}")
def page_of(request: Request, visit: SignedIn, officer: str) -> Response:
    return _show(request, visit, officer)


def _show(
    request: Request,
    visit: Visit,
    officer: str,
    forms: Forms = NO_FORMS,
    *,
    status: int = 200,
    key: tuple[str, str] | None = None,
) -> Response:
    """``key``: (contact, what must be pressed in the call that is being made to it)."""
    visit.require(action_on(visit.actor, officer))
    service = service_of(request)
    page = contact_views.contact_page(service, officer)
    book = page.officer.book
    wakes = {
        "zone": book.preferences.zone or "",
        "waking/from": f"{book.preferences.wakes:%H:%M}",
        "waking/to": f"{book.preferences.sleeps:%H:%M}",
        "language": page.officer.language,
    }
    return frame_of(request).page(
        request,
        "contacts.html",
        visit,
        status=status,
        page=page,
        book=book,
        is_own=officer == visit.officer.id,
        base=f"{CONTACTS}/of/{officer}",
        forms_at=forms.get,
        rules_form=forms.get("rules", _rules_typed(book)),
        wishes_form=forms.get("wishes", wakes),
        ways=list(_ways(book)),
        delays=[(str(each), _delay(each)) for each in DELAYS],
        high_lines=range(HIGH_LINES),
        low_lines=range(LOW_LINES),
        key=key,
        numbers=service.desk.calls_from,
        picture=contact_card.card_picture(service.desk) if service.desk.calls_from else None,
        card_name=contact_card.card_name(service.desk),
    )


def _delay(seconds: int) -> str:
    if not seconds:
        return "at once"
    return f"after {seconds} s" if seconds < 60 else f"after {seconds // 60} min"


_WAY_WORDS = {
    "sms": "SMS",
    "voice": "Call",
    "push": "Push",
    "email": "Mail",
    "chat": "Chat",
    "webhook": "Webhook",
}


def _ways(book: ContactBook) -> Iterable[tuple[str, str]]:
    """What a rule may choose: every channel there is, on all contacts that have it or on one."""
    for channel, words in _WAY_WORDS.items():
        able = [c for c in book.contacts if channel in c.channels]
        if len(able) > 1:
            yield f"{channel}:any", f"{words}, all"
        yield from ((f"{channel}:{c.id}", f"{words}, {c.label or c.id}") for c in able)


def _rules_typed(book: ContactBook) -> dict[str, str]:
    """The rules in force as the form shows them."""
    told: dict[str, str] = {}
    for urgency in ("high", "low"):
        for n, step in enumerate(book.rules.steps(urgency)):
            told[f"{urgency}/{n}/way"] = f"{step.channel}:{step.contact}"
            told[f"{urgency}/{n}/after_seconds"] = str(int(step.after.total_seconds()))
    if book.rules.repeat_every is not None:
        told["repeat_every_seconds"] = str(int(book.rules.repeat_every.total_seconds()))
    if book.rules.quiet is not None:
        told |= {
            "quiet/from": f"{book.rules.quiet.starts:%H:%M}",
            "quiet/to": f"{book.rules.quiet.ends:%H:%M}",
        }
    return told


def _act(
    request: Request,
    posted: Posted,
    officer: str,
    at: str,
    act: Callable[[Visit, Key | None], object],
    done: str,
) -> Response:
    """Carry a form out and come back to the page it stood on."""
    visit = signed_in(request)
    own = officer == visit.officer.id
    return carry_out(
        request,
        visit,
        posted,
        lambda key: act(visit, key),
        to=CONTACTS if own else f"{CONTACTS}/of/{officer}",
        done=done,
        again=lambda form, status: _show(request, visit, officer, Forms(at, form), status=status),
    )


@router.post("/contacts/of/{officer}/add")
def add(request: Request, posted: Sent, officer: str) -> Response:
    service = service_of(request)
    return _act(
        request,
        posted,
        officer,
        "add",
        lambda visit, key: add_contact(service, visit.actor, officer, posted.body(), key),
        "contact-added",
    )


@router.post("/contacts/of/{officer}/rules")
def rules(request: Request, posted: Sent, officer: str) -> Response:
    service = service_of(request)
    return _act(
        request,
        posted,
        officer,
        "rules",
        lambda visit, key: set_rules(service, visit.actor, officer, _rules_body(posted), key),
        "rules-set",
    )


def _rules_body(posted: Posted) -> dict[str, Any]:
    """A line without a way is no step; what is left is the verb's body."""
    told = posted.body()
    for urgency in ("high", "low"):
        steps = []
        for line in told.get(urgency) or []:
            channel, _, contact = str(line.get("way") or "").partition(":")
            if channel:
                steps.append(
                    {"after_seconds": line.get("after_seconds"), "channel": channel, "contact": contact}
                )
        told[urgency] = steps
    return told


@router.post("/contacts/of/{officer}/wishes")
def wishes(request: Request, posted: Sent, officer: str) -> Response:
    service = service_of(request)
    body = posted.body() | {"zone": posted.value("zone").strip() or None}
    return _act(
        request,
        posted,
        officer,
        "wishes",
        lambda visit, key: set_preferences(service, visit.actor, officer, body, key),
        "wishes-set",
    )


@router.post("/contacts/of/{officer}/test")
def test_now(request: Request, posted: Sent, officer: str) -> Response:
    service = service_of(request)
    return _act(
        request,
        posted,
        officer,
        "test",
        lambda visit, key: try_phone(service, visit.actor, officer, posted.body(), key),
        "test-begun",
    )


@router.post("/contacts/tests/{test}/answer")
def heard(request: Request, posted: Sent, test: str) -> Response:
    service = service_of(request)

    def act(visit: Visit, key: Key | None) -> object:
        rang = {"yes": True, "no": False}.get(posted.value("rang"))
        return answer_test(service, visit.actor, test, by="console", rang=rang, key=key)

    return _act(request, posted, signed_in(request).officer.id, "answer", act, "test-answered")


@router.post("/contacts/of/{officer}/{contact}/first")
def first(request: Request, posted: Sent, officer: str, contact: str) -> Response:
    service = service_of(request)
    book = contact_views.contact_page(service, officer).officer.book
    order = [contact, *(c.id for c in book.contacts if c.id != contact)]
    return _act(
        request,
        posted,
        officer,
        contact,
        lambda visit, key: order_contacts(service, visit.actor, officer, {"order": order}, key),
        "contacts-ordered",
    )


@router.post("/contacts/of/{officer}/{contact}/change")
def change(request: Request, posted: Sent, officer: str, contact: str) -> Response:
    service = service_of(request)
    body: dict[str, Any] = {"by_day": posted.value("by_day") == "yes", "label": posted.value("label").strip()}
    if value := posted.value("value").strip():
        body["value"] = value
    return _act(
        request,
        posted,
        officer,
        f"{contact}/change",
        lambda visit, key: change_contact(service, visit.actor, officer, contact, body, key),
        "contact-changed",
    )


@router.post("/contacts/of/{officer}/{contact}/remove")
def remove(request: Request, posted: Sent, officer: str, contact: str) -> Response:
    service = service_of(request)
    return _act(
        request,
        posted,
        officer,
        f"{contact}/remove",
        lambda visit, key: remove_contact(service, visit.actor, officer, contact, {}, key),
        "contact-removed",
    )


@router.post("/contacts/of/{officer}/{contact}/proof")
def proof(request: Request, posted: Sent, officer: str, contact: str) -> Response:
    """The key of a call is in this answer and nowhere else."""
    visit, service = signed_in(request), service_of(request)
    asked = Asked({"by": posted.value("by") or None})
    _, key = send_proof(service, visit.actor, officer, contact, asked.body)
    if key is not None:
        return _show(request, visit, officer, key=(contact, key))
    own = officer == visit.officer.id
    return frame_of(request).go(CONTACTS if own else f"{CONTACTS}/of/{officer}", "code-sent")


@router.post("/contacts/of/{officer}/{contact}/verify")
def verify(request: Request, posted: Sent, officer: str, contact: str) -> Response:
    service = service_of(request)
    return _act(
        request,
        posted,
        officer,
        f"{contact}/verify",
        lambda visit, key: verify_contact(service, visit.actor, officer, contact, posted.body(), key),
        "contact-verified",
    )
