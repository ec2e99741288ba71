"""A submission: bytes in, draft and problems out. Pure and total (record.md, "What is refused and what is kept").

The draft holds the known fields in the log's profile; the bytes themselves are kept beside the entry, so what is not
understood here is never lost. Every field of the request form (domain: the request, field by field) has its place;
only the sender is required, and he comes from the token.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.intake.readers import (
    Problems,
    Reader,
    clean,
    count,
    fields,
    instant,
    many,
    one_of,
    prose,
    state,
    told,
    word,
    yes_no,
)
from cna_service.intake.words import HOW_CLAIMED, MEASURES, OFFENCES, ZONES
from cna_service.kit.errors import Problem
from cna_service.vessels.identifiers import check_identifiers
from cna_service.vessels.positions import told_position
from cna_service.vessels.quantities import told_quantity

_MOST_DIGITS = 15
"""Within what the log's integers hold (2**53 - 1)."""

MOST_ITEM_BYTES = 32_000
"""Of all items together: an exchange is one entry, and an entry holds 60 KiB."""

MOST_ATTACHMENTS = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What a program could make of the bytes. Without a draft, ``why`` and ``fix`` say what a person must know."""

    draft: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    why: str = ""
    fix: str = ""
    attachments: tuple[tuple[str, str, str], ...] = ()
    """(pointer, name, base64) of each attachment, decoded and stored by the command."""


def read_submission(data: bytes) -> Reading:
    """Read JSON bytes. Never raises; what cannot be read at all has no draft."""
    try:
        # A byte order mark says nothing in UTF-8 and is no reason to refuse (RFC 8259 section 8.1).
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Reading(None, why=f"byte {error.start} is not UTF-8", fix="send JSON in UTF-8")
    try:
        # Figures stay as they were written: a float of ours would not be what the sender typed.
        value = json.loads(text, parse_float=str, parse_constant=str, parse_int=_integer)
    except (json.JSONDecodeError, RecursionError) as error:
        where = (
            f" at line {error.lineno}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        return Reading(None, why=f"no valid JSON{where}", fix="mend the JSON there, or telephone the desk")
    if not isinstance(value, dict):
        return Reading(None, why="the JSON is no object", fix='send one object, {"requester_reference": …}')
    return _read(value)


def _integer(digits: str) -> int | str:
    """A figure longer than any count is kept as it was written: Python refuses to read thousands of digits."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _read(value: Mapping[str, Any]) -> Reading:
    problems: Problems = []
    draft = fields(_SUBMISSION)(value, "", problems)
    draft["vessels"] = draft.get("vessels") or [{}]
    draft["items"] = _items(draft.pop("measures", []), len(draft["vessels"]), problems)
    for n, vessel in enumerate(draft["vessels"]):
        problems.extend(_doubts(vessel, f"/vessels/{n}"))
    attachments = tuple(
        (f"/attachments/{n}", str(a.get("name", "")), content)
        for n, a in enumerate(value.get("attachments") or ())
        if isinstance(a, Mapping) and isinstance(content := a.get("base64"), str)
    )
    return Reading(draft, tuple(problems), attachments=attachments)


def _items(measures: list[Any], vessels: int, problems: Problems) -> list[dict[str, Any]]:
    """One item per (vessel, measure): a measure without a vessel is meant for every vessel."""
    items: dict[tuple[int, str], None] = {}
    for n, each in enumerate(measures):
        which = each["vessel"] if isinstance(each, dict) and isinstance(each.get("vessel"), int) else None
        measure = each.get("measure") if isinstance(each, dict) else each
        if not isinstance(measure, str) or not measure:
            continue
        if which is not None and not 1 <= which <= vessels:
            words = f"there are {vessels} vessels in this submission"
            problems.append(
                Problem(f"/measures/{n}/vessel", which, words, "number vessels from 1 in their order")
            )
            which = None
        for vessel in [which] if which is not None else range(1, vessels + 1):
            items[vessel, measure[:80]] = None
    kept = _within(items)
    if len(kept) < len(items):
        why = f"only the first {len(kept)} of {len(items)} items are asked here; all are in the submission as received"
        problems.append(
            Problem("/measures", f"{len(items)} items", why, "send a submission for the other vessels")
        )
    return [{"vessel": vessel, "measure": measure} for vessel, measure in kept]


