"""The fold: ``apply_escalation(state, entry) -> state``. Reads entries and nothing else, and none of their private
fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cna_service.escalation.entry_types import ENTRY_TYPES
from cna_service.escalation.ladders import Channel, ladder_from_json
from cna_service.escalation.rules import NextRungNow, next_contact
from cna_service.escalation.state import (
    Acknowledgement,
    Alert,
    Contact,
    Escalations,
    HumanEntry,
    Later,
    PersonalRun,
    Sending,
    SendingState,
    Subject,
)
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry, UnknownEntryType

ON_TIME = timedelta(seconds=5)
"""A step recorded within this of its due instant counts as on time: the next wait is measured from the due
instant, so that ticks do not add up. A later one is measured from its entry (the rule after a stop)."""

_OWN = {each.name: each.v for each in ENTRY_TYPES}


def apply_escalation(state: Escalations, entry: Entry) -> Escalations:
    """Ignores the types of other slices, save that every entry of a person re-arms the acknowledgement timeout and
    ``clock.stepped`` shortens waits. Raises UnknownEntryType for a version of its own types it does not know."""
    if _OWN.get(entry.type, entry.v) != entry.v:
        raise UnknownEntryType(entry)
    state = _noting_humans(state, entry)
    if entry.type == "alert.raised":
        return _with(state, _raised(entry))
    if entry.type == "waiting.stated":
        return _waiting(state, entry)
    if entry.type == "clock.stepped":
        return _stepped(state, entry)
    change = _CHANGES.get(entry.type)
    alert = state.by_id.get(str(entry.body.get("alert")))
    return state if change is None or alert is None else _with(state, change(alert, entry))


def _with(state: Escalations, alert: Alert) -> Escalations:
    alert = replace(alert, next_at=alert.rests_until(alert.next_at))
    return replace(state, by_id=MappingProxyType({**state.by_id, alert.id: alert}))


def _noting_humans(state: Escalations, entry: Entry) -> Escalations:
    if entry.actor.get("kind") != "officer" and entry.type != "alert.acknowledged":
        return state
    human = HumanEntry(entry.seq, entry.recorded_at)
    return replace(state, last_human=MappingProxyType({**state.last_human, entry.stream: human}))


def _raised(entry: Entry) -> Alert:
    body = entry.body
    ladder = ladder_from_json(body["ladder_copy"])
    subject = body.get("subject") or {}
    return Alert(
        id=body["alert"],
        stream=entry.stream,
        kind=body["kind"],
        subject=Subject(subject.get("case"), subject.get("exchange"), subject.get("clock")),
        urgency=body["urgency"],
        ladder=ladder,
        text_facts=MappingProxyType(dict(body.get("text_facts") or {})),
        counts_against_us=body["counts_against_us"],
        holder=body.get("holder"),
        raised_at=entry.recorded_at,
        next_at=entry.recorded_at + ladder.rungs[0].after,
    )


def _anchor(alert: Alert, at: datetime) -> datetime:
    is_on_time = timedelta(0) <= at - alert.next_at <= ON_TIME
    return alert.next_at if is_on_time else at


def _climbed(alert: Alert, entry: Entry) -> Alert:
    round_, rung = entry.body["round"], entry.body["rung"]
    return replace(
        _summoning(alert, entry, round_, rung),
        round=round_,
        rung=rung,
        is_rung_empty=False,
        next_at=_anchor(alert, entry.recorded_at) + alert.ladder.wait_after(rung),
    )


def _skipped(alert: Alert, entry: Entry) -> Alert:
    return replace(
        alert,
        round=entry.body["round"],
        rung=entry.body["rung"],
        is_rung_empty=True,
        next_at=entry.recorded_at,
    )


def _exhausted(alert: Alert, entry: Entry) -> Alert:
    """After an empty last rung nobody was waited for yet, so that the wait comes now; else rounds of empty rungs
    would follow each other without a pause."""
    begins = _anchor(alert, entry.recorded_at)
    if alert.is_rung_empty:
        begins = entry.recorded_at + alert.ladder.repeat_after
    return replace(
        _summoning(alert, entry, alert.round, 0),
        round=entry.body["round"] + 1,
        rung=0,
        is_rung_empty=False,
        next_at=begins + alert.ladder.rungs[0].after,
    )


def _summoning(alert: Alert, entry: Entry, round_: int, rung: int) -> Alert:
    contacts, sendings, personal = dict(alert.contacts), dict(alert.sendings), dict(alert.personal)
    for target in entry.body.get("targets", ()):
        officer = target["officer"]
        used = [_contact(each) for each in target["sendings"]]
        contacts[officer] = (*used, *(_contact(each) for each in target["spare"]))
        for told, contact in zip(target["sendings"], used, strict=True):
            queued = SendingState.QUEUED
            sendings[told["sending"]] = Sending(
                told["sending"], officer, contact, round_, rung, queued, entry.recorded_at
            )
        personal.pop(officer, None)
        if tries := tuple(
            Later(timedelta(seconds=t["after_seconds"]), _contact(t)) for t in target.get("tries", ())
        ):
            repeat = target.get("repeat_seconds")
            begun = sum(1 for t in tries if not t.after)
            length = None if repeat is None else timedelta(seconds=repeat)
            personal[officer] = PersonalRun(round_, rung, entry.recorded_at, tries, length, begun)
    return replace(
        alert,
        contacts=MappingProxyType(contacts),
        sendings=MappingProxyType(sendings),
        personal=MappingProxyType(personal),
    )


def _contact_used(alert: Alert, entry: Entry) -> Alert:
    body = entry.body
    officer = body["officer"]
    run = alert.personal.get(officer)
    if run is None:
        return alert
    alert = replace(
        alert, personal=MappingProxyType({**alert.personal, officer: replace(run, used=body["n"] + 1)})
    )
    if body.get("sending") is None:
        return alert
    queued = Sending(
        body["sending"],
        officer,
        _contact(body),
        body["round"],
        body["rung"],
        SendingState.QUEUED,
        entry.recorded_at,
    )
    return replace(alert, sendings=MappingProxyType({**alert.sendings, queued.id: queued}))


def _person_added(alert: Alert, entry: Entry) -> Alert:
    return _summoning(alert, entry, alert.round, alert.rung)


def _reassigned(alert: Alert, entry: Entry) -> Alert:
    """Nobody holds it until the other one takes it, so that the climb goes on: at once where it was given back."""
    given = _summoning(alert, entry, alert.round, alert.rung)
    wait = timedelta(seconds=entry.body["wait_seconds"])
    return replace(given, acknowledgement=None, next_at=entry.recorded_at + wait)


def _snoozed(alert: Alert, entry: Entry) -> Alert:
    until = from_text(entry.body["until"])
    return replace(alert, snoozed_until=until, next_at=until)


def _reopened(alert: Alert, entry: Entry) -> Alert:
    return replace(
        alert,
        closed_at=None,
        closed_why=None,
        acknowledgement=None,
        snoozed_until=None,
        next_at=entry.recorded_at,
    )


def _contact(told: Mapping[str, Any]) -> Contact:
    return Contact(Channel(told["channel"]), told.get("contact") or "")


def _moved(to: SendingState) -> Callable[[Alert, Entry], Alert]:
    def change(alert: Alert, entry: Entry) -> Alert:
        sending = alert.sendings.get(entry.body["sending"])
        if sending is None:
            return alert
        moved = _forward(sending, to, entry.recorded_at)
        if moved is sending and entry.body.get("next") is None:
            return alert
        alert = replace(alert, sendings=MappingProxyType({**alert.sendings, moved.id: moved}))
        return alert if moved.state.is_hopeful else _after_loss(alert, entry, moved)

    return change


def _forward(sending: Sending, to: SendingState, at: datetime) -> Sending:
    if sending.state.is_final or to <= sending.state:
        return sending
    return replace(sending, state=to, since=at)


def _failed(alert: Alert, entry: Entry) -> Alert:
    if not (entry.body["permanent"] or entry.body.get("gave_up")):
        return alert
    return _moved(SendingState.FAILED)(alert, entry)


def _after_loss(alert: Alert, entry: Entry, lost: Sending) -> Alert:
    following = entry.body.get("next")
    if following is not None:
        queued = replace(
            lost,
            id=following["sending"],
            contact=_contact(following),
            state=SendingState.QUEUED,
            since=entry.recorded_at,
        )
        return replace(alert, sendings=MappingProxyType({**alert.sendings, queued.id: queued}))
    if isinstance(next_contact(alert, lost.id), NextRungNow):
        # Lost altogether it is a rung with nobody on it: after the last one the next round waits, or a provider that
        # refuses everything would be asked round after round without a pause.
        return replace(alert, next_at=min(alert.next_at, entry.recorded_at), is_rung_empty=True)
    return alert


def _acknowledged(alert: Alert, entry: Entry) -> Alert:
    if not alert.is_climbing:
        return alert
    minutes = entry.body.get("in_transit_minutes")
    acknowledgement = Acknowledgement(
        officer=entry.body["officer"],
        by=entry.body["by"],
        at=entry.recorded_at,
        seq=entry.seq,
        in_transit=None if minutes is None else timedelta(minutes=minutes),
    )
    return replace(alert, acknowledgement=acknowledgement)


def _withdrawn(alert: Alert, entry: Entry) -> Alert:
    if alert.acknowledgement is None or alert.acknowledgement.officer != entry.body["officer"]:
        return alert
    return replace(alert, acknowledgement=None, next_at=max(alert.next_at, entry.recorded_at))


def _closed(alert: Alert, entry: Entry) -> Alert:
    if not alert.is_open:
        return alert
    return replace(alert, closed_at=entry.recorded_at, closed_why=entry.body["why"])


def _waiting(state: Escalations, entry: Entry) -> Escalations:
    key = Subject(entry.body["case"], entry.body.get("exchange")).exchange_key
    if key is None:
        return state
    until = from_text(entry.body["until"])
    return replace(state, waiting=MappingProxyType({**state.waiting, key: until}))


def _stepped(state: Escalations, entry: Entry) -> Escalations:
    """The clock was set back: every wait of this stream ends earlier on it by the size of the step, so that a wrong
    clock delays no summons (record.md, "The clock"). A step forward needs nothing: what is due is due."""
    back = from_text(entry.body["before"]) - from_text(entry.body["after"])
    if back <= timedelta(0):
        return state
    by_id = {
        key: _shortened(alert, back) if alert.stream == entry.stream else alert
        for key, alert in state.by_id.items()
    }
    last_human = dict(state.last_human)
    if entry.stream in last_human:
        human = last_human[entry.stream]
        last_human[entry.stream] = HumanEntry(human.seq, human.at - back)
    return replace(state, by_id=MappingProxyType(by_id), last_human=MappingProxyType(last_human))


def _shortened(alert: Alert, back: timedelta) -> Alert:
    sendings = {key: replace(sending, since=sending.since - back) for key, sending in alert.sendings.items()}
    personal = {key: replace(run, began=run.began - back) for key, run in alert.personal.items()}
    until = alert.snoozed_until
    return replace(
        alert,
        next_at=alert.next_at - back,
        sendings=MappingProxyType(sendings),
        personal=MappingProxyType(personal),
        snoozed_until=None if until is None else until - back,
    )


_CHANGES: Mapping[str, Callable[[Alert, Entry], Alert]] = {
    "rung.climbed": _climbed,
    "rung.skipped": _skipped,
    "ladder.exhausted": _exhausted,
    "alert.sent": _moved(SendingState.SENT),
    "alert.delivered": _moved(SendingState.DELIVERED),
    "alert.undelivered": _moved(SendingState.UNDELIVERED),
    "alert.receipt_missed": _moved(SendingState.MISSED),
    "alert.failed": _failed,
    "alert.acknowledged": _acknowledged,
    "alert.acknowledgement_withdrawn": _withdrawn,
    "alert.closed": _closed,
    "alert.contact_used": _contact_used,
    "alert.person_added": _person_added,
    "alert.reassigned": _reassigned,
    "alert.snoozed": _snoozed,
    "alert.reopened": _reopened,
}
