"""What the cited provisions also want in a request, beside what it has. It never refuses a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.model import Provision, RequiredField

_EACH = "vessels/*/"


def required_fields(catalogue: Catalogue, provision: Provision) -> tuple[RequiredField, ...]:
    """The fields that a provision wants itself and by the provision on contents that it points to."""
    pointed = (f for c in provision.content for f in catalogue.by_id[c].required)
    return (*provision.required, *pointed)


def wanted(
    catalogue: Catalogue, provisions: Iterable[str], submission: Mapping[str, Any]
) -> list[dict[str, str]]:
    """``[{"field": …, "wanted_by": …, "words": …}]``: what is absent of what the provisions want.

    ``submission`` has the shape of ``POST /submissions``. A field of a vessel is named by its place,
    ``vessels/0/positions``. Provisions that the catalogue does not have are passed over. An assurance given as
    false counts as absent.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for identifier in provisions:
        provision = catalogue.by_id.get(identifier)
        for required in () if provision is None else required_fields(catalogue, provision):
            for field in _absent(required, submission):
                each = {"field": field, "wanted_by": required.wanted_by, "words": required.words}
                found.setdefault((field, required.wanted_by), each)
    return list(found.values())


def _absent(required: RequiredField, submission: Mapping[str, Any]) -> Iterator[str]:
    """The places at which the field is missing: one, or one for each vessel."""
    names = (required.field, *required.any_of)
    if not required.field.startswith(_EACH):
        if not any(_is_there(submission.get(n), required.contains) for n in names):
            yield required.field
        return
    for place, vessel in enumerate(_vessels(submission)):
        if not any(_is_there(vessel.get(n.removeprefix(_EACH)), required.contains) for n in names):
            yield required.field.replace("*", str(place))


def _vessels(submission: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    told = submission.get("vessels")
    vessels = [v for v in told if isinstance(v, Mapping)] if isinstance(told, list | tuple) else []
    return vessels or [{}]


def _is_there(value: object, contains: str | None) -> bool:
    if contains is None:
        return value is not None and value is not False and value not in ("", [], {})
    items = value if isinstance(value, list | tuple) else ()
    return any(i == contains or (isinstance(i, Mapping) and i.get("measure") == contains) for i in items)