def _within(items: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """As many items, in their order, as one entry holds."""
    kept, size = [], 0
    for vessel, measure in items:
        size += len(measure.encode()) + len('{"measure":"","vessel":99},')
        if size > MOST_ITEM_BYTES:
            break
        kept.append((vessel, measure))
    return kept


def _doubts(vessel: Mapping[str, Any], pointer: str) -> list[Problem]:
    """Identifiers that cannot be right, each with its field; kept as told all the same."""
    plain = {k: v if isinstance(v := vessel.get(k), str) else None for k in ("imo", "mmsi", "call_sign")}
    findings = check_identifiers(**plain, flag=vessel.get("flag_claimed"))
    return [
        Problem(f"{pointer}/{f.field}", plain.get(f.field), f.words, "check the digits with the sender")
        for f in findings
    ]


def _measure(value: Any, pointer: str, problems: Problems) -> Any:
    if isinstance(value, Mapping):
        return fields({"measure": one_of(MEASURES, "measure"), "vessel": count})(value, pointer, problems)
    return one_of(MEASURES, "measure")(value, pointer, problems)


def _basis(value: Any, pointer: str, problems: Problems) -> Any:
    return (
        {"text": word(value, pointer, problems)}
        if isinstance(value, str)
        else fields({"text": word})(value, pointer, problems)
    )


def _named(value: Any, pointer: str, problems: Problems) -> Any:
    """A name as text, or with where it was seen: ``{"name", "source"}`` (several names, a source each)."""
    if isinstance(value, Mapping):
        return word(value.get("name", value), f"{pointer}/name", problems)
    return word(value, pointer, problems)


def _position(value: Any, pointer: str, problems: Problems) -> Any:
    position = told_position(value, pointer=pointer)
    problems.extend(Problem(p.pointer, told(p.told), p.why, p.fix) for p in position.problems)
    kept: dict[str, Any] = {**position.as_json(), "text": clean(position.text)[:500]}
    if isinstance(value, Mapping):
        rest = {
            k: v for k, v in value.items() if k not in ("text", "point", "radius_m", "latitude", "longitude")
        }
        kept |= fields(_POSITION)(rest, pointer, problems)
        if "at" not in kept:
            problems.append(
                Problem(f"{pointer}/at", None, "a position without its time", "say when she was there")
            )
    return kept


def _length(value: Any, pointer: str, problems: Problems) -> Any:
    quantity, problem = told_quantity(value, pointer=pointer)
    if problem is not None:
        problems.append(Problem(pointer, told(problem.told), problem.why, problem.fix))
    return {"text": told(value)} if quantity is None else quantity.as_json()


def _handling(value: Any, pointer: str, problems: Problems) -> Any:
    return fields({"marking": word, "releasable_to": many(word)})(value, pointer, problems)


def _attachment(value: Any, pointer: str, problems: Problems) -> Any:
    kept = fields({"name": word, "media_type": word, "base64": lambda *_: True})(value, pointer, problems)
    kept.pop("base64", None)
    return kept


_POSITION: Mapping[str, Reader] = {"at": instant, "course": word, "speed": word, "source": word, "zone": word}

_PERSON: Mapping[str, Reader] = {
    "name": word,
    "nationality": word,
    "born": word,
    "post": word,
    "papers": word,
}

_VESSEL: Mapping[str, Reader] = {
    "names": many(_named),
    "former_names": many(_named),
    "painted_over": many(_named),
    "ais_name": word,
    "flag_claimed": state,
    "claimed_how": one_of(HOW_CLAIMED, "way of claiming"),
    "claimed_by": word,
    "further_claims": many(word),
    "master": prose,
    "registration_number": word,
    "papers_number": word,
    "fishing_licence": word,
    "imo": word,
    "mmsi": word,
    "call_sign": word,
    "hull_mark": word,
    "hull_identification_number": word,
    "homeport": word,
    "type": word,
    "length": _length,
    "hull": word,
    "engines": word,
    "description": prose,
    "cargo_seen": prose,
    "owner": word,
    "operator": word,
    "charterer": word,
    "insurer": word,
    "persons_on_board": count,
    "positions": many(_position, 50),
    "zone": one_of(ZONES, "maritime zone"),
    "last_port": word,
    "next_port": word,
    "eta": instant,
    "persons": many(fields(_PERSON)),
}

_CONTACT: Mapping[str, Reader] = {
    "name": word,
    "role": word,
    "office": word,
    "phone": word,
    "alternative_phone": word,
    "email": word,
    "languages": many(word),
}

_SUBMISSION: Mapping[str, Reader] = {
    "kind": one_of(frozenset({"request", "notification"}), "kind of communication"),
    "requester_reference": word,
    "in_reply_to": word,
    "requested_state": state,
    "on_behalf_of": word,
    "investigating_authority": word,
    "platform_state": state,
    "legal_basis": many(_basis, 20),
    "offences": many(one_of(OFFENCES, "offence"), 20),
    "zone": one_of(ZONES, "maritime zone"),
    "measures": many(_measure),
    "vessels": many(fields(_VESSEL), 50),
    "grounds": prose,
    "grounds_caveat": word,
    "intended_action": prose,
    "intentions_afterwards": prose,
    "operational_limits": prose,
    "assurance_like_treatment": yes_no,
    "unit": word,
    "unit_status": word,
    "contact": fields(_CONTACT),
    "reply_wanted_by": instant,
    "reply_wanted_reason": prose,
    "limit_stated": word,
    "silence_stated": word,
    "language": word,
    "translation_needed": yes_no,
    "earlier_requests": prose,
    "handling": _handling,
    "attachments": many(_attachment, MOST_ATTACHMENTS),
    "happened_at": instant,
}
