"""What officers do again and again in tests, in one line each."""

from __future__ import annotations

from typing import Any

from cna_service.workflow.answer import give_answer
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.searching import search_for_case
from tests.workflow.desk import Answered, LiveDesk
from tests.workflow.requests import BAR_TEST


def received(desk: LiveDesk, **request: Any) -> str:
    """A request that the officer on watch has taken: nobody is called any more."""
    ref = str(desk.receive(**(request or BAR_TEST))["case"])
    desk.settle()
    desk.person("duty-1").replies("1 {code}")
    desk.forget_messages()
    return ref


def found(desk: LiveDesk, ref: str, by: str = "duty-1") -> None:
    """The register was searched and the record judged to be the vessel."""
    desk.do(search_for_case, by, ref, imo="3000001", verdict="found", rid="X0000000")


def answer(desk: LiveDesk, ref: str, officer: str = "duty-1", /, *, n: int = 1, **told: Any) -> Answered:
    """``values``: measure → value or (value, conditions); ``convey``: channels; the rest as in the verb's body."""
    values = told.pop("values")
    items = []
    for measure, value in values.items():
        coded, conditions = value if isinstance(value, tuple) else (value, None)
        items.append(
            {"measure": measure, "value": coded} | ({"conditions": conditions} if conditions else {})
        )
    body = {"answers": items, "form": "written", "seen": desk.look(ref), **told}
    return desk.do(give_answer, officer, ref, n, **body)


def asked(desk: LiveDesk, *measures: str, basis: str = "xp-4", authority: str = "mrcc-xp") -> str:
    """An outbound ask in a case of its own, opened by the officer on watch."""
    ref = str(desk.do(open_case, "duty-1", channel="radio", summary="a vessel")["case"])
    body = {"direction": "outbound", "authority": authority, "measures": list(measures), "basis": [basis]}
    desk.do(open_exchange, "duty-1", ref, **body)
    return ref
