"""Push, webhook and chat against real servers: what each gets, what its answers mean, what it is never asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jose import jwt

from cna_service.alerts.chat_channel import ChatOut, is_chat_address
from cna_service.alerts.http_out import HttpOut
from cna_service.alerts.ports import ChannelError, Note, NoteOut
from cna_service.alerts.push_channel import KEPT_FOR, PushOut, public_key, read_subscription
from cna_service.alerts.reach import Reach, read_networks
from cna_service.alerts.rules import verdict
from cna_service.alerts.webhook_channel import SIGNATURE, WebhookOut, secret_of
from cna_service.kit.clock import SystemClock
from tests.alerts.servers import Answering, answering, path_of

CLOCK = SystemClock()
HERE = Reach(is_exercise=True)
NOTE = Note(
    "0192aabb-ccdd-7eff-8011-223344556677",
    "Duty desk of XA",
    "CNA: new request, answer due 1803Z (3 h 52 left). Call +1 555 0100",
    "https://desk.example.test/console/alerts?alert=a-1",
    "a-1",
)
KEY = bytes(range(32))


@pytest.fixture
def place() -> Iterator[Answering]:
    with answering() as one:
        yield one


def closed_with(place: Answering, out: Any) -> Any:
    place.opened.append(out)
    return out


def code_of(out: NoteOut, to: str) -> str:
    with pytest.raises(ChannelError) as caught:
        out.send(to, NOTE)
    return caught.value.code


# --- webhook


def webhook(place: Answering, reach: Reach = HERE, **limits: Any) -> WebhookOut:
    out: WebhookOut = closed_with(place, WebhookOut(KEY, reach, CLOCK, HttpOut(CLOCK, **limits)))
    return out


def test_a_webhook_gets_the_note_signed_for_its_address(place: Answering) -> None:
    to = f"{place.url}/hook"
    assert webhook(place).send(to, NOTE).provider == "webhook"
    [asked] = place.received
    assert asked.json["text"] == NOTE.text and asked.json["id"] == NOTE.reference
    assert asked.json["link"] == NOTE.link and asked.json["v"] == 1
    told = dict(part.split("=", 1) for part in asked.headers[SIGNATURE.lower()].split(","))
    secret = secret_of(KEY, to)
    made = hmac.new(secret.encode(), told["t"].encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert told["v1"] == made and abs(int(told["t"]) - CLOCK.now().timestamp()) < 60
    assert secret != secret_of(KEY, to + "2")


@pytest.mark.parametrize(
    ("answer", "code", "flags"),
    [
        ((410, b""), "webhook-gone", True),
        ((404, b""), "webhook-gone", True),
        ((302, b""), "redirect-refused", True),
        ((400, b""), "http-400", False),
        ((500, b""), "http-500", False),
        ((429, b""), "20429", False),
        ("reset", "broken-off", False),
    ],
)
def test_what_a_webhooks_answers_mean(place: Answering, answer: object, code: str, flags: bool) -> None:
    place.headers["Location"] = f"{place.url}/elsewhere"
    place.script.append(answer)
    assert code_of(webhook(place), place.url) == code
    assert verdict(code).flags_contact is flags and len(place.received) == 1


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_webhook_that_hangs_or_drips_holds_nobody_up(place: Answering, fault: str) -> None:
    place.script.append(fault)
    assert code_of(webhook(place, timeout=timedelta(seconds=0.6)), place.url) == "timeout"


def test_a_webhook_into_the_own_network_is_refused_before_a_byte_leaves(place: Answering) -> None:
    assert code_of(webhook(place, Reach()), place.url) == "address-refused"
    assert code_of(webhook(place, Reach()), "https://10.0.0.8/x") == "address-refused"
    assert place.received == []


def test_by_tls_the_name_is_checked_though_the_address_was_pinned(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, "localhost")
    with answering(certificate) as place:
        port = place.url.rsplit(":", 1)[1]
        reach = Reach(read_networks("127.0.0.0/8, ::1"))
        trusting = webhook(place, reach, authorities_file=str(certificate))
        trusting.send(f"https://localhost:{port}/hook", NOTE)
        assert place.received[0].headers["host"] == f"localhost:{port}"
        # The certificate is not for this name, and not of an authority that the machine knows.
        assert code_of(trusting, f"https://127.0.0.1:{port}/hook") == "certificate"
        assert code_of(webhook(place, reach), f"https://localhost:{port}/hook") == "certificate"


def self_signed(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(CLOCK.now() - timedelta(days=1))
        .not_valid_after(CLOCK.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


# --- push


class Browser:
    """A browser's side of a subscription: the keys, and reading what comes."""

    def __init__(self, endpoint: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = bytes(range(16))
        self.endpoint = endpoint

    @property
    def subscription(self) -> str:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _text(point), "auth": _text(self.auth)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def reads(self, body: bytes) -> Any:
        return json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        )


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.fixture(scope="module")
def vapid() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def push(place: Answering, vapid: bytes, reach: Reach = HERE) -> PushOut:
    out: PushOut = closed_with(place, PushOut(vapid, "mailto:desk@xa.example.test", reach, CLOCK))
    return out


