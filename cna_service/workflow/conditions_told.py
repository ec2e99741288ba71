"""Reading the conditions of an answer: plain texts, or ``{kind, text?, until?}`` where their kind is known.

Texts are private and numbered in the order told; number, kind and end stand beside them in the clear, so that what
is checked, owed and stale never hangs on a text that may be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cna_service.kit.instants import date_time_group, to_text
from cna_service.workflow.asked import Asked

OTHER = "other"
TIME_LIMIT, REPORT_BY = "time_limit", "report_by"
CONDITION_KINDS: Mapping[str, str] = {
    REPORT_BY: "Report to us",
    TIME_LIMIT: "The permission ends",
    "presence_of": "Somebody of theirs is present or leads",
    "area": "Only within an area",
    "no_force": "No use of force",
    "no_seizure": "Nothing is seized",
    "no_detention": "Nobody is detained and no vessel held",
    "further_authority": "Fresh leave is asked before further steps",
    "keeps_jurisdiction": "The State keeps jurisdiction",
    "use_of_information": "Information and evidence are used only as agreed",
    OTHER: "",
}
_WORD = {REPORT_BY: "by", TIME_LIMIT: "at"}
_NEED_UNTIL = frozenset({TIME_LIMIT})


def read_conditions(each: Asked) -> dict[str, Any]:
    """``{conditions: [text…], condition_items: [{n, kind, until?}…]}``; both None where there is none. What is wrong
    is left in ``each``."""
    told = each.raw("conditions")
    listed = [told] if isinstance(told, str | Mapping) and told else told if isinstance(told, list) else []
    if told not in (None, "") and not isinstance(told, str | list | Mapping):
        each.wrong("conditions", told, "is no list of conditions", "send texts, or {kind, text, until}")
    texts: list[str] = []
    items: list[dict[str, Any]] = []
    for one in listed:
        if isinstance(one, Mapping):
            text, item = _structured(each.within("conditions", len(texts), one))
        else:
            text = each.within("conditions", len(texts), {"text": one}).text("text") or ""
            item = {"kind": OTHER}
        if not text:
            each.wrong("conditions", one, "holds one without words", "write each condition as it was told")
        texts.append(text)
        items.append({"n": len(texts), **item})
    return {"conditions": texts or None, "condition_items": items or None}


def _structured(one: Asked) -> tuple[str, dict[str, Any]]:
    kind, text = one.word("kind", CONDITION_KINDS, OTHER), one.text("text")
    until = one.instant("until", required=kind in _NEED_UNTIL)
    one.check_unknown()
    item = {"kind": kind} | ({} if until is None else {"until": to_text(until)})
    ends = "" if until is None else f" {_WORD.get(kind, 'until')} {date_time_group(until)}"
    return text or f"{CONDITION_KINDS.get(kind, '')}{ends}".strip(), item


def earlier_end(valid_to: str | None, items: Iterable[Mapping[str, Any]] | None) -> str | None:
    """The end of a permission: its own, or that of a time limit among its conditions, whichever comes first."""
    ends = [str(i["until"]) for i in items or () if i["kind"] == TIME_LIMIT and i.get("until")]
    return min([*ends, *([valid_to] if valid_to else [])], default=None)
