"""Whose answer it is: the office that answered an ask of ours, checked against the directory of that instant.

An answer of an office that is not the listed authority for that State and function is kept, and does not count as an
authorization before the listed one has confirmed it (practice R7). The rows of the directory stand in the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.cases.record import Exchange
from cna_service.directory.listing import Listing, listed_authority
from cna_service.directory.rules import Directory
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.work import Work

_SUBJECT_OF = {
    "narcotics": "narcotics",
    "migrant_smuggling": "migrants",
    "terrorism": "terrorism",
    "weapons_of_mass_destruction": "weapons",
    "piracy": "piracy",
    "illegal_fishing": "fisheries",
    "arms_embargo": "sanctions",
}
_ENTRY = ("enter_territorial_sea", "overflight", "order_to_land")

# A mission speaks for its State and is no listed authority unless the directory lists it: who writes such an office
# down has to say which of the two he means. Beginnings of the word in the desk's four languages.
_MISSIONS = ("embass", "embaj", "embaix", "ambassad", "consul", "legation", "legaci", "liaison", "attach")


def functions_of(measure: str) -> tuple[str, ...]:
    """What an authority must be listed for to answer a measure; one of them is enough.

    Whoever is designated to receive and answer requests says also what stands in the register (UN 1988 art. 17(7)).
    """
    if measure == "confirm_registry":
        return ("registry", "authorization", "requests")
    if measure.startswith("waive_jurisdiction"):
        return ("jurisdiction",)
    return ("entry", "authorization") if measure in _ENTRY else ("authorization",)


def read_answerer(
    asked: Asked, work: Work, exchange: Exchange, items: Sequence[Mapping[str, Any]], at: datetime
) -> dict[str, Any]:
    """``by.authority``, ``by.is_listed``, ``override_reason`` of an answer of theirs → ``checked``, ``not_counted``,
    ``override_reason``, ``counts`` of its entry; what is wrong is left in ``asked``.

    An officer who names neither is taken to log the authority that was asked; an office that is written down as a
    mission, or that the directory knows under another authority, makes him say it.
    """
    if exchange.kind not in ("request", "consultation", "notification"):
        return {}
    who, is_stated = _who(asked, work, exchange)
    reason = asked.text("override_reason")
    rows, lacking = check(work.of(LISTED, DIRECTORY), exchange, who, items, at)
    if who is not None and lacking and _says_listed(asked) and not reason:
        why = f"the directory does not list {who} for it ({_named(lacking)})"
        fix = (
            "say is_listed: false, or give override_reason; it does not count before the listed one confirms"
        )
        asked.part("by").wrong("is_listed", True, why, fix)
    told = {
        "checked": {
            "authority": who,
            "is_listed": not lacking,
            "is_stated": is_stated,
            "directory_seq": work.looked_at[DIRECTORY].head.seq,
            "rows": [r.row() for r in rows],
        },
        "not_counted": lacking or None,
        "override_reason": reason,
    }
    counts = None if len(lacking) < len(items) else False
    return {k: v for k, v in (told | {"counts": counts}).items() if v is not None}


def check(
    directory: Directory,
    exchange: Exchange,
    who: str | None,
    items: Iterable[Mapping[str, Any]],
    at: datetime,
) -> tuple[tuple[Listing, ...], list[dict[str, Any]]]:
    """The rows consulted, and the items for which ``who`` is not the listed authority, each with ``why``."""
    named = [s for o in exchange.offences if (s := _SUBJECT_OF.get(o)) is not None]
    subjects: list[str | None] = [*named] or [None]
    rows: dict[tuple[str, str | None], Listing] = {}
    lacking = []
    for item in items:
        mine = []
        for function in functions_of(item["measure"]):
            for subject in subjects:
                state = exchange.state or ""
                mine.append(listed_authority(directory, state, function, subject, at))
                rows[function, subject] = mine[-1]
        if not any(listing.has(who) for listing in mine):
            why = "nobody_listed" if all(listing.is_empty for listing in mine) else "not_listed"
            lacking.append({"vessel": item["vessel"], "measure": item["measure"], "why": why})
    return tuple(rows.values()), lacking


def _named(lacking: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(n["measure"]) for n in lacking))


def _says_listed(asked: Asked) -> bool:
    return asked.part("by").raw("is_listed") in (True, "true", "yes", "on")


def _who(asked: Asked, work: Work, exchange: Exchange) -> tuple[str | None, bool]:
    """The id of the authority that answered, None for an office that is in no directory; whether that was stated."""
    if work.actor.kind == "authority":
        return work.actor.id, True
    by = asked.part("by")
    named, listed = by.text("authority", longest=64), by.raw("is_listed")
    office = by.text("office", longest=500) or ""
    directory = work.of(LISTED, DIRECTORY)
    if named is not None:
        if named not in directory.authorities:
            by.wrong(
                "authority", named, "is not in the directory", "use its id there, or say is_listed: false"
            )
        elif directory.authorities[named].state != exchange.state:
            by.wrong("authority", named, "is an authority of another State", "name one of the State asked")
        return named, True
    if listed in (None, ""):
        if doubt := _doubt(directory, exchange, office):
            fix = "say by.is_listed: false, or name by.authority by its id in the directory"
            by.wrong("is_listed", None, f"is missing: {doubt}", fix)
        return exchange.authority, False
    if listed in (False, "false", "no", "off"):
        return None, True
    if listed not in (True, "true", "yes", "on"):
        by.wrong(
            "is_listed",
            listed,
            "is not said",
            "say whether it was the authority that was asked, or another office",
        )
    elif exchange.authority is None:
        by.wrong(
            "authority",
            None,
            "is missing: the ask names a State alone",
            "name the listed authority by its id",
        )
    return exchange.authority, True


def _doubt(directory: Directory, exchange: Exchange, office: str) -> str | None:
    """Why the office written down may be another than the authority that was asked."""
    words = office.casefold()
    asked = directory.authorities.get(exchange.authority or "")
    if asked is not None and words and words in asked.name.casefold():
        return None
    if any(w.startswith(_MISSIONS) for w in words.replace("-", " ").split()):
        return f"“{office}” reads like a mission, and the ask went to {exchange.authority_name or exchange.state}"
    others = (
        a for a in directory.authorities.values() if a.state == exchange.state and a.id != exchange.authority
    )
    other = next((a for a in others if words and words in (a.id, _plain(a.name))), None)
    return (
        None
        if other is None
        else f"“{office}” is {other.id} in the directory, and the ask went to another office"
    )


def _plain(name: str) -> str:
    return name.casefold().removeprefix("exercise: ")
