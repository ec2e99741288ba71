from pathlib import Path
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.escalation.replies import read_reply
from cna_service.escalation.watch_words import WATCH_TEXTS, WORDS, WatchVerb, read_watch_text
from cna_service.escalation.words import read_texts

TEXTS = read_texts(Path("config/texts.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text", ["WATCH", "watch", " Watch! ", "guardia", "GUARDIA.", "Quart", "garde", "quarto", "PLANTÃO"]
)
def test_the_watch_is_asked_for_in_four_languages(text: str) -> None:
    asked = read_watch_text(text)
    assert asked is not None
    assert asked.verb is WatchVerb.TAKE


@pytest.mark.parametrize(
    "text", ["WATCH 4827", "watch4827", "Guardia: 4827", "quarto ４８２７", "QUART 4827."]
)
def test_with_the_code_it_is_taken(text: str) -> None:
    asked = read_watch_text(text)
    assert asked is not None
    assert (asked.verb, asked.code) == (WatchVerb.CONFIRM, "4827")


@pytest.mark.parametrize("text", ["who?", "WHO", "¿Quién?", "quien", "Qui?", "QUEM"])
def test_who_has_it_is_asked_in_four_languages(text: str) -> None:
    asked = read_watch_text(text)
    assert asked is not None
    assert asked.verb is WatchVerb.WHO


@pytest.mark.parametrize(
    "text", ["1 4827", "ok", "NO", "STOP", "watch 48", "watch out", "", "who are you", "watch 48271"]
)
def test_nothing_else_is_about_the_watch(text: str) -> None:
    assert read_watch_text(text) is None


@given(st.text(max_size=300))
def test_no_text_is_too_strange_and_none_means_two_things(text: str) -> None:
    if read_watch_text(text) is not None:
        assert read_reply(text).verb.value == "unreadable"


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_every_language_says_everything_and_names_only_what_it_may(language: str) -> None:
    section = TEXTS.by_language[language]["watch"]
    assert set(section) == set(WATCH_TEXTS)
    for name, text in section.items():
        assert set(Template(text).get_identifiers()) <= WORDS
        assert set(Template(text).get_identifiers()) == set(Template(WATCH_TEXTS[name]).get_identifiers()), (
            name
        )
