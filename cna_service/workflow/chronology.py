"""The chronology of a case: minute by minute, each time with zone and source, each line with its entry. Pure.

Our clock stands apart from what others say of their times, and a limit that they state apart from one that a provision
sets: what somebody claims never becomes what we recorded (scenario D5; practice R10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.as_json import plain
from cna_service.documents.content import shortened
from cna_service.documents.shown import one_line
from cna_service.documents.times import utc_and_iso
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Entry, Erased
from cna_service.workflow.case_timeline import actor_words, is_by_itself, timeline_line
from cna_service.workflow.projections import TYPES

LATE_AFTER = timedelta(minutes=15)
"""An entry made more than this after what it tells is marked late (practice R10)."""

_MEANS = {t.name: t.means for t in TYPES}
_LIMITS = ("clock.armed", "clock.started", "clock.warned", "clock.lapsed")
_VERBATIM = ("words", "text", "summary", "question", "reason")


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry as a line. ``side``: ours, theirs, a unit, open source, or the service; ``claimed``: the instant that
    somebody told, with zone and source, None where nobody told one; ``limit``: of a clock, and whose statement it is.

    ``at`` orders the lines: the told instant where it is exact, else the earliest told, else when it was recorded.
    """

    seq: int
    id: str
    leaf: str
    type: str
    at: datetime
    says: str
    words: str | None
    by: str
    side: str
    recorded_at: datetime
    clock_source: str
    claimed: ToldInstant | None
    claimed_by: str | None
    told_at: datetime | None
    is_late: bool
    is_verified: bool | None
    is_machine: bool
    limit: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "id": self.id,
            "leaf": self.leaf,
            "type": self.type,
            "says": self.says,
            "words": self.words,
            "by": self.by,
            "side": self.side,
            "our_clock": {
                "recorded_at": to_text(self.recorded_at),
                "zone": "UTC",
                "source": self.clock_source,
            },
            "claimed": None
            if self.claimed is None
            else {
                **self.claimed.as_json(),
                "is_exact": self.claimed.exact is not None,
                "by": self.claimed_by,
            },
            "told_at": None if self.told_at is None else to_text(self.told_at),
            "is_late": self.is_late,
            "is_verified": self.is_verified,
            "is_machine": self.is_machine,
            "limit": plain(self.limit),
        }


def chronology(entries: Iterable[Entry], *, machines: bool = True) -> tuple[Moment, ...]:
    """Every entry, by when it happened as far as that was told; ``machines``: with what the service wrote by itself."""
    told = [_moment(e) for e in entries]
    return tuple(sorted((m for m in told if machines or not m.is_machine), key=lambda m: (m.at, m.seq)))


def _moment(entry: Entry) -> Moment:
    line = timeline_line(entry, None, _MEANS.get(entry.type, entry.type))
    claimed = _claimed(entry)
    return Moment(
        seq=entry.seq,
        id=entry.id,
        leaf=entry.leaf,
        type=entry.type,
        at=_order(claimed, entry.recorded_at),
        says=line.says,
        words=_words(entry.body),
        by=actor_words(entry.actor),
        side=_side(entry),
        recorded_at=entry.recorded_at,
        clock_source=_clock_source(entry.clock),
        claimed=claimed,
        claimed_by=_claimed_by(entry) if claimed else None,
        told_at=entry.told_at,
        is_late=_is_late(claimed, entry.recorded_at),
        is_verified=_verified(entry.body),
        is_machine=is_by_itself(entry),
        limit=_limit(entry),
    )


def _claimed(entry: Entry) -> ToldInstant | None:
    """What was told of when it happened; a plain copy of our own instant is no claim."""
    told = entry.happened_at
    if told is not None and told.exact == entry.recorded_at:
        return None
    return told


def _order(claimed: ToldInstant | None, recorded_at: datetime) -> datetime:
    if claimed is None:
        return recorded_at
    return claimed.exact or claimed.earliest or recorded_at


def _is_late(claimed: ToldInstant | None, recorded_at: datetime) -> bool:
    latest = None if claimed is None else claimed.latest
    return latest is not None and recorded_at - latest > LATE_AFTER


def _side(entry: Entry) -> str:
    body, kind = entry.body, entry.actor.get("kind")
    if kind == "service":
        return "service"
    if kind in ("authority", "system") or body.get("ours") is False or entry.type == "submission.received":
        return "theirs"
    if body.get("source_kind"):
        told = str(body["source_kind"])
        return {"partner": "theirs", "own": "ours", "other": "ours"}.get(told, told)
    if body.get("channel") in ("press", "social_media"):
        return "open_source"
    if entry.type == "exchange.opened" or body.get("direction") is not None:
        return "theirs" if body.get("direction") in ("in", "inbound") else "ours"
    return "ours"


