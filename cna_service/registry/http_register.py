"""Any register that answers questions by HTTP with JSON, described in ``registers.toml``.

``$token`` in an address or a header stands for the content of ``token_file``; ``$id`` in ``fetch`` for the register's
own number. Both are filled in as values, so that nothing typed by a stranger can change an address.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from cna_service.kit.clock import Clock
from cna_service.kit.errors import Invalid, Problem
from cna_service.registry.model import Query
from cna_service.registry.outside import (
    LONGEST_VALUE,
    MOST_OF_EACH,
    MOST_RECORDS,
    Found,
    Holder,
    Identity,
    Patience,
    Received,
    Record,
    SourceError,
    Terms,
    as_listed,
    ways_to_ask,
)
from cna_service.registry.outside_http import RegisterHttp
from cna_service.vessels.states import state_from_words

FILE = "registers.toml"
_ASKED = ("registration_number", "imo", "mmsi", "call_sign", "hull_mark", "names")
_IDENTITY = ("name", "flag", "imo", "mmsi", "call_sign", "number", "since", "until")
_FIELDS = frozenset({"id", "owner", *_IDENTITY})
_PLAIN = ("name", "title", "terms", "terms_url", "terms_as_of", "url", "records")
_KEYS = frozenset(
    {*_PLAIN, "token_file", "headers", "params", "ask", "fields", "more", "fetch", "self_reported"}
)
_MOST_QUESTIONS = 4


class RegistersUnreadable(Invalid):
    code = "registers-unreadable"
    title = "The file that describes outside registers cannot be used"


@dataclass(frozen=True, slots=True)
class Plan:
    """One register. ``ask``: our field → its parameter; ``fields``: our field → where it stands in a record, names
    with dots between; ``is_self_reported``: what it lists is what vessels say of themselves."""

    name: str
    title: str
    terms: Terms
    url: str
    ask: Mapping[str, str]
    fields: Mapping[str, str]
    records: str = ""
    fetch: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    is_self_reported: bool = False


class HttpRegister:
    """Every identifier and name is asked by itself, and what comes is put together by the register's own number."""

    def __init__(self, plan: Plan, clock: Clock, http: RegisterHttp | None = None) -> None:
        self._plan = plan
        self._http = http or RegisterHttp(clock)

    @property
    def name(self) -> str:
        return self._plan.name

    @property
    def title(self) -> str:
        return self._plan.title

    @property
    def terms(self) -> Terms:
        return self._plan.terms

    @property
    def health(self) -> str:
        return self._http.breaker.state

    def search(self, query: Query, patience: Patience) -> Found:
        received: list[Received] = []
        found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
        for ours, value in ways_to_ask(query, self._plan.ask, _MOST_QUESTIONS):
            answer = self._get("search", self._plan.url, {self._plan.ask[ours]: value}, patience)
            received.append(answer)
            for n, listed in enumerate(_records(answer, self._plan.records)):
                id = as_listed(_at(listed, self._plan.fields.get("id", ""))) or f"{ours}-{n + 1}"
                found.setdefault(id, (listed, []))[1].append(ours)
        if not received:
            words = f"it is asked by {', '.join(f.replace('_', ' ') for f in self._plan.ask)}"
            raise SourceError("nothing-to-ask", words, is_temporary=False)
        records = [self._record(id, told, tuple(by)) for id, (told, by) in found.items()]
        return Found(tuple(records[:MOST_RECORDS]), tuple(received), len(found))

    def fetch(self, id: str, patience: Patience) -> Found:
        if not self._plan.fetch:
            raise SourceError("no-fetch", "it is not asked by its own number", is_temporary=False)
        address = self._plan.fetch.replace("$id", quote(id, safe=""))
        answer = self._get("vessel", address, {}, patience)
        told = next(iter(_records(answer, self._plan.records)), None)
        records = () if told is None else (self._record(id, told, ()),)
        return Found(records, (answer,), len(records))

    def _get(self, what: str, address: str, params: Mapping[str, str], patience: Patience) -> Received:
        url = Template(address).safe_substitute(token=quote(self._plan.token, safe=""))
        headers = {
            k: Template(v).safe_substitute(token=self._plan.token) for k, v in self._plan.headers.items()
        }
        return self._http.ask(
            what, "GET", url, patience, headers=headers, params={**self._plan.params, **params} or None
        )

    def _record(self, id: str, told: Mapping[str, Any], by: tuple[str, ...]) -> Record:
        values = {ours: as_listed(_at(told, place)) for ours, place in self._plan.fields.items()}
        flag = values.get("flag", "")
        more = ((label, as_listed(_at(told, place))) for label, place in self._plan.more.items())
        identity = Identity(
            source=self._plan.name,
            **{k: v for k, v in values.items() if k in _IDENTITY and k != "flag"},
            flag=state_from_words(flag) or flag if flag else "",
            more=tuple((label, v) for label, v in more if v)[: 2 * MOST_OF_EACH],
        )
        owner = values.get("owner", "")
        return Record(
            id,
            registered=() if self._plan.is_self_reported else (identity,),
            self_reported=(identity,) if self._plan.is_self_reported else (),
            holders=(Holder("owner", owner),) if owner else (),
            asked_by=tuple(dict.fromkeys(by)),
        )


