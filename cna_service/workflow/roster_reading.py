"""The rosters as everybody asks them: what the stream ``duty`` says, with the accounts that were disabled meanwhile.

Whoever wants to know who has the watch takes the rosters from here and asks ``duty.rules.who_has_the_watch``: screen,
calendar, interface, command line and climb cannot differ then.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from cna_service.duty.rules import Rosters
from cna_service.identity.officers import Officers
from cna_service.workflow.projections import DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.service import Reader
from cna_service.workflow.work import Work


def rosters_of(reader: Reader) -> Rosters:
    """As a reader sees them."""
    return with_accounts(reader.stream(DUTY).of(ROSTERS), reader.stream(DESK).of(OFFICERS))


def rosters_in(work: Work) -> Rosters:
    """As a command sees them, with what it has appended."""
    return with_accounts(work.of(ROSTERS, DUTY), work.of(OFFICERS, DESK))


def with_accounts(rosters: Rosters, officers: Officers) -> Rosters:
    """A disabled account has no watch: since it was disabled, until it was enabled again."""
    away = {officer.id: officer.disabled for officer in officers.by_id.values() if officer.disabled}
    return replace(rosters, away=MappingProxyType(away)) if away else rosters
