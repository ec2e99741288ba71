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


@dataclass(frozen=True, slots=True)
class RecordedTo:
    """Where the telephone company tells of a recording once it has it."""

    url: str
    longest: timedelta = timedelta(minutes=5)


def connecting_page(
    words: tuple[Spoken, ...],
    *,
    number: str,
    shown_as: str,
    whisper_url: str,
    after_url: str,
    ring: timedelta,
    recorded_to: str | None = None,
) -> str:
    """The words, then one person's telephone rings while the caller waits. Who picks up hears ``whisper_url`` first and
    is connected only if that page ends without hanging up; ``after_url`` gets how it ended. ``shown_as``: the number
    that his telephone shows, ours, so that it rings through where only we may disturb."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    _say(page, words)
    recorded = (
        {}
        if recorded_to is None
        else {"record": "record-from-answer", "recording_status_callback": recorded_to}
        | {"recording_status_callback_event": "completed absent"}
    )
    dial = page.dial(
        action=after_url,
        method="POST",
        timeout=int(ring.total_seconds()),
        **({"caller_id": shown_as} if shown_as else {}),
        **recorded,
    )
    dial.number(number, url=whisper_url, method="POST")
    return str(page)


def connected_page(words: tuple[Spoken, ...] = ()) -> str:
    """The end of a whisper: who picked up is connected with the caller."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    _say(page, words)
    return str(page)


def record_page(words: tuple[Spoken, ...], *, after_url: str, recorded_to: RecordedTo) -> str:
    """The words, a tone, and what the caller says until he hangs up, presses # or is silent for ten seconds."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    _say(page, words)
    page.record(
        action=after_url,
        method="POST",
        timeout=10,
        finish_on_key="#",
        max_length=int(recorded_to.longest.total_seconds()),
        play_beep=True,
        recording_status_callback=recorded_to.url,
        recording_status_callback_event="completed absent",
    )
    page.hangup()
    return str(page)


def menu_page(
    words: tuple[Spoken, ...],
    *,
    action_url: str,
    otherwise_url: str,
    digits: int = 1,
    repeats: int = 1,
    wait: timedelta = ANSWER_WITHIN,
) -> str:
    """Words that ask for keys; who presses none goes on to ``otherwise_url`` and is not hung up on."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    for _ in range(repeats + 1):
        gather = page.gather(
            action=action_url,
            method="POST",
            input="dtmf",
            timeout=int(wait.total_seconds()),
            num_digits=digits,
        )
        _say(gather, words)
    page.redirect(otherwise_url, method="POST")
    return str(page)


def fallback_page(
    greeting: tuple[Spoken, ...], numbers: list[str], still: tuple[Spoken, ...], *, ring: timedelta
) -> str:
    """A page that asks nobody for anything, to lie on another host than the desk: one telephone after the other."""
    from twilio.twiml.voice_response import VoiceResponse

    page = VoiceResponse()
    _say(page, greeting)
    for n, number in enumerate(numbers):
        if n:
            _say(page, still)
        page.dial(timeout=int(ring.total_seconds())).number(number)
    page.hangup()
    return str(page)
