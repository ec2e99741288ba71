from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cna_service.documents.log_line import LogLine, read_log_line
from cna_service.documents.model import AuthorityLine
from cna_service.documents.shown import latin_reading, name_shown, one_line, paragraphs
from cna_service.documents.spelling import counted, spelt, time_said
from cna_service.documents.times import both, local, window
from tests.rules.documents.making import LOG_LINE, SENT, THEIRS


def test_a_text_that_would_turn_the_line_round_shows_its_code() -> None:
    assert one_line("board\u202edeined") == "board[U+202E]deined"
    assert one_line("a\x00b\ud800c") == "a[U+0000]b[U+D800]c"


def test_marks_that_would_print_over_the_line_above_show_their_code() -> None:
    assert one_line("e" + "\u0301" * 6) == "e" + "\u0301" * 4 + "[U+0301][U+0301]"


def test_a_text_of_several_lines_stays_several_lines() -> None:
    assert paragraphs("one\r\n\n  two \u2028three") == ("one", "two", "three")


@settings(deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_is_one_line_that_hides_nothing(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    shown.encode()


def test_a_name_in_other_letters_has_a_reading_beside_it() -> None:
    assert name_shown("Çirkin Ñandú Łódź") == "Çirkin Ñandú Łódź"
    assert latin_reading("永東") == "YongDong"
    assert name_shown("永東") == "永東 (Latin letters, by machine: YongDong)"


def test_letters_and_figures_are_spelt_by_the_icao_alphabet() -> None:
    assert spelt("R4T7-HAX") == "Romeo, four, Tango, seven, dash, Hotel, Alfa, X-ray"
    assert spelt("nñ") == "November, November with tilde"
    assert spelt("#") == "number sign"
    assert counted(12) == "one two"


def test_a_time_is_said_in_zulu() -> None:
    assert time_said(SENT) == "two one, one four zero three Zulu, NOV two six"


def test_a_time_stands_in_utc_and_in_the_partners_zone() -> None:
    assert both(SENT, THEIRS) == (
        "211403Z NOV 26 (2026-11-21T14:03:22Z); 09:03 on 21 Nov 2026 in America/Bogota (UTC-05:00)"
    )


def test_a_time_given_in_another_zone_is_the_same_instant() -> None:
    there = SENT.astimezone(timezone(timedelta(hours=9)))
    assert both(there, THEIRS) == both(SENT, THEIRS)


@pytest.mark.parametrize(
    ("month", "words"), [(1, "14:00 on 5 Jan 2026 in Europe/Paris (UTC+01:00)"), (7, "15:00 on 5 Jul 2026")]
)
def test_local_time_follows_summer_time(month: int, words: str) -> None:
    instant = datetime(2026, month, 5, 13, tzinfo=UTC)
    assert local(instant, AuthorityLine("XB", "B", zone="Europe/Paris")).startswith(words)


@pytest.mark.parametrize("zone", ["", "Not/AZone", "../../etc/passwd", "/etc/passwd", "America", "x\x00y"])
def test_a_zone_that_cannot_be_read_is_said_and_the_time_in_utc_stands(zone: str) -> None:
    told = both(SENT, AuthorityLine("XB", "B", zone=zone))
    assert told.startswith("211403Z NOV 26 (2026-11-21T14:03:22Z); local time of XB not known")


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        both(datetime(2026, 1, 1), THEIRS)  # noqa: DTZ001


def test_a_window_has_a_line_for_each_end_that_is_stated() -> None:
    assert window(None, None, THEIRS) == ()
    assert [line[:20] for line in window(SENT, SENT, THEIRS)] == [
        "from 211403Z NOV 26 ",
        "until 211403Z NOV 26",
    ]


def test_rule_16_1_the_log_line_holds_origin_root_and_instant_and_can_be_read_back() -> None:
    line = LogLine("cna.example/decisions", "AbCdEfGhIjKlMnOpQrS+", SENT)
    assert str(line) == LOG_LINE
    assert read_log_line(f"> {line}\r\n") == line


def test_rule_16_1_before_anything_is_sealed_the_line_says_so() -> None:
    line = LogLine("cna.example/decisions", None, SENT)
    assert "root: none yet;" in str(line)
    assert read_log_line(str(line)) == line


@pytest.mark.parametrize(
    "line", ["", "Log: a; root: short; sent: 2026-11-21T14:03:22Z", LOG_LINE.replace("11-21", "13-41")]
)
def test_what_is_no_log_line_is_not_read_as_one(line: str) -> None:
    assert read_log_line(line) is None
