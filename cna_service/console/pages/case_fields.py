"""Small forms as lists of fields: what an act of an officer asks for, and how what was typed becomes its body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cna_service.console.forms import Posted
from cna_service.console.typed_instants import HINT, HINT_AHEAD, as_instant, as_told
from cna_service.vessels.states import state_from_words
from cna_service.workflow.case_view import CaseView

Kind = Literal["text", "area", "choice", "one_of", "tick", "several", "told", "instant", "state", "authority"]
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; ``name`` is its place in the verb's body (console/forms.py).

    ``options`` may depend on the case; a field whose options are empty, or one vessel alone, is left out.
    ``authority`` is a text beside which the directory's authorities are offered; ``told`` keeps the words typed
    beside the instant, ``instant`` is the instant alone, ``state`` a State in words.
    """

    name: str
    label: str
    kind: Kind = "text"
    options: Options | Callable[[CaseView], Options] = ()
    hint: str | None = None
    is_required: bool = False
    is_ahead: bool = False
    rows: int = 4
    default: str = ""
    mode: str | None = None

    def choices(self, view: CaseView) -> Options:
        return self.options(view) if callable(self.options) else self.options

    def is_shown(self, view: CaseView) -> bool:
        return self.kind not in ("choice", "one_of", "several") or bool(self.choices(view))

    @property
    def said(self) -> str | None:
        """What stands under the label."""
        if self.hint is None and self.kind in ("told", "instant"):
            return HINT_AHEAD if self.is_ahead else HINT
        return self.hint


def labels(fields: Sequence[Field]) -> dict[str, str]:
    """Field name to label, for the summary of what is wrong."""
    return {f.name: f.label for f in fields}


def body_of(fields: Sequence[Field], posted: Posted, now: datetime) -> dict[str, Any]:
    """The verb's body from what was typed; blank fields are left out."""
    by_name = {f.name: f for f in fields}
    body = posted.body(lists=[f.name for f in fields if f.kind == "several"])
    for name, field in by_name.items():
        read = _READ.get(field.kind)
        typed = posted.value(name).strip()
        if read is not None and typed:
            _put(body, name, read(field, typed, now))
    return body


def _told(field: Field, typed: str, now: datetime) -> Any:
    return as_told(typed, now)


def _instant(field: Field, typed: str, now: datetime) -> Any:
    return as_instant(typed, now, ahead=field.is_ahead)


def _state(field: Field, typed: str, now: datetime) -> Any:
    return state_from_words(typed) or typed


_READ: dict[str, Callable[[Field, str, datetime], Any]] = {
    "told": _told,
    "instant": _instant,
    "state": _state,
}


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    *steps, last = name.split("/")
    holder: Any = body
    for step in steps:
        # Of a list no form has more than its first element.
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[last] = value


def vessels(view: CaseView) -> Options:
    """The vessels to choose from; none where the case has but one."""
    if len(view.vessels) < 2:
        return ()
    return [(str(v.n), f"{v.n} – {v.label}") for v in view.vessels]


def exchanges(view: CaseView) -> Options:
    return [(str(e.exchange.n), f"{e.exchange.n} – {e.other}") for e in view.exchanges]


VESSEL = Field("vessel", "Vessel", "choice", vessels, is_required=True)
HAPPENED = Field("happened_at", "When it happened", "told")
WORDS = Field("words", "Words, verbatim", "area", hint="As they were said, in the language they were said in")
