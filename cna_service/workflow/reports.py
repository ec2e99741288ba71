"""Reports owed after an act: by a duty of the provision relied on, by a condition, by nationals aboard; and made.

What is owed is copied into its entry with the article and the hash of the file that says so, so that no later edit of
the catalogue changes an old case (desk-rules 10.1). A duty "promptly" has no number: it is shown outstanding since.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.agreements.model import Duty, Provision
from cna_service.cases.afterwards import Condition, demanded
from cna_service.cases.fold_sea import report_event
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import from_optional, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

OVERDUE = "report_overdue"
OURS, THEIRS = "ours", "theirs"

# A duty that only some acts bring about, by what it owes; every other one follows from any act under its provision.
_ONLY_WHEN: Mapping[str, str] = {
    "notice of detention": "detention",
    "report of force": "force",
    "other offences found": "other_offences",
    "summary of evidence": "found",
}
DETENTION = frozenset({"detain_vessel", "detain_cargo", "detain_persons", "arrest", "seize"})
_NUMBER = re.compile(r"\b(\d{1,3})\s*(h|hours?|days?)\b")


def owe_duties(
    service: Service,
    work: Work,
    provisions: Iterable[str],
    *,
    exchange: Exchange | None,
    side: str,
    facts: frozenset[str],
    because: Mapping[str, int],
) -> list[str]:
    """Append ``report.owed`` for every duty of these provisions that the facts bring about and nobody owes yet.

    ``facts``: codes of what happened: detention, force, other_offences, found. Returns the ids.
    """
    catalogue = service.policies.catalogue
    made = []
    for provision in (catalogue.by_id[p] for p in dict.fromkeys(provisions) if p in catalogue.by_id):
        for duty in provision.duties:
            wanted = _ONLY_WHEN.get(duty.owes)
            if (wanted is None or wanted in facts) and not _is_owed(
                work.case, provision, duty, exchange, side
            ):
                made.append(_owe_duty(service, work, provision, duty, exchange, side, because))
    return made


def _is_owed(
    record: CaseRecord, provision: Provision, duty: Duty, exchange: Exchange | None, side: str
) -> bool:
    key = (provision.id, duty.owes, exchange.n if exchange else None, side)
    return any(
        (o.get("provision"), o["what"], o.get("exchange"), o["side"]) == key and not o.get("made")
        for o in record.sea.reports_owed
    )


def _owe_duty(
    service: Service,
    work: Work,
    provision: Provision,
    duty: Duty,
    exchange: Exchange | None,
    side: str,
    because: Mapping[str, int],
) -> str:
    agreement = service.policies.catalogue.agreement_of(provision)
    work.cite(*service.policies.text_of(agreement.file_sha256))
    number = _NUMBER.search(duty.when)
    window = None
    if number is not None:
        count = int(number[1])
        window = timedelta(hours=count) if number[2].startswith("h") else timedelta(days=count)
    told: dict[str, Any] = {
        "what": duty.owes,
        "when": duty.when,
        "says": duty.words,
        "article": duty.article,
        "agreement_title": agreement.title,
        "provision": provision.id,
        "terms_sha256": provision.terms_sha256,
        "file_sha256": agreement.file_sha256,
        "exchange": exchange.n if exchange else None,
        "because": dict(because),
    }
    to = exchange.state if exchange else None
    return owe(work, side=side, to_state=to, due_at=None if window is None else work.now + window, **told)


def owe(
    work: Work,
    *,
    side: str,
    to_state: str | None,
    due_at: datetime | None = None,
    stream: str | None = None,
    **told: Any,
) -> str:
    """Append ``report.owed``, with its clock where there is a number; returns its id (``r1``, ``r2`` …)."""
    record = work.of(CASE, stream)
    report = f"r{len(record.sea.reports_owed) + 1}"
    body = {
        "report": report,
        "side": side,
        "to_state": to_state,
        "since": to_text(work.now),
        "due_at": None if due_at is None else to_text(due_at),
        **told,
    }
    work.append(Draft("report.owed", {k: v for k, v in body.items() if v is not None}), stream)
    if due_at is not None:
        _arm(work, report, int(told.get("exchange") or 0), str(told["what"]), due_at, stream)
    return report


def _arm(work: Work, report: str, exchange: int, what: str, due_at: datetime, stream: str | None) -> None:
    terms = {
        "kind": "own",
        "words": f"report owed: {what}",
        "silence": {"code": "nothing", "words": "nothing follows", "effect": "none"},
        "stops_by": {"event": report_event(report)},
        "warn": False,
        "alert": OVERDUE,
    }
    body = {
        "clock": uuid7(work.now),
        "kind": "own",
        "exchange": exchange,
        "items": [],
        "terms": terms,
        "starts_at": to_text(work.now),
        "due_at": to_text(due_at),
    }
    work.append(Draft("clock.armed", body), stream)


def owe_demanded(work: Work, stream: str, condition: str) -> None:
    """A condition of a grant demands a report: it is owed from when the grant stands."""
    found = dict(demanded(work.of(CASE, stream))).get(condition)
    if found is None:
        return
    exchange = work.of(CASE, stream).exchange(found.exchange)
    owe(
        work,
        side=THEIRS if found.is_ours else OURS,
        to_state=exchange.state if exchange else None,
        due_at=from_optional(found.until),
        stream=stream,
        what="report demanded by a condition",
        when=f"by {found.until}" if found.until else "no number",
        exchange=found.exchange,
        condition=found.id,
        because={"entry": found.seq},
        words=_text(found),
    )


def _text(condition: Condition) -> str | None:
    return condition.text if isinstance(condition.text, str) else None


def owe_consular(
    work: Work,
    nationals: Iterable[str],
    *,
    side: str,
    own: str,
    because: Mapping[str, int],
    exchange: int | None,
) -> list[str]:
    """Nationals of a State are aboard: its consulate is to be told. Ours are theirs to tell us of."""
    made = []
    known = {(o.get("nationals"), o["side"]) for o in work.case.sea.reports_owed}
    for state in dict.fromkeys(nationals):
        if (state == own) is (side == OURS) or (state, side) in known:
            continue
        made.append(
            owe(
                work,
                side=side,
                to_state=state,
                what="consular notice",
                when="no number; the legal adviser says by which rule",
                nationals=state,
                exchange=exchange,
                because=dict(because),
            )
        )
    return made


def make_report(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{owes, sent_to, channel, words?, attachments?, happened_at?}``: what was owed was reported, by us or to us.

    ``owes``: the id of what is owed. Its clock stops. Raises Invalid, NotFound.
    """
    asked = Asked(body)
    report, channel = asked.needed("owes", longest=20), asked.needed("channel", longest=40)
    told: dict[str, Any] = {"to": read_to(asked), "words": asked.text("words")}
    happened = asked.told("happened_at")
    files = asked.parts("attachments")
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        told["attachments"] = [a for each in files if (a := keep_file(work, each))] or None
        asked.check_unknown()
        asked.done()
        owed = next((o for o in work.case.sea.reports_owed if o["report"] == report), None)
        if owed is None:
            raise NotFound(f"nothing is owed under {report}")
        entry = {"owes": report, "side": owed["side"], "channel": channel, **told}
        work.append(
            Draft(
                "report.made", {k: v for k, v in entry.items() if v}, happened_at=happened, told_at=work.now
            )
        )
        return done(work, owes=report)


def read_to(asked: Asked, field: str = "sent_to") -> dict[str, str] | None:
    """To whom something went: words, or ``{name, office, state, email, phone}``."""
    if isinstance(asked.raw(field), str):
        words = asked.text(field, longest=500)
        return {"office": words} if words else None
    part = asked.part(field)
    told = {f: part.text(f, longest=500) for f in ("name", "office", "state", "email", "phone")}
    part.check_unknown()
    return {k: v for k, v in told.items() if v} or None


def keep_file(work: Work, each: Asked) -> dict[str, Any] | None:
    """One attachment ``{name, media_type, base64}``, kept byte for byte beside the entry."""
    name, media = each.needed("name", longest=200), each.text("media_type", longest=120)
    content = each.needed("base64", longest=40_000_000)
    each.check_unknown()
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        each.wrong("base64", None, "is no valid base64", "send it again")
        return None
    if each.problems:
        return None
    kind = media or "application/octet-stream"
    return {
        "name": name,
        "media_type": kind,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "blob": work.keep(data, kind),
    }
