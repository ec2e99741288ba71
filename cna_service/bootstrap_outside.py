"""Settings in, lines to the outside out: telephone companies, mail, push, webhook, chat. Part of ``bootstrap``,
in a file of its own for its length."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from cna_service.alerts.chat_channel import KINDS, ChatOut
from cna_service.alerts.gateway_channel import GatewayLine, GatewaySecrets
from cna_service.alerts.gateway_file import GatewayUnreadable, read_gateway
from cna_service.alerts.modem_channel import Modem, ModemLine
from cna_service.alerts.ports import MailOut, NoteOut, Telephony
from cna_service.alerts.push_channel import PushOut
from cna_service.alerts.reach import Reach, read_networks
from cna_service.alerts.smtp_channel import Security, SmtpOut, SmtpServer
from cna_service.alerts.twilio_channel import TwilioAccount, TwilioTelephony
from cna_service.alerts.webhook_channel import WebhookOut
from cna_service.identity import secrets_file
from cna_service.kit.clock import Clock
from cna_service.registry.by_hand import MANUAL
from cna_service.registry.fishing_watch import FishingWatch
from cna_service.registry.http_register import HttpRegister, RegistersUnreadable, read_registers
from cna_service.registry.outside import RegistrySource
from cna_service.registry.psix import PsixRegister
from cna_service.settings import Settings
from cna_service.workflow.outside import Outside


def build_outside(settings: Settings, clock: Clock) -> Outside:
    """Everything that a real desk reaches. Raises GatewayUnreadable, SecretUnusable."""
    return Outside(
        telephony=_telephony(settings, clock),
        mail=_mail(settings, clock),
        spare=_line(settings, settings.spare, clock, is_spare=True),
        notes=_notes(settings, clock, is_exercise=False),
        balance_floor=Decimal(settings.balance_floor),
    )


def with_notes(outside: Outside, settings: Settings, clock: Clock) -> Outside:
    """An exercise's outside, with push, webhook and chat for whoever subscribes in it; loopback may be reached."""
    return replace(outside, notes=_notes(settings, clock, is_exercise=True))


def build_registers(settings: Settings, clock: Clock) -> Mapping[str, RegistrySource]:
    """Registers of others that may be asked by machine, by name; none unless set. Raises RegistersUnreadable."""
    found: list[RegistrySource] = []
    if settings.psix_url:
        found.append(PsixRegister(settings.psix_url, clock))
    if token := settings.fishing_watch_token.get_secret_value():
        found.append(FishingWatch(settings.fishing_watch_url, token, clock))
    if settings.http_registers is not None:
        try:
            text = settings.http_registers.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RegistersUnreadable(f"{settings.http_registers}: {error}") from error
        plans = read_registers(text, file=settings.http_registers.name)
        taken = {each.name for each in found} | {each.name for each in MANUAL}
        if twice := sorted({plan.name for plan in plans} & taken):
            words = (
                f"{settings.http_registers.name}: {', '.join(twice)} names a register that there is already."
            )
            raise RegistersUnreadable(words)
        found += [HttpRegister(plan, clock) for plan in plans]
    return {each.name: each for each in found}


def _telephony(settings: Settings, clock: Clock) -> Telephony | None:
    return _line(settings, settings.telephony or ("twilio" if settings.has_twilio else ""), clock)


def _line(settings: Settings, kind: str, clock: Clock, *, is_spare: bool = False) -> Telephony | None:
    match kind:
        case "twilio":
            return _spare_twilio(settings) if is_spare else _twilio(settings)
        case "gateway":
            return _gateway(settings, clock)
        case "modem":
            return _modem(settings, clock)
        case _:
            return None


def _twilio(settings: Settings) -> Telephony:
    tokens = (settings.twilio_token.get_secret_value(), settings.twilio_token_old.get_secret_value())
    account = TwilioAccount(
        sid=settings.twilio_account,
        tokens=tuple(t for t in tokens if t),
        number=settings.twilio_from,
        base_url=settings.twilio_url or None,
    )
    return TwilioTelephony(account)


def _spare_twilio(settings: Settings) -> Telephony:
    tokens = (
        settings.spare_twilio_token.get_secret_value(),
        settings.spare_twilio_token_old.get_secret_value(),
    )
    account = TwilioAccount(
        sid=settings.spare_twilio_account,
        tokens=tuple(t for t in tokens if t),
        number=settings.spare_twilio_from,
        base_url=settings.spare_twilio_url or None,
    )
    return TwilioTelephony(account, name="twilio-spare")


def _gateway(settings: Settings, clock: Clock) -> Telephony:
    assert settings.gateway is not None, "the settings were validated"
    try:
        text = settings.gateway.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayUnreadable(f"{settings.gateway}: {error}") from error
    callback = (settings.gateway_secret.get_secret_value(), settings.gateway_secret_old.get_secret_value())
    secrets = GatewaySecrets(settings.gateway_token.get_secret_value(), tuple(s for s in callback if s))
    return GatewayLine(read_gateway(text, file=settings.gateway.name), secrets, clock)


def _modem(settings: Settings, clock: Clock) -> Telephony:
    assert settings.modem_folder is not None, "the settings were validated"
    until = settings.modem_paid_until
    # Valid through the whole of that day, wherever the desk is.
    ends = None if until is None else datetime.combine(until, time(), UTC) + timedelta(days=1)
    monitor = tuple(shlex.split(settings.modem_monitor))
    return ModemLine(Modem(settings.modem_folder, settings.modem_number, ends, monitor), clock)


def _notes(settings: Settings, clock: Clock, *, is_exercise: bool) -> Mapping[str, NoteOut]:
    reach = Reach(read_networks(settings.webhook_allow), is_exercise=is_exercise)
    keys: Path = settings.data / "secrets"
    kinds = {kind.strip().lower() for kind in settings.chat_kinds.split(",") if kind.strip()}
    about = settings.push_contact or f"mailto:{settings.mail_from or 'desk@localhost'}"
    return {
        "push": PushOut(secrets_file.push_key(keys), about, reach, clock),
        "webhook": WebhookOut(secrets_file.webhook_key(keys), reach, clock),
        "chat": ChatOut(reach, kinds or KINDS),
    }


def _mail(settings: Settings, clock: Clock) -> MailOut | None:
    if not settings.has_mail:
        return None
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        security=Security.STARTTLS if settings.smtp_tls else Security.NONE,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
    )
    return SmtpOut(server, clock)
