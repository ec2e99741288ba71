"""Reading the record of a question of nationality: one record for each person asked, with a claim or without one.

Registry and nationality are two questions; master, person in charge and others are told apart; "no answer" and "nobody
admits being in charge" are answers of their own (practice R1; 46 U.S.C. 70502(d)(1)(B), (D)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.vessels.states import state_from_words
from cna_service.workflow.asked import Asked

QUESTIONS = ("registry", "nationality")
WHOM = ("master", "person_in_charge", "crew", "other")
RESPONSES = ("claimed", "no_claim", "no_answer", "nobody_in_charge")
FLAGS = ("flag_flown", "flag_painted")


def read_claim(asked: Asked) -> dict[str, Any]:
    """``{state?, response?, question?, asked_whom?, by?, asked_by?, language?, interpreter?, words?, exhibit?}``.

    ``state`` is wanted where a claim was made, and only there; what is wrong is left in ``asked``.
    """
    state = (asked.text("state", longest=2) or "").upper()
    response = asked.word("response", RESPONSES, "claimed")
    if state and (len(state) != 2 or not state.isalpha()):
        asked.wrong("state", state, "is no two-letter State code", "send ISO 3166 alpha-2")
    if response == "claimed" and not state:
        asked.wrong("state", None, "is missing", "name the State claimed, or say in response that none was")
    if response != "claimed" and state:
        asked.wrong(
            "state", state, "stands beside a response without a claim", "choose claimed, or leave it out"
        )
    told: dict[str, Any] = {
        "state": state or None,
        "response": response if response != "claimed" else None,
        "question": asked.word("question", QUESTIONS, "") or None,
        "asked_whom": asked.word("asked_whom", WHOM, "") or None,
        "claimed_how": asked.text("claimed_how", longest=200),
        "by": asked.text("by", longest=500),
        "asked_by": asked.text("asked_by", longest=500),
        "language": asked.text("language", longest=40),
        "interpreter": asked.text("interpreter", longest=500),
        "words": asked.text("words"),
        "exhibit": read_exhibit(asked),
    }
    if response != "claimed" and not told["asked_by"]:
        # That nobody claimed anything proves nothing unless somebody asked (Prado, Guerro).
        asked.wrong("asked_by", None, "is missing: nothing was claimed, but who asked?", "name who asked")
    return told


def read_exhibit(asked: Asked) -> str | dict[str, str] | None:
    """Words, or ``{id, start}``: which recording, and where in it."""
    if not isinstance(asked.raw("exhibit"), Mapping):
        return asked.text("exhibit", longest=500)
    part = asked.part("exhibit")
    told = {"id": part.needed("id", longest=200), "start": part.text("start", longest=40)}
    part.check_unknown()
    return {k: v for k, v in told.items() if v}


def read_indicium(asked: Asked, kinds: tuple[str, ...]) -> dict[str, Any]:
    """What was seen, and the State to which it points: named by a person, or read from a flag that has its name."""
    kind, value = asked.word("kind", kinds, "other"), asked.needed("value", longest=500)
    state = (asked.text("state", longest=2) or "").upper()
    if state and (len(state) != 2 or not state.isalpha()):
        asked.wrong("state", state, "is no two-letter State code", "send ISO 3166 alpha-2")
    return {
        "kind": kind,
        "value": value,
        "state": state or flag_of(kind, value),
        "by": asked.text("by", longest=500),
        "words": asked.text("words"),
        "exhibit": read_exhibit(asked),
    }


def flag_of(kind: str, value: str) -> str | None:
    """The State whose flag was seen, where the words are its name or code; a port alone points nowhere."""
    return state_from_words(value) if kind in FLAGS else None
