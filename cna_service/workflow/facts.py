"""Recording what was said, seen, found: claims, indicia, identifiers, positions, persons, events.

Nothing overwrites: each is one more fact with its source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.intake.readers import clean
from cna_service.ledger.entry import Draft
from cna_service.vessels.identifiers import check_identifiers
from cna_service.vessels.positions import Position, told_position
from cna_service.vessels.quantities import told_quantity
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.claims import flag_of, read_claim, read_indicium
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

HOW_TAKEN = ("as_heard", "spelt", "read_back", "written", "seen")
IDENTIFIERS = (
    "name",
    "former_name",
    "imo",
    "mmsi",
    "call_sign",
    "registration_number",
    "hull_mark",
    "homeport",
    "type",
    "length",
    "description",
    "persons_on_board",
    "last_port",
    "next_port",
)
INDICIA = ("flag_flown", "name_on_stern", "port_on_stern", "flag_painted", "papers", "other")

Read = Callable[[Asked, Work], dict[str, Any]]


def _vessel(asked: Asked, work: Work) -> int:
    n = asked.number("vessel", least=1, most=999)
    vessels = [v.n for v in work.case.vessels]
    if n is None and len(vessels) > 1:
        asked.wrong("vessel", None, "is missing: the case has several vessels", f"one of: {vessels}")
    elif n is not None and n not in vessels:
        asked.wrong("vessel", n, "is no vessel of this case", f"one of: {vessels}")
    return n or 1


def _claim(asked: Asked, work: Work) -> dict[str, Any]:
    return read_claim(asked)


def _indicium(asked: Asked, work: Work) -> dict[str, Any]:
    return read_indicium(asked, INDICIA)


def _identifier(asked: Asked, work: Work) -> dict[str, Any]:
    field = asked.word("field", IDENTIFIERS)
    value: Any = asked.needed("value", longest=500)
    doubts = []
    if field in ("imo", "mmsi", "call_sign"):
        found = check_identifiers(**{**dict.fromkeys(("imo", "mmsi", "call_sign")), field: value}, flag=None)
        doubts = [f.as_json() for f in found]
    if field == "length":
        quantity, _ = told_quantity(value, pointer="/value")
        value = value if quantity is None else quantity.as_json()
    return {
        "field": field,
        "value": value,
        "how": asked.word("how", HOW_TAKEN, "as_heard"),
        "source": asked.text("source", longest=500),
        "words": asked.text("words"),
        "doubts": doubts,
    }


def _position(asked: Asked, work: Work) -> dict[str, Any]:
    position = told_position(asked.raw("position") or asked.raw("text") or "", pointer="/position")
    asked.problems.extend(position.problems)
    if not position.text:
        asked.wrong("position", None, "is missing", "type it as it was told")
    return {
        "position": _as_kept(position),
        "course": asked.text("course", longest=40),
        "speed": asked.text("speed", longest=40),
        "source": asked.text("source", longest=500),
        "datum": asked.text("datum", longest=80),
        "waters": asked.text("waters", longest=200),
        "waters_said_by": asked.text("waters_said_by", longest=500),
        "words": asked.text("words"),
    }


def _as_kept(position: Position) -> dict[str, Any]:
    """As told, in text that the log can hold."""
    return {**position.as_json(), "text": clean(position.text)}


def _person(asked: Asked, work: Work) -> dict[str, Any]:
    fields = ("name", "nationality", "born", "papers", "post")
    return {**{f: asked.text(f, longest=500) for f in fields}, "words": asked.text("words")}


def _event(asked: Asked, work: Work) -> dict[str, Any]:
    return {
        "kind": asked.text("kind", longest=80) or "report",
        "source_kind": asked.word("source_kind", ("unit", "partner", "open_source", "own", "other"), "other"),
        "is_verified": asked.yes("is_verified"),
        "source": asked.text("source", longest=500),
        "by": asked.text("by", longest=500),
        "words": asked.needed("words"),
    }


KINDS: Mapping[str, tuple[str, Read, bool]] = {
    "claims": ("claim.made", _claim, True),
    "indicia": ("indicium.seen", _indicium, True),
    "identifiers": ("identifier.recorded", _identifier, True),
    "positions": ("position.reported", _position, True),
    "persons": ("person.recorded", _person, True),
    "events": ("event.reported", _event, False),
}
"""By the last word of the path: entry type, reader, whether it is about one vessel."""
_WITH_EXHIBITS = ("claims", "indicia", "events")
"""What has version 2 of its entry type where files stand beside it: photograph, recording, paper."""


def record_fact(
    service: Service, actor: Actor, ref: str, kind: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Record one fact of a kind of ``KINDS``; ``happened_at`` is when, as told.

    Claims, what was seen, and events may have ``attachments``. Raises Invalid, StreamNotFound."""
    entry_type, read, of_vessel = KINDS[kind]
    asked = Asked(body)
    with service.write(actor, Action.CLAIM_RECORD, case_stream(ref), key=key) as work:
        told = {**({"vessel": _vessel(asked, work)} if of_vessel else {}), **read(asked, work)}
        happened = asked.told("happened_at")
        exhibits = read_attachments(work, asked) if kind in _WITH_EXHIBITS else []
        asked.check_unknown()
        asked.done()
        if entry_type == "claim.made" and told["state"] is None:
            entry_type = "claim.not_made"
        v = 1
        if exhibits:
            told["attachments"], v = exhibits, 2
        work.append(Draft(entry_type, _clean(told), v, happened_at=happened, told_at=work.now))
        return done(work)


