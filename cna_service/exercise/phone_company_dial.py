"""Calls to the desk's number in the simulated company: the caller's line, the telephones that ring for him, the whisper
before they are connected, what is recorded, and who hangs up."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta
from urllib.parse import urljoin

from cna_service.exercise.phone_company_calls import Calls, Line
from cna_service.exercise.phone_company_markup import page_of, words_of
from cna_service.exercise.phone_company_media import Kept, MediaRoom, recording
from cna_service.exercise.phone_company_phones import Call, NobodyListens
from cna_service.exercise.phone_company_switch import API_VERSION, Switch, new_sid

WITHHELD = "+266696687"
"""What the provider gives as the number of a caller who withholds his own: ANONYMOUS on a keypad."""


class Exchange(Calls):
    """``voice_url``, ``ended_url``: where the desk's number sends calls, and tells of their end; ``fallback``: the page
    on another host that serves a call for which the desk gives none."""

    def __init__(self, switch: Switch, media: MediaRoom) -> None:
        super().__init__(switch)
        self._media = media
        self.voice_url: str | None = None
        self.ended_url: str | None = None
        self.fallback: str | None = None

    def dial_in(self, number: str, *, is_withheld: bool = False) -> Call:
        """The owner calls the desk; a number that nobody had yet becomes a telephone."""
        with self._switch.turn():
            call = Call(
                id=new_sid("CA"),
                at=self._switch.agenda.now(),
                phone=number,
                desk=self._switch.account.number,
                status="ringing",
                direction="from_phone",
                shown=WITHHELD if is_withheld else number,
                started_at=self._switch.agenda.now(),
            )
            self._switch.phone_or_new(number).calls.append(call)
            line = self._lines[call.id] = Line(call)
            if self.voice_url is None:
                self._end(line, "failed")
            else:
                call.status = "in-progress"
                self._fetch(line, self.voice_url)
            return call

    def speak(self, number: str, call_id: str, words: str) -> Call:
        """Somebody says something into an open call; it is on the recording, if there is one. Raises NoSuchPhone,
        NoSuchCall, NobodyListens."""
        with self._switch.turn():
            line = self._open_line(number, call_id)
            line.spoken.append(words)
            if line.is_recording:
                line.step += 1
                self._wait(line, line.silence)
            return line.call

    def hang_up(self, number: str, call_id: str) -> Call:
        """Raises NoSuchPhone, NoSuchCall, NobodyListens."""
        with self._switch.turn():
            line = self._open_line(number, call_id)
            is_leg_that_rings = line.parent is not None and line.call.started_at is None
            self._end(line, "busy" if is_leg_that_rings else "completed")
            return line.call

    def _open_line(self, number: str, call_id: str) -> Line:
        call = self._switch.phone(number).call(call_id)
        if call.is_over:
            raise NobodyListens(f"Call {call_id} is {call.status}.")
        return self._lines[call_id]

    # --- verbs of a page

    def _read(self, line: Line, markup: str | None) -> None:
        if page_of(markup) is None and line.call.direction == "from_phone" and self.fallback is not None:
            markup = self.fallback
        super()._read(line, markup)

    def _other_verb(self, line: Line, verb: ET.Element) -> bool:
        if verb.tag == "Dial":
            self._dial(line, verb)
        elif verb.tag == "Record":
            self._record(line, verb)
        else:
            return False
        return True

    def _dial(self, line: Line, verb: ET.Element) -> None:
        number = next(iter(verb.iter("Number")), None)
        leg = Call(
            id=new_sid("CA"),
            at=self._switch.agenda.now(),
            phone=words_of(verb if number is None else number),
            desk=verb.get("callerId") or line.call.shown or line.call.phone,
            answer_url=None
            if number is None or not number.get("url")
            else urljoin(line.page_url, number.get("url")),
            twiml=None if number is not None and number.get("url") else "<Response/>",
            events=(),
            ring=timedelta(seconds=int(verb.get("timeout", "30"))),
            direction="dial",
        )
        line.action = verb.get("action")
        line.recorded_to = verb.get("recordingStatusCallback") if verb.get("record") else None
        self.accept(self._switch.phone_or_new(leg.phone), leg, parent=line)

    def _page_over(self, line: Line) -> None:
        if line.parent is None or line.call.is_over:
            self._end(line, "completed")
            return
        # The whisper ended without hanging up: the two are connected until one of them hangs up.
        line.is_bridged = True
        line.parent.other, line.other = line, line.parent
        line.spoken = line.parent.spoken

    def _record(self, line: Line, verb: ET.Element) -> None:
        line.action, line.recorded_to = verb.get("action"), verb.get("recordingStatusCallback")
        line.is_recording = True
        line.keys = ""
        line.silence = timedelta(seconds=float(verb.get("timeout", "5")))
        self._wait(line, line.silence)

    def _after_keys(self, line: Line) -> bool:
        if not line.is_recording:
            return False
        self._recorded(line, "#")
        return True

    def _after_wait(self, line: Line) -> bool:
        return self._after_keys(line)

    def _recorded(self, line: Line, ended_by: str) -> None:
        line.is_recording = False
        line.step += 1
        told = self._keep(line)
        if told is None:
            self._go_on(line)
        elif ended_by != "hangup" and line.action is not None:
            self._fetch(line, line.action, **told, Digits=ended_by)

    def _keep(self, line: Line) -> dict[str, str] | None:
        """Keep what was said on the line and tell the desk of it; None where nobody said anything."""
        url, words, line.spoken = line.recorded_to, list(line.spoken), []
        if url is None:
            return None
        target = urljoin(line.page_url, url)
        common = {"CallSid": line.call.id, "AccountSid": self._switch.account.sid, "ApiVersion": API_VERSION}
        if not words:
            self._switch.courier.post(target, common | {"RecordingStatus": "absent"}, lane=line.call.id)
            return None
        sid, seconds = new_sid("RE"), max(1, sum(len(w) for w in words) // 12)
        self._media.keep(Kept(sid, line.call.id, "audio/x-wav", recording(words, seconds)))
        told = {"RecordingSid": sid, "RecordingDuration": str(seconds)}
        told["RecordingUrl"] = (
            f"https://api.twilio.com/{API_VERSION}/Accounts/{self._switch.account.sid}/Recordings/{sid}"
        )
        self._switch.courier.post(target, common | told | {"RecordingStatus": "completed"}, lane=line.call.id)
        return told

    # --- ends

    def _ended(self, line: Line) -> None:
        if line.parent is not None:
            self._leg_over(line)
            return
        if line.call.direction != "from_phone":
            return
        if line.is_recording:
            self._recorded(line, "hangup")
        for leg in [one for one in self._lines.values() if one.parent is line]:
            self._end(leg, "completed" if leg.is_bridged else "canceled")
        if self.ended_url is not None:
            self._switch.tell(line.call.id, line.call.phone, self.ended_url, self._params(line.call))

    def _leg_over(self, leg: Line) -> None:
        line = leg.parent
        assert line is not None
        if leg.is_bridged:
            self._keep(line)
        told = {
            "DialCallSid": leg.call.id,
            # As the provider says it: answered, whether or not the two were connected.
            "DialCallStatus": leg.call.status,
            "DialBridged": "true" if leg.is_bridged else "false",
        }
        if line.action is None:
            if not line.call.is_over:
                self._go_on(line)
        elif line.call.is_over:
            url = urljoin(line.page_url, line.action)
            self._switch.courier.post(url, self._params(line.call) | told, lane=f"page {line.call.id}")
        else:
            self._fetch(line, line.action, **told)
