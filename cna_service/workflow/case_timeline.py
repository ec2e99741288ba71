"""The entries of a case in words, for its page: when, by whom, what; what a machine wrote is marked as such.

The words are made for reading; the entry itself, with its bytes and seal, is one link away in the log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.documents.measures import measure_words, value_words
from cna_service.kit.instants import date_time_group, from_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Entry, Erased
from cna_service.ledger.queries import Seal
from cna_service.workflow import (
    timeline_answers,
    timeline_calls,
    timeline_dealings,
    timeline_outside,
    timeline_papers,
    timeline_sea,
)
from cna_service.workflow.case_facts import FIELDS, HOW

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One entry. ``details``: label and value; a value may be erased. ``seal``: recorded, sealed."""

    seq: int
    type: str
    says: str
    details: tuple[tuple[str, object], ...]
    actor: str
    is_machine: bool
    recorded_at: datetime
    happened_at: ToldInstant | None
    seal: str


@dataclass(frozen=True, slots=True)
class TimelineStretch:
    """Entries that follow each other, all by people or all by machines; the newest first."""

    is_machine: bool
    lines: tuple[TimelineLine, ...]


def timeline(
    entries: Iterable[Entry], seals: Mapping[int, Seal], means: Mapping[str, str]
) -> tuple[TimelineStretch, ...]:
    """The newest entry first. ``means``: what each type of entry says in general."""
    lines = [timeline_line(e, seals.get(e.seq), means.get(e.type, e.type)) for e in entries]
    stretches: list[list[TimelineLine]] = []
    for line in reversed(lines):
        if stretches and stretches[-1][-1].is_machine == line.is_machine:
            stretches[-1].append(line)
        else:
            stretches.append([line])
    return tuple(TimelineStretch(s[0].is_machine, tuple(s)) for s in stretches)


def timeline_line(entry: Entry, seal: Seal | None, means: str) -> TimelineLine:
    say = _SAYS.get(entry.type)
    said = say(entry.body) if say else ""
    return TimelineLine(
        seq=entry.seq,
        type=entry.type,
        says=said or f"{means[:1].upper()}{means[1:]}",
        details=tuple(_details(_not_told(entry))),
        actor=actor_words(entry.actor) + _on_paper(entry.actor),
        is_machine=is_by_itself(entry),
        recorded_at=entry.recorded_at,
        happened_at=entry.happened_at,
        seal=seal.state if seal else "recorded",
    )


def _not_told(entry: Entry) -> Body:
    """The body without what stands in the line already."""
    if entry.type in timeline_papers.SAYS:
        return {k: v for k, v in entry.body.items() if k in timeline_papers.SHOWN}
    if entry.type in timeline_outside.SAYS:
        return {k: v for k, v in entry.body.items() if k in timeline_outside.SHOWN}
    if entry.type in timeline_calls.SAYS:
        return {}
    if entry.type not in timeline_sea.SAYS:
        return entry.body
    return {k: v for k, v in entry.body.items() if k not in timeline_sea.TOLD_ALREADY}


# What follows by itself from somebody's entry, in the same command and under his name.
_BY_ITSELF = ("clock.", "rung.", "ladder.", "conveyance.sent", "document.made")
_BY_PEOPLE = frozenset(
    {
        "alert.acknowledged",
        "alert.acknowledgement_withdrawn",
        "alert.person_added",
        "alert.reassigned",
        "alert.snoozed",
        "alert.reopened",
    }
)


def is_by_itself(entry: Entry) -> bool:
    """Whether no person did this: clocks, summonses and their reports, whoever set them off."""
    if entry.type.startswith("alert."):
        return entry.type not in _BY_PEOPLE
    return entry.actor.get("kind") == "service" or entry.type.startswith(_BY_ITSELF)


def actor_words(actor: Body) -> str:
    """Who caused an entry, as he was then (desk-rules 8.2)."""
    if actor.get("kind") == "service":
        return "the service"
    name = str(actor.get("name") or actor.get("id") or "unknown")
    post = actor.get("post") or actor.get("office") or actor.get("state")
    words = f"{name}, {post}" if post else name
    reset = actor.get("credential_reset")
    return f"{words} (credential reset by {reset.get('by')} at {reset.get('at')})" if reset else words


