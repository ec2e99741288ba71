"""``cna selftest``, ``cna heartbeat``, ``cna monitor``: the watch kept over the desk itself."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cna_service.bootstrap import Running
from cna_service.cli.deployment import open_desk, served_at, settings_of, whoever_asks
from cna_service.cli.shown import columns, instant, show
from cna_service.db.idempotency import Reply
from cna_service.identity.actors import Actor
from cna_service.kit.instants import to_text
from cna_service.workflow import heartbeats, monitor
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS, WATCHING
from cna_service.workflow.self_test import begin_self_test
from cna_service.workflow.watching_state import SelfTest

_LOOKS_EVERY = 0.5
_GIVES_UP_AFTER = timedelta(seconds=30)
"""After the test's own time: by then a desk that runs has said its result."""

DESK_DARK = "Desk dark: use the paper pack, the duty mobile is {mobile}."


def selftest(asked: Namespace) -> int:
    """Exit 1 where the test failed; 2 where no desk runs that could carry it out."""
    with open_desk(asked) as running:
        if not running.settings.database_url and served_at(settings_of(asked)) is None:
            words = "No desk runs here, so that nothing would be sent: start it, then test it."
            show(asked, {"result": "undecided", "why": words}, [words])
            return 2
        alert = begin_self_test(running.service)
        tested = _follow(asked, running, alert)
    if tested is None:
        words = "No result: the desk that runs did not say one. Look at its log, and at /readyz."
        show(asked, {"result": "undecided", "why": words}, [words])
        return 2
    show(asked, {"result": tested.result, "channels": [dict(c) for c in tested.channels]}, _said(tested))
    return 0 if tested.is_well else 1


def _follow(asked: Namespace, running: Running, alert: str) -> SelfTest | None:
    """Print each stage as the entries say it, until there is a result."""
    service = running.service
    over = service.machine.monotonic() + (service.desk.self_test.within + _GIVES_UP_AFTER).total_seconds()
    shown: set[str] = set()
    while service.machine.monotonic() < over:
        with service.read() as reader:
            desk = reader.stream(DESK)
            found, tested = desk.of(ALERTS).by_id[alert], desk.of(WATCHING).self_test
        stages = [
            "raised",
            *(f"{s.contact.channel.value}: {s.state.name.lower()}" for s in found.sendings.values()),
        ]
        for stage in stages:
            if stage not in shown and not asked.json:
                print(stage, flush=True)
            shown.add(stage)
        if not found.is_open:
            return tested
        time.sleep(_LOOKS_EVERY)
    return None


def _said(tested: SelfTest) -> Iterator[str]:
    for channel in tested.channels:
        times = [
            f"{name[:-3].replace('_', ' ')} after {channel[name]} ms"
            for name in channel
            if name.endswith("_ms")
        ]
        by = f" by {channel['provider']}" if channel.get("provider") else ""
        code = f" (code {channel['code']})" if channel.get("code") else ""
        result = str(channel["result"]).replace("_", " ")
        yield f"{channel['channel']}{by}: {result}{code}" + (f"; {', '.join(times)}" if times else "")
    yield "The paging path works." if tested.is_well else "The paging path FAILED: a summons may not arrive."


def heartbeat_add(asked: Namespace) -> int:
    with open_desk(asked) as running:
        body: dict[str, Any] = {"name": asked.name, "every_minutes": asked.every}
        if asked.grace is not None:
            body["grace_minutes"] = asked.grace
        name, token = heartbeats.expect_heartbeat(running.service, whoever_asks(), body)
        url = f"{running.service.desk.public_url}/api/v1/heartbeats/{name}"
    words = [
        f"{name} must be heard of every {asked.every} minutes. Its token, shown once: {token}",
        f'At the end of the job: curl -fsS -m 10 -X POST -H "Authorization: Bearer {token}" {url}',
    ]
    show(asked, {"name": name, "token": token, "url": url}, words)
    return 0


def heartbeat_list(asked: Namespace) -> int:
    """Exit 1 where a job is late and not muted."""
    with open_desk(asked) as running:
        now = running.service.machine.now()
        found = heartbeats.jobs(running.service)
    late = [job for job in found if job.late_at < now and not job.expected.is_muted(now)]
    rows = [
        (
            job.expected.name,
            "LATE" if job in late else "well",
            f"heard {instant(job.last_at)}" if job.count else "never heard",
            f"muted until {instant(job.expected.muted_until)}" if job.expected.is_muted(now) else "",
        )
        for job in found
    ]
    show(asked, [job.as_json(now) for job in found], columns(rows) or ["No outside job is expected."])
    return 1 if late else 0


def heartbeat_mute(asked: Namespace) -> int:
    with open_desk(asked) as running:
        until = running.service.machine.now() + timedelta(hours=asked.hours)
        body = {"until": to_text(until), "reason": asked.reason}
        heartbeats.mute_heartbeat(running.service, whoever_asks(), asked.name, body)
    show(asked, {"name": asked.name, "until": until}, [f"{asked.name} is muted until {instant(until)}."])
    return 0


def heartbeat_remove(asked: Namespace) -> int:
    with open_desk(asked) as running:
        heartbeats.remove_heartbeat(running.service, whoever_asks(), asked.name)
    show(asked, {"name": asked.name}, [f"{asked.name} need not be heard of any more."])
    return 0


def rehearse(asked: Namespace) -> int:
    with open_desk(asked) as running:
        actor = _by(running, asked.by)
        reply = monitor.begin_rehearsal(running.service, actor, {"minutes": asked.minutes})
    until = _told(reply)["until"]
    words = [
        f"No signal is given until {until}; every page says so. The monitor should ring officers within its grace.",
        "When they have said that it rang: cna monitor rehearsed --by … --reached NAME, which also ends it.",
    ]
    show(asked, {"until": until}, words)
    return 0


def rehearsed(asked: Namespace) -> int:
    body: dict[str, Any] = {"rang": not asked.silent, "reached": asked.reached}
    if asked.words:
        body["words"] = asked.words
    with open_desk(asked) as running:
        monitor.note_rehearsal(running.service, _by(running, asked.by), body)
    said = (
        "It did not ring: mend it, and rehearse again."
        if asked.silent
        else "Recorded. It counts for 90 days."
    )
    show(asked, {"rang": not asked.silent}, [said])
    return 0


def _by(running: Running, officer_id: str) -> Actor:
    """A named officer, at the word of an account of this machine: the command cannot ask for his password."""
    with running.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find(officer_id)
    return officer.actor(running.service.clock.now(), signed_in=whoever_asks().signed_in)


def _told(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply.body)
    return found
