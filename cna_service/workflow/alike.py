"""Other cases that may be about the same vessel. Offered to officers alone (desk-rules 2.5); a person links."""

from __future__ import annotations

from cna_service.cases import queries
from cna_service.cases.labels import case_label
from cna_service.cases.record import CaseRecord
from cna_service.registry.name_evidence import alike
from cna_service.vessels.names import normal_name
from cna_service.workflow.case_view import OtherCase
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.service import Reader

MOST = 12
LEAST_ALIKE = 78
"""Of 100: AL RASHIDAH is ALRASHEEDA at 80; ORION is not ORIENT at 73."""


def other_cases(reader: Reader, record: CaseRecord) -> tuple[OtherCase, ...]:
    """Cases that a person linked, that share an identifier or the register's record, or whose vessel's name is alike;
    what is surer comes first."""
    found = {str(link["case"]): "linked" for link in record.links}
    for ref, shares in (*_sharing(reader, record), *_named_alike(reader, record)):
        found[ref] = f"{found[ref]}, {shares}" if ref in found else shares
    return tuple(_other(reader, ref, shares) for ref, shares in list(found.items())[:MOST])


def _sharing(reader: Reader, record: CaseRecord) -> list[tuple[str, str]]:
    told = [(f.field, f.value) for v in record.vessels for f in v.facts if isinstance(f.value, str)]
    keys = [("name" if field == "former_name" else field, value) for field, value in told]
    keys += [("rid", str(s["rid"])) for s in record.searches if s.get("verdict") == "found" and s.get("rid")]
    shared = queries.same_vessel(reader.connection, keys, but=record.ref)
    return [(ref, kinds.replace("rid", "register record")) for ref, kinds in shared]


def _named_alike(reader: Reader, record: CaseRecord) -> list[tuple[str, str]]:
    told = {
        normal_name(str(name))
        for v in record.vessels
        for name in v.values("name", "former_name")
        if str(name)
    }
    if not any(name.normal for name in told):
        return []
    known = [(ref, name) for ref, name in queries.names(reader.connection) if ref != record.ref]
    names = {name for _, name in known}
    scores = {
        n: s for one in told if one.normal for n, s in alike(one, names, LEAST_ALIKE).items() if s < 100
    }
    found: dict[str, str] = {}
    for ref, name in known:
        if name in scores:
            found.setdefault(ref, f"a name alike ({scores[name]} of 100)")
    return list(found.items())


def _other(reader: Reader, ref: str, shares: str) -> OtherCase:
    other = reader.stream(case_stream(ref)).of(CASE)
    names = ", ".join(v.label for v in other.vessels)
    return OtherCase(ref, shares, case_label(other), names, other.opened_at, other.is_closed)
