"""English words for every measure and every answer value of api.md: one table each, keyed by the stored code.

The label is what the eye finds, the code beside it is what the record holds. No label is part of another one of
its family, so that NEITHER, REFUTED, NO ANSWER, LAPSED and NOT ASKED cannot be taken for each other (practice R5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cna_service.documents.shown import one_line


class Family(StrEnum):
    """Which question a measure is: the same code means another thing for a register, an act and a waiver."""

    REGISTRY = "registry"
    ACT = "act"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """``label`` for tables, ``act`` to complete "we ask to …" or "you may not …"."""

    code: str
    label: str
    act: str
    family: Family = Family.ACT


@dataclass(frozen=True, slots=True)
class ValueWords:
    """``label`` for the eye, ``sentence`` for the letter, with ``{state}`` where the answering State is named;
    ``is_grant`` only where the measure itself may be done."""

    code: str
    label: str
    sentence: str
    is_grant: bool = False

    @property
    def marked(self) -> str:
        """The label with the stored code: ``NEITHER [neither]``."""
        return f"{self.label} [{self.code}]"

    def said_by(self, state: str) -> str:
        """The sentence as that State's answer. ``state`` is shown, never read as a pattern."""
        return self.sentence.replace("{state}", one_line(state))


def _acts(rows: Mapping[str, tuple[str, str]]) -> dict[str, MeasureWords]:
    return {code: MeasureWords(code, label, act) for code, (label, act) in rows.items()}


_ACTS = _acts(
    {
        "stop": ("Stop", "stop the vessel"),
        "board": ("Board", "board the vessel"),
        "examine_papers": ("Examine papers", "examine the vessel's papers"),
        "search": ("Search", "search the vessel, its cargo and the persons on board"),
        "question": ("Question", "question the persons on board"),
        "sample": ("Take samples", "take samples"),
        "copy_documents": ("Copy documents", "copy documents found on board"),
        "seize": ("Seize", "seize evidence or contraband"),
        "hold": ("Hold", "prevent the vessel's escape while the flag State decides"),
        "follow": ("Follow", "follow the vessel"),
        "detain_vessel": ("Detain the vessel", "detain the vessel"),
        "detain_cargo": ("Detain the cargo", "detain the cargo"),
        "detain_persons": ("Detain persons", "detain the persons on board"),
        "arrest": ("Arrest", "arrest persons on board"),
        "hand_over": ("Hand over", "hand over persons, vessel or cargo"),
        "divert": ("Divert", "divert the vessel to a port"),
        "enter_territorial_sea": ("Enter the territorial sea", "enter the territorial sea"),
        "overflight": ("Overflight", "fly over the territory and territorial sea"),
        "order_to_land": ("Order to land", "order an aircraft to land"),
        "embark_shiprider": ("Embark a shiprider", "embark a shiprider"),
        "technical_assistance": ("Technical assistance", "receive technical assistance"),
        "enforce_law": ("Enforce law", "enforce the law of the requesting State"),
        "disposition": ("Disposition", "dispose of vessel, cargo or evidence"),
        "destroy_vessel": ("Destroy the vessel", "destroy the vessel"),
    }
)


def _waiver(what: str, words: str) -> MeasureWords:
    return MeasureWords(
        f"waive_jurisdiction_{what}",
        f"Waive jurisdiction over {words}",
        f"exercise jurisdiction over {words} by waiver",
        Family.WAIVER,
    )


_WAIVERS = (_waiver("vessel", "the vessel"), _waiver("cargo", "the cargo"), _waiver("persons", "the persons"))

MEASURES: Mapping[str, MeasureWords] = MappingProxyType(
    {
        "confirm_registry": MeasureWords(
            "confirm_registry",
            "Confirm registry",
            "know whether the vessel is on the register",
            Family.REGISTRY,
        ),
        **_ACTS,
        **{waiver.code: waiver for waiver in _WAIVERS},
    }
)

