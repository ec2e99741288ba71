"""Registers of others as real HTTP servers on loopback, with the traps of the real ones: a Coast Guard that answers an
empty ``VesselID`` with nothing and changes its namespace, a Global Fishing Watch that wants its token and its limit, a
paid one with its key in the path; and each of them slow, broken, or not there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

TOKEN = "gfw-token-of-the-desk"
KEY = "paid-key-in-the-path"

BAR_TEST: dict[str, str] = {
    "VesselId": "771204",
    "VesselName": "BAR TEST",
    "VesselCallSign": "WDB2345",
    "Identification": "1204771",
    "IdentificationTypeLookupName": "Official Number (U.S.)",
    "CountryLookupName": "UNITED STATES",
    "ServiceType": "Fishing Vessel",
    "StatusLookupName": "Active",
    "ConstructionCompletedYear": "1999",
}
DETAILS: dict[str, list[dict[str, str]]] = {
    "getVesselParticulars": [{"VesselId": "771204", "VesselName": "BAR TEST", "ServiceSubType": "Trawler"}],
    "getVesselDimensions": [{"LengthInFeet": "78.5", "BreadthInFeet": "22", "DepthInFeet": "0"}],
    "getVesselTonnage": [{"TonnageTypeLookupName": "Gross", "MeasureOfWeight": "142"}],
    "getVesselDocuments": [
        {
            "DocumentType": "Certificate of Documentation",
            "ExpirationDate": "2025-03-31",
            "OwnerName": "A. Roe",
        }
    ],
}


@dataclass
class CoastGuard:
    """``namespace``: of its answers, http today and https tomorrow; ``as_string``: the data set as escaped text."""

    namespace: str = "http://cgmix.uscg.mil"
    as_string: bool = False
    vessels: list[dict[str, str]] = field(default_factory=lambda: [dict(BAR_TEST)])

    def answer(self, at: Place, request: Asked) -> tuple[int, str, bytes]:
        operation = request.headers["soapaction"].strip('"').rsplit("/", 1)[1]
        told = {e.tag.rpartition("}")[2]: e.text or "" for e in ET.fromstring(request.body).iter()}
        rows, table = self._rows(operation, told)
        return 200, "text/xml; charset=utf-8", self.data_set(operation, table, rows).encode()

    def _rows(self, operation: str, told: dict[str, str]) -> tuple[list[dict[str, str]], str]:
        id = told.get("VesselID", "")
        if operation != "getVesselSummary":
            return (DETAILS[operation] if id == "771204" else []), operation.removeprefix("get")
        if id == "":
            # Without an error: the trap.
            return [], "VesselSummary"
        found = [v for v in self.vessels if id in ("0", v["VesselId"])]
        for field_, column in (
            ("VesselName", "VesselName"),
            ("CallSign", "VesselCallSign"),
            ("VIN", "Identification"),
        ):
            asked = told.get(field_, "")
            if asked:
                found = [v for v in found if asked.upper() in v.get(column, "")]
        return found, "VesselSummary"

    def data_set(self, operation: str, table: str, rows: list[dict[str, str]]) -> str:
        inner = "".join(
            f'<{table} diffgr:id="{table}{n}" msdata:rowOrder="{n}">'
            + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in row.items())
            + f"</{table}>"
            for n, row in enumerate(rows)
        )
        sets = f'<NewDataSet xmlns="">{inner}</NewDataSet>' if rows else ""
        diffgram = (
            '<diffgr:diffgram xmlns:msdata="urn:schemas-microsoft-com:xml-msdata" '
            f'xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">{sets}</diffgr:diffgram>'
        )
        schema = '<xs:schema id="NewDataSet" xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
        result = escape(diffgram) if self.as_string else schema + diffgram
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            f'<{operation}Response xmlns="{self.namespace}"><{operation}Result>{result}</{operation}Result>'
            f"</{operation}Response></soap:Body></soap:Envelope>"
        )


REGISTERED = {
    "recordId": "IMO-9321483",
    "sourceCode": ["IMO", "ICCAT"],
    "ssvid": "352001234",
    "flag": "PAN",
    "shipname": "GREY HERON",
    "nShipname": "GREYHERON",
    "callsign": "3EAB7",
    "imo": "9321483",
    "transmissionDateFrom": "2014-02-01T00:00:00Z",
    "transmissionDateTo": "2021-06-30T00:00:00Z",
    "geartypes": [{"name": "TUNA_PURSE_SEINES"}],
    "lengthM": 61.4,
    "extraFields": [{"builtYear": {"value": 2006}, "iuuStatus": "Current"}],
}
SELF_REPORTED = {
    "id": "c54923e64-46f3-9338-9dcb-ff09724077a3",
    "ssvid": "667001234",
    "flag": "SLE",
    "shipname": "OSPREY 7",
    "nShipname": "OSPREY7",
    "callsign": "9LU2345",
    "imo": None,
    "messagesCounter": 88311,
    "transmissionDateFrom": "2021-07-14T00:00:00Z",
    "transmissionDateTo": "2026-11-20T00:00:00Z",
}


@dataclass
class FishingWatchServer:
    entries: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "registryInfo": [REGISTERED],
                "registryOwners": [{"name": "HERON FISHING SA", "flag": "PAN", "dateFrom": "2014-02-01"}],
                "registryPublicAuthorizations": [{"sourceCode": ["ICCAT"], "dateTo": "2020-12-31"}],
                "selfReportedInfo": [SELF_REPORTED],
            }
        ]
    )

    def answer(self, at: Place, request: Asked) -> tuple[int, str, bytes]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, "application/json", b'{"statusCode":401,"error":"Unauthorized"}'
        parts = urlsplit(request.path)
        told = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if parts.path != "/v3/vessels/search":
            return 200, "application/json", json.dumps(self.entries[0]).encode()
        if int(told.get("limit", "20")) > 50 or ("query" in told) == ("where" in told):
            return 422, "application/json", b'{"statusCode":422,"error":"Unprocessable Entity"}'
        body = {
            "total": len(self.entries),
            "limit": int(told.get("limit", "20")),
            "since": None,
            "metadata": {"normalizedQuery": "GREYHERON", "didYouMean": {"shipname": {"0": "GREY HERON II"}}},
            "entries": self.entries,
        }
        return 200, "application/json", json.dumps(body).encode()


@dataclass
class PaidRegister:
    """With its key in the path, as some have it; records below ``data``."""

    ships: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"ID": 71, "SHIPNAME": "BAR TEST", "IMO": 9074729, "FLAG": "PA", "OWNER": "B. Poe", "GT": 499.5}
        ]
    )

    def answer(self, at: Place, request: Asked) -> tuple[int, str, bytes]:
        parts = urlsplit(request.path)
        if f"/{KEY}/" not in f"{parts.path}/":
            return 403, "application/json", b"{}"
        told = {k: v[0] for k, v in parse_qs(parts.query).items()}
        found = [s for s in self.ships if str(told.get("imo", s["IMO"])) == str(s["IMO"])]
        found = [s for s in found if told.get("shipname", "").upper() in s["SHIPNAME"]]
        return 200, "application/json", json.dumps({"data": {"ships": found}}).encode()

    def file(self, url: str, token_file: str) -> str:
        """Its ``registers.toml``."""
        return f"""
