"""What a certificate tells and what it annexes: the answers of a case, item by item. Pure.

An item that another answer of the same State contradicts, earlier or later, is told only where the drafter names the
answer he rests on; the other one stands in the annex with its times (practice R4; scenarios D2, D10, D11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cna_service.cases.fold_papers import NO_WORD, NOT_ON_REGISTER, REGISTRY, contradicts
from cna_service.cases.grant_changes import AS_SPOKEN, confirmation_of, is_about, not_counted
from cna_service.cases.grants import ENDED, GRANTED, IN_FORCE, NOT_YET, Grant, grants
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Clock, Exchange
from cna_service.kit.errors import Conflict

REGISTRY_KINDS = ("registry_answer", "non_registration")
CONSENT = ("consent_or_waiver", "conditions_and_compliance")
_STANDS = (IN_FORCE, NOT_YET, ENDED)


class BasisNeeded(Conflict):
    code = "certificate-basis-needed"
    title = "There are answers that contradict each other: say on which one the certificate rests"


class NothingToCertify(Conflict):
    code = "nothing-to-certify"
    title = "The record holds nothing that this certificate could tell"


@dataclass(frozen=True, slots=True)
class ToldItem:
    """One item of one answer. ``why_not``: why nothing may be certified of it although it was answered."""

    exchange: Exchange
    answer: Answer
    item: AnswerItem
    why_not: str | None = None

    @property
    def by(self) -> str | None:
        """The State that answered; None for ours."""
        return None if self.answer.ours else self.exchange.state

    @property
    def place(self) -> tuple[int, int]:
        return self.exchange.n, self.answer.n

    @property
    def at(self) -> datetime:
        return self.answer.recorded_at

    def as_settled(self) -> dict[str, Any]:
        told = {"vessel": self.item.vessel, "measure": self.item.measure, "value": self.item.value}
        return told if self.by is None else {**told, "by": self.by}


@dataclass(frozen=True, slots=True)
class Effect:
    """What two persons recorded of a lapse, for the measures that the provision names."""

    exchange: Exchange
    clock: Clock
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """``told`` in the order of the log, ``annexed`` beside it, ``withheld`` of which nothing is certified."""

    exchanges: tuple[Exchange, ...]
    told: tuple[ToldItem, ...]
    annexed: tuple[ToldItem, ...] = ()
    withheld: tuple[ToldItem, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be certified, as asked. ``basis``: (exchange, answer) pairs; ``side``: inbound, outbound, either."""

    kind: str
    exchanges: tuple[int, ...] = ()
    vessel: int | None = None
    basis: tuple[tuple[int, int], ...] = ()
    side: str = "either"


def select(record: CaseRecord, wanted: Wanted) -> Selection:
    """Raises NothingToCertify, BasisNeeded (``bases``: the answers to choose from)."""
    exchanges = tuple(e for e in record.exchanges if _is_wanted(e, wanted))
    everything = [t for e in record.exchanges if _is_formal(e) for t in _items(record, e)]
    numbers = {e.n for e in exchanges}
    mine = [t for t in everything if t.exchange.n in numbers and _is_primary(t, wanted)]
    if wanted.kind == "chronology_of_exchanges":
        # It tells every answer of its exchanges in the order of the log and rests on none of them.
        others = [t for t in everything if t.exchange.n not in numbers and _contradicted(t, mine)]
        return Selection(exchanges, tuple(mine), tuple(others))
    told, annexed = _split(mine, everything, wanted)
    withheld = tuple(t for t in told if t.why_not)
    kept = tuple(t for t in told if not t.why_not)
    effects = () if wanted.kind not in CONSENT else tuple(_effects(record, exchanges, wanted))
    if not kept and not effects:
        raise NothingToCertify(_nothing(wanted, withheld))
    used = {t.exchange.n for t in (*kept, *withheld)} | {x.exchange.n for x in effects}
    return Selection(tuple(e for e in exchanges if e.n in used), kept, annexed, withheld, effects)


