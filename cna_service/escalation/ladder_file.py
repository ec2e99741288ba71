"""Reading ``config/ladders.toml``: every fault at once, with its place and its remedy."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from cna_service.escalation.hours_file import URGENT, DeskHours, When, read_desk_hours, read_when
from cna_service.escalation.ladders import Channel, Ladder, LastResort, Rung, Urgency, Who
from cna_service.escalation.limits import Limits, read_limits
from cna_service.kit.errors import Invalid, Problem

DEFAULT = "summons"
_SHORTEST_REPEAT = 60

_Word = TypeVar("_Word", bound=StrEnum)


class LaddersUnreadable(Invalid):
    code = "ladders-unreadable"
    title = "The file of ladders cannot be used"


@dataclass(frozen=True, slots=True)
class Ladders:
    """Every ladder of the desk; ``text`` and ``sha256`` are of the whole file, to be kept once an entry cites it."""

    by_id: Mapping[str, Ladder]
    by_kind: Mapping[str, Ladder]
    sha256: str
    text: str
    branches: Mapping[str, tuple[tuple[When, Ladder], ...]] = field(default_factory=dict)
    hours: DeskHours = field(default_factory=DeskHours)
    limits: Limits = field(default_factory=Limits)

    def for_kind(self, kind: str, local: datetime | None = None, urgency: Urgency | None = None) -> Ladder:
        """The ladder of an alert kind; a kind that no ladder names climbs ``summons``: nothing waits unsummoned.

        ``local``: the instant at which it is raised, in the desk's zone; then the first branch whose condition holds,
        with the quiet hours where it is of low urgency. ``urgency``: the caller's, before the ladder's own.
        """
        ladder = self.by_kind.get(kind, self.by_id[DEFAULT])
        if local is None:
            return ladder
        wanted: Urgency = "high" if kind in URGENT else urgency or ladder.urgency
        branches = self.branches.get(ladder.id, ())
        ladder = next((each for when, each in branches if when.holds(local, wanted)), ladder)
        quiet = self.hours.quiet if wanted == "low" else None
        copied = None if quiet is None else quiet.at_offset(local.utcoffset())
        return replace(ladder, urgency=wanted, quiet=copied)


def read_ladders(text: str, *, file: str = "ladders.toml") -> Ladders:
    """Raises LaddersUnreadable, naming the file and for each fault its key, what is wrong and what to write."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LaddersUnreadable(f"{file}: {error}") from error
    reading = _Reading(hashlib.sha256(text.encode()).hexdigest())
    ladders = reading.ladders(content)
    if reading.problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in reading.problems)
        raise LaddersUnreadable(f"{file}: {places}", *reading.problems)
    by_kind = {kind: ladders[name] for kind, name in reading.kinds.items()}
    return Ladders(ladders, by_kind, reading.sha256, text, reading.branches, reading.hours, reading.limits)


