"""Whoever calls the desk's number, in the words of a story: what he hears, who is rung for him, who takes it."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cna_service.intake.desk_calls import Calls, DeskCall
from cna_service.workflow import call_menu, calls_in, calls_taken
from cna_service.workflow.projections import CALLS, DESK, case_stream
from tests.workflow.desk import LiveDesk
from tests.workflow.outside import Message

OUR_NUMBER = "+15550100"
STRANGER = "+34911222333"
WITHHELD = "+266696687"
_NUMBERS = itertools.count(1)


@dataclass
class Caller:
    """One call. ``said``: what he heard so far."""

    desk: LiveDesk
    number: str = STRANGER
    sid: str = field(default_factory=lambda: f"CA{next(_NUMBERS):032x}")
    said: list[str] = field(default_factory=list)
    rings: str | None = None
    message: Message | None = None
    whisper_url: str = ""
    after_url: str = ""
    keys_url: str = ""
    then_url: str = ""
    recorded_to: str = ""
    is_over: bool = False

    def calls(self) -> Caller:
        told = {"CallSid": self.sid, "From": self.number, "To": OUR_NUMBER, "CallStatus": "ringing"}
        self._follow(calls_in.arrives(self.desk.service, told))
        return self

    @property
    def heard(self) -> str:
        return " ".join(self.said)

    @property
    def call(self) -> DeskCall:
        found = self.calls_of_desk.of_sid(self.sid)
        assert found is not None
        return found

    @property
    def calls_of_desk(self) -> Calls:
        with self.desk.service.read() as reader:
            return reader.stream(DESK).of(CALLS)

    @property
    def case(self) -> str:
        assert self.call.case is not None, "the call belongs to no case"
        return self.call.case

    @property
    def in_case(self) -> DeskCall:
        with self.desk.service.read() as reader:
            return reader.stream(case_stream(self.case)).of(CALLS).by_id[self.call.id]

    # --- whoever's telephone rings

    def is_picked_up(self) -> str:
        """Returns what is whispered, before anybody is connected."""
        q = self._query(self.whisper_url)
        return _words(calls_taken.whisper(self.desk.service, q["call"], int(q["leg"])))

    def is_taken(self, digits: str = "1") -> bool:
        """The key is pressed; whether the two are connected."""
        q = self._query(self.whisper_url)
        page = calls_taken.taken(self.desk.service, q["call"], int(q["leg"]), digits)
        self.desk.settle()
        return ET.fromstring(page).find("Hangup") is None

    def is_not_taken(self, status: str = "no-answer") -> None:
        """The telephone that rings is busy, rings out, or a machine has it (``completed``)."""
        self._after(DialCallStatus=status, DialBridged="false", CallStatus="in-progress")

    def is_dropped(self) -> None:
        """He pressed the key and the two were not connected."""
        self._after(DialCallStatus="completed", DialBridged="false", CallStatus="in-progress")

    def talk_ends(self) -> None:
        """Whoever took it hangs up."""
        self._after(DialCallStatus="completed", DialBridged="true", CallStatus="in-progress")
        self.is_told_over()

    # --- the caller

    def hangs_up(self) -> None:
        if self.after_url:
            self._after(DialCallStatus="canceled", DialBridged="false", CallStatus="completed")
        self.is_told_over()

    def is_told_over(self, seconds: int = 30) -> None:
        told = {"CallSid": self.sid, "CallStatus": "completed", "CallDuration": str(seconds)}
        calls_in.call_over(self.desk.service, told)
        self.is_over = True
        self.desk.settle()

    def presses(self, digits: str) -> None:
        self._step(self.keys_url, digits)

    def presses_nothing(self) -> None:
        self._step(self.then_url, "")

    def says(self, words: bytes, *, sid: str | None = None) -> str:
        """After the tone; returns the recording's name at the company."""
        sid = sid or f"RE{next(_NUMBERS):032x}"
        self.desk.exchange.media[sid] = ("audio/x-wav", words)
        told = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": "7"}
        calls_taken.recording_is_there(self.desk.service, self._query(self.recorded_to)["call"], told)
        self.desk.settle()
        return sid

    # --- the pages

    def _after(self, **told: str) -> None:
        q = self._query(self.after_url)
        page = calls_in.leg_ended(self.desk.service, q["call"], int(q["leg"]), {"CallSid": self.sid, **told})
        self._follow(page)

    def _step(self, url: str, digits: str) -> None:
        step, q = urlsplit(url).path.rsplit("/", 1)[1], self._query(url)
        service = self.desk.service
        pages = {
            "menu": lambda: call_menu.menu_key(service, q["call"], digits),
            "connect": lambda: call_menu.connect(service, q["call"]),
            "code": lambda: call_menu.code_typed(service, q["call"], digits),
            "alert": lambda: call_menu.alert_key(service, q["call"], q["stream"], q["code"], digits),
        }
        self._follow(pages[step]())

    def _follow(self, page: str) -> None:
        root = ET.fromstring(page)
        self.rings, self.after_url, self.whisper_url = None, "", ""
        self.keys_url = self.then_url = ""
        self.said += [" ".join("".join(s.itertext()).split()) for s in root.iter("Say")]
        if (dial := root.find("Dial")) is not None:
            number = dial.find("Number")
            assert number is not None and number.text is not None
            self.rings, self.after_url = number.text, dial.get("action", "")
            self.whisper_url = number.get("url", "")
            assert dial.get("callerId") == OUR_NUMBER
            phone = self.desk.exchange.phone(number.text)
            self.message = Message("call", self.desk.clock.now(), number.text, "", self.sid, "for a caller")
            phone.received.append(self.message)
        if (record := root.find("Record")) is not None:
            self.recorded_to = record.get("recordingStatusCallback", "")
        if (gather := root.find("Gather")) is not None:
            self.keys_url = gather.get("action", "")
        if (redirect := root.find("Redirect")) is not None:
            self.then_url = "".join(redirect.itertext())
        self.desk.settle()

    @staticmethod
    def _query(url: str) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}


def _words(page: str) -> str:
    return " ".join(" ".join("".join(s.itertext()).split()) for s in ET.fromstring(page).iter("Say"))
