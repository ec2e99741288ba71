"""Two cases as they go at a desk, and what is left of the entry types: what the corpus of a release is made from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cna_service.identity.permissions import Action
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.chase import record_try
from cna_service.workflow.closing import add_note, close_case, link_cases, reopen_case
from cna_service.workflow.communicate import log_communication
from cna_service.workflow.convey import confirm, convey
from cna_service.workflow.decide import record_decision
from cna_service.workflow.facts import record_fact
from cna_service.workflow.keep_waters import keep_waters
from cna_service.workflow.lapse import record_lapse
from cna_service.workflow.notices import note_election
from cna_service.workflow.opening import open_case, open_exchange
from cna_service.workflow.projections import case_stream
from cna_service.workflow.rebase import rebase
from cna_service.workflow.reconcile import pass_over, reconcile
from cna_service.workflow.searching import search_for_case
from cna_service.workflow.statements import keep_statement
from cna_service.workflow.steps import ask_question, choose_basis, extend, record_standing, withdraw
from cna_service.workflow.transcribing import compare, transcribe
from tests.corpus.cases_deciding import deciding
from tests.corpus.cases_sea import at_sea
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, SUA


def inbound(desk: LiveDesk) -> str:
    """They ask under CETS 156; the deputy takes it by SMS; registry confirmed, boarding granted with conditions."""
    told = {"reply_wanted_by": "2026-11-21T16:03:00Z", "reply_wanted_reason": "she enters a harbour"}
    ref = str(desk.receive(**BAR_TEST, **told)["case"])
    desk.settle()
    desk.advance(minutes=6)
    desk.person("duty-2").replies("1 {code}")
    desk.attend(ref, "duty-2")
    desk.do(acknowledge_request, "duty-2", ref, 1, words="In hand.")
    desk.do(
        record_standing, "duty-2", ref, 1, standing="called_back", number="+15550102", by={"name": "Watch"}
    )
    desk.do(ask_question, "duty-2", ref, 1, words="How many persons are aboard?\n\nWhich last port?")
    desk.do(
        record_fact, "duty-2", ref, "identifiers", field="imo", value="3000001", how="spelt", source="MRCC XB"
    )
    desk.do(keep_waters, "duty-2", ref, position="14°03.5'N 074°22.1'W", words="Asked by the judge.")
    found = desk.do(
        search_for_case, "duty-2", ref, imo="3000001", verdict="found", rid="X0000000", words="She is."
    )
    assert found["verdict"] == "found"
    decided: list[dict[str, Any]] = [
        {"measure": "board", "value": "granted_with_conditions", "conditions": ["By day only."]},
        {"measure": "search", "value": "granted"},
    ]
    by = {"name": "EXERCISE Director Daniel Osei", "post": "Director", "office": "EXERCISE Ministry of XA"}
    desk.do(
        record_decision,
        "duty-2",
        ref,
        1,
        answers=decided,
        by=by,
        line="phone",
        words="Board.",
        seen=desk.look(ref),
    )
    answers = [
        {"measure": "confirm_registry", "value": "confirmed"},
        {**decided[0], "conditions": ["By day only.", "Report within 2 h."]},
        decided[1],
    ]
    body = {"answers": answers, "form": "written", "by": {**by, "capacity": "competent authority"}}
    body |= {
        "basis": {"provision": "coe-7"},
        "decision": 1,
        "convey": [{"channel": "mail"}],
        "seen": desk.look(ref),
    }
    desk.do(give_answer, "duty-2", ref, 1, **body)
    desk.settle()
    confirm_by = {"name": "Watch officer", "office": "MRCC XB"}
    desk.do(confirm, "duty-2", ref, 1, by=confirm_by, words="Received.")
    desk.advance(hours=4)
    lapsed = [c for c in desk.case(ref).clocks if c.lapsed_at is not None and c.kind == "legal"]
    looked = [{"channel": "desk mailbox", "by": "duty-2", "checked_at": "2026-11-21T18:10:00Z"}]
    desk.do(
        record_lapse,
        "duty-2",
        ref,
        1,
        clock=lapsed[0].id,
        words="No effect.",
        channels=looked,
        seen=desk.look(ref),
    )
    desk.do(
        log_communication, "duty-2", ref, direction="in", channel="mail", subject="Thanks", text="Thank you."
    )
    desk.do(close_case, "duty-2", ref, words="Done.", waived="Detention was asked in case.")
    desk.do(reopen_case, "duty-2", ref, words="A note came late.")
    desk.do(add_note, "duty-2", ref, words="The cutter reported alongside at 1920Z.")
    return ref


def outbound(desk: LiveDesk) -> str:
    """We ask XP for registry and boarding under a two-hour agreement; it asks for more time, then grants by voice."""
    vessel = {"name": "BLUE MARLIN", "flag_claimed": "XP", "claimed_how": "verbal claim", "flag_flown": "XP"}
    vessel |= {"position": "off the coast of XQ, international waters", "how": "as_heard", "source": "unit 4"}
    got = desk.do(
        open_case, "duty-1", channel="radio", summary="Sailing vessel, no number.", vessels=[vessel]
    )
    ref = str(got["case"])
    desk.attend(ref, "duty-1")
    desk.do(record_fact, "duty-1", ref, "persons", name="Master", nationality="XQ", post="master")
    asks = {"direction": "outbound", "authority": "mrcc-xp", "basis": ["xp-3", "xp-4"]}
    asks |= {"measures": ["confirm_registry", "board"], "text": "Is she on your register? May we board?"}
    desk.do(open_exchange, "duty-1", ref, **asks)
    desk.advance(minutes=30)
    grant = {
        "until": "2026-11-21T17:03:00Z",
        "by": {"name": "Duty", "office": "MRCC XP"},
        "words": "One more hour.",
    }
    desk.do(extend, "duty-1", ref, 1, **grant)
    desk.advance(minutes=25)
    theirs = {
        "answers": [{"measure": "board", "value": "granted", "words": "You may board."}],
        "form": "oral",
    }
    theirs |= {"by": {"name": "Captain", "office": "MRCC XP"}, "seen": desk.look(ref)}
    desk.do(give_answer, "duty-1", ref, 1, **theirs)
    desk.do(
        record_fact,
        "duty-1",
        ref,
        "events",
        kind="boarding",
        source_kind="unit",
        words="Boarding began 1140.",
    )
    desk.settle()
    return ref


def the_rest(desk: LiveDesk) -> str:
    """SUA: a clock that starts at acknowledgement; the ask is withdrawn; a further vessel; another case linked."""
    ref = str(desk.receive(**SUA)["case"])
    other = str(desk.receive(**BAR_TEST)["case"])
    desk.do(choose_basis, "duty-1", ref, 1, provisions=["sua-8bis-5-d"], reason="Both opted in.")
    desk.do(acknowledge_request, "duty-1", ref, 1)
    desk.do(link_cases, "duty-1", ref, case=other, reason="same vessel")
    desk.do(record_fact, "duty-1", ref, "claims", state="XB", by="a fisherman", words="She is from there.")
    spoken = {
        "channel": "phone",
        "number": "+15550102",
        "listener_name": "Watch",
        "listener_office": "MRCC XB",
    }
    body = {
        "answers": [{"measure": "confirm_registry", "value": "neither"}],
        "form": "oral",
        "seen": desk.look(ref),
    }
    desk.do(give_answer, "duty-1", ref, 1, **body)
    code = ref
    spoken |= {
        "code_read_back": code,
        "started_at": "2026-11-21T14:03:00Z",
        "ended_at": "2026-11-21T14:05:00Z",
    }
    desk.do(convey, "duty-1", ref, 1, **spoken, read_back="Neither confirmed nor denied.", outcome="agreed")
    with desk.service.write(desk.officer("duty-1"), Action.CLAIM_RECORD, case_stream(ref)) as work:
        work.append(Draft("vessel.added", {"vessel": 2, "description": "a skiff alongside"}))
    dealings(desk, ref)
    law_changes(desk, ref)
    on_paper(desk, ref)
    desk.do(withdraw, "duty-1", ref, 1, by={"name": "Watch", "office": "MRCC XB"}, words="No longer needed.")
    desk.settle()
    return ref


def dealings(desk: LiveDesk, ref: str) -> None:
    """Somebody asked who claims nothing; a State not asked; a wrong number; a statement in the press; two reports."""
    asked = {"question": "nationality", "asked_by": "boarding officer", "words": "(shrugs)"}
    desk.do(record_fact, "duty-1", ref, "claims", vessel=1, response="nobody_in_charge", **asked)
    desk.do(pass_over, "duty-1", ref, vessel=1, state="XB", reason="XB itself asks us.")
    ask = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["confirm_registry"]}
    desk.do(open_exchange, "duty-1", ref, **ask)
    desk.do(record_try, "duty-1", ref, 2, contact="c1", outcome="wrong_number", words="A bakery.")
    told = {"made_by": "a spokesman", "made_where": "press", "source": "a paper", "words": "She is not ours."}
    against = {"exchange": 1, "answer": 1, "measure": "confirm_registry"}
    desk.do(keep_statement, "duty-1", ref, **told, contradicts=against)
    for value in ("PE-1204", "PE-1284"):
        desk.do(record_fact, "duty-1", ref, "identifiers", vessel=1, field="registration_number", value=value)
    holds = {"field": "registration_number", "value": "PE-1204", "reason": "seen on the photograph"}
    desk.do(reconcile, "duty-1", ref, **holds, seen=desk.look(ref))


def law_changes(desk: LiveDesk, ref: str) -> None:
    """The desk finds that XA had not opted in, and keeps the basis; XA opts out for tomorrow, and the basis changes."""
    same = {
        "state": "XA",
        "election": "sua-8bis-5",
        "option": "sua-8bis-5-c",
        "source": "depositary",
        "adopted": True,
    }
    late = desk.do(note_election, "legal-1", **same, **{"from": "2026-11-01"}, change="late_notice")
    keep = {"keep": True, "reason": "They rely on the notice of 2015.", "seen": desk.look(ref)}
    desk.do(rebase, "duty-1", ref, 1, change=late["change"], **keep)
    same["option"] = "sua-8bis-5-d"
    ahead = desk.do(note_election, "legal-1", **same, **{"from": "2026-11-22"}, change="amendment")
    change = {
        "keep": False,
        "reason": "The notice holds.",
        "provisions": ["sua-8bis-5-c"],
        "seen": desk.look(ref),
    }
    desk.do(rebase, "duty-1", ref, 1, change=ahead["change"], **change)


def on_paper(desk: LiveDesk, ref: str) -> None:
    """A quarter of an hour without the desk: two pages typed in, compared by somebody else."""
    begins, now = desk.clock.now(), desk.clock.now() + timedelta(minutes=15)
    desk.clock.at = now
    scan = [{"name": "pages.pdf", "media_type": "application/pdf", "base64": "JVBERi0xLjcK"}]
    acts = [
        {"verb": "notes", "written_at": to_text(begins), "page": "1", "body": {"words": "Dark since 1403Z."}},
        {
            "verb": "questions",
            "exchange": 1,
            "written_at": to_text(begins + timedelta(minutes=4)),
            "page": "2",
            "acted_by": "duty-2",
            "body": {"direction": "in", "words": "Have you an answer?"},
        },
    ]
    period = {"scan": scan, "from": to_text(begins), "to": to_text(now), "acts": acts, "words": "power cut"}
    typed = desk.do(transcribe, "duty-1", ref, **period)["transcribed"]
    differs = [{"seq": typed[-1], "words": "the page says 1408Z"}]
    desk.do(compare, "duty-2", ref, 1, agrees=False, differences=differs, words="one hour differs")


MADE = {"inbound": inbound, "outbound": outbound, "rest": the_rest, "at-sea": at_sea, "deciding": deciding}