class _Reading:
    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        self.problems: list[Problem] = []
        self.kinds: dict[str, str] = {}
        self.branches: dict[str, tuple[tuple[When, Ladder], ...]] = {}
        self.hours = DeskHours()
        self.limits = Limits()

    def wrong(self, pointer: str, told: object, why: str, fix: str) -> None:
        self.problems.append(Problem(pointer=pointer, told=told, why=why, fix=fix))

    def ladders(self, content: Mapping[str, Any]) -> dict[str, Ladder]:
        self.hours = read_desk_hours(content, self.wrong)
        self.limits = read_limits(content.get("limits"), self.wrong)
        receipts = self._receipts(content.get("receipt_seconds", {}))
        tables = content.get("ladder")
        tables = tables if isinstance(tables, dict) else {}
        if DEFAULT not in tables:
            self.wrong(f"/ladder/{DEFAULT}", None, "is missing", "write the ladder that new requests climb")
        return {name: self._ladder(name, table, receipts) for name, table in tables.items()}

    def _receipts(self, table: object) -> dict[Channel, timedelta]:
        if not isinstance(table, dict):
            self.wrong("/receipt_seconds", table, "is not a table", "write channel = seconds")
            return {}
        found = {}
        for name, seconds in table.items():
            pointer = f"/receipt_seconds/{name}"
            for channel in self._words(pointer, name, Channel):
                found[channel] = self._seconds(pointer, seconds, least=5)
        return found

    def _ladder(self, name: str, table: object, receipts: Mapping[Channel, timedelta]) -> Ladder:
        at = f"/ladder/{name}"
        if not isinstance(table, dict):
            self.wrong(at, table, "is not a table", "write it as [ladder.name]")
            table = {}
        self._unknown(
            at, table, {"kinds", "urgency", "repeat_after_seconds", "last_resort", "rungs", "branch"}
        )
        self._name_kinds(f"{at}/kinds", name, table.get("kinds", []))
        ladder = Ladder(
            id=name,
            urgency=self._urgency(f"{at}/urgency", name, table),
            rungs=self._rungs(f"{at}/rungs", table.get("rungs")),
            repeat_after=self._seconds(
                f"{at}/repeat_after_seconds", table.get("repeat_after_seconds"), least=_SHORTEST_REPEAT
            ),
            last_resort=self._last_resort(f"{at}/last_resort", table.get("last_resort")),
            receipts=receipts,
            sha256=self.sha256,
        )
        self._branches(f"{at}/branch", ladder, table.get("branch", []))
        return ladder

    def _urgency(self, pointer: str, name: str, table: Mapping[str, Any]) -> Urgency:
        told = table.get("urgency", "high")
        if told not in ("high", "low"):
            self.wrong(pointer, told, "is no urgency", "write high or low")
        urgent = sorted(URGENT.intersection(str(k) for k in table.get("kinds", ()) or ()))
        if told == "low" and (urgent or name == DEFAULT):
            why = f"{', '.join(urgent) or 'a request'} never waits for the morning"
            self.wrong(pointer, told, why, "name these kinds in another ladder, or leave urgency out")
        return "low" if told == "low" else "high"

    def _branches(self, pointer: str, ladder: Ladder, told: object) -> None:
        """Other rungs by day, hour or urgency; what a branch does not say is the ladder's."""
        if not isinstance(told, list):
            self.wrong(pointer, told, "is no list of branches", "write each as [[ladder.name.branch]]")
            return
        found = []
        for n, branch in enumerate(told, 1):
            at, table = f"{pointer}/{n}", branch if isinstance(branch, dict) else {}
            self._unknown(at, table, {"when", "rungs", "repeat_after_seconds", "last_resort"})
            changed: dict[str, Any] = {"branch": n, "rungs": self._rungs(f"{at}/rungs", table.get("rungs"))}
            if "repeat_after_seconds" in table:
                key = "repeat_after_seconds"
                changed["repeat_after"] = self._seconds(f"{at}/{key}", table[key], least=_SHORTEST_REPEAT)
            if "last_resort" in table:
                changed["last_resort"] = self._last_resort(f"{at}/last_resort", table["last_resort"])
            found.append((read_when(f"{at}/when", table.get("when"), self.wrong), replace(ladder, **changed)))
        if found:
            self.branches[ladder.id] = tuple(found)

    def _name_kinds(self, pointer: str, name: str, kinds: object) -> None:
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            self.wrong(pointer, kinds, "is not a list of alert kinds", 'write for instance ["new_request"]')
            return
        for kind in kinds:
            other = self.kinds.setdefault(kind, name)
            if other != name:
                self.wrong(
                    pointer, kind, f"{kind} is also in ladder {other}", "name each kind in one ladder only"
                )

    def _rungs(self, pointer: str, rungs: object) -> tuple[Rung, ...]:
        if not isinstance(rungs, list) or not rungs:
            self.wrong(pointer, rungs, "has no rungs", "write at least one rung")
            return ()
        read = tuple(self._rung(f"{pointer}/{n}", n, rung) for n, rung in enumerate(rungs, 1))
        if read[0].after:
            self.wrong(f"{pointer}/1/after_seconds", None, "the first rung waits", "write 0")
        for before, rung in pairwise(read):
            if rung.after < before.after:
                why = "is earlier than the rung before"
                self.wrong(f"{pointer}/{rung.n}/after_seconds", None, why, "put the rungs in order of time")
        return read

    def _rung(self, pointer: str, n: int, rung: object) -> Rung:
        if not isinstance(rung, dict):
            self.wrong(pointer, rung, "is not a rung", "write { after_seconds, who, channels }")
            rung = {}
        self._unknown(pointer, rung, {"after_seconds", "who", "channels"})
        return Rung(
            n=n,
            after=self._seconds(f"{pointer}/after_seconds", rung.get("after_seconds"), least=0),
            who=self._words(f"{pointer}/who", rung.get("who"), Who),
            channels=self._words(f"{pointer}/channels", rung.get("channels"), Channel),
        )

    def _last_resort(self, pointer: str, table: object) -> LastResort:
        if not isinstance(table, dict):
            self.wrong(pointer, table, "is missing", "say who is summoned when nobody answered")
            table = {}
        return LastResort(
            who=self._words(f"{pointer}/who", table.get("who"), Who),
            channels=self._words(f"{pointer}/channels", table.get("channels"), Channel),
        )

    def _seconds(self, pointer: str, told: object, *, least: int) -> timedelta:
        if type(told) is int and told >= least:
            return timedelta(seconds=told)
        self.wrong(pointer, told, "is no length of time", f"write whole seconds, {least} or more")
        return timedelta(0)

    def _words(self, pointer: str, told: object, words: type[_Word]) -> tuple[_Word, ...]:
        names = [told] if isinstance(told, str) else told
        known = {word.value: word for word in words}
        if not isinstance(names, list) or not names or not all(str(name) in known for name in names):
            self.wrong(
                pointer, told, "is empty or holds an unknown name", f"write one or more of {', '.join(known)}"
            )
            return ()
        return tuple(dict.fromkeys(known[name] for name in names))

    def _unknown(self, pointer: str, table: Mapping[str, object], known: set[str]) -> None:
        for key in table.keys() - known:
            self.wrong(
                f"{pointer}/{key}",
                table[key],
                "is not a key here",
                f"write one of {', '.join(sorted(known))}",
            )
