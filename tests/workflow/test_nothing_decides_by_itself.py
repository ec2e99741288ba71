"""No sequence of commands, silence and clock movement makes an authorization that nobody gave, or loses an answer."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from cna_service.cases.as_json import case_json
from cna_service.cases.grant_changes import STANDS
from cna_service.cases.grants import grants
from cna_service.cases.labels import latest
from cna_service.cases.record import Answer
from cna_service.kit.errors import ServiceError
from cna_service.kit.instants import to_text
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.answer_changes import confirm_by_listed, withdraw_answer
from cna_service.workflow.certificate_steps import approve_certificate
from cna_service.workflow.certify import draft_certificate
from cna_service.workflow.closing import close_case, reopen_case
from cna_service.workflow.consult import answer_agency, ask_agency, record_clearance
from cna_service.workflow.convey import convey
from cna_service.workflow.decide import record_decision
from cna_service.workflow.in_writing import read_writing
from cna_service.workflow.instruct import give_instruction
from cna_service.workflow.lapse import approve_lapse, record_lapse
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.replay import replay
from cna_service.workflow.steps import ask_question, extend, withdraw
from cna_service.workflow.transcribing import transcribe
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import fresh_sqlite, minutes

OFFICERS = st.sampled_from(["duty-1", "duty-2", "sup-1", "dec-1", "aud-1", "admin-1"])
PARTNERS = st.sampled_from(["mrcc-xb", "mrcc-xp", "cna-xc"])
VALUES = st.sampled_from(["granted", "denied", "more_information", "flag_state_boards", "unclear"])
MEASURES = st.sampled_from(["board", "search", "detain_vessel"])
REQUESTS = st.sampled_from([BAR_TEST, SUA, {"measures": ["board"]}])
LOOKED = [{"channel": "mailbox"}]
GRANTING = ("answer.given", "answer.read", "answer.authority_confirmed", "lapse.recorded")
GRANTS = ("granted", "granted_with_conditions")


class Desk(RuleBasedStateMachine):
    cases = Bundle("cases")

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="cna-state-"))
        self.desk: LiveDesk = self.stack.enter_context(a_desk(fresh_sqlite(Path(folder))))
        self.refs: list[str] = []
        self.answers: dict[tuple[str, int, int], Answer] = {}
        self.then: list[tuple[str, int, str]] = []

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            for ref, seq, told in self.then:
                assert self.as_of(ref, seq=seq) == told
                here, *later = self.desk.entries(ref)[seq - 1 : seq + 1]
                if not later or later[0].recorded_at > here.recorded_at:
                    assert self.as_of(ref, at=here.recorded_at) == told
            assert replay(self.desk.service).differences == ()
        finally:
            self.stack.close()

    # --- what people and time do

    @rule(
        target=cases,
        request=REQUESTS,
        by=PARTNERS,
        limit=st.none() | st.integers(5, 300),
        attended=st.sampled_from([True, True, True, False]),
    )
    def a_request_arrives(self, request: dict[str, Any], by: str, limit: int | None, attended: bool) -> Any:
        if len(self.refs) >= 2:
            return multiple()
        told = {} if limit is None else {"reply_wanted_by": to_text(self.desk.clock.now() + minutes(limit))}
        ref = str(self.desk.receive(by=by, **{**request, **told})["case"])
        self.refs.append(ref)
        if attended:
            self.desk.attend(ref, "duty-1")
        return ref

    @rule(ref=cases, by=PARTNERS, request=REQUESTS)
    def more_arrives(self, ref: str, by: str, request: dict[str, Any]) -> None:
        self.desk.receive(by=by, in_reply_to=ref, **request)

    @rule(ref=cases, measure=MEASURES)
    def we_ask(self, ref: str, measure: str) -> None:
        asks = {"direction": "outbound", "authority": "mrcc-xp", "measures": [measure], "basis": ["xp-4"]}
        self.tried(open_exchange, "duty-1", ref, **asks)

    @rule(ref=cases, basis=st.sampled_from(["sua-8bis-5-d", "sj-16-3"]))
    def we_ask_where_silence_has_an_effect(self, ref: str, basis: str) -> None:
        to = {"sua-8bis-5-d": "ops-xf", "sj-16-3": "cna-xs"}[basis]
        asks = {"direction": "outbound", "authority": to, "measures": ["board", "search"], "basis": [basis]}
        self.tried(open_exchange, "duty-1", ref, **asks, form="oral" if basis == "sj-16-3" else "written")

    @rule(ref=cases, officer=OFFICERS, n=st.integers(1, 3))
    def somebody_acknowledges(self, ref: str, officer: str, n: int) -> None:
        self.tried(acknowledge_request, officer, ref, n)

    @rule(ref=cases, n=st.integers(1, 3), is_automatic=st.booleans())
    def they_acknowledge(self, ref: str, n: int, is_automatic: bool) -> None:
        told = {"by": {"name": "Watch"}, "words": "w", "is_automatic": is_automatic}
        self.tried(acknowledge_request, "duty-1", ref, n, **told)

    @rule(ref=cases, n=st.integers(1, 3), measure=MEASURES, value=VALUES)
    def another_office_answers(self, ref: str, n: int, measure: str, value: str) -> None:
        told = {"answers": [{"measure": measure, "value": value}], "form": "oral"}
        by = {"name": "Attaché", "office": "Embassy", "is_listed": False}
        self.tried(give_answer, "duty-1", ref, n, **told, by=by, seen=self.desk.look(ref))

    @rule(
        ref=cases, n=st.integers(1, 3), a=st.integers(1, 3), stands=st.sampled_from(STANDS), measure=MEASURES
    )
    def somebody_reads_a_writing(self, ref: str, n: int, a: int, stands: str, measure: str) -> None:
        items = [{"measure": measure, "stands": stands}]
        self.tried(read_writing, "sup-1", ref, n, answer=a, items=items, words="w", seen=self.desk.look(ref))

    @rule(ref=cases, n=st.integers(1, 3), a=st.integers(1, 3), officer=OFFICERS)
    def an_answer_is_taken_back(self, ref: str, n: int, a: int, officer: str) -> None:
        told = {"answer": a, "by": {"office": "HQ"}, "seen": self.desk.look(ref)}
        self.tried(withdraw_answer, officer, ref, n, **told)

    @rule(ref=cases, n=st.integers(1, 3), a=st.integers(1, 3), by=PARTNERS)
    def the_listed_authority_confirms(self, ref: str, n: int, a: int, by: str) -> None:
        who = {"authority": by, "name": "Captain"}
        told = {"answer": a, "by": who, "form": "written", "seen": self.desk.look(ref)}
        self.tried(confirm_by_listed, "duty-1", ref, n, **told)

    @rule(ref=cases, n=st.integers(1, 3), first=OFFICERS, second=OFFICERS)
    def two_officers_record_the_effect_of_a_lapse(self, ref: str, n: int, first: str, second: str) -> None:
        now = to_text(self.desk.clock.now())
        channels = [
            {"channel": c, "by": "x", "checked_at": now} for c in self.desk.service.desk.channels_to_check
        ]
        begun = [
            e.seq for e in self.desk.entries(ref) if e.type in ("exchange.opened", "exchange.acknowledged")
        ]
        told = {"words": "w", "channels": channels, "start": {"seq": begun[-1] if begun else 1}}
        self.tried(record_lapse, first, ref, n, **told, seen=self.desk.look(ref))
        self.tried(approve_lapse, second, ref, n, words="w", seen=self.desk.look(ref))

    @rule(
        ref=cases,
        officer=OFFICERS,
        n=st.integers(1, 3),
        measure=MEASURES,
        value=VALUES,
        form=st.sampled_from(["oral", "written"]),
    )
    def an_officer_answers(self, ref: str, officer: str, n: int, measure: str, value: str, form: str) -> None:
        items = [{"measure": measure, "value": value}]
        by = {"name": "Captain", "office": "MRCC"}
        self.tried(give_answer, officer, ref, n, answers=items, form=form, by=by, seen=self.desk.look(ref))

    @rule(ref=cases, partner=PARTNERS, n=st.integers(1, 3), measure=MEASURES, value=VALUES)
    def a_partner_answers(self, ref: str, partner: str, n: int, measure: str, value: str) -> None:
        told = {"answers": [{"measure": measure, "value": value}], "form": "written"}
        self.attempt(lambda: give_answer(self.desk.service, self.desk.authority(partner), ref, n, told))

    @rule(ref=cases, partner=PARTNERS, n=st.integers(1, 3), what=st.sampled_from([withdraw, ask_question]))
    def a_partner_acts(self, ref: str, partner: str, n: int, what: Any) -> None:
        told = {"words": "w"}
        self.attempt(lambda: what(self.desk.service, self.desk.authority(partner), ref, n, told))

    @rule(ref=cases, n=st.integers(1, 3), more=st.integers(1, 600))
    def more_time_is_given(self, ref: str, n: int, more: int) -> None:
        until = to_text(self.desk.clock.now() + minutes(more))
        self.tried(extend, "duty-1", ref, n, until=until, by={"name": "HQ"})

    @rule(ref=cases, n=st.integers(1, 3), officer=OFFICERS)
    def a_lapse_is_recorded(self, ref: str, n: int, officer: str) -> None:
        self.tried(record_lapse, officer, ref, n, words="w", channels=LOOKED, seen=self.desk.look(ref))

    @rule(ref=cases, n=st.integers(1, 3), officer=OFFICERS)
    def somebody_decides(self, ref: str, n: int, officer: str) -> None:
        told = {"answers": [{"measure": "board", "value": "granted"}], "line": "phone", "words": "yes"}
        self.tried(
            record_decision, officer, ref, n, **told, by={"name": "Minister"}, seen=self.desk.look(ref)
        )

    @rule(ref=cases, officer=OFFICERS)
    def our_own_people_have_no_objection(self, ref: str, officer: str) -> None:
        """A statement of our own chain, and of an agency of ours: neither is a State's consent (practice R16)."""
        by = {"name": "Chief of staff", "office": "HQ"}
        self.tried(record_clearance, officer, ref, by=by, measures=["board", "search"], words="no objection")
        contact = {"office": "registry", "phone": "+15550199"}
        self.tried(
            ask_agency, officer, ref, agency="registry", contact=contact, question="?", channel="phone"
        )
        self.tried(answer_agency, officer, ref, 1, by=by, words="none", value="no_objection")

    @rule(ref=cases, officer=OFFICERS)
    def a_unit_is_instructed(self, ref: str, officer: str) -> None:
        told = {"unit": "cutter 751", "circuit": "HF", "passed_to": {"name": "n"}}
        self.tried(give_instruction, officer, ref, **told, seen=self.desk.look(ref))

    @rule(ref=cases, officer=OFFICERS, n=st.integers(1, 3))
    def a_certificate_is_drafted_and_released(self, ref: str, officer: str, n: int) -> None:
        told = {"kind": "chronology_of_exchanges", "exchanges": [n], "designee": "dec-1"}
        self.tried(draft_certificate, officer, ref, **told, seen=self.desk.look(ref))
        self.tried(approve_certificate, "sup-1", ref, 1, approve=True, seen=self.desk.look(ref))

    @rule(ref=cases, ago=st.integers(1, 120), value=VALUES)
    def a_page_is_typed_in(self, ref: str, ago: int, value: str) -> None:
        """What stood on paper, by whom, and when: from the past, and never over an answer."""
        now = self.desk.clock.now()
        begins = to_text(now - minutes(ago))
        answer = {"answers": [{"measure": "board", "value": value}], "form": "oral", "override_reason": "w"}
        answer["by"] = {"name": "n", "office": "o"}
        act = {"verb": "answers", "exchange": 1, "written_at": begins, "page": "1", "body": answer}
        scan = [{"name": "p", "base64": "JVBERg=="}]
        self.tried(transcribe, "duty-2", ref, scan=scan, **{"from": begins}, to=to_text(now), acts=[act])

    @rule(ref=cases, n=st.integers(1, 3))
    def an_answer_is_conveyed(self, ref: str, n: int) -> None:
        self.tried(convey, "duty-1", ref, n, channel="fax", number="+15550199")

    @rule(ref=cases)
    def the_case_is_closed_or_reopened(self, ref: str) -> None:
        if self.desk.case(ref).is_closed:
            self.tried(reopen_case, "duty-1", ref, words="w")
        else:
            self.tried(close_case, "duty-1", ref, waived="w")

    @rule(length=st.sampled_from([1, 10, 45, 90]))
    def nobody_answers_anything(self, length: int) -> None:
        self.desk.pass_time(length)

    @rule(length=st.integers(1, 600))
    def the_desk_sleeps(self, length: int) -> None:
        self.desk.sleep(minutes=length)
        self.desk.tick()

    # --- what must stay so

    @invariant()
    def every_grant_was_given_by_a_person_or_the_authority_asked(self) -> None:
        for ref in getattr(self, "refs", ()):
            for exchange in self.desk.case(ref).exchanges:
                for item in exchange.items:
                    found = latest(exchange, item)
                    if found is None or found[1].value not in GRANTS:
                        continue
                    actor = found[0].actor
                    if exchange.is_inbound:
                        assert actor["kind"] == "officer"
                        assert actor["role"] in ("duty_officer", "supervisor", "decider")
                        assert actor["name"]
                    else:
                        assert actor["kind"] == "officer" or actor["id"] == exchange.authority

    @invariant()
    def what_is_in_force_was_given_by_us_or_the_listed_authority_or_two_officers(self) -> None:
        for ref in getattr(self, "refs", ()):
            record = self.desk.case(ref)
            for grant in grants(record):
                exchange = record.exchange(grant.exchange)
                assert exchange is not None
                if not grant.is_in_force:
                    continue
                if grant.is_deemed:
                    lapse = next(c.lapse for c in record.clocks if c.lapse and c.lapse["seq"] == grant.seq)
                    assert lapse["actor"]["kind"] == lapse["proposed_by"]["kind"] == "officer"
                    assert lapse["actor"]["id"] != lapse["proposed_by"]["id"]
                    assert grant.measure in lapse["scope"]
                    continue
                given = next(a for a in exchange.answers if a.n == grant.answer)
                assert given.withdrawal is None or given.ours
                item = next(i for i in given.items if (i.vessel, i.measure) == (grant.vessel, grant.measure))
                lacking = any(
                    (x["vessel"], x["measure"]) == (item.vessel, item.measure) for x in given.not_counted
                )
                assert not lacking or any(c["checked"]["is_listed"] for c in given.listed_by)

    @invariant()
    def every_line_granted_goes_back_to_an_entry_of_a_person_or_of_the_authority(self) -> None:
        """No statement of our own chain, no page, no certificate, no clock: an answer, a reading of one, or a lapse
        whose effect an officer recorded."""
        for ref in getattr(self, "refs", ()):
            entries = self.desk.entries(ref)
            for grant in grants(self.desk.case(ref), self.desk.clock.now()):
                entry = entries[grant.seq - 1]
                assert entry.type in GRANTING
                assert entry.actor["kind"] in ("officer", "authority")
                assert entry.actor["kind"] == "authority" or entry.actor["name"]
                assert not grant.is_deemed or entry.type == "lapse.recorded"

    @invariant()
    def no_unit_is_told_that_it_may_what_was_not_granted_before(self) -> None:
        for ref in getattr(self, "refs", ()):
            for instruction in self.desk.case(ref).sea.instructions:
                for line in instruction.lines:
                    assert line.says != "may" or (line.seq is not None and line.seq < instruction.seq)

    @invariant()
    def no_answer_is_overwritten_and_none_is_the_services(self) -> None:
        for ref in getattr(self, "refs", ()):
            for exchange in self.desk.case(ref).exchanges:
                for given in exchange.answers:
                    assert given.actor["kind"] in ("officer", "authority")
                    key = ref, exchange.n, given.n
                    before = self.answers.setdefault(key, given)
                    assert (before.items, before.leaf, before.recorded_at) == (
                        given.items,
                        given.leaf,
                        given.recorded_at,
                    )
            assert {n for r, n, _ in self.answers if r == ref} <= {e.n for e in self.desk.case(ref).exchanges}

    @invariant()
    def what_was_folded_then_is_what_is_shown_as_of_then(self) -> None:
        for ref in getattr(self, "refs", ()):
            record = self.desk.case(ref)
            told = json.dumps(case_json(record), sort_keys=True)
            if not self.then or self.then[-1] != (ref, record.seq, told):
                self.then.append((ref, record.seq, told))
        if getattr(self, "then", None):
            ref, seq, told = self.then[len(self.then) // 2]
            assert self.as_of(ref, seq=seq) == told

    def as_of(self, ref: str, **when: Any) -> str:
        service = self.desk.service
        with service.database.read() as connection:
            folded = service.folds.as_of(connection, case_stream(ref), **when)
            return json.dumps(case_json(folded.of(CASE)), sort_keys=True)

    def tried(self, verb: Any, officer: str, *place: Any, **body: Any) -> None:
        self.attempt(lambda: self.desk.do(verb, officer, *place, **body))

    def attempt(self, act: Any) -> None:
        """Most random commands are refused; what is refused must be a refusal, never a fault."""
        try:
            act()
        except ServiceError:
            return


TestNothingDecidesByItself = Desk.TestCase
TestNothingDecidesByItself.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
