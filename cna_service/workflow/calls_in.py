"""A call to the desk's number: greeted, connected with who has the watch, then with the next rungs, only then recorded.

The telephone company asks for one page after another; each answer is a command, and all that is known of the call are
its entries, so that a desk that restarts in the middle of a call goes on where it stood. Asked twice for the same step
it gives the same page. A machine that picks up presses no key and gets no caller (desk-rules 14.1, 2.6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar
from urllib.parse import quote

from cna_service.alerts.twiml import RecordedTo, Spoken, closing_page, connecting_page, record_page
from cna_service.escalation.words import Mark
from cna_service.identity.actors import SERVICE
from cna_service.intake.desk_calls import DeskCall
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import calls_who
from cna_service.workflow.calls_missed import earlier_case, end, miss
from cna_service.workflow.projections import ALERTS, CALLS, DESK, case_stream
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert, voice_to
from cna_service.workflow.work import Work

VOICE = "/callbacks/twilio/voice"
FLOOD, FLOOD_WITHIN = "call_flood", timedelta(minutes=10)
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_MOST_TRIES = 12

T = TypeVar("T")


class NoSuchCall(NotFound):
    code = "no-such-call"
    title = "The desk knows of no such call"


def arrives(service: Service, params: Mapping[str, str]) -> str:
    """Somebody calls: the first page. The same call announced twice is one call."""
    with service.read() as reader:
        held = calls_who.may_join(reader.stream(DESK).of(CALLS), params.get("From", ""), reader.now)
    with service.tick(SERVICE, [DESK, *(case_stream(c) for c in held)], wait=True) as work:
        call = work.of(CALLS, DESK).of_sid(params.get("CallSid", ""))
        if call is None:
            call = _received(service, work, params)
        if call.caller == "officer" and not call.legs and call.rings:
            return menu(service, call)
        return goes_on(service, work, call)


def menu(service: Service, call: DeskCall) -> str:
    """For one of our own numbers: his alerts, or who has the watch."""
    from cna_service.workflow.call_menu import menu_for

    return menu_for(service, call)


def _received(service: Service, work: Work, params: Mapping[str, str]) -> DeskCall:
    caller, number = calls_who.caller(work, params.get("From", ""), our_numbers(service))
    lately = calls_who.lately(work, number, FLOOD_WITHIN)
    is_flood = lately >= service.policies.calls.calls_in_ten_minutes
    call = uuid7(work.now)
    told = {
        "call": call,
        "sid": params.get("CallSid", "")[:80] or f"none-{call}",
        "number": number,
        "to": params.get("To", "")[:40],
        "caller": caller,
        "rings": not is_flood,
    }
    work.append(Draft("call.received", {k: v for k, v in told.items() if v not in (None, "")}), DESK)
    if is_flood:
        _tell_flood(service, work)
    return work.of(CALLS, DESK).by_id[call]


def our_numbers(service: Service) -> tuple[str, ...]:
    return (service.desk.telephone, *service.desk.calls_from)


def _tell_flood(service: Service, work: Work) -> None:
    """Loudly, and once: the calls themselves are kept one by one."""
    alerts = work.of(ALERTS, DESK).by_id.values()
    if not any(a.kind == FLOOD and work.now - a.raised_at < timedelta(hours=1) for a in alerts):
        raise_alert(service, work, FLOOD, stream=DESK)


def goes_on(service: Service, work: Work, call: DeskCall) -> str:
    """The page that the caller's line follows now. The command holds ``desk``."""
    call = work.of(CALLS, DESK).by_id[call.id]
    leg = call.ringing
    if leg is not None:
        # Asked again for a step that was answered: the same telephone rings.
        return _rings(service, call, is_first=len(call.legs) == 1)
    if call.missed is None and call.case is None and call.rings and len(call.legs) < _MOST_TRIES:
        person = calls_who.next_person(work, call)
        if person is not None:
            told = {
                "call": call.id,
                "leg": len(call.legs) + 1,
                "officer": person.officer,
                "post": person.post,
                "contact": person.contact,
                "number": person.number,
            }
            work.append(Draft("call.tried", told), DESK)
            return _rings(service, work.of(CALLS, DESK).by_id[call.id], is_first=not call.legs)
    if call.case is None:
        miss(service, work, call, "nobody_took_it" if call.rings else "flood")
    return _records(service, work, call)


def _rings(service: Service, call: DeskCall, *, is_first: bool) -> str:
    leg, policy = call.legs[-1], service.policies.calls
    is_recorded = policy.recorded == "all"
    words = _greeting(service, call, is_recorded=is_recorded) if is_first else _all(service, call, "still")
    return connecting_page(
        words,
        number=str(leg.number),
        shown_as=call.to,
        whisper_url=url(service, "whisper", call, leg=leg.n),
        after_url=url(service, "next", call, leg=leg.n),
        ring=policy.ring,
        recorded_to=url(service, "recording", call) if is_recorded else None,
    )


def _records(service: Service, work: Work, call: DeskCall) -> str:
    policy = service.policies.calls
    at = f"{work.now + policy.call_back:%H %M} Zulu"
    if policy.recorded == "none":
        return closing_page(_all(service, call, "nobody_no_tone", at=at))
    notice = () if policy.recorded == "all" and call.legs else _all(service, call, "recorded")
    return record_page(
        (*notice, *_all(service, call, "nobody", at=at)),
        after_url=url(service, "recorded", call),
        recorded_to=RecordedTo(url(service, "recording", call), policy.longest_message),
    )


def kept_page(service: Service, call: DeskCall) -> str:
    return closing_page(_all(service, call, "kept"))


