"""Registers of others, for the corpus: two asked by machine, one silent; one that a person looked into."""

from __future__ import annotations

from collections.abc import Mapping

from cna_service.registry.by_hand import MANUAL
from cna_service.registry.model import Query
from cna_service.registry.outside import (
    Found,
    Holder,
    Identity,
    Patience,
    Received,
    Record,
    RegistrySource,
    SourceError,
    Terms,
)
from cna_service.workflow.outside_registers import look_outside
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST

_TERMS = Terms("Open to everybody.", "https://register.example.test/", "2026-11-22", is_automated=True)


class _Answers:
    """A register as the corpus wants it: the same answer on every machine."""

    name, title, terms, health = "psix", "US Coast Guard PSIX", _TERMS, "ready"

    def search(self, query: Query, patience: Patience) -> Found:
        listed = Identity(
            source="psix",
            name="BAR TEST",
            flag="US",
            call_sign="WDB2345",
            number="1204771",
            number_kind="Official Number (U.S.)",
            more=(("lengthinfeet", "78.5"),),
        )
        reported = Identity(
            source="AIS",
            name="OSPREY 7",
            normal_name="OSPREY7",
            flag="SL",
            mmsi="667001234",
            since="2021-07-14",
            until="2026-11-20",
        )
        holders = (Holder("owner", "A. Roe", "US", "2014-02-01", "2021-06-30"),)
        record = Record("771204", (listed,), (reported,), holders, ("call_sign",))
        received = Received("getVesselSummary", "text/xml", b"<answer>BAR TEST</answer>")
        return Found((record,), (received,), 1, as_of="2026-11-20", remarks=("shipname: BAR TEST II",))

    def fetch(self, id: str, patience: Patience) -> Found:
        return self.search(Query(), patience)


class _Silent(_Answers):
    name, title = "global-fishing-watch", "Global Fishing Watch"

    def search(self, query: Query, patience: Patience) -> Found:
        raise SourceError("timeout", "no answer within 8 s", is_temporary=True)


def registers(desk: LiveDesk) -> str:
    """A request; two registers asked, of which one says nothing; then Equasis, by a person with a picture."""
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.attend(ref, "duty-1")
    sources: Mapping[str, RegistrySource] = {s.name: s for s in (_Answers(), _Silent())}
    desk.service.reached.registers = sources
    desk.do(look_outside, "duty-1", ref)
    picture = {"name": "equasis.png", "media_type": "image/png", "base64": "aGVsbG8="}
    seen = {"seen": "BAR TEST, IMO 9321483, flag Panama since 02/2014", "outcome": "one"}
    assert MANUAL[0].name == "equasis"
    desk.do(
        look_outside,
        "duty-1",
        ref,
        source="equasis",
        **seen,
        seen_at="2026-11-21T13:58:00Z",
        words="The owner's page was not opened.",
        attachments=[picture],
    )
    other = {
        "source": "other",
        "register": "Register of XC, on the web",
        "seen": "no hit",
        "outcome": "nothing",
    }
    desk.do(look_outside, "duty-1", ref, **other)
    desk.settle()
    return ref
