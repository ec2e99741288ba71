"""``cna check``: what would keep this desk from working, without changing anything.

Exit 1 where something must be corrected; remarks alone are 0.
"""

from __future__ import annotations

import stat
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from cna_service.bootstrap import log_origin
from cna_service.cli import check_desk, check_lines, check_policy, check_registers, check_watching
from cna_service.cli.deployment import (
    SECRETS,
    Settings,
    SettingsUnusable,
    database_of,
    exists,
    refuse_other_kind,
    settings_of,
)
from cna_service.cli.remarks import Level, Remark, remark, well, wrong
from cna_service.cli.shown import show
from cna_service.db.database import Database, ping
from cna_service.db.migrate import is_pending
from cna_service.identity import secrets_file
from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import ServiceError
from cna_service.ledger.keys import MalformedKey
from cna_service.workflow.log_keys import LOG_KEY, ROTATION, log_verifiers
from cna_service.workflow.seeding import BornExercise, BornReal


def check(asked: Namespace) -> int:
    remarks = list(_remarks(asked))
    worst = Level.WRONG in {r.level for r in remarks}
    words = [f"{r.level.value:6}  {r.about}: {r.words}" for r in remarks]
    counted = sum(r.level is Level.WRONG for r in remarks)
    words.append(f"{counted} must be corrected." if worst else "Nothing must be corrected.")
    show(asked, {"ok": not worst, "remarks": [r.as_json() for r in remarks]}, words)
    return 1 if worst else 0


def _remarks(asked: Namespace) -> Iterator[Remark]:
    try:
        settings = settings_of(asked)
    except SettingsUnusable as error:
        for problem in error.problems:
            yield wrong("settings", f"{problem.pointer}: {problem.why}. {problem.fix}")
        return
    now = SystemClock().now()
    yield from _settings(settings, now, exercise=asked.exercise)
    yield from _channels(settings, exercise=asked.exercise)
    if not asked.exercise:
        yield from check_watching.of_settings(settings)
        yield from check_registers.of_settings(settings)
    yield from _secrets(settings, exercise=asked.exercise)
    catalogue, found = check_policy.look(settings, exercise=asked.exercise)
    yield from found
    has_monitor = bool(settings.monitor_url.get_secret_value())
    two_person = check_policy.two_person_rules(settings)
    lines = None if asked.exercise else check_lines.for_officers(settings)
    wanted = check_desk.Wanted(
        catalogue, asked.days, two_person, None if asked.exercise else has_monitor, lines
    )
    yield from _database(asked, settings, wanted)


def _settings(settings: Settings, now: datetime, *, exercise: bool) -> Iterator[Remark]:
    local = now.astimezone(ZoneInfo(settings.zone))
    yield well(
        "settings",
        f"the desk of {'XA' if exercise else settings.state}, log {log_origin(settings, exercise=exercise)}",
    )
    yield well("time zone", f"{settings.zone}: it is {local:%H:%M} there ({local:%z}); {now:%H:%M}Z")
    if exercise:
        return
    if "state" not in settings.model_fields_set:
        yield remark(
            "settings", "CNA_STATE is not set: the desk speaks for the fictional State XA. Set yours, once."
        )
    if not settings.telephone:
        words = "CNA_TELEPHONE is not set: partners are told no number, and a refused caller neither."
        yield remark("settings", f"{words} It must be the authority's own, never the provider's.")
    elif settings.telephone == settings.twilio_from:
        words = "CNA_TELEPHONE is the provider's number: publish the authority's own, which can be pointed elsewhere."
        yield wrong("settings", words)
    if not settings.log_origin:
        words = (
            "CNA_LOG_ORIGIN is not set: the log is called example. It is named for ever at the first start."
        )
        yield remark("settings", words)
    if settings.public_url.startswith("http://") and not _is_loopback(settings.public_url):
        yield wrong("settings", "CNA_PUBLIC_URL is not https: passwords and links would travel in clear.")


