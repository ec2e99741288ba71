"""The one permission table: which role may do what (desk-rules 9.2; api.md on authorities' tokens).

A line here is necessary, never sufficient: which case, exchange or alert a caller may touch, and which delegation
a decision needs, is asked by the verb itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cna_service.identity.actors import Actor
from cna_service.identity.rules import NotPermitted


class Role(StrEnum):
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"
    DECIDER = "decider"
    LEGAL_ADVISER = "legal_adviser"
    RECORDS_OFFICER = "records_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    AUTHORITY = "authority"
    SYSTEM = "system"
    SERVICE = "service"


ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.DUTY_OFFICER: "Duty officer: receives, asks, searches, answers, records.",
        Role.SUPERVISOR: "Supervisor: all that a duty officer may; releases certificates, keeps rosters and directory.",
        Role.DECIDER: "Decider: decides under a delegation, confirms what is recorded of it.",
        Role.LEGAL_ADVISER: "Legal adviser: adopts provisions, notes participation, opines.",
        Role.RECORDS_OFFICER: "Records officer: holds, releases and bundles; drafts certificates.",
        Role.AUDITOR: "Auditor: reads, verifies and exports; changes nothing of any case.",
        Role.ADMINISTRATOR: "Administrator: accounts and technical settings; neither cases nor law.",
        Role.AUTHORITY: "Another State's authority, by its token: its own cases and exchanges only.",
        Role.SYSTEM: "A connected system, by its token: sends submissions.",
        Role.SERVICE: "The service itself: receives, keeps time, summons; decides nothing.",
    }
)

OFFICER_ROLES = frozenset(Role) - {Role.AUTHORITY, Role.SYSTEM, Role.SERVICE}
"""Roles that an officer's account can have; the others follow from the kind of the actor."""


class Action(StrEnum):
    SUBMISSION_RECEIVE = "submission.receive"
    CASE_OPEN = "case.open"
    CASE_READ = "case.read"
    PAPER_TRANSCRIBE = "paper.transcribe"
    PAPER_COMPARE = "paper.compare"
    CASE_LIST = "case.list"
    COMMUNICATION_LOG = "communication.log"
    CLAIM_RECORD = "claim.record"
    EXCHANGE_OPEN = "exchange.open"
    EXCHANGE_ACKNOWLEDGE = "exchange.acknowledge"
    BASIS_REBASE = "basis.rebase"
    EXCHANGE_ASK = "exchange.ask"
    EXCHANGE_EXTEND = "exchange.extend"
    EXCHANGE_WITHDRAW = "exchange.withdraw"
    STANDING_RECORD = "standing.record"
    DECISION_RECORD = "decision.record"
    DECISION_CONFIRM = "decision.confirm"
    DECISION_CALL = "decision.call"
    DELEGATION_NOTE = "delegation.note"
    DELEGATION_READ = "delegation.read"
    CONSULTATION_ASK = "consultation.ask"
    CLEARANCE_RECORD = "clearance.record"
    ANSWER_GIVE = "answer.give"
    ANSWER_CONVEY = "answer.convey"
    ANSWER_CONFIRM = "answer.confirm"
    ANSWER_READ = "answer.read"
    LAPSE_RECORD = "lapse.record"
    APPROVAL_GIVE = "approval.give"
    INSTRUCTION_GIVE = "instruction.give"
    SEARCH_MAKE = "search.make"
    ACTION_RECORD = "action.record"
    CASE_LINK = "case.link"
    CASE_NOTE = "case.note"
    CASE_CLOSE = "case.close"
    CASE_REOPEN = "case.reopen"
    CERTIFICATE_DRAFT = "certificate.draft"
    CERTIFICATE_APPROVE = "certificate.approve"
    CERTIFICATE_DELIVER = "certificate.deliver"
    CHRONOLOGY_HAND_OUT = "chronology.hand_out"
    RELEASE_DRAFT = "release.draft"
    RELEASE_APPROVE = "release.approve"
    ALERT_ACKNOWLEDGE = "alert.acknowledge"
    ALERT_READ = "alert.read"
    ALERT_ESCALATE = "alert.escalate"
    WATCH_RELIEVE = "watch.relieve"
    RELIEF_COMPLETE = "relief.complete"
    DUTY_READ = "duty.read"
    DUTY_CHANGE = "duty.change"
    DUTY_ASK = "duty.ask"
    OFFICER_CHANGE = "officer.change"
    OWN_CONTACTS = "own_contacts.change"
    OFFICERS_CONTACTS = "officers_contacts.change"
    CREDENTIAL_SET = "credential.set"
    CREDENTIAL_RESET = "credential.reset"
    AUTHORITY_CHANGE = "authority.change"
    DIRECTORY_READ = "directory.read"
    CONTACT_VERIFY = "contact.verify"
    CONTACT_TRY = "contact.try"
    STATEMENT_KEEP = "statement.keep"
    CONFLICT_RECONCILE = "conflict.reconcile"
    STATE_PASS_OVER = "state.pass_over"
    PROVISION_ADOPT = "provision.adopt"
    PARTICIPATION_NOTE = "participation.note"
    REGISTRY_IMPORT = "registry.import"
    REGISTRY_SEARCH = "registry.search"
    RULES_READ = "rules.read"
    LEDGER_READ = "ledger.read"
    LEDGER_VERIFY = "ledger.verify"
    LOG_EXPORT = "log.export"
    STATISTICS_READ = "statistics.read"
    POLICY_APPLY = "policy.apply"
    CLOCK_DECIDE = "clock.decide"
    EXERCISE_DRIVE = "exercise.drive"
    SERVICE_TICK = "service.tick"
    BACKUP_MAKE = "backup.make"
    HEALTH_READ = "health.read"
    HEARTBEAT_SET = "heartbeat.set"
    MONITOR_REHEARSE = "monitor.rehearse"
    PROVIDER_SWITCH = "provider.switch"


