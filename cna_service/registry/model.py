"""One vessel as a register lists it, one question to the register, and keys by which identifiers are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from cna_service.vessels.identifiers import bare, bare_imo, bare_mmsi, is_imo
from cna_service.vessels.names import is_placeholder

# The identifiers a register can be asked for exactly.
IDENTIFIERS = ("imo", "mmsi", "call_sign", "registration_number", "hull_mark", "fleet_number", "hin")


@dataclass(frozen=True, slots=True)
class RegisterVessel:
    """A row of the register as listed; ``flag`` is alpha-2 where the State is known, else as listed.

    ``length_m`` and ``gross_tonnage`` are decimal strings or empty. ``rest`` keeps columns the layout names
    but the service does not use.
    """

    rid: str
    name: str = ""
    former_names: tuple[str, ...] = ()
    flag: str = ""
    imo: str = ""
    mmsi: str = ""
    call_sign: str = ""
    registration_number: str = ""
    hull_mark: str = ""
    fleet_number: str = ""
    hin: str = ""
    homeport: str = ""
    length_m: str = ""
    gross_tonnage: str = ""
    vessel_type: str = ""
    built: str = ""
    rest: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {
            f.name: list(value) if isinstance(value := getattr(self, f.name), tuple) else value
            for f in fields(self)
            if f.name != "rest"
        }


@dataclass(frozen=True, slots=True)
class Query:
    """What a request says of a vessel, as told; every field may be left out."""

    names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    registration_number: str = ""
    imo: str = ""
    mmsi: str = ""
    call_sign: str = ""
    hull_mark: str = ""
    homeport: str = ""
    flag: str = ""
    length: str = ""
    vessel_type: str = ""
    remarks: str = ""

    def keys_tried(self) -> list[str]:
        """The fields that were filled, in order: what the answer to "searched on which keys" lists."""
        return [f.name for f in fields(self) if f.name != "remarks" and getattr(self, f.name)]


def mark_key(text: str) -> str:
    """BF-109, BF0109, B.F.109 and BF 109 are one mark; empty for a placeholder."""
    if is_placeholder(text):
        return ""
    parts = re.findall(r"[A-Z]+|[0-9]+", bare(text))
    return "".join(str(int(part)) if part.isdigit() else part for part in parts)


def identifier_key(identifier: str, text: str) -> str:
    """The form in which an identifier is indexed and asked for; empty where it says nothing."""
    if not text or is_placeholder(text):
        return ""
    if identifier == "imo":
        return bare_imo(text)
    if identifier == "mmsi":
        return bare_mmsi(text)
    if identifier in {"registration_number", "hull_mark"}:
        return mark_key(text)
    return bare(text)


def vessel_keys(vessel: RegisterVessel) -> dict[str, str]:
    return {name: identifier_key(name, getattr(vessel, name)) for name in IDENTIFIERS}


def near_imo(number: str) -> set[str]:
    """Valid IMO numbers one digit or one swap of neighbours away."""
    if re.fullmatch(r"[0-9]{7}", number) is None:
        return set()
    return {near for near in _one_away(number, "0123456789") if is_imo(near)}


def near_mmsi(number: str) -> set[str]:
    return set(_one_away(number, "0123456789")) if re.fullmatch(r"[0-9]{9}", number) else set()


def near_call_sign(sign: str) -> set[str]:
    if re.fullmatch(r"[A-Z0-9]{4,8}", sign) is None:
        return set()
    return set(_one_away(sign, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))


def _one_away(text: str, alphabet: str) -> Iterator[str]:
    for at, was in enumerate(text):
        for other in alphabet:
            if other != was:
                yield text[:at] + other + text[at + 1 :]
    for at in range(len(text) - 1):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]
