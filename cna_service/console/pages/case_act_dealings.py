"""Small forms of an officer: dealings with other States beside ask and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import AnswerItem
from cna_service.console.pages.case_act import Act, on_case
from cna_service.console.pages.case_fields import HAPPENED, VESSEL, Field, Options
from cna_service.documents.measures import measure_words, value_words
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.workflow.case_facts import FIELDS
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.reconcile import CANNOT_BE_TOLD, pass_over, reconcile
from cna_service.workflow.service import Service
from cna_service.workflow.statements import keep_statement

MADE_WHERE = (
    ("press", "Press"),
    ("social_media", "Social media"),
    ("court", "Court"),
    ("parliament", "Parliament"),
    ("other", "Elsewhere"),
)


def _fields_told_differently(view: CaseView) -> Options:
    told = dict.fromkeys(g.field for v in view.vessels for g in (*v.contradictions, *v.reconciled))
    return [(field, FIELDS.get(field, field)) for field in told]


def _states(view: CaseView) -> Options:
    return [(p.pointed.state, p.name) for p in view.dealings.open_states]


def _answers(view: CaseView) -> Options:
    """Every item that somebody answered, as ``exchange:answer:vessel:measure``."""
    return [
        (
            f"{e.exchange.n}:{a.n}:{i.vessel}:{i.measure}",
            f"{'Our' if a.ours else 'Their'} answer {a.n} in exchange {e.exchange.n}: {_item(i)}",
        )
        for e in view.exchanges
        for a in e.exchange.answers
        for i in a.items
    ]


def _item(item: AnswerItem) -> str:
    value = value_words(item.measure, item.value).label
    return f"{measure_words(item.measure).label}, vessel {item.vessel}: {value}"


def _statement(service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None) -> Reply:
    told = dict(body)
    parts = str(told.pop("against", "")).split(":")
    if len(parts) == 4:
        names = ("exchange", "answer", "vessel", "measure")
        told["contradicts"] = dict(zip(names, parts, strict=True))
    return keep_statement(service, actor, ref, told, key)


CASE_ACTS: tuple[Act, ...] = (
    Act(
        "statement",
        "Keep a statement made elsewhere",
        "What was said in the press, in court or anywhere but to us. It is never an answer. Where it contradicts one, "
        "the holder and the legal adviser are told.",
        "Keep it",
        Action.STATEMENT_KEEP,
        (
            Field("made_by", "Who said it", is_required=True),
            Field("state", "Of which State", "state", hint="Name or two letters"),
            Field("made_where", "Where", "choice", MADE_WHERE, is_required=True),
            Field("source", "Source", is_required=True, hint="Paper, account, court, page"),
            Field("words", "Words, verbatim", "area", is_required=True),
            HAPPENED,
            Field("against", "Contradicts", "choice", _answers),
        ),
        on_case(_statement),
        "Log",
    ),
    Act(
        "reconcile",
        "Say what holds of reports that differ",
        "Every report stays as it was told. A later one that contradicts opens this again. Of several claims of "
        "nationality none is chosen: every State claimed is asked.",
        "Record it under my name",
        Action.CONFLICT_RECONCILE,
        (
            VESSEL,
            Field("field", "Which", "choice", _fields_told_differently, is_required=True),
            Field(
                "value", "What holds", is_required=True, hint=f"One of the values told, or: {CANNOT_BE_TOLD}"
            ),
            Field("reason", "Why", "area", is_required=True, rows=2),
        ),
        on_case(reconcile),
        "The vessel",
        decides=True,
    ),
    Act(
        "unqueried",
        "Say why a State is not asked",
        "A claim or something seen points to it, and it is not asked. The reason stands in the record.",
        "Record the reason",
        Action.STATE_PASS_OVER,
        (
            VESSEL,
            Field("state", "State", "choice", _states, is_required=True),
            Field("reason", "Why it is not asked", "area", is_required=True, rows=2),
        ),
        on_case(pass_over),
        "The vessel",
    ),
)
EXCHANGE_ACTS: tuple[Act, ...] = ()
