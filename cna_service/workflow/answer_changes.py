"""What becomes of an answer afterwards: taken back by who gave it, confirmed by the listed authority, limited.

Nothing of an earlier answer is changed or lost: each is an entry that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.clocks import LIMITATION_NOTICE
from cna_service.cases.grant_changes import confirmation_of, not_counted
from cna_service.cases.record import Answer, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Refused
from cna_service.ledger.entry import Draft
from cna_service.workflow.answerer import check
from cna_service.workflow.asked import Asked
from cna_service.workflow.certificate_holders import tell_holders
from cna_service.workflow.convey import CHANNELS
from cna_service.workflow.in_writing import answer_of, owe_notice
from cna_service.workflow.opening import FORMS
from cna_service.workflow.outgoing import queue_mail
from cna_service.workflow.projections import DIRECTORY, LISTED, case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom, theirs
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work


class AnswerTakenBack(Conflict):
    code = "answer-taken-back"
    title = "That answer was taken back before"


class NotYourAnswer(Refused):
    code = "not-your-answer"
    title = "An answer is taken back by the side that gave it"


class NoNoticeOwed(Conflict):
    code = "no-notice-owed"
    title = "That answer of ours limits and takes back nothing"


class CountsAlready(Conflict):
    code = "counts-already"
    title = "Everything in that answer counts already"


def withdraw_answer(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answer, by, words?, form?, happened_at?, seen?}``: who gave the answer takes it back.

    What it granted ends when the acting side has it: theirs now, ours when the notice has reached them. Raises
    Invalid, NotFound, NotYourAnswer, AnswerTakenBack, CaseMoved.
    """
    asked = Asked(body)
    number, seen = asked.number("answer", required=True, least=1), asked.number("seen", least=0)
    by, words, happened = by_whom(asked), asked.text("words"), asked.told("happened_at")
    form = asked.word("form", FORMS, "written")
    with service.write(actor, Action.ANSWER_GIVE, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        answer = answer_of(exchange, number) if not asked.problems else None
        if actor.kind == "authority" and answer is not None and answer.ours:
            raise NotYourAnswer("That answer was given by this desk.")
        if answer is not None and not answer.ours and actor.kind != "authority" and not by:
            asked.wrong("by", None, "says nobody", "name who took it back, or the office")
        asked.check_unknown()
        asked.done()
        assert answer is not None
        if answer.withdrawal is not None:
            raise AnswerTakenBack(f"answer {answer.n} of exchange {n}")
        if actor.kind != "authority":
            work.refuse_if_moved(seen)
        told = {
            "exchange": n,
            "answer": answer.n,
            "ours": answer.ours,
            "form": form,
            "by": by or {k: v for k, v in {"name": actor.name, "office": actor.office}.items() if v},
            "words": words,
        }
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("answer.withdrawn", kept, happened_at=happened, told_at=work.now, seen=seen))
        if answer.ours and answer.conveyed_at is not None:
            owe_notice(service, work, n, answer)
        if actor.kind == "authority":
            raise_alert(service, work, "answer_withdrawn", subject=Subject(ref, n))
        tell_holders(service, work)
        return done(work, exchange=n, answer=answer.n, notice_owed=_owes_notice(work, n, answer))


def _owes_notice(work: Work, n: int, answer: Answer) -> bool:
    return any(
        c.is_running
        and c.exchange == n
        and c.terms.get("stops_by") == {"event": LIMITATION_NOTICE, "answer": answer.n}
        for c in work.case.clocks
    )


