"""Global Fishing Watch, version 3: ``GET /v3/vessels/search`` with a bearer token.

It keeps apart what registers say (``registryInfo``) and what vessels say of themselves by AIS (``selfReportedInfo``),
each with the dates of its transmissions; so do we.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from cna_service.kit.clock import Clock
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
from cna_service.vessels.identifiers import bare, bare_imo, bare_mmsi
from cna_service.vessels.states import state_from_words

USUAL_ADDRESS = "https://gateway.api.globalfishingwatch.org"
MOST_THAT_IT_GIVES = 50
_DATASET = "public-global-vessel-identity:latest"
_INCLUDES = ("MATCH_CRITERIA", "OWNERSHIP", "AUTHORIZATIONS")
_WAYS = {"imo": "imo", "mmsi": "ssvid", "call_sign": "callsign", "names": "shipname"}
_MOST_QUESTIONS = 6
_FURTHER = {"geartypes": "gear", "shiptypes": "type", "lengthM": "length m", "tonnageGt": "tonnage gt"}


class FishingWatch:
    """``limit``: records asked for, at most 50."""

    name = "global-fishing-watch"
    title = "Global Fishing Watch"
    terms = Terms(
        "Non-commercial use with a token of one's own; say where the data come from. Identities are put together from "
        "public registers and AIS, and are no register of any State.",
        "https://globalfishingwatch.org/our-apis/documentation#terms-of-use",
        "2026-11-22",
        is_automated=True,
    )

    def __init__(
        self, address: str, token: str, clock: Clock, http: RegisterHttp | None = None, *, limit: int = 20
    ) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._http = http or RegisterHttp(clock)
        self._limit = max(1, min(limit, MOST_THAT_IT_GIVES))

    @property
    def health(self) -> str:
        return self._http.breaker.state

    def search(self, query: Query, patience: Patience) -> Found:
        """One question: by ``query`` with a single identifier or name, by ``where`` with several."""
        told = [(_WAYS[f], _value(f, v)) for f, v in ways_to_ask(query, _WAYS, _MOST_QUESTIONS)]
        told = [(field, value) for field, value in told if value]
        if not told:
            raise SourceError(
                "nothing-to-ask", "it is asked by IMO, MMSI, call sign or name", is_temporary=False
            )
        by = {"query": told[0][1]} if len(told) == 1 else {"where": where(told)}
        params = {
            **by,
            "datasets[0]": _DATASET,
            **{f"includes[{n}]": word for n, word in enumerate(_INCLUDES)},
            "limit": str(self._limit),
        }
        answer = self._ask("search", "/v3/vessels/search", params, patience)
        body = _object(answer)
        entries = body.get("entries")
        if not isinstance(entries, list):
            raise _unreadable(answer)
        records = [_record(e, query) for e in entries if isinstance(e, dict)]
        total = body.get("total")
        count = total if isinstance(total, int) and not isinstance(total, bool) else len(records)
        return Found(tuple(records[:MOST_RECORDS]), (answer,), count, remarks=tuple(_suggested(body)))

    def fetch(self, id: str, patience: Patience) -> Found:
        path = f"/v3/vessels/{quote(id, safe='')}"
        answer = self._ask("vessel", path, {"dataset": _DATASET}, patience)
        return Found((_record(_object(answer), Query()),), (answer,), 1)

    def _ask(self, what: str, path: str, params: Mapping[str, str], patience: Patience) -> Received:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return self._http.ask(what, "GET", f"{self._address}{path}", patience, headers=headers, params=params)


def where(told: list[tuple[str, str]]) -> str:
    """Any of them, for each may be misheard. The values hold letters, digits and blanks alone: no quotation mark of a
    name can end the clause."""
    return " OR ".join(
        f"{field} LIKE '%{value}%'" if field == "shipname" else f"{field} = '{value}'"
        for field, value in told
    )


def _value(field: str, value: str) -> str:
    match field:
        case "imo":
            return bare_imo(value)
        case "mmsi":
            return bare_mmsi(value)
        case "call_sign":
            return bare(value)
        case _:
            return " ".join(re.sub(r"[^\w ]|_", " ", value).upper().split())


def _object(answer: Received) -> Mapping[str, Any]:
    try:
        # Figures stay as they were written: an entry holds no float.
        body = json.loads(answer.content.decode("utf-8"), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise _unreadable(answer) from None
    if not isinstance(body, dict):
        raise _unreadable(answer)
    return body


def _unreadable(answer: Received) -> SourceError:
    return SourceError(
        "unreadable", "its answer is none that can be read", is_temporary=True, received=(answer,)
    )


def _suggested(body: Mapping[str, Any]) -> Iterator[str]:
    """What it says it might have been asked."""
    metadata = body.get("metadata")
    offered = metadata.get("didYouMean") if isinstance(metadata, dict) else None
    for field, value in offered.items() if isinstance(offered, dict) else ():
        if value and isinstance(value, str | dict):
            words = value if isinstance(value, str) else ", ".join(map(str, value.values()))
            yield f"{as_listed(field)}: {as_listed(words)}"[:LONGEST_VALUE]


def _record(entry: Mapping[str, Any], query: Query) -> Record:
    ours = [_identity(e) for e in _objects(entry, "registryInfo")]
    theirs = [_identity(e) for e in _objects(entry, "selfReportedInfo")]
    id = next((as_listed(e.get("id")) for e in _objects(entry, "selfReportedInfo") if e.get("id")), "")
    id = id or next((as_listed(e.get("recordId")) for e in _objects(entry, "registryInfo")), "")
    holders = [_holder("owner", e) for e in _objects(entry, "registryOwners")]
    holders += [_authorisation(e) for e in _objects(entry, "registryPublicAuthorizations")]
    return Record(
        id,
        tuple(ours[:MOST_OF_EACH]),
        tuple(theirs[:MOST_OF_EACH]),
        tuple(holders[:MOST_OF_EACH]),
        asked_by=tuple(_fits(query, [*ours, *theirs])),
        is_whole=len(ours) <= MOST_OF_EACH and len(theirs) <= MOST_OF_EACH,
    )


def _objects(entry: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    found = entry.get(field)
    return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []


def _identity(told: Mapping[str, Any]) -> Identity:
    flag = as_listed(told.get("flag"))
    more = [(label, _joined(told.get(field))) for field, label in _FURTHER.items()]
    extra = told.get("extraFields")
    for each in extra if isinstance(extra, list) else [extra]:
        more += [(as_listed(k), _joined(v)) for k, v in (each.items() if isinstance(each, dict) else ())]
    messages = as_listed(told.get("messagesCounter"))
    return Identity(
        source=_joined(told.get("sourceCode")),
        name=as_listed(told.get("shipname")),
        normal_name=as_listed(told.get("nShipname")),
        flag=state_from_words(flag) or flag if flag else "",
        imo=as_listed(told.get("imo")),
        mmsi=as_listed(told.get("ssvid")),
        call_sign=as_listed(told.get("callsign")),
        since=as_listed(told.get("transmissionDateFrom")),
        until=as_listed(told.get("transmissionDateTo")),
        more=tuple((k, v) for k, v in [*more, ("messages", messages)] if v)[:MOST_OF_EACH],
    )


def _joined(value: object) -> str:
    """A list of codes, or of ``{name: …}``, on one line."""
    if not isinstance(value, list):
        return as_listed(value)
    parts = (as_listed(v.get("name") if isinstance(v, dict) else v) for v in value)
    return ", ".join(p for p in parts if p)[:LONGEST_VALUE]


def _holder(role: str, told: Mapping[str, Any]) -> Holder:
    return Holder(
        role,
        as_listed(told.get("name")),
        as_listed(told.get("flag")),
        as_listed(told.get("dateFrom")),
        as_listed(told.get("dateTo")),
    )


def _authorisation(told: Mapping[str, Any]) -> Holder:
    return Holder(
        "authorisation",
        _joined(told.get("sourceCode")),
        "",
        as_listed(told.get("dateFrom")),
        as_listed(told.get("dateTo")),
    )


def _fits(query: Query, identities: list[Identity]) -> Iterator[str]:
    """Which of what was asked for stands in it: one entry fits by its number, another by its name alone."""
    names = {bare(n) for n in (*query.names, *query.former_names)}
    if any(bare_imo(query.imo) and bare_imo(i.imo) == bare_imo(query.imo) for i in identities):
        yield "imo"
    if any(bare_mmsi(query.mmsi) and i.mmsi == bare_mmsi(query.mmsi) for i in identities):
        yield "mmsi"
    if any(bare(query.call_sign) and bare(i.call_sign) == bare(query.call_sign) for i in identities):
        yield "call_sign"
    if any(i.name and bare(i.name) in names for i in identities):
        yield "names"
