"""Calls in the simulated company: ringing, picking up, and following the pages that the desk serves."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import urljoin

from cna_service.exercise.phone_company_markup import page_of, words_of
from cna_service.exercise.phone_company_phones import Call, Condition, NobodyListens, Phone
from cna_service.exercise.phone_company_switch import API_VERSION, Switch, new_sid

_APOLOGY = "We are sorry, an application error has occurred. Goodbye."
_A_PERSON_LISTENS = frozenset({Condition.OK, Condition.NO_RECEIPT})
_DIRECTIONS = {"to_phone": "outbound-api", "from_phone": "inbound", "dial": "outbound-dial"}
_EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


@dataclass(slots=True)
class _Question:
    action: str
    digits: int | None
    ends_with: str
    wait: timedelta


@dataclass(slots=True)
class Line:
    """An open call: the page it follows, what is left of it, and the keys not yet used. ``step`` counts, so that
    a wait which has been overtaken does nothing. The rest is of calls to the desk (``phone_company_dial``): ``parent``
    is the caller for whom this telephone rings, ``other`` whom it is connected with."""

    call: Call
    page_url: str = ""
    verbs: deque[ET.Element] = field(default_factory=deque)
    question: _Question | None = None
    keys: str = ""
    step: int = 0
    told: int = 0
    parent: Line | None = None
    other: Line | None = None
    is_bridged: bool = False
    is_recording: bool = False
    silence: timedelta = timedelta()
    action: str | None = None
    recorded_to: str | None = None
    spoken: list[str] = field(default_factory=list)


class Calls:
    """Every method whose name begins with an underscore and that opens no turn is called within one."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._lines: dict[str, Line] = {}

    def accept(self, phone: Phone, call: Call, parent: Line | None = None) -> None:
        """Within a turn: begin to call the telephone, for a caller who waits if there is a ``parent``."""
        call.setting = phone.take_setting()
        phone.calls.append(call)
        line = self._lines[call.id] = Line(call, parent=parent)
        self._tell(line, "initiated")
        self._switch.later(self._switch.delays.ringing, lambda: self._ring(line))

    def press(self, number: str, call_id: str, digits: str) -> Call:
        """The owner presses keys; while it still rings, he picks up first. Raises NoSuchPhone, NoSuchCall and
        NobodyListens (the call is over, or a machine has it)."""
        with self._switch.turn():
            call = self._switch.phone(number).call(call_id)
            if call.is_over or call.setting.condition not in _A_PERSON_LISTENS:
                raise NobodyListens(f"Call {call_id} is {call.status}; nobody there can press a key.")
            line = self._lines[call_id]
            call.pressed.append(digits)
            line.keys += digits
            if call.started_at is None:
                self._open(line)
            else:
                self._use_keys(line)
            return call

    def _ring(self, line: Line) -> None:
        with self._switch.turn():
            if line.call.started_at is not None or line.call.is_over:
                return
            self._move(line, "ringing")
            extra = line.call.setting.delay
            match line.call.setting.condition:
                case Condition.BUSY:
                    self._switch.later(extra, lambda: self._give_up(line, "busy"))
                case Condition.OFF:
                    self._switch.later(line.call.ring + extra, lambda: self._give_up(line, "no-answer"))
                case Condition.UNDELIVERED:
                    self._switch.later(extra, lambda: self._give_up(line, "failed"))
                case _:
                    self._switch.later(self._switch.delays.answered + extra, lambda: self._pick_up(line))

    def _give_up(self, line: Line, status: str) -> None:
        with self._switch.turn():
            self._end(line, status)

    def _pick_up(self, line: Line) -> None:
        with self._switch.turn():
            if line.call.started_at is None and not line.call.is_over:
                self._open(line)

    def _open(self, line: Line) -> None:
        call = line.call
        call.started_at = self._switch.agenda.now()
        self._move(line, "in-progress")
        if call.twiml is not None:
            self._read(line, call.twiml)
        elif call.answer_url is not None:
            self._fetch(line, call.answer_url)
        else:
            self._end(line, "completed")

    def _fetch(self, line: Line, url: str, **params: str) -> None:
        line.question = None
        line.page_url = urljoin(line.page_url, url)
        self._switch.courier.post(
            line.page_url,
            self._params(line.call) | params,
            lane=f"page {line.call.id}",
            then=lambda body: self._fetched(line, body),
        )

    def _fetched(self, line: Line, body: str | None) -> None:
        with self._switch.turn():
            if not line.call.is_over:
                self._read(line, body)

    def _read(self, line: Line, markup: str | None) -> None:
        page = page_of(markup)
        if page is None:
            line.call.said.append(_APOLOGY)
            self._end(line, "completed")
        else:
            line.verbs = deque(page)
            self._go_on(line)

    def _go_on(self, line: Line) -> None:
        """Follow the page until it waits for a key, for time or for another page, or ends."""
        line.step += 1
        while line.verbs:
            verb = line.verbs.popleft()
            match verb.tag:
                case "Say":
                    line.call.said.append(words_of(verb))
                case "Gather":
                    self._ask(line, verb)
                    return
                case "Pause":
                    self._wait(line, timedelta(seconds=float(verb.get("length", "1"))))
                    return
                case "Redirect":
                    self._fetch(line, words_of(verb))
                    return
                case "Hangup":
                    self._end(line, "completed")
                    return
                case _:
                    if self._other_verb(line, verb):
                        return
        self._page_over(line)

    def _other_verb(self, line: Line, verb: ET.Element) -> bool:
        """Whether the verb was understood, and the page waits for what it began."""
        return False

    def _page_over(self, line: Line) -> None:
        self._end(line, "completed")

    def _after_keys(self, line: Line) -> bool:
        """Whether the keys ended something else than a question."""
        return False

    def _after_wait(self, line: Line) -> bool:
        """Whether the time that is over was waited for something else than a key or a pause."""
        return False

    def _ended(self, line: Line) -> None:
        """What follows from the end of a line, which is over already."""

    def _ask(self, line: Line, verb: ET.Element) -> None:
        line.call.said.extend(words_of(inner) for inner in verb.iter("Say"))
        count = verb.get("numDigits")
        line.question = _Question(
            action=verb.get("action") or line.page_url,
            digits=None if count is None else int(count),
            ends_with=verb.get("finishOnKey", "#"),
            wait=timedelta(seconds=float(verb.get("timeout", "5"))),
        )
        if line.keys:
            self._use_keys(line)
        else:
            self._wait(line, line.question.wait)

    def _use_keys(self, line: Line) -> None:
        question = line.question
        if question is None:
            self._after_keys(line)
            return
        typed, end, _ = line.keys.partition(question.ends_with) if question.ends_with else (line.keys, "", "")
        if end or (question.digits is not None and len(typed) >= question.digits):
            self._submit(line, question, typed)
        else:
            line.step += 1
            self._wait(line, question.wait)

    def _submit(self, line: Line, question: _Question, typed: str) -> None:
        # Keys beyond those asked for are lost, as on a real line.
        line.keys = ""
        line.step += 1
        self._fetch(line, question.action, Digits=typed[: question.digits])

    def _wait(self, line: Line, window: timedelta) -> None:
        step = line.step
        self._switch.later(window, lambda: self._time_out(line, step))

    def _time_out(self, line: Line, step: int) -> None:
        with self._switch.turn():
            if line.call.is_over or line.step != step:
                return
            question, line.question = line.question, None
            if self._after_wait(line):
                return
            if question is not None and line.keys:
                self._submit(line, question, line.keys)
            else:
                self._go_on(line)

    def _end(self, line: Line, status: str) -> None:
        call = line.call
        if call.is_over:
            return
        call.ended_at = self._switch.agenda.now()
        line.step += 1
        self._move(line, status)
        del self._lines[call.id]
        self._ended(line)

    def _move(self, line: Line, status: str) -> None:
        line.call.status = status
        self._tell(line, status)

    def _tell(self, line: Line, status: str) -> None:
        call = line.call
        event = _EVENTS.get(status, "completed")
        silent = call.setting.condition is Condition.NO_RECEIPT and status != "initiated"
        if event not in call.events or silent:
            return
        params = self._params(call) | {
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(line.told),
            "Timestamp": format_datetime(self._switch.agenda.now()),
        }
        if call.ended_at is not None:
            params["CallDuration"] = str(
                int((call.ended_at - (call.started_at or call.ended_at)).total_seconds())
            )
        line.told += 1
        self._switch.tell(call.id, call.phone, call.callback, params)

    def _params(self, call: Call) -> dict[str, str]:
        return {
            "CallSid": call.id,
            "AccountSid": self._switch.account.sid,
            "ApiVersion": API_VERSION,
            "Direction": _DIRECTIONS[call.direction],
            "CallStatus": call.status,
            "To": call.desk if call.direction == "from_phone" else call.phone,
            "From": call.shown if call.direction == "from_phone" else call.desk,
        }


def new_call(switch: Switch, phone: Phone, *, desk: str) -> Call:
    return Call(id=new_sid("CA"), at=switch.agenda.now(), phone=phone.number, desk=desk)
