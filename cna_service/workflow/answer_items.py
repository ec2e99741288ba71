"""Reading an answer measure by measure, and the guards that every answer of ours passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import MEASURE_ANSWERS, MEASURES, REGISTRY_ANSWERS
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.kit.instants import to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.conditions_told import earlier_end, read_conditions

REGISTRY = "confirm_registry"


def read_items(asked: Asked, record: CaseRecord, exchange: Exchange) -> list[dict[str, Any]]:
    """The items of ``answers``, ``"all"`` stored as one item per vessel; what is wrong is left in ``asked``."""
    vessels = [v.n for v in record.vessels] or [1]
    mine = sorted({i.vessel for i in exchange.items}) or vessels
    items: dict[tuple[int, str], dict[str, Any]] = {}
    for each in asked.parts("answers", required=True):
        measure = each.word("measure", MEASURES)
        value = each.word("value", REGISTRY_ANSWERS if measure == REGISTRY else MEASURE_ANSWERS)
        told = {
            "measure": measure,
            "value": value,
            **read_conditions(each),
            "words": each.text("words"),
        }
        for name in ("valid_from", "valid_to"):
            instant = each.instant(name)
            told[name] = None if instant is None else to_text(instant)
        told["valid_to"] = earlier_end(told["valid_to"], told["condition_items"])
        _check_conditions(each, value, told)
        for vessel in _vessels(each, mine, vessels):
            if (vessel, measure) in items:
                each.wrong("measure", measure, f"is answered twice for vessel {vessel}", "answer it once")
            items[vessel, measure] = {"vessel": vessel, **{k: v for k, v in told.items() if v is not None}}
        each.check_unknown()
    return list(items.values())


def _check_conditions(each: Asked, value: str, told: Mapping[str, Any]) -> None:
    if value == "granted_with_conditions" and not told["conditions"]:
        each.wrong("conditions", None, "is missing: granted with conditions", "write each condition")
    if value == "granted" and told["conditions"]:
        each.wrong(
            "value", value, "has conditions", "answer granted_with_conditions, or take the conditions out"
        )


def _vessels(each: Asked, mine: list[int], known: list[int]) -> list[int]:
    which = each.raw("vessel")
    if which == "all":
        return mine
    if which is None:
        if len(mine) > 1:
            each.wrong(
                "vessel", None, "is missing: the exchange has several vessels", f"one of {mine}, or all"
            )
        return mine[:1]
    if which not in known:
        each.wrong("vessel", which, "is no vessel of this case", f"one of {known}, or all")
        return []
    return [which]


def register_statement(
    asked: Asked, record: CaseRecord, items: list[dict[str, Any]], reason: str | None
) -> dict[str, Any] | None:
    """What the register check was that a registry answer rests on: the newest judged search of that vessel.

    ``confirmed`` names the register record it means (desk-rules 1.5); nobody may say "searched" when nobody did
    (practice R14). A reason stands in where there was no search, and is printed.
    """
    asked_of = [i for i in items if i["measure"] == REGISTRY]
    told = [_of_vessel(asked, record, item, reason) for item in asked_of]
    said = [each for each in told if each is not None]
    if not said:
        return None
    first, *further = said
    return first | ({"further": further} if further else {})


def _of_vessel(
    asked: Asked, record: CaseRecord, item: Mapping[str, Any], reason: str | None
) -> dict[str, Any] | None:
    """What the answer about one vessel rests on; each vessel has a search of her own (desk-rules 1.5)."""
    searches = [s for s in record.searches if s.get("vessel", 1) == item["vessel"]]
    judged = [s for s in searches if s.get("verdict") not in (None, "undecided")]
    last = judged[-1] if judged else None
    found = last if last is not None and last.get("verdict") == "found" else None
    if item["value"] == "confirmed" and found is None and not reason:
        why = "confirmed means a record of the register; no search of this case was judged found"
        asked.wrong("answers", "confirmed", why, "search and name the record, or give register_reason")
    if item["value"] == "refuted" and last is None and not reason:
        why = "nobody searched the register for this case and judged the result"
        asked.wrong("answers", "refuted", why, "search and judge, or give register_reason")
    if found is not None and item["value"] == "confirmed":
        _check_name_alone(asked, record, item["vessel"], found, reason)
    return _statement(last or (searches[-1] if searches else None), found, item["vessel"], reason)


def _check_name_alone(
    asked: Asked, record: CaseRecord, vessel: int, found: Mapping[str, Any], reason: str | None
) -> None:
    """Refused on a name alone that was never spelt, unless the officer says why (desk-rules 1.5)."""
    known = record.vessel(vessel)
    told = known.facts if known else ()
    only_name = set(found.get("keys", {})) <= {"names", "former_names"}
    by_voice = any(f.field == "name" and f.how == "as_heard" for f in told)
    spelt = any(f.field == "name" and f.how in ("spelt", "read_back", "written") for f in told)
    if only_name and by_voice and not spelt and not reason:
        why = "rests on a name alone that was heard and never spelt"
        asked.wrong("answers", "confirmed", why, "have it spelt and record that, or give register_reason")


def _statement(
    last: Mapping[str, Any] | None, found: Mapping[str, Any] | None, vessel: int, reason: str | None
) -> dict[str, Any] | None:
    if last is None:
        return None
    register = last["register"]
    said: dict[str, Any] = {
        "register": register["id"],
        "version": register["version"],
        "as_of": register.get("as_of") or last["searched_at"],
        "search": last["search"],
        "vessel": vessel,
        "keys": list(last.get("keys_tried", ())),
        "candidates": last["count"],
        "verdict": last.get("verdict"),
        "record": _record_of(found) if found else [],
    }
    return said | ({"name_alone_reason": reason} if reason else {})


def _record_of(found: Mapping[str, Any]) -> list[dict[str, str]]:
    vessel: Mapping[str, Any] = next(
        (c["vessel"] for c in found["candidates"] if c["rid"] == found.get("rid")), {}
    )
    shown = {
        "name": "name",
        "imo": "IMO number",
        "mmsi": "MMSI",
        "call_sign": "call sign",
        "hull_mark": "hull mark",
    }
    shown |= {"registration_number": "registration number", "homeport": "home port", "flag": "flag"}
    lines = [{"kind": words, "value": str(vessel[f])} for f, words in shown.items() if vessel.get(f)]
    return [{"kind": "register record", "value": str(found.get("rid"))}, *lines]
