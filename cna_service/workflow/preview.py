"""Who is called when, tonight: the climb of an alert computed ahead, by the functions that the engine itself uses.

Nobody answers in it and every message arrives; what the officers' own rules add, whom the roster has at each minute,
who is passed over and why, all of it comes from where the climb takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases import store as case_store
from cna_service.escalation import drafts
from cna_service.escalation.fold import apply_escalation
from cna_service.escalation.ladders import Ladder, Urgency, Who
from cna_service.escalation.rules import Climb, Exhausted, next_step
from cna_service.escalation.state import Alert, Escalations, Subject
from cna_service.escalation.timers import due_timers
from cna_service.identity.actors import SERVICE
from cna_service.identity.officers import Officers
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Entry
from cna_service.workflow.pacing import FIRST_KINDS
from cna_service.workflow.people import people
from cna_service.workflow.projections import DESK, OFFICERS, case_stream
from cna_service.workflow.service import Service
from cna_service.workflow.summon import ladder_for
from cna_service.workflow.work import Work

_ALERT = "preview"
_CASE = "PREVIEW"
LONGEST = timedelta(hours=24)
_MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class CalledPerson:
    """``contacts``: (channel, the contact's name), never its number. ``post`` None where his own rules call him."""

    officer: str
    name: str
    post: str | None
    contacts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """``what``: ``rung``, ``skipped``, ``own_rules``, ``last_resort``. ``after``: since the alert was raised.
    ``reason`` of a skipped rung: ``nobody`` or ``no_contact``."""

    at: datetime
    after: timedelta
    what: str
    round: int
    rung: int
    people: tuple[CalledPerson, ...] = ()
    who: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """Until the end of the first round and the first rung of the next, at most 24 hours."""

    kind: str
    at: datetime
    ladder: Ladder
    steps: tuple[PreviewStep, ...] = field(default=())


def preview(
    service: Service,
    kind: str,
    at: datetime | None = None,
    *,
    holder: str | None = None,
    urgency: Urgency | None = None,
) -> Preview:
    """What the desk would do if an alert of this kind were raised at ``at`` (now without it) and nobody answered, with
    the roster and the contacts as they stand. ``holder``: who would hold the case; None: nobody."""
    with service.read() as reader:
        begins = at or reader.now
        work = Work(
            reader.connection, service.folds, service.stamp(SERVICE, begins), SERVICE, begins, DESK, {},
            zone=service.desk.zone,
        )  # fmt: skip
        return _Night(service, work, kind, begins, holder, urgency).run()


class _Night:
    """A stream of its own that is never written: drafts become entries, entries are folded, timers fire."""

    def __init__(
        self,
        service: Service,
        work: Work,
        kind: str,
        begins: datetime,
        holder: str | None,
        urgency: Urgency | None,
    ) -> None:
        self._work = work
        self._begins = begins
        self._officers: Officers = work.of(OFFICERS, DESK)
        self._ids = 0
        self._state = Escalations()
        self._steps: list[PreviewStep] = []
        self._kind = kind
        self._is_next = kind in FIRST_KINDS and holder is None
        self._ladder = ladder_for(service, work, kind, urgency)
        subject = Subject(case=_CASE, exchange=1)
        self._append(
            drafts.raised(
                _ALERT,
                kind=kind,
                subject=subject,
                ladder=self._ladder,
                holder=holder,
                urgency=self._ladder.urgency,
            )
        )

    def run(self) -> Preview:
        ends = self._begins + LONGEST
        for _ in range(_MOST_STEPS):
            due = due_timers(self._state, lambda _: None)
            at, key = min(((at, key) for key, at in due.items()), default=(None, None))
            if at is None or key is None or at > ends or self._is_over():
                break
            self._work.now = max(at, self._work.now)
            if key[0] == "contact":
                self._own_rules(key[1].partition("/")[2])
            elif not self._climb():
                break
        return Preview(self._kind, self._begins, self._ladder, tuple(self._steps))

    @property
    def _alert(self) -> Alert:
        return self._state.by_id[_ALERT]

    def _is_over(self) -> bool:
        return self._alert.round > 1 and self._alert.rung >= 1

    def _climb(self) -> bool:
        step = next_step(self._alert, self._work.now)
        if not isinstance(step, Climb | Exhausted):
            return False
        alert = self._alert
        reachable = people(self._work, alert.holder, alert.text_facts, urgency=alert.urgency)
        draft = drafts.take_step(alert, step, reachable, self._new_id, is_busy=self._is_busy)
        self._append(draft)
        who: tuple[Who, ...] = alert.ladder.last_resort.who
        what, rung = "last_resort", len(alert.ladder.rungs)
        if isinstance(step, Climb):
            who, rung = step.rung.who, step.rung.n
            what = "skipped" if draft.type == "rung.skipped" else "rung"
        self._note(what, step.round, rung, draft.body, tuple(w.value for w in who))
        return True

    def _own_rules(self, officer: str) -> None:
        draft = drafts.contact_used(self._alert, officer, self._new_id(), self._work.now)
        self._append(draft)
        body = draft.body
        told = {"targets": [{"officer": officer, "post": None, "sendings": [body]}]}
        self._note("own_rules", body["round"], body["rung"], told, ())

    def _is_busy(self, officer: str) -> bool:
        return self._is_next and case_store.is_busy_elsewhere(self._work.connection, officer, None)

    def _note(self, what: str, round_: int, rung: int, body: Mapping[str, Any], who: tuple[str, ...]) -> None:
        called = tuple(self._called(t) for t in body.get("targets", ()))
        at = self._work.now
        self._steps.append(
            PreviewStep(at, at - self._begins, what, round_, rung, called, who, body.get("reason"))
        )

    def _called(self, target: Mapping[str, Any]) -> CalledPerson:
        known = self._officers.get(target["officer"])
        contacts = tuple((s["channel"], s.get("contact") or "") for s in target["sendings"])
        name = target["officer"] if known is None else known.name
        return CalledPerson(target["officer"], name, target.get("post"), contacts)

    def _new_id(self) -> str:
        self._ids += 1
        return f"preview-{self._ids}"

    def _append(self, draft: Draft) -> None:
        entry = Entry(
            stream=case_stream(_CASE),
            seq=self._ids + len(self._steps) + 1,
            id="",
            type=draft.type,
            v=draft.v,
            recorded_at=self._work.now,
            actor=SERVICE.as_entry(),
            body=draft.body,
            leaf="",
        )
        self._state = apply_escalation(self._state, entry)


def as_json(found: Preview) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "at": to_text(found.at),
        "urgency": found.ladder.urgency,
        "ladder": found.ladder.id,
        "branch": found.ladder.branch,
        "steps": [
            {
                "at": to_text(step.at),
                "after_seconds": int(step.after.total_seconds()),
                "what": step.what,
                "round": step.round,
                "rung": step.rung,
                "who": list(step.who),
                "reason": step.reason,
                "people": [
                    {
                        "officer": p.officer,
                        "name": p.name,
                        "post": p.post,
                        "contacts": [{"channel": c, "contact": name} for c, name in p.contacts],
                    }
                    for p in step.people
                ],
            }
            for step in found.steps
        ],
    }