def _is_formal(exchange: Exchange) -> bool:
    """Asks of a State; what our own agencies or chain of command say is never its answer (practice R16)."""
    return exchange.kind in ("request", "notification", "objection")


def _is_wanted(exchange: Exchange, wanted: Wanted) -> bool:
    if wanted.exchanges and exchange.n not in wanted.exchanges:
        return False
    if wanted.kind == "chronology_of_exchanges":
        return True
    side = "inbound" if wanted.kind == "non_registration" else wanted.side
    return _is_formal(exchange) and side in ("either", exchange.direction)


_Standing = Mapping[tuple[int, int | None, int, str], Grant]


def _items(record: CaseRecord, exchange: Exchange) -> Iterable[ToldItem]:
    now = _standing(record, None)
    for answer in exchange.answers:
        at = answer.conveyed_at if answer.ours else answer.recorded_at
        then = _standing(record, at) if at else {}
        for item in answer.items:
            place = (exchange.n, answer.n, item.vessel, item.measure)
            found = now.get(place) or then.get(place)
            yield ToldItem(exchange, answer, item, _why_not(exchange, answer, item, found))


def _standing(record: CaseRecord, at: datetime | None) -> _Standing:
    return {(g.exchange, g.answer, g.vessel, g.measure): g for g in grants(record, at)}


def _why_not(exchange: Exchange, answer: Answer, item: AnswerItem, grant: Grant | None) -> str | None:
    if answer.ours and answer.conveyed_at is None:
        return "the answer was never conveyed"
    if item.measure == REGISTRY and not answer.ours and confirmation_of(answer, item) is None:
        return not_counted(answer, item)
    if item.value not in GRANTED or item.measure == REGISTRY:
        return None
    if (read := _read_otherwise(exchange, answer, item)) is not None:
        return read
    if grant is None or grant.state in _STANDS:
        return None
    return grant.why or "it does not count as an authorization"


def _read_otherwise(exchange: Exchange, answer: Answer, item: AnswerItem) -> str | None:
    """Whether a writing took the place of this word for the measure: then the word is certified of it no more."""
    for writing in exchange.answers:
        differs = any(is_about(d, item) for d in writing.differs) if writing.confirms == answer.n else False
        read = (i for r in writing.readings for i in r["items"] if is_about(i, item)) if differs else ()
        stands = [i["stands"] for i in read]
        if stands and stands[-1] != AS_SPOKEN:
            return f"the writing, answer {writing.n} of the exchange, differs and was read by a named officer"
    return None


def _is_primary(told: ToldItem, wanted: Wanted) -> bool:
    if wanted.vessel is not None and told.item.vessel != wanted.vessel:
        return False
    if wanted.kind == "registry_answer":
        return told.item.measure == REGISTRY
    if wanted.kind == "non_registration":
        return told.item.measure == REGISTRY and told.answer.ours
    if wanted.kind == "conditions_and_compliance":
        return told.item.value == "granted_with_conditions"
    # What stood on the register belongs to a consent only where the drafter names the exchange that asked for it (D1).
    is_named = told.exchange.n in wanted.exchanges
    return wanted.kind == "chronology_of_exchanges" or told.item.measure != REGISTRY or is_named


def _contradicted(told: ToldItem, among: Iterable[ToldItem]) -> bool:
    return any(_differ(told, other) for other in among)


def _differ(one: ToldItem, other: ToldItem) -> bool:
    """Whether two items must not stand alone: another value to the same thing, or a grant by who denies her."""
    if one.place == other.place and one.item.measure == other.item.measure:
        return False
    if one.item.value in NO_WORD:
        return False
    i = other.item
    return contradicts(one.as_settled(), other.by, i.vessel, i.measure, i.value)


