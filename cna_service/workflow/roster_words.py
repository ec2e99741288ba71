"""What was found in the weeks ahead, as a sentence for whoever keeps the roster."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cna_service.duty.findings import Finding
from cna_service.identity.officers import Officers
from cna_service.kit.instants import date_time_group

POST_WORDS = {"duty_officer": "duty officer", "deputy": "deputy", "supervisor": "supervisor"}


def says(finding: Finding, officers: Officers) -> str:
    """One sentence: what is wrong and, where it is not plain, what mends it."""
    return _SAYS[finding.kind](finding, officers)


def named(officers: Officers, officer: str | None) -> str:
    """The officer's name, his identifier where there is no account, or nobody."""
    if officer is None:
        return "nobody"
    found = officers.get(officer)
    return officer if found is None else found.name


def _post(code: str | None) -> str:
    return POST_WORDS.get(code or "", (code or "").replace("_", " "))


def _when(finding: Finding) -> str:
    if finding.starts_at is None:
        return ""
    until = "" if finding.ends_at is None else f" to {date_time_group(finding.ends_at)}"
    more = f", and {finding.count - 1} times more within 30 days" if finding.count > 1 else ""
    return f", {date_time_group(finding.starts_at)}{until}{more}"


def _gap(f: Finding, officers: Officers) -> str:
    return f"Nobody at all is {_post(f.post)}{_when(f)}."


def _fallback(f: Finding, officers: Officers) -> str:
    return f"Nobody is rostered as {_post(f.post)}; {named(officers, f.officer)} stands in as fallback{_when(f)}."


def _passed_over(f: Finding, officers: Officers) -> str:
    account = officers.get(f.officer or "")
    why = "disabled" if account is not None and not account.is_enabled else "absent"
    then = "nobody is there" if f.also is None else f"{named(officers, f.also)} has it"
    return f"{named(officers, f.officer)} would be {_post(f.post)} and is {why}; {then}{_when(f)}."


def _double(f: Finding, officers: Officers) -> str:
    return f"{named(officers, f.officer)} is {_post(f.post)} and {_post(f.also)} at once{_when(f)}."


def _idle(f: Finding, officers: Officers) -> str:
    what = "A swap" if f.also else "An override"
    return f"{what} changes nothing: {named(officers, f.officer)} is not {_post(f.post)} then{_when(f)}."


def _holidays(f: Finding, officers: Officers) -> str:
    return f"The holidays of {f.also} are not loaded: no day counts as one."


def _rung(f: Finding, officers: Officers) -> str:
    return f"Nobody is {_post(f.post)}: a rung that calls him is skipped."


def _contacts(f: Finding, officers: Officers) -> str:
    has = "no proved contact that wakes him" if not f.count else "only one proved contact that wakes him"
    return f"{named(officers, f.officer)} has {has}: two are wanted."


def _untested(f: Finding, officers: Officers) -> str:
    return f"Not tested for 30 days: {f.also} of {named(officers, f.officer)}."


def _daytime(f: Finding, officers: Officers) -> str:
    return f"{named(officers, f.officer)} has no contact that rang him at night in the last 90 days."


def _moved(f: Finding, officers: Officers) -> str:
    now = "" if f.starts_at is None else date_time_group(f.starts_at)
    return f"New zone rules moved a hand-over to {named(officers, f.officer)}, {_post(f.post)}: from {f.also} to {now}."


_SAYS: Mapping[str, Callable[[Finding, Officers], str]] = {
    "gap": _gap,
    "fallback_only": _fallback,
    "passed_over": _passed_over,
    "double_booked": _double,
    "override_idle": _idle,
    "holidays_missing": _holidays,
    "empty_rung": _rung,
    "too_few_contacts": _contacts,
    "contact_untested": _untested,
    "daytime_only": _daytime,
    "zone_moved": _moved,
}
