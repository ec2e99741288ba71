"""SMS and voice by Twilio's REST API of 2010-04-01, through its own SDK.

The same adapter talks to the simulated telephone company: only ``TwilioAccount.base_url`` differs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urldefrag

from cna_service.alerts.ports import Accepted, AccountFacts, ChannelError, NumberFacts, Report
from cna_service.alerts.rules import verdict

if TYPE_CHECKING:
    from cna_service.alerts.twilio_http import Wire

# Try each callback five more times on any failure, connect within 3 s, read within 5 s (Twilio, "Connection
# overrides"). The fragment is neither sent nor signed.
CONNECTION_OVERRIDES = "#rc=5&rp=all&ct=3000&rt=5000"
_CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """``tokens``: the first signs our requests; a callback signed with any of them is accepted, so that a token
    can be changed without losing callbacks. ``number``: ours, E.164, calls come from it, and SMS unless
    ``messaging_service`` (``MG…``) is set. ``timeout``: for one request in all. ``validity``: how long Twilio
    may keep an SMS waiting (1 s to 10 h). ``ring``: how long a call rings."""

    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    number: str
    messaging_service: str | None = None
    base_url: str | None = None
    timeout: timedelta = timedelta(seconds=8)
    validity: timedelta = timedelta(minutes=5)
    ring: timedelta = timedelta(seconds=25)


class TwilioTelephony:
    """:class:`~cna_service.alerts.ports.Telephony` by Twilio; safe to use from several threads."""

    has_voice = True
    takes_replies = True
    callbacks = "twilio"

    def __init__(
        self,
        account: TwilioAccount,
        *,
        name: str = "twilio",
        dated: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        """``dated`` is told the ``Date`` of each answer."""
        self._dated = dated
        if not account.tokens:
            raise ValueError("a Twilio account needs at least one auth token")
        self._account = account
        self._name = name
        self._guard = threading.Lock()
        self._ready: tuple[Any, Wire] | None = None

    @property
    def name(self) -> str:
        return self._name

    def tell_dates(self, dated: Callable[[str | None], None]) -> None:
        """From the next connection on, ``dated`` is told the ``Date`` of each answer."""
        self._dated = dated

    @property
    def is_elsewhere(self) -> bool:
        """A company that reaches this machine only by a public address; not one that stands on it, as a test's does."""
        return self._account.base_url is None

    def prepare(self) -> None:
        """Import the SDK now (about a second), so that the first summons need not wait for it."""
        from twilio import request_validator  # noqa: F401 - loaded for the first callback

        client = self._client()
        # The SDK imports each resource when it is first asked for.
        _ = client.messages, client.calls

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        account = self._account
        sender = (
            {"messaging_service_sid": account.messaging_service}
            if account.messaging_service
            else {"from_": account.number}
        )
        sent = self._asked(
            lambda client: client.messages.create(
                to=to,
                body=text,
                status_callback=callback_for(callback_url, reference),
                validity_period=int(account.validity.total_seconds()),
                **sender,
            )
        )
        return self._accepted(sent)

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        if (answer_url is None) == (twiml is None):
            raise ValueError("a call needs answer_url or twiml, and not both")
        said = (
            {"twiml": twiml}
            if answer_url is None
            else {"url": callback_for(answer_url, reference), "method": "POST"}
        )
        placed = self._asked(
            lambda client: client.calls.create(
                to=to,
                from_=self._account.number,
                timeout=int(self._account.ring.total_seconds()),
                status_callback=callback_for(callback_url, reference),
                status_callback_event=_CALL_EVENTS,
                status_callback_method="POST",
                **said,
            )
        )
        return self._accepted(placed)

    def fetch_status(self, sid: str) -> Report | None:
        is_call = sid.startswith("CA")
        try:
            found = self._asked(
                lambda client: (client.calls(sid) if is_call else client.messages(sid)).fetch()
            )
        except ChannelError as error:
            if error.code == "http-404":
                return None
            raise
        code = None if is_call else found.error_code
        return Report(str(found.status), None if code is None else str(code))

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        # Not filtered by DateSent: what still waits at the provider has none.
        recent = self._asked(
            lambda client: client.messages.list(to=to, limit=_LOOKED_AT, page_size=_LOOKED_AT)
        )
        return _newest((one for one in recent if containing in (one.body or "")), since)

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        recent = self._asked(lambda client: client.calls.list(to=to, limit=_LOOKED_AT, page_size=_LOOKED_AT))
        return _newest(recent, since)

    def account_is_active(self) -> bool:
        try:
            found = self._asked(lambda client: client.api.v2010.accounts(self._account.sid).fetch())
        except ChannelError as error:
            if error.code == "20005":
                return False
            raise
        return str(found.status) == "active"

    def account(self, *, full: bool = True) -> AccountFacts:
        """State, balance, and the numbers of the account. A balance that is not told (sub-accounts) stays None."""
        is_active = self.account_is_active()
        if not is_active or not full:
            return AccountFacts(is_active)
        balance, currency = self._balance()
        found = self._asked(lambda client: client.incoming_phone_numbers.list(limit=_LOOKED_AT))
        numbers = tuple(
            NumberFacts(
                str(n.phone_number),
                has_sms=bool((n.capabilities or {}).get("sms")),
                has_voice=bool((n.capabilities or {}).get("voice")),
            )
            for n in found
        )
        return AccountFacts(True, balance, currency, numbers)

    @property
    def number(self) -> str:
        """The number that calls come from, and messages where no messaging service is set."""
        return self._account.number

    def _balance(self) -> tuple[Decimal | None, str | None]:
        try:
            told = self._asked(lambda client: client.api.v2010.accounts(self._account.sid).balance.fetch())
        except ChannelError as error:
            # Only the account that pays has one.
            if error.code == "http-404":
                return None, None
            raise
        try:
            return Decimal(str(told.balance)), str(told.currency)
        except InvalidOperation as error:
            raise ChannelError(False, "unreadable", verdict("unreadable").words) from error

    def verify(self, url: str, params: Mapping[str, str], signature: str | None) -> bool:
        from twilio.request_validator import RequestValidator

        if not signature:
            return False
        signed_url = urldefrag(url).url
        verdicts = [
            RequestValidator(token).validate(signed_url, dict(params), signature)
            for token in self._account.tokens
        ]
        return any(verdicts)

    def fetch_media(self, sid: str, *, parent: str, is_small: bool, longest: int) -> tuple[str, bytes]:
        from cna_service.alerts import twilio_media

        self._client()
        assert self._ready is not None
        account, wire = self._account, self._ready[1]
        return twilio_media.fetch(
            wire, account.sid, account.tokens[0], sid, parent=parent, is_small=is_small, longest=longest
        )

    def remove_media(self, sid: str, *, parent: str) -> None:
        def remove(client: Any) -> None:
            (client.recordings(sid) if sid.startswith("RE") else client.messages(parent).media(sid)).delete()

        try:
            self._asked(remove)
        except ChannelError as error:
            if error.code != "http-404":
                raise

    def close(self) -> None:
        with self._guard:
            ready, self._ready = self._ready, None
        if ready is not None:
            ready[1].close()

    def _asked(self, request: Any) -> Any:
        client = self._client()
        from cna_service.alerts.twilio_errors import translated

        return translated(lambda: request(client))

    def _client(self) -> Any:
        with self._guard:
            if self._ready is None:
                self._ready = self._connected()
            return self._ready[0]

    def _connected(self) -> tuple[Any, Wire]:
        from twilio.rest import Client

        from cna_service.alerts.twilio_http import Wire

        account = self._account
        wire = Wire(timeout=account.timeout.total_seconds(), base_url=account.base_url, dated=self._dated)
        # An environment of its own, or the SDK would take edge and region from TWILIO_… variables.
        client = Client(
            account.sid,
            account.tokens[0],
            http_client=wire,
            environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
        )
        return client, wire

    def _accepted(self, made: Any) -> Accepted:
        if not made.sid:
            raise ChannelError(False, "unreadable", verdict("unreadable").words, outcome_unknown=True)
        return Accepted(self._name, str(made.sid), str(made.status or "queued"))


def callback_for(url: str, reference: str) -> str:
    """The callback URL of one sending: ``?sending=<reference>`` proves acceptance even where the answer to our
    request was lost; the fragment asks the provider to try again."""
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}sending={quote(reference, safe='')}{CONNECTION_OVERRIDES}"


def _newest(recent: Any, since: datetime) -> str | None:
    floor = since.replace(microsecond=0)  # the provider's instants are whole seconds
    made = [one for one in recent if one.date_created is not None and one.date_created >= floor]
    ours = [one for one in made if str(one.direction).startswith("outbound")]
    newest = max(ours, key=lambda one: one.date_created, default=None)
    return None if newest is None else str(newest.sid)