def _split(
    mine: list[ToldItem], everything: list[ToldItem], wanted: Wanted
) -> tuple[tuple[ToldItem, ...], tuple[ToldItem, ...]]:
    """Which items are told, which annexed. Raises BasisNeeded."""
    told: list[ToldItem] = []
    annexed: dict[tuple[int, int, int, str], ToldItem] = {}
    torn: list[ToldItem] = []
    for each in mine:
        against = [other for other in everything if _differ(each, other)]
        if not against or each.place in wanted.basis:
            told.append(each)
        elif any(other.place in wanted.basis for other in against):
            annexed[*each.place, each.item.vessel, each.item.measure] = each
            continue
        elif _agrees_with_basis(each, mine, wanted):
            told.append(each)
        else:
            torn += [each, *against]
            continue
        for other in against:
            annexed[*other.place, other.item.vessel, other.item.measure] = other
    if torn:
        raise BasisNeeded(_torn_words(torn), bases=bases(torn))
    if wanted.kind == "non_registration":
        told = [t for t in told if t.item.value == "refuted"]
    order = sorted(annexed.values(), key=lambda t: t.answer.seq)
    return tuple(told), tuple(replace(t, why_not=None) for t in order)


def _agrees_with_basis(each: ToldItem, mine: list[ToldItem], wanted: Wanted) -> bool:
    return any(
        o.place in wanted.basis
        and (o.by, o.item.vessel, o.item.measure, o.item.value)
        == (each.by, each.item.vessel, each.item.measure, each.item.value)
        for o in mine
    )


def _torn_words(torn: list[ToldItem]) -> str:
    found = dict.fromkeys(
        f"exchange {t.exchange.n}, answer {t.answer.n}: {t.item.measure} {t.item.value}" for t in torn
    )
    return f"{'; '.join(found)}. Name the one as basis; the other stands in the annex with its times."


def bases(torn: Iterable[ToldItem]) -> list[dict[str, Any]]:
    """The answers that contradict each other, each once, to choose from."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for t in sorted(torn, key=lambda t: t.answer.seq):
        told = found.setdefault(
            t.place,
            {
                "exchange": t.exchange.n,
                "answer": t.answer.n,
                "seq": t.answer.seq,
                "state": t.exchange.state,
                "ours": t.answer.ours,
                "as_of": t.answer.as_of.isoformat(),
                "received_at": t.answer.recorded_at.isoformat(),
                "items": [],
            },
        )
        item = {"vessel": t.item.vessel, "measure": t.item.measure, "value": t.item.value}
        if item not in told["items"]:
            told["items"].append(item)
    return list(found.values())


def _effects(record: CaseRecord, exchanges: tuple[Exchange, ...], wanted: Wanted) -> Iterable[Effect]:
    for clock in record.clocks:
        exchange = next((e for e in exchanges if e.n == clock.exchange), None)
        lapse: Mapping[str, Any] = clock.lapse or {}
        # An effect of silence that one person alone recorded is certified by nobody.
        if exchange is None or not lapse.get("proposed_by"):
            continue
        standing = [
            g
            for g in grants(record, lapse["recorded_at"])
            if g.is_deemed and g.seq == lapse["seq"] and g.is_in_force
            if wanted.vessel in (None, g.vessel)
        ]
        if standing:
            yield Effect(exchange, clock, tuple(standing))


def _nothing(wanted: Wanted, withheld: tuple[ToldItem, ...]) -> str:
    if withheld:
        why = dict.fromkeys(f"{t.item.measure}: {t.why_not}" for t in withheld)
        return f"Nothing of what was answered may be certified ({'; '.join(why)})."
    if wanted.kind == "non_registration":
        return "No answer of ours says that she is not on the register."
    return "What was not answered is not certified, and silence is no answer."


def is_negative(value: str) -> bool:
    return value in NOT_ON_REGISTER


def differing(record: CaseRecord) -> list[tuple[ToldItem, ToldItem]]:
    """Pairs of answers of one State that contradict each other, the earlier first."""
    everything = [t for e in record.exchanges if _is_formal(e) for t in _items(record, e)]
    pairs = [
        (one, other)
        for n, one in enumerate(everything)
        for other in everything[n + 1 :]
        if _differ(one, other) or _differ(other, one)
    ]
    return [(a, b) if a.answer.seq <= b.answer.seq else (b, a) for a, b in pairs]
