"""Push, webhook and chat on the sending path; a modem and a gateway as lines of a desk; what a country allows."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from cna_service.alerts.countries import read_countries
from cna_service.alerts.modem_channel import Modem, ModemLine
from cna_service.alerts.ports import Accepted, ChannelError, Note, Told
from cna_service.alerts.rules import verdict
from cna_service.db import outbox
from cna_service.db.outbox import Sending
from cna_service.escalation.ladders import Channel, Ladder, LastResort, Rung, Who
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.clock import SystemClock
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import line_reports
from cna_service.workflow.contact_proving import send_proof
from cna_service.workflow.officer_contacts import add_contact
from cna_service.workflow.officers import change_officer
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.summon import raise_alert
from tests.alerts.smsd import Smsd
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import minutes, policies

SUBSCRIPTION = json.dumps(
    {"endpoint": "https://push.example.test/1", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}
)
WEBHOOK = "https://hook.example.test/" + "x" * 100
CHAT = "tgram://123:abc/456"


class Screen:
    """Whatever shows notes: keeps them, or fails as told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.shown: list[tuple[str, Note]] = []
        self.fails: str | None = None

    def send(self, to: str, note: Note) -> Accepted:
        if self.fails is not None:
            raise ChannelError(verdict(self.fails).goes_on_at_once, self.fails)
        self.shown.append((to, note))
        return Accepted(self.name, note.reference, "sent")

    def close(self) -> None:
        pass


@dataclasses.dataclass
class Screens:
    push: Screen
    webhook: Screen
    chat: Screen


@pytest.fixture
def screens(either_desk: LiveDesk) -> Screens:
    made = Screens(Screen("push"), Screen("webhook"), Screen("chat"))
    notes = {"push": made.push, "webhook": made.webhook, "chat": made.chat}
    either_desk.outside = Outside(either_desk.exchange, either_desk.postbox, notes=notes)
    return made


@pytest.fixture
def desk(either_desk: LiveDesk) -> LiveDesk:
    return either_desk


def gives(desk: LiveDesk, officer: str, kind: str, value: str) -> None:
    desk.do(add_contact, officer, officer, kind=kind, value=value)


def changes(desk: LiveDesk, **account: str) -> None:
    """The administrator changes the duty officer's account."""
    change_officer(desk.service, desk.officer("admin-1"), {"officer": "duty-1", **account})


def ladder(desk: LiveDesk, *channels: Channel) -> Ladder:
    """One rung for the duty officer by these channels, then the deputy."""
    rungs = (
        Rung(1, minutes(0), (Who.DUTY_OFFICER,), channels),
        Rung(2, minutes(5), (Who.DEPUTY,), (Channel.SMS,)),
    )
    shipped = desk.service.policies.ladders.for_kind("desk_trouble")
    return dataclasses.replace(
        shipped, id="trial", rungs=rungs, last_resort=LastResort((Who.SUPERVISOR,), (Channel.EMAIL,))
    )


def alarm(desk: LiveDesk, *channels: Channel) -> str:
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        alert = raise_alert(desk.service, work, "desk_trouble", stream=DESK, ladder=ladder(desk, *channels))
    desk.settle()
    return alert


def states(desk: LiveDesk, alert: str) -> dict[str, str]:
    return {r["channel"]: r["state"] for r in desk.outbox() if r["dedup"].startswith(f"{alert}:")}


def test_a_rung_shows_a_summons_on_every_screen_that_the_officer_has(
    desk: LiveDesk, screens: Screens
) -> None:
    for kind, value in (("push", SUBSCRIPTION), ("webhook", WEBHOOK), ("chat", CHAT)):
        gives(desk, "duty-1", kind, value)
    alert = alarm(desk, Channel.SMS, Channel.PUSH, Channel.WEBHOOK, Channel.CHAT)
    [(to, note)] = screens.push.shown
    assert to == SUBSCRIPTION and [t for t, _ in screens.webhook.shown + screens.chat.shown] == [
        WEBHOOK,
        CHAT,
    ]
    assert note.alert == alert and note.link.endswith(f"/console/alerts?alert={alert}")
    # No code stands there: nothing that is typed under it would acknowledge.
    [sms] = desk.person("duty-1").phone.texts
    assert "Reply 1" in sms.text and "Reply" not in note.text and "desk needs repair" in note.text
    assert states(desk, alert) == dict.fromkeys(("push", "webhook", "chat"), "accepted") | {
        "sms": "delivered"
    }
    # The secret of an address lies in no second place.
    assert not [
        r for r in desk.outbox() if "example.test" in r["contact"] or "tgram" in json.dumps(r["content"])
    ]
    desk.forget_messages()


def test_a_subscription_that_is_gone_is_flagged_and_leads_on(desk: LiveDesk, screens: Screens) -> None:
    gives(desk, "duty-1", "push", SUBSCRIPTION)
    screens.push.fails = "push-gone"
    alert = alarm(desk, Channel.PUSH)
    with desk.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find("duty-1")
    flag = officer.book.by_id["push-1"].flag
    assert flag is not None and flag.why == "push-gone"
    # Nobody waits: the next contact at once.
    assert len(desk.person("duty-1").phone.texts) == 1
    assert states(desk, alert)["push"] == "failed"
    desk.forget_messages()


