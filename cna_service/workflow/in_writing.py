"""Oral first and written later: the writing is linked to the word, compared measure by measure, and read by a person.

What differs is held until a named officer has read it (desk-rules 6.4). Values, conditions and validity are compared
when the writing comes; the entry holds in clear where they differ, so that no rule reads a private text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from cna_service.cases.answer_states import confirmed_by, is_oral_grant
from cna_service.cases.clocks import LIMITATION_NOTICE, WRITTEN_CONFIRMATION
from cna_service.cases.grant import GRANTED
from cna_service.cases.grant_changes import STANDS
from cna_service.cases.record import Answer, AnswerItem, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.ledger.entry import Draft, Erased
from cna_service.workflow.arming import arm_own_clock
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.work import Work

_RANK = {"granted": 2, "granted_with_conditions": 1}


class NothingDiffers(Conflict):
    code = "nothing-differs"
    title = "That answer differs from no earlier word"


def read_confirms(
    asked: Asked, exchange: Exchange, items: Sequence[Mapping[str, Any]], form: str, *, ours: bool
) -> dict[str, Any]:
    """``confirms`` of a written answer: the number of the oral one that it confirms, 0 for none.

    Left out, a writing that grants something which was granted by word of mouth is taken to confirm it: a narrower
    writing must not pass for a new answer. Returns ``confirms`` and ``differs`` of its entry.
    """
    told = asked.number("confirms", least=0)
    mine = [a for a in exchange.answers if a.ours == ours and a.form == "oral" and a.withdrawal is None]
    if told and form == "oral":
        asked.wrong("confirms", told, "is for a written answer", "leave it out of an oral one")
        return {}
    if told and told not in [a.n for a in mine]:
        asked.wrong("confirms", told, "is no oral answer of that side here", f"one of: {[a.n for a in mine]}")
        return {}
    if form == "oral" or told == 0:
        return {}
    spoken = next((a for a in mine if a.n == told), None) if told else _waiting(exchange, mine, items)
    if spoken is None:
        return {}
    found = list(_differing(spoken, items))
    return {"confirms": spoken.n} | ({"differs": found} if found else {})


def _waiting(exchange: Exchange, oral: Iterable[Answer], items: Iterable[Mapping[str, Any]]) -> Answer | None:
    granted = {(i["vessel"], i["measure"]) for i in items if i["value"] in GRANTED}
    waiting = [
        a
        for a in oral
        if is_oral_grant(a)
        and confirmed_by(exchange, a) is None
        and granted & {(i.vessel, i.measure) for i in a.items if i.value in GRANTED}
    ]
    return waiting[-1] if waiting else None


def _differing(spoken: Answer, items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Where word and writing differ: ``{vessel, measure, in: [value, conditions, valid_from, valid_to, left_out,
    not_spoken], narrower}``; narrower unless the writing grants what the word did not."""
    written = {(i["vessel"], i["measure"]): i for i in items}
    said = {(i.vessel, i.measure): i for i in spoken.items}
    for key in dict.fromkeys([*said, *written]):
        word, text = said.get(key), written.get(key)
        found, narrower = _compared(word, text)
        if found:
            yield {"vessel": key[0], "measure": key[1], "in": found, "narrower": narrower}


def _compared(word: AnswerItem | None, text: Mapping[str, Any] | None) -> tuple[list[str], bool]:
    if text is None:
        return (["left_out"], True) if word is not None and word.value in GRANTED else ([], True)
    if word is None:
        return (["not_spoken"], False) if text["value"] in GRANTED else ([], True)
    found = ["value"] if word.value != text["value"] else []
    if _conditions(word.conditions) != _conditions(text.get("conditions", ())):
        found.append("conditions")
    found += [f for f in ("valid_from", "valid_to") if getattr(word, f) != text.get(f)]
    is_wider = _RANK.get(text["value"], 0) > _RANK.get(word.value, 0)
    return found, not is_wider


def _conditions(told: object) -> object:
    """The texts without what typing changes; erased ones equal nothing, so that a person looks."""
    if not isinstance(told, list | tuple) or any(isinstance(t, Erased) for t in told):
        return object()
    return sorted(" ".join(str(t).casefold().split()).rstrip(".") for t in told)


