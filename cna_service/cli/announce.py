"""``cna exercise announce``, ``cna maintenance announce``: what is announced for a time (desk-rules 15.2)."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from cna_service.cli.deployment import open_desk, whoever_asks
from cna_service.cli.shown import instant, show
from cna_service.identity.actors import Actor
from cna_service.workflow import announced
from cna_service.workflow.announced_state import What
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service


def exercise(asked: Namespace) -> int:
    return _announce(asked, "exercise")


def maintenance(asked: Namespace) -> int:
    return _announce(asked, "maintenance")


def _announce(asked: Namespace, what: What) -> int:
    """Exit 1 where there is nothing to end."""
    with open_desk(asked) as running:
        service = running.service
        with service.read() as reader:
            officer = reader.stream(DESK).of(OFFICERS).find(asked.by)
        # The command cannot ask for his password: the entry says by which account of the machine he acted.
        actor = officer.actor(service.clock.now(), signed_in=whoever_asks().signed_in)
        if asked.end:
            _end(service, actor, what, asked.words)
        else:
            announced.announce(service, actor, what, _body(asked))
        ahead = announced.announcements(service)
    told = [{"what": a.what, "from": a.starts_at, "to": a.ends_at, "who": a.who} for a in ahead]
    words = [f"{a.what} from {instant(a.starts_at)} to {instant(a.ends_at)}: {a.who}" for a in ahead]
    show(asked, told, words or ["Nothing is announced."])
    return 0


def _body(asked: Namespace) -> dict[str, Any]:
    told = {"from": asked.begins, "to": asked.ends, "who": asked.who, "words": asked.words}
    return {name: value for name, value in told.items() if value is not None}


def _end(service: Service, actor: Actor, what: What, words: str | None) -> None:
    now = service.clock.now()
    running = [a for a in announced.announcements(service) if a.what == what and a.holds(now)]
    if not running:
        raise announced.NothingAnnounced(f"No {what} is announced now.")
    for each in running:
        announced.end_announced(service, actor, each.id, {} if words is None else {"words": words})
