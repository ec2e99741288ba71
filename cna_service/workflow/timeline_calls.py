"""Calls to the desk, recordings and pictures in the words of the timeline and the chronology."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.ledger.entry import Erased

Body = Mapping[str, Any]
_MISSED = {
    "nobody_took_it": "nobody took it",
    "hung_up": "the caller hung up before anybody took it",
    "flood": "one call of many from this number; nobody was rung",
    "lost": "nothing more was heard of it",
}
_KINDS = {"recording": "recording of a call", "picture": "picture", "file": "file"}


def _joined(body: Body) -> str:
    number = body.get("number")
    said = str(number) if isinstance(number, str | Erased) else "a withheld number"
    names = " or ".join(str(a["name"]) for a in (body.get("caller") or {}).get("authorities", ()))
    believed = f" ({names}, by the number alone, which can be forged)" if names else ""
    taken = f"; taken by {body['taken_by']} at {body['taken_at'][11:16]}Z" if body.get("taken_by") else ""
    return f"Call to the desk from {said}{believed}, began {str(body.get('began_at'))[11:16]}Z{taken}"


def _missed(body: Body) -> str:
    by = body.get("call_back_by")
    promised = f"; promised to call back by {by[11:16]}Z" if isinstance(by, str) else ""
    return f"Call missed: {_MISSED.get(str(body.get('why')), body.get('why'))}{promised}"


def _ended(body: Body) -> str:
    seconds = body.get("seconds")
    return f"Call over{f' after {seconds} s' if seconds is not None else ''} ({str(body['how']).replace('_', ' ')})"


def _kind(body: Body) -> str:
    return _KINDS.get(str(body.get("kind", "recording")), "file")


def _announced(body: Body) -> str:
    if body.get("again"):
        return f"The telephone company is asked again for the {_kind(body)}"
    length = f" of {body['seconds']} s" if body.get("seconds") is not None else ""
    return f"The telephone company holds a {_kind(body)}{length}; it is not fetched yet"


def _kept(body: Body) -> str:
    return f"The {_kind(body)} was fetched and is kept with its hash ({body.get('size')} bytes)"


SAYS: Mapping[str, Callable[[Body], str]] = {
    "call.joined": _joined,
    "call.missed": _missed,
    "call.ended": _ended,
    "media.announced": _announced,
    "media.kept": _kept,
    "media.removed": lambda _: "The telephone company holds it no longer",
    "media.not_fetched": lambda body: f"A recording or file could not be fetched yet ({body.get('error')})",
    "media.not_removed": lambda body: (
        f"A recording or file could not be removed there yet ({body.get('error')})"
    ),
}