_DESK = frozenset({Role.DUTY_OFFICER, Role.SUPERVISOR})
_DECIDING = _DESK | {Role.DECIDER}
_READERS = _DECIDING | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER, Role.AUDITOR}
_THEIRS = frozenset({Role.AUTHORITY})
_OURSELVES = frozenset({Role.SERVICE})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_SUPERVISOR = frozenset({Role.SUPERVISOR})

PERMISSIONS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.SUBMISSION_RECEIVE: _DESK | _THEIRS | _OURSELVES | {Role.SYSTEM},
        Action.CASE_OPEN: _DESK | _OURSELVES,
        Action.CASE_READ: _READERS | _THEIRS,
        # Each act on the paper asks for its own permission too.
        Action.PAPER_TRANSCRIBE: _DESK,
        Action.PAPER_COMPARE: _DECIDING | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.CASE_LIST: _READERS | _THEIRS,
        Action.COMMUNICATION_LOG: _DECIDING,
        Action.CLAIM_RECORD: _DESK,
        Action.EXCHANGE_OPEN: _DESK,
        Action.EXCHANGE_ACKNOWLEDGE: _DESK,
        Action.BASIS_REBASE: _DESK,
        Action.EXCHANGE_ASK: _DECIDING | _THEIRS,
        Action.EXCHANGE_EXTEND: _DECIDING | _THEIRS,
        Action.EXCHANGE_WITHDRAW: _DECIDING | _THEIRS,
        Action.STANDING_RECORD: _DESK,
        Action.DECISION_RECORD: _DECIDING,
        Action.DECISION_CONFIRM: _DECIDING,
        Action.DECISION_CALL: _DESK,
        # Who may decide is noted by somebody who does not work on the case of the night (desk-rules 6.1).
        Action.DELEGATION_NOTE: _SUPERVISOR | {Role.LEGAL_ADVISER} | _OURSELVES,
        Action.DELEGATION_READ: _READERS | _ADMINISTRATOR,
        Action.CONSULTATION_ASK: _DECIDING | {Role.LEGAL_ADVISER},
        Action.CLEARANCE_RECORD: _DECIDING,
        Action.ANSWER_GIVE: _DECIDING | _THEIRS,
        Action.ANSWER_CONVEY: _DECIDING,
        Action.ANSWER_CONFIRM: _DECIDING | _THEIRS,
        # What a writing means that differs from the word is read by who answers for it, or by the legal adviser.
        Action.ANSWER_READ: _DECIDING | {Role.LEGAL_ADVISER},
        Action.LAPSE_RECORD: _DECIDING,
        # The rule that an approval falls under names its roles among these (config/two_person.toml).
        Action.APPROVAL_GIVE: _DECIDING | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.INSTRUCTION_GIVE: _DESK,
        Action.SEARCH_MAKE: _DESK,
        Action.ACTION_RECORD: _DESK,
        Action.CASE_LINK: _DESK | {Role.RECORDS_OFFICER},
        Action.CASE_NOTE: _DECIDING | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.CASE_CLOSE: _DESK,
        Action.CASE_REOPEN: _DESK,
        Action.CERTIFICATE_DRAFT: _DESK | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.CERTIFICATE_APPROVE: _SUPERVISOR | {Role.DECIDER},
        Action.CHRONOLOGY_HAND_OUT: _SUPERVISOR | {Role.RECORDS_OFFICER},
        Action.CERTIFICATE_DELIVER: _DESK | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.RELEASE_DRAFT: _DECIDING | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.RELEASE_APPROVE: _SUPERVISOR | {Role.DECIDER, Role.LEGAL_ADVISER},
        # The administrator is summoned for the desk itself and when a ladder is exhausted (record.md).
        Action.ALERT_ACKNOWLEDGE: _DECIDING | {Role.LEGAL_ADVISER} | _ADMINISTRATOR,
        # Attempts, receipts and numbers called: nothing of the case stands in a summons (desk-rules 2.6).
        Action.ALERT_READ: _READERS | _ADMINISTRATOR,
        # Whoever is summoned may have the next person called: by key, by text, on the screen.
        Action.ALERT_ESCALATE: _DECIDING | {Role.LEGAL_ADVISER} | _ADMINISTRATOR | _OURSELVES,
        Action.WATCH_RELIEVE: _DESK,
        # A relief whose officer is gone is ended by somebody who answers for both.
        Action.RELIEF_COMPLETE: _SUPERVISOR,
        Action.DUTY_READ: _READERS | _ADMINISTRATOR | _OURSELVES,
        Action.DUTY_CHANGE: _SUPERVISOR | _OURSELVES,
        # His own absence, a swap of his own watch, a link to his own calendar; another's is a change of the roster.
        Action.DUTY_ASK: _DESK,
        Action.OFFICER_CHANGE: _ADMINISTRATOR | _OURSELVES,
        # How he is woken is everybody's own affair; for another's it is whoever answers for roster or accounts.
        Action.OWN_CONTACTS: OFFICER_ROLES,
        Action.OFFICERS_CONTACTS: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        Action.CREDENTIAL_SET: OFFICER_ROLES,
        Action.CREDENTIAL_RESET: _ADMINISTRATOR | _OURSELVES,
        Action.AUTHORITY_CHANGE: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        Action.DIRECTORY_READ: _READERS | _ADMINISTRATOR,
        # Who has the number in hand at night proves it, or finds it wrong.
        Action.CONTACT_VERIFY: _DESK,
        Action.CONTACT_TRY: _DESK,
        Action.STATEMENT_KEEP: _DESK | {Role.LEGAL_ADVISER, Role.RECORDS_OFFICER},
        Action.CONFLICT_RECONCILE: _DESK | {Role.LEGAL_ADVISER},
        Action.STATE_PASS_OVER: _DECIDING | {Role.LEGAL_ADVISER},
        # Never the service: a file can say sourced, only the legal adviser adopts (desk-rules 10.3).
        Action.PROVISION_ADOPT: frozenset({Role.LEGAL_ADVISER}),
        Action.PARTICIPATION_NOTE: _OURSELVES | {Role.LEGAL_ADVISER},
        Action.REGISTRY_IMPORT: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        Action.REGISTRY_SEARCH: _DECIDING | {Role.LEGAL_ADVISER},
        Action.RULES_READ: _READERS,
        Action.LEDGER_READ: _READERS,
        Action.LEDGER_VERIFY: _READERS | _ADMINISTRATOR | _OURSELVES,
        Action.LOG_EXPORT: _SUPERVISOR | {Role.RECORDS_OFFICER, Role.AUDITOR},
        Action.STATISTICS_READ: _READERS,
        Action.POLICY_APPLY: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        Action.CLOCK_DECIDE: _SUPERVISOR | _ADMINISTRATOR,
        Action.EXERCISE_DRIVE: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        Action.SERVICE_TICK: _OURSELVES,
        Action.BACKUP_MAKE: _ADMINISTRATOR | _OURSELVES,
        # How the desk itself is: whoever sits at it must see that it cannot wake anybody.
        Action.HEALTH_READ: _READERS | _ADMINISTRATOR,
        Action.HEARTBEAT_SET: _SUPERVISOR | _ADMINISTRATOR | _OURSELVES,
        # A person stands for it that the outside monitor rang; the service cannot have heard it.
        Action.MONITOR_REHEARSE: _SUPERVISOR | _ADMINISTRATOR,
        Action.PROVIDER_SWITCH: _SUPERVISOR | _ADMINISTRATOR,
    }
)


def role_of(actor: Actor) -> Role | None:
    """The row of the table that the actor stands in; None for an officer without a role an officer can have."""
    if actor.kind != "officer":
        return Role(actor.kind)
    return Role(actor.role) if actor.role in OFFICER_ROLES else None


def may(actor: Actor, action: Action) -> bool:
    """Whether the table lets this actor do this. What is not in the table is not allowed."""
    return actor.is_enabled and role_of(actor) in PERMISSIONS.get(action, frozenset())


def require(actor: Actor, action: Action) -> None:
    """Raise :class:`NotPermitted` unless :func:`may`."""
    if may(actor, action):
        return
    if not actor.is_enabled:
        raise NotPermitted("This account is disabled; ask the administrator.", action=str(action))
    needed = ", ".join(sorted(PERMISSIONS.get(action, frozenset()) & OFFICER_ROLES)) or "no officer"
    raise NotPermitted(f"{action} is for: {needed}.", action=str(action), role=str(role_of(actor) or "none"))
