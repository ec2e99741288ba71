"""How the OpenAPI document describes bodies and answers. Bodies are read by the verbs themselves, field by field, so
that every wrong field is named at once; these schemas describe the same fields for whoever writes a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import MEASURE_ANSWERS, MEASURES, OFFENCES, REGISTRY_ANSWERS, ZONES
from cna_service.workflow.conditions_told import CONDITION_KINDS

Schema = dict[str, Any]

_WORDS = {
    200: "As asked.",
    201: "Recorded.",
    400: "The body could not be read at all.",
    401: "No token, or one that does not count. Names the desk's telephone number.",
    403: "Your role does not allow this, or the rules do not.",
    404: "There is nothing here that you may see.",
    409: "It contradicts what is already recorded; `case-moved` lists what came since you looked.",
    413: "The body is larger than the desk takes.",
    422: "Every field that is wrong, with its pointer, why, and how to mend it.",
    503: "It cannot be done now; repeat it with the same Idempotency-Key after Retry-After seconds.",
}

PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "/problems/<code>; stable"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer to the field"},
                    "told": {"description": "what was sent there"},
                    "why": {"type": "string"},
                    "fix": {"type": "string"},
                },
            },
        },
    },
}


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def one_of(words: tuple[str, ...], description: str = "") -> Schema:
    return text(description, enum=list(words))


def whole(description: str = "", **more: Any) -> Schema:
    return {"type": "integer", **({"description": description} if description else {}), **more}


def yes_no(description: str = "") -> Schema:
    return {"type": "boolean", **({"description": description} if description else {})}


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def thing(properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), strict: bool = True) -> Schema:
    """An object; ``strict`` where the verb refuses unknown fields."""
    schema: Schema = {"type": "object", "properties": dict(properties)}
    if required:
        schema["required"] = list(required)
    if strict:
        schema["additionalProperties"] = False
    return schema


INSTANT = text("RFC 3339 with its zone", format="date-time")
TOLD_INSTANT: Schema = {
    "description": "RFC 3339 with its zone where it is exact, else what was told with its bounds",
    "anyOf": [
        INSTANT,
        thing(
            {
                "text": text(),
                "zone": {"type": ["string", "null"]},
                "earliest": {"type": ["string", "null"]},
                "latest": {"type": ["string", "null"]},
                "source": {"type": ["string", "null"]},
            },
            required=("text",),
        ),
    ],
}
VESSEL = whole("the vessel's number in the case; may be left out where there is one", minimum=1, maximum=999)
STATE = text("ISO 3166 alpha-2", pattern="^[A-Za-z]{2}$")
MEASURE = one_of(MEASURES)
OFFENCE = one_of(OFFENCES)
ZONE = text(f"one of {', '.join(ZONES)}; territorial_sea:XQ names the coastal State")
SEEN = whole("the case's `seq` that was looked at; or send If-Match", minimum=0)
ATTACHMENTS = many(
    thing({"name": text(), "media_type": text(), "base64": text(format="byte")}, required=("name", "base64"))
)
"""Files beside what an officer records: kept byte for byte, named in the entry by their SHA-256."""
PARTY = thing(
    {f: text() for f in ("name", "post", "office", "capacity", "phone", "email", "delegation")},
)
ANSWER_ITEM = thing(
    {
        "vessel": {"anyOf": [VESSEL, {"const": "all"}]},
        "measure": MEASURE,
        "value": one_of(tuple(dict.fromkeys((*REGISTRY_ANSWERS, *MEASURE_ANSWERS)))),
        "conditions": many(
            {
                "description": "words, or with a kind and an end; numbered in this order",
                "anyOf": [
                    text(),
                    thing({"kind": one_of(tuple(CONDITION_KINDS)), "text": text(), "until": INSTANT}),
                ],
            }
        ),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "words": text("verbatim"),
    },
    required=("measure", "value"),
)


def body(schema: Schema, *, example: Any = None, required: bool = True) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": required, "content": {"application/json": content}}}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    problem = {"application/problem+json": {"schema": PROBLEM}}
    return {
        status: {
            "description": _WORDS[status],
            **({"content": problem} if status >= 400 else {}),
        }
        for status in statuses
    }


def commands() -> dict[int | str, dict[str, Any]]:
    """What every command of an officer may answer."""
    told = answers(201, 400, 401, 403, 404, 409, 413, 422, 503)
    told[201]["content"] = {"application/json": {"schema": RECEIPT}}
    return told


def files(media_type: str) -> dict[int | str, dict[str, Any]]:
    told = answers(200, 401, 403, 404, 422)
    told[200]["content"] = {media_type: {"schema": text(format="binary")}}
    return told


RECEIPT: Schema = {
    "type": "object",
    "properties": {
        "case": {"type": ["string", "null"]},
        "seq": whole("of the last entry written"),
        "leaf": text("its hash in the log"),
        "recorded_at": INSTANT,
        "entries": many({"type": "object"}),
    },
}
