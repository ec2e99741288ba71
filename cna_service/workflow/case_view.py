"""Everything the page of a case shows, as frozen values. Pure: folds, entries and seals in, a view out.

It computes labels and words and decides nothing; what a reader of one slice needs of another is joined here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.clocks import counts_against_us
from cna_service.cases.labels import case_label, exchange_label
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange
from cna_service.directory.model import Authority
from cna_service.directory.rules import Directory
from cna_service.escalation.state import Alert, Escalations
from cna_service.identity.officers import Officer, Officers
from cna_service.kit.instants import date_time_group, from_text
from cna_service.ledger.entry import Entry
from cna_service.ledger.folds import Folded
from cna_service.ledger.queries import Seal
from cna_service.workflow.case_answers_view import AnswerNotes, answer_notes
from cna_service.workflow.case_clocks import CaseClock, case_clocks, limit_words
from cna_service.workflow.case_dealings_view import DealingsView, dealings_view
from cna_service.workflow.case_deciding_view import DecidingView, deciding_view
from cna_service.workflow.case_facts import VesselView, told_fields, vessel_views, why_and_fix
from cna_service.workflow.case_items import ItemLine, item_lines
from cna_service.workflow.case_law_view import LawView, law_view
from cna_service.workflow.case_papers_view import PapersView, papers_view
from cna_service.workflow.case_sea_view import SeaView, sea_view
from cna_service.workflow.case_timeline import TimelineStretch, item_words, person_words, timeline
from cna_service.workflow.closing import still_owed
from cna_service.workflow.derived import holder_of
from cna_service.workflow.exercise_cases import says_exercise
from cna_service.workflow.projections import ALERTS, CASE, TYPES
from cna_service.workflow.queries import Sent
from cna_service.workflow.timeline_outside import OUTCOMES, title_of
from cna_service.workflow.views import AlertSending, AlertView


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """What arrived, kept byte for byte. ``told``: label and value as sent, private ones perhaps erased."""

    seq: int
    recorded_at: datetime
    sender: str
    way: str
    is_readable: bool
    why: str
    fix: str
    told: tuple[tuple[str, object], ...]
    problems: tuple[tuple[str, str], ...]
    blob: str
    size: int
    attachments: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One exchange. ``starts``: what acknowledging it formally starts, in words. ``unconveyed``: answers of ours
    that nobody has sent on yet. ``authority``: the other side as the directory lists it now."""

    exchange: Exchange
    label: str
    other: str
    authority: Authority | None
    items: tuple[ItemLine, ...]
    may_be_acknowledged: bool
    starts: tuple[str, ...]
    unconveyed: tuple[Answer, ...]
    is_open: bool

    @property
    def zone(self) -> str:
        """The other side's time zone, an IANA name."""
        return self.authority.zone if self.authority is not None else "UTC"


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another case that shares something with this one: offered, never merged; for officers alone."""

    ref: str
    shares: str
    label: str
    vessels: str
    opened_at: datetime | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page of a case. ``broken``: its stored entries do not fit together; ``newer``: a newer build wrote here,
    so that this one shows it and does not write. ``opening``: what was told when it was opened from the desk."""

    now: datetime
    ref: str
    seq: int
    record: CaseRecord
    label: str
    broken: str | None
    newer: str | None
    holder: Officer | None
    is_summoning: bool
    against_us: bool
    opening: tuple[tuple[str, object], ...]
    clocks: tuple[CaseClock, ...]
    exchanges: tuple[ExchangeView, ...]
    vessels: tuple[VesselView, ...]
    submissions: tuple[SubmissionView, ...]
    alerts: tuple[AlertView, ...]
    stretches: tuple[TimelineStretch, ...]
    others: tuple[OtherCase, ...]
    owed: tuple[str, ...]
    dealings: DealingsView
    sea: SeaView
    deciding: DecidingView

    @property
    def law(self) -> LawView:
        return law_view(self.record)

    @property
    def papers(self) -> PapersView:
        """Certificates, their holders, releases."""
        return papers_view(self.record)

    @property
    def says_exercise(self) -> bool:
        """The word stands in what arrived: it is offered to open an exercise case, never assumed (desk-rules 15.3)."""
        return says_exercise(self.record)

    @property
    def first_clock(self) -> CaseClock | None:
        """The clock that stands in the head: the first that runs, else one that ran out and was not dealt with. Our
        own targets stand beside it (``target``), for they are no limit of anybody else's."""
        others = [c for c in self.clocks if c.view.kind != "own"]
        over = (c for c in others if c.view.state == "ran_out" and not c.view.is_lapse_recorded)
        return next((c for c in others if c.view.state == "running"), None) or next(over, None)

    @property
    def target(self) -> CaseClock | None:
        """The next target of our own that runs."""
        return next((c for c in self.clocks if c.view.kind == "own" and c.view.state == "running"), None)

    @property
    def names(self) -> str:
        return ", ".join(v.label for v in self.vessels) or "No vessel named yet"

    @property
    def states(self) -> str:
        """The other sides' States, each once."""
        told = dict.fromkeys(e.exchange.state for e in self.exchanges if e.exchange.state)
        return ", ".join(told)

    @property
    def is_waiting_for_us(self) -> bool:
        """Somebody is being summoned, or something asked of us has no answer that went out."""
        asked = (e for e in self.exchanges if e.is_open and e.exchange.is_inbound)
        return self.is_summoning or any(e.unconveyed or not e.exchange.answers for e in asked)

    def item_words(self, item: Mapping[str, Any] | AnswerItem) -> str:
        """``Board, vessel 1: GRANTED``."""
        told = (
            item
            if isinstance(item, Mapping)
            else {f: getattr(item, f) for f in ("vessel", "measure", "value")}
        )
        return item_words(told)

    def answer_notes(self, exchange: Exchange, answer: Answer) -> AnswerNotes:
        """Whose word an answer is, what it confirms, what was made of it."""
        return answer_notes(exchange, answer)

    def register_seen(self, told: Mapping[str, Any]) -> str:
        """Which register of others a person looked into."""
        return title_of(told)

    def outside_outcome(self, outcome: object) -> str:
        words = OUTCOMES.get(str(outcome), str(outcome))
        return words[:1].upper() + words[1:]

    def group(self, told: str) -> str:
        """An instant of an entry as a date-time group."""
        return _group(told)

    def plain(self, told: object) -> str:
        """A code in words; what was erased says so."""
        return "" if told is None else str(told).replace("_", " ")

    def person(self, told: object) -> str:
        return person_words(told)

    def sheet(self, told: object) -> Any:
        """What an entry told, for reading: a field that was not told is None."""
        return sheet(told)

    def exchange(self, n: int) -> ExchangeView | None:
        return next((e for e in self.exchanges if e.exchange.n == n), None)

    def vessel_label(self, n: int) -> str:
        return next((v.label for v in self.vessels if v.n == n), f"vessel {n}")


