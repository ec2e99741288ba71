"""Every stored file that a case speaks of: what arrived, what officers put beside it, what the desk made.

One function for interface and console: a blob that no part of the visible record names is not given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from cna_service.cases.record import CaseRecord


@dataclass(frozen=True, slots=True)
class KeptFile:
    """``is_ours``: a document that this desk made; everything else is what somebody sent."""

    blob: str
    name: str
    is_ours: bool = False


def kept_files(record: CaseRecord) -> Iterator[KeptFile]:
    """What the record, as this reader may see it, names by its blob."""
    for told in record.submissions:
        if told.get("blob"):
            yield KeptFile(str(told["blob"]), f"{record.ref}-as-received-{told['seq']}")
    for told in record.documents:
        if told.get("blob"):
            name = f"{record.ref}-{told['kind']}-{told.get('exchange')}-{told['document']}.pdf"
            yield KeptFile(str(told["blob"]), name, is_ours=True)
    for each in fields(record):
        ours = each.name in ("papers", "documents")
        for named in _named(getattr(record, each.name)):
            told_name = named.get("name")
            name = told_name if isinstance(told_name, str) else "attachment"
            yield KeptFile(str(named["blob"]), name, is_ours=ours)


def _named(value: object) -> Iterator[Mapping[str, object]]:
    """Each object within that has a blob, however deep it stands."""
    if isinstance(value, Mapping):
        if isinstance(value.get("blob"), str):
            yield value
        for each in value.values():
            yield from _named(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _named(getattr(value, part.name))