_OF_FORM = ("source", "how", "flag_claimed", "claimed_how", "claimed_by", "flag_flown")
_LISTED = {"names": "name", "former_names": "former_name"}


def read_vessel(asked: Asked) -> dict[str, Any]:
    """A vessel as the call form and the interface tell it; every field may be left out."""
    told: dict[str, Any] = {
        f: asked.text(f, longest=500) for f in (*IDENTIFIERS, *_OF_FORM) if f != "persons_on_board"
    }
    told["persons_on_board"] = asked.raw("persons_on_board")
    told |= {plural: asked.texts(plural) for plural in _LISTED}
    flag = told["flag_claimed"]
    if flag and (len(flag) != 2 or not flag.isalpha()):
        asked.wrong("flag_claimed", flag, "is no two-letter State code", "send ISO 3166 alpha-2")
    if position := asked.raw("position"):
        read = told_position(position, pointer="/position")
        asked.problems.extend(read.problems)
        told["position"] = _as_kept(read)
    asked.check_unknown()
    return {k: v for k, v in told.items() if v not in (None, ())}


def record_vessel(work: Work, n: int, told: Mapping[str, Any]) -> None:
    """Each thing told of a vessel becomes a fact of its own, with its source."""
    source, how = told.get("source"), told.get("how") or "as_heard"

    def append(entry_type: str, **body: Any) -> None:
        work.append(Draft(entry_type, _clean({"vessel": n, **body}), told_at=work.now))

    singles = [(f, told[f]) for f in IDENTIFIERS if f in told]
    lists = [(field, each) for plural, field in _LISTED.items() for each in told.get(plural, ())]
    for field, value in dict.fromkeys([*singles, *lists]):
        append("identifier.recorded", field=field, value=clean(str(value))[:500], how=how, source=source)
    if flag := told.get("flag_claimed"):
        how_claimed, by = told.get("claimed_how"), told.get("claimed_by")
        append("claim.made", state=flag.upper(), claimed_how=how_claimed, by=by)
    if flown := told.get("flag_flown"):
        append("indicium.seen", kind="flag_flown", value=flown, state=flag_of("flag_flown", flown), by=source)
    if position := told.get("position"):
        append("position.reported", position=position, source=source)


def _clean(body: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in body.items() if v is not None}
