"""The telephones of an exercise: what stands on their screens, and in which condition they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.instants import to_text


class NoSuchPhone(NotFound):
    code = "no-such-phone"
    title = "There is no telephone with that number in this exercise"


class NoSuchCall(NotFound):
    code = "no-such-call"
    title = "That telephone has no call with that id"


class NobodyListens(Conflict):
    code = "nobody-listens"
    title = "Keys can be pressed only while a call rings or is open, and by a person"


class Condition(StrEnum):
    OK = "ok"
    OFF = "off"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    UNDELIVERED = "undelivered"
    NO_RECEIPT = "no_receipt"
    PROVIDER_500 = "provider_500"
    PROVIDER_TIMEOUT = "provider_timeout"


@dataclass(frozen=True, slots=True)
class Setting:
    """``delay``: case time that delivery, or picking up, takes longer."""

    condition: Condition = Condition.OK
    delay: timedelta = timedelta()


@dataclass(slots=True)
class Sms:
    """``direction``: ``to_phone`` or ``from_phone``. ``status``: the provider's word; ``received`` for a reply."""

    id: str
    at: datetime
    direction: str
    text: str
    status: str
    phone: str
    desk: str
    callback: str | None = None
    error_code: str | None = None
    setting: Setting = Setting()

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "at": to_text(self.at),
            "direction": self.direction,
            "text": self.text,
            "status": self.status,
        }


@dataclass(slots=True)
class Call:
    id: str
    at: datetime
    phone: str
    desk: str
    status: str = "queued"
    said: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    answer_url: str | None = None
    twiml: str | None = None
    callback: str | None = None
    events: tuple[str, ...] = ("completed",)
    ring: timedelta = timedelta(seconds=60)
    setting: Setting = Setting()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    direction: str = "to_phone"
    """``to_phone``: the desk calls; ``from_phone``: the owner calls the desk; ``dial``: rings for another caller."""
    shown: str = ""
    """The number that a call to the desk shows."""

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "at": to_text(self.at),
            "said": list(self.said),
            "pressed": list(self.pressed),
            "status": self.status,
            **({} if self.direction == "to_phone" else {"direction": self.direction}),
        }


@dataclass(slots=True)
class Phone:
    """One telephone. ``next_setting`` holds for ``sendings_left`` more sendings, then ``lasting`` again."""

    number: str
    owner: str | None = None
    lasting: Setting = Setting()
    next_setting: Setting | None = None
    sendings_left: int = 0
    has_sent_stop: bool = False
    sms: list[Sms] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def setting(self) -> Setting:
        return self.next_setting if self.next_setting is not None and self.sendings_left else self.lasting

    def take_setting(self) -> Setting:
        """The setting that holds for a sending which arrives now; counts it."""
        setting = self.setting()
        self.sendings_left = max(0, self.sendings_left - 1)
        return setting

    def set(self, setting: Setting, *, sendings: int | None) -> None:
        if sendings is None:
            self.lasting, self.next_setting, self.sendings_left = setting, None, 0
        else:
            self.next_setting, self.sendings_left = setting, sendings

    def call(self, call_id: str) -> Call:
        for call in self.calls:
            if call.id == call_id:
                return call
        raise NoSuchCall(f"{self.number} has no call {call_id}; GET /simulation/phones lists the ids.")

    def as_json(self) -> dict[str, object]:
        """The shape of ``GET /simulation/phones``."""
        return {
            "number": self.number,
            "owner": self.owner,
            "condition": str(self.setting().condition),
            "sms": [sms.as_json() for sms in self.sms],
            "calls": [call.as_json() for call in self.calls],
        }
