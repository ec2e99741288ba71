"""One command under way: its transaction, its instant, the streams it holds, and the one way to append."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import Connection

from cna_service.cases.record import CaseRecord
from cna_service.db import outbox
from cna_service.db.idempotency import Reply
from cna_service.db.outbox import Sending
from cna_service.identity.actors import Actor
from cna_service.kit.errors import Conflict, Invalid, Problem, Unavailable
from cna_service.ledger import store
from cna_service.ledger.entry import Draft, Entry
from cna_service.ledger.folds import Folded, Folds, Projection
from cna_service.ledger.store import Stamp
from cna_service.workflow.paper import Page
from cna_service.workflow.projections import CASE, case_stream

S = TypeVar("S")

# Entries that bear on a decision: what came of these since the person looked must be seen first (record.md, "Seen").
BEARS_ON_DECISIONS = frozenset(
    {
        "submission.received",
        "answer.given",
        "answer.withdrawn",
        "answer.authority_confirmed",
        "limitation.notified",
        "exchange.withdrawn",
        "exchange.extended",
        "claim.made",
        "claim.not_made",
        "identifier.recorded",
        "indicium.seen",
        "event.reported",
        "decision.taken",
        "lapse.proposed",
        "lapse.recorded",
        "action.recorded",
        "result.reported",
    }
)


_DRAWS = 20


class CaseMoved(Conflict):
    code = "case-moved"
    title = "The case has moved on since you looked"


class NewerBuild(Unavailable):
    code = "newer-build"
    title = "A newer build wrote in this case; this one shows it and does not write"


class NothingAppended(RuntimeError):
    """A command that would commit without an entry: a fault of ours, never of the caller's."""


@dataclass(slots=True)
class Work:
    """Made by ``Service.write``; valid inside its block only. ``stream`` is the first stream it was asked for."""

    connection: Connection
    folds: Folds
    stamp: Stamp
    actor: Actor
    now: datetime
    stream: str
    held: dict[str, Folded]
    """The streams whose rows this command has locked, folded up to its own newest entry."""
    reply: Reply | None = None
    appended: list[Entry] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    looked_at: dict[str, Folded] = field(default_factory=dict)
    rows: store.Rows = field(default_factory=store.Rows)
    cited: set[str] = field(default_factory=set)
    """Hashes of texts known to be kept, in this process; this command's are added when it has committed."""
    citing: set[str] = field(default_factory=set)
    paper: Page | None = None
    """While what stood on paper is typed in: entries are marked, ``now`` is the instant on the page, nothing leaves."""
    zone: str = "UTC"
    """The desk's own: the wall clock of whoever named none of his own."""

    @property
    def case(self) -> CaseRecord:
        """The record with everything this command has appended so far."""
        return self.held[self.stream].of(CASE)

    def of(self, projection: Projection[S], stream: str | None = None) -> S:
        """A state of a stream, held or only read: desk, duty, directory and registry are read without a lock."""
        name = stream or self.stream
        folded = self.held.get(name) or self.looked_at.get(name)
        if folded is None:
            # Once per command: what it decides by must not change while it runs.
            folded = self.looked_at[name] = self.folds.current(self.connection, name)
            # Nobody writes in a stream that he does not hold: what is seen of this one is committed.
            self.folds.keep(folded)
        return folded.of(projection)

    def open_stream(self, name: str) -> None:
        """Begin a stream and hold it; it becomes the command's own when it had none."""
        store.open_stream(self.connection, name)
        self.held[name] = self.folds.begin(name)
        self.stream = self.stream or name

    def begin_stream(self, name: str) -> None:
        """Begin a stream that is the command's own, whichever others it holds."""
        self.open_stream(name)
        self.stream = name

    def begin_case(self, draw: Callable[[], str]) -> None:
        """Begin the stream of a new case under the first reference drawn that no other case has: of some ten thousand
        references two are alike by chance. Raises StreamExists when every draw met a case."""
        for _ in range(_DRAWS - 1):
            try:
                return self.begin_stream(case_stream(draw()))
            except store.StreamExists:
                continue
        return self.begin_stream(case_stream(draw()))

    def append(self, draft: Draft, stream: str | None = None) -> Entry:
        """Write an entry at the end of a stream that this command holds. Raises EntryTooLarge, NewerBuild."""
        name = stream or self.stream
        held = self.held[name]
        if held.unknown is not None:
            raise NewerBuild(
                f"{held.unknown.type} v{held.unknown.v}, written by {held.unknown.sw.get('build')}"
            )
        kind = self.folds.types.get(draft.type, draft.v)
        if kind is None:
            raise KeyError(f"no slice declares the entry type {draft.type} v{draft.v}")
        stamp = self.stamp
        if self.paper is not None:
            stamp, draft = self.paper.on(stamp, draft)
        entry = store.append(self.connection, kind, draft, name, held.head, stamp, self.rows)
        self.held[name] = self.folds.extend(held, entry)
        self.appended.append(entry)
        return entry

    def send(self, sendings: Iterable[Sending]) -> None:
        """Ask for messages; they leave after commit. What was done on paper sent none of them."""
        if self.paper is None:
            self.sendings.extend(sendings)

    def withdraw_sendings(self, dedup_prefix: str) -> None:
        """What was not yet sent of these is useless now."""
        outbox.supersede(self.connection, dedup_prefix)
        self.sendings = [s for s in self.sendings if not s.dedup.startswith(dedup_prefix)]

    def acting_under(self, delegation: str) -> None:
        """Every entry from here on names the delegation on which its actor relied (desk-rules 6.1)."""
        self.stamp = replace(self.stamp, actor={**self.stamp.actor, "delegation": delegation})

    def keep(self, content: bytes, media_type: str) -> str:
        """Keep bytes beside the entry; returns the id of the blob."""
        return store.put_blob(self.connection, content, media_type, self.now)

    def cite(self, path: str, text: str) -> str:
        """Keep a text that an entry will cite; returns its SHA-256."""
        digest = sha256(text.encode()).hexdigest()
        if digest not in self.cited and digest not in self.citing:
            store.put_policy(self.connection, path, text)
            self.citing.add(digest)
        return digest

    def refuse_if(self, problems: Iterable[Problem]) -> None:
        """Everything that is missing or wrong, at once. Raises Invalid."""
        if found := tuple(problems):
            raise Invalid("", *found)

    def refuse_if_moved(self, seen: int | None) -> None:
        """Refuse a decision that rests on an older page. Raises CaseMoved, listing what came since."""
        if seen is None:
            where = Problem(
                "/seen", None, "a decision says what its maker had before him", "send the case's seq"
            )
            raise Invalid("", where)
        log = self.stamp.log
        since = store.read_entries(self.connection, log, self.stream, after=store.Head(seen, None)).entries
        # What somebody entered himself he has seen.
        new = [e for e in since if e.type in BEARS_ON_DECISIONS and e.actor.get("id") != self.actor.id]
        if new:
            listed = [{"seq": e.seq, "type": e.type, "recorded_at": e.recorded_at.isoformat()} for e in new]
            words = ", ".join(e.type for e in new)
            raise CaseMoved(f"Since entry {seen} came: {words}. Look again and send the new seq.", new=listed)