def _on_paper(actor: Body) -> str:
    """That an entry was typed in afterwards, from which page, and when it stands there (desk-rules 11.2)."""
    mark = actor.get("transcribed")
    if not isinstance(mark, Mapping):
        return ""
    page = f", page {mark['page']}" if mark.get("page") else ""
    by = f", done by {mark['acted_by']}" if mark.get("acted_by") else ""
    return f" · typed in from paper (period {mark['period']}{page}), written {mark['written_at'][:16]}Z{by}"


def person_words(told: object) -> str:
    """A person of the record: name, post, office; what is erased says so."""
    if isinstance(told, Erased):
        return str(told)
    if not isinstance(told, Mapping):
        return ""
    return ", ".join(str(told[f]) for f in ("name", "post", "office", "capacity") if told.get(f))


def item_words(item: Body) -> str:
    """``Board, vessel 1: GRANTED``."""
    measure = str(item.get("measure"))
    value = item.get("value")
    words = f"{measure_words(measure).label}, vessel {item.get('vessel', 1)}"
    return f"{words}: {value_words(measure, str(value)).label}" if value else words


def _items(body: Body) -> str:
    return "; ".join(item_words(i) for i in body.get("items", ()))


def _opened(body: Body) -> str:
    return f"The case was opened from the desk, after a contact by {_plain(body.get('channel'))}"


def _exchange(body: Body) -> str:
    other = (body.get("authority") or {}).get("name") or f"State {body.get('state')}"
    who = f"{other} asks us" if body.get("direction") == "inbound" else f"We ask {other}"
    return f"{who}: {_items(body) or 'nothing that is a measure'}"


def _answer(body: Body) -> str:
    who = "We answered" if body.get("ours") else "They answered"
    return f"{who}, {body.get('form')}: {_items(body)}"


def _clock(body: Body) -> str:
    terms = body.get("terms", {})
    name = terms.get("article") and f"{terms.get('agreement_title')}, {terms['article']}"
    what = name or terms.get("words") or "a limit"
    if body.get("due_at"):
        return f"A {body.get('kind')} clock was set: {what}"
    waits = _plain(body.get("waits_for"))
    return f"A {body.get('kind')} clock waits for {waits or 'its beginning'}: {what}"


def _communication(body: Body) -> str:
    way = "from" if body.get("direction") == "in" else "to"
    other = person_words(body.get("theirs")) or "somebody"
    automatic = "Automatic message" if body.get("is_automatic") else _plain(body.get("channel")).capitalize()
    return f"{automatic} {way} {other}"


def _fact(words: str, field: str) -> Callable[[Body], str]:
    def say(body: Body) -> str:
        return f"{words}, vessel {body.get('vessel', 1)}: {_value(body.get(field))}"

    return say


def _identifier(body: Body) -> str:
    what = FIELDS.get(str(body.get("field")), _plain(body.get("field")).capitalize())
    return f"{what} of vessel {body.get('vessel', 1)}: {_value(body.get('value'))}"


def _search(body: Body) -> str:
    register = body.get("register") or {}
    return (
        f"Search {body.get('search')} of the register {register.get('id')}, version {register.get('version')}, "
        f"for vessel {body.get('vessel', 1)}: {body.get('count')} candidates"
    )


def _judged(body: Body) -> str:
    verdict = VERDICTS.get(str(body.get("verdict")), str(body.get("verdict")))
    rid = f" {body['rid']}" if body.get("rid") else ""
    return f"Verdict on search {body.get('search')}: {verdict}{rid}"


VERDICTS = {
    "found": "this record is meant:",
    "not_found": "no record found",
    "several": "several candidates remain",
    "undecided": "undecided",
}


def _conveyed(body: Body) -> str:
    to = body.get("to") or {}
    whom = ", ".join(str(v) for v in to.values() if v) if isinstance(to, Mapping) else str(to)
    said = f"Answer {body.get('answer')} went out by {_plain(body.get('channel'))}"
    return f"{said} to {whom}" if whom else said


def _alert(body: Body) -> str:
    return f"Alert raised: {_plain(body.get('kind'))}"


def _lapse(body: Body) -> str:
    effect, scope = str(body.get("effect", "none")), [_plain(m) for m in body.get("scope", ())]
    what = "nothing follows" if effect == "none" else _plain(effect)
    return f"Effect of the lapse recorded: {what}{': ' + ', '.join(scope) if scope else ''}"