def languages(service: Service, call: DeskCall) -> tuple[str, ...]:
    """The greeting's languages; those of the authority that the number belongs to come first."""
    policy = service.policies.calls
    theirs = [str(each) for a in call.authorities for each in a.get("languages", ()) if policy.has(str(each))]
    return tuple(dict.fromkeys([*theirs, *policy.greeting]))


def _greeting(service: Service, call: DeskCall, *, is_recorded: bool) -> tuple[Spoken, ...]:
    policy, words = service.policies.calls, []
    for n, language in enumerate(languages(service, call)):
        names = [*(["answered"] if n == 0 else []), *(["recorded"] if is_recorded else []), "connecting"]
        said = " ".join(policy.say(language, name, desk=service.desk.name) for name in names)
        words.append(Spoken(said, policy.voice(language)))
    return (*_marked(service), *words)


def _marked(service: Service) -> tuple[Spoken, ...]:
    policy = service.policies.calls
    return (Spoken(policy.say("en", "exercise"), policy.voice("en")),) if service.desk.is_exercise else ()


def mark_of(service: Service, language: str) -> str:
    """With what everything begins that is said to one of ours: of an exercise, that it is one; while one is announced,
    that this is real (desk-rules 15.2)."""
    if service.desk.is_exercise:
        return f"{service.policies.calls.say(language, 'exercise')} "
    is_real = voice_to(service, None).mark is Mark.REAL
    return f"{service.policies.texts.get(language, 'mark', Mark.REAL.value)}. " if is_real else ""


def _all(service: Service, call: DeskCall, name: str, **facts: object) -> tuple[Spoken, ...]:
    """One sentence in each language of the greeting."""
    policy = service.policies.calls
    return tuple(
        Spoken(policy.say(each, name, **facts), policy.voice(each)) for each in languages(service, call)
    )


def url(service: Service, step: str, call: DeskCall, **more: object) -> str:
    query = "".join(f"&{k}={quote(str(v), safe='')}" for k, v in more.items())
    return f"{service.desk.public_url}{VOICE}/{step}?call={quote(call.id, safe='')}{query}"


# --- the steps after the first


def leg_ended(service: Service, call_id: str, leg: int, params: Mapping[str, str]) -> str:
    """A telephone that rang for the caller rings no more, or its talk is over: what comes next. Raises NoSuchCall."""

    def act(work: Work, stream: str, call: DeskCall) -> str:
        ringing = call.ringing
        is_gone = params.get("CallStatus", "").lower() in _OVER
        if ringing is not None and ringing.n == leg:
            is_lost = params.get("DialBridged", "").lower() == "false"
            if ringing.taken_at is not None and not is_lost:
                return _said_goodbye(service, work, stream, call)
            why = _why(params, was_taken=ringing.taken_at is not None, is_gone=is_gone)
            work.append(Draft("call.not_taken", {"call": call.id, "leg": leg, "why": why}), DESK)
        if is_gone:
            _over(service, work, stream, call, params)
            return closing_page(())
        return goes_on(service, work, call)

    return in_call(service, call_id, act)


def _why(params: Mapping[str, str], *, was_taken: bool, is_gone: bool) -> str:
    if was_taken:
        return "dropped"
    if is_gone:
        return "caller_gone"
    status = params.get("DialCallStatus", "").lower()
    # Answered and not connected: nobody pressed the key, as a voicemail does not.
    return status if status in ("busy", "no-answer", "failed", "canceled") else "no_key"


def _said_goodbye(service: Service, work: Work, stream: str, call: DeskCall) -> str:
    if work.of(CALLS, stream).by_id[call.id].ended_at is None:
        end(service, work, stream, call, how="answered")
    return closing_page(())


def call_over(service: Service, params: Mapping[str, str]) -> None:
    """The caller's line is closed: he hung up, or we did. What nobody took is missed. Says nothing of a call that the
    desk never heard of: its entry would have no beginning."""
    if params.get("CallStatus", "").lower() not in _OVER:
        return
    with service.read() as reader:
        call = reader.stream(DESK).of(CALLS).of_sid(params.get("CallSid", ""))
    if call is not None:
        in_call(service, call.id, lambda work, stream, one: _over(service, work, stream, one, params))


def _over(service: Service, work: Work, stream: str, call: DeskCall, params: Mapping[str, str]) -> None:
    here = work.of(CALLS, stream).by_id[call.id]
    if here.ended_at is not None:
        return
    told = params.get("CallDuration", "")
    seconds = int(told) if told.isascii() and told.isdigit() and len(told) < 8 else None
    how = "answered" if call.taken_by else "recorded" if call.missed or call.case else "hung_up"
    current = work.of(CALLS, DESK).by_id[call.id]
    end(service, work, stream, current if stream == DESK else call, how=how, seconds=seconds)


def in_call(service: Service, call_id: str, act: Callable[[Work, str, DeskCall], T]) -> T:
    """Run a step of a call, holding ``desk`` and the case that the call belongs to, or shall if it is missed; ``act``
    gets the stream that the call lives in. Raises NoSuchCall."""
    for _ in range(5):
        with service.read() as reader:
            calls = reader.stream(DESK).of(CALLS)
            known = calls.by_id.get(call_id)
            if known is None:
                raise NoSuchCall(call_id[:40])
            case = known.case or earlier_case(calls, known, reader.now)
        streams = [DESK, *([case_stream(case)] if case else [])]
        with service.tick(SERVICE, streams, wait=True) as work:
            call = work.of(CALLS, DESK).by_id[call_id]
            # Joined to a case while this one waited for the lock: begin again, holding that case too.
            if call.case is None or call.case == case:
                return act(work, DESK if call.case is None else case_stream(call.case), call)
    raise NoSuchCall(call_id[:40])
