"""The entries of what happened at sea and after, in a line each, for the timeline of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.documents.measures import measure_words

Body = Mapping[str, Any]

_SAYS = {"may": "MAY", "may_not": "MAY NOT", "not_granted": "NOT GRANTED"}


def _instruction(body: Body) -> str:
    lines = "; ".join(
        f"{measure_words(x['measure']).label} {_SAYS[x['says']]}" for x in body.get("lines", ())
    )
    return f"Instruction {body['instruction']} to a unit: {lines or 'nothing is granted'}"


def _read_back(body: Body) -> str:
    what = "STOP of instruction" if body.get("of") == "stop" else "Instruction"
    return f"{what} {body['instruction']} read back{'' if body.get('is_correct') else ' WRONG'}"


def _stale(body: Body) -> str:
    if body.get("summons", 1) > 1:
        return f"Instruction {body['instruction']} still not stopped; summoned again"
    why = "; ".join(
        f"{measure_words(c['measure']).label}: {_plain(c['what'])}" if c.get("measure") else _plain(c["what"])
        for c in body.get("because", ())
    )
    return f"Instruction {body['instruction']} no longer holds: {why}"


def _action(body: Body) -> str:
    done = (
        measure_words(body["measure"]).label if body.get("measure") else _plain(body.get("kind")).capitalize()
    )
    words = (body.get("check") or {}).get("words")
    return f"Done at sea: {done}{' (theirs)' if body.get('side') == 'theirs' else ''}" + (
        f": {words}" if words else ""
    )


def _result(body: Body) -> str:
    if body.get("boarded") == "no":
        return f"Result {body['result']}: NOT BOARDED"
    return (
        f"Result {body['result']}: boarded{', something found' if body.get('found') else ', nothing found'}"
    )


def _condition(body: Body) -> str:
    where = f"condition {body['condition']} of {measure_words(body['measure']).label}, exchange {body['exchange']}"
    return f"Checked {where}: {_plain(body['met'])}"


def _owed(body: Body) -> str:
    who = "We owe" if body.get("side") == "ours" else "They owe us"
    article = f", art. {body['article']}" if body.get("article") else ""
    return f"{who} {body['what']} ({body['report']}){article}, {body.get('when')}"


def _sent(what: str, number: str) -> Callable[[Body], str]:
    def say(body: Body) -> str:
        whose = "by them" if body.get("side") == "theirs" else "by us"
        return f"{what} {body[number]}, exchange {body['exchange']}, {whose}"

    return say


def _plain(code: object) -> str:
    return "" if code is None else str(code).replace("_", " ")


SAYS: Mapping[str, Callable[[Body], str]] = {
    "instruction.given": _instruction,
    "instruction.read_back": _read_back,
    "instruction.stale": _stale,
    "action.recorded": _action,
    "action.explained": lambda b: f"Why action {b['action']} was done",
    "result.reported": _result,
    "condition.checked": _condition,
    "custody.recorded": lambda b: f"Custody {b.get('of') or b['custody']}: {_plain(b['what'])}",
    "report.owed": _owed,
    "report.made": lambda b: f"Report {b['owes']} made",
    "evidence.summarised": _sent("Summary of evidence", "summary"),
    "evidence.received": lambda b: f"Summary of evidence {b['summary']} received",
    "notification.made": _sent("Notification", "notification"),
    "notification.received": lambda b: f"Notification {b['notification']} received",
    "compensation.claimed": lambda b: f"Compensation claimed ({b['claim']}): {_plain(b['ground'])}",
    "compensation.answered": lambda b: f"Claim {b['claim']} for compensation: {_plain(b['outcome'])}",
}

TOLD_ALREADY = frozenset(
    {
        "instruction",
        "unit_n",
        "lines",
        "rests_on",
        "of",
        "is_correct",
        "because",
        "summons",
        "action",
        "measure",
        "side",
        "check",
        "provisions",
        "reason_given",
        "result",
        "boarded",
        "condition",
        "met",
        "custody",
        "ends",
        "persons_count",
        "items_count",
        "report",
        "what",
        "article",
        "when",
        "owes",
        "terms_sha256",
        "file_sha256",
        "summary",
        "notification",
        "claim",
        "ground",
        "outcome",
    }
)
"""Fields that stand in the line, or are of use to programs alone."""