class Sheet(dict[str, Any]):
    """A body of an entry in which every field can be asked for."""

    def __missing__(self, key: str) -> None:
        return None


def sheet(told: object) -> Any:
    if isinstance(told, Mapping):
        return Sheet({k: sheet(v) for k, v in told.items()})
    if isinstance(told, list | tuple):
        return tuple(sheet(v) for v in told)
    return told


def build_case_view(
    folded: Folded,
    entries: Sequence[Entry],
    *,
    now: datetime,
    seals: Mapping[int, Seal],
    officers: Officers,
    directory: Directory,
    sent: Mapping[str, Sent],
    others: Iterable[OtherCase],
    desk: str,
    own_state: str,
) -> CaseView:
    """``sent``: the outbox rows of the alerts' sendings; ``others``: cases that share something with this one;
    ``desk``: this desk's name."""
    record, alerts = folded.of(CASE), folded.of(ALERTS)
    holder = holder_of(record, alerts)
    exchanges = tuple(_exchange(record, e, directory) for e in reversed(record.exchanges))
    zones = {e.exchange.n: e.zone for e in exchanges}
    return CaseView(
        now=now,
        ref=record.ref,
        seq=record.seq,
        record=record,
        label=case_label(record),
        broken=None if folded.broken is None else str(folded.broken),
        newer=None if folded.unknown is None else _newer(folded.unknown),
        holder=officers.get(holder) if holder else None,
        is_summoning=any(a.is_climbing for a in alerts.open),
        against_us=counts_against_us(record),
        opening=tuple(_opening(entries)),
        clocks=case_clocks(record, zones),
        exchanges=exchanges,
        vessels=vessel_views(record, entries),
        submissions=tuple(_submission(s) for s in reversed(record.submissions)),
        alerts=_alerts(alerts, officers, sent),
        stretches=timeline(entries, seals, {t.name: t.means for t in TYPES}),
        others=tuple(others),
        owed=tuple(still_owed(record)),
        dealings=dealings_view(record, directory, now, own_state),
        sea=sea_view(record, now, desk=desk),
        deciding=deciding_view(record, now),
    )


