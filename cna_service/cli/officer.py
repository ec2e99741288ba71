"""``cna officer``: accounts and their one-time links."""

from __future__ import annotations

import sys
from argparse import Namespace

from cna_service.bootstrap import Running
from cna_service.cli.deployment import open_desk, served_at, whoever_asks
from cna_service.cli.shown import columns, instant, show
from cna_service.identity.officers import Officers
from cna_service.identity.permissions import OFFICER_ROLES
from cna_service.kit.instants import to_text
from cna_service.workflow import contact_views
from cna_service.workflow import officers as verbs
from cna_service.workflow.officers import MadeLink
from cna_service.workflow.projections import DESK, OFFICERS

_SHORT = {
    "duty_officer": "duty",
    "supervisor": "sup",
    "decider": "dec",
    "legal_adviser": "legal",
    "records_officer": "rec",
    "auditor": "aud",
    "administrator": "admin",
}
_ASKED = {"name": "Rank and name", "phone": "Telephone (+15550100)", "email": "Mail address"}


def add(asked: Namespace) -> int:
    """Add an account; on a terminal what is needed and was left out is asked for."""
    with open_desk(asked, may_begin=True) as running:
        body = {
            "officer": asked.id or _next_free(_officers(running), asked.role),
            "name": asked.name,
            "post": asked.post or asked.role.replace("_", " ").capitalize(),
            "office": asked.office or running.service.desk.name,
            "role": asked.role,
            "language": asked.language,
            "phone": asked.phone,
            "second_phone": asked.second_phone,
            "email": asked.email,
        }
        if asked.role in OFFICER_ROLES and sys.stdin.isatty():
            body |= {name: input(f"{words}: ") for name, words in _ASKED.items() if not body[name]}
        made = verbs.add_officer(running.service, whoever_asks(), body)
        return _show_link(asked, running, made)


def reset(asked: Namespace) -> int:
    with open_desk(asked) as running:
        body = {"officer": asked.officer, "reason": asked.reason}
        return _show_link(asked, running, verbs.reset_credential(running.service, whoever_asks(), body))


def disable(asked: Namespace) -> int:
    with open_desk(asked) as running:
        body = {"officer": asked.officer, "reason": asked.reason}
        verbs.disable_officer(running.service, whoever_asks(), body)
    show(asked, {"officer": asked.officer, "enabled": False}, [f"{asked.officer} is disabled."])
    return 0


def enable(asked: Namespace) -> int:
    with open_desk(asked) as running:
        body = {"officer": asked.officer, "reason": asked.reason}
        verbs.enable_officer(running.service, whoever_asks(), body)
    show(asked, {"officer": asked.officer, "enabled": True}, [f"{asked.officer} is enabled."])
    return 0


def list_officers(asked: Namespace) -> int:
    with open_desk(asked) as running:
        found = _officers(running).all()
    told = [
        {
            "id": o.id,
            "name": o.name,
            "post": o.post,
            "office": o.office,
            "role": o.role,
            "phone": o.phone,
            "second_phone": o.second_phone,
            "email": o.email,
            "enabled": o.is_enabled,
            "credential_set_at": o.credential_set_at,
            "verified_contacts": o.book.verified,
        }
        for o in found
    ]
    rows = [
        (
            o.id,
            o.role,
            o.name,
            o.phone or "-",
            o.email or "-",
            f"{o.book.verified} of {len(o.book.waking)}",
            _account(o.is_enabled, o.credential_set_at),
        )
        for o in found
    ]
    show(
        asked,
        told,
        columns(rows, ("id", "role", "name", "phone", "mail", "verified", "account"))
        if rows
        else ["No officer."],
    )
    return 0


def contacts(asked: Namespace) -> int:
    """An officer's contacts in the order of use, with what is proved of each, and his last tests."""
    with open_desk(asked) as running:
        page = contact_views.contact_page(running.service, asked.officer)
    told = contact_views.page_json(page, with_values=True)
    rows = [
        (
            line.contact.id,
            "-" if line.contact.kind in _HIDDEN else line.contact.value or "erased",
            "verified" if line.contact.is_verified else "not verified",
            instant(line.contact.tested_at) if line.contact.tested_at else "never",
            "daytime only" if line.is_daytime_only else "day and night" if line.contact.wakes else "-",
            line.contact.flag.why if line.contact.flag else "-",
        )
        for line in page.lines
    ]
    shown = columns(rows, ("contact", "value", "proved", "tested", "rings", "refused")) if rows else []
    tests = [f"test {instant(t.begun_at)}: {t.why}, {t.result or 'under way'}" for t in page.tests[:5]]
    show(asked, told, [*shown, *tests, *(f"to be mended: {w}" for w in page.warnings)])
    return 0


_HIDDEN = frozenset({"push", "webhook", "chat"})
"""Their values hold secrets."""


def _account(is_enabled: bool, set_at: object) -> str:
    if not is_enabled:
        return "disabled"
    return "no password yet" if set_at is None else "enabled"


def _officers(running: Running) -> Officers:
    with running.service.read() as reader:
        return reader.stream(DESK).of(OFFICERS)


def _next_free(officers: Officers, role: str) -> str:
    short = _SHORT.get(role, "officer")
    taken = {o.id for o in officers.all()}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{short}-{n}") not in taken)


def _show_link(asked: Namespace, running: Running, made: MadeLink) -> int:
    # Without an address of its own the desk is where a process serves it now, whatever port it was given.
    here = None if running.settings.public_url else served_at(running.settings)
    url = f"{here or running.service.desk.public_url}/console/link/{made.secret}"
    told = {"officer": made.officer, "link": url, "expires_at": to_text(made.expires_at)}
    words = [
        f"{made.officer}: open this link once to set password and code. It is shown only now and is good until",
        f"{instant(made.expires_at)}:",
        f"  {url}",
    ]
    show(asked, told, words)
    return 0
