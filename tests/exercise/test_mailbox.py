from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from cna_service.alerts.ports import Attachment, ChannelError, Mail
from cna_service.exercise.mailbox import Mailbox, NoSuchMail
from cna_service.kit.clock import SystemClock
from cna_service.kit.instants import from_text

PDF = Attachment("answer.pdf", "application/pdf", b"%PDF")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox("Desk <desk@xa.example>", SystemClock())


def test_a_mail_is_shown_in_the_fixed_shape(mailbox: Mailbox) -> None:
    message_id = mailbox.send(Mail(to=("ops@xb.example",), subject="s", text="t", attachments=(PDF,)))
    (shown,) = mailbox.as_json()
    assert message_id.endswith("@xa.example>")
    assert isinstance(shown.pop("id"), str)
    from_text(str(shown.pop("at")))
    assert shown == {
        "from": "Desk <desk@xa.example>",
        "to": ["ops@xb.example"],
        "subject": "s",
        "text": "t",
        "attachments": [{"name": "answer.pdf", "sha256": hashlib.sha256(b"%PDF").hexdigest()}],
    }


def test_attachments_can_be_fetched(mailbox: Mailbox) -> None:
    mailbox.send(Mail(to=("ops@xb.example",), subject="s", text="t", attachments=(PDF,)))
    (sent,) = mailbox.sent()
    assert mailbox.attachment(sent.id, "answer.pdf") == PDF
    with pytest.raises(NoSuchMail):
        mailbox.attachment(sent.id, "other.pdf")


def test_an_ordered_failure_keeps_nothing(mailbox: Mailbox) -> None:
    mailbox.fail_next(ChannelError(False, "smtp-451"))
    mail = Mail(to=("ops@xb.example",), subject="s", text="t", message_id="<m@xa.example>")
    with pytest.raises(ChannelError):
        mailbox.send(mail)
    assert mailbox.sent() == []
    assert mailbox.send(mail) == "<m@xa.example>"


def test_many_senders_at_once(mailbox: Mailbox) -> None:
    with ThreadPoolExecutor(8) as senders:
        ids = list(senders.map(lambda n: mailbox.send(Mail(("a@xb.example",), str(n), "t")), range(100)))
    assert sorted(ids) == sorted(one.message_id for one in mailbox.sent())
    assert len({one.id for one in mailbox.sent()}) == 100
