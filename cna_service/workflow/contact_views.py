"""What pages, interface and command line show of officers' contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.duty.findings import ContactStanding
from cna_service.identity.contact_rules import NONE_SET, Planned, plan
from cna_service.identity.contacts import OfficerContact, in_order_of_use
from cna_service.identity.numbers import NoNumber, read_number
from cna_service.identity.officers import Officer
from cna_service.identity.phone_tests import PhoneTest
from cna_service.kit.instants import to_text
from cna_service.workflow.contact_standing import standing_of
from cna_service.workflow.people import local_time
from cna_service.workflow.projections import DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.service import Reader, Service

ENOUGH = 2
"""Verified contacts that can wake him: with one, a dead battery is a silent watch."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """``doubts``: of the number itself; ``country``: what its country does with SMS."""

    contact: OfficerContact
    is_daytime_only: bool
    doubts: tuple[str, ...] = ()
    country: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactPage:
    """``lines``: in the order of use just now. ``high``, ``low``: whom his rules call when, if a summons came now;
    empty where the ladder's channels hold. ``warnings``: what would keep him asleep."""

    officer: Officer
    now: datetime
    lines: tuple[ContactLine, ...]
    standing: ContactStanding
    tests: tuple[PhoneTest, ...]
    high: tuple[Planned, ...]
    low: tuple[Planned, ...]
    is_night: bool
    zone: str
    warnings: tuple[str, ...]

    @property
    def open_test(self) -> PhoneTest | None:
        return next((t for t in self.tests if t.is_open), None)

    @property
    def asked(self) -> tuple[PhoneTest, ...]:
        """Tests of the night of which he has not said whether they rang."""
        return tuple(t for t in self.tests if t.asks_whether_it_rang)


def contact_page(service: Service, officer_id: str) -> ContactPage:
    """Raises OfficerUnknown."""
    with service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find(officer_id)
        return _page(service, reader, officer)


def everybody(service: Service) -> tuple[ContactPage, ...]:
    """Every enabled officer, whoever could sleep through a summons first."""
    with service.read() as reader:
        listed = [o for o in reader.stream(DESK).of(OFFICERS).all() if o.is_enabled]
        pages = [_page(service, reader, officer) for officer in listed]
    return tuple(sorted(pages, key=lambda page: (not page.warnings, page.officer.id)))


def _page(service: Service, reader: Reader, officer: Officer) -> ContactPage:
    now, book = reader.now, officer.book
    local = local_time(officer, now, service.desk.zone)
    at_night = book.preferences.is_night(local)
    contacts = in_order_of_use(book.contacts, now, at_night=at_night)
    standing = standing_of(officer, reader)
    return ContactPage(
        officer,
        now,
        tuple(_line(service, each, now) for each in contacts),
        standing,
        reader.stream(DESK).of(PHONE_TESTS).of(officer.id),
        plan(book.rules, contacts, "high", local),
        plan(book.rules, contacts, "low", local),
        at_night,
        book.preferences.zone or service.desk.zone,
        tuple(_warnings(officer, standing)),
    )


def _line(service: Service, contact: OfficerContact, now: datetime) -> ContactLine:
    doubts: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    if contact.value and "voice" in contact.channels:
        known = service.policies.countries.of(contact.value)
        country = known.notes if known is not None and "sms" in contact.channels else ()
        if not contact.is_verified:
            doubts = _doubts(contact.value)
    return ContactLine(contact, contact.wakes and contact.is_daytime_only(now), doubts, country)


def _doubts(value: str) -> tuple[str, ...]:
    try:
        return read_number(value).doubts
    except NoNumber as error:
        return (f"The number {error}.",)


def _warnings(officer: Officer, standing: ContactStanding) -> list[str]:
    found = []
    if standing.verified < ENOUGH:
        words = "no verified contact" if not standing.verified else "one verified contact only"
        found.append(f"{words} that can wake him: two are wanted")
    if standing.is_daytime_only:
        found.append("no contact is known to ring at night: daytime only")
    if any(c.failed_at is not None for c in officer.book.waking):
        found.append("the newest test failed")
    if any(c.flag is not None for c in officer.book.waking):
        found.append("a contact was refused or stopped")
    return found


def page_json(page: ContactPage, *, with_values: bool) -> dict[str, Any]:
    """The shape of ``GET /api/v1/officers/{officer}/contacts``. ``with_values``: numbers and addresses too, for
    himself and for who may change them."""
    officer, book = page.officer, page.officer.book
    return {
        "officer": officer.id,
        "language": officer.language,
        **book.preferences.as_json(),
        "verified": page.standing.verified,
        "is_daytime_only": page.standing.is_daytime_only,
        "warnings": list(page.warnings),
        "contacts": [_contact_json(line, with_values=with_values) for line in page.lines],
        "rules": None if book.rules == NONE_SET else book.rules.as_json(),
        "now": {"high": [_planned(p) for p in page.high], "low": [_planned(p) for p in page.low]},
        "tests": [_test_json(test) for test in page.tests],
    }


def _contact_json(line: ContactLine, *, with_values: bool) -> dict[str, Any]:
    c = line.contact
    value = c.value if c.kind not in ("push", "webhook", "chat") else None
    told: Mapping[str, Any] = {"value": value, "label": c.label} if with_values else {}
    return {
        "contact": c.id,
        "kind": c.kind,
        "channels": list(c.channels),
        **told,
        "by_day": c.is_by_day,
        "is_daytime_only": line.is_daytime_only,
        "verified_at": _instant(c.verified_at),
        "proved_at": _instant(c.proved_at),
        "tested_at": _instant(c.tested_at),
        "rang_at_night_at": _instant(c.rang_at_night_at),
        "flagged": None if c.flag is None else {"why": c.flag.why, "at": to_text(c.flag.at)},
        "doubts": [*line.doubts, *line.country],
    }


def _planned(each: Planned) -> dict[str, Any]:
    return {
        "after_seconds": int(each.after.total_seconds()),
        "channel": each.channel,
        "contact": each.contact,
    }


def _test_json(test: PhoneTest) -> dict[str, Any]:
    return {
        "test": test.id,
        "why": test.why,
        "begun_at": to_text(test.begun_at),
        "at_night": test.at_night,
        "provider": test.provider,
        "result": test.result,
        "heard": [{"contact": h.contact, "channel": h.channel, "rang": h.rang} for h in test.heard],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)
