"""Looking at the weeks ahead: at every edit of a roster, and every night. Told once, shown as long as it is so.

What is true if we die before the commit: nothing was edited and nothing found. After it: the entry says what is known,
and only what is not in it is told anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cna_service.duty.findings import AHEAD, ContactStanding, Finding, calendars_in_use, look
from cna_service.duty.local_time import tzdata_version
from cna_service.duty.rules import Rosters, shifts
from cna_service.escalation.ladders import Who
from cna_service.escalation.rules import People
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.contact_standing import standings
from cna_service.workflow.people import people
from cna_service.workflow.projections import DESK, DUTY, OFFICERS
from cna_service.workflow.roster_calendars import load_year
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.roster_words import says
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.work import Work

LOW, URGENT = "roster_gap", "roster_gap_urgent"
_TOLD = 40
"""So many findings stand in a mail; the page Watch has all."""
_PLANNED = 150
"""So many hand-overs are kept with each look, to see what a change of the zone rules moves."""
_BY_ACCOUNT = (Who.SUPERVISOR, Who.ADMINISTRATOR, Who.DECIDER, Who.LEGAL_ADVISER)
"""Rungs that accounts fill; those of the watch's posts are gaps where they are empty."""


def findings(service: Service, work: Work) -> tuple[Finding, ...]:
    """What is wrong with the next thirty days, as of this command."""
    rosters = rosters_in(work)
    return (
        *look(
            rosters,
            work.now,
            standings=known_standings(service, Reader(work.connection, work.folds, work.now)),
            empty_rungs=_empty_rungs(service, people(work, None)),
        ),
        *_moved(rosters, work.now, tzdata_version()),
    )


def findings_of(service: Service, reader: Reader) -> tuple[Finding, ...]:
    """The same for whoever only looks."""
    stamp = service.stamp(SERVICE, reader.now)
    held = {DUTY: reader.stream(DUTY), DESK: reader.stream(DESK)}
    work = Work(
        reader.connection, reader.folds, stamp, SERVICE, reader.now, DUTY, held, zone=service.desk.zone
    )
    return findings(service, work)


def known_standings(service: Service, reader: Reader) -> Sequence[ContactStanding] | None:
    """What is known of contacts; in an exercise nobody proves his telephone, and nothing is said of it."""
    return None if service.desk.is_exercise else standings(reader)


def _empty_rungs(service: Service, on: People) -> list[str]:
    """Whom ladders name and nobody is: such a rung is skipped at every climb."""
    ladders = service.policies.ladders.by_id.values()
    named = {who for ladder in ladders for rung in ladder.rungs for who in rung.who}
    named |= {who for ladder in ladders for who in ladder.last_resort.who}
    return [who.value for who in _BY_ACCOUNT if who in named and not on(who)]


def note_findings(service: Service, work: Work, *, nightly: bool = False) -> tuple[Finding, ...]:
    """Called at the end of every edit: an entry where something changed, an alert for what is new.

    In an exercise nobody is summoned for it: the roster there is an example.
    """
    found = findings(service, work)
    before = rosters_in(work).checked
    known = frozenset() if before is None else before.findings
    now = frozenset(f.key for f in found)
    tzdata = tzdata_version()
    if nightly or now != known or before is None or before.tzdata != tzdata:
        work.append(_checked(rosters_in(work), found, work.now, tzdata), DUTY)
    if not service.desk.is_exercise:
        _tell(service, work, [f for f in found if f.key not in known], found)
    return found


def _tell(service: Service, work: Work, new: Sequence[Finding], found: Sequence[Finding]) -> None:
    if not any(f.is_urgent for f in found):
        close_alerts(work, "settled", stream=DUTY, kinds={URGENT})
    if not found:
        close_alerts(work, "settled", stream=DUTY, kinds={LOW})
    for kind, is_urgent in ((URGENT, True), (LOW, False)):
        concerned = [f for f in new if f.is_urgent is is_urgent]
        if concerned:
            starts = [f.starts_at for f in concerned if f.starts_at is not None]
            officers = work.of(OFFICERS, DESK)
            words = "\n".join(f"- {says(f, officers)}" for f in concerned[:_TOLD])
            facts = {"findings": sorted({f.kind for f in concerned}), "count": len(concerned), "words": words}
            due_at = min(starts, default=None) if is_urgent else None
            due_at = due_at if due_at is not None and due_at > work.now + timedelta(minutes=1) else None
            raise_alert(service, work, kind, stream=DUTY, facts=facts, due_at=due_at)


def _checked(rosters: Rosters, found: Sequence[Finding], now: datetime, tzdata: str) -> Draft:
    body: dict[str, Any] = {
        "findings": sorted({f.key for f in found}),
        "tzdata": tzdata,
        "planned": [
            {"post": post, "officer": officer, "at": to_text(at)}
            for post, officer, at in _planned(rosters, now)
        ],
        "moved": [{"post": f.post, "officer": f.officer, "from": f.also, "to": to_text(f.starts_at)}
                  for f in found if f.kind == "zone_moved" and f.starts_at is not None],
    }  # fmt: skip
    return Draft("roster.checked", body)


def _planned(rosters: Rosters, now: datetime) -> list[tuple[str, str, datetime]]:
    ahead = [s for s in shifts(rosters, now, now + AHEAD) if s.officer and s.starts_at > now]
    soonest = sorted(ahead, key=lambda s: (s.starts_at, s.post))[:_PLANNED]
    return [(s.post, str(s.officer), s.starts_at) for s in soonest]


def _moved(rosters: Rosters, now: datetime, tzdata: str) -> list[Finding]:
    """What other zone rules make of the hand-overs that the last look had planned."""
    before = rosters.checked
    if before is None or before.tzdata in (None, tzdata):
        return []
    return moved_hand_overs(before.planned, _planned(rosters, now), now)


def moved_hand_overs(
    planned: Sequence[tuple[str, str, datetime]],
    now_planned: Sequence[tuple[str, str, datetime]],
    now: datetime,
) -> list[Finding]:
    """Hand-overs that are no longer at their instant, each with the nearest one of the same post and officer."""
    stays = set(now_planned)
    found = []
    for post, officer, at in planned:
        if at <= now or (post, officer, at) in stays:
            continue
        near = [
            new
            for p, o, new in now_planned
            if (p, o) == (post, officer) and abs(new - at) < timedelta(hours=25)
        ]
        if near:
            new = min(near, key=lambda instant: abs(instant - at))
            found.append(Finding("zone_moved", post, officer, new, also=to_text(at), mark=to_text(at)))
    return found


def check_nightly(service: Service) -> None:
    """The housekeeping's look. Holidays that will be wanted are loaded first."""
    if service.desk.is_exercise:
        return
    with service.write(SERVICE, Action.DUTY_CHANGE, DUTY) as work:
        load_missing(work)
        note_findings(service, work, nightly=True)


def load_missing(work: Work) -> None:
    """The holidays of this year and the next, for every calendar that a roster asks for."""
    rosters = rosters_in(work)
    for calendar in calendars_in_use(rosters, work.now):
        known = rosters.holidays.get(calendar)
        for year in (work.now.year, work.now.year + 1):
            if known is None or year not in known.years:
                load_year(work, calendar, year)
