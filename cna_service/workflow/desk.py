"""Whose desk this is: what the deployment says once, and every document and entry repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from cna_service.workflow.self_test_line import SelfTestLine


@dataclass(frozen=True, slots=True)
class Desk:
    """``state``: ISO 3166 alpha-2 (or XA to XZ in an exercise). ``zone``: the desk's local time.

    ``log_origin`` names the log in every entry and checkpoint; an exercise has another one, and references that
    begin with ``X-``, so that nothing made in it looks up or verifies in the real desk (desk-rules 15.1).
    """

    state: str
    name: str
    zone: str
    log_origin: str
    telephone: str
    public_url: str
    is_exercise: bool
    build: str
    mail_from: str = "desk@localhost"
    body_limit: int = 25 * 1024 * 1024
    acknowledge_within: timedelta = timedelta(minutes=15)
    decision_lead: timedelta = timedelta(minutes=45)
    confirm_in_writing_within: timedelta = timedelta(hours=24)
    """By when a word is to be confirmed in writing, where nobody said another time: practice does it within the day."""
    limitation_notice_within: timedelta = timedelta(minutes=30)
    """By when the other side is to know that what it was told is narrower: its unit acts on the word meanwhile."""
    channels_to_check: tuple[str, ...] = ("desk_mailbox", "phone_log", "embassy", "liaison_officer", "fax")
    """Where an answer could have come in: all looked at before the effect of a lapse is recorded (desk-rules 5.4)."""

    calls_from: tuple[str, ...] = ()
    """Every number that the desk may call or text from, the spare's included: officers keep them in their phones."""
    has_spare: bool = False
    """Whether a second telephone company is set up."""
    tests_phones: bool = False
    """Whether telephones are tested by themselves: at the start of watches, weekly, once a quarter at night."""

    tells_watch: bool = True
    """Whether changes of the watch are told and their relief is asked for at any time; False: only while a limit of a
    case runs, so that months of an exercise pass without a summons that nobody waits for."""

    self_test: SelfTestLine = field(default_factory=SelfTestLine)
    """Where the desk's test of its own paging path goes to."""

    @property
    def reference_prefix(self) -> str:
        return "X-" if self.is_exercise else ""
