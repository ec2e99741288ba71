"""The part of Twilio's REST API of 2010-04-01 that the desk uses: form fields in, JSON out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from cna_service.exercise.phone_company_account import account_page
from cna_service.exercise.phone_company_calls import Calls, new_call
from cna_service.exercise.phone_company_phones import Call, Condition, Phone, Sms
from cna_service.exercise.phone_company_switch import API_VERSION, Switch
from cna_service.exercise.phone_company_texts import Texts

Form = Mapping[str, list[str]]
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_PATH = re.compile(
    rf"/{API_VERSION}/Accounts/(?P<account>\w+)(?:/(?P<kind>Messages|Calls)(?:/(?P<sid>\w+))?)?\.json"
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(status: int, body: object, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers)


def refusal(status: int, code: int, message: str, **headers: str) -> Answer:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return answer(status, body, **headers)


class Rest:
    def __init__(self, switch: Switch, texts: Texts, calls: Calls) -> None:
        self._switch = switch
        self._texts = texts
        self._calls = calls

    def create(self, path: str, form: Form) -> Answer:
        """POST. The numbers are checked as the provider checks them, with its error codes."""
        found = _PATH.fullmatch(path)
        if found is None or found["kind"] is None or found["sid"] is not None:
            return _not_found(path)
        if self._switch.is_suspended:
            return refusal(401, 20005, "Account not active")
        is_call = found["kind"] == "Calls"
        wrong = _wrong_with(form, self._switch, is_call=is_call)
        if wrong is not None:
            return wrong
        with self._switch.turn():
            phone = self._switch.phone_or_new(_one(form, "To"))
            if phone.has_sent_stop and not is_call:
                return refusal(400, 21610, "Attempt to send to unsubscribed recipient")
            made = self._new_call(phone, form) if is_call else self._new_sms(phone, form)
            # Written before the turn ends, when what takes no time happens.
            return answer(201, _as_resource(made, self._switch))

    def read(self, path: str, query: Form) -> Answer:
        """GET of one resource, of a list by ``To`` and ``DateSent>`` or ``StartTime>``, or of the account."""
        if (own := account_page(path, self._switch)) is not None:
            return answer(200, own)
        found = _PATH.fullmatch(path)
        if found is None:
            return _not_found(path)
        if found["kind"] is None:
            status = "suspended" if self._switch.is_suspended else "active"
            return answer(200, {"sid": self._switch.account.sid, "status": status, "type": "Full"})
        with self._switch.turn():
            made = self._made(found["kind"])
            if found["sid"] is None:
                return answer(200, self._list(found["kind"], made, query))
            one = next((m for m in made if m.id == found["sid"]), None)
            return _not_found(path) if one is None else answer(200, _as_resource(one, self._switch))

    def condition_met(self, number: str) -> Condition:
        """The condition that the next sending to this number meets; a failing provider is counted here, because
        no sending comes of it."""
        with self._switch.turn():
            phone = self._switch.phone_if_any(number)
            condition = Condition.OK if phone is None else phone.setting().condition
            if phone is not None and condition in (Condition.PROVIDER_500, Condition.PROVIDER_TIMEOUT):
                phone.take_setting()
            return condition

    def _new_sms(self, phone: Phone, form: Form) -> Sms:
        return self._texts.accept(
            phone,
            _one(form, "Body"),
            desk=_one(form, "From") or self._switch.account.number,
            callback=_one(form, "StatusCallback") or None,
        )

    def _new_call(self, phone: Phone, form: Form) -> Call:
        call = new_call(self._switch, phone, desk=_one(form, "From"))
        call.answer_url = _one(form, "Url") or None
        call.twiml = _one(form, "Twiml") or None
        call.callback = _one(form, "StatusCallback") or None
        call.events = tuple(form.get("StatusCallbackEvent", ["completed"]))
        call.ring = timedelta(seconds=int(_one(form, "Timeout") or 60))
        self._calls.accept(phone, call)
        return call

    def _made(self, kind: str) -> list[Sms] | list[Call]:
        phones = self._switch.all_phones()
        if kind == "Calls":
            return [call for phone in phones for call in phone.calls]
        return [sms for phone in phones for sms in phone.sms]

    def _list(self, kind: str, made: list[Sms] | list[Call], query: Form) -> dict[str, object]:
        to = _one(query, "To")
        since = _one(query, "DateSent>") or _one(query, "StartTime>")
        floor = datetime.fromisoformat(since) if since else None
        size = int(_one(query, "PageSize") or 50)
        wanted = [
            one for one in made if (not to or _receiver(one) == to) and (floor is None or one.at >= floor)
        ]
        newest_first = sorted(wanted, key=lambda one: one.at, reverse=True)[:size]
        resources = [_as_resource(one, self._switch) for one in newest_first]
        return {kind.lower(): resources, "page": 0, "page_size": size, "next_page_uri": None}


def _wrong_with(form: Form, switch: Switch, *, is_call: bool) -> Answer | None:
    to, sender = _one(form, "To"), _one(form, "From")
    if not to:
        return refusal(400, 21201 if is_call else 21604, "A 'To' phone number is required.")
    if not _E164.fullmatch(to):
        return refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if sender != switch.account.number and (is_call or not _one(form, "MessagingServiceSid")):
        return refusal(400, 21210 if is_call else 21606, f"The 'From' number {sender} is not ours.")
    if is_call:
        said = _one(form, "Url") or _one(form, "Twiml")
        return None if said else refusal(400, 21205, "Url parameter is required.")
    if not _one(form, "Body"):
        return refusal(400, 21602, "Message body is required.")
    if not 1 <= int(_one(form, "ValidityPeriod") or 36_000) <= 36_000:
        return refusal(400, 21624, "Invalid validity period value")
    return None


def _not_found(path: str) -> Answer:
    return refusal(404, 20404, f"The requested resource {path} was not found")


def _one(form: Form, name: str) -> str:
    values = form.get(name)
    return values[0] if values else ""


def _receiver(made: Sms | Call) -> str:
    return made.desk if isinstance(made, Sms) and made.direction == "from_phone" else made.phone


def _as_resource(made: Sms | Call, switch: Switch) -> dict[str, object]:
    common = {
        "sid": made.id,
        "account_sid": switch.account.sid,
        "status": made.status,
        "to": _receiver(made),
        "date_created": format_datetime(made.at),
        "date_updated": format_datetime(switch.agenda.now()),
        "api_version": API_VERSION,
    }
    if isinstance(made, Call):
        started, ended = made.started_at, made.ended_at
        return common | {
            "from": made.desk,
            "direction": "outbound-api",
            "start_time": None if started is None else format_datetime(started),
            "end_time": None if ended is None else format_datetime(ended),
        }
    came_in = made.direction == "from_phone"
    return common | {
        "from": made.phone if came_in else made.desk,
        "direction": "inbound" if came_in else "outbound-api",
        "body": made.text,
        "date_sent": format_datetime(made.at),
        "error_code": None if made.error_code is None else int(made.error_code),
        "error_message": None,
        "num_segments": "1",
    }