def test_a_screen_that_fails_for_the_moment_is_tried_again(desk: LiveDesk, screens: Screens) -> None:
    gives(desk, "duty-1", "webhook", WEBHOOK)
    screens.webhook.fails = "http-503"
    alert = alarm(desk, Channel.SMS, Channel.WEBHOOK)
    assert states(desk, alert)["webhook"] in ("pending", "unknown")
    screens.webhook.fails = None
    desk.advance(seconds=3)
    assert len(screens.webhook.shown) == 1
    desk.forget_messages()


def test_a_chat_alone_reaches_nobody_and_the_next_rung_is_due_at_once(
    desk: LiveDesk, screens: Screens
) -> None:
    gives(desk, "duty-1", "chat", CHAT)
    with desk.service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        # No form takes a telephone away without another one; an erasure does.
        work.append(Draft("officer.changed", {"officer": "duty-1", "phone": "", "email": ""}))
    alarm(desk, Channel.SMS, Channel.CHAT)
    assert not screens.chat.shown
    skipped = [e.body for e in desk.entries(DESK) if e.type == "rung.skipped"]
    assert skipped[-1]["reason"] == "no_contact"
    assert desk.person("duty-2").phone.texts
    desk.forget_messages()


def test_a_contact_removed_meanwhile_fails_in_words(desk: LiveDesk, screens: Screens) -> None:
    content = {"purpose": "alert", "officer": "duty-1", "text": "x"}
    row = Sending(uuid7(desk.clock.now()), DESK, "gone", "push", "duty-1/push-9", content)
    with desk.service.database.write() as connection:
        outbox.ask(connection, [row], desk.clock.now())
    desk.deliver()
    [found] = [r for r in desk.outbox() if r["id"] == row.id]
    assert found["state"] == "failed" and not screens.push.shown


def test_an_exercise_desk_without_screens_says_so(desk: LiveDesk) -> None:
    gives(desk, "duty-1", "push", SUBSCRIPTION)
    alert = alarm(desk, Channel.PUSH)
    assert states(desk, alert)["push"] == "failed"
    assert len(desk.person("duty-1").phone.texts) == 1
    desk.forget_messages()


def test_a_mail_address_of_any_length_may_be_summoned(desk: LiveDesk) -> None:
    address = "the-duty-officer-of-the-competent-authority@operations.example.test"
    changes(desk, email=address)
    alarm(desk, Channel.EMAIL)
    assert desk.postbox.to(address)
    desk.forget_messages()


# --- a modem


@pytest.fixture
def smsd(desk: LiveDesk, tmp_path: Path) -> Smsd:
    made = Smsd(tmp_path / "spool")
    modem = ModemLine(Modem(made.folder, "+15550190"), SystemClock())
    desk.outside = Outside(modem, desk.postbox)
    return made


def test_a_modem_alone_sends_reports_and_takes_replies(desk: LiveDesk, smsd: Smsd) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    smsd.run()
    line_reports.take_in(desk.service, desk.outside)
    [(number, text)] = smsd.sent
    assert number == desk.number("duty-1") and "Reply 1" in text
    smsd.reports(number)
    line_reports.take_in(desk.service, desk.outside)
    assert desk.types(ref).count("alert.delivered") == 1
    code = text.split("Reply 1 ")[1][:4]
    smsd.receives(number, f"1 {code}")
    line_reports.take_in(desk.service, desk.outside)
    held = desk.alert(ref).acknowledgement
    assert held is not None and held.officer == "duty-1"
    assert smsd.names("inbox") == []
    desk.settle()
    smsd.run()
    assert "You hold" in smsd.sent[-2][1] + smsd.sent[-1][1]


def test_a_modem_alone_sends_an_sms_where_the_ladder_calls(desk: LiveDesk, smsd: Smsd) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    smsd.run()
    line_reports.take_in(desk.service, desk.outside)
    desk.advance(seconds=46)
    smsd.run()
    assert smsd.sent[-1][1].endswith("(no call)")
    assert desk.last(ref, "alert.sent").body["carried_as"] == "sms"


def test_what_asks_for_a_key_is_not_sent_as_a_text(desk: LiveDesk, smsd: Smsd) -> None:
    send_proof(desk.service, desk.officer("duty-1"), "duty-1", "phone", {"by": "call"})
    desk.settle()
    smsd.run()
    assert smsd.sent == []


def test_what_a_modem_could_not_send_leads_on(desk: LiveDesk, smsd: Smsd) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    smsd.refuses = True
    smsd.run()
    line_reports.take_in(desk.service, desk.outside)
    assert desk.last(ref, "alert.undelivered").body["error"] == "modem-refused"


def test_a_report_for_a_sending_that_nobody_knows_changes_nothing(desk: LiveDesk) -> None:
    line_reports.take_report(desk.service, "gateway", Told("delivered", sid="m-404"))


# --- countries


def test_where_no_reply_can_come_the_text_says_call_the_desk(desk: LiveDesk) -> None:
    there = read_countries('[PM]\nname = "Saint Pierre and Miquelon"\nreplies = "no"\nsource = "x"\n')
    desk.service = dataclasses.replace(
        desk.service, policies=dataclasses.replace(policies(), countries=there)
    )
    changes(desk, phone="+508551234")
    alarm(desk, Channel.SMS)
    [text] = desk.exchange.phone("+508551234").texts
    assert "Reply" not in text.text and "Call +15550100" in text.text
    desk.forget_messages()
