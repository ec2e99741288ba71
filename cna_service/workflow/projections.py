"""How every stream is read: which slice folds what, and the table of all entry types."""

from __future__ import annotations

from typing import Any

from cna_service.agreements import law
from cna_service.agreements.law import LawBook
from cna_service.alerts import lines_fold
from cna_service.alerts.lines_fold import Lines
from cna_service.cases import fold as case_fold
from cna_service.cases.record import CaseRecord
from cna_service.cases.types import ENTRY_TYPES as CASE_TYPES
from cna_service.directory import rules as directory_rules
from cna_service.directory.rules import Directory
from cna_service.duty import fallback as duty_fallback
from cna_service.duty import relief as duty_relief
from cna_service.duty import relief_types
from cna_service.duty import rules as duty_rules
from cna_service.duty.fallback import Fallback
from cna_service.duty.relief import WatchLife
from cna_service.duty.rules import Rosters
from cna_service.escalation import entry_types as alert_types
from cna_service.escalation.fold import apply_escalation
from cna_service.escalation.state import Escalations
from cna_service.identity import contacts as identity_contacts
from cna_service.identity import delegations as identity_delegations
from cna_service.identity import officers as identity_officers
from cna_service.identity import phone_tests as identity_tests
from cna_service.identity.delegations import Delegations
from cna_service.identity.officers import Officers
from cna_service.identity.phone_tests import PhoneTests
from cna_service.intake import desk_calls
from cna_service.intake.desk_calls import Calls
from cna_service.ledger.entry import TypeTable
from cna_service.ledger.folds import Projection
from cna_service.workflow.announced_state import ANNOUNCED_TYPES, Announced, apply_announced
from cna_service.workflow.desk_state import DESK_TYPES, DeskState, apply_desk
from cna_service.workflow.watching_state import WATCHING_TYPES, Watching, apply_watching

DESK, DUTY, DIRECTORY, REGISTRY, LOG = "desk", "duty", "directory", "registry", "log"
STREAMS = (DESK, DUTY, DIRECTORY, REGISTRY, LOG)
"""The streams that every database has from its first start; cases add ``case:<ref>``."""


def case_stream(ref: str) -> str:
    return f"case:{ref}"


CASE: Projection[CaseRecord] = Projection("case", ("case:",), case_fold.begin, case_fold.apply)
ALERTS: Projection[Escalations] = Projection(
    "alerts", ("case:", DESK, DUTY), lambda _: Escalations(), apply_escalation
)
OFFICERS: Projection[Officers] = Projection(
    "officers", (DESK,), lambda _: Officers(), identity_officers.apply_officers
)
PHONE_TESTS: Projection[PhoneTests] = Projection(
    "phone_tests", (DESK,), lambda _: PhoneTests(), identity_tests.apply_phone_tests
)
DELEGATIONS: Projection[Delegations] = Projection(
    "delegations", (DESK,), lambda _: Delegations(), identity_delegations.apply_delegations
)
LAW: Projection[LawBook] = Projection("law", (DESK,), lambda _: LawBook(), law.apply_law)
ROSTERS: Projection[Rosters] = Projection("rosters", (DUTY,), lambda _: Rosters(), duty_rules.apply_duty)
WATCH_LIFE: Projection[WatchLife] = Projection(
    "watch_life", (DUTY,), lambda _: WatchLife(), duty_relief.apply_watch_life
)
LISTED: Projection[Directory] = Projection(
    "listed", (DIRECTORY,), lambda _: Directory(), directory_rules.apply_directory
)
DESK_STATE: Projection[DeskState] = Projection(
    "desk_state", (DESK, REGISTRY, LOG), lambda _: DeskState(), apply_desk
)
LINES: Projection[Lines] = Projection("lines", (DESK,), lambda _: Lines(), lines_fold.apply_lines)
CALLS: Projection[Calls] = Projection("calls", ("case:", DESK), lambda _: Calls(), desk_calls.apply_calls)
FALLBACK: Projection[Fallback] = Projection(
    "fallback", (DUTY,), lambda _: Fallback(), duty_fallback.apply_fallback
)
ANNOUNCED: Projection[Announced] = Projection("announced", (DESK,), lambda _: Announced(), apply_announced)
WATCHING: Projection[Watching] = Projection("watching", (DESK,), lambda _: Watching(), apply_watching)

PROJECTIONS: tuple[Projection[Any], ...] = (
    CASE,
    ALERTS,
    OFFICERS,
    PHONE_TESTS,
    DELEGATIONS,
    LAW,
    ROSTERS,
    WATCH_LIFE,
    LISTED,
    DESK_STATE,
    CALLS,
    FALLBACK,
    LINES,
    WATCHING,
    ANNOUNCED,
)

TYPES = TypeTable(
    (
        *CASE_TYPES,
        *alert_types.ENTRY_TYPES,
        *lines_fold.ENTRY_TYPES,
        *law.ENTRY_TYPES,
        *duty_rules.ENTRY_TYPES,
        *relief_types.ENTRY_TYPES,
        *directory_rules.ENTRY_TYPES,
        *identity_officers.ENTRY_TYPES,
        *identity_contacts.ENTRY_TYPES,
        *identity_tests.ENTRY_TYPES,
        *identity_delegations.ENTRY_TYPES,
        *DESK_TYPES,
        *WATCHING_TYPES,
        *ANNOUNCED_TYPES,
        *desk_calls.ENTRY_TYPES,
        *duty_fallback.ENTRY_TYPES,
    )
)