def confirm_by_listed(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answer, items?: [{vessel?, measure}], by: {authority?, name, office}, form, words?, happened_at?, seen}``:
    the listed authority makes the answer of another office its own; from now on it counts.

    Raises Invalid, NotFound, CountsAlready, AnswerTakenBack, CaseMoved.
    """
    asked = Asked(body)
    number, seen = asked.number("answer", required=True, least=1), asked.number("seen", least=0)
    by, form = by_whom(asked), asked.word("form", FORMS)
    named = asked.part("by").text("authority", longest=64)
    words, happened = asked.text("words"), asked.told("happened_at")
    with service.write(actor, Action.ANSWER_GIVE, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        answer = answer_of(exchange, number) if number is not None else None
        open_ = _open_items(answer)
        if answer is not None and answer.withdrawal is not None:
            raise AnswerTakenBack(f"answer {answer.n} of exchange {n}")
        if answer is not None and not open_:
            raise CountsAlready(f"answer {answer.n} of exchange {n}")
        items = _chosen(asked, open_)
        who = actor.id if actor.kind == "authority" else named or exchange.authority
        at = happened.exact if happened and happened.exact else work.now
        rows, lacking = check(work.of(LISTED, DIRECTORY), exchange, who, items, at)
        if lacking:
            measures = ", ".join(str(each["measure"]) for each in lacking)
            why = f"{who or 'nobody'} is not the listed authority for {measures}"
            asked.part("by").wrong(
                "authority", who, why, "name the listed one; " + "; ".join(r.words for r in rows)
            )
        if actor.kind != "authority" and not by.get("name") and not by.get("office"):
            asked.wrong("by", None, "says nobody", "name who confirmed it there, and the office")
        asked.check_unknown()
        asked.done()
        if actor.kind != "authority":
            work.refuse_if_moved(seen)
        told = {
            "exchange": n,
            "answer": number,
            "items": items,
            "form": form,
            "by": by or {"name": actor.name},
            "words": words,
            "checked": {
                "authority": who,
                "is_listed": True,
                "is_stated": True,
                "directory_seq": work.looked_at[DIRECTORY].head.seq,
                "rows": [r.row() for r in rows],
            },
        }
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(
            Draft("answer.authority_confirmed", kept, happened_at=happened, told_at=work.now, seen=seen)
        )
        return done(work, exchange=n, answer=number, items=items)


def _open_items(answer: Answer | None) -> list[dict[str, Any]]:
    """What of an answer still waits for the listed authority."""
    if answer is None:
        return []
    return [
        {"vessel": i.vessel, "measure": i.measure}
        for i in answer.items
        if not_counted(answer, i) is not None and confirmation_of(answer, i) is None
    ]


def _chosen(asked: Asked, open_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items named, or all that wait."""
    parts = asked.parts("items")
    chosen = []
    for each in parts:
        measure, vessel = each.needed("measure", longest=80), each.number("vessel", least=1)
        mine = [i for i in open_ if i["measure"] == measure and vessel in (None, i["vessel"])]
        if not mine:
            each.wrong("measure", measure, "does not wait for the listed authority", "leave it out")
        each.check_unknown()
        chosen += mine
    return chosen if parts else open_


def notify_limitation(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answer, channel, to: {name, office, phone, email}, words, received, happened_at?}``: the other side is told
    that our writing is narrower than our word, or that we take an answer back. By mail the words leave now; only
    ``received: true``, with who received it, ends or narrows the grant.

    Raises Invalid, NotFound, NoNoticeOwed.
    """
    asked = Asked(body)
    number, channel = asked.number("answer", required=True, least=1), asked.word("channel", CHANNELS)
    part, words, received = asked.part("to"), asked.needed("words"), asked.yes("received")
    to = {f: v for f in ("name", "office", "phone", "email") if (v := part.text(f, longest=500))}
    happened = asked.told("happened_at")
    asked.raw("seen")
    with service.write(actor, Action.ANSWER_CONVEY, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        answer = answer_of(exchange, number) if number is not None else None
        if answer is not None and not _limits(answer):
            raise NoNoticeOwed(f"answer {answer.n} of exchange {n}")
        if received and not to.get("name") and not to.get("office"):
            part.wrong("name", None, "is missing: who of them received it", "name the person, or the office")
        part.check_unknown()
        asked.check_unknown()
        asked.done()
        told = {"exchange": n, "answer": number, "channel": channel, "to": to, "words": words}
        told |= {"received": received, "sending": _mailed(service, work, exchange, channel, words, received)}
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("limitation.notified", kept, happened_at=happened, told_at=work.now))
        return done(work, exchange=n, answer=number, received=received)


def _limits(answer: Answer) -> bool:
    narrower = any(d.get("narrower") for d in answer.differs)
    return answer.ours and (narrower or answer.withdrawal is not None)


def _mailed(
    service: Service, work: Work, exchange: Exchange, channel: str, words: str, received: bool
) -> str | None:
    """The id of the mail that carries the notice; None where it went another way, or is only reported received."""
    if channel != "mail" or received:
        return None
    subject = f"{work.case.ref}: notice of limitation"
    sending = queue_mail(service, work, exchange, subject, words, purpose="letter")
    if sending is None:
        raise NotFound("the directory lists no mail address for this authority; choose another channel")
    return sending
