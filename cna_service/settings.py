"""What differs per deployment: environment ``CNA_…``, secrets from files. Validated at start, frozen.

Policy (ladders, texts, instruments) is no setting: it is text under ``config/``, kept whole in the database.
"""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _file(value: Any) -> Any:
    """A secret may be given as ``@/path/to/file``; a file that cannot be read stops the start."""
    if isinstance(value, str) and value.startswith("@"):
        return Path(value[1:]).read_text(encoding="utf-8").strip()
    return value


Secret = Annotated[SecretStr, BeforeValidator(_file)]


class Settings(BaseSettings):
    """Every setting; the handbook's page "Settings" says of each what it is for and what happens without it."""

    model_config = SettingsConfigDict(env_prefix="CNA_", frozen=True, extra="forbid")

    state: str = Field("XA", description="the State whose authority this desk is, ISO 3166 alpha-2")
    desk_name: str = Field("Duty desk of the competent authority", description="as it stands in documents")
    zone: str = Field("UTC", description="the desk's time zone, such as Europe/Lisbon")
    telephone: str = Field("", description="the number that partners are given, the authority's own")
    public_url: str = Field(
        "", description="where partners, phones and the telephone company reach this desk"
    )
    data: Path = Field(Path("var/desk"), description="folder of database, keys and secrets")
    config: Path | None = Field(None, description="folder of policy files; the shipped ones without it")
    database_url: str = Field(
        "", description="SQLAlchemy URL of PostgreSQL; SQLite in the data folder without it"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(0, ge=0, le=65535, description="port to listen on; 8000, or 8001 in an exercise")
    trusted_proxies: str = Field("", description="addresses of TLS proxies, comma-separated")
    log_origin: str = Field(
        "", description="name of the log in every checkpoint, such as cna.example/decisions"
    )
    body_limit_mb: int = Field(25, ge=1, le=200, description="largest request body")
    twilio_account: str = Field("", description="account SID of the telephone company")
    twilio_token: Secret = Field(SecretStr(""), description="its auth token, or @file")
    twilio_token_old: Secret = Field(SecretStr(""), description="the token before, while rotating")
    twilio_from: str = Field("", description="number that messages and calls come from, E.164")
    twilio_url: str = Field(
        "", description="base URL of the telephone company's interface, for a test double"
    )
    telephony: Literal["", "twilio", "gateway", "modem"] = Field(
        "", description="the first telephone company: twilio (as without it), gateway, or modem"
    )
    spare: Literal["", "twilio", "gateway", "modem"] = Field(
        "", description="the telephone company that takes over when the first one fails"
    )
    spare_twilio_account: str = Field("", description="account SID of a spare of Twilio's kind")
    spare_twilio_token: Secret = Field(SecretStr(""), description="its auth token, or @file")
    spare_twilio_token_old: Secret = Field(SecretStr(""), description="the token before, while rotating")
    spare_twilio_from: str = Field("", description="number that it sends and calls from, E.164")
    spare_twilio_url: str = Field("", description="base URL of its interface, for a test double")
    gateway: Path | None = Field(None, description="the file that describes an SMS gateway, gateway.toml")
    gateway_token: Secret = Field(SecretStr(""), description="what stands for $token in it, or @file")
    gateway_secret: Secret = Field(
        SecretStr(""), description="with which the gateway signs its callbacks, or @file"
    )
    gateway_secret_old: Secret = Field(SecretStr(""), description="the secret before, while rotating")
    modem_folder: Path | None = Field(
        None, description="folder with gammu-smsd's inbox, outbox, sent and error"
    )
    modem_number: str = Field("", description="number of the card in the modem, E.164")
    modem_paid_until: date | None = Field(None, description="until when a prepaid card is valid, 2027-06-30")
    modem_monitor: str = Field(
        "", description="command that tells the modem's signal, such as gammu-smsd-monitor -C -n 1 -d 1"
    )
    balance_floor: int = Field(
        10,
        ge=0,
        le=100_000,
        description="balance at a telephone company that is too low whatever a week costs",
    )
    webhook_allow: str = Field(
        "", description="private networks that webhooks and chats may reach, such as 10.1.0.0/16, with commas"
    )
    chat_kinds: str = Field(
        "",
        description="kinds of chat address that officers may give, in place of the usual ones, with commas",
    )
    push_contact: str = Field(
        "", description="mailto: or https: address for operators of push services; the desk's mail without it"
    )
    smtp_host: str = Field("", description="mail server for alerts and answers")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_user: str = Field("", description="account there")
    smtp_password: Secret = Field(SecretStr(""), description="its password, or @file")
    smtp_tls: bool = Field(True, description="STARTTLS; false only for a server on this machine")
    mail_from: str = Field("", description="sender of the desk's mail")
    monitor_url: Secret = Field(
        SecretStr(""),
        description="ping address of the outside monitor that rings officers, or @file; several with blanks between",
    )
    exercise_monitor_url: Secret = Field(
        SecretStr(""), description="the same for an exercise desk, which pings no other; or @file"
    )
    clock_state: Literal["kernel", "unknown"] = Field(
        "kernel",
        description="how it is known that the clock is kept: the kernel's word, or unknown where none reaches it",
    )
    self_test_number: str = Field(
        "", description="telephone that the desk's self-test sends an SMS to, E.164"
    )
    self_test_loop: bool = Field(
        False, description="that number is a second one of the desk's own, whose SMS come back to it"
    )
    self_test_mail: str = Field("", description="mailbox that the desk's self-test sends a mail to")
    self_test_minutes: int = Field(5, ge=1, le=60, description="after which a self-test has failed")
    simulation_open: bool = Field(False, description="exercise only: simulation calls from anywhere")
    acknowledge_minutes: int = Field(15, ge=1, le=240, description="own target for acknowledging a request")
    decision_lead_minutes: int = Field(45, ge=0, le=1440, description="time to reach whoever may decide")
    confirm_in_writing_hours: int = Field(
        24, ge=1, le=720, description="until an oral answer is to be confirmed in writing"
    )
    limitation_notice_minutes: int = Field(
        30,
        ge=1,
        le=1440,
        description="until they are to know that an answer of ours is narrower or taken back",
    )
    psix_url: str = Field(
        "",
        description="address of the US Coast Guard's PSIX, if it is to be asked, https://cgmix.uscg.mil/xml/PSIXData.asmx",
    )
    fishing_watch_token: Secret = Field(
        SecretStr(""), description="token for Global Fishing Watch, if it is to be asked, or @file"
    )
    fishing_watch_url: str = Field(
        "https://gateway.api.globalfishingwatch.org", description="its address; another one for a test double"
    )
    http_registers: Path | None = Field(
        None, description="the file that describes further registers of others, registers.toml"
    )
    outside_register_seconds: int = Field(
        8, ge=1, le=60, description="how long registers of others are waited for, all together"
    )
    exercise_watch: bool = Field(
        False,
        description="exercise only: notices and reliefs of the watch also while no limit of a case runs",
    )
    phone_tests: Literal["", "on", "off"] = Field(
        "",
        description="tests of officers' telephones by themselves: on or off; without it on, and off in an exercise",
    )
    lapse_channels: str = Field(
        "desk_mailbox,phone_log,embassy,liaison_officer,fax",
        description="where to look for an answer before the effect of a lapse is recorded, with commas between",
    )

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {zone}; write one such as Europe/Lisbon") from error
        return zone

    @field_validator("monitor_url", "exercise_monitor_url")
    @classmethod
    def _is_an_address(cls, told: SecretStr) -> SecretStr:
        if not all(each.startswith(("https://", "http://")) for each in told.get_secret_value().split()):
            raise ValueError("no ping address; write it like https://hc-ping.com/your-uuid")
        return told

    @field_validator("state")
    @classmethod
    def _two_letters(cls, state: str) -> str:
        if len(state) != 2 or not state.isalpha():
            raise ValueError("two letters, ISO 3166 alpha-2, such as PA")
        return state.upper()

    @field_validator("webhook_allow")
    @classmethod
    def _are_networks(cls, told: str) -> str:
        for each in filter(None, (part.strip() for part in told.split(","))):
            try:
                ip_network(each, strict=False)
            except ValueError as error:
                raise ValueError(f"no network: {each}; write one such as 10.1.0.0/16") from error
        return told

    @model_validator(mode="after")
    def _lines_are_whole(self) -> Settings:
        lines = [self.telephony or ("twilio" if self.has_twilio else ""), self.spare]
        if lines[0] == lines[1] and lines[0] in ("gateway", "modem"):
            raise ValueError(f"CNA_SPARE={self.spare} is the first line already; name another kind")
        wanted = {"gateway": ("CNA_GATEWAY", self.gateway), "modem": ("CNA_MODEM_FOLDER", self.modem_folder)}
        missing = [
            f"{kind} needs {name}" for kind, (name, told) in wanted.items() if kind in lines and not told
        ]
        if self.telephony == "twilio" and not self.has_twilio:
            missing.append("twilio needs CNA_TWILIO_ACCOUNT, CNA_TWILIO_TOKEN and CNA_TWILIO_FROM")
        if self.spare == "twilio" and not self.has_spare_twilio:
            missing.append("twilio as spare needs CNA_SPARE_TWILIO_ACCOUNT, …_TOKEN and …_FROM")
        if missing:
            raise ValueError("; ".join(missing))
        return self

    @property
    def has_twilio(self) -> bool:
        return bool(self.twilio_account and self.twilio_token.get_secret_value() and self.twilio_from)

    @property
    def has_spare_twilio(self) -> bool:
        token = self.spare_twilio_token.get_secret_value()
        return bool(self.spare_twilio_account and token and self.spare_twilio_from)

    @property
    def has_telephony(self) -> bool:
        return bool(self.telephony) or self.has_twilio

    @property
    def has_mail(self) -> bool:
        return bool(self.smtp_host and self.mail_from)
