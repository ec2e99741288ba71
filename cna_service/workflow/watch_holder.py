"""Whom a rung that names the holder summons, once the watch has changed hands (desk-rules 3.5)."""

from __future__ import annotations

from cna_service.duty.relief_rules import stands_for_holder
from cna_service.duty.rules import Watch
from cna_service.escalation.ladders import Who
from cna_service.escalation.rules import Climb, Exhausted
from cna_service.escalation.state import Alert


def is_asked_again(alert: Alert, step: Climb | Exhausted) -> bool:
    """Whether an earlier step of this climb named the holder: from the second on the former holder is summoned too."""
    if isinstance(step, Exhausted) or alert.round > 1:
        return True
    return any(Who.HOLDER in rung.who for rung in alert.ladder.rungs[: step.rung.n - 1])


def for_holder(watch: Watch, holder: str | None, *, is_second: bool) -> list[str]:
    """The officers for whom ``holder`` stands in a rung now, in order."""
    return list(stands_for_holder(watch, holder, is_second=is_second))


def post_of_holder(watch: Watch, holder: str | None) -> Who:
    """The post above which ``above_holder`` begins: the holder's own, or that of the watch that has his case."""
    posts = (Who.DUTY_OFFICER, Who.DEPUTY, Who.SUPERVISOR)
    return next((p for p in posts if holder is not None and watch.posts.get(p.value) == holder), posts[0])
