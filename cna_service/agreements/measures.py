"""The words of the desk that a provision may use: measures, answers, offences, zones.

The codes of the JSON interface; other slices take them from here.
"""

from __future__ import annotations

from collections.abc import Iterable

MEASURES: tuple[str, ...] = (
    "confirm_registry",
    "stop",
    "board",
    "examine_papers",
    "search",
    "question",
    "sample",
    "copy_documents",
    "seize",
    "hold",
    "follow",
    "detain_vessel",
    "detain_cargo",
    "detain_persons",
    "arrest",
    "hand_over",
    "divert",
    "enter_territorial_sea",
    "overflight",
    "order_to_land",
    "embark_shiprider",
    "technical_assistance",
    "enforce_law",
    "waive_jurisdiction_vessel",
    "waive_jurisdiction_cargo",
    "waive_jurisdiction_persons",
    "disposition",
    "destroy_vessel",
)

REGISTRY_ANSWERS: tuple[str, ...] = ("confirmed", "refuted", "neither", "more_information")

MEASURE_ANSWERS: tuple[str, ...] = (
    "granted",
    "granted_with_conditions",
    "denied",
    "flag_state_boards",
    "joint",
    "holding_only",
    "more_information",
    "unclear",
    "deferred",
)

OFFENCES: tuple[str, ...] = (
    "narcotics",
    "migrant_smuggling",
    "trafficking_in_persons",
    "terrorism",
    "weapons_of_mass_destruction",
    "piracy",
    "slave_trade",
    "unauthorized_broadcasting",
    "no_nationality",
    "illegal_fishing",
    "arms_embargo",
)

_ALSO_CALLED = {
    "drugs": "narcotics",
    "drug_trafficking": "narcotics",
    "illicit_traffic": "narcotics",
    "migrants": "migrant_smuggling",
    "smuggling_of_migrants": "migrant_smuggling",
    "trafficking": "trafficking_in_persons",
    "terror": "terrorism",
    "wmd": "weapons_of_mass_destruction",
    "weapons": "weapons_of_mass_destruction",
    "proliferation": "weapons_of_mass_destruction",
    "iuu": "illegal_fishing",
    "fisheries": "illegal_fishing",
}


def read_offences(told: Iterable[str]) -> tuple[str, ...]:
    """The codes among the offences as told, spelt as codes or as they are usually called; others are passed over.

    What is passed over stays as told in the submission and is for the officer to read.
    """
    folded = ("_".join(t.casefold().replace("-", " ").split()) for t in told)
    codes = (_ALSO_CALLED.get(f, f) for f in folded)
    return tuple(dict.fromkeys(c for c in codes if c in OFFENCES))


ZONES: tuple[str, ...] = ("high_seas", "eez", "contiguous_zone", "territorial_sea", "internal_waters")
"""Where the vessel is. A territorial sea may name its State: ``territorial_sea:XQ``."""

NON_PARTY_SEA = "territorial_sea_of_non_party"
"""Only in the catalogue: a rule for places beyond the territorial sea of any *Party* (CETS 156)."""

FUNCTIONS: tuple[str, ...] = (
    "registry",
    "authority",
    "board",
    "search",
    "detain",
    "seize",
    "entry",
    "overflight",
    "order_to_land",
    "rider",
    "disposition",
    "jurisdiction",
    "assistance",
    "stateless",
    "visit",
    "content",
    "conditions",
    "report",
    "safeguards",
    "compensation",
)
