"""Mail against a real SMTP server on loopback."""

from __future__ import annotations

import email
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cna_service.alerts.ports import Attachment, ChannelError, Mail
from cna_service.alerts.rules import Fault, verdict
from cna_service.alerts.smtp_channel import Security, SmtpOut, SmtpServer

NOW = datetime(2026, 11, 21, 18, 3, 22, tzinfo=UTC)
MAIL = Mail(to=("ops@mrcc.example",), subject="X-R4T7-HAX: received", text="Kept as received.\n")


class NightClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Inbox:
    """aiosmtpd's handler: keeps each mail, or answers with the ordered line."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse_address: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    breaks_off: bool = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse_address:
            return self.refuse_address[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.breaks_off:
            server.transport.abort()
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return self.answer


class TlsController(Controller):
    """While starting, aiosmtpd tries the connection with the server's own TLS settings, which no client may use."""

    def _trigger_server(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((self.hostname, self.port)) as bare,
            context.wrap_socket(bare) as secure,
        ):
            secure.recv(1024)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[SmtpServer]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example")
    controller.start()
    yield SmtpServer("127.0.0.1", controller.port, "Desk <desk@cna.example>", security=Security.NONE)
    controller.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def out(server: SmtpServer) -> SmtpOut:
    return SmtpOut(server, NightClock())


def failing(server: SmtpServer, mail: Mail = MAIL) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        out(server).send(mail)
    return caught.value


def test_a_mail_arrives_with_its_date_of_the_clock_and_an_id_of_our_domain(
    server: SmtpServer, inbox: Inbox
) -> None:
    message_id = out(server).send(MAIL)
    (mail,) = inbox.mails
    assert mail["Message-ID"] == message_id
    assert message_id.endswith("@cna.example>")
    assert mail["Date"].datetime == NOW
    assert mail["From"] == "Desk <desk@cna.example>"
    assert mail["Subject"] == "X-R4T7-HAX: received"
    assert mail.get_content() == "Kept as received.\r\n"
    assert mail["In-Reply-To"] is None


def test_rule_4_1_what_is_sent_from_a_case_carries_its_reference_in_a_header(
    server: SmtpServer, inbox: Inbox
) -> None:
    out(server).send(
        Mail(
            to=("a@mrcc.example", "b@mrcc.example"),
            subject="X-R4T7-HAX",
            text="Reçu à 03:13Z, señor.",
            case="X-R4T7-HAX",
            in_reply_to="<their-1@mrcc.example>",
            headers={"Auto-Submitted": "auto-replied"},
        )
    )
    (mail,) = inbox.mails
    assert mail["X-CNA-Case"] == "X-R4T7-HAX"
    assert mail["In-Reply-To"] == mail["References"] == "<their-1@mrcc.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["To"] == "a@mrcc.example, b@mrcc.example"
    assert mail.get_content().strip() == "Reçu à 03:13Z, señor."


def test_a_repeated_sending_keeps_its_id(server: SmtpServer, inbox: Inbox) -> None:
    mail = Mail(to=MAIL.to, subject="s", text="t", message_id="<sending-1@cna.example>")
    assert out(server).send(mail) == out(server).send(mail) == "<sending-1@cna.example>"
    assert [one["Message-ID"] for one in inbox.mails] == ["<sending-1@cna.example>"] * 2


def test_an_attachment_arrives_byte_for_byte(server: SmtpServer, inbox: Inbox) -> None:
    content = bytes(range(256))
    out(server).send(
        Mail(
            to=MAIL.to,
            subject="s",
            text="t",
            attachments=(Attachment("réponse.pdf", "application/pdf", content),),
        )
    )
    (attachment,) = inbox.mails[0].iter_attachments()
    assert attachment.get_filename() == "réponse.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == content


def test_an_address_that_does_not_exist_is_permanent_and_flagged(server: SmtpServer, inbox: Inbox) -> None:
    inbox.refuse_address["ops@mrcc.example"] = "550 5.1.1 no such mailbox"
    error = failing(server)
    assert (error.permanent, error.code, error.outcome_unknown) == (True, "smtp-550", False)
    assert verdict(error.code).flags_contact


