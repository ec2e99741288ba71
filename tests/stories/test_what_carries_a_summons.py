"""What carries a summons fails, and the summons arrives all the same: by a spare, a modem, a screen, another way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cna_service.alerts.modem_channel import Modem, ModemLine
from cna_service.alerts.ports import Accepted, AccountFacts, ChannelError, Note, NumberFacts
from cna_service.alerts.rules import verdict
from cna_service.kit.clock import SystemClock
from cna_service.workflow import line_reports, provider_proof, provider_watch
from cna_service.workflow.officer_contacts import add_contact
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK
from cna_service.workflow.provider_state import provider_troubles, providers_view
from tests.alerts.smsd import Smsd
from tests.stories.people import Story
from tests.workflow.lines import Company, two_lines

SUBSCRIPTION = json.dumps(
    {"endpoint": "https://push.example.test/1", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}
)


@dataclass
class Screen:
    """An officer's device, or a machine of the authority's, that shows what the desk sends."""

    name: str
    shown: list[Note] = field(default_factory=list)
    fails: str | None = None

    def send(self, to: str, note: Note) -> Accepted:
        if self.fails is not None:
            raise ChannelError(verdict(self.fails).goes_on_at_once, self.fails)
        self.shown.append(note)
        return Accepted(self.name, note.reference, "sent")

    def close(self) -> None:
        pass


@pytest.fixture
def companies(story: Story) -> Iterator[tuple[Company, Company]]:
    with two_lines(story.desk) as both:
        yield both


Companies = tuple[Company, Company]


def looks_at_the_accounts(story: Story, minutes: float = 5) -> None:
    story.desk.advance(minutes=minutes)
    provider_watch.look_at_accounts(story.desk.service, story.desk.outside)
    story.desk.settle()


def test_the_first_company_is_down_and_the_officer_is_woken_by_the_spare(
    story: Story, companies: Companies
) -> None:
    first, spare = companies
    first.fails = "20500"
    story.a_request_arrives()
    story.minutes_pass(0.4)
    duty, administrator = story.officer("duty-1"), story.officer("admin-1")
    assert "(repeat)" in duty.receives_sms(containing="new request")
    # The administrator is told, by the line that works.
    administrator.receives_sms(containing="a phone provider fails")
    assert all(message.sid in spare.sids for message in administrator.phone.texts)
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="holds")
    administrator.replies("1 {code}")
    administrator.receives_sms(containing="You hold")
    story.officer("sup-1").receives_sms(containing="holds")


def test_the_company_recovers_and_nobody_has_to_do_anything(story: Story, companies: Companies) -> None:
    first, _ = companies
    first.fails = "20005"
    story.a_request_arrives()
    duty, administrator = story.officer("duty-1"), story.officer("admin-1")
    duty.receives_sms(containing="new request")
    duty.replies("1 {code}")
    duty.receives_sms(containing="You hold")
    story.officer("duty-2").receives_sms(containing="holds")
    administrator.receives_sms(containing="a phone provider fails")
    administrator.replies("1 {code}")
    administrator.receives_sms(containing="You hold")
    first.fails = None
    looks_at_the_accounts(story, minutes=2)
    assert [v.carries for v in providers_view(story.desk.service, story.desk.outside).lines] == [False, True]
    story.desk.sleep(minutes=9)
    provider_watch.look_at_accounts(story.desk.service, story.desk.outside)
    assert [v.carries for v in providers_view(story.desk.service, story.desk.outside).lines] == [True, False]
    assert story.desk.last(DESK, "provider.switched").body["why"] == "proved"
    story.desk.forget_messages()


def test_undelivered_is_not_waited_for_the_officer_is_called_at_once(story: Story) -> None:
    duty = story.officer("duty-1")
    duty.phone.condition = "undelivered"
    story.a_request_arrives()
    duty.receives_sms(containing="new request")
    # The company said that it did not arrive: his telephone rings now, not in two minutes.
    duty.is_called()
    assert duty.phone.calls[0].at == duty.phone.texts[0].at
    duty.phone.condition = "ok"
    duty.picks_up()
    duty.presses("1")


def test_his_telephones_are_off_and_his_tablet_shows_the_summons(story: Story) -> None:
    tablet = Screen("push")
    story.desk.outside = Outside(story.desk.exchange, story.desk.postbox, notes={"push": tablet})
    story.desk.do(add_contact, "duty-1", "duty-1", kind="push", value=SUBSCRIPTION)
    duty = story.officer("duty-1")
    duty.phone.condition = "off"
    story.a_request_arrives()
    [note] = tablet.shown
    assert "new request" in note.text and "/console/alerts?alert=" in note.link
    # What it shows is no more than an SMS may say, and nothing that could be answered there.
    assert story.ref not in note.text + note.link and "Reply" not in note.text
    # Having been shown is no acknowledgement: the climb goes on.
    assert story.desk.alert(story.ref).is_climbing
    story.minutes_pass(6)
    story.officer("duty-2").receives_sms(containing="new request")
    story.officer("duty-2").is_called()
    story.officer("duty-2").replies("1 {code}")
    story.officer("duty-2").receives_sms(containing="You hold")
    story.officer("sup-1").receives_sms(containing="holds")


def test_the_room_of_the_watch_gets_a_webhook_and_a_dead_one_is_marked(story: Story) -> None:
    room = Screen("webhook")
    story.desk.outside = Outside(story.desk.exchange, story.desk.postbox, notes={"webhook": room})
    story.desk.do(add_contact, "duty-1", "duty-1", kind="webhook", value="https://room.example.test/bell")
    duty = story.officer("duty-1")
    duty.phone.condition = "off"
    story.desk.postbox.error = ChannelError(True, "smtp-554")
    story.a_request_arrives()
    assert len(room.shown) == 1
    room.fails = "webhook-gone"
    story.a_request_arrives()
    flagged = [e.body for e in story.desk.entries(DESK) if e.type == "officer.contact_flagged"]
    assert [(b["contact"], b["why"]) for b in flagged] == [("webhook-1", "webhook-gone")]
    # Every contact of his failed: the deputy at once.
    story.officer("duty-2").receives_sms(containing="the same request again")
    story.desk.forget_messages()


def test_a_small_authority_has_a_modem_and_nothing_else(story: Story, tmp_path: Path) -> None:
    smsd = Smsd(tmp_path / "spool")
    modem = ModemLine(Modem(smsd.folder, "+15550190"), SystemClock())
    story.desk.outside = Outside(modem, story.desk.postbox)
    story.a_request_arrives()
    smsd.run()
    line_reports.take_in(story.desk.service, story.desk.outside)
    [(number, text)] = smsd.sent
    assert number == story.officer("duty-1").number and "new request" in text
    story.minutes_pass(2.1)
    smsd.run()
    # Where the ladder says call, and the modem cannot, a second SMS says that it is in place of a call.
    assert smsd.sent[-1][1].endswith("(no call)")
    smsd.receives(number, f"1 {text.split('Reply 1 ')[1][:4]}")
    line_reports.take_in(story.desk.service, story.desk.outside)
    story.desk.settle()
    smsd.run()
    assert any("You hold" in said for _, said in smsd.sent)
    assert not story.desk.alert(story.ref).is_climbing
    assert providers_view(story.desk.service, story.desk.outside).is_one_only


def test_the_account_is_suspended_at_noon_and_it_is_known_at_noon(story: Story, companies: Companies) -> None:
    """desk-rules 13.3: nobody had to be called at night to find it out."""
    first, _ = companies
    administrator = story.officer("admin-1")
    story.desk.clock.at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    first.facts = AccountFacts(False)
    first.fails = "20005"
    looks_at_the_accounts(story)
    administrator.receives_sms(containing="a phone provider fails")
    found = provider_troubles(story.desk.service, story.desk.outside)
    assert "provider-account-inactive" in [t.code for t in found]
    # At night a request comes: the spare carries it.
    story.desk.clock.at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    story.desk.forget_messages()
    administrator.replies("1 {code}")
    administrator.receives_sms(containing="You hold")
    story.a_request_arrives()
    story.officer("duty-1").receives_sms(containing="new request")
    story.officer("duty-1").replies("1 {code}")
    story.desk.forget_messages()


def test_the_card_runs_out_next_week_and_the_administrator_hears_of_it_by_day(
    story: Story, companies: Companies
) -> None:
    first, _ = companies
    administrator = story.officer("admin-1")
    first.facts = AccountFacts(
        True, None, None, (NumberFacts("+15550100", expires_at=datetime(2026, 11, 26, tzinfo=UTC)),)
    )
    story.desk.clock.at = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    looks_at_the_accounts(story)
    administrator.has_nothing()
    story.desk.advance_to(datetime(2026, 11, 22, 8, 5, tzinfo=UTC))
    looks_at_the_accounts(story)
    administrator.receives_sms(containing="a phone provider runs out")
    first.facts = AccountFacts(
        True, Decimal(90), "EUR", (NumberFacts("+15550100", expires_at=datetime(2027, 5, 26, tzinfo=UTC)),)
    )
    looks_at_the_accounts(story, minutes=25 * 60)
    story.desk.forget_messages()
    assert not [a for a in story.desk.alerts(DESK).open if a.kind == "provider_low" and "primary" in str(a)]


def test_the_spare_that_nobody_used_is_used_each_month(story: Story, companies: Companies) -> None:
    _, spare = companies
    assert providers_view(story.desk.service, story.desk.outside).is_one_only
    assert provider_proof.prove_spare(story.desk.service, story.desk.outside)
    story.desk.settle()
    administrator = story.officer("admin-1")
    assert administrator.receives_sms(containing="spare line works").startswith("TEST.")
    assert [m.sid in spare.sids for m in administrator.phone.texts] == [True]
    assert not providers_view(story.desk.service, story.desk.outside).is_one_only
