"""The United States Coast Guard's PSIX (Port State Information Exchange): SOAP by POST, answers as .NET data sets.

Its traps (facts from public clients of it; the service itself promises nothing): ``VesselID`` must be 0 in a search,
for with an empty one the answer is empty; the namespace of the answer is now http, now https, so that names are read
without it; a row is an element below ``NewDataSet``, which may also stand as escaped text in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from cna_service.kit.clock import Clock
from cna_service.registry.model import Query
from cna_service.registry.outside import (
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
from cna_service.vessels.identifiers import bare, bare_imo
from cna_service.vessels.states import state_from_words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

USUAL_ADDRESS = "https://cgmix.uscg.mil/xml/PSIXData.asmx"
_NAMESPACE = "https://cgmix.uscg.mil"
_SUMMARY = ("VesselID", "VesselName", "CallSign", "VIN", "HIN", "Flag", "Service", "BuildYear")
_DETAILS = ("getVesselParticulars", "getVesselDimensions", "getVesselTonnage", "getVesselDocuments")
_WAYS = {"registration_number": "VIN", "imo": "VIN", "call_sign": "CallSign", "names": "VesselName"}
_MOST_QUESTIONS = 4
_WITH_DETAILS = 2
_OWNERS = ("owner", "party", "operator", "organization", "address")

Row = Mapping[str, str]


class PsixRegister:
    """``fetch`` and the details of a search ask for particulars, dimensions, tonnage and documents by MISLE number."""

    name = "psix"
    title = "US Coast Guard PSIX"
    terms = Terms(
        "Open to everybody, without an account; no promise of speed or number of questions. What it shows is for "
        "information: the certificate of documentation, not this page, is evidence of nationality.",
        "https://cgmix.uscg.mil/psix/",
        "2026-11-22",
        is_automated=True,
    )

    def __init__(self, address: str, clock: Clock, http: RegisterHttp | None = None) -> None:
        self._address = address
        self._http = http or RegisterHttp(clock)

    @property
    def health(self) -> str:
        return self._http.breaker.state

    def search(self, query: Query, patience: Patience) -> Found:
        """Every identifier and name asked by itself; the first two vessels with what is known of them."""
        received: list[Received] = []
        rows: dict[str, tuple[Row, list[str]]] = {}
        for field, value in ways_to_ask(query, _WAYS, _MOST_QUESTIONS):
            answer, found = self._rows(
                "getVesselSummary", {_WAYS[field]: _comparable(field, value)}, patience
            )
            received.append(answer)
            for row in found:
                if row.get("vesselid"):
                    rows.setdefault(row["vesselid"], (row, []))[1].append(field)
        if not received:
            raise SourceError(
                "nothing-to-ask", "it is asked by name, number, IMO or call sign", is_temporary=False
            )
        records = [
            self._whole(id, row, tuple(dict.fromkeys(by)), patience, received)
            if n < _WITH_DETAILS
            else _record(id, [row], tuple(dict.fromkeys(by)), is_whole=False)
            for n, (id, (row, by)) in enumerate(list(rows.items())[:MOST_RECORDS])
        ]
        return Found(tuple(records), tuple(received), len(rows))

    def fetch(self, id: str, patience: Patience) -> Found:
        received: list[Received] = []
        answer, rows = self._rows("getVesselSummary", {"VesselID": id}, patience)
        received.append(answer)
        if not rows:
            return Found((), tuple(received), 0)
        record = self._whole(id, rows[0], (), patience, received)
        return Found((record,), tuple(received), 1)

    def _whole(
        self, id: str, row: Row, by: tuple[str, ...], patience: Patience, received: list[Received]
    ) -> Record:
        """What could not be had in time is missing, and the record says so; what was had is not thrown away."""
        rows, is_whole = [row], True
        for operation in _DETAILS:
            try:
                answer, more = self._rows(operation, {"VesselID": id}, patience)
            except SourceError as error:
                received += error.received
                is_whole = False
                if patience.is_over or error.code == "resting":
                    break
                continue
            received.append(answer)
            rows += more
        return _record(id, rows, by, is_whole=is_whole)

    def _rows(
        self, operation: str, told: Mapping[str, str], patience: Patience
    ) -> tuple[Received, list[Row]]:
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{_NAMESPACE}/{operation}"',
        }
        content = envelope(operation, told).encode()
        answer = self._http.ask(operation, "POST", self._address, patience, headers=headers, content=content)
        return answer, read_rows(answer)


def envelope(operation: str, told: Mapping[str, str]) -> str:
    fields: Mapping[str, str] = {"VesselID": told.get("VesselID", "0")}
    if operation == "getVesselSummary":
        # An empty VesselID in a search brings an empty answer, without an error.
        fields = {f: told.get(f, "0" if f == "VesselID" else "") for f in _SUMMARY}
    inner = "".join(f"<{f}>{escape(v)}</{f}>" for f, v in fields.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{operation} xmlns="{_NAMESPACE}">{inner}</{operation}>'
        "</soap:Body></soap:Envelope>"
    )


def read_rows(answer: Received) -> list[Row]:
    """The rows of a data set, by lower-case name of the column. Raises SourceError: ``unreadable``, ``fault``."""
    root = _parsed(answer.content, answer)
    if any(_local(e) == "fault" for e in root.iter()):
        raise SourceError("fault", "it answered with a fault", is_temporary=True, received=(answer,))
    results = [e for e in root.iter() if _local(e).endswith("result")]
    if not results:
        raise SourceError("unreadable", "its answer is none", is_temporary=True, received=(answer,))
    escaped = (results[0].text or "").strip()
    if escaped.startswith("<"):
        return list(_rows_below(_parsed(escaped.encode(), answer)))
    return list(_rows_below(results[0]))


def _parsed(content: bytes, answer: Received) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        found: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        words = "its answer is no XML that may be read"
        raise SourceError("unreadable", words, is_temporary=True, received=(answer,)) from None
    return found


def _rows_below(element: Element) -> Iterator[Row]:
    """A diffgram also holds the schema and, after changes, the rows ``before``: only the data set itself counts."""
    sets = [e for e in element.iter() if _local(e) == "newdataset"]
    for row in sets[0] if sets else ():
        yield {_local(field): as_listed(field.text) for field in row}


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _comparable(field: str, value: str) -> str:
    if field == "imo":
        return bare_imo(value) or value
    return bare(value) if field in ("call_sign", "registration_number") else value


# Columns that a field of ours is made of; the first that says something counts.
_NAMES = {
    "name": ("vesselname",),
    "call_sign": ("vesselcallsign", "callsign"),
    "number": ("identification", "vin"),
    "number_kind": ("identificationtypelookupname",),
    "flag": ("countrylookupname", "flag"),
}
_NOT_SHOWN = frozenset(c for columns in _NAMES.values() for c in columns) | {"vesselid"}
_SAYS_NOTHING = frozenset({"", "0", "N/A", "UNKNOWN", "UNSPECIFIED"})


def _record(id: str, rows: list[Row], by: tuple[str, ...], *, is_whole: bool) -> Record:
    def first(field: str) -> str:
        found = (row.get(column, "") for row in rows for column in _NAMES[field])
        return next((v for v in found if v.upper() not in _SAYS_NOTHING), "")

    flag, number, kind = first("flag"), first("number"), first("number_kind")
    is_imo = "IMO" in kind.upper()
    identity = Identity(
        source=PsixRegister.name,
        name=first("name"),
        flag=state_from_words(flag) or flag,
        imo=bare_imo(number) if is_imo else "",
        call_sign=first("call_sign"),
        number="" if is_imo else number,
        number_kind="" if is_imo else kind,
        more=tuple(_further(rows))[: 3 * MOST_OF_EACH],
    )
    holders = tuple(Holder(column, value) for column, value in _told(rows) if _is_of_persons(column))
    return Record(id, (identity,), holders=holders[:MOST_OF_EACH], asked_by=by, is_whole=is_whole)


def _further(rows: list[Row]) -> Iterator[tuple[str, str]]:
    return ((c, v) for c, v in _told(rows) if not _is_of_persons(c) and not c.endswith("id"))


def _told(rows: list[Row]) -> Iterator[tuple[str, str]]:
    """Column and value, each pair once: a vessel has several documents and several tonnages."""
    pairs = ((c, v) for row in rows for c, v in row.items())
    return iter(
        dict.fromkeys((c, v) for c, v in pairs if c not in _NOT_SHOWN and v.upper() not in _SAYS_NOTHING)
    )


def _is_of_persons(column: str) -> bool:
    return any(word in column for word in _OWNERS)
