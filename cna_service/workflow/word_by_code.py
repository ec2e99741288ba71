"""The word of the one person who was asked, by SMS with his code: a decision confirmed or corrected, an approval."""

from __future__ import annotations

from cna_service.alerts.store import Code
from cna_service.escalation.state import ASKS_A_PERSON, READ_BACK
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Refused
from cna_service.workflow import read_back, second_person
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service

_APPROVALS = ("approval_wanted", "approval_due")


def word_by_code(
    service: Service, actor: Actor, code: Code, *, says_yes: bool, words: str | None, number: str
) -> str:
    """Record it; returns the key of the text that answers him (escalation/words.py, WORD_ASKED).

    Without words a *no* changes nothing: he is asked what is wrong.
    """
    if code.kind not in ASKS_A_PERSON or code.kind == "decision_wanted":
        return "not_this"
    if not says_yes and not words:
        return "words_wanted"
    try:
        if code.kind == READ_BACK:
            return _decision(service, actor, code, says_yes=says_yes, words=words, number=number)
        return _approval(service, actor, code, says_yes=says_yes, words=words, number=number)
    except (Conflict, NotFound, Refused):
        return "refused"


def _decision(
    service: Service, actor: Actor, code: Code, *, says_yes: bool, words: str | None, number: str
) -> str:
    with service.write(actor, Action.DECISION_CONFIRM, code.stream) as work:
        found = next((r for r in work.case.deciding.read_backs if r.alert == code.alert), None)
        if found is None:
            raise NotFound("no decision was read back by this alert")
        read_back.settle(service, work, found, is_right=says_yes, words=words, how="sms", number=number)
        done(work)
    return "confirmed" if says_yes else "corrected"


def _approval(
    service: Service, actor: Actor, code: Code, *, says_yes: bool, words: str | None, number: str
) -> str:
    with service.write(actor, Action.APPROVAL_GIVE, code.stream) as work:
        found = next((a for a in work.case.deciding.approvals if a.alert == code.alert), None)
        if found is None:
            raise NotFound("no approval was asked by this alert")
        second_person.settle(service, work, found, approves=says_yes, words=words, how="sms", number=number)
        done(work)
    return "approved" if says_yes else "not_approved"
