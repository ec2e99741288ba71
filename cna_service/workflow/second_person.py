"""The two-person rule (desk-rules 6.5): asking a second officer about an act, and his answer.

A *before* rule holds the act back until another officer than its maker approved it. An *after* rule lets it count and
owes the approval; one that is not given is a lapse that alerts, never an undoing.

For a verb: ``rule = needs_second(service.policies.two_person, "certificate", kind=…)``; where there is one,
``ask_approval(service, work, rule, about={"certificate": 2}, words=…)`` in the command that makes the act, and
``refuse_held_back(work, "certificate", {"certificate": 2})`` in the command that lets it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cna_service.cases.record_deciding import Approval
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.arming import arm_own_clock
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alert, raise_alert
from cna_service.workflow.two_person import BEFORE, Rule, TwoPerson
from cna_service.workflow.work import Work


class SecondOfficerWanted(Conflict):
    code = "second-officer-wanted"
    title = "A second officer must approve this first"


class ApprovalSettled(Conflict):
    code = "approval-settled"
    title = "A second officer has answered this already"


class SamePerson(Conflict):
    code = "same-person"
    title = "The second officer is another person than the one who acted"


def needs_second(
    policy: TwoPerson, act: str, *, items: Iterable[tuple[str, str]] = (), kind: str = ""
) -> Rule | None:
    """The rule that an act falls under, a before-rule before an after-rule; None where one person is enough.

    ``items``: (measure, value) of an answer. ``kind``: of a certificate or release.
    """
    told = list(items)
    found = [rule for rule in policy.rules if rule.fits(act, told, kind)]
    return min(found, key=lambda rule: rule.when != BEFORE, default=None)


def ask_approval(
    service: Service,
    work: Work,
    rule: Rule,
    *,
    about: Mapping[str, Any],
    words: str | None = None,
    exchange: int | None = None,
) -> int:
    """Ask another officer about the act that this command makes, and summon who may approve; returns the number.

    ``about`` names the act in clear values; ``words`` are what will be read to the second officer. The maker is the
    command's actor.
    """
    n = len(work.case.deciding.approvals) + 1
    if service.policies.two_person.sha256:
        work.cite(*service.policies.text_of(service.policies.two_person.sha256))
    due_at = None if rule.within is None else work.now + rule.within
    subject = Subject(work.case.ref, exchange)
    kind = "approval_wanted" if rule.when == BEFORE else "approval_due"
    alert = raise_alert(service, work, kind, subject=subject, due_at=due_at)
    clock = None
    if due_at is not None:
        what = f"a second officer approves: {rule.act}"
        event = f"approval:{n}"
        clock = arm_own_clock(
            work, exchange, work.now, due_at, words=what, event=event, alert="approval_lapsed"
        )
    told = {
        "approval": n,
        "act": rule.act,
        "about": dict(about),
        "exchange": exchange,
        "rule": rule.as_json(),
        "policy_sha256": service.policies.two_person.sha256 or None,
        "maker": work.actor.as_entry(),
        "due_at": None if due_at is None else to_text(due_at),
        "alert": alert,
        "clock": clock,
        "words": words,
    }
    work.append(Draft("approval.asked", {k: v for k, v in told.items() if v is not None}))
    return n


def refuse_held_back(work: Work, act: str, about: Mapping[str, Any]) -> None:
    """Raises SecondOfficerWanted while a before-rule holds this act back, whether nobody answered or one refused."""
    approval = work.case.deciding.about(act, about)
    if approval is None or not approval.holds_back:
        return
    who = " or ".join(role.replace("_", " ") for role in approval.roles)
    why = "was refused" if approval.state == "refused" else "is not given yet"
    raise SecondOfficerWanted(
        f"Approval {approval.n} {why}: another officer than the maker ({who}) must approve.",
        approval=approval.n,
    )


def give_approval(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{approve: yes | no, words?, seen}``: the second officer's answer to approval ``n`` of the case.

    Raises Invalid, CaseMoved, SamePerson, ApprovalSettled, NotPermitted (the rule names other roles), NotFound.
    """
    asked = Asked(body)
    seen, approves = asked.number("seen", least=0), asked.word("approve", ("yes", "no"))
    words = asked.text("words")
    if approves == "no" and not words:
        asked.wrong("words", None, "is missing: why it is not approved", "say why")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.APPROVAL_GIVE, case_stream(ref), key=key) as work:
        approval = approval_of(work, n)
        work.refuse_if_moved(seen)
        settle(service, work, approval, approves=approves == "yes", words=words, how="console", seen=seen)
        return done(work, approval=n, state=approval_of(work, n).state)


def approval_of(work: Work, n: int) -> Approval:
    """Raises NotFound."""
    found = work.case.deciding.approval(n)
    if found is None:
        raise NotFound(f"the case has no approval {n}")
    return found


def settle(
    service: Service,
    work: Work,
    approval: Approval,
    *,
    approves: bool,
    words: str | None,
    how: str,
    seen: int | None = None,
    number: str | None = None,
) -> None:
    """Append the second officer's answer; a refusal summons who holds the case."""
    _check_second(work, approval)
    told = {
        "approval": approval.n,
        "act": approval.act,
        "about": dict(approval.about),
        "exchange": approval.exchange,
        "how": how,
        "late": True if approval.state == "lapsed" else None,
        "clock": approval.clock,
        "words": words,
        "from": number,
    }
    entry_type = "approval.given" if approves else "approval.refused"
    work.append(Draft(entry_type, {k: v for k, v in told.items() if v is not None}, seen=seen))
    if approval.alert is not None:
        close_alert(work, approval.alert, "approval_settled")
    if not approves:
        holder = work.of(ALERTS).holder(work.case.ref, approval.exchange)
        subject = Subject(work.case.ref, approval.exchange)
        raise_alert(
            service, work, "approval_refused", subject=subject, holder=holder or approval.maker.get("id")
        )


def _check_second(work: Work, approval: Approval) -> None:
    if not approval.is_open:
        by = approval.settled_by.get("name") or "another officer"
        raise ApprovalSettled(f"{by} answered it: {approval.state}.")
    if approval.maker.get("id") == work.actor.id:
        raise SamePerson("You made this yourself; another officer must look at it.")
    if work.actor.role not in approval.roles:
        who = ", ".join(approval.roles)
        raise NotPermitted(
            f"This approval is for: {who}.", action=str(Action.APPROVAL_GIVE), role=work.actor.role
        )
