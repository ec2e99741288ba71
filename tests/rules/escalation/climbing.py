"""One stream of entries with its folded alerts, as the desk's worker would drive them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType

from cna_service.escalation import drafts
from cna_service.escalation.fold import apply_escalation
from cna_service.escalation.ladder_file import read_ladders
from cna_service.escalation.ladders import Channel, Who
from cna_service.escalation.rules import Climb, Exhausted, Person, next_contact, next_step
from cna_service.escalation.state import Contact, Escalations, Subject
from cna_service.ledger.entry import Draft, Entry

CONFIG = Path(__file__).parents[3] / "config"
LADDERS = read_ladders((CONFIG / "ladders.toml").read_text())
T0 = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SMS, VOICE = Contact(Channel.SMS, "mobile"), Contact(Channel.VOICE, "mobile")
SUBJECT = Subject(case="X-R4T7-HAX", exchange=1)
STREAM = "case:X-R4T7-HAX"
SERVICE = MappingProxyType({"kind": "service"})


def seconds(n):
    return timedelta(seconds=n)


def entry(seq, at, draft, actor=SERVICE, stream=STREAM):
    return Entry(
        stream=stream,
        seq=seq,
        id=f"entry-{seq}",
        type=draft.type,
        v=draft.v,
        recorded_at=at,
        actor=actor,
        body=draft.body,
        leaf=f"leaf-{seq}",
    )


class Desk:
    """``posts``: post → officers; everybody has SMS and voice unless ``contacts`` says otherwise."""

    def __init__(self, posts=None, contacts=None):
        self.now = T0
        self.state = Escalations()
        self.entries = []
        self.posts = posts or {
            Who.DUTY_OFFICER: ["duty-1"],
            Who.DEPUTY: ["deputy-1"],
            Who.SUPERVISOR: ["supervisor-1"],
            Who.ADMINISTRATOR: ["admin-1"],
        }
        self.contacts = contacts or {}
        self.ids = count(1)

    def new_id(self):
        return f"sending-{next(self.ids)}"

    def people(self, who):
        return [Person(o, self.contacts.get(o, (SMS, VOICE))) for o in self.posts.get(who, [])]

    def append(self, draft, officer=None, stream=STREAM):
        actor = SERVICE if officer is None else {"kind": "officer", "id": officer}
        new = entry(len(self.entries) + 1, self.now, draft, actor, stream)
        self.entries.append(new)
        self.state = apply_escalation(self.state, new)
        return new

    def raise_alert(self, name="a1", kind="new_request", subject=SUBJECT, **more):
        self.append(drafts.raised(name, kind=kind, subject=subject, ladder=LADDERS.for_kind(kind), **more))
        self.tick()

    def alert(self, name="a1"):
        return self.state.by_id[name]

    def tick(self, is_busy=lambda _: False):
        """Take every step that is due now."""
        for alert in self.state.open:
            for _ in range(100):
                step = next_step(self.alert(alert.id), self.now)
                if not isinstance(step, (Climb, Exhausted)):
                    break
                self.append(
                    drafts.take_step(self.alert(alert.id), step, self.people, self.new_id, is_busy=is_busy)
                )
            else:
                raise AssertionError("the climb does not come to rest")

    def at(self, n):
        """Go to ``n`` seconds after the beginning without stopping on the way: the desk was asleep."""
        self.now = T0 + seconds(n)
        self.tick()

    def until(self, n):
        """Go to ``n`` seconds after the beginning from due instant to due instant."""
        stop = T0 + seconds(n)
        while True:
            due = [a.next_at for a in self.state.open if a.is_climbing and a.next_at <= stop]
            if not due:
                break
            self.now = max(self.now, min(due))
            self.tick()
        self.now = stop

    def acknowledge(self, officer="duty-1", name="a1", **more):
        self.append(drafts.acknowledged(self.alert(name), officer, by="sms", **more), officer)

    def send_all(self, name="a1"):
        for sending in list(self.alert(name).sendings.values()):
            if sending.state == 0:
                self.append(
                    drafts.sent(self.alert(name), sending.id, provider="p", sid="SM1", to="+1", text="x")
                )

    def undelivered(self, sending, name="a1", status="undelivered"):
        led_to = next_contact(self.alert(name), sending)
        self.append(
            drafts.undelivered(self.alert(name), sending, status=status, led_to=led_to, new_id=self.new_id)
        )
        return led_to

    def called(self):
        """(seconds since the beginning, officer, channel) of every sending that was queued."""
        found = []
        for each in self.entries:
            second = int((each.recorded_at - T0).total_seconds())
            for target in each.body.get("targets", ()):
                found += [(second, target["officer"], s["channel"]) for s in target["sendings"]]
            if each.body.get("next"):
                following = each.body["next"]
                found.append((second, following["officer"], following["channel"]))
        return found

    def types(self):
        return [each.type for each in self.entries]


def note(officer):
    """Any entry of another slice."""
    return Draft("note.added", {"by": officer})