def _event(body: Body) -> str:
    doubt = "" if body.get("is_verified") else " (not verified)"
    return f"Reported by {_plain(body.get('source_kind'))}: {_plain(body.get('kind'))}{doubt}"


_SAYS: Mapping[str, Callable[[Body], str]] = {
    "case.opened": _opened,
    "exchange.opened": _exchange,
    "answer.given": _answer,
    "decision.taken": lambda b: f"Decided by {person_words(b.get('by')) or 'nobody named'}: {_items(b)}",
    "clock.armed": _clock,
    "clock.warned": lambda b: f"A clock warned: {_mark(b.get('mark'))}",
    "communication.logged": _communication,
    "claim.made": _fact("Nationality claimed", "state"),
    "indicium.seen": _fact("Seen", "value"),
    "identifier.recorded": _identifier,
    "position.reported": _fact("Position", "position"),
    "person.recorded": _fact("Person on board", "name"),
    "search.made": _search,
    "search.judged": _judged,
    "answer.conveyed": _conveyed,
    "standing.recorded": lambda b: f"Who asks: {_plain(b.get('standing'))}",
    "law.changed": lambda b: f"The law changed ({str(b.get('kind')).replace('_', ' ')}): exchanges touched",
    "basis.kept": lambda b: f"Basis of exchange {b.get('exchange')} kept after a change of the law",
    "basis.changed": lambda b: f"Exchange {b.get('exchange')} re-based: {', '.join(b.get('provisions', ()))}",
    "basis.chosen": lambda b: f"Basis chosen: {', '.join(b.get('provisions', ()))}",
    "lapse.recorded": _lapse,
    "event.reported": _event,
    "case.linked": lambda b: f"Linked with case {b.get('case')}",
    "alert.raised": _alert,
    **timeline_sea.SAYS,
    **timeline_dealings.SAYS,
    **timeline_answers.SAYS,
    **timeline_papers.SAYS,
    **timeline_calls.SAYS,
    **timeline_outside.SAYS,
}


def _mark(mark: object) -> str:
    return "time to reach who may decide" if mark == "decision_lead" else f"{mark} % of the time is gone"


# Told in the headline already, or of use to programs alone.
_NOT_SHOWN = frozenset(
    {
        "exchange",
        "items",
        "answer",
        "answers",
        "ours",
        "vessel",
        "state",
        "direction",
        "channel",
        "theirs",
        "communication",
        "clock",
        "terms",
        "candidates",
        "register",
        "keys",
        "keys_tried",
        "search",
        "verdict",
        "rid",
        "count",
        "alert",
        "ladder",
        "sending",
        "sendings",
        "blob",
        "sha256",
        "submission",
        "draft",
        "sender",
        "size",
        "media_type",
        "problems",
        "conveyance",
        "seq_answered",
        "from_leaf",
        "templates",
        "text_facts",
        "policy",
        "targets",
        "mark",
        "passed",
        "evidence",
        "field",
        "decision",
        "form",
        "provisions",
        "exercise",
        "is_readable",
        "at",
        "authority",
        "standing",
        "kind",
        "suggestion",
        "searched_at",
        "vessels",
        "warned",
        "doubts",
        "value",
        "position",
        "officer",
        "as_of",
        "way",
        "checked",
        "rests_on",
        "condition_items",
        "directory",
    }
)


def _details(body: Body) -> Iterable[tuple[str, object]]:
    for name, value in body.items():
        if name in _NOT_SHOWN or value in (None, "", [], {}, False):
            continue
        if name in ("by", "ours"):
            yield _plain(name).capitalize(), person_words(value) or _value(value)
        elif name == "how":
            yield "How taken", HOW.get(str(value), value)
        else:
            yield _plain(name).capitalize(), _value(value)


def _value(value: object) -> object:
    if isinstance(value, Erased) or value is None:
        return value
    if isinstance(value, Mapping):
        if "text" in value:
            return value["text"]
        return ", ".join(f"{_plain(k)} {_value(v)}" for k, v in value.items() if v not in (None, "", [], {}))
    if isinstance(value, list | tuple):
        return "; ".join(str(_value(v)) for v in value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return date_time_group(from_text(value))
    return "yes" if value is True else value


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


def _plain(code: object) -> str:
    return "" if code is None else str(code).replace("_", " ")
