"""The words in four languages: complete, in GSM-7, an SMS within one segment; calls keep their accents."""

from datetime import timedelta
from string import Template

import pytest

from cna_service.escalation import call_words
from cna_service.escalation.gsm7 import ONE_SEGMENT, segments, septets
from cna_service.escalation.texts import MAY_ALSO_SAY
from cna_service.escalation.words import Mark, Matter, OpenLine, Voice, answer, read_texts, summons, what
from tests.rules.escalation.climbing import CONFIG, T0

TEXT = (CONFIG / "texts.toml").read_text(encoding="utf-8")
TEXTS = read_texts(TEXT)
LANGUAGES = ("en", "es", "fr", "pt")
NUMBER = "+123 456 789 0123"


def test_the_four_languages_are_there_and_say_the_same_things():
    english = TEXTS.by_language["en"]
    for language in LANGUAGES[1:]:
        sections = TEXTS.by_language[language]
        missing = {
            f"{section}/{key}"
            for section, texts in english.items()
            for key in texts
            if key not in sections.get(section, {})
        }
        assert missing == set(), f"{language} lacks these texts"


def test_every_text_names_the_same_words_in_every_language():
    def named(text):
        return set(Template(text).get_identifiers())

    for section, texts in TEXTS.by_language["en"].items():
        for key, text in texts.items():
            for language in LANGUAGES[1:]:
                theirs = TEXTS.by_language[language].get(section, {}).get(key, text)
                assert named(theirs) == named(text), f"{language}/{section}/{key}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mark", [Mark.NONE, Mark.REAL, Mark.EXERCISE, Mark.TEST])
def test_every_summons_and_answer_fits_one_segment(language, mark):
    voice = Voice(NUMBER, mark, language=language)
    for kind in TEXTS.by_language[language]["kind"]:
        matter = Matter(kind, T0 + timedelta(days=12, hours=3))
        text = summons(TEXTS, voice, matter, code="4827", now=T0, is_repeat=True)
        assert septets(text) <= ONE_SEGMENT, text
    for name in ("nothing_to_take_back", "deaf", "help", "minutes_wanted", "taken_back", "test_heard"):
        said = answer(TEXTS, voice, name, now=T0, until=T0, code="4827")
        assert septets(said) <= ONE_SEGMENT, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_echo_of_a_new_request_fits_one_segment(language):
    voice = Voice(NUMBER, Mark.EXERCISE, language=language)
    for name in ("echo", "echo_next_rung", "in_transit", "in_transit_next_rung", "already_held"):
        for post in TEXTS.by_language[language]["post"]:
            said = answer(
                TEXTS, voice, name, now=T0, matter=Matter("new_request"), since=T0, post=post, minutes=20
            )
            assert segments(said) == 1, said


def test_a_text_is_folded_and_a_call_keeps_its_accents():
    voice = Voice(NUMBER, Mark.REAL, language="pt")
    assert summons(TEXTS, voice, Matter("new_request"), code="4827", now=T0).startswith(
        "REAL / NAO É EXERCICIO"
    )
    assert call_words.call_opening(TEXTS, voice).startswith("REAL / NÃO É EXERCÍCIO. Aqui o posto de serviço")


def test_a_kind_without_words_in_a_language_is_said_in_english():
    thin = read_texts(TEXT.replace('new_request = "nueva solicitud"\n', ""))
    assert what(thin, "es", "new_request") == "new request"
    assert what(TEXTS, "fr", "something_unheard_of") == "alert"


def test_an_officer_whose_language_is_none_of_ours_is_spoken_to_in_english():
    assert "Reply 1 4827" in summons(
        TEXTS, Voice(NUMBER, language="de"), Matter("new_request"), code="4827", now=T0
    )


def test_rule_2_6_by_default_nothing_of_the_case_is_said_in_any_language():
    assert TEXTS.may_also_say == ()
    assert set(MAY_ALSO_SAY) == {"case", "state", "vessel"}
    named = {"case": "R4T7-HAX", "state": "XB", "vessel": "BAR TEST"}
    for language in LANGUAGES:
        voice = Voice(NUMBER, language=language)
        text = summons(TEXTS, voice, Matter("new_request", named=named), code="4827", now=T0)
        spoken = call_words.call_opening(TEXTS, voice) + call_words.call_left_on_machine(TEXTS, voice)
        for value in named.values():
            assert value not in text + spoken


def test_a_bundle_lists_each_alert_with_its_code():
    from cna_service.escalation.words import listed

    line = listed(TEXTS, "es", OpenLine(Matter("certificate_holders"), "4827"), T0)
    assert line == "avise a los del certificado: responda 1 4827."