[[register]]
name = "paid"
title = "A paid register"
terms = "By contract: 100 questions a minute, no copy."
terms_url = "https://register.example.test/terms"
terms_as_of = "2026-11-22"
token_file = "{token_file}"
url = "{url}/api/shipsearch/$token"
params = {{ protocol = "jsono" }}
ask = {{ imo = "imo", names = "shipname" }}
records = "data.ships"
fields = {{ id = "ID", name = "SHIPNAME", imo = "IMO", flag = "FLAG", owner = "OWNER" }}
more = {{ "gross tonnage" = "GT" }}
fetch = "{url}/api/ship/$token/$id"
"""


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Place:
    """``script``: what the next requests get instead: a status, bytes, ``hang``, ``drip`` or ``reset``."""

    register: Any
    url: str = ""
    script: list[Any] = field(default_factory=list)
    always: Any = None
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place: Place

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.place.asked.append(request)
        what = self.place.script.pop(0) if self.place.script else self.place.always
        match what:
            case None:
                self._send(*self.place.register.answer(self.place, request))
            case int():
                self._send(what, "text/plain", b"down")
            case bytes():
                self._send(200, "text/xml", what)
            case "hang":
                self.place.stopping.wait(20)
                self.close_connection = True
            case "drip":
                self._drip()
            case _:
                self.connection.close()
                self.close_connection = True

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.place.stopping.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                break
        self.close_connection = True


@contextmanager
def serving(register: Any) -> Iterator[Place]:
    place = Place(register)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"place": place}))
    place.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        place.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
