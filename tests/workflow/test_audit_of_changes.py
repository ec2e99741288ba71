"""What a change of how the desk is run leaves behind: an entry with its maker, for ever; and each key its own door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import OFFICER_ROLES, PERMISSIONS, Action, may
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.workflow.delegations import give_delegation
from cna_service.workflow.heartbeats import expect_heartbeat, mute_heartbeat, remove_heartbeat
from cna_service.workflow.monitor import begin_rehearsal, note_rehearsal
from cna_service.workflow.officers import disable_officer, enable_officer
from cna_service.workflow.projections import DESK, DUTY
from cna_service.workflow.roster import add_override, take_watch
from cna_service.workflow.service import Service
from tests.workflow.desk import LiveDesk
from tests.workflow.station import T0

Change = Callable[[Service, Actor], object]


def _expect(service: Service, actor: Actor) -> object:
    return expect_heartbeat(service, actor, {"name": "mail", "every_minutes": 5})


def _mute(service: Service, actor: Actor) -> object:
    _expect(service, actor)
    until = to_text(T0 + timedelta(hours=1))
    return mute_heartbeat(service, actor, "mail", {"until": until, "reason": "moved"})


def _remove(service: Service, actor: Actor) -> object:
    _expect(service, actor)
    return remove_heartbeat(service, actor, "mail")


def _override(service: Service, actor: Actor) -> object:
    told = {
        "kind": "replace",
        "post": "duty_officer",
        "officer": "duty-2",
        "instead_of": "duty-1",
        "reason": "ill",
    }
    hours = {"from": to_text(T0 + timedelta(hours=1)), "to": to_text(T0 + timedelta(hours=2))}
    return add_override(service, actor, told | hours)


def _delegate(service: Service, actor: Actor) -> object:
    to = {"officer": "duty-1"}
    act = {"title": "Order 7"}
    return give_delegation(
        service, actor, {"to": to, "measures": ["board"], "from": to_text(T0), "instrument": act}
    )


CHANGES: list[tuple[str, str, str, Change]] = [
    ("admin-1", DESK, "officer.disabled", lambda s, a: disable_officer(s, a, _who("left"))),
    ("admin-1", DESK, "heartbeat.expected", _expect),
    ("admin-1", DESK, "heartbeat.muted", _mute),
    ("sup-1", DESK, "heartbeat.removed", _remove),
    ("sup-1", DESK, "monitor.rehearsal_begun", lambda s, a: begin_rehearsal(s, a, {"minutes": 5})),
    ("sup-1", DESK, "monitor.rehearsed", lambda s, a: note_rehearsal(s, a, {"reached": ["x"]})),
    ("sup-1", DESK, "delegation.given", _delegate),
    ("sup-1", DUTY, "roster.override_added", _override),
    ("duty-2", DUTY, "", lambda s, a: take_watch(s, a, {"reason": "he is ill"})),
]


def _who(reason: str) -> dict[str, Any]:
    return {"officer": "duty-2", "reason": reason}


@pytest.mark.parametrize(("who", "stream", "kind", "change"), CHANGES, ids=[c[2] or "watch" for c in CHANGES])
def test_each_change_of_how_the_desk_is_run_is_an_entry_that_names_who_made_it(
    desk: LiveDesk, who: str, stream: str, kind: str, change: Change
) -> None:
    def entries() -> list[Any]:
        with desk.service.database.read() as connection:
            return list(store.read_entries(connection, desk.service.desk.log_origin, stream).entries)

    before = len(entries())
    change(desk.service, desk.officer(who))
    made = entries()[before:]
    assert made, "a change without an entry"
    assert {e.actor["id"] for e in made if e.actor["kind"] == "officer"} == {who}
    assert not kind or made[-1].type == kind or kind in {e.type for e in made}
    desk.forget_messages()


def test_what_was_changed_back_shows_both(desk: LiveDesk) -> None:
    admin = desk.officer("admin-1")
    disable_officer(desk.service, admin, _who("left"))
    enable_officer(desk.service, admin, _who("came back"))
    kinds = [e.type for e in desk.entries(DESK)]
    assert kinds.count("officer.disabled") == kinds.count("officer.enabled") == 1
    desk.forget_messages()


def test_the_watch_over_the_desk_is_seen_by_all_at_the_desk_and_changed_by_few() -> None:
    """Whoever sits at it must see that it cannot wake anybody; who answers for it changes it."""
    assert PERMISSIONS[Action.HEALTH_READ] == OFFICER_ROLES
    for action in (Action.HEARTBEAT_SET, Action.MONITOR_REHEARSE):
        people = PERMISSIONS[action] & OFFICER_ROLES
        assert {str(role) for role in people} == {"supervisor", "administrator"}
    stranger = Actor("authority", id="mrcc-xb")
    assert not may(stranger, Action.HEALTH_READ)
