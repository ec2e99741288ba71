"""Recordings of calls and pictures that came with texts: fetched at once, kept with their hash, removed there by policy
(desk-rules 8.4).

Each is a row of the outbox, so that it is leased, tried again and survives a crash like any sending; what comes back is
an entry and a blob in one transaction. Dying after the fetch and before the commit fetches again. What the sender gives
up is an entry, and a timer tries for days. Nothing is removed at the telephone company before it is kept here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.alerts.ports import Accepted, ChannelError, HoldsMedia
from cna_service.db.outbox import Claimed, Sending
from cna_service.intake.desk_calls import Media
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import CALLS, DESK, case_stream
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

PURPOSE = "media"
FETCH, REMOVE = "fetch", "remove"
"""Channels of their rows in the outbox."""

LONGEST = 32 * 1024 * 1024
"""Bytes of one file; a longer recording is asked for in its smaller form."""
SMALL_FROM_TRY = 3
"""From this try on the smaller form is asked for: a slow line may never bring the whole within one lease."""
TROUBLE_AT = 2
"""At this give-up somebody is told."""
_LOW = 6


@dataclass(frozen=True, slots=True)
class Fetched(Accepted):
    media_type: str = ""
    content: bytes = b""


def announce(
    work: Work,
    stream: str,
    *,
    sid: str,
    of: str,
    kind: str,
    parent: str = "",
    seconds: int | None = None,
    media_type: str | None = None,
) -> None:
    """The telephone company has it: an entry, and the row that fetches it. Asked twice it does nothing more."""
    if sid in work.of(CALLS, stream).media:
        return
    told = {
        "media": sid,
        "of": of,
        "kind": kind,
        "parent": parent or None,
        "seconds": seconds,
        "media_type": media_type,
    }
    work.append(Draft("media.announced", {k: v for k, v in told.items() if v is not None}), stream)
    ask(work, stream, work.of(CALLS, stream).media[sid], FETCH)


def ask(work: Work, stream: str, media: Media, channel: str, n: int = 0) -> None:
    """Fetch, or remove; ``n`` counts the times it was given up before."""
    content = {"purpose": PURPOSE, "media": media.sid, "parent": media.parent}
    dedup = f"media:{media.sid}:{channel}:{n}"
    work.send([Sending(uuid7(work.now), stream, dedup, channel, media.sid, content, priority=_LOW)])


def asked_again(media: Media) -> Draft:
    """That it is being fetched, or removed, once more: after it the timer waits for what comes of that."""
    told = {"media": media.sid, "of": media.of, "kind": media.kind, "again": media.failures}
    return Draft("media.announced", told)


def carry(claimed: Claimed, telephony: object) -> Accepted:
    """Outside any transaction: fetch or remove one. Raises ChannelError."""
    content = claimed.content
    if content.get("kept"):
        return Accepted("desk", claimed.contact, "copied")
    if not isinstance(telephony, HoldsMedia):
        raise ChannelError(True, "no-telephony", "No telephone company is set up.")
    parent = str(content.get("parent") or "")
    if claimed.channel == REMOVE:
        telephony.remove_media(claimed.contact, parent=parent)
        return Accepted(telephony.name, claimed.contact, "removed")
    is_small = claimed.tries >= SMALL_FROM_TRY
    media_type, data = telephony.fetch_media(
        claimed.contact, parent=parent, is_small=is_small, longest=LONGEST
    )
    return Fetched(telephony.name, claimed.contact, "fetched", media_type, data)


def note(
    service: Service, work: Work, claimed: Claimed, outcome: Accepted | ChannelError, *, gave_up: bool
) -> None:
    """What came of it, as an entry of the stream that asked for it."""
    stream, sid = claimed.stream, claimed.contact
    if claimed.content.get("kept"):
        copy(work, stream, claimed.content["kept"])
        return
    media = work.of(CALLS, stream).media.get(sid)
    if media is None:
        return
    if isinstance(outcome, Fetched):
        if media.is_owed:
            _keep(service, work, stream, media, outcome)
    elif isinstance(outcome, Accepted):
        if not media.is_removed:
            work.append(Draft("media.removed", {"media": sid, "of": media.of}), stream)
    elif gave_up or outcome.permanent:
        _note_failure(service, work, stream, media, claimed.channel, outcome)


def _keep(service: Service, work: Work, stream: str, media: Media, fetched: Fetched) -> None:
    told = {
        "media": media.sid,
        "of": media.of,
        "kind": media.kind,
        "blob": work.keep(fetched.content, fetched.media_type),
        "size": len(fetched.content),
        "sha256": hashlib.sha256(fetched.content).hexdigest(),
        "media_type": fetched.media_type,
        "name": f"{media.kind}-{media.sid[-6:]}{_ending(fetched.media_type)}",
    }
    work.append(Draft("media.kept", told), stream)
    call = work.of(CALLS, stream).by_id.get(media.of)
    if stream == DESK and call is not None and call.case is not None:
        # The case was opened while this was on its way; its stream is not held here, so that it is asked to take it.
        content = {"purpose": PURPOSE, "media": media.sid, "kept": told}
        row_id, dedup = uuid7(work.now), f"media:{media.sid}:case"
        work.send([Sending(row_id, case_stream(call.case), dedup, FETCH, media.sid, content, priority=_LOW)])
    if service.policies.calls.remove_at_provider:
        ask(work, stream, work.of(CALLS, stream).media[media.sid], REMOVE)


def copy(work: Work, stream: str, kept: Mapping[str, Any]) -> None:
    """What the desk's stream has of a call, in the case that the call belongs to."""
    known = work.of(CALLS, stream).media.get(kept["media"])
    if known is None or known.is_owed:
        work.append(Draft("media.kept", dict(kept)), stream)


def _note_failure(
    service: Service, work: Work, stream: str, media: Media, channel: str, error: ChannelError
) -> None:
    failed = "media.not_removed" if channel == REMOVE else "media.not_fetched"
    work.append(Draft(failed, {"media": media.sid, "of": media.of, "error": error.code}), stream)
    if work.of(CALLS, stream).media[media.sid].failures == TROUBLE_AT and channel == FETCH:
        raise_alert(service, work, "provider_trouble", stream=stream)


_ENDINGS = {
    "audio/x-wav": ".wav",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}


def _ending(media_type: str) -> str:
    return _ENDINGS.get(media_type.partition(";")[0].strip().lower(), "")
