"""A modem through gammu-smsd: what is left in its folders, what is read from them, and what of it stays there."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cna_service.alerts.modem_channel import Modem, ModemLine
from cna_service.alerts.ports import ChannelError, Polled, Report, TellsAccount, TextIn, Told
from cna_service.kit.clock import SystemClock
from tests.alerts.smsd import Smsd

CLOCK = SystemClock()
OFFICER, OTHER = "+351912345678", "+351922222222"
ROW, SECOND = "0192aabb-ccdd-7eff-8011-223344556677", "0192aabb-ccdd-7eff-8011-223344556688"
NOTE = ROW.replace("-", "")


@pytest.fixture
def smsd(tmp_path: Path) -> Smsd:
    return Smsd(tmp_path / "spool")


@pytest.fixture
def line(smsd: Smsd) -> ModemLine:
    return ModemLine(Modem(smsd.folder, "+351900000000"), SystemClock())


def send(line: ModemLine, text: str = "CNA: new request. Reply 1 4827", reference: str = ROW) -> str:
    return line.send_sms(to=OFFICER, text=text, callback_url="", reference=reference).sid


def age(path: Path, **old: float) -> None:
    at = (CLOCK.now() - timedelta(**old)).timestamp()
    os.utime(path, (at, at))


def test_a_text_goes_out_whole_with_every_letter(line: ModemLine, smsd: Smsd) -> None:
    assert send(line, "É às 18h: 1 4827 [€]") == NOTE
    smsd.run()
    assert smsd.sent == [(OFFICER, "É às 18h: 1 4827 [€]")]
    assert isinstance(line, Polled) and isinstance(line, TellsAccount)


def test_smsd_never_finds_half_a_message(line: ModemLine, smsd: Smsd) -> None:
    (smsd.folder / "outbox" / f".{NOTE}").write_bytes(b"\xfe\xff\0C")
    smsd.run()
    assert smsd.sent == []


def test_what_was_sent_is_said_until_seen_and_its_words_do_not_stay(line: ModemLine, smsd: Smsd) -> None:
    send(line)
    assert line.fetch_status(NOTE) == Report("queued")
    smsd.run()
    told = line.reports()
    assert told == line.reports() == [Told("sent", sid=NOTE)]
    line.seen(told[0])
    assert line.reports() == []
    [left] = (smsd.folder / "sent").iterdir()
    assert left.read_bytes() == b"" and line.fetch_status(NOTE) == Report("sent")


def test_what_the_modem_could_not_send_is_said_so(line: ModemLine, smsd: Smsd) -> None:
    smsd.refuses = True
    send(line)
    smsd.run()
    assert line.fetch_status(NOTE) == Report("failed", "modem-refused")
    [told] = line.reports()
    assert told == Told("failed", sid=NOTE, code="modem-refused")
    line.seen(told)
    assert line.reports() == []


def test_a_delivery_report_belongs_to_the_oldest_message_to_that_number(line: ModemLine, smsd: Smsd) -> None:
    send(line)
    send(line, reference=SECOND)
    smsd.run()
    for told in line.reports():
        line.seen(told)
    smsd.reports(OFFICER)
    [told] = line.reports()
    assert (told.status, told.sid) == ("delivered", NOTE)
    assert line.texts() == []
    line.seen(told)
    assert line.reports() == [] and smsd.names("inbox") == []
    smsd.reports(OFFICER, "Failed")
    [told] = line.reports()
    assert (told.status, told.sid) == ("undelivered", SECOND.replace("-", ""))


def test_a_report_that_says_nothing_yet_is_neither_report_nor_text(line: ModemLine, smsd: Smsd) -> None:
    send(line)
    smsd.run()
    smsd.reports(OFFICER, "Pending")
    assert [t.status for t in line.reports()] == ["sent"] and line.texts() == []


def test_who_texts_delivered_without_having_been_sent_anything_has_texted(
    line: ModemLine, smsd: Smsd
) -> None:
    smsd.receives(OTHER, "Delivered")
    assert [t.text for t in line.texts()] == ["Delivered"]


def test_what_comes_in_is_handed_out_until_seen(line: ModemLine, smsd: Smsd) -> None:
    smsd.receives(OFFICER, "3 4827 20 é")
    smsd.receives(OTHER, "the first part, ", "and the second")
    first, second = line.texts()
    assert (first.sender, first.text) == (OFFICER, "3 4827 20 é")
    assert (second.sender, second.text) == (OTHER, "the first part, and the second")
    assert line.texts() == [first, second]
    line.seen(first)
    assert line.texts() == [second]
    line.seen(second)
    assert smsd.names("inbox") == []


def test_a_part_that_has_just_come_waits_for_the_others(line: ModemLine, smsd: Smsd) -> None:
    smsd.receives(OFFICER, "the first part", settled=False)
    assert line.texts() == []


def test_a_text_in_another_format_is_read_as_well(line: ModemLine, smsd: Smsd) -> None:
    for name, content in (("00", "à".encode()), ("01", b"\xe0"), ("02", "à".encode("utf-16"))):
        path = smsd.folder / "inbox" / f"IN20261121_140300_{name}_{OTHER}_00.txt"
        path.write_bytes(content)
        age(path, seconds=5)
    assert [t.text for t in line.texts()] == ["à", "à", "à"]


def test_an_earlier_try_is_found_by_number_words_and_time(line: ModemLine, smsd: Smsd) -> None:
    since = CLOCK.now() - timedelta(minutes=1)
    send(line)
    assert line.find_recent(to=OFFICER, containing="4827", since=since) == NOTE
    smsd.run()
    assert line.find_recent(to=OFFICER, containing="4827", since=since) == NOTE
    assert line.find_recent(to=OFFICER, containing="9999", since=since) is None
    assert line.find_recent(to=OTHER, containing="4827", since=since) is None
    assert line.find_recent(to=OFFICER, containing="4827", since=since + timedelta(hours=1)) is None


@pytest.mark.parametrize("to", ["+35191/../../etc/x", "a@b", "", "+1 555"])
def test_a_number_that_is_none_never_becomes_a_file(line: ModemLine, smsd: Smsd, to: str) -> None:
    with pytest.raises(ChannelError) as caught:
        line.send_sms(to=to, text="x", callback_url="", reference=ROW)
    assert caught.value.code == "21211" and smsd.names("outbox") == []


def test_without_its_folders_nothing_was_taken(tmp_path: Path) -> None:
    line = ModemLine(Modem(tmp_path / "nowhere"), SystemClock())
    with pytest.raises(ChannelError) as caught:
        send(line)
    assert (caught.value.code, caught.value.permanent, caught.value.outcome_unknown) == (
        "connection",
        False,
        False,
    )
    assert not line.account_is_active() and line.account().troubles == ("modem-away",)
    assert line.reports() == [] and line.texts() == []


def test_it_cannot_call(line: ModemLine) -> None:
    with pytest.raises(ChannelError) as caught:
        line.place_call(to=OFFICER, callback_url="", reference=ROW, answer_url="x")
    assert caught.value.code == "no-voice" and not line.has_voice


def test_a_service_that_takes_nothing_is_stuck(line: ModemLine, smsd: Smsd) -> None:
    send(line)
    assert line.account_is_active()
    age(next((smsd.folder / "outbox").iterdir()), minutes=3)
    assert line.account().troubles == ("modem-stuck",) and not line.account_is_active()


@pytest.mark.parametrize(
    ("printed", "troubles", "active"),
    [
        ("Gammu 1.42.0;;999;999;3;1;0;100;42", (), True),
        ("Gammu 1.42.0;;999;999;3;1;0;100;5", ("signal-weak",), True),
        ("Gammu 1.42.0;;999;999;3;1;0;100;-1", ("signal-weak",), True),
        ("something else", (), True),
        ("", (), True),
    ],
)
def test_the_monitors_word_on_the_signal(
    smsd: Smsd, printed: str, troubles: tuple[str, ...], active: bool
) -> None:
    monitor = (sys.executable, "-c", f"print({printed!r})")
    found = ModemLine(Modem(smsd.folder, monitor=monitor), SystemClock()).account()
    assert (found.troubles, found.is_active) == (troubles, active)


def test_a_monitor_that_fails_says_that_the_service_is_away(smsd: Smsd) -> None:
    for command in ((sys.executable, "-c", "raise SystemExit(1)"), ("/no/such/command",)):
        found = ModemLine(Modem(smsd.folder, monitor=command), SystemClock()).account()
        assert found.troubles == ("modem-away",) and not found.is_active


def test_a_prepaid_card_has_an_end_and_names_do_not_lie_there_for_ever(smsd: Smsd) -> None:
    until = datetime(2027, 6, 30, tzinfo=UTC)
    line = ModemLine(Modem(smsd.folder, "+351900000000", until), SystemClock())
    [number] = line.account().numbers or ()
    assert (number.number, number.expires_at, number.has_voice) == ("+351900000000", until, False)
    send(line)
    smsd.run()
    line.seen(line.reports()[0])
    age(next((smsd.folder / "sent").iterdir()), hours=25)
    line.account()
    assert smsd.names("sent") == []


def test_a_text_seen_twice_or_gone_is_no_error(line: ModemLine, smsd: Smsd) -> None:
    line.seen(TextIn("IN-nothing", OTHER, "x"))
    line.seen(Told("delivered", sid=NOTE))
