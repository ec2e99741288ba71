"""A line of the timeline for each entry about what became of an answer, and about the effect of silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.documents.measures import measure_words

Body = Mapping[str, Any]

_STANDS = {"as_spoken": "the word stands", "as_written": "the writing stands", "neither": "neither stands"}


def _who(told: object) -> str:
    """Name or office of whoever acted on the other side; nothing where it was erased or not told."""
    by = told if isinstance(told, Mapping) else {}
    return next((v for f in ("name", "office") if isinstance(v := by.get(f), str) and v), "")


def _by(body: Body) -> str:
    who = _who(body.get("by"))
    return f" by {who}" if who else ""


def _measures(items: Any) -> str:
    return ", ".join(f"{measure_words(i['measure']).label} (vessel {i['vessel']})" for i in items or ())


def _read(body: Body) -> str:
    read = "; ".join(
        f"{_measures([i])}: {_STANDS.get(i['stands'], i['stands'])}" for i in body.get("items", ())
    )
    return f"Answer {body.get('answer')} read against answer {body.get('confirms')}: {read}"


def _withdrawn(body: Body) -> str:
    whose = "our" if body.get("ours") else "their"
    return f"Answer {body.get('answer')} taken back, {whose} own{_by(body)}"


def _notified(body: Body) -> str:
    reached = "they have our notice" if body.get("received") else "notice sent, not yet received"
    return f"Limitation of answer {body.get('answer')}: {reached}"


def _acknowledged(body: Body) -> str:
    if body.get("ours", True):
        return "A named officer acknowledged the request"
    return f"They acknowledged our request{_by(body)}"


def _proposed(body: Body) -> str:
    effect = str(body.get("effect")).replace("_", " ")
    return (
        f"Effect of the lapse proposed: {effect}: {_measures(body.get('items'))}; a second officer is wanted"
    )


SAYS: Mapping[str, Callable[[Body], str]] = {
    "answer.read": _read,
    "answer.withdrawn": _withdrawn,
    "answer.authority_confirmed": lambda b: (
        f"The listed authority confirmed answer {b.get('answer')}{_by(b)}"
    ),
    "limitation.notified": _notified,
    "exchange.acknowledged": _acknowledged,
    "machine_word.kept": lambda _: "A machine of theirs replied; that is no acknowledgement",
    "lapse.proposed": _proposed,
    "lapse.refused": lambda _: "A second officer did not agree to record the effect of the lapse",
}
