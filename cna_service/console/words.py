"""Instants, spans and codes in the words of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cna_service.duty.local_time import zone
from cna_service.kit.instants import date_time_group, to_text

POSTS = {"duty_officer": "Duty officer", "deputy": "Deputy", "supervisor": "Supervisor"}
ROLES = {
    "duty_officer": "Duty officer",
    "supervisor": "Supervisor",
    "decider": "Decider",
    "legal_adviser": "Legal adviser",
    "records_officer": "Records officer",
    "auditor": "Auditor",
    "administrator": "Administrator",
}
STANDINGS = {
    "unverified": "not verified who asks",
    "channel_authenticated": "channel authenticated",
    "called_back": "called back",
}
CONTACT_STATES = {
    "verified": "proved by a call",
    "stale": "proved more than a year ago: call to prove it before you rely on it",
    "unverified": "not verified by us",
    "doubted": "found wrong: do not use",
}
CONTACT_HOURS = {"always": "day and night", "office": "office hours"}
DIRECTIONS = {"inbound": "They ask us", "outbound": "We ask them"}
CHANNELS = {"sms": "SMS", "voice": "Call", "email": "Mail"}
ALERT_KINDS = {
    "new_request": "New request",
    "repeated_request": "The same request again, as it seems",
    "person_wanted": "A person is called to the holder's side",
    "summons_stuck": "A summons had got stuck",
    "case_unheld": "A case that nobody holds",
    "new_communication": "New message on a request",
    "to_be_read": "A message nobody could read",
    "missed_call": "A caller was not answered",
    "answer_received": "An answer came in",
    "instruction_stale": "An instruction is stale",
    "decision_wanted": "A decision is wanted",
    "decision_recorded": "A decision, read back to who took it",
    "decision_unconfirmed": "A decision is not confirmed",
    "decision_corrected": "A decision was corrected",
    "approval_wanted": "A second officer is wanted",
    "approval_due": "A second officer's approval is owed",
    "approval_refused": "A second officer refused",
    "approval_lapsed": "An approval was not given in time",
    "consultation_overdue": "An agency has not answered",
    "statement_contradicts": "A public statement differs from an answer",
    "statement_for_adviser": "A public statement differs from an answer",
    "writing_differs": "A writing differs from the word",
    "writing_outstanding": "No written confirmation yet",
    "limitation_owed": "A notice of limitation is owed",
    "answer_withdrawn": "An answer was taken back",
    "answer_to_closed_case": "An answer came to a closed case",
    "lapse_proposed": "A second officer is wanted for the effect of a lapse",
    "overreach": "An act beyond every grant",
    "report_overdue": "A report is overdue",
    "clock_warning_50": "Half the time is gone",
    "clock_warning_75": "A quarter of the time left",
    "clock_warning_90": "A tenth of the time left",
    "decision_lead": "Call the decider now",
    "clock_lapsed": "A time limit ran out",
    "ack_overdue": "No entry since it was taken",
    "relief_unsigned": "Relief not signed",
    "relief_late": "Relief still not signed",
    "check_in_missed": "Nobody checked in at the desk",
    "roster_gap": "The roster needs a look",
    "roster_gap_urgent": "Soon nobody has the watch",
    "desk_trouble": "The desk needs repair",
    "clock_stepped": "The desk's clock jumped",
    "log_trouble": "The log needs a look",
    "provider_trouble": "A phone provider fails",
    "provider_low": "A phone provider runs out",
    "policy_unreadable": "A policy file is unreadable",
    "clock_differs": "The desk's clocks differ",
    "node_silent": "A node of the desk is silent",
    "heartbeat_late": "An outside job is late",
    "self_test": "Self-test of the desk",
    "self_test_failed": "The desk's self-test failed",
}


def dtg(instant: datetime) -> str:
    return date_time_group(instant)


def iso(instant: datetime) -> str:
    """To the second, with Z: what a ``datetime`` attribute and a title hold."""
    return f"{to_text(instant)[:19]}Z"


def local(instant: datetime, name: str) -> str:
    """``Sat 21 Nov 18:03`` on the wall of the zone ``name``."""
    return f"{instant.astimezone(zone(name)):%a %d %b %H:%M}"


def span(length: timedelta) -> str:
    """``3 h 50 min``, ``2 d 4 h``, ``under 1 min``: never rounded up."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {left:02d} min"
    return f"{left} min" if left else "under 1 min"


def plain(code: str | None) -> str:
    """A code as words: ``deemed_grant`` as ``deemed grant``."""
    return "" if code is None else code.replace("_", " ")


def named(words: Mapping[str, str], code: str | None) -> str:
    """The words for a code; a code without words is shown as it is."""
    if code is None:
        return ""
    return words.get(code) or plain(code).capitalize()


def alert_kind(code: str) -> str:
    return named(ALERT_KINDS, code)
