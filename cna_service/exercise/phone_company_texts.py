"""SMS in the simulated company: to a telephone with its receipts, and from its owner to the desk."""

from __future__ import annotations

from collections.abc import Sequence

from cna_service.exercise.phone_company_markup import page_of, words_of
from cna_service.exercise.phone_company_media import Kept, MediaRoom
from cna_service.exercise.phone_company_phones import Condition, Phone, Sms
from cna_service.exercise.phone_company_switch import API_VERSION, Switch, new_sid

_FAILURES = {Condition.OFF: "30003", Condition.UNDELIVERED: "30008"}
_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
_START = frozenset({"START", "YES", "UNSTOP"})


class Texts:
    def __init__(self, switch: Switch, media: MediaRoom | None = None) -> None:
        self._switch = switch
        self._media = media or MediaRoom()

    def accept(self, phone: Phone, text: str, *, desk: str, callback: str | None) -> Sms:
        """Within a turn: take an SMS for the telephone; receipts follow after their delays."""
        switch = self._switch
        sms = Sms(
            id=new_sid("SM"),
            at=switch.agenda.now(),
            direction="to_phone",
            text=text,
            status="queued",
            phone=phone.number,
            desk=desk,
            callback=callback,
            setting=phone.take_setting(),
        )
        phone.sms.append(sms)
        switch.later(switch.delays.sent, lambda: self._hand_over(sms))
        return sms

    def reply(self, number: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> Sms:
        """The owner sends an SMS to the desk, with ``files`` (media type, bytes) an MMS. Raises NoSuchPhone."""
        switch = self._switch
        with switch.turn():
            phone = switch.phone(number)
            sms = Sms(
                id=new_sid("MM" if files else "SM"),
                at=switch.agenda.now(),
                direction="from_phone",
                text=text,
                status="received",
                phone=number,
                desk=next((s.desk for s in reversed(phone.sms)), switch.account.number),
            )
            phone.sms.append(sms)
            word = text.strip().upper()
            phone.has_sent_stop = word in _STOP or (phone.has_sent_stop and word not in _START)
            if switch.inbound_sms_url is not None:
                switch.courier.post(
                    switch.inbound_sms_url,
                    self._inbound_params(sms) | self._keep(sms, files),
                    lane=f"from {number}",
                    then=lambda body: self._answered(sms, body),
                )
            return sms

    def _hand_over(self, sms: Sms) -> None:
        with self._switch.turn():
            self._move(sms, "sent")
            if sms.setting.condition is not Condition.NO_RECEIPT:
                delay = self._switch.delays.delivered + sms.setting.delay
                self._switch.later(delay, lambda: self._settle(sms))

    def _settle(self, sms: Sms) -> None:
        with self._switch.turn():
            sms.error_code = _FAILURES.get(sms.setting.condition)
            self._move(sms, "delivered" if sms.error_code is None else "undelivered")

    def _move(self, sms: Sms, status: str) -> None:
        sms.status = status
        params = {
            "MessageSid": sms.id,
            "SmsSid": sms.id,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self._switch.account.sid,
            "ApiVersion": API_VERSION,
            "To": sms.phone,
            "From": sms.desk,
        }
        if sms.error_code is not None:
            params["ErrorCode"] = sms.error_code
        self._switch.tell(sms.id, sms.phone, sms.callback, params)

    def _inbound_params(self, sms: Sms) -> dict[str, str]:
        return {
            "MessageSid": sms.id,
            "SmsMessageSid": sms.id,
            "SmsSid": sms.id,
            "SmsStatus": "received",
            "AccountSid": self._switch.account.sid,
            "ApiVersion": API_VERSION,
            "From": sms.phone,
            "To": sms.desk,
            "Body": sms.text,
            "NumMedia": "0",
            "NumSegments": "1",
        }

    def _keep(self, sms: Sms, files: Sequence[tuple[str, bytes]]) -> dict[str, str]:
        told = {"NumMedia": str(len(files))}
        for n, (media_type, content) in enumerate(files):
            sid = new_sid("ME")
            self._media.keep(Kept(sid, sms.id, media_type, content))
            told[f"MediaContentType{n}"] = media_type
            told[f"MediaUrl{n}"] = (
                f"https://api.twilio.com/{API_VERSION}/Accounts/{self._switch.account.sid}"
                f"/Messages/{sms.id}/Media/{sid}"
            )
        return told

    def _answered(self, sms: Sms, body: str | None) -> None:
        """What the desk says to a reply in its answer is an SMS to the owner; no answer leaves it undelivered."""
        with self._switch.turn():
            if body is None:
                sms.status = "undelivered"
                return
            phone = self._switch.phone(sms.phone)
            for text in _messages_in(body):
                self.accept(phone, text, desk=sms.desk, callback=None)


def _messages_in(body: str) -> list[str]:
    page = page_of(body)
    return [] if page is None else [words_of(message) for message in page.iter("Message")]
