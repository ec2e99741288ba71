"""One of our own officers calls the desk: his open alerts read out and taken, or who has the watch.

The number that calls proves nothing, for it can be forged: nothing is read out before a code that was sent to that
number, and five wrong codes make it deaf as they do for texts (desk-rules 2.1).
"""

from __future__ import annotations

from cna_service.alerts import store as alert_store
from cna_service.alerts.store import Code
from cna_service.alerts.twiml import Spoken, menu_page, question_page
from cna_service.escalation.replies import is_deaf
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.intake.desk_calls import DeskCall
from cna_service.workflow import calls as summonses
from cna_service.workflow.calls_in import NoSuchCall, goes_on, in_call, mark_of, url
from cna_service.workflow.projections import CALLS, DESK, OFFICERS
from cna_service.workflow.replies import DEAF_LOOKS_BACK
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert

CODE_DIGITS = 4


def menu_for(service: Service, call: DeskCall) -> str:
    """1: his alerts. 2, or no key: who has the watch."""
    return menu_page(
        (_say(service, call, "menu"),),
        action_url=url(service, "menu", call),
        otherwise_url=url(service, "connect", call),
        repeats=0,
    )


def menu_key(service: Service, call_id: str, digits: str) -> str:
    """Raises NoSuchCall."""
    call = _call(service, call_id)
    return _ask_code(service, call) if digits == "1" else connect(service, call_id)


def connect(service: Service, call_id: str) -> str:
    """Like any caller from here on. Raises NoSuchCall."""
    return in_call(service, call_id, lambda work, _stream, call: goes_on(service, work, call))


def code_typed(service: Service, call_id: str, digits: str) -> str:
    """The code of one of his alerts: only then anything is read out. Raises NoSuchCall."""
    call, now = _call(service, call_id), service.clock.now()
    number = str(call.number)
    with service.read() as reader:
        wrong = alert_store.wrong_codes(reader.connection, number, now, DEAF_LOOKS_BACK)
        codes = _open_to(call, alert_store.codes_open_to(reader.connection, number))
    if is_deaf(wrong, now):
        return _ask_code(service, call, "locked", asks=False)
    match = next((c for c in codes if c.code == digits), None)
    if match is None:
        _note_wrong(service, number, len(wrong))
        return _ask_code(service, call, "wrong_code")
    return read_out(service, call, match)


def read_out(service: Service, call: DeskCall, code: Code) -> str:
    """What the alert is about, and the keys that take it."""
    words = summonses.facts_of(service, code.stream, code.alert, code.officer)
    action = url(service, "alert", call, code=code.alert, stream=code.stream)
    return question_page(words, action_url=action, repeats=1)


def alert_key(service: Service, call_id: str, stream: str, alert: str, digits: str) -> str:
    """A key for an alert that was read out to him in this call. Raises NoSuchCall."""
    call = _call(service, call_id)
    with service.read() as reader:
        mine = _open_to(call, alert_store.codes_open_to(reader.connection, str(call.number)))
    code = next((c for c in mine if c.alert == alert and c.stream == stream), None)
    if digits == "2" and code is not None:
        return read_out(service, call, code)
    said = summonses.act_on_key(service, str(call.officer), stream, alert, digits)
    left = sum(c.alert != alert for c in mine)
    return _ask_code(service, call, "more", before=said, count=left) if left else _closing(said)


def _closing(said: tuple[Spoken, ...]) -> str:
    from cna_service.alerts.twiml import closing_page

    return closing_page(said)


def _open_to(call: DeskCall, codes: list[Code]) -> list[Code]:
    return [c for c in codes if c.officer == call.officer and not c.code.startswith("T")]


def _note_wrong(service: Service, number: str, before: int) -> None:
    with service.database.write() as connection:
        alert_store.note_wrong_code(connection, number, service.clock.now())
    if (before + 1) % 5 == 0:
        with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(service, work, "wrong_codes")


def _ask_code(
    service: Service,
    call: DeskCall,
    first: str = "",
    *,
    asks: bool = True,
    before: tuple[Spoken, ...] = (),
    **facts: object,
) -> str:
    """Ask for a code; who types none is connected with who has the watch."""
    words = [*before, *([_say(service, call, first, **facts)] if first else [])]
    if asks and first != "more":
        words.append(_say(service, call, "code"))
    return menu_page(
        tuple(words),
        action_url=url(service, "code", call) if asks else url(service, "connect", call),
        otherwise_url=url(service, "connect", call),
        digits=CODE_DIGITS,
        repeats=0,
    )


def _call(service: Service, call_id: str) -> DeskCall:
    with service.read() as reader:
        call = reader.stream(DESK).of(CALLS).by_id.get(call_id)
    if call is None or call.officer is None:
        raise NoSuchCall(call_id[:40])
    return call


def _say(service: Service, call: DeskCall, name: str, **facts: object) -> Spoken:
    with service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).by_id.get(str(call.officer))
    language = officer.language if officer is not None else "en"
    policy = service.policies.calls
    said = mark_of(service, language) + policy.say(language, name, **facts)
    return Spoken(said, policy.voice(language))
