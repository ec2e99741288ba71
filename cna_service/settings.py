"""What differs per deployment: environment ``CNA_…``, secrets from files. Validated at start, frozen.

Policy (ladders, texts, instruments) is no setting: it is text under ``config/``, kept whole in the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, field_validator
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
    self_test_number: str = Field("", description="telephone that the desk's self-test sends an SMS to, E.164")
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

    @property
    def has_telephony(self) -> bool:
        return bool(self.twilio_account and self.twilio_token.get_secret_value() and self.twilio_from)

    @property
    def has_mail(self) -> bool:
        return bool(self.smtp_host and self.mail_from)