def test_a_push_is_read_by_the_browser_alone(place: Answering, vapid: bytes) -> None:
    browser = Browser(f"{place.url}/push/device-1")
    place.usual = (201, b"")
    assert push(place, vapid).send(browser.subscription, NOTE).provider == "push"
    [asked] = place.received
    assert path_of(asked) == "/push/device-1"
    assert b"new request" not in asked.body
    told = browser.reads(asked.body)
    assert told == {"title": NOTE.title, "text": NOTE.text, "link": NOTE.link, "tag": "a-1"}
    assert (asked.headers["ttl"], asked.headers["urgency"]) == (str(KEPT_FOR), "high")
    assert asked.headers["content-encoding"] == "aes128gcm"


def test_the_push_service_knows_the_desk_by_its_key(place: Answering, vapid: bytes) -> None:
    push(place, vapid).send(Browser(f"{place.url}/push/1").subscription, NOTE)
    scheme, _, told = place.received[0].headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in told.split(","))
    assert scheme == "vapid" and parts["k"] == public_key(vapid)
    key = serialization.load_pem_private_key(vapid, None).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    claims = jwt.decode(parts["t"], pem, algorithms=["ES256"], audience=place.url)
    assert claims["sub"] == "mailto:desk@xa.example.test"
    assert 0 < claims["exp"] - CLOCK.now().timestamp() <= 24 * 3600


@pytest.mark.parametrize(
    ("status", "code", "flags"),
    [
        (404, "push-gone", True),
        (410, "push-gone", True),
        (403, "push-refused", False),
        (500, "http-500", False),
    ],
)
def test_a_subscription_that_is_gone_flags_the_contact(
    place: Answering, vapid: bytes, status: int, code: str, flags: bool
) -> None:
    place.script.append((status, b""))
    assert code_of(push(place, vapid), Browser(f"{place.url}/p").subscription) == code
    assert verdict(code).flags_contact is flags


@pytest.mark.parametrize(
    "told",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"endpoint": "https://x", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
        '{"endpoint": "https://x", "keys": {"p256dh": 5, "auth": null}}',
        '{"endpoint": "", "keys": {"p256dh": "'
        + _text(b"\x04" + bytes(64))
        + '", "auth": "'
        + _text(bytes(16))
        + '"}}',
    ],
)
def test_what_is_no_subscription_is_none(place: Answering, vapid: bytes, told: str) -> None:
    assert read_subscription(told) is None
    assert code_of(push(place, vapid), told) == "push-unusable"


def test_a_point_on_no_curve_and_an_endpoint_inside_are_refused(place: Answering, vapid: bytes) -> None:
    keys = {"p256dh": _text(b"\x04" + b"\x01" * 64), "auth": _text(bytes(16))}
    told = json.dumps({"endpoint": f"{place.url}/p", "keys": keys})
    assert code_of(push(place, vapid), told) == "push-unusable"
    assert (
        code_of(push(place, vapid, Reach()), Browser("https://10.0.0.8/p").subscription) == "address-refused"
    )
    assert place.received == []


# --- chat


def test_a_chat_room_gets_the_note(place: Answering) -> None:
    port = place.url.rsplit(":", 1)[1]
    token = "a" * 26
    taken = ChatOut(HERE).send(f"mmost://127.0.0.1:{port}/{token}", NOTE)
    assert taken.provider == "chat"
    [asked] = place.received
    assert NOTE.text in asked.body.decode() and NOTE.link in asked.body.decode()


def test_a_chat_that_does_not_take_it_is_tried_again(place: Answering) -> None:
    port = place.url.rsplit(":", 1)[1]
    place.usual = (500, b"")
    assert code_of(ChatOut(HERE), f"mmost://127.0.0.1:{port}/{'a' * 26}") == "chat-failed"
    assert not verdict("chat-failed").goes_on_at_once


@pytest.mark.parametrize(
    "to",
    [
        "json://127.0.0.1/x",
        "syslog://",
        "dbus://",
        "file:///tmp/x",
        "windows://",
        "mailto://u:p@example.org",
        "https://127.0.0.1/x",
        "",
        "mmost://",
        "mmost://[::1",
    ],
)
def test_a_kind_that_is_not_allowed_acts_on_nothing(to: str) -> None:
    assert code_of(ChatOut(HERE), to) == "chat-unusable" and not is_chat_address(to)


def test_a_room_of_ones_own_inside_the_network_needs_the_setting() -> None:
    assert code_of(ChatOut(Reach()), "mmosts://10.0.0.8/aaaa") == "address-refused"
    assert is_chat_address("mmosts://10.0.0.8/aaaa") and is_chat_address("tgram://123:abc/456")
    ChatOut(Reach(read_networks("10.0.0.0/8"))).judge("mmosts://10.0.0.8/aaaa")
