"""The permission table, walked whole: every role times every action."""

from __future__ import annotations

import pytest

from cna_service.identity.actors import SERVICE, Actor, authority_actor, system_actor
from cna_service.identity.permissions import (
    OFFICER_ROLES,
    PERMISSIONS,
    ROLE_WORDS,
    Action,
    Role,
    may,
    require,
)
from cna_service.identity.rules import NotPermitted

A = Action
READS = {
    A.HEALTH_READ,
    A.CASE_READ,
    A.CASE_LIST,
    A.ALERT_READ,
    A.DUTY_READ,
    A.RULES_READ,
    A.LEDGER_READ,
    A.LEDGER_VERIFY,
    A.STATISTICS_READ,
    A.DIRECTORY_READ,
    A.DELEGATION_READ,
}
OWN = {A.CREDENTIAL_SET, A.OWN_CONTACTS}
LAW = {A.PROVISION_ADOPT, A.PARTICIPATION_NOTE, A.RULES_READ}
DECISIONS = {
    A.EXCHANGE_OPEN,
    A.EXCHANGE_ACKNOWLEDGE,
    A.EXCHANGE_ASK,
    A.EXCHANGE_EXTEND,
    A.EXCHANGE_WITHDRAW,
    A.STANDING_RECORD,
    A.DECISION_RECORD,
    A.DECISION_CONFIRM,
    A.DECISION_CALL,
    A.CONSULTATION_ASK,
    A.CLEARANCE_RECORD,
    A.ANSWER_GIVE,
    A.ANSWER_CONVEY,
    A.ANSWER_CONFIRM,
    A.LAPSE_RECORD,
    A.BASIS_REBASE,
    A.INSTRUCTION_GIVE,
    A.CASE_CLOSE,
    A.CASE_REOPEN,
    A.CERTIFICATE_DRAFT,
    A.CERTIFICATE_APPROVE,
    A.CLOCK_DECIDE,
}
CASE_VERBS = DECISIONS - {A.CLOCK_DECIDE} | {
    A.SUBMISSION_RECEIVE,
    A.CASE_OPEN,
    A.CASE_READ,
    A.CASE_LIST,
    A.COMMUNICATION_LOG,
    A.CLAIM_RECORD,
    A.SEARCH_MAKE,
    A.ACTION_RECORD,
    A.CASE_LINK,
    A.CASE_NOTE,
}


def actor_in(role: Role, *, is_enabled: bool = True) -> Actor:
    if role == Role.SERVICE:
        return SERVICE
    if role == Role.AUTHORITY:
        return authority_actor("mrcc-xb", state="XB")
    if role == Role.SYSTEM:
        return system_actor("fusion-centre")
    return Actor("officer", id="u-1", role=role, is_enabled=is_enabled)


def allowed(role: Role) -> set[Action]:
    return {action for action in Action if may(actor_in(role), action)}


def test_rule_9_2_every_action_has_a_line_and_every_role_can_do_something() -> None:
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS[action] for action in Action)
    assert set(ROLE_WORDS) == set(Role)
    assert all(allowed(role) for role in Role)


@pytest.mark.parametrize("role", list(Role))
def test_rule_9_2_may_says_what_the_table_says_and_nothing_else(role: Role) -> None:
    assert allowed(role) == {action for action, roles in PERMISSIONS.items() if role in roles}


def test_rule_9_2_the_auditor_reads_verifies_exports_and_changes_nothing_of_any_case() -> None:
    assert allowed(Role.AUDITOR) == READS | OWN | {A.LOG_EXPORT}


def test_rule_9_2_the_administrator_has_accounts_and_technical_settings_neither_cases_nor_law() -> None:
    may_do = allowed(Role.ADMINISTRATOR)
    assert not may_do & (
        CASE_VERBS | LAW | {A.LOG_EXPORT, A.REGISTRY_SEARCH, A.LEDGER_READ, A.STATISTICS_READ}
    )
    assert may_do >= {A.OFFICER_CHANGE, A.CREDENTIAL_RESET, A.POLICY_APPLY, A.BACKUP_MAKE}