def _is_loopback(url: str) -> bool:
    host = url.split("//", 1)[1].split("/", 1)[0].rsplit(":", 1)[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _channels(settings: Settings, *, exercise: bool) -> Iterator[Remark]:
    if exercise:
        yield well("telephony", "the exercise has a telephone company and a mailbox of its own")
        return
    yield from _telephony(settings)
    if settings.has_mail:
        yield well("mail", f"by {settings.smtp_host}, as {settings.mail_from}")
        if not settings.smtp_tls and not _is_loopback(f"//{settings.smtp_host}"):
            yield wrong(
                "mail", "CNA_SMTP_TLS is off for a server elsewhere: mail and password travel in clear."
            )
    elif settings.smtp_host or settings.mail_from:
        yield wrong("mail", "CNA_SMTP_HOST and CNA_MAIL_FROM belong together: set both.")
    else:
        yield remark(
            "mail", "not set up: no alert and no answer leaves by mail. Set CNA_SMTP_HOST, CNA_MAIL_FROM."
        )


def _telephony(settings: Settings) -> Iterator[Remark]:
    yield from check_lines.of_lines(settings)
    if settings.telephony in ("gateway", "modem"):
        return
    told = (settings.twilio_account, settings.twilio_token.get_secret_value(), settings.twilio_from)
    names = "CNA_TWILIO_ACCOUNT, CNA_TWILIO_TOKEN, CNA_TWILIO_FROM"
    if all(told):
        yield well("telephony", f"from {settings.twilio_from}")
        if not settings.public_url.startswith("https://"):
            words = "CNA_PUBLIC_URL must be an https address that the telephone company reaches: it brings receipts."
            yield wrong("telephony", words)
    elif any(told):
        yield wrong("telephony", f"{names} belong together: set all three.")
    else:
        yield remark("telephony", f"not set up: nobody is woken by telephone. Set {names}.")


def _secrets(settings: Settings, *, exercise: bool) -> Iterator[Remark]:
    folder = settings.data / SECRETS
    if not folder.is_dir():
        yield remark("secrets", f"{folder} is not there yet: the first start makes every secret, mode 0600.")
        return
    for each in secrets_file.listing(folder):
        if each.problem:
            yield wrong("secrets", each.problem)
        else:
            yield well("secrets", f"{each.path} {each.is_for}. Rotation: {each.rotation}")
    yield from _log_key(settings, exercise=exercise)


def _log_key(settings: Settings, *, exercise: bool) -> Iterator[Remark]:
    folder, origin = settings.data / SECRETS, log_origin(settings, exercise=exercise)
    try:
        names = {key.name for key in log_verifiers(folder)}
    except (OSError, MalformedKey) as error:
        yield wrong("secrets", f"{folder / LOG_KEY} cannot be used: {error}. Restore it from the backup.")
        return
    for path in sorted(folder.glob(f"{LOG_KEY}*")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield wrong("secrets", f"{path} is open to other accounts of this machine. Run: chmod 600 {path}")
        else:
            does = "signs the log" if path.name == LOG_KEY else "verifies what it signed of the log"
            yield well("secrets", f"{path} {does} (Ed25519). Rotation: {ROTATION}")
    if names != {origin}:
        told = ", ".join(sorted(names))
        yield wrong(
            "secrets", f"{folder / LOG_KEY} is of the log {told}, the settings name {origin}: correct them."
        )


def _database(asked: Namespace, settings: Settings, wanted: check_desk.Wanted) -> Iterator[Remark]:
    if not exists(settings):
        yield remark("database", f"{settings.data} holds none yet: the first start makes it.")
        return
    database = database_of(settings)
    try:
        yield from _stored(asked, settings, database, wanted)
    except (ServiceError, DBAPIError) as error:
        words = error.detail if isinstance(error, ServiceError) else str(error.orig).splitlines()[0]
        yield wrong("database", words)
    finally:
        database.close()


def _stored(
    asked: Namespace, settings: Settings, database: Database, wanted: check_desk.Wanted
) -> Iterator[Remark]:
    try:
        refuse_other_kind(database, exercise=asked.exercise)
    except (BornReal, BornExercise) as error:
        yield wrong("database", error.detail)
        return
    ping(database)
    if is_pending(database):
        yield remark(
            "database", "of an older build: the next start, or `cna migrate`, brings it to this one."
        )
        return
    yield well("database", "PostgreSQL" if not database.is_sqlite else f"{database.path}, can be written")
    yield from check_desk.look(database, log_origin(settings, exercise=asked.exercise), wanted)
