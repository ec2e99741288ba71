"""Asking registers that others keep, and recording what a person saw in one: dated snapshots in the case.

Never on the way of anything else: no answer, clock or verdict waits for it. A source that is slow or down is an answer
of its own ("no answer within 8 s"), and what is recorded decides nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog

from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.registry.by_hand import MANUAL, OTHER
from cna_service.registry.model import Query
from cna_service.registry.outside import (
    Found,
    Identity,
    Patience,
    Received,
    Record,
    RegistrySource,
    SourceError,
)
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.searching import query_of
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

OUTCOMES = ("one", "several", "nothing", "unreachable", "not_said")
"""What a person saw: one vessel that it may be, several, none, that the register could not be looked into;
``not_said`` where nobody said: then it counts as none of them."""
_HELD = {m.name: m for m in MANUAL}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asking:
    """One source and what came of it; ``code`` is empty where it answered."""

    source: RegistrySource
    found: Found | None
    code: str
    words: str
    ms: int
    received: tuple[Received, ...]

    @property
    def outcome(self) -> str:
        """``found``, ``nothing`` (it answered and has none), ``no_answer``, ``refused``, ``not_asked``."""
        if self.found is not None:
            return "found" if self.found.records else "nothing"
        if self.code in ("resting", "nothing-to-ask"):
            return "not_asked"
        return "refused" if self.code in ("refused", "too-often") else "no_answer"


def automated(service: Service) -> Mapping[str, RegistrySource]:
    """The sources that this desk may ask by machine; none unless the deployment set one up."""
    return service.reached.registers


def by_hand(service: Service) -> tuple[tuple[str, str], ...]:
    """Name and title of every register that a person may have looked into; those for people alone first."""
    asked = ((s.name, s.title) for s in automated(service).values())
    return (*((m.name, m.title) for m in MANUAL), *asked)


def look_outside(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{sources?, vessel?}``: ask them with what the case knows of the vessel; without ``sources`` all of them. Or
    ``{source, seen, outcome?, seen_at?, attachments?, words?, vessel?, register?}``: what a person saw in one.

    Raises Invalid, NotPermitted, StreamNotFound.
    """
    require(actor, Action.SEARCH_MAKE)
    if "source" in body or "seen" in body:
        return _record_seen(service, actor, ref, Asked(body), key)
    asked = Asked(body)
    vessel = asked.number("vessel", least=1) or 1
    known = automated(service)
    names = tuple(dict.fromkeys(asked.texts("sources"))) or tuple(known)
    asked.check_unknown()
    query = query_of(_record(service, ref), vessel)
    _check(asked, names, known, vessel, query)
    asked.done()
    at = service.clock.now()
    # Before any lock is held: whoever is slow out there holds up nobody in here.
    results = ask_all(service, [known[n] for n in names], query)
    with service.write(actor, Action.SEARCH_MAKE, case_stream(ref), key=key) as work:
        n = len(work.case.outside.outside_lookups) + 1
        told = {
            "lookup": n,
            "vessel": vessel,
            "asked_at": to_text(at),
            "within_s": round(service.reached.register_seconds),
            "keys": {**_keys(query)},
            "results": [_result(work, r) for r in results],
        }
        work.append(Draft("outside.looked_up", told))
        short = [{"source": r.source.name, "outcome": r.outcome, "words": words_of(r)} for r in results]
        return done(work, lookup=n, results=short)


def _check(
    asked: Asked, names: Sequence[str], known: Mapping[str, RegistrySource], vessel: int, query: Query
) -> None:
    for name in names:
        if name in _HELD:
            title = _HELD[name].title
            asked.wrong(
                "sources",
                name,
                f"is not asked by machines ({title})",
                "look by hand and send source, seen, seen_at",
            )
        elif name not in known:
            there = ", ".join(known) or "none is set up; the settings switch one on"
            asked.wrong("sources", name, "is no register that this desk asks", f"one of: {there}")
    if not names:
        asked.wrong(
            "sources",
            None,
            "none is set up here",
            "look by hand and send source, seen, seen_at; or have one set up",
        )
    elif not query.keys_tried():
        asked.wrong("vessel", vessel, "nothing is known of it", "record a name or number first")


def ask_all(service: Service, sources: Sequence[RegistrySource], query: Query) -> list[Asking]:
    """Every source at the same time, in threads of their own; none is waited for longer than the patience.

    A thread that is still stuck then (in the resolver of names, say) is left to end by itself and heard no more.
    """
    patience = Patience(service.machine, service.reached.register_seconds)
    answers: dict[str, Asking] = {}
    threads = [
        threading.Thread(target=_ask_into, args=(service, answers, s, query, patience), daemon=True)
        for s in sources
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience.left + 1.0)
    return [answers.get(s.name) or _gave_up(s, patience) for s in sources]


def _ask_into(
    service: Service, answers: dict[str, Asking], source: RegistrySource, query: Query, patience: Patience
) -> None:
    begun = service.machine.monotonic()

    def took() -> int:
        return max(0, round((service.machine.monotonic() - begun) * 1000))

    try:
        found = source.search(query, patience)
    except SourceError as error:
        _log.warning("outside_register_failed", source=source.name, code=error.code, ms=took())
        answers[source.name] = Asking(source, None, error.code, error.words, took(), error.received)
    except Exception as error:  # noqa: BLE001 - a fault in reading one register is an answer of that register alone
        # The kind alone: what an exception says may hold an address with its key.
        _log.error("outside_register_fault", source=source.name, fault=type(error).__name__, ms=took())
        answers[source.name] = Asking(source, None, "fault", "its answer could not be read", took(), ())
    else:
        _log.info("outside_register_asked", source=source.name, records=found.count, ms=took())
        answers[source.name] = Asking(source, found, "", "", took(), found.received)


