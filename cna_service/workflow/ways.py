"""One try at one sending: by which line, in which words, and what came of it. Nothing is recorded here.

Who may have taken an earlier try is asked first (paging.md, "Unknown outcome"): every line that an attempt of this
sending names, and all lines where a claim ended without an attempt, for then nobody knows which one was used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cna_service.alerts import provider_store
from cna_service.alerts.http_out import failed
from cna_service.alerts.lines import Tried, choose, has_another
from cna_service.alerts.ports import Accepted, Attachment, ChannelError, Mail, Note, Telephony
from cna_service.db import outbox
from cna_service.db.outbox import Claimed
from cna_service.escalation.gsm7 import ONE_SEGMENT, septets
from cna_service.escalation.ladders import Channel
from cna_service.ledger import store as ledger_store
from cna_service.workflow import media
from cna_service.workflow.calls import talk_only
from cna_service.workflow.line_switch import carrying
from cna_service.workflow.outside import Outside
from cna_service.workflow.people import value_of
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service

NO_TELEPHONY = ChannelError(True, "no-telephony", "No telephone company is set up.")
NO_SPARE = ChannelError(True, "no-spare", "No spare telephone company is set up.")
NO_MAIL = ChannelError(True, "no-mail", "No mail server is set up.")
NO_CONTACT = ChannelError(True, "no-contact", "The contact was removed.")
BY_TELEPHONE = (Channel.SMS, Channel.VOICE)
_NO_CALL = " (no call)"
_REPEAT = " (repeat)"


@dataclass(frozen=True, slots=True)
class Way:
    """What came of one try. ``provider``: by whom it was made, empty where nobody was asked. ``may_go_elsewhere``: it
    was refused for reasons of our account, and another line has not refused it. ``carried_as``: ``sms`` where a call
    left as an SMS."""

    outcome: Accepted | ChannelError
    provider: str = ""
    may_go_elsewhere: bool = False
    carried_as: str | None = None


def carry(service: Service, outside: Outside, claimed: Claimed) -> Way:
    """Try one claimed sending. Raises nothing that a channel does: its failure is the outcome."""
    try:
        if claimed.content.get("purpose") == media.PURPOSE:
            return Way(media.carry(claimed, outside.telephony))
        if claimed.channel in BY_TELEPHONE:
            return _by_telephone(service, outside, claimed)
        if claimed.channel == Channel.EMAIL:
            return _by_mail(service, outside, claimed)
        return _on_screen(service, outside, claimed)
    except ChannelError as error:
        return Way(error)


def _by_telephone(service: Service, outside: Outside, claimed: Claimed) -> Way:
    if not outside.lines:
        raise NO_TELEPHONY
    asked = claimed.content.get("provider")
    tried: list[Tried] = []
    if claimed.tries > 1 or claimed.was_sending:
        with service.read() as reader:
            tried = provider_store.attempts_of(reader.connection, claimed.id)
    name = choose(outside.names, carrying(service, outside), tried, asked)
    if name is None:
        raise NO_SPARE
    line = outside.line(name)
    assert line is not None
    try:
        if claimed.was_sending and (found := _already_accepted(service, outside, claimed, tried, name)):
            return Way(found, found.provider)
        return _sent(service, line, claimed)
    except ChannelError as error:
        now = Tried(name, service.machine.now(), error.code)
        return Way(error, name, may_go_elsewhere=has_another(outside.names, [*tried, now], asked))


def _already_accepted(
    service: Service, outside: Outside, claimed: Claimed, tried: list[Tried], chosen: str
) -> Accepted | None:
    """Does a line know of an earlier try whose outcome we never stored? Where the one that may have taken it cannot be
    asked and another carries now, that one sends: a lost summons is worse than two. Raises ChannelError."""
    for line in _may_have_taken(outside, claimed, tried):
        try:
            found = _found_at(service, line, claimed)
        except ChannelError:
            if line.name == chosen:
                raise
            continue
        if found is not None:
            return found
    return None


def _may_have_taken(outside: Outside, claimed: Claimed, tried: list[Tried]) -> Iterator[Telephony]:
    named = {t.provider for t in tried}
    is_anybodys = len(tried) < claimed.tries - 1 or not named & set(outside.names)
    return (line for line in outside.lines if is_anybodys or line.name in named)


def _found_at(service: Service, line: Telephony, claimed: Claimed) -> Accepted | None:
    since = claimed.created_at - timedelta(minutes=1)
    if claimed.channel == Channel.VOICE and line.has_voice:
        sid = line.find_recent_call(to=claimed.contact, since=since)
    else:
        code = str(claimed.content.get("code") or claimed.content.get("text", ""))
        sid = line.find_recent(to=claimed.contact, containing=code, since=since)
    if sid is None:
        return None
    with service.read() as reader:
        known = outbox.row_by_sid(reader.connection, sid)
    # What belongs to another sending to the same number proves nothing of this one.
    is_ours = known is None or known["id"] == claimed.id
    return Accepted(line.name, sid, "accepted") if is_ours else None


def _sent(service: Service, line: Telephony, claimed: Claimed) -> Way:
    back = f"{service.desk.public_url}/callbacks/{line.callbacks or 'none'}"
    if claimed.channel == Channel.VOICE and line.has_voice:
        officer = str(claimed.content.get("officer", ""))
        page = talk_only(service, officer) if getattr(line, "is_elsewhere", False) else None
        placed = line.place_call(
            to=claimed.contact,
            callback_url=f"{back}/status",
            reference=claimed.id,
            answer_url=None if page else f"{back}/call",
            twiml=page,
        )
        return Way(placed, line.name)
    is_call = claimed.channel == Channel.VOICE
    if is_call and not claimed.content.get("text"):
        # What only a key can answer is no use as a text.
        raise failed("no-voice")
    taken = line.send_sms(
        to=claimed.contact,
        text=_words(claimed, line, instead_of_call=is_call),
        callback_url=f"{back}/status",
        reference=claimed.id,
    )
    return Way(taken, line.name, carried_as="sms" if is_call else None)


def _words(claimed: Claimed, line: Telephony, *, instead_of_call: bool) -> str:
    content = claimed.content
    text = str(content["text"] if line.takes_replies else content.get("text_without_reply", content["text"]))
    if claimed.was_sending:
        return f"{text}{_REPEAT}"
    if instead_of_call and septets(f"{text}{_NO_CALL}") <= ONE_SEGMENT:
        return f"{text}{_NO_CALL}"
    return text


def _by_mail(service: Service, outside: Outside, claimed: Claimed) -> Way:
    if outside.mail is None:
        raise NO_MAIL
    try:
        return Way(Accepted("smtp", outside.mail.send(_mail(service, claimed)), "sent"), "smtp")
    except ChannelError as error:
        return Way(error, "smtp")


def _mail(service: Service, claimed: Claimed) -> Mail:
    content = claimed.content
    attachments = []
    with service.read() as reader:
        for told in content.get("attachments", ()):
            media_type, data = ledger_store.blob(reader.connection, told["blob"])
            attachments.append(Attachment(told["name"], media_type, data))
    mark = "EXERCISE " if service.desk.is_exercise else ""
    subject = str(content.get("subject") or f"{mark}{service.desk.name}: alert")
    return Mail(
        to=(claimed.contact,),
        subject=subject,
        text=str(content["text"]),
        attachments=tuple(attachments),
        case=content.get("case"),
        message_id=f"<{claimed.id}@cna>",
    )


def _on_screen(service: Service, outside: Outside, claimed: Claimed) -> Way:
    """Push, webhook, chat. The address is read when it is used: the outbox holds the contact's name alone."""
    out = outside.notes.get(claimed.channel)
    if out is None:
        raise ChannelError(True, f"no-{claimed.channel}", f"The desk has no {claimed.channel}.")
    content = claimed.content
    to = _address(service, claimed)
    if not to:
        raise NO_CONTACT
    alert = content.get("alert")
    link = f"{service.desk.public_url}/console/alerts" + (f"?alert={alert}" if alert else "")
    text = str(content.get("text_without_reply", content["text"]))
    title = f"{'EXERCISE ' if service.desk.is_exercise else ''}{service.desk.name}"
    try:
        return Way(out.send(to, Note(claimed.id, title, text, link, alert)), claimed.channel)
    except ChannelError as error:
        return Way(error, claimed.channel)


def _address(service: Service, claimed: Claimed) -> str:
    with service.read() as reader:
        return value_of(reader.stream(DESK).of(OFFICERS), claimed.contact) or ""