def test_a_greylisting_server_is_temporary(server: SmtpServer, inbox: Inbox) -> None:
    inbox.refuse_address["ops@mrcc.example"] = "451 4.7.1 try later"
    error = failing(server)
    assert (error.permanent, error.code) == (False, "smtp-451")


def test_a_refused_mail_does_not_blame_the_address(server: SmtpServer, inbox: Inbox) -> None:
    inbox.answer = "554 5.6.0 too large"
    error = failing(server)
    assert (error.permanent, error.code) == (True, "smtp-554")
    assert not verdict(error.code).flags_contact


def test_one_refused_address_of_two_is_told_and_not_tried_again(server: SmtpServer, inbox: Inbox) -> None:
    inbox.refuse_address["gone@mrcc.example"] = "550 no such mailbox"
    error = failing(server, Mail(to=("ops@mrcc.example", "gone@mrcc.example"), subject="s", text="t"))
    assert (error.permanent, error.code) == (True, "smtp-partly")
    assert len(inbox.mails) == 1


def test_a_server_that_breaks_off_during_the_mail_leaves_the_outcome_unknown(
    server: SmtpServer, inbox: Inbox
) -> None:
    inbox.breaks_off = True
    error = failing(server)
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "broken-off", True)


def test_a_server_that_is_not_there_is_temporary() -> None:
    error = failing(SmtpServer("127.0.0.1", free_port(), "desk@cna.example", Security.NONE))
    assert (error.permanent, error.code, error.outcome_unknown) == (False, "connection", False)


def test_a_line_break_in_a_subject_is_refused_and_nothing_is_sent(server: SmtpServer, inbox: Inbox) -> None:
    error = failing(server, Mail(to=MAIL.to, subject="a\nBcc: all@example.test", text="t"))
    assert (error.permanent, error.code) == (True, "mail-unwritable")
    assert inbox.mails == []


def test_without_starttls_nothing_is_sent_where_it_is_demanded(server: SmtpServer, inbox: Inbox) -> None:
    error = failing(SmtpServer(server.host, server.port, server.sender, Security.STARTTLS))
    assert error.code == "smtp-unsupported"
    assert verdict(error.code).fault is Fault.ACCOUNT
    assert inbox.mails == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    paths = a_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)
    return paths[0], context


def test_starttls_with_a_certificate_that_we_trust(
    inbox: Inbox, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), tls_context=certificate[1])
    controller.start()
    trusting = SmtpServer(
        "127.0.0.1", controller.port, "desk@cna.example", authorities_file=str(certificate[0])
    )
    doubting = SmtpServer("127.0.0.1", controller.port, "desk@cna.example")
    try:
        assert out(trusting).send(MAIL)
        assert failing(doubting).code == "smtp-certificate"
    finally:
        controller.stop()
    assert len(inbox.mails) == 1


@pytest.mark.parametrize(("password", "code"), [("right", None), ("wrong", "smtp-535")])
def test_tls_from_the_first_byte_and_a_password(
    inbox: Inbox, certificate: tuple[Path, ssl.SSLContext], password: str, code: str | None
) -> None:
    def knows(server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword) -> AuthResult:
        return AuthResult(success=login.password == b"right", handled=False)

    controller = TlsController(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=certificate[1],
        authenticator=knows,
        auth_require_tls=False,
    )
    controller.start()
    server = SmtpServer(
        "127.0.0.1",
        controller.port,
        "desk@cna.example",
        security=Security.TLS,
        username="desk",
        password=password,
        authorities_file=str(certificate[0]),
    )
    try:
        if code is None:
            assert out(server).send(MAIL)
        else:
            error = failing(server)
            assert (error.permanent, error.code) == (True, code)
            assert verdict(error.code).fault is Fault.ACCOUNT
    finally:
        controller.stop()
    assert len(inbox.mails) == (1 if code is None else 0)


def test_the_password_does_not_show() -> None:
    assert "secret" not in repr(SmtpServer("h", 25, "desk@cna.example", username="u", password="secret"))


def a_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    today = datetime.now(UTC)  # noqa: TID251  TLS reads the machine's clock
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "mail.pem", folder / "mail.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths
