"""Small forms of an officer: what becomes of an answer afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.grant_changes import confirmation_of, not_counted
from cna_service.cases.record import Answer
from cna_service.console.pages.case_act import Act, Run, on_case
from cna_service.console.pages.case_fields import HAPPENED, WORDS, Field, Options
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.workflow import acknowledge, answer_changes
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.exchange_kinds import DISTRIBUTION
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.service import Service

_BY = (
    Field("by/name", "Who spoke for them: name"),
    Field("by/post", "Post or rank"),
    Field("by/office", "Office"),
)
FORMS = (("written", "Written"), ("oral", "Oral"))
WAYS = (
    ("phone", "Telephone"),
    ("radio", "Radio"),
    ("mail", "Mail, to the directory's address"),
    ("fax", "Fax"),
    ("diplomatic_note", "Diplomatic note"),
)


def _answers(view: CaseView, wanted: Any) -> Options:
    """Answers as ``exchange:answer``, those of every exchange: the form belongs to one, and refuses another's."""
    return [
        (str(a.n), f"Exchange {e.exchange.n}, {'our' if a.ours else 'their'} answer {a.n}: {_items(view, a)}")
        for e in view.exchanges
        for a in e.exchange.answers
        if wanted(a)
    ]


def _items(view: CaseView, answer: Answer) -> str:
    return "; ".join(view.item_words(i) for i in answer.items)


def _standing(view: CaseView) -> Options:
    return _answers(view, lambda a: a.withdrawal is None)


def _waiting(view: CaseView) -> Options:
    def waits(answer: Answer) -> bool:
        return any(not_counted(answer, i) and confirmation_of(answer, i) is None for i in answer.items)

    return _answers(view, waits)


def _limiting(view: CaseView) -> Options:
    return _answers(
        view, lambda a: a.ours and (a.withdrawal is not None or any(d["narrower"] for d in a.differs))
    )


def _confirmed(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None
) -> Reply:
    return answer_changes.confirm_by_listed(service, actor, ref, n, body, key)


def _inform(service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None) -> Reply:
    channel = body.get("channel", "mail")
    rows = [
        {**_partner(line), "channel": channel}
        for line in str(body.get("to", "")).splitlines()
        if line.strip()
    ]
    told = {"kind": DISTRIBUTION, "distribution": rows, "text": body.get("text"), "channel": channel}
    return open_exchange(service, actor, ref, told, key)


def _partner(line: str) -> dict[str, str]:
    """``mrcc-xb``, or ``XQ, Coast guard``."""
    state, comma, office = (part.strip() for part in line.partition(","))
    return {"state": state.upper(), "office": office} if comma else {"authority": state}


_TAKE_BACK: Run = answer_changes.withdraw_answer

EXCHANGE_ACTS: tuple[Act, ...] = (
    Act(
        "their-acknowledgement",
        "Record their acknowledgement",
        "A person of theirs acknowledged our request; a clock that waits for that begins. A read receipt, an "
        "auto-reply or a ticket number is a machine's word: tick it, and nothing begins.",
        "Record it",
        Action.EXCHANGE_ACKNOWLEDGE,
        (
            *_BY,
            Field("words", "Their words", "area", is_required=True, rows=2),
            Field("happened_at", "When they acknowledged", "told"),
            Field("is_automatic", "A machine's word: auto-reply, read receipt, ticket number", "tick"),
        ),
        acknowledge.acknowledge_request,
        direction="outbound",
    ),
    Act(
        "take-back",
        "Record that an answer is taken back",
        "By who gave it. The answer stays on record; what theirs granted ends now, what ours granted ends when they "
        "have our notice.",
        "Record it",
        Action.ANSWER_GIVE,
        (
            Field("answer", "Which answer", "choice", _standing, is_required=True),
            *_BY,
            Field("form", "How it was taken back", "one_of", FORMS, default="written"),
            WORDS,
            HAPPENED,
        ),
        _TAKE_BACK,
        decides=True,
    ),
    Act(
        "listed-confirms",
        "Record that the listed authority confirms",
        "What another office answered counts from now. Name the authority that the directory lists; its row is kept.",
        "Record it",
        Action.ANSWER_GIVE,
        (
            Field("answer", "Which answer", "choice", _waiting, is_required=True),
            *_BY,
            Field("by/authority", "Its id in the directory", hint="Empty: the authority that we asked"),
            Field("form", "How it confirmed", "one_of", FORMS, default="written"),
            WORDS,
            HAPPENED,
        ),
        _confirmed,
        direction="outbound",
        decides=True,
    ),
    Act(
        "limitation",
        "Tell them that our answer is narrower, or taken back",
        "They act on what they were told until they have this. Only what a person of theirs received narrows it.",
        "Record the notice",
        Action.ANSWER_CONVEY,
        (
            Field("answer", "Which answer", "choice", _limiting, is_required=True),
            Field("channel", "Way", "choice", WAYS, default="phone", is_required=True),
            Field("words", "Exact words", "area", is_required=True),
            Field("to/name", "Told to: name"),
            Field("to/office", "Office"),
            Field("received", "This person has it", "tick"),
            HAPPENED,
        ),
        answer_changes.notify_limitation,
        direction="inbound",
    ),
)
CASE_ACTS: tuple[Act, ...] = (
    Act(
        "inform-partners",
        "Inform partners",
        "One text to several partners; the list is kept with it. No answer is owed to it.",
        "Record it",
        Action.EXCHANGE_OPEN,
        (
            Field(
                "to",
                "To whom",
                "area",
                is_required=True,
                hint="A line each: an id of the directory, or State and office, such as: XQ, Coast guard",
            ),
            Field("channel", "Way", "choice", WAYS[:1] + WAYS[2:4], default="mail", is_required=True),
            Field("text", "Words", "area", is_required=True),
        ),
        on_case(_inform),
        "Log",
    ),
)