def _records(answer: Received, place: str) -> Iterator[Mapping[str, Any]]:
    """Raises SourceError: ``unreadable``."""
    try:
        body = json.loads(answer.content.decode("utf-8"), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        body = None
    found = _at(body, place) if place and body is not None else body
    if found is None and isinstance(body, dict):
        found = []
    if not isinstance(found, list | dict):
        words = "its answer is none that can be read"
        raise SourceError("unreadable", words, is_temporary=True, received=(answer,))
    return (e for e in (found if isinstance(found, list) else [found]) if isinstance(e, dict))


def _at(told: Any, place: str) -> Any:
    """``vessels.0.name`` of it; None where there is none."""
    for step in place.split(".") if place else ():
        if isinstance(told, dict):
            told = told.get(step)
        elif isinstance(told, list) and step.isascii() and step.isdigit() and int(step) < len(told):
            told = told[int(step)]
        else:
            return None
    return told if place else None


def read_registers(text: str, *, file: str = FILE) -> tuple[Plan, ...]:
    """Raises RegistersUnreadable with every fault at once."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegistersUnreadable(f"{file}: {error}") from error
    listed = told.get("register")
    if not isinstance(listed, list) or set(told) != {"register"}:
        fix = Problem("/register", None, "is missing", "describe each register under [[register]]")
        raise RegistersUnreadable(
            f"{file}: describe each register under [[register]], and nothing else.", fix
        )
    problems = [p for n, each in enumerate(listed) for p in _faults(f"/register/{n}", each)]
    names = [each.get("name") for each in listed if isinstance(each, dict)]
    problems += [
        Problem("/register", str(n), "names two registers", "choose another name")
        for n in set(names)
        if names.count(n) > 1
    ]
    plans = [] if problems else [_plan(n, each, problems) for n, each in enumerate(listed)]
    if problems:
        places = "; ".join(f"{p.pointer}: {p.why}, {p.fix}" for p in problems)
        raise RegistersUnreadable(f"{file}: {places}", *problems)
    return tuple(plans)


def _faults(at: str, told: Any) -> Iterator[Problem]:
    if not isinstance(told, dict):
        yield Problem(at, None, "is no table", "write it as [[register]]")
        return
    for key in told:
        if key not in _KEYS:
            yield Problem(f"{at}/{key}", None, "is not known here", f"use {', '.join(sorted(_KEYS))}")
    for key in ("name", "title", "terms", "terms_url", "terms_as_of", "url"):
        if not isinstance(told.get(key), str) or not told[key].strip():
            yield Problem(f"{at}/{key}", None, "is missing", "write it in quotes")
    if not str(told.get("url", "https://")).startswith(("https://", "http://")):
        yield Problem(f"{at}/url", None, "is no web address", "begin it with https://")
    for key, known in (("ask", frozenset(_ASKED)), ("fields", _FIELDS)):
        table = told.get(key)
        if not isinstance(table, dict) or not table:
            yield Problem(f"{at}/{key}", None, "is missing", f"use {', '.join(sorted(known))}")
            continue
        for ours in table:
            if ours not in known:
                yield Problem(
                    f"{at}/{key}/{ours}", None, "is no field of ours", f"use {', '.join(sorted(known))}"
                )
    for key in ("ask", "fields", "headers", "params", "more"):
        table = told.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            yield Problem(f"{at}/{key}", None, "is no table of texts", 'write key = "value"')


def _plan(n: int, told: Mapping[str, Any], problems: list[Problem]) -> Plan:
    token = ""
    if told.get("token_file"):
        try:
            token = Path(str(told["token_file"])).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            where = f"/register/{n}/token_file"
            problems.append(Problem(where, None, "cannot be read", "name a file that the service may read"))
    return Plan(
        name=told["name"].strip()[:40],
        title=told["title"].strip()[:LONGEST_VALUE],
        terms=Terms(told["terms"], told["terms_url"], told["terms_as_of"], is_automated=True),
        url=told["url"],
        ask=told["ask"],
        fields=told["fields"],
        records=str(told.get("records", "")),
        fetch=str(told.get("fetch", "")),
        headers=told.get("headers", {}),
        params=told.get("params", {}),
        more=told.get("more", {}),
        token=token,
        is_self_reported=told.get("self_reported") is True,
    )
