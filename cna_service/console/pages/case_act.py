"""The shape of one small form of an officer, and how a verb of a case is run from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.console.pages.case_fields import Field
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.service import Service

Run = Callable[[Service, Actor, str, int, Mapping[str, Any], Key | None], Reply]
"""Service, actor, case, exchange (0 for an act on the case), body, idempotency key."""


@dataclass(frozen=True, slots=True)
class Act:
    """One form. ``says``: what the officer must know before he presses; ``group``: its place in the menu;
    ``decides``: the verb takes what its maker had before him; ``direction``: only of such exchanges, if said."""

    name: str
    title: str
    says: str
    button: str
    action: Action
    fields: tuple[Field, ...]
    run: Run
    group: str = ""
    decides: bool = False
    direction: str = ""


def on_case(verb: Callable[[Service, Actor, str, Mapping[str, Any], Key | None], Reply]) -> Run:
    def run(
        service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None
    ) -> Reply:
        return verb(service, actor, ref, body, key)

    return run


def on_number(
    field: str, verb: Callable[[Service, Actor, str, int, Mapping[str, Any], Key | None], Reply]
) -> Run:
    """A verb on a numbered part of the case; the form's ``field`` names which."""

    def run(
        service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None
    ) -> Reply:
        rest = {k: v for k, v in body.items() if k != field}
        return verb(service, actor, ref, int(body.get(field) or 0), rest, key)

    return run
