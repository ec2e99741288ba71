"""Going from one telephone company to the other: an entry, under the lock of the desk's stream.

Asked before each try while there is a spare: dying between three errors and the switch loses nothing, whoever sends
next finds the same three. Two nodes that find them together: the second waits for the lock and sees it done.
"""

from __future__ import annotations

from typing import Literal

from cna_service.alerts import provider_store
from cna_service.alerts.lines import wants_away
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.ledger.entry import Draft
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, LINES
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import no_longer, raise_once

TROUBLE = "provider_trouble"
Why = Literal["errors", "account", "self_test", "proved", "asked"]


class LineUnknown(NotFound):
    code = "line-unknown"
    title = "No telephone company of this name is set up"


class LineCarries(Conflict):
    code = "line-carries"
    title = "This telephone company carries summonses already"


def carrying(service: Service, outside: Outside) -> str:
    """The line that takes sendings now, after leaving one that has failed. There must be a line."""
    names = outside.names
    if len(names) == 1:
        return names[0]
    with service.read() as reader:
        state = reader.stream(DESK).of(LINES)
        name = state.carrying(names)
        newest = provider_store.newest_attempts(reader.connection, name)
    code = wants_away(newest, since=state.since(name), now=service.machine.now())
    if code is None:
        return name
    other = next(each for each in names if each != name)
    switch(service, outside, name, other, "errors", code=code)
    return other


def switch(
    service: Service,
    outside: Outside,
    before: str,
    after: str,
    why: Why,
    *,
    code: str | None = None,
) -> bool:
    """Let ``after`` carry, if ``before`` still does; False if somebody was quicker. Away from a failing line the
    administrator is alerted; back to one that works, that alert is closed."""
    with service.tick(SERVICE, [DESK], wait=True) as work:
        if work.of(LINES, DESK).carrying(outside.names) != before:
            return False
        told = {"from": before, "to": after, "why": why, "code": code}
        work.append(Draft("provider.switched", {k: v for k, v in told.items() if v is not None}), DESK)
        if why == "proved":
            no_longer(work, TROUBLE, {"provider": after}, "proved")
        elif why != "asked":
            raise_once(service, work, TROUBLE, {"provider": before})
    return True


def use_line(service: Service, outside: Outside, actor: Actor, name: str) -> None:
    """A person lets this line carry: messages that a company calls delivered may come to nobody. It stays so until it
    fails, or somebody says otherwise. Raises LineUnknown, LineCarries, NotPermitted."""
    with service.write(actor, Action.PROVIDER_SWITCH, DESK) as work:
        if name not in outside.names:
            raise LineUnknown(f"{name}; set up: {', '.join(outside.names) or 'none'}.")
        before = work.of(LINES).carrying(outside.names)
        if before == name:
            raise LineCarries(f"{name} carries already.")
        work.append(Draft("provider.switched", {"from": before, "to": name, "why": "asked"}))
        no_longer(work, TROUBLE, {"provider": before}, "asked")


def self_test_failed(service: Service, outside: Outside, name: str) -> bool:
    """The end-to-end test did not come through by this line: the other one carries. False where there is none, or it
    carries already."""
    names = outside.names
    if len(names) < 2 or name not in names:
        return False
    other = next(each for each in names if each != name)
    return switch(service, outside, name, other, "self_test")
