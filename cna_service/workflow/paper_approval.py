"""The second person of a paper: another officer than the drafter, of a role that the two-person rules name.

A certificate and a release are held back by their own verbs whatever the rules say; the rules say who may let them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.identity.permissions import Action
from cna_service.identity.rules import NotPermitted
from cna_service.workflow.second_person import SamePerson, needs_second
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


def second_person(
    service: Service, work: Work, act: str, kind: str, action: Action, drafted_by: Mapping[str, Any]
) -> dict[str, Any]:
    """``{"rule": …}`` for the entry, or nothing without a rule. Raises SamePerson, NotPermitted."""
    if drafted_by.get("id") == work.actor.id:
        raise SamePerson("You drafted it yourself; another officer must read it.")
    policy = service.policies.two_person
    rule = needs_second(policy, act, kind=kind)
    if rule is None:
        return {}
    if work.actor.role not in rule.by:
        who = ", ".join(rule.by)
        raise NotPermitted(
            f"The rule {rule.id} leaves this to: {who}.", action=str(action), role=work.actor.role
        )
    work.cite(*service.policies.text_of(policy.sha256))
    return {"rule": rule.as_json()}
