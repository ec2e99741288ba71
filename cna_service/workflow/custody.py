"""Custody from boarding to hand-over, day by day: who and what was taken, moved, examined, handed over (R15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.cases.afterwards import custody_days, instant_of, open_custody
from cna_service.cases.as_json import plain
from cna_service.cases.fold_sea import CUSTODY_ENDS
from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.measures import measure_words
from cna_service.documents.shown import one_line
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.instants import date_time_group, to_text
from cna_service.ledger.entry import Draft, Erased
from cna_service.workflow.asked import Asked
from cna_service.workflow.at_sea import SIDES, begin_custody_clock, read_vessel
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.results import side_of
from cna_service.workflow.service import Service

WHAT: Mapping[str, str] = {
    "taken": "Taken",
    "moved": "Moved",
    "examined": "Examined",
    "handed_over": "Handed over",
    "released": "Released",
    "before_judge": "Brought before a judge",
}


def record_custody(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, what, of?, persons?, items?, vessel_itself?, from?, to?, place?, partly?, words?, side?, told_by?,
    happened_at?}``.

    ``of``: the number of the custody it goes on with; left out, the newest open one of that vessel. A hand-over,
    release or judge ends it unless ``partly``. Raises Invalid.
    """
    asked = Asked(body)
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        told = _read(asked, work.case)
        happened = asked.told("happened_at")
        asked.check_unknown()
        asked.done()
        entry = {k: v for k, v in told.items() if v not in (None, [], (), {}, False)}
        work.append(Draft("custody.recorded", entry, happened_at=happened, told_at=work.now))
        if told["what"] == "taken":
            begin_custody_clock(work, told["vessel"], happened)
        still = [c["custody"] for c in open_custody(work.case)]
        return done(work, custody=told["custody"], of=told.get("of"), open_custody=still)


def _read(asked: Asked, record: CaseRecord) -> dict[str, Any]:
    persons, items = asked.texts("persons"), asked.texts("items")
    what, vessel = asked.word("what", WHAT), read_vessel(asked, record)
    partly, of = asked.yes("partly"), asked.number("of", least=1)
    open_here = [c["custody"] for c in open_custody(record) if c["vessel"] == vessel]
    if of is not None and of not in [c["custody"] for c in record.sea.custody]:
        asked.wrong("of", of, "is no custody of this case", f"one of: {open_here}")
    told: dict[str, Any] = {
        "custody": len(record.sea.custody) + 1,
        "vessel": vessel,
        "what": what,
        "of": of or (open_here[-1] if open_here and what != "taken" else None),
        "persons": list(persons),
        "persons_count": len(persons),
        "items": list(items),
        "items_count": len(items),
        "vessel_itself": asked.yes("vessel_itself"),
        "from": _whom(asked, "from"),
        "to": _whom(asked, "to"),
        "place": asked.text("place", longest=500),
        "words": asked.text("words"),
        "told_by": asked.text("told_by", longest=500),
        "ends": what in CUSTODY_ENDS and not partly,
        "side": asked.word("side", SIDES, side_of(record)),
    }
    if not persons and not items and not told["vessel_itself"] and what in ("taken", "handed_over"):
        asked.wrong("persons", None, "are missing, and no items and not the vessel", "say who or what")
    if what == "handed_over" and not told["to"]:
        asked.wrong("to", None, "is missing: to whom", "enter name, office or State of who took over")
    return told


def _whom(asked: Asked, field: str) -> dict[str, str]:
    if isinstance(asked.raw(field), str):
        return {"name": asked.text(field, longest=500) or ""}
    part = asked.part(field)
    told = {f: part.text(f, longest=500) for f in ("name", "office")}
    told["state"] = (part.text("state", longest=2) or "").upper() or None
    part.check_unknown()
    return {k: v for k, v in told.items() if v}


# --- reading


def custody_json(record: CaseRecord, now: datetime) -> dict[str, Any]:
    """``{days, open, since, hand_over}``: a line for each day, also for one without any entry."""
    days = custody_days(record, now)
    clocks = [c for c in record.clocks if c.terms.get("counts_up")]
    return {
        "days": [
            {"day": d.day.isoformat(), "says": d.says, "lines": [_line(record, each) for each in d.lines]}
            for d in days
        ],
        "open": [c["custody"] for c in open_custody(record)],
        "clocks": [
            {
                "clock": c.id,
                "words": c.terms["words"],
                "since": None if c.starts_at is None else to_text(c.starts_at),
                "ended_at": None if c.stopped_at is None else to_text(c.stopped_at),
            }
            for c in clocks
        ],
        "hand_over": hand_over_text(record),
    }


def _line(record: CaseRecord, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": to_text(instant_of(told)),
        "seq": told["seq"],
        "says": line_words(told),
        "vessel": told["vessel"],
        "what": told.get("what") or told.get("measure"),
        "told": plain({k: v for k, v in told.items() if k not in ("actor", "check", "provisions")}),
    }


def line_words(told: Mapping[str, Any]) -> str:
    """One line of the chronology in words."""
    if "what" not in told:
        return f"{measure_words(str(told['measure'])).label}, by {_shown(told.get('by_unit'))}"
    said = [WHAT[told["what"]]]
    persons = told.get("persons") or ()
    if told.get("persons_count"):
        said.append(f"{_count(told['persons_count'], 'person')} ({', '.join(_shown(p) for p in persons)})")
    if told.get("items_count"):
        said.append(
            f"{_count(told['items_count'], 'thing')} ({', '.join(_shown(i) for i in told.get('items') or ())})"
        )
    if told.get("vessel_itself"):
        said.append("the vessel")
    for word in ("from", "to"):
        if whom := told.get(word):
            said.append(
                f"{word} " + ", ".join(_shown(whom[f]) for f in ("name", "office", "state") if whom.get(f))
            )
    if told.get("place"):
        said.append(f"at {_shown(told['place'])}")
    return "; ".join(said)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _shown(told: object) -> str:
    if told is None or isinstance(told, Erased):
        return "(erased)" if isinstance(told, Erased) else "unknown"
    return one_line(str(told))


def hand_over_text(record: CaseRecord) -> str | None:
    """The record of every hand-over, ready to print and sign; each line names its entry. None where there is none."""
    ended = [c for c in record.sea.custody if c["what"] in CUSTODY_ENDS]
    if not ended:
        return None
    names = ", ".join(v.label for v in record.vessels)
    parts = [
        f"RECORD OF HAND-OVER. Case {record.ref}. Vessel: {one_line(names)}. Made from the record, entry by entry."
    ]
    for each in ended:
        at = each["happened_at"].text if each.get("happened_at") else date_time_group(each["recorded_at"])
        whole = "as a whole" if each.get("ends") else "in part"
        parts.append(f"{one_line(str(at))}: {line_words(each)} ({whole}). Entry {each['seq']}.")
        parts.append("Handed over by: ____________________   Taken over by: ____________________")
    mark = ["EXERCISE"] if record.is_exercise else []
    return "\n\n".join([*mark, *parts, *mark])
