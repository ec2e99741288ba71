"""Reading ``gateway.toml``: how one SMS gateway wants to be asked, and how what it says reads.

Placeholders in addresses, headers and bodies: ``$to`` ``$text`` ``$sender`` ``$reference`` ``$callback`` ``$token``
(the secret of the settings), ``$id`` (the gateway's name for a message). They are filled in as values: what stands in a
text can neither leave its place in a body nor change an address.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any

from cna_service.kit.errors import Invalid, Problem

FILE = "gateway.toml"
_WORDS = frozenset({"to", "text", "sender", "reference", "callback", "token", "id"})
_OURS = frozenset(
    {"queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "accepted", "scheduled"}
)
_TABLES = frozenset({"send", "states", "errors", "status", "balance", "callback"})
_PLAIN = frozenset({"name", "sender", "takes_replies"})


class GatewayUnreadable(Invalid):
    code = "gateway-unreadable"
    title = "The file that describes the SMS gateway cannot be used"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``form``: ``json`` or ``form``. ``answer``: our word (id, state, error, balance, currency) → where
    it stands, names with dots between."""

    url: str
    method: str = "POST"
    form: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Callback:
    """What it sends us. ``signature_header`` holds the hex HMAC-SHA256 of the body, or of ``<timestamp>.<body>`` where
    ``timestamp_header`` is named; ``is_plain``: it holds the secret itself. ``report``, ``text``: our word → where it
    stands."""

    signature_header: str
    timestamp_header: str | None = None
    is_plain: bool = False
    report: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """``states``: its words → ours. ``errors``: its codes → codes of the desk's table."""

    send: Ask
    name: str = "gateway"
    sender: str = ""
    takes_replies: bool = False
    states: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    status: Ask | None = None
    balance: Ask | None = None
    callback: Callback | None = None


def read_gateway(text: str, *, file: str = FILE) -> GatewayPlan:
    """Raises GatewayUnreadable with every fault: what is missing, what is unknown, which word is none of ours."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GatewayUnreadable(f"{file}: {error}") from error
    problems = list(_faults(told))
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise GatewayUnreadable(f"{file}: {places}", *problems)
    callback = told.get("callback")
    return GatewayPlan(
        send=_ask(told["send"]),
        name=told.get("name", "gateway"),
        sender=told.get("sender", ""),
        takes_replies=told.get("takes_replies", False),
        states=told.get("states", {}),
        errors=told.get("errors", {}),
        status=_ask({"method": "GET", **told["status"]}) if "status" in told else None,
        balance=_ask({"method": "GET", **told["balance"]}) if "balance" in told else None,
        callback=None if callback is None else _callback(callback),
    )


def _ask(told: Mapping[str, Any]) -> Ask:
    return Ask(
        url=told["url"],
        method=told.get("method", "POST"),
        form=told.get("format", "json"),
        headers=told.get("headers", {}),
        body=told.get("body", {}),
        answer=told.get("answer", {}),
    )


def _callback(told: Mapping[str, Any]) -> Callback:
    return Callback(
        told["signature_header"],
        told.get("timestamp_header"),
        told.get("signature", "hmac-sha256") == "secret",
        told.get("report", {}),
        told.get("text", {}),
    )


def _faults(told: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(f"/{key}", None, "is not known here", f"use {', '.join(sorted(_TABLES | _PLAIN))}")
        for key in told
        if key not in _TABLES | _PLAIN
    ]
    for name in ("name", "sender"):
        if not isinstance(told.get(name, ""), str):
            found.append(Problem(f"/{name}", told[name], "is not a text", "write it in quotes"))
    if not isinstance(told.get("takes_replies", False), bool):
        found.append(Problem("/takes_replies", told["takes_replies"], "is neither", "write true or false"))
    if "send" not in told:
        found.append(Problem("/send", None, "is missing", "say url, body and answer.id"))
    for name in ("send", "status", "balance"):
        found += _faults_of_ask(f"/{name}", told[name], name) if name in told else []
    for theirs, ours in _table(told.get("states")).items():
        if ours not in _OURS:
            fix = f"use one of {', '.join(sorted(_OURS))}"
            found.append(Problem(f"/states/{theirs}", ours, "is no status of ours", fix))
    for theirs, ours in _table(told.get("errors")).items():
        if not isinstance(ours, str):
            found.append(Problem(f"/errors/{theirs}", ours, "is not a text", 'write a code such as "30005"'))
    return found + (_faults_of_callback(told["callback"]) if "callback" in told else [])


def _table(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _faults_of_ask(at: str, told: Any, name: str) -> list[Problem]:
    if not isinstance(told, dict):
        return [Problem(at, told, "is not a table", f"write it as [{name}]")]
    found = []
    url = told.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        found.append(Problem(f"{at}/url", url, "is no https address", "write https://…"))
    if told.get("format", "json") not in ("json", "form"):
        found.append(Problem(f"{at}/format", told["format"], "is neither", "write json or form"))
    if told.get("method", "POST") not in ("GET", "POST", "PUT"):
        found.append(Problem(f"{at}/method", told["method"], "is not known here", "write GET, POST or PUT"))
    wanted = {"send": "id", "status": "state", "balance": "balance"}[name]
    if wanted not in _table(told.get("answer")):
        found.append(Problem(f"{at}/answer/{wanted}", None, "is missing", f"say where the {wanted} stands"))
    for pointer, text in _texts(at, {k: told.get(k) for k in ("url", "headers", "body")}):
        extra = sorted(set(Template(text).get_identifiers()) - _WORDS)
        fix = f"use {', '.join('$' + w for w in sorted(_WORDS))}, and $$ for a dollar sign"
        found += [Problem(pointer, text, f"names ${name_}, which is not known here", fix) for name_ in extra]
        if not Template(text).is_valid():
            found.append(Problem(pointer, text, "has a lone $", fix))
    return found


def _texts(at: str, told: Any) -> list[tuple[str, str]]:
    if isinstance(told, str):
        return [(at, told)]
    if isinstance(told, dict):
        return [each for key, value in told.items() for each in _texts(f"{at}/{key}", value)]
    if isinstance(told, list):
        return [each for n, value in enumerate(told) for each in _texts(f"{at}/{n}", value)]
    return []


def _faults_of_callback(told: Any) -> list[Problem]:
    if not isinstance(told, dict):
        return [Problem("/callback", told, "is not a table", "write it as [callback]")]
    found = []
    if not isinstance(told.get("signature_header"), str):
        why = "is missing: without it anybody could report and reply in the gateway's name"
        found.append(Problem("/callback/signature_header", None, why, "name the header that proves it"))
    if told.get("signature", "hmac-sha256") not in ("hmac-sha256", "secret"):
        fix = "write hmac-sha256 or secret"
        found.append(Problem("/callback/signature", told["signature"], "is not known here", fix))
    report, text = _table(told.get("report")), _table(told.get("text"))
    if report and ("state" not in report or not {"id", "reference"} & set(report)):
        fix = "say where state stands, and id or reference"
        found.append(Problem("/callback/report", None, "cannot be read", fix))
    if text and not {"id", "from", "text"} <= set(text):
        fix = "say where id, from and text stand"
        found.append(Problem("/callback/text", None, "cannot be read", fix))
    return found
