"""Conveying an answer: spoken, by mail with its PDF, or over the interface. What was decided and what was conveyed
are two things; a clock stops when the form its provision wants is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import Answer, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.documents import rules as document_rules
from cna_service.documents.answer_pdf import render, templates
from cna_service.documents.answer_text import answer_mail
from cna_service.documents.model import Call
from cna_service.documents.oral_script import oral_script
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.letters import written_answer
from cna_service.workflow.outgoing import address_of, queue_mail
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.second_person import refuse_held_back
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom, theirs
from cna_service.workflow.work import Work

CHANNELS = ("phone", "radio", "mail", "api", "fax", "diplomatic_note")
SPOKEN = ("phone", "radio")


class NothingToConvey(Conflict):
    code = "nothing-to-convey"
    title = "There is no answer of ours to convey"


def convey(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{channel, answer?, seen?, …}``. By mail: to the directory's address. Spoken: ``{number, number_reason?,
    listener_name, listener_office, reference_spoken?, code_read_back?, started_at, ended_at, read_back, outcome,
    correction?}``; without the end it answers the script and records nothing complete.

    Raises Invalid, CallNotIdentified, WrongCaseOnTheLine, NothingToConvey, SecondOfficerWanted.
    """
    asked = Asked(body)
    number = asked.number("answer", least=1)
    asked.raw("seen")
    with service.write(actor, Action.ANSWER_CONVEY, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        answer = _answer(exchange, number)
        more = convey_one(service, work, exchange, answer.n, asked)
        asked.check_unknown()
        asked.done()
        exchange = work.case.exchange(n) or exchange
        return done(work, exchange=n, answer=answer.n, clocks=clocks_json(work.case, exchange), **more)


def _answer(exchange: Exchange, number: int | None) -> Answer:
    ours = [a for a in exchange.answers if a.ours and number in (None, a.n)]
    if not ours:
        raise NothingToConvey("Answer first; then convey it.")
    return ours[-1]


def script(service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """The words to read out for an oral answer, once the call is identified; writes nothing.

    Raises CallNotIdentified, WrongCaseOnTheLine, NothingToConvey, StreamNotFound.
    """
    from cna_service.workflow.previews import read_only

    asked = Asked(body)
    with read_only(service, actor, Action.ANSWER_CONVEY, case_stream(ref)) as work:
        exchange = theirs(work, n)
        answer = _answer(exchange, asked.number("answer", least=1))
        call = _call(asked, work, exchange)
        asked.done()
        written = written_answer(service, work, exchange, answer)
        document_rules.refuse_unidentified(written, call)
        said = oral_script(written, call)
    lines = [{"part": line.part.value, "text": line.text} for line in said.lines]
    return {"in_sight": list(said.in_sight), "lines": lines}


def convey_one(
    service: Service, work: Work, exchange: Exchange, answer_n: int, asked: Asked
) -> dict[str, Any]:
    """Append one conveyance of an answer; what is wrong is left in ``asked`` for the caller to refuse."""
    channel = asked.word("channel", CHANNELS)
    answer = next((a for a in exchange.answers if a.n == answer_n), None)
    if answer is None or asked.problems:
        return {}
    refuse_held_back(work, "answer", {"exchange": exchange.n, "answer": answer_n})
    body = {
        "exchange": exchange.n,
        "answer": answer_n,
        "conveyance": len(answer.conveyances) + 1,
        "channel": channel,
        "form": "oral" if channel in SPOKEN else "written",
        "seq_answered": answer.seq,
    }
    if channel in SPOKEN:
        return _spoken(service, work, exchange, answer, body, asked)
    if channel == "mail":
        return _by_mail(service, work, exchange, answer, body, asked)
    return _handed_over(service, work, exchange, answer, body, asked)


def _call(asked: Asked, work: Work, exchange: Exchange) -> Call:
    listed = address_of(work, exchange, "phone")
    number = asked.text("number", longest=40) or ""
    texts = {
        f: asked.text(f, longest=2000)
        for f in ("number_reason", "reference_spoken", "code_read_back", "read_back", "outcome", "correction")
    }
    return Call(
        number=number,
        from_directory=bool(listed) and _digits(number) == _digits(listed or ""),
        listener_name=asked.text("listener_name", longest=500) or "",
        listener_office=asked.text("listener_office", longest=500) or "",
        started_at=asked.instant("started_at"),
        ended_at=asked.instant("ended_at"),
        **texts,
    )


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())


def _spoken(
    service: Service, work: Work, exchange: Exchange, answer: Answer, body: dict[str, Any], asked: Asked
) -> dict[str, Any]:
    call = _call(asked, work, exchange)
    written = written_answer(service, work, exchange, answer)
    asked.problems.extend(document_rules.missing(written, call))
    if asked.problems:
        return {}
    document_rules.refuse_unidentified(written, call)
    said = oral_script(written, call)
    told = body | {
        "complete": True,
        "to": {"phone": call.number, "name": call.listener_name, "office": call.listener_office},
        "number_from_directory": call.from_directory,
        "reason": call.number_reason,
        "reference_spoken": call.reference_spoken,
        "code_read_back": call.code_read_back,
        "started_at": None if call.started_at is None else call.started_at.isoformat(),
        "ended_at": None if call.ended_at is None else call.ended_at.isoformat(),
        "read_back": call.read_back,
        "outcome": call.outcome,
        "corrected": call.correction,
        "text": "\n\n".join(said.said()),
    }
    work.append(Draft("answer.conveyed", {k: v for k, v in told.items() if v is not None}))
    return {"conveyance": body["conveyance"], "complete": True}


def _pdf(service: Service, work: Work, exchange: Exchange, answer: Answer) -> tuple[dict[str, str], Any]:
    """Make the written answer from the entries, keep it, note it; returns the attachment and what it was made from."""
    written = written_answer(service, work, exchange, answer)
    content = render(written)
    for template in templates():
        work.cite(template.path, template.text)
    n = len(work.case.documents) + 1
    blob = work.keep(content, "application/pdf")
    body = {
        "document": n,
        "kind": "answer",
        "exchange": exchange.n,
        "answer": answer.n,
        "blob": blob,
        "size": len(content),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "from_seq": written.seq,
        "from_leaf": written.leaf,
        "templates": [t.sha256 for t in templates()],
    }
    work.append(Draft("document.made", body))
    name = f"{work.case.ref}-answer-{exchange.n}-{answer.n}.pdf"
    return {"name": name, "media_type": "application/pdf", "blob": blob}, written


def _by_mail(
    service: Service, work: Work, exchange: Exchange, answer: Answer, body: dict[str, Any], asked: Asked
) -> dict[str, Any]:
    address = address_of(work, exchange)
    if address is None:
        why = "the directory lists no mail address for this authority"
        asked.wrong("channel", "mail", why, "enter its address in the directory, or convey it otherwise")
        return {}
    attachment, written = _pdf(service, work, exchange, answer)
    mail = answer_mail(written)
    place = {"exchange": exchange.n, "answer": answer.n, "conveyance": body["conveyance"]}
    sending = queue_mail(
        service,
        work,
        exchange,
        mail.subject,
        mail.body,
        purpose="conveyance",
        attachments=[attachment],
        place=place,
    )
    told = body | {
        "complete": False,
        "state": "queued",
        "sending": sending,
        "to": {"email": address},
        "text": mail.body,
    }
    work.append(Draft("answer.conveyed", told))
    return {
        "conveyance": body["conveyance"],
        "complete": False,
        "document": work.case.documents[-1]["document"],
    }


def _handed_over(
    service: Service, work: Work, exchange: Exchange, answer: Answer, body: dict[str, Any], asked: Asked
) -> dict[str, Any]:
    """Over the interface the partner reads it with his token; a fax or a note is sent by hand and said so here."""
    by_hand = body["channel"] != "api"
    to = {f: asked.text(f, longest=500) for f in (("number", "name", "office") if by_hand else ())}
    if by_hand and not any(to.values()):
        asked.wrong(
            "office", None, "is missing: to whom it was handed", "enter the office, the name or the number"
        )
        return {}
    _pdf(service, work, exchange, answer)
    names = {"number": "phone"}
    told = body | {"complete": True, "state": "sent", "to": {names.get(k, k): v for k, v in to.items() if v}}
    work.append(Draft("answer.conveyed", told))
    return {
        "conveyance": body["conveyance"],
        "complete": True,
        "document": work.case.documents[-1]["document"],
    }


def confirm(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answer?, conveyance?, by?, words?}``: the other side says that it has our answer."""
    asked = Asked(body)
    number, which = asked.number("answer", least=1), asked.number("conveyance", least=1)
    by, words, happened = by_whom(asked), asked.text("words"), asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ANSWER_CONFIRM, case_stream(ref), key=key) as work:
        answer = _answer(theirs(work, n), number)
        conveyance = next((c for c in reversed(answer.conveyances) if which in (None, c.n)), None)
        if conveyance is None:
            raise NotFound("no such conveyance")
        told = {
            "exchange": n,
            "answer": answer.n,
            "conveyance": conveyance.n,
            "by": by or {"name": actor.name},
            "words": words,
        }
        work.append(
            Draft(
                "conveyance.confirmed",
                {k: v for k, v in told.items() if v is not None},
                happened_at=happened,
                told_at=work.now,
            )
        )
        return done(work, exchange=n)
