"""The simulated telephone company: one real HTTP server on loopback that speaks the provider's protocol.

The desk's real adapter talks to it and it calls the desk back with signed requests, so that an exercise, a story
and a benchmark run what runs at night. It lives in memory and in case time: :class:`~.Scheduler` is the clock.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx

from cna_service.exercise.phone_company_courier import Courier
from cna_service.exercise.phone_company_dial import Exchange
from cna_service.exercise.phone_company_faults import Fault
from cna_service.exercise.phone_company_media import MediaRoom
from cna_service.exercise.phone_company_phones import Condition, Setting
from cna_service.exercise.phone_company_rest import Rest
from cna_service.exercise.phone_company_schedule import Agenda, Scheduler
from cna_service.exercise.phone_company_server import Arrival, Server
from cna_service.exercise.phone_company_switch import Account, Delays, Switch
from cna_service.exercise.phone_company_texts import Texts
from cna_service.kit.clock import Clock

_NOTHING = timedelta()


class PhoneCompany:
    """``inbound_sms_url``: where replies go; may be set later. ``port`` 0 takes a free one. ``latency`` (before
    each answer) and ``hang`` (of a request left hanging) are real time. ``client`` posts the callbacks."""

    name = "telephone company"

    def __init__(
        self,
        account: Account,
        scheduler: Scheduler,
        clock: Clock,
        *,
        inbound_sms_url: str | None = None,
        delays: Delays | None = None,
        port: int = 0,
        latency: timedelta = _NOTHING,
        hang: timedelta = timedelta(seconds=20),
        client: httpx.Client | None = None,
    ) -> None:
        self._agenda = Agenda(scheduler)
        self._courier = Courier(account.token, client)
        self._switch = Switch(account, self._agenda, self._courier, delays or Delays())
        self._switch.inbound_sms_url = inbound_sms_url
        self.media = MediaRoom()
        self._texts = Texts(self._switch, self.media)
        self._calls = Exchange(self._switch, self.media)
        rest = Rest(self._switch, self._texts, self._calls)
        self._server = Server(
            self._switch, rest, clock, port=port, latency=latency, hang=hang, media=self.media
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="phone-company", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the server and every connection, and give up what is still to be posted."""
        self._server.stop()
        self._thread.join()
        self._courier.stop()

    @property
    def base_url(self) -> str:
        """For ``TwilioAccount.base_url``."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def send_replies_to(self, inbound_sms_url: str) -> None:
        self._switch.inbound_sms_url = inbound_sms_url

    def send_calls_to(self, voice_url: str, ended_url: str, fallback: str | None = None) -> None:
        """Where the desk's number sends calls, where it tells of their end, and the page on another host that serves
        a call for which the desk gives none."""
        self._calls.voice_url, self._calls.ended_url = voice_url, ended_url
        self._calls.fallback = fallback or self._calls.fallback

    def dial_in(self, number: str, *, is_withheld: bool = False) -> dict[str, object]:
        """The owner calls the desk; returns the call. A number that nobody had becomes a telephone."""
        return self._calls.dial_in(number, is_withheld=is_withheld).as_json()

    def speak(self, number: str, call_id: str, words: str) -> dict[str, object]:
        """Somebody says something into an open call. Raises NoSuchPhone, NoSuchCall, NobodyListens."""
        return self._calls.speak(number, call_id, words).as_json()

    def hang_up(self, number: str, call_id: str) -> dict[str, object]:
        """Raises NoSuchPhone, NoSuchCall, NobodyListens."""
        return self._calls.hang_up(number, call_id).as_json()

    def sign_with(self, token: str) -> None:
        """Sign callbacks with another token from now on, as while the account's token is being changed."""
        self._courier.signing_token = token

    def suspend(self, *, suspended: bool = True) -> None:
        self._switch.is_suspended = suspended

    def add_phone(self, number: str, owner: str | None = None) -> None:
        with self._switch.turn():
            self._switch.phone_or_new(number).owner = owner

    def phones(self) -> list[dict[str, object]]:
        """The shape of ``GET /simulation/phones``."""
        with self._switch.turn():
            return [phone.as_json() for phone in self._switch.all_phones()]

    def phone(self, number: str) -> dict[str, object]:
        """Raises NoSuchPhone."""
        with self._switch.turn():
            return self._switch.phone(number).as_json()

    def reply(
        self, number: str, text: str, files: Sequence[tuple[str, bytes]] = (), *, is_new: bool = False
    ) -> dict[str, object]:
        """The owner sends an SMS to the desk, with ``files`` an MMS; returns it. ``is_new``: a number that nobody had
        becomes a telephone. Raises NoSuchPhone."""
        if is_new:
            with self._switch.turn():
                self._switch.phone_or_new(number)
        return self._texts.reply(number, text, files).as_json()

    def press(self, number: str, call_id: str, digits: str) -> dict[str, object]:
        """The owner presses keys in a call, and picks up if it rings; returns the call. Raises NoSuchPhone,
        NoSuchCall, NobodyListens."""
        return self._calls.press(number, call_id, digits).as_json()

    def condition(
        self,
        number: str,
        condition: Condition,
        *,
        next: int | None = None,
        delay_seconds: float | None = None,
    ) -> dict[str, object]:
        """Put a telephone into a condition, for the ``next`` n sendings or until changed; ``delay_seconds`` of
        case time make each of them slower. Returns the telephone. Raises NoSuchPhone."""
        setting = Setting(condition, timedelta(seconds=delay_seconds or 0))
        with self._switch.turn():
            phone = self._switch.phone(number)
            phone.set(setting, sendings=next)
            return phone.as_json()

    def order(self, fault: Fault) -> None:
        """Let the next requests or callbacks go wrong."""
        self._switch.faults.order(fault)

    def arrivals(self) -> list[Arrival]:
        """The newest 100,000 requests to send, oldest first."""
        return list(self._server.arrivals)

    def in_flight(self) -> int:
        """What goes on without case time moving: posts under way, and acts that are due now. A call that waits
        for a key is not in flight; it waits for ``next_due``."""
        # The agenda first: an act leaves it only when its posts are counted.
        return self._agenda.due_now() + self._courier.in_flight

    def next_due(self) -> datetime | None:
        """The earliest instant of case time for which the company waits."""
        return self._agenda.next_due()

    def wait_until_idle(self, seconds: float = 5.0) -> bool:
        """Wait, in real time, until no post is under way; False if some still are."""
        return self._courier.wait_until_idle(seconds)
