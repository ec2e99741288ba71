"""What is done by the calendar, each harmless when done twice: APScheduler's part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.triggers.cron import CronTrigger

from cna_service.workflow import (
    nodes,
    phone_test_calendar,
    roster_checks,
    self_test,
    upkeep,
    watch_calendar,
    watch_digest,
)
from cna_service.workflow.audit_summonses import SummonsAudit
from cna_service.workflow.service import Service


@dataclass(frozen=True, slots=True)
class Duty:
    name: str
    trigger: Any
    act: Callable[[Service], None]


DUTIES = (
    Duty("verify", CronTrigger(hour=2, minute=17, timezone="UTC"), upkeep.verify_daily),
    Duty("compare-timers", CronTrigger(minute=7, timezone="UTC"), upkeep.compare_timers),
    Duty("forget", CronTrigger(hour=3, minute=41, timezone="UTC"), upkeep.forget_expired),
    Duty("rosters", CronTrigger(hour=6, minute=23, timezone="UTC"), roster_checks.check_nightly),
    Duty("phone-tests", CronTrigger(minute="*/5", timezone="UTC"), phone_test_calendar.look),
    Duty("forget-codes", CronTrigger(hour=3, minute=47, timezone="UTC"), phone_test_calendar.forget),
    Duty("watch-accounts", CronTrigger(minute="*", timezone="UTC"), watch_calendar.follow_accounts),
    Duty("check-ins", CronTrigger(minute="*", timezone="UTC"), watch_calendar.CheckIns()),
    Duty("watch-digest", CronTrigger(hour=5, minute=10, timezone="UTC"), watch_digest.send_daily),
    Duty("audit-summonses", CronTrigger(minute="1-59/3", timezone="UTC"), SummonsAudit()),
    Duty("self-test", CronTrigger(hour="*/6", minute=23, timezone="UTC"), self_test.self_test_on_schedule),
    Duty("forget-watch", CronTrigger(hour=3, minute=47, timezone="UTC"), nodes.forget_old),
    Duty("heartbeat", CronTrigger(minute=0, timezone="UTC"), upkeep.heartbeat),
)
"""Times in UTC: cron in local time fires twice in the repeated hour."""
