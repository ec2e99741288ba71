"""One message about the watch to one officer: by SMS, else by mail. No summons: nobody has to answer it, and nothing
hangs on its arrival."""

from __future__ import annotations

from cna_service.cases import queries as case_queries
from cna_service.db.outbox import Sending as Row
from cna_service.escalation.ladders import Channel
from cna_service.escalation.words import Voice
from cna_service.identity.officers import Officer
from cna_service.kit.ids import uuid7
from cna_service.workflow import watch_texts
from cna_service.workflow.people import address, person
from cna_service.workflow.projections import DESK, DUTY, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import voice_in, voice_to
from cna_service.workflow.work import Work

PURPOSE = "watch"
_PRIORITY = 5


def tell(service: Service, work: Work, officer_id: str, text: str, /, **facts: object) -> bool:
    """Queue a text (by its name in ``watch_texts``) for an officer, in his language; False if he cannot be reached.

    A fact that is a text of its own is given as ``("name", {facts})``.
    """
    officer = work.of(OFFICERS, DESK).by_id.get(officer_id)
    if officer is None or not officer.is_enabled:
        return False
    found = reached_at(work, officer)
    if found is None:
        return False
    channel, to = found
    voice = voice_in(service, work, officer.language, DUTY)
    said = text_for(service, officer, text, voice, **facts)
    work.send([row(channel, to, said, uuid7(work.now), subject=f"{service.desk.name}: watch")])
    return True


def is_told(service: Service, work: Work) -> bool:
    """Whether the watch and its relief are spoken of now (``Desk.tells_watch``)."""
    return service.desk.tells_watch or case_queries.runs_a_limit(work.connection, work.now)


def text_for(
    service: Service, officer: Officer, name: str, /, voice: Voice | None = None, **facts: object
) -> str:
    texts, voice = service.policies.texts, voice or voice_to(service, officer.id)
    said = {
        k: watch_texts.plain(texts, voice, v[0], **v[1]) if isinstance(v, tuple) else v
        for k, v in facts.items()
    }
    return watch_texts.say(texts, voice, name, **said)


def reached_at(work: Work, officer: Officer) -> tuple[Channel, str] | None:
    """The first contact that takes texts, else the first that takes mail."""
    found = person(work, officer.id)
    for channel in (Channel.SMS, Channel.EMAIL):
        for contact in () if found is None else found.contacts:
            if contact.channel is channel and (to := address(officer, contact)):
                return channel, to
    return None


def row(
    channel: Channel,
    to: str,
    text: str,
    row_id: str,
    *,
    purpose: str = PURPOSE,
    subject: str | None = None,
    dedup: str | None = None,
) -> Row:
    """``dedup``: what makes asking twice harmless; without it each asking is a message of its own."""
    content = {"purpose": purpose, "text": text, **({"subject": subject} if channel is Channel.EMAIL else {})}
    return Row(row_id, DUTY, dedup or f"watch:{row_id}", channel.value, to, content, priority=_PRIORITY)
