"""Who decided an answer of ours: the delegation it rests on, the decision it carries out, the second officer.

An answer rests on its decision where it names one, else on who is named as having decided, else on the officer who
answers. Nobody's answer in words only (more information, unclear) decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cna_service.cases.grants import GRANTED, NO_WORD
from cna_service.cases.record import Exchange
from cna_service.ledger.entry import Erased
from cna_service.workflow.asked import Asked
from cna_service.workflow.delegations import rest_on
from cna_service.workflow.second_person import ask_approval, needs_second
from cna_service.workflow.service import Service
from cna_service.workflow.two_person import BEFORE, Rule
from cna_service.workflow.work import Work

Items = Sequence[Mapping[str, Any]]


def decided_measures(items: Items) -> list[str]:
    """The measures that these items decide; a question back decides nothing."""
    return list(dict.fromkeys(str(i["measure"]) for i in items if i["value"] not in NO_WORD))


def who_decided(
    work: Work, asked: Asked, exchange: Exchange, items: Items, by: Mapping[str, str], decision: int | None
) -> dict[str, Any]:
    """What the answer rests on (``rests_on`` or ``override_reason``); what is wrong is left in ``asked``."""
    decider = asked.text("decider", longest=200)
    taken = (
        None if decision is None else next((d for d in exchange.decisions if d["decision"] == decision), None)
    )
    if decision is not None and taken is None:
        asked.wrong(
            "decision", decision, "is no decision of this exchange", "leave it out, or record it first"
        )
    if taken is not None:
        _check_against(asked, items, taken)
    person = decider or by.get("name")
    measures = decided_measures(items)
    if taken is None or not (taken.get("rests_on") or taken.get("override_reason")):
        return rest_on(work, asked, "answer", measures, person=person)
    # Judged when it was taken: it stays a decision although the delegation ended since.
    more = set(measures) - {i["measure"] for i in taken["items"]}
    rest = rest_on(work, asked, "answer", sorted(more), person=person)
    return _with_decision(work, taken, rest)


def _with_decision(work: Work, taken: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """What the decision rests on, with what the answer says beside it."""
    rests_on = [_kept(each) for each in taken.get("rests_on", ())]
    rests_on += [each for each in rest.get("rests_on", ()) if each not in rests_on]
    if rests_on:
        work.acting_under("+".join(dict.fromkeys(str(each["delegation"]) for each in rests_on)))
    told: dict[str, Any] = {"rests_on": rests_on or None}
    before = taken.get("override_reason")
    told["override_reason"] = rest.get("override_reason") or (str(before) if before is not None else None)
    return {k: v for k, v in told.items() if v is not None}


def _kept(copy: Mapping[str, Any]) -> dict[str, Any]:
    """What is still there of a copy: erased values are not written anew."""
    return {k: v for k, v in copy.items() if not isinstance(v, Erased)}


def _check_against(asked: Asked, items: Items, taken: Mapping[str, Any]) -> None:
    """What he did not mention is not granted (desk-rules 6.2); to answer less than he granted needs nobody."""
    granted = {(i["vessel"], i["measure"]) for i in taken["items"] if i["value"] in GRANTED}
    for item in items:
        if item["value"] in GRANTED and (item["vessel"], item["measure"]) not in granted:
            what = f"{item['measure']}: {item['value']}"
            told = f"decision {taken['decision']} does not grant {item['measure']}"
            why = f"{told}; what he did not mention is not granted"
            asked.wrong("answers", what, why, "ask who decides, and record a new decision")


def second_wanted(service: Service, items: Items) -> Rule | None:
    told = [(str(i["measure"]), str(i["value"])) for i in items]
    return needs_second(service.policies.two_person, "answer", items=told)


def check_held_back(asked: Asked, rule: Rule | None, conveyances: Sequence[Asked]) -> None:
    if rule is not None and rule.when == BEFORE and conveyances:
        why = f"a second officer must approve first (rule {rule.id}, config/two_person.toml)"
        asked.wrong("convey", None, why, "leave convey out; convey it once approved")


def ask_second(
    service: Service, work: Work, rule: Rule | None, n: int, answer: int, words: str | None
) -> int | None:
    """Ask another officer about the answer that this command gave; returns the approval's number."""
    if rule is None:
        return None
    return ask_approval(service, work, rule, about={"exchange": n, "answer": answer}, words=words, exchange=n)
