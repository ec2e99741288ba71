"""The words of tests and of codes that prove a contact: they say TEST first, and look like no real summons.

``[<language>.phone_test]`` in texts.toml replaces any of them; what is not there is said in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from types import MappingProxyType

from cna_service.escalation.gsm7 import fold
from cna_service.escalation.texts import DEFAULT_LANGUAGE, Texts
from cna_service.escalation.words import Mark

PHONE_TEST: Mapping[str, str] = MappingProxyType(
    {
        "text": "$desk: does your phone ring? Reply T $code",
        "text_at_night": "$desk: did your phone ring? Reply T $code if it did, T $code N if not",
        "text_written": "$desk: say on the page My contacts whether this reached you.",
        "announced": "$desk: your phone will be tested tonight at about $when. Reply T and the code then.",
        "heard": "$desk: test heard, thank you.",
        "heard_silent": "$desk: noted that it did not ring. See My contacts, Do Not Disturb.",
        "proof": "$desk: $code is the code of this contact. Type it on the page My contacts.",
        "call": "This is the duty desk, a test. Press 9 if you hear this.",
        "call_at_night": "This is the duty desk, a test. Press 9 if your telephone rang, 8 if it did not.",
        "call_proof": "This is the duty desk. To verify this number press the key that your screen shows.",
        "call_left": "This was a test of the duty desk.",
        "call_heard": "Test heard. Thank you.",
        "call_silent": "Noted that it did not ring. Thank you.",
        "call_verified": "This number is verified. Thank you.",
        "call_refused": "That is not the key on the screen. Have the desk call again.",
        "call_unknown": "That key means nothing here.",
    }
)
"""$desk: the desk's name; $code; $when: an instant."""


def said(texts: Texts, language: str, name: str, *, exercise: bool, **facts: str) -> str:
    """One of the texts, folded to GSM-7. In an exercise that word follows TEST, which comes first whatever else is
    said (desk-rules 15.2, 15.5)."""
    sections = texts.by_language.get(language, texts.by_language[DEFAULT_LANGUAGE])
    template = sections.get("phone_test", {}).get(name, PHONE_TEST[name])
    words = Template(template).substitute({"desk": "CNA", "code": "", "when": "", **facts})
    marks = [texts.get(language, "mark", Mark.TEST.value)]
    if exercise:
        marks.append(texts.get(language, "mark", Mark.EXERCISE.value))
    return fold(". ".join([*marks, words]))


def proof(texts: Texts, language: str, code: str, *, exercise: bool) -> str:
    return said(texts, language, "proof", exercise=exercise, code=code)
