"""Who decides, on the pages: delegations noted and ended, a decision read back, second officers, our own agencies."""

from __future__ import annotations

from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, OFFICERS, case_stream
from cna_service.workflow.second_person import ask_approval, needs_second
from tests.console.cases.night import Night

OSEI = "EXERCISE Director Daniel Osei"


def test_the_delegations_say_to_whom_by_which_act_with_deputies_and_their_numbers(night: Night) -> None:
    page = night.browser.get("/console/delegations")
    assert page.heading == "Who may decide"
    for shown in (
        OSEI,
        "EXERCISE Ministerial order 12/2019, art. 3",
        "EXERCISE Commander Carla Nunes",
        "every measure",
    ):
        assert shown in page.text
    assert "+15550100103" in page.text
    assert "Note the delegation" not in page.text


def test_a_supervisor_notes_a_delegation_and_ends_it(night: Night) -> None:
    supervisor = night.as_role("supervisor")
    form = supervisor.get("/console/delegations")
    wrong = supervisor.submit(
        form, "/console/delegations", status=422, to__role="decider", to__officer="dec-1"
    )
    assert "Written act" in wrong.text and "Measures is missing" in wrong.text
    typed = {
        "to__officer": "sup-1",
        "measures": "seize",
        "from": "2026-11-21T00:00Z",
        "instrument__title": "Order 9 of the minister",
        "conditions": "By day\nWithin our zone",
        "deputies__0": "dec-1",
    }
    page = supervisor.submit(form, "/console/delegations", **typed)
    assert "The delegation is noted." in page.text and "Order 9 of the minister" in page.text
    assert "By day" in page.text and "Within our zone" in page.text
    assert "Why del-6 ends now" in page.text
    ended = supervisor.submit(page, "/console/delegations/del-6/end", reason="Recalled.")
    assert "What rested on it before stays" in ended.text


def test_rule_6_2_the_page_asks_the_three_questions_and_shows_what_is_not_confirmed(night: Night) -> None:
    ref = night.request()
    path = f"/console/cases/{ref}/exchanges/1/decision"
    form = night.browser.get(path)
    for question in ("Detain?", "Seize?", "Persons?"):
        assert question in form.text
    typed = {"items__1__value": "granted", "by__name": OSEI, "line": "phone", "asked__seize": "no"}
    night.browser.submit(form, path, **typed)
    page = night.browser.get(f"/console/cases/{ref}")
    assert "not confirmed yet" in page.text
    assert "board: yes" in page.text and "seize: no" in page.text and "persons: NOT STATED" in page.text
    night.desk.clock.forward(minutes=31)
    assert "half an hour is over" in night.browser.get(f"/console/cases/{ref}").text
    night.act(ref, "decision-confirmation", exchange=1, status=403, right="yes")


def test_rule_6_1_an_answer_nobody_may_give_is_refused_beside_its_reason(night: Night) -> None:
    ref = night.request()
    path = f"/console/cases/{ref}/exchanges/1/answer"
    form = night.browser.get(path)
    page = night.browser.submit(
        form, path, status=422, items__1__value="denied", by__name="Counsel Elena Petrova"
    )
    assert "Delegation" in page.text and "lets EXERCISE Counsel Elena Petrova decide: board" in page.text
    shown = night.browser.submit(
        page,
        path,
        items__1__value="denied",
        by__name="Counsel Elena Petrova",
        override_reason="Nobody else answers.",
    )
    assert "no delegation in force" in shown.text and "Nobody else answers." in shown.text
    night.browser.submit(shown, path, act="record")
    assert "no delegation was in force." in night.browser.get(f"/console/cases/{ref}").text


def test_rule_6_5_a_second_officer_answers_on_the_page(night: Night) -> None:
    ref = night.request()
    service = night.desk.service
    rule = needs_second(service.policies.two_person, "certificate")
    assert rule is not None
    actor = _officer(night, "duty-1")
    with service.write(actor, Action.CASE_NOTE, case_stream(ref)) as work:
        work.append(Draft("note.added", {"words": "drafted"}))
        ask_approval(service, work, rule, about={"certificate": 1}, words="The sentences.", exchange=1)
    assert (
        "waits for another officer · held back until then" in night.browser.get(f"/console/cases/{ref}").text
    )
    supervisor = night.as_role("supervisor")
    address = f"/console/cases/{ref}/do/approve"
    page = supervisor.submit(supervisor.get(address), address, approval="1", approve="yes", words="Read.")
    assert "approved by" in page.text


def _officer(night: Night, name: str) -> Actor:
    with night.desk.service.read() as reader:
        return reader.stream(DESK).of(OFFICERS).find(name).actor(night.desk.clock.now())


def test_our_own_agencies_and_chain_stand_under_headings_of_their_own(night: Night) -> None:
    ref = night.request()
    asked = {"agency": "Ministry of Justice", "contact__name": "Judge Mora", "question": "Any objection?"}
    night.act(ref, "consult", **asked, due_at="1 h", channel="phone")
    page = night.act(
        ref, "agency-answered", consultation="1", by__name="Judge Mora", words="None.", value="no_objection"
    )
    assert "no objection" in page.text and "Any objection?" in page.text
    told = {"by__name": "Rear Admiral Sola", "measures": "board", "words": "No objection."}
    page = night.act(ref, "clearance", **told)
    assert "Our own chain: no State's consent" in page.text and "Rear Admiral Sola" in page.text
    night.desk.clock.forward(minutes=1)
