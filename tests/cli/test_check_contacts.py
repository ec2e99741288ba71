"""``cna officer contacts`` and what ``cna check`` says of people on the roster whom nothing would wake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cna_service.cli.check_contacts import contacts
from cna_service.workflow.officer_contacts import add_contact
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster_reading import rosters_of
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import fresh_sqlite


def words(desk: LiveDesk) -> list[str]:
    with desk.service.read() as reader:
        officers = reader.stream(DESK).of(OFFICERS)
        return [r.words for r in contacts(rosters_of(reader), officers, reader.now, 7)]


def test_who_is_rostered_without_two_verified_contacts_is_named(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        found = words(desk)
        assert "duty-1 has one verified contact that can wake him: two are wanted. Page My contacts." in found
        assert not any("aud-1" in each for each in found), "he is on no roster"


def test_a_refused_contact_is_named_with_its_code(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path)) as desk:
        desk.do(add_contact, "duty-1", "duty-1", kind="number", value="+15550100201")
        desk.person("duty-1").replies("STOP")
        assert any("phone is refused (stop)" in each for each in words(desk))
        assert desk.clock.now() < datetime(2026, 11, 21, 14, 3, tzinfo=UTC) + timedelta(minutes=5)
