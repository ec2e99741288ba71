"""Officers' contacts: added, changed, proved, put in order; their rules; and what a climb makes of it all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cna_service.identity.officers import Officer
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.workflow import contact_proving, contact_wishes, officer_contacts, phone_tests
from cna_service.workflow.contact_standing import standings
from cna_service.workflow.officer_contacts import ContactUnknown, LastWakingContact
from cna_service.workflow.officers import AlreadySo
from cna_service.workflow.projections import DESK, OFFICERS
from tests.workflow.desk import LiveDesk, Person
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import T0

SECOND = "+15550100201"


def officer_of(desk: LiveDesk, name: str) -> Officer:
    with desk.service.read() as reader:
        return reader.stream(DESK).of(OFFICERS).find(name)


def add(desk: LiveDesk, by: str = "duty-1", whose: str = "duty-1", **body: object) -> str:
    body = {"kind": "number", "value": SECOND} | body
    told = desk.do(officer_contacts.add_contact, by, whose, **body)
    desk.settle()
    return str(told["contact"])


def verify_by_code(desk: LiveDesk, contact: str, number: str, whose: str = "duty-1") -> None:
    contact_proving.send_proof(desk.service, desk.officer(whose), whose, contact, {})
    desk.settle()
    code = re.findall(r"(\d{6}) is the code", desk.exchange.phone(number).texts[-1].text)[0]
    desk.do(contact_proving.verify_contact, whose, whose, contact, code=code)
    desk.forget_messages()


def test_the_seeded_officers_of_an_exercise_count_as_verified(desk: LiveDesk) -> None:
    book = officer_of(desk, "duty-1").book
    assert [c.id for c in book.contacts] == ["phone", "email"]
    assert book.by_id["phone"].is_verified
    assert not book.by_id["phone"].is_daytime_only(desk.clock.now())


def test_a_number_is_read_as_people_type_it_and_kept_as_the_carrier_wants_it(desk: LiveDesk) -> None:
    contact = add(desk, value="+1 (555) 010-0201", label="boat telephone")
    kept = officer_of(desk, "duty-1").book.by_id[contact]
    assert (contact, kept.value, kept.label, kept.is_verified) == (
        "number-1",
        SECOND,
        "boat telephone",
        False,
    )
    entry = desk.last(DESK, "officer.contact_added")
    assert set(entry.private) == {"/body/value", "/body/label"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "12"),
        ("number", "call me"),
        ("number", "+15550100201 ext. 5"),
        ("email", "nowhere"),
        ("webhook", "http://plain.example.test/"),
        ("webhook", "https://user:secret@host.example.test/"),
        ("chat", "no scheme"),
        ("push", '{"endpoint": "https://push.example.test/1"}'),
    ],
)
def test_what_is_no_contact_is_refused_and_the_fix_named(desk: LiveDesk, kind: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(desk, kind=kind, value=value)
    (problem,) = refused.value.problems
    assert problem.pointer == "/value"
    assert problem.fix


def test_a_landline_is_kept_as_one_and_is_called_only(desk: LiveDesk) -> None:
    told = desk.do(officer_contacts.add_contact, "duty-1", "duty-1", kind="number", value="+351213456789")
    assert "landline" in told["doubts"][0]
    kept = officer_of(desk, "duty-1").book.by_id["landline-1"]
    assert kept.channels == ("voice",)


def test_every_wrong_field_is_named_at_once(desk: LiveDesk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.do(officer_contacts.add_contact, "duty-1", "duty-1", kind="pigeon", value="", colour="blue")
    assert {p.pointer for p in refused.value.problems} == {"/kind", "/value", "/colour"}


def test_a_code_sent_there_and_typed_back_verifies_it(desk: LiveDesk) -> None:
    contact = add(desk)
    verify_by_code(desk, contact, SECOND)
    assert officer_of(desk, "duty-1").book.by_id[contact].is_verified
    assert desk.last(DESK, "officer.contact_verified").body["by"] == "code"


def test_a_wrong_code_is_refused_and_the_fifth_ends_it(desk: LiveDesk) -> None:
    contact = add(desk)
    contact_proving.send_proof(desk.service, desk.officer("duty-1"), "duty-1", contact, {})
    desk.settle()
    text = desk.exchange.phone(SECOND).texts[-1].text
    code = re.findall(r"(\d{6})", text)[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1, None):
        with pytest.raises(contact_proving.ProofRefused) as refused:
            desk.do(contact_proving.verify_contact, "duty-1", "duty-1", contact, code=wrong)
        assert (f"{left} tries" if left else "new code") in refused.value.problems[0].fix
    with pytest.raises(contact_proving.ProofRefused):
        desk.do(contact_proving.verify_contact, "duty-1", "duty-1", contact, code=code)
    assert not officer_of(desk, "duty-1").book.by_id[contact].is_verified


def test_a_call_verifies_by_the_key_on_the_screen_and_by_no_other(desk: LiveDesk) -> None:
    contact = add(desk)
    phone = desk.exchange.phone(SECOND)
    for is_right in (False, True):
        told = contact_proving.send_proof(
            desk.service, desk.officer("duty-1"), "duty-1", contact, {"by": "call"}
        )
        desk.settle()
        key = str(told[1])
        owner = Person(desk, "duty-1", SECOND)
        assert owner.picks_up().count("TEST") >= 1
        said = owner.presses(key if is_right else str((int(key) + 1) % 10), phone.calls[-1])
        assert ("verified. Thank you" in said) is is_right
        assert officer_of(desk, "duty-1").book.by_id[contact].is_verified is is_right


def test_an_unverified_contact_rings_after_those_that_are_verified(desk: LiveDesk) -> None:
    """Better an unverified ring than none: it is used, and last."""
    contact = add(desk)
    desk.do(officer_contacts.order_contacts, "duty-1", "duty-1", order=[contact, "phone"])
    desk.receive(**BAR_TEST)
    desk.settle()
    assert [p.number for p in desk.exchange.phones.values() if p.texts] == [desk.number("duty-1")]
    desk.exchange.phone(desk.number("duty-1")).condition = "off"
    desk.advance(minutes=2)
    assert desk.exchange.phone(SECOND).received, "with the first telephone off, the second is tried"


def test_his_order_counts_among_verified_ones(desk: LiveDesk) -> None:
    contact = add(desk)
    verify_by_code(desk, contact, SECOND)
    desk.do(officer_contacts.order_contacts, "duty-1", "duty-1", order=[contact, "phone"])
    desk.receive(**BAR_TEST)
    desk.settle()
    assert desk.exchange.phone(SECOND).texts
    assert not desk.exchange.phone(desk.number("duty-1")).texts


def test_a_new_value_is_a_new_contact_unverified_and_the_old_one_is_told(desk: LiveDesk) -> None:
    contact = add(desk)
    verify_by_code(desk, contact, SECOND)
    desk.do(officer_contacts.change_contact, "duty-1", "duty-1", contact, value="+15550100202")
    desk.settle()
    assert not officer_of(desk, "duty-1").book.by_id[contact].is_verified
    assert "go to another number" in desk.exchange.phone(SECOND).texts[-1].text


def test_rule_16_3_a_number_that_another_puts_in_his_place_is_told_to_the_old_one(desk: LiveDesk) -> None:
    old = desk.number("duty-1")
    desk.do(officer_contacts.change_contact, "sup-1", "duty-1", "phone", value=SECOND)
    desk.settle()
    assert "Commander Carla Nunes: Your summonses go to another" in desk.exchange.phone(old).texts[-1].text
    assert desk.number("duty-1") == SECOND
    entry = desk.last(DESK, "officer.changed")
    assert (entry.actor["id"], entry.body["phone"]) == ("sup-1", SECOND)
    assert not officer_of(desk, "duty-1").book.by_id["phone"].is_verified


def test_nobody_but_supervisor_and_administrator_changes_anothers_contacts(desk: LiveDesk) -> None:
    for by in ("duty-2", "dec-1", "aud-1"):
        with pytest.raises(NotPermitted):
            add(desk, by=by)
    assert add(desk, by="admin-1") == "number-1"


def test_the_last_contact_that_wakes_him_cannot_be_taken_away(desk: LiveDesk) -> None:
    contact = add(desk, kind="email", value="second@example.test")
    with pytest.raises(LastWakingContact):
        desk.do(officer_contacts.remove_contact, "duty-1", "duty-1", "phone")
    desk.do(officer_contacts.remove_contact, "duty-1", "duty-1", contact, reason="left that office")
    with pytest.raises(ContactUnknown):
        desk.do(officer_contacts.remove_contact, "duty-1", "duty-1", contact)
    assert add(desk, kind="email", value="third@example.test") == "email-2", "an id is never used twice"


def test_changing_nothing_is_said_so(desk: LiveDesk) -> None:
    with pytest.raises(AlreadySo):
        desk.do(officer_contacts.change_contact, "duty-1", "duty-1", "phone", value=desk.number("duty-1"))


RULES = {
    "high": [
        {"after_seconds": 0, "channel": "sms", "contact": "phone"},
        {"after_seconds": 60, "channel": "voice"},
    ],
    "repeat_every_seconds": 120,
    "low": [{"after_seconds": 0, "channel": "email"}],
    "quiet": {"from": "22:00", "to": "07:00"},
}


def test_his_rules_are_kept_as_he_set_them(desk: LiveDesk) -> None:
    desk.do(contact_wishes.set_rules, "duty-1", "duty-1", **RULES)
    kept = officer_of(desk, "duty-1").book.rules.as_json()
    assert kept["repeat_every_seconds"] == 120
    assert [s["channel"] for s in kept["high"]] == ["sms", "voice"]
    assert kept["quiet"] == {"from": "22:00", "to": "07:00"}
    desk.do(contact_wishes.set_rules, "duty-1", "duty-1")
    assert officer_of(desk, "duty-1").book.rules.high == ()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"high": [{"after_seconds": 0, "channel": "email"}]}, "/high"),
        ({"high": [{"after_seconds": 600, "channel": "voice"}]}, "/high"),
        ({"high": [{"after_seconds": 0, "channel": "telex"}]}, "/high/0/channel"),
        ({"high": [{"after_seconds": 0, "channel": "sms", "contact": "number-9"}]}, "/high/0/contact"),
        ({"high": [{"after_seconds": 0, "channel": "sms", "contact": "email"}]}, "/high/0/channel"),
        ({"repeat_every_seconds": 5}, "/repeat_every_seconds"),
        ({"quiet": {"from": "ten", "to": "07:00"}}, "/quiet/from"),
        ({"colour": "blue"}, "/colour"),
    ],
)
def test_rules_by_which_nobody_would_wake_are_refused(
    desk: LiveDesk, change: dict[str, object], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.do(contact_wishes.set_rules, "duty-1", "duty-1", **(RULES | change))
    assert pointer in {p.pointer for p in refused.value.problems}


def test_zone_waking_hours_and_language_are_his(desk: LiveDesk) -> None:
    waking = {"from": "09:00", "to": "01:00"}
    desk.do(
        contact_wishes.set_preferences,
        "duty-1",
        "duty-1",
        zone="Atlantic/Azores",
        waking=waking,
        language="pt",
    )
    officer = officer_of(desk, "duty-1")
    assert officer.book.preferences.as_json() == {"zone": "Atlantic/Azores", "waking": waking}
    assert officer.language == "pt"
    with pytest.raises(Invalid) as refused:
        desk.do(contact_wishes.set_preferences, "duty-1", "duty-1", zone="Mars/Base", language="Klingon")
    assert {p.pointer for p in refused.value.problems} == {"/zone", "/language"}


def test_stop_flags_the_number_and_start_clears_it(desk: LiveDesk) -> None:
    owner = desk.person("duty-1")
    owner.replies("STOP")
    assert officer_of(desk, "duty-1").book.by_id["phone"].flag is not None
    assert desk.last(DESK, "officer.contact_flagged").body["why"] == "stop"
    owner.replies("START")
    assert officer_of(desk, "duty-1").book.by_id["phone"].flag is None


def test_a_number_that_its_carrier_refuses_for_good_is_used_last_from_then_on(desk: LiveDesk) -> None:
    contact = add(desk)
    verify_by_code(desk, contact, SECOND)
    desk.exchange.phone(desk.number("duty-1")).condition = "wrong"
    desk.receive(**BAR_TEST)
    desk.settle()
    flagged = officer_of(desk, "duty-1").book.by_id["phone"].flag
    assert flagged is not None
    assert flagged.why == "21211"
    desk.exchange.phone(desk.number("duty-1")).condition = "ok"
    desk.receive(**BAR_TEST)
    desk.settle()
    assert desk.exchange.phone(desk.number("duty-1")).received == []


def test_a_telephone_that_is_off_is_not_flagged(desk: LiveDesk) -> None:
    desk.exchange.phone(desk.number("duty-1")).condition = "off"
    desk.receive(**BAR_TEST)
    desk.settle()
    assert officer_of(desk, "duty-1").book.by_id["phone"].flag is None


def test_rule_3_6_a_contact_without_a_yes_at_night_in_90_days_counts_as_daytime_only(desk: LiveDesk) -> None:
    contact = add(desk)
    verify_by_code(desk, contact, SECOND)
    kept = officer_of(desk, "duty-1").book.by_id[contact]
    assert kept.is_daytime_only(desk.clock.now())
    with desk.service.read() as reader:
        (own,) = [s for s in standings(reader) if s.officer == "duty-1"]
    assert own.verified == 2
    assert own.last_tests == {contact: None}
    desk.advance_to(T0.replace(hour=23, minute=30))
    desk.do(phone_tests.try_phone, "duty-1", "duty-1", contact=contact)
    desk.settle()
    text = desk.exchange.phone(SECOND).texts[-1].text
    assert "did your phone ring" in text
    code = re.findall(r"T (\d{3})", text)[0]
    Person(desk, "duty-1", SECOND).replies(f"T {code}")
    kept = officer_of(desk, "duty-1").book.by_id[contact]
    assert not kept.is_daytime_only(desk.clock.now())
    assert kept.is_daytime_only(desk.clock.now() + timedelta(days=91))
