"""The mail that the desk sent in an exercise: kept in memory, to be read at ``GET /simulation/mail``."""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime

from cna_service.alerts.ports import Attachment, ChannelError, Mail
from cna_service.kit.clock import Clock
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text


class NoSuchMail(NotFound):
    code = "no-such-mail"
    title = "There is no such mail, or no such attachment, in this exercise"


@dataclass(frozen=True, slots=True)
class SentMail:
    id: str
    at: datetime
    message_id: str
    sender: str
    mail: Mail

    def as_json(self) -> dict[str, object]:
        """The shape of ``GET /simulation/mail``."""
        return {
            "id": self.id,
            "at": to_text(self.at),
            "from": self.sender,
            "to": list(self.mail.to),
            "subject": self.mail.subject,
            "text": self.mail.text,
            "attachments": [
                {"name": one.name, "sha256": hashlib.sha256(one.content).hexdigest()}
                for one in self.mail.attachments
            ],
        }


class Mailbox:
    """:class:`~cna_service.alerts.ports.MailOut` that keeps what it is given, in case time."""

    def __init__(self, sender: str, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock
        self._sent: list[SentMail] = []
        self._failures: list[ChannelError] = []
        self._guard = threading.Lock()

    def send(self, mail: Mail) -> str:
        """Raises the :class:`ChannelError` that was ordered for this mail."""
        with self._guard:
            if self._failures:
                raise self._failures.pop(0)
            domain = self._sender.rpartition("@")[2].rstrip("> ")
            message_id = mail.message_id or f"<{uuid.uuid4()}@{domain}>"
            self._sent.append(SentMail(str(uuid.uuid4()), self._clock.now(), message_id, self._sender, mail))
            return message_id

    def fail_next(self, *errors: ChannelError) -> None:
        with self._guard:
            self._failures.extend(errors)

    def sent(self) -> list[SentMail]:
        """Oldest first."""
        with self._guard:
            return list(self._sent)

    def as_json(self) -> list[dict[str, object]]:
        return [mail.as_json() for mail in self.sent()]

    def attachment(self, mail_id: str, name: str) -> Attachment:
        """Raises :class:`NoSuchMail`."""
        for sent in self.sent():
            for one in sent.mail.attachments:
                if (sent.id, one.name) == (mail_id, name):
                    return one
        raise NoSuchMail(f"No mail {mail_id} with an attachment {name!r}; GET /simulation/mail lists them.")
