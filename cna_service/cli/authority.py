"""``cna authority``: the directory of authorities, and tokens."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import columns, instant, show
from cna_service.identity.store import KeptToken
from cna_service.kit.errors import Invalid, Problem
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
    with open_desk(asked) as running:
        listed = tuple(verbs.directory(running.service))
        now = running.service.clock.now()
        kept = verbs.tokens_of(running.service)
    rows = [
        (
            a.id,
            a.state,
            a.name,
            "yes" if a.is_listed_at(now) else "no",
            "; ".join(verbs.reachable_on(a)) or "-",
        )
        for a in listed
    ]
    words = (
        columns(rows, ("id", "State", "name", "listed", "contacts")) if rows else ["The directory is empty."]
    )
    told = {
        "authorities": [
            {
                "id": a.id,
                "state": a.state,
                "name": a.name,
                "functions": a.functions,
                "subjects": a.subjects,
                "listed": a.is_listed_at(now),
                "contacts": verbs.reachable_on(a),
            }
            for a in listed
        ],
        "tokens": [_token(t) for t in kept],
    }
    tokens = [(t.jti, t.subject, instant(t.expires_at), _state(t), instant(t.last_used_at)) for t in kept]
    heads = ("token", "of", "until", "state", "last used")
    show(asked, told, [*words, *([""] if tokens else []), *(columns(tokens, heads) if tokens else [])])
    return 0


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
