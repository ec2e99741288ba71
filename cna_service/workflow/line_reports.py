"""What a line has to say when it is asked: messages without word for a minute, and lines that call nobody back.

Callbacks get lost; a status that was asked for comes in by the same door as a callback, so that it moves nothing back.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from cna_service.alerts import provider_store
from cna_service.alerts.ports import ChannelError, Polled, Report, TextIn, Told
from cna_service.alerts.rules import is_final
from cna_service.db import outbox
from cna_service.workflow.inbound import take_text
from cna_service.workflow.outside import Outside
from cna_service.workflow.replies import report
from cna_service.workflow.service import Service

STUCK_AFTER = timedelta(seconds=60)
GIVEN_UP_AFTER = timedelta(hours=1)
"""What has no final word by then will have none."""
MOST_AT_ONCE = 20

log = structlog.get_logger(__name__)


def ask_about_stuck(service: Service, outside: Outside) -> int:
    """Ask the providers for the status of what they took more than a minute ago and never reported; returns how many
    had something new to say."""
    now = service.clock.now()
    with service.read() as reader:
        rows = outbox.without_word(
            reader.connection, before=now - STUCK_AFTER, since=now - GIVEN_UP_AFTER, limit=MOST_AT_ONCE
        )
        asked = [(r, provider_store.attempts_of(reader.connection, r["id"])) for r in rows]
    moved = 0
    for row, tried in asked:
        taken_by = next(
            (t.provider for t in reversed(tried) if t.code is None), outside.names[0:1] and outside.names[0]
        )
        line = outside.line(taken_by or "")
        if line is None:
            continue
        try:
            found = line.fetch_status(row["sid"])
        except ChannelError as error:
            log.info("a status could not be asked for", sending=row["id"], code=error.code)
            continue
        if found is not None and is_final(found.status):
            _report(service, line.name, row["id"], row["sid"], found, is_call=row["channel"] == "voice")
            moved += 1
    return moved


def take_in(service: Service, outside: Outside) -> int:
    """Hand over what lines have to say that call nobody back; each is forgotten there only once it was acted on."""
    taken = 0
    for line in outside.lines:
        if not isinstance(line, Polled):
            continue
        for told in line.reports():
            _take_report(service, line.name, told)
            line.seen(told)
            taken += 1
        for text in line.texts():
            take_text_in(service, text)
            line.seen(text)
            taken += 1
    return taken


def take_text_in(service: Service, text: TextIn) -> None:
    """An SMS that came in by a line of another kind, as the telephone company's callback gives it."""
    take_text(service, {"MessageSid": text.id, "From": text.sender, "Body": text.text}, text.id)


def _take_report(service: Service, provider: str, told: Told) -> None:
    sid = told.sid or ""
    _report(service, provider, told.reference, sid, Report(told.status, told.code), is_call=False)


def take_report(service: Service, provider: str, told: Told) -> None:
    """A delivery report by a callback whose proof was checked."""
    _take_report(service, provider, told)


def _report(
    service: Service, provider: str, sending: str | None, sid: str, found: Report, *, is_call: bool
) -> None:
    kind = "Call" if is_call else "Message"
    params = {
        f"{kind}Sid": sid,
        f"{kind}Status": found.status,
        **({"ErrorCode": found.code} if found.code else {}),
    }
    report(service, provider, sending, params, f"asked:{found.status}")
