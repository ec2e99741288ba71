"""Who picks up for a caller: the whisper that no voicemail answers, the key that takes the call, what was recorded."""

from __future__ import annotations

from collections.abc import Mapping

from cna_service.alerts.twiml import Spoken, closing_page, connected_page, question_page
from cna_service.identity.permissions import Action
from cna_service.intake.desk_calls import DeskCall
from cna_service.ledger.entry import Draft
from cna_service.workflow import media
from cna_service.workflow.calls_in import NoSuchCall, in_call, kept_page, mark_of, url
from cna_service.workflow.projections import CALLS, DESK, OFFICERS
from cna_service.workflow.replies import officer_actor
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

_SID = 34
"""Characters of the telephone company's names for what it holds: two letters and 32 hexadecimal digits."""


def whisper(service: Service, call_id: str, leg: int) -> str:
    """Said to whoever picked up, before the caller is put through: nothing of any case, and a machine that hears it
    presses no key. Raises NoSuchCall."""
    call, _, language = _leg(service, call_id, leg)
    if not _still_waits(call, leg):
        return closing_page((_say(service, language, "gone"),))
    words = (_say(service, language, "whisper"),)
    return question_page(words, action_url=url(service, "take", call, leg=leg), repeats=1)


def take(service: Service, call_id: str, leg: int, digits: str) -> str:
    """The key was pressed: 1 takes the call, and whoever pressed it is connected. Raises NoSuchCall."""
    _, officer, language = _leg(service, call_id, leg)
    if digits != "1":
        return whisper(service, call_id, leg)
    actor = officer_actor(service, officer, "keypress")
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, DESK) as work:
        now = work.of(CALLS, DESK).by_id[call_id]
        is_his = now.taken_by == officer
        if _still_waits(now, leg) and not is_his:
            post = next(each.post for each in now.legs if each.n == leg)
            told = {"call": call_id, "leg": leg, "officer": officer, "post": post}
            work.append(Draft("call.taken", told), DESK)
            return connected_page()
        # Nothing is appended: leaving the block normally would be a fault of ours.
        raise _TakenBefore(connected_page() if is_his else closing_page((_say(service, language, "gone"),)))


class _TakenBefore(Exception):
    """The key came twice, or too late; the page to answer with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page


def taken(service: Service, call_id: str, leg: int, digits: str) -> str:
    """:func:`take`, where a key that comes twice is answered as the first one was. Raises NoSuchCall."""
    try:
        return take(service, call_id, leg, digits)
    except _TakenBefore as before:
        return before.page


def _still_waits(call: DeskCall, leg: int) -> bool:
    ringing = call.ringing
    return call.is_live and call.missed is None and ringing is not None and ringing.n == leg


def _leg(service: Service, call_id: str, leg: int) -> tuple[DeskCall, str, str]:
    """(the call, whose telephone, his language)."""
    with service.read() as reader:
        stream = reader.stream(DESK)
        call = stream.of(CALLS).by_id.get(call_id)
        found = next((each for each in call.legs if each.n == leg), None) if call is not None else None
        if call is None or found is None:
            raise NoSuchCall(call_id[:40])
        officer = stream.of(OFFICERS).by_id.get(found.officer)
    return call, found.officer, officer.language if officer is not None else "en"


def _say(service: Service, language: str, name: str) -> Spoken:
    policy = service.policies.calls
    return Spoken(mark_of(service, language) + policy.say(language, name), policy.voice(language))


# --- what a caller left


def recorded(service: Service, call_id: str) -> str:
    """The caller spoke after the tone: he is told that it is kept. Raises NoSuchCall."""
    return in_call(service, call_id, lambda _work, _stream, call: kept_page(service, call))


def recording_is_there(service: Service, call_id: str, params: Mapping[str, str]) -> None:
    """The telephone company has a recording: it is fetched at once (desk-rules 8.4). Raises NoSuchCall."""
    sid, seconds = params.get("RecordingSid", ""), params.get("RecordingDuration", "")
    if params.get("RecordingStatus", "completed").lower() != "completed" or len(sid) != _SID:
        return

    def act(work: Work, stream: str, call: DeskCall) -> None:
        length = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 8 else None
        media.announce(work, stream, sid=sid, of=call.id, kind="recording", parent=call.sid, seconds=length)

    in_call(service, call_id, act)
