"""One case in which all of deciding happened: called, decided by voice, corrected, approved, lapsed, consulted."""

from __future__ import annotations

from typing import Any

from cna_service.workflow.answer import give_answer
from cna_service.workflow.consult import answer_agency, ask_agency, record_clearance
from cna_service.workflow.decide import call_decider, record_decision
from cna_service.workflow.facts import record_fact
from cna_service.workflow.read_back import confirm_decision
from cna_service.workflow.second_person import give_approval
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

OSEI = {"name": "EXERCISE Director Daniel Osei", "post": "Director", "office": "EXERCISE Ministry of XA"}
FILE = {"name": "stern.jpg", "media_type": "image/jpeg", "base64": "/9j/4AAQ"}
JUDGE = {"name": "Judge Mora", "office": "Court 3", "phone": "+15550199"}


def deciding(desk: LiveDesk) -> str:
    """The director is called, decides twice, confirms one and corrects the other; two of three approvals are given."""
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.attend(ref, "duty-2")
    desk.do(call_decider, "duty-2", ref, 1)
    _decided(desk, ref, [{"measure": "seize", "value": "granted"}, {"measure": "board", "value": "granted"}])
    desk.do(confirm_decision, "dec-1", ref, 1, right="yes")
    _decided(desk, ref, [{"measure": "arrest", "value": "granted"}])
    desk.do(
        confirm_decision, "dec-1", ref, 1, right="no", words="I said: not before the flag State is heard."
    )
    for approves in ("yes", "no", None):
        _answered(desk, ref)
        if approves is not None:
            n = len(desk.case(ref).deciding.approvals)
            said = {"approve": approves, "words": "Read with the order."}
            desk.do(give_approval, "sup-1", ref, n, **said, seen=desk.look(ref))
    reason = {"override_reason": "The line to the ministry is dead.", "words": "No."}
    values = [{"measure": "divert", "value": "denied"}]
    desk.do(give_answer, "duty-2", ref, 1, answers=values, form="written", **reason, seen=desk.look(ref))
    _consulted(desk, ref)
    desk.do(record_fact, "duty-2", ref, "indicia", kind="name_on_stern", value="BAR TEST", attachments=[FILE])
    desk.do(record_fact, "duty-2", ref, "claims", state="XA", by="master", attachments=[FILE])
    asked = {"response": "nobody_in_charge", "question": "nationality", "asked_by": "boarding officer"}
    desk.do(record_fact, "duty-2", ref, "claims", **asked, attachments=[FILE])
    desk.do(record_fact, "duty-2", ref, "events", kind="boarding", words="Aboard.", attachments=[FILE])
    desk.pass_time(12 * 60 + 1)
    return ref


def _decided(desk: LiveDesk, ref: str, answers: list[dict[str, Any]]) -> None:
    asked = {"detain": "no", "persons": "not_stated"} if answers[0]["measure"] == "seize" else {}
    told = {"answers": answers, "by": OSEI, "line": "phone", "words": "Do it.", "asked": asked}
    desk.do(record_decision, "duty-2", ref, 1, **told, seen=desk.look(ref))
    desk.settle()


def _answered(desk: LiveDesk, ref: str) -> None:
    items = [{"measure": "seize", "value": "granted", "words": "You may seize."}]
    told = {"answers": items, "form": "written", "decision": 1, "by": OSEI}
    desk.do(give_answer, "duty-2", ref, 1, **told, seen=desk.look(ref))


def _consulted(desk: LiveDesk, ref: str) -> None:
    question = {
        "agency": "Ministry of Justice",
        "contact": JUDGE,
        "question": "Any objection?",
        "channel": "phone",
    }
    desk.do(ask_agency, "duty-2", ref, **question, exchange=1, due_at="2026-11-21T20:00:00Z")
    answer = {
        "by": JUDGE,
        "words": "None, on condition.",
        "value": "no_objection",
        "conditions": ["By day only."],
    }
    desk.do(answer_agency, "duty-2", ref, 1, **answer, attachments=[FILE])
    by = {"name": "Rear Admiral Sola", "office": "Fleet command"}
    cleared = {
        "measures": ["board", "seize"],
        "value": "no_objection_with_conditions",
        "conditions": ["Report."],
    }
    desk.do(record_clearance, "duty-2", ref, by=by, **cleared, words="No objection.", exchange=1)