_R, _A, _W = Family.REGISTRY, Family.ACT, Family.WAIVER
_ALL = (_R, _A, _W)
_GRANTS = frozenset({"granted", "granted_with_conditions"})

# code, families, label, sentence
_VALUE_ROWS: tuple[tuple[str, tuple[Family, ...], str, str], ...] = (
    ("confirmed", (_R,), "CONFIRMED", "{state} confirms that the vessel is on its register."),
    (
        "refuted",
        (_R,),
        "REFUTED",
        "{state} refutes the claim of registry: the vessel is not on its register.",
    ),
    (
        "neither",
        (_R,),
        "NEITHER",
        (
            "{state} can neither confirm nor deny that the vessel is on its register. "
            "This does not say that the vessel is registered, nor that it is not."
        ),
    ),
    ("granted", (_A,), "GRANTED", "This is granted."),
    ("granted", (_W,), "WAIVED", "Jurisdiction over this is waived."),
    (
        "granted_with_conditions",
        (_A,),
        "CONDITIONAL GRANT",
        "This is granted only on the numbered conditions.",
    ),
    (
        "granted_with_conditions",
        (_W,),
        "CONDITIONAL WAIVER",
        "Jurisdiction over this is waived only on the numbered conditions.",
    ),
    ("denied", (_A,), "DENIED", "This is denied. It is not granted."),
    ("denied", (_W,), "RESERVED", "Jurisdiction over this is reserved. It is not waived."),
    ("deferred", (_A, _W), "DEFERRED", "The decision is put off. This is not granted."),
    (
        "flag_state_boards",
        (_A, _W),
        "FLAG STATE BOARDS",
        "The flag State acts itself. This is not granted to others.",
    ),
    ("joint", (_A, _W), "JOINT ONLY", "Only together with the flag State's officers; never alone."),
    (
        "holding_only",
        (_A, _W),
        "HOLDING ONLY",
        "The vessel may be held until a decision; this itself is not granted.",
    ),
    (
        "more_information",
        _ALL,
        "MORE INFORMATION",
        "More information is needed first. This is not yet an answer.",
    ),
    ("unclear", _ALL, "UNCLEAR", "What was answered cannot be read with certainty. It is not relied on."),
    (
        "held",
        _ALL,
        "HELD",
        "The writing differs from the word. Nothing is relied on until an officer has read it.",
    ),
    (
        "not_counted",
        _ALL,
        "DOES NOT COUNT",
        "The office that answered is not the listed authority, and the listed one has not confirmed.",
    ),
    ("withdrawn", _ALL, "TAKEN BACK", "This answer was taken back by who gave it."),
    ("left_out", _ALL, "LEFT OUT IN WRITING", "The writing that governs does not name this."),
    ("unanswered", (_R,), "NO ANSWER", "No answer has been given to this."),
    ("unanswered", (_A, _W), "NO ANSWER", "No answer has been given to this. It is not granted."),
    ("lapsed", _ALL, "LAPSED", "The time limit ran out and no answer was given. Silence is not an answer."),
    ("not_asked", _ALL, "NOT ASKED", "Nobody asked this. Nothing is said about it."),
)

VALUES: Mapping[tuple[Family, str], ValueWords] = MappingProxyType(
    {
        (family, code): ValueWords(code, label, sentence, code in _GRANTS)
        for code, families, label, sentence in _VALUE_ROWS
        for family in families
    }
)


def measure_words(code: str) -> MeasureWords:
    """The words of a measure; one that is not in the table is shown as told (api.md, "An unknown measure")."""
    told = one_line(code)
    return MEASURES.get(code) or MeasureWords(told, f"“{told}” (as told)", f"do “{told}” (as told)")


def value_words(measure: str, value: str) -> ValueWords:
    """The words of an answer to that measure; a value outside its table is shown as told and is never a grant."""
    known = VALUES.get((measure_words(measure).family, value))
    if known is not None:
        return known
    told = one_line(value)
    return ValueWords(told, f"AS TOLD: “{told}”", "Read the words of the answer. This is not granted.")
