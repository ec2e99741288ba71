"""``cna authority``: the directory of authorities, and tokens."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import columns, instant, show
from cna_service.directory.model import Authority
from cna_service.identity.store import KeptToken
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import from_text
from cna_service.workflow import authorities as verbs


def add(asked: Namespace) -> int:
    contacts = [_contact(n, told) for n, told in enumerate(asked.contact, 1)]
    body = {
        "authority": asked.id,
        "state": asked.state,
        "name": asked.name,
        "functions": asked.function,
        "subjects": asked.subject,
        "languages": asked.language,
        "zone": asked.zone,
        "from": None,
        "to": None,
        "source": asked.source,
        "contacts": contacts,
    }
    with open_desk(asked, may_begin=True) as running:
        listed = verbs.list_authority(running.service, whoever_asks(), body)
    show(asked, {"listed": [listed]}, [f"{listed} is listed."])
    return 0


def _contact(n: int, told: str) -> dict[str, str | None]:
    kind, colon, value = told.partition(":")
    if not colon:
        raise Invalid("", Problem("--contact", told, "has no kind", "Write it like phone:+15550100."))
    return {
        "contact": f"c{n}",
        "kind": kind,
        "value": value,
        "function": None,
        "verified_at": None,
        "by": None,
    }


def token(asked: Namespace) -> int:
    with open_desk(asked) as running:
        kind: verbs.Kind = "system" if asked.system else "authority"
        issued = verbs.issue_token(
            running.service, whoever_asks(), asked.subject, kind=kind, days=asked.days, note=asked.note
        )
    words = [
        f"Token of {issued.subject}, until {instant(issued.expires_at)}. It is shown only now; send it by a safe way.",
        f"Revoke it with: cna authority revoke {issued.jti}",
        issued.token,
    ]
    show(asked, issued.as_json(), words)
    return 0


def revoke(asked: Namespace) -> int:
    with open_desk(asked) as running:
        kept = verbs.revoke_token(running.service, whoever_asks(), asked.jti)
    words = [f"The token {kept.jti} of {kept.subject} counts no more."]
    show(asked, {"subject": kept.subject, "jti": kept.jti, "revoked": True}, words)
    return 0


def import_file(asked: Namespace) -> int:
    try:
        text = Path(asked.file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        why = f"byte {error.start} is not UTF-8"
        raise Invalid("", Problem(asked.file, None, why, "Save the file as UTF-8.")) from None
    with open_desk(asked, may_begin=True) as running:
        listed = verbs.import_directory(running.service, whoever_asks(), text)
    words = [
        f"Listed: {', '.join(listed)}." if listed else "Nothing changed: the directory says all that already."
    ]
    show(asked, {"listed": listed}, words)
    return 0


def export(asked: Namespace) -> int:
    with open_desk(asked) as running:
        text = verbs.export_directory(running.service)
    show(asked, {"csv": text}, [text.rstrip("\n")])
    return 0


def list_authorities(asked: Namespace) -> int:
    """The directory in force at an instant, by State, function, subject; all that was ever listed with --all."""
    at = _instant(asked.at)
    with open_desk(asked) as running:
        found = verbs.directory_at(running.service, at=at)
        kept = verbs.tokens_of(running.service)
    listed = tuple(found.directory) if asked.all else found.directory.listed_at(found.at)
    shown = [
        a
        for a in listed
        if asked.state in (None, a.state) and a.may(asked.function or None, asked.subject or None)
    ]
    rows = [_row(a, found.at) for a in shown]
    heads = ("id", "State", "name", "for", "listed", "verified by us", "contacts")
    words = [f"In force {instant(found.at)}, as known then (entry {found.seq} of the directory)."]
    words += columns(rows, heads) if rows else ["Nobody is listed."]
    told = {
        "at": instant(found.at),
        "seq": found.seq,
        "authorities": [_authority(a, found.at) for a in shown],
        "tokens": [_token(t) for t in kept],
    }
    tokens = [(t.jti, t.subject, instant(t.expires_at), _state(t), instant(t.last_used_at)) for t in kept]
    of_tokens = ("token", "of", "until", "state", "last used")
    show(asked, told, [*words, *([""] if tokens else []), *(columns(tokens, of_tokens) if tokens else [])])
    return 0


def _instant(told: str | None) -> datetime | None:
    try:
        return None if told is None else from_text(told)
    except ValueError as error:
        fix = "Write it like 2026-11-21T18:03:00Z."
        raise Invalid("", Problem("--at", told, str(error), fix)) from None


def _row(authority: Authority, at: datetime) -> tuple[str, ...]:
    return (
        authority.id,
        authority.state,
        authority.name,
        ", ".join([*authority.functions, *authority.subjects]) or "-",
        "yes" if authority.is_listed_at(at) else "no",
        "yes" if authority.is_verified_at(at) else "no",
        "; ".join(verbs.reachable_on(authority, at)) or "-",
    )


def _authority(authority: Authority, at: datetime) -> dict[str, object]:
    return {
        "id": authority.id,
        "state": authority.state,
        "name": authority.name,
        "functions": authority.functions,
        "subjects": authority.subjects,
        "listed": authority.is_listed_at(at),
        "verified": authority.is_verified_at(at),
        "source": authority.source,
        "contacts": verbs.reachable_on(authority, at),
    }


def _token(kept: KeptToken) -> dict[str, object]:
    return {
        "jti": kept.jti,
        "subject": kept.subject,
        "kind": kept.kind,
        "issued_at": kept.issued_at,
        "expires_at": kept.expires_at,
        "revoked_at": kept.revoked_at,
        "last_used_at": kept.last_used_at,
        "note": kept.note,
    }


def _state(kept: KeptToken) -> str:
    return "counts" if kept.revoked_at is None else f"revoked {instant(kept.revoked_at)}"
