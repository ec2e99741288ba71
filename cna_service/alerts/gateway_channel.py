"""SMS by any gateway with an HTTP interface, as ``gateway.toml`` describes it; it cannot call.

What such a gateway answers is read by the file's words; what it calls back is believed only with its proof over the
bytes as they came (two secrets count while one is being changed).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from string import Template
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from cna_service.alerts.gateway_file import Ask, GatewayPlan
from cna_service.alerts.http_out import Answer, HttpOut, failed, refused
from cna_service.alerts.ports import Accepted, AccountFacts, ChannelError, NumberFacts, Report, TextIn, Told
from cna_service.alerts.rules import is_known, verdict
from cna_service.kit.clock import Clock

REPLAY_WINDOW = timedelta(minutes=5)
"""A signed callback with a timestamp older than that is not taken, so that an old one cannot be played again."""


@dataclass(frozen=True, slots=True)
class GatewaySecrets:
    """``token`` stands where the file says ``$token``. ``callback``: the newest, and the one before while rotating."""

    token: str = field(default="", repr=False)
    callback: tuple[str, ...] = field(default=(), repr=False)


class GatewayLine:
    """:class:`~cna_service.alerts.ports.Telephony` by an HTTP gateway; safe to use from several threads."""

    has_voice = False
    callbacks = "gateway"

    def __init__(
        self, plan: GatewayPlan, secrets: GatewaySecrets, clock: Clock, out: HttpOut | None = None
    ) -> None:
        self._plan = plan
        self._secrets = secrets
        self._clock = clock
        self._out = out or HttpOut(clock)

    @property
    def name(self) -> str:
        return self._plan.name

    @property
    def takes_replies(self) -> bool:
        return self._plan.takes_replies

    def send_sms(self, *, to: str, text: str, callback_url: str, reference: str) -> Accepted:
        words = {
            "to": to,
            "text": text,
            "sender": self._plan.sender,
            "reference": reference,
            "callback": f"{callback_url}?sending={quote(reference, safe='')}",
        }
        told = self._asked(self._plan.send, words, may_act=True)
        code = _at(told, self._plan.send.answer.get("error"))
        if code not in (None, "", 0, "0", False):
            raise self._error(str(code), may_act=False)
        sid = _at(told, self._plan.send.answer["id"])
        if sid in (None, ""):
            raise failed("unreadable", unknown=True)
        state = self._state(_at(told, self._plan.send.answer.get("state")))
        return Accepted(self.name, str(sid)[:80], state or "queued")

    def place_call(
        self,
        *,
        to: str,
        callback_url: str,
        reference: str,
        answer_url: str | None = None,
        twiml: str | None = None,
    ) -> Accepted:
        raise failed("no-voice")

    def fetch_status(self, sid: str) -> Report | None:
        ask = self._plan.status
        if ask is None:
            return None
        try:
            told = self._asked(ask, {"id": sid}, may_act=False)
        except ChannelError as error:
            if error.code == "http-404":
                return None
            raise
        state = self._state(_at(told, ask.answer["state"]))
        code = _at(told, ask.answer.get("error"))
        return None if state is None else Report(state, self._code(code))

    def find_recent(self, *, to: str, containing: str, since: datetime) -> str | None:
        """A gateway of no known kind cannot be asked what it took: what is not known is sent again, marked so."""
        return None

    def find_recent_call(self, *, to: str, since: datetime) -> str | None:
        return None

    def account_is_active(self) -> bool:
        return self.account().is_active

    def account(self, *, full: bool = True) -> AccountFacts:
        """By its balance, where the file says how to ask for it; else nothing is proved by asking."""
        number = (
            (NumberFacts(self._plan.sender, has_voice=False),) if self._plan.sender.startswith("+") else None
        )
        ask = self._plan.balance
        if ask is None:
            return AccountFacts(True, numbers=number, is_proof=False)
        try:
            told = self._asked(ask, {}, may_act=False)
        except ChannelError as error:
            if verdict(error.code).stops_provider:
                return AccountFacts(False, numbers=number)
            raise
        currency = _at(told, ask.answer.get("currency"))
        try:
            balance = Decimal(str(_at(told, ask.answer["balance"])))
        except InvalidOperation as error:
            raise failed("unreadable") from error
        return AccountFacts(True, balance, None if currency is None else str(currency)[:8], number)

    def verify(self, url: str, params: Mapping[str, str], signature: str | None) -> bool:
        """Nothing of a gateway's comes signed over a form: :meth:`is_signed` is for its callbacks."""
        return False

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Is this callback the gateway's own? ``headers`` in lower case."""
        callback = self._plan.callback
        if callback is None:
            return False
        proof = headers.get(callback.signature_header.lower(), "").removeprefix("sha256=").strip()
        if not proof:
            return False
        signed = body
        if callback.timestamp_header is not None:
            stamp = headers.get(callback.timestamp_header.lower(), "")
            if not self._is_recent(stamp):
                return False
            signed = stamp.encode() + b"." + body
        made = [s if callback.is_plain else _hmac(s, signed) for s in self._secrets.callback if s]
        verdicts = [hmac.compare_digest(proof.encode(), each.encode()) for each in made]
        return any(verdicts)

    def read_report(self, body: bytes, content_type: str) -> Told | None:
        """A delivery report; None for one that says nothing that we know."""
        where = {} if self._plan.callback is None else self._plan.callback.report
        told = _read(body, content_type)
        state = self._state(_at(told, where.get("state")))
        if state is None:
            return None
        sid, reference = _at(told, where.get("id")), _at(told, where.get("reference"))
        code = self._code(_at(told, where.get("error")))
        return Told(state, _text(reference), _text(sid), code)

    def read_text(self, body: bytes, content_type: str) -> TextIn | None:
        """An SMS that came in; None where its words are not where the file says."""
        where = {} if self._plan.callback is None else self._plan.callback.text
        told = _read(body, content_type)
        sid, sender, text = (_at(told, where.get(name)) for name in ("id", "from", "text"))
        if sid is None or sender is None or text is None:
            return None
        return TextIn(str(sid)[:80], str(sender), str(text))

    def close(self) -> None:
        self._out.close()

    # --- asking and reading

    def _asked(self, ask: Ask, words: Mapping[str, str], *, may_act: bool) -> Any:
        """``may_act``: the request makes something, so that an answer that cannot be read leaves it unknown."""
        known = {**dict.fromkeys(("to", "text", "sender", "reference", "callback", "id"), ""), **words}
        known["token"] = self._secrets.token

        def filled(text: str) -> str:
            return Template(text).substitute(known)

        url = Template(ask.url).substitute({k: quote(v, safe="") for k, v in known.items()})
        headers = {name: filled(value) for name, value in ask.headers.items()}
        content = None
        if ask.method != "GET":
            content, headers["Content-Type"] = _written(ask, filled)
        answer = self._out.ask(ask.method, url, headers=headers, content=content)
        return self._understood(ask, answer, may_act=may_act)

    def _understood(self, ask: Ask, answer: Answer, *, may_act: bool) -> Any:
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if 200 <= answer.status < 300:
            if told is None:
                raise failed("unreadable", unknown=may_act)
            return told
        code = _at(told, ask.answer.get("error"))
        # Its own code says more than its status, unless that says that it is the account or the moment.
        if (
            code not in (None, "")
            and 400 <= answer.status < 500
            and answer.status not in (401, 403, 408, 429)
        ):
            raise self._error(str(code), may_act=False)
        error = refused(answer)
        raise ChannelError(
            error.permanent,
            error.code,
            error.detail,
            outcome_unknown=error.outcome_unknown and may_act,
            retry_after=error.retry_after,
        )

    def _error(self, theirs: str, *, may_act: bool) -> ChannelError:
        code = self._code(theirs)
        if code is None or not is_known(code):
            judged = verdict("gateway-refused")
            words = f"{judged.words} Its code: {theirs[:20]}."
            return ChannelError(judged.goes_on_at_once, "gateway-refused", words, outcome_unknown=may_act)
        return failed(code, unknown=may_act)

    def _state(self, theirs: Any) -> str | None:
        if theirs is None:
            return None
        return self._plan.states.get(str(theirs)) or self._plan.states.get(str(theirs).lower())

    def _code(self, theirs: Any) -> str | None:
        if theirs in (None, "", 0, "0"):
            return None
        return self._plan.errors.get(str(theirs), str(theirs)[:40])

    def _is_recent(self, stamp: str) -> bool:
        if not stamp.isdigit():
            return False
        return abs(self._clock.now().timestamp() - int(stamp[:12])) <= REPLAY_WINDOW.total_seconds()


def _written(ask: Ask, filled: Callable[[str], str]) -> tuple[bytes, str]:
    body = _filled_in(ask.body, filled)
    if ask.form == "form":
        return urlencode({k: str(v) for k, v in body.items()}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(body).encode(), "application/json"


def _filled_in(told: Any, filled: Callable[[str], str]) -> Any:
    if isinstance(told, str):
        return filled(told)
    if isinstance(told, dict):
        return {key: _filled_in(value, filled) for key, value in told.items()}
    if isinstance(told, list):
        return [_filled_in(value, filled) for value in told]
    return told


def _read(body: bytes, content_type: str) -> Any:
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return json.loads(body)
    except ValueError:
        return None


def _at(told: Any, path: str | None) -> Any:
    """What stands at ``message.0.id``; None where nothing does."""
    if path is None:
        return None
    for step in path.split("."):
        if isinstance(told, dict):
            told = told.get(step)
        elif isinstance(told, list) and step.isdigit() and int(step) < len(told):
            told = told[int(step)]
        else:
            return None
    return None if isinstance(told, dict | list) else told


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)[:80]


def _hmac(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