def test_rule_9_2_only_the_administrator_and_the_service_touch_accounts() -> None:
    for action in (A.OFFICER_CHANGE, A.CREDENTIAL_RESET):
        assert PERMISSIONS[action] == {Role.ADMINISTRATOR, Role.SERVICE}


def test_rule_9_2_only_the_legal_adviser_adopts_a_provision() -> None:
    assert PERMISSIONS[A.PROVISION_ADOPT] == {Role.LEGAL_ADVISER}
    assert not allowed(Role.LEGAL_ADVISER) & {
        A.DECISION_RECORD,
        A.ANSWER_GIVE,
        A.LAPSE_RECORD,
        A.INSTRUCTION_GIVE,
    }


def test_rule_9_2_the_records_officer_decides_nothing_at_sea() -> None:
    assert allowed(Role.RECORDS_OFFICER) & DECISIONS == {A.CERTIFICATE_DRAFT}


def test_the_service_decides_nothing() -> None:
    assert not allowed(Role.SERVICE) & (DECISIONS | {A.PROVISION_ADOPT, A.ALERT_ACKNOWLEDGE, A.CASE_READ})


def test_an_authority_may_what_its_token_says_and_no_more() -> None:
    assert allowed(Role.AUTHORITY) == {
        A.SUBMISSION_RECEIVE,
        A.CASE_READ,
        A.CASE_LIST,
        A.ANSWER_GIVE,
        A.EXCHANGE_ASK,
        A.EXCHANGE_EXTEND,
        A.ANSWER_CONFIRM,
        A.EXCHANGE_WITHDRAW,
    }
    assert allowed(Role.SYSTEM) == {A.SUBMISSION_RECEIVE}


def test_the_tick_is_the_services_alone() -> None:
    assert PERMISSIONS[A.SERVICE_TICK] == {Role.SERVICE}


def test_whoever_drafts_a_certificate_finds_a_second_role_to_release_it() -> None:
    assert PERMISSIONS[A.CERTIFICATE_DRAFT] - PERMISSIONS[A.CERTIFICATE_APPROVE]
    assert Role.DUTY_OFFICER not in PERMISSIONS[A.CERTIFICATE_APPROVE]


@pytest.mark.parametrize("role", sorted(OFFICER_ROLES))
def test_an_officer_who_is_disabled_may_nothing(role: Role) -> None:
    assert not [action for action in Action if may(actor_in(role, is_enabled=False), action)]


@pytest.mark.parametrize("role", ["", "service", "authority", "system", "admin", "duty_officer "])
def test_an_officer_cannot_take_a_role_that_is_not_an_officers(role: str) -> None:
    assert not [action for action in Action if may(Actor("officer", id="u-1", role=role), action)]


def test_a_role_written_on_an_authority_gives_it_nothing() -> None:
    forged = Actor("authority", id="mrcc-xb", state="XB", role="supervisor")
    assert not may(forged, A.DECISION_RECORD)


def test_what_is_not_permitted_names_who_may() -> None:
    with pytest.raises(NotPermitted) as refused:
        require(actor_in(Role.AUDITOR), A.LAPSE_RECORD)
    assert refused.value.detail == "lapse.record is for: decider, duty_officer, supervisor."
    assert refused.value.facts == {"action": "lapse.record", "role": "auditor"}
    with pytest.raises(NotPermitted, match="disabled"):
        require(actor_in(Role.SUPERVISOR, is_enabled=False), A.CASE_READ)
    with pytest.raises(NotPermitted, match="no officer"):
        require(actor_in(Role.SUPERVISOR), A.SERVICE_TICK)
    require(actor_in(Role.SUPERVISOR), A.CASE_READ)


def test_rule_6_1_who_may_decide_is_noted_by_the_supervisor_or_the_legal_adviser() -> None:
    assert PERMISSIONS[A.DELEGATION_NOTE] == {Role.SUPERVISOR, Role.LEGAL_ADVISER, Role.SERVICE}
