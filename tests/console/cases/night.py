"""One night at an exercise desk: an officer on watch with a browser, and a partner who asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.identity.actors import Actor, authority_actor
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receive import Arrival, receive
from tests.console.browser import Browser
from tests.console.conftest import DeskUnderTest

XB = authority_actor("mrcc-xb", state="XB", name="EXERCISE: Maritime Rescue and Law Enforcement Centre of XB")
BASIS = "CETS 156 art. 6"
REQUEST: Mapping[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "legal_basis": [BASIS],
    "offences": ["narcotics"],
    "measures": ["confirm_registry", "board", "search"],
    "grounds": "Low in the water, no lights, drums on deck.",
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "call_sign": "XA2345",
            "positions": ["14°03.5'N 074°22.1'W"],
        }
    ],
}


@dataclass
class Night:
    """``browser``: of the officer on watch."""

    desk: DeskUnderTest
    browser: Browser

    def request(self, by: Actor = XB, **changes: Any) -> str:
        """A request arrives over the interface; its case."""
        content = json.dumps({**REQUEST, **changes}).encode()
        reply = receive(self.desk.service, by, Arrival(content, "application/json", "api"))
        return str(json.loads(reply.body)["case"])

    def record(self, ref: str) -> CaseRecord:
        with self.desk.service.read() as reader:
            return reader.stream(case_stream(ref)).of(CASE)

    def entries(self, ref: str, kind: str = "") -> list[Entry]:
        service = self.desk.service
        with service.read() as reader:
            found = read_entries(reader.connection, service.desk.log_origin, case_stream(ref)).entries
        return [e for e in found if e.type.startswith(kind)]