def after_writing(service: Service, work: Work, n: int, told: Mapping[str, Any]) -> None:
    """What an answer owes in writing, or a writing to be read: own clocks, and a summons where word and writing
    differ."""
    exchange = exchange_of(work, n)
    answer = exchange.answers[-1]
    if is_oral_grant(answer) and told.get("counts", True):
        _owe(work, n, answer, WRITTEN_CONFIRMATION, service.desk.confirm_in_writing_within)
    if not answer.differs:
        return
    if answer.ours and any(d["narrower"] for d in answer.differs):
        owe_notice(service, work, n, answer)
    raise_alert(service, work, "writing_differs", subject=Subject(work.case.ref, n))


_WORDS = {
    (WRITTEN_CONFIRMATION, True): "confirm our oral answer in writing",
    (WRITTEN_CONFIRMATION, False): "their written confirmation of the oral answer is outstanding: ask for it",
    (LIMITATION_NOTICE, True): "tell the other side that our answer is narrower than our word, or taken back",
}
_ALERTS = {WRITTEN_CONFIRMATION: "writing_outstanding", LIMITATION_NOTICE: "limitation_owed"}


def _owe(work: Work, n: int, answer: Answer, event: str, within: timedelta) -> None:
    words = f"{_WORDS[event, answer.ours]} (answer {answer.n})"
    now = work.now
    arm_own_clock(work, n, now, now + within, words=words, event=event, alert=_ALERTS[event], answer=answer.n)


def owe_notice(service: Service, work: Work, n: int, answer: Answer) -> None:
    """The other side is to be told about this answer of ours."""
    _owe(work, n, answer, LIMITATION_NOTICE, service.desk.limitation_notice_within)


def read_writing(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answer, items: [{vessel?, measure, stands: as_spoken|as_written|neither}], words, seen}``: a named officer
    has read the writing, measure by measure; what he did not read stays held.

    Raises Invalid, NothingDiffers, NotFound, CaseMoved.
    """
    asked = Asked(body)
    number, seen = asked.number("answer", required=True, least=1), asked.number("seen", least=0)
    words = asked.needed("words")
    with service.write(actor, Action.ANSWER_READ, case_stream(ref), key=key) as work:
        written = answer_of(exchange_of(work, n), number)
        if not written.differs or written.withdrawal is not None:
            raise NothingDiffers(f"answer {written.n} of exchange {n}")
        items = _read_items(asked, written)
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        told = {"exchange": n, "answer": written.n, "confirms": written.confirms, "items": items}
        work.append(Draft("answer.read", {**told, "words": words}, seen=seen))
        if not unread(answer_of(exchange_of(work, n), written.n)):
            close_alerts(work, "read", about=n, kinds=("writing_differs",))
        return done(
            work, exchange=n, answer=written.n, unread=unread(answer_of(exchange_of(work, n), written.n))
        )


def _read_items(asked: Asked, written: Answer) -> list[dict[str, Any]]:
    open_ = {(d["vessel"], d["measure"]) for d in written.differs}
    vessels = {v for v, _ in open_}
    items: dict[tuple[int, str], dict[str, Any]] = {}
    for each in asked.parts("items", required=True):
        measure = each.needed("measure", longest=80)
        vessel = each.number("vessel", least=1) or (next(iter(vessels)) if len(vessels) == 1 else 0)
        stands = each.word("stands", STANDS)
        if (vessel, measure) not in open_:
            differing = ", ".join(f"{m} (vessel {v})" for v, m in sorted(open_))
            each.wrong("measure", measure, "does not differ between word and writing", f"one of: {differing}")
        items[vessel, measure] = {"vessel": vessel, "measure": measure, "stands": stands}
        each.check_unknown()
    return list(items.values())


def unread(written: Answer) -> list[dict[str, Any]]:
    """The measures that nobody has read yet."""
    read = {(i["vessel"], i["measure"]) for r in written.readings for i in r["items"]}
    return [
        {"vessel": d["vessel"], "measure": d["measure"]}
        for d in written.differs
        if (d["vessel"], d["measure"]) not in read
    ]


def answer_of(exchange: Exchange, number: int | None) -> Answer:
    """Answer ``number`` of an exchange. Raises NotFound."""
    found = next((a for a in exchange.answers if a.n == number), None)
    if found is None:
        raise NotFound(f"exchange {exchange.n} has no answer {number}")
    return found