def _newer(entry: Entry) -> str:
    return f"{entry.type} v{entry.v}, written by build {entry.sw.get('build', 'unknown')}"


def _opening(entries: Sequence[Entry]) -> Iterable[tuple[str, object]]:
    """The head of a case that was opened from the desk: by which way, who called, since when."""
    first = next((e for e in entries if e.type == "case.opened"), None)
    if first is None:
        return
    told = first.body
    yield "Way", str(told.get("channel", "")).replace("_", " ")
    caller = told.get("caller")
    if isinstance(caller, Mapping):
        yield from ((_CALLER.get(f, str(f).capitalize()), v) for f, v in caller.items() if v)
    elif caller:
        yield "Caller", caller
    if told.get("summary"):
        yield "Summary", told["summary"]
    if told.get("call_began_at"):
        yield "Call began (stated by the officer)", _group(told["call_began_at"])
    if told.get("first_keystroke_at"):
        yield "First keystroke (desk's clock)", _group(told["first_keystroke_at"])
    yield "Opened by", str(first.actor.get("name") or first.actor.get("id"))


def _group(told: str) -> str:
    return date_time_group(from_text(told))


_CALLER = {
    "name": "Caller",
    "office": "Caller's office",
    "phone": "Caller's number",
    "post": "Caller's post",
    "email": "Caller's mail",
    "state": "Caller's State",
}


def _exchange(record: CaseRecord, exchange: Exchange, directory: Directory) -> ExchangeView:
    listed = directory.authorities.get(exchange.authority) if exchange.authority else None
    other = (listed.name if listed else exchange.authority_name) or f"State {exchange.state}"
    waiting = [c for c in record.clocks if c.exchange == exchange.n and c.waits_for == "acknowledgement"]
    is_open = exchange.withdrawn_seq is None
    return ExchangeView(
        exchange=exchange,
        label=exchange_label(record, exchange),
        other=other,
        authority=listed,
        items=item_lines(record, exchange),
        may_be_acknowledged=exchange.is_inbound and is_open and exchange.acknowledgement is None,
        starts=tuple(_starts(c.terms) for c in waiting if c.stopped_at is None),
        unconveyed=tuple(a for a in exchange.answers if a.ours and not a.conveyances),
        is_open=is_open,
    )


def _starts(terms: Mapping[str, Any]) -> str:
    length = limit_words(terms.get("limit")) or "a limit"
    return f"{length} under {terms.get('agreement_title')}, {terms.get('article')}"


def _submission(told: Mapping[str, Any]) -> SubmissionView:
    draft = told.get("draft") or {}
    sender = told.get("sender") or {}
    problems = ((str(p.get("pointer", "")), why_and_fix(p)) for p in told.get("problems") or ())
    return SubmissionView(
        seq=told["seq"],
        recorded_at=told["recorded_at"],
        sender=str(sender.get("name") or sender.get("authority") or sender.get("entered_by") or "unknown"),
        way=str(told.get("way", "")).replace("_", " "),
        is_readable=bool(told.get("is_readable", True)),
        why=str(told.get("why", "")),
        fix=str(told.get("fix", "")),
        told=told_fields(draft),
        problems=tuple(problems),
        blob=str(told["blob"]),
        size=int(told.get("size", 0)),
        attachments=tuple(draft.get("attachments") or ()),
    )


def _alerts(alerts: Escalations, officers: Officers, sent: Mapping[str, Sent]) -> tuple[AlertView, ...]:
    """Climbing ones first, then open ones, then closed ones; the newest first in each."""
    found = sorted(alerts.by_id.values(), key=lambda a: a.raised_at, reverse=True)
    found.sort(key=lambda a: (not a.is_climbing, not a.is_open))
    return tuple(_alert(a, officers, sent) for a in found)


def _alert(alert: Alert, officers: Officers, sent: Mapping[str, Sent]) -> AlertView:
    def name(officer: str) -> str:
        known = officers.get(officer)
        return known.name if known else officer

    ordered = sorted(alert.sendings.values(), key=lambda s: (s.round, s.rung, s.id))
    lines = tuple(AlertSending(s, name(s.officer), sent.get(s.id)) for s in ordered)
    return AlertView(alert, lines, name(alert.acknowledgement.officer) if alert.acknowledgement else None)