def _claimed_by(entry: Entry) -> str:
    told = entry.happened_at
    if told is not None and told.source:
        return told.source
    side = _side(entry)
    return {"theirs": "the other side", "unit": "the unit", "open_source": "open source"}.get(
        side, actor_words(entry.actor)
    )


def _verified(body: Mapping[str, Any]) -> bool | None:
    """False for a report that nobody verified; None where the question does not arise."""
    if body.get("source_kind") == "open_source" or body.get("channel") in ("press", "social_media"):
        return bool(body.get("is_verified"))
    return None if "is_verified" not in body or body.get("direction") else bool(body["is_verified"])


def _clock_source(clock: Mapping[str, Any]) -> str:
    words = str(clock.get("src") or "not stated")
    return f"{words}, not synchronised" if clock.get("synced") is False else words


def _limit(entry: Entry) -> dict[str, Any] | None:
    """A limit: legal under an adopted provision; claimed where only the other side or an unread text says so."""
    if entry.type not in _LIMITS:
        return None
    body = entry.body
    terms = body.get("terms") or {}
    told = {
        "kind": body.get("kind"),
        "provision": terms.get("provision") or body.get("provision"),
        "due_at": body.get("due_at"),
        "waits_for": body.get("waits_for"),
        "stated_by": body.get("stated_by"),
        "is_their_statement": body.get("kind") == "claimed",
    }
    return {k: v for k, v in told.items() if v is not None}


def _words(body: Mapping[str, Any]) -> str | None:
    for name in _VERBATIM:
        value = body.get(name)
        if isinstance(value, Erased):
            return str(value)
        if isinstance(value, str) and value:
            return value
    return None


COLUMNS = (
    "entry",
    "our clock: recorded (UTC)",
    "their clock: told to have happened",
    "zone as told",
    "source of that time",
    "exact",
    "late",
    "side",
    "by",
    "what",
    "words",
    "verified",
    "limit",
    "limit stated by the other side",
    "type",
    "clock source",
    "entry id",
    "leaf",
)


def table(moments: Iterable[Moment]) -> list[list[str]]:
    """The lines of the CSV, under ``COLUMNS``."""
    return [_row(m) for m in moments]


def _row(m: Moment) -> list[str]:
    claimed, limit = m.claimed, m.limit or {}
    return [
        str(m.seq),
        to_text(m.recorded_at),
        "" if claimed is None else _told(claimed),
        "" if claimed is None else claimed.zone or "not told",
        "" if claimed is None else m.claimed_by or "not told",
        "" if claimed is None else _yes(claimed.exact is not None),
        _yes(m.is_late),
        m.side.replace("_", " "),
        m.by,
        m.says,
        m.words or "",
        "" if m.is_verified is None else _yes(m.is_verified),
        "" if not limit else f"{limit.get('kind')}, due {limit.get('due_at', 'not yet known')}",
        "" if not limit else _yes(bool(limit.get("is_their_statement"))),
        m.type,
        m.clock_source,
        m.id,
        m.leaf,
    ]


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _told(claimed: ToldInstant) -> str:
    return to_text(claimed.exact) if claimed.exact is not None else claimed.text


_LONGEST_ON_PAGE = 400
PAGE_COLUMNS = ("Entry", "Our clock", "Their clock, as told", "Side", "What and by whom", "Marks")


def page_rows(moments: Iterable[Moment]) -> list[list[str]]:
    """The lines of the page: our clock and theirs in columns of their own."""
    return [_page_row(m) for m in moments]


def _page_row(m: Moment) -> list[str]:
    claimed, limit = m.claimed, m.limit or {}
    told = ""
    if claimed is not None:
        zone = f" {claimed.zone}" if claimed.zone and claimed.exact is None else ""
        shown = (
            utc_and_iso(claimed.exact) if claimed.exact is not None else f"“{claimed.text}”{zone}, not exact"
        )
        told = f"{shown}; source: {one_line(m.claimed_by or '')}"
    marks = [
        "recorded late" if m.is_late else "",
        "NOT VERIFIED" if m.is_verified is False else "",
        "their statement of a limit" if limit.get("is_their_statement") else "",
        f"due {limit['due_at']}" if limit.get("due_at") else "",
        f"clock: {m.clock_source}",
        m.id,
    ]
    # The page cuts long words; CSV and JSON hold them whole.
    words = f": “{shortened(one_line(m.words), _LONGEST_ON_PAGE)}”" if m.words else ""
    what = f"{one_line(m.says)}{words} ({one_line(m.by)})"
    return [
        str(m.seq),
        utc_and_iso(m.recorded_at),
        told,
        m.side.replace("_", " "),
        what,
        "; ".join(x for x in marks if x),
    ]
