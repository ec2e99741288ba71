"""Mail out by SMTP (RFC 5321), one connection per mail."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from cna_service.alerts.ports import ChannelError, Mail
from cna_service.alerts.rules import verdict
from cna_service.kit.clock import Clock

# Seven bits, so that no server on the way has to be asked whether it passes eight.
_WIRE = SMTP.clone(cte_type="7bit")


class Security(StrEnum):
    STARTTLS = "starttls"
    """Refuse to go on where the server does not offer it."""
    TLS = "tls"
    NONE = "none"
    """For a server on this machine only."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """``sender``: the desk's address, with or without a name before it. ``timeout``: seconds for each step."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 8.0
    authorities_file: str | None = None

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2].rstrip("> ") or "localhost"


class SmtpOut:
    """:class:`~cna_service.alerts.ports.MailOut` by one server."""

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    def send(self, mail: Mail) -> str:
        """The Message-ID. Raises :class:`ChannelError`; ``outcome_unknown`` if the connection failed once the
        mail was on its way. Several receivers of whom some are refused: permanent ``smtp-partly``."""
        message = self._written(mail)
        try:
            refused = self._handed_over(message)
        except (smtplib.SMTPException, OSError) as error:
            raise _translated(error) from error
        if refused:
            raise _failed("smtp-partly")
        return str(message["Message-ID"])

    def _written(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=_WIRE)
        fixed = {
            "From": self._server.sender,
            "To": ", ".join(mail.to),
            "Subject": mail.subject,
            "Date": format_datetime(self._clock.now()),
            "Message-ID": mail.message_id or f"<{uuid.uuid4()}@{self._server.domain}>",
            "In-Reply-To": mail.in_reply_to,
            "References": mail.in_reply_to,
            "X-CNA-Case": mail.case,
        }
        try:
            for name, value in [*fixed.items(), *mail.headers.items()]:
                if value is not None and name not in message:
                    message[name] = value
            message.set_content(mail.text)
            for one in mail.attachments:
                kind, _, subtype = one.media_type.partition("/")
                message.add_attachment(
                    one.content, maintype=kind, subtype=subtype or "octet-stream", filename=one.name
                )
        except ValueError as error:
            raise _failed("mail-unwritable") from error
        return message

    def _handed_over(self, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
        connection = self._connected()
        try:
            if self._server.security is Security.STARTTLS:
                connection.starttls(context=self._trust())
            if self._server.username is not None:
                connection.login(self._server.username, self._server.password or "")
            refused = _sent(connection, message)
            # The server has the mail; how it says goodbye changes nothing.
            with contextlib.suppress(OSError):
                connection.quit()
            return refused
        finally:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # The name is given, or smtplib would ask the resolver for it, which may take long at the worst time.
        name, timeout = server.domain, server.timeout
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=self._trust())
        return smtplib.SMTP(server.host, server.port, name, timeout=timeout)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.authorities_file)


class _Underway(OSError):
    """The connection failed after the mail was begun."""


def _sent(connection: smtplib.SMTP, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
    """The refused addresses, where others were accepted."""
    try:
        return connection.send_message(message)
    except smtplib.SMTPServerDisconnected as error:
        raise _Underway from error
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise _Underway from error


def _translated(error: Exception) -> ChannelError:
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _failed(f"smtp-{max((reply for reply, _ in error.recipients.values()), default=550)}")
        case smtplib.SMTPResponseException():
            return _failed(f"smtp-{error.smtp_code}")
        case smtplib.SMTPNotSupportedError():
            return _failed("smtp-unsupported")
        case _Underway():
            return _failed("broken-off", unknown=True)
        case ssl.SSLError():
            return _failed("smtp-certificate")
        case _:
            return _failed("connection")


def _failed(code: str, *, unknown: bool = False) -> ChannelError:
    judged = verdict(code)
    return ChannelError(judged.goes_on_at_once, code, judged.words, outcome_unknown=unknown)
