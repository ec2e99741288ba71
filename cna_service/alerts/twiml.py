"""The pages of a call, in Twilio's markup.

Nothing of a case is said before a key is pressed, and a machine that picks up is left with "call the desk"
(desk-rules 2.6): the opening and the farewell are texts of the policy that know no case; what is said after a
key comes in a page of its own, fetched only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ANSWER_WITHIN = timedelta(seconds=7)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One passage in one language (BCP 47, as Twilio's ``<Say>`` takes it)."""

    text: str
    language: str = "en-GB"


def opening_page(
    words: tuple[Spoken, ...],
    *,
    action_url: str,
    farewell: tuple[Spoken, ...],
    repeats: int = 2,
    wait: timedelta = ANSWER_WITHIN,
) -> str:
    """What is said when somebody, or a machine, picks up: the words, waiting for one key, said again ``repeats``
    times, then the farewell ("call the desk") and the end. Neither may hold anything of a case."""
    return question_page(words, action_url=action_url, farewell=farewell, repeats=repeats, wait=wait)


def question_page(
    words: tuple[Spoken, ...],
    *,
    action_url: str,
    farewell: tuple[Spoken, ...] = (),
    digits: int | None = 1,
    repeats: int = 1,
    wait: timedelta = ANSWER_WITHIN,
) -> str:
    """Words that ask for ``digits`` keys (None: any number, ended by #), posted as ``Digits`` to ``action_url``."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    limits = {"finish_on_key": "#"} if digits is None else {"num_digits": digits}
    for _ in range(repeats + 1):
        gather = page.gather(
            action=action_url, method="POST", input="dtmf", timeout=int(wait.total_seconds()), **limits
        )
        _say(gather, words)
    _say(page, farewell)
    page.hangup()
    return str(page)


def closing_page(words: tuple[Spoken, ...]) -> str:
    """Words, and the end of the call."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    _say(page, words)
    page.hangup()
    return str(page)


def talk_only_page(words: tuple[Spoken, ...], *, repeats: int = 2) -> str:
    """For a desk that the provider cannot reach: the words, said again ``repeats`` times; no key is asked for."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    for _ in range(repeats + 1):
        _say(page, words)
        page.pause(length=2)
    page.hangup()
    return str(page)


def _say(page: object, words: tuple[Spoken, ...]) -> None:
    from twilio.twiml.voice_response import Gather, VoiceResponse

    assert isinstance(page, Gather | VoiceResponse)
    for passage in words:
        page.say(passage.text, language=passage.language)