def _gave_up(source: RegistrySource, patience: Patience) -> Asking:
    words = f"no answer within {patience.seconds:.0f} s"
    return Asking(source, None, "timeout", words, round(patience.seconds * 1000), ())


def words_of(asking: Asking) -> str:
    """What came of it, for people."""
    if asking.found is None:
        said = asking.words if asking.words.startswith("not asked") else f"not answered: {asking.words}"
        return f"not asked: {asking.words}" if asking.code == "nothing-to-ask" else said
    count = asking.found.count
    return "it has no such vessel" if count == 0 else f"{count} {'vessel' if count == 1 else 'vessels'}"


def _result(work: Work, asking: Asking) -> dict[str, Any]:
    """One source's part of the entry. The bytes are kept whole as they came; the body holds what was read of them."""
    source, found = asking.source, asking.found
    told: dict[str, Any] = {
        "source": source.name,
        "title": source.title,
        "outcome": asking.outcome,
        "code": asking.code or None,
        "words": words_of(asking),
        "ms": asking.ms,
        "terms_as_of": source.terms.as_of,
        "received": [_kept(work, source.name, n, r) for n, r in enumerate(asking.received, 1)],
    }
    if found is not None:
        told |= {
            "count": found.count,
            "as_of": found.as_of or None,
            "remarks": list(found.remarks),
            "records": [_told(r) for r in found.records],
        }
    return {k: v for k, v in told.items() if v is not None}


def _kept(work: Work, source: str, n: int, received: Received) -> dict[str, Any]:
    return {
        "name": f"{source}-{n}-{received.what}",
        "media_type": received.media_type,
        "size": len(received.content),
        "blob": work.keep(received.content, received.media_type),
        "sha256": sha256(received.content).hexdigest(),
    }


def _told(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "registered": [_identity(i) for i in record.registered],
        "self_reported": [_identity(i) for i in record.self_reported],
        "holders": [
            {f: v for f in ("role", "name", "flag", "since", "until") if (v := getattr(h, f))}
            for h in record.holders
        ],
        "asked_by": list(record.asked_by),
        "is_whole": record.is_whole,
    }


_FIELDS = (
    "source",
    "name",
    "normal_name",
    "flag",
    "imo",
    "mmsi",
    "call_sign",
    "number",
    "number_kind",
    "since",
    "until",
)


def _identity(identity: Identity) -> dict[str, Any]:
    told: dict[str, Any] = {f: v for f in _FIELDS if (v := getattr(identity, f))}
    if identity.more:
        told["more"] = [{"label": label, "value": value} for label, value in identity.more]
    return told


def _keys(query: Query) -> dict[str, Any]:
    """With what was asked: as the search of our own register tells it."""
    return {f: list(v) if isinstance(v := getattr(query, f), tuple) else v for f in query.keys_tried()}


def _record(service: Service, ref: str) -> CaseRecord:
    with service.read() as reader:
        return reader.stream(case_stream(ref)).of(CASE)


def _record_seen(service: Service, actor: Actor, ref: str, asked: Asked, key: Key | None) -> Reply:
    """A register that machines may not ask: the officer's eyes, the instant, the picture of the screen."""
    source = asked.word("source", tuple(_HELD) + tuple(automated(service)))
    told: dict[str, Any] = {
        "source": source,
        "vessel": asked.number("vessel", least=1) or 1,
        "outcome": asked.word("outcome", OUTCOMES, "not_said"),
        "seen": asked.text("seen"),
        "register": asked.text("register", longest=200),
        "words": asked.text("words"),
    }
    if not told["seen"]:
        asked.wrong("seen", None, "is missing", "write what the register showed, or that it showed nothing")
    if source == OTHER and not told["register"]:
        asked.wrong("register", None, "is missing", "say which register it was")
    seen_at = asked.told("seen_at")
    with service.write(actor, Action.SEARCH_MAKE, case_stream(ref), key=key) as work:
        _check_seen(asked, work, told["vessel"], None if seen_at is None else seen_at.earliest)
        told["attachments"] = read_attachments(work, asked)
        asked.check_unknown()
        asked.done()
        n = len(work.case.outside.outside_lookups) + 1
        entry = {"lookup": n, **{k: v for k, v in told.items() if v is not None}}
        work.append(Draft("outside.seen", entry, happened_at=seen_at, told_at=work.now))
        return done(work, lookup=n, source=source, outcome=told["outcome"])


def _check_seen(asked: Asked, work: Work, vessel: int, seen_at: datetime | None) -> None:
    if seen_at is not None and seen_at > work.now:
        asked.wrong("seen_at", to_text(seen_at), "lies ahead", "say when it was seen")
    if vessel > max(1, len(work.case.vessels)):
        asked.wrong("vessel", vessel, "is no vessel of this case", "choose one of the case's vessels")
