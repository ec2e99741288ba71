"""What was erased is said to be erased; the page of the case stands all the same."""

from __future__ import annotations

from types import SimpleNamespace

from cna_service.cases import fold as case_fold
from cna_service.console.assets import find_assets
from cna_service.console.forms import Form
from cna_service.console.frame import Frame
from cna_service.console.pages.case_act_forms import CASE_ACTS, EXCHANGE_ACTS
from cna_service.directory.rules import Directory
from cna_service.escalation.fold import apply_escalation
from cna_service.escalation.state import Escalations
from cna_service.identity.officers import Officers
from cna_service.ledger import store
from cna_service.ledger.entry import Entry
from cna_service.ledger.folds import Folded
from cna_service.ledger.store import Head
from cna_service.workflow import queries
from cna_service.workflow.case_view import CaseView, build_case_view
from cna_service.workflow.case_waters import places_of
from cna_service.workflow.projections import case_stream
from cna_service.workflow.searched_since import learnt_since_search
from tests.console.cases.night import Night


def without_disclosures(night: Night, ref: str) -> list[Entry]:
    """The entries of a case as they are when every private value is gone."""
    stream, origin = case_stream(ref), night.desk.service.desk.log_origin
    kept = night.entries(ref)
    with night.desk.service.read() as reader:
        stored = [queries.stored_bytes(reader.connection, origin, stream, e.seq) for e in kept]
    return [
        store._entry(data, bytes.fromhex(e.leaf), {}) for e, data in zip(kept, stored, strict=True) if data
    ]


def view_of(night: Night, ref: str, entries: list[Entry]) -> CaseView:
    record, alerts = case_fold.begin(case_stream(ref)), Escalations()
    for entry in entries:
        record, alerts = case_fold.apply(record, entry), apply_escalation(alerts, entry)
    last = entries[-1]
    states = {"case": record, "alerts": alerts}
    folded = Folded(case_stream(ref), Head(last.seq, last.leaf), last.recorded_at, states)
    now = night.desk.clock.now()
    nobody = {"officers": Officers(), "directory": Directory(), "sent": {}, "others": (), "seals": {}}
    return build_case_view(folded, entries, now=now, **nobody, desk="Desk", own_state="XA")


def shown(night: Night, view: CaseView) -> str:
    """The content of the page, without its frame."""
    templates = Frame(night.desk.service, find_assets()).templates
    template = templates.get_template("case/case.html")
    macros = {
        name: templates.get_template(f"macros/{name}.html").module for name in ("forms", "shown", "case")
    }
    macros["answers"] = templates.get_template("case/_answer_notes.html").module
    visit = SimpleNamespace(form_token="token", may=lambda _: True)
    values = {"view": view, "visit": visit, "acts": CASE_ACTS, "exchange_acts": EXCHANGE_ACTS, "form": Form()}
    values |= {
        "places": places_of(night.desk.service, view.record, view.now),
        "calls": (),
        "learnt": learnt_since_search(view.record),
    }
    context = template.new_context(
        {**values, **macros, "root": f"/console/cases/{view.ref}", "may_act": True}
    )
    return "".join(template.blocks["content"](context))


def full_case(night: Night) -> str:
    ref = night.request()
    night.act(ref, "claim", state="Panama", by="master", words="We are from Panama.")
    night.act(
        ref, "communication", channel="phone", number="+15550102", theirs__name="Lt. Gómez", text="Well?"
    )
    night.act(ref, "person", name="João Silva", born="1 May 1970")
    night.act(ref, "event", source_kind="unit", words="Boarded.", source="Cutter 12")
    night.act(ref, "note", words="Called the embassy.")
    night.act(ref, "standing", exchange=1, standing="called_back", number="+15550102", by__name="Lt. Gómez")
    night.act(ref, "question", exchange=1, words="How many persons?")
    night.act(ref, "extend", exchange=1, until="9 h", by__name="Cap. Ruiz")
    path = f"/console/cases/{ref}/exchanges/1"
    typed = {
        "items__1__value": "granted_with_conditions",
        "items__1__conditions": "An observer",
        "words": "Yes, but.",
    }
    decision = night.browser.submit(
        night.browser.get(f"{path}/decision"), f"{path}/decision", by__name="Director Osei", **typed
    )
    review = night.browser.submit(decision, f"{path}/answer", reason_sent="So decided.")
    night.browser.submit(review, f"{path}/answer", act="record")
    night.browser.submit(night.browser.get(f"{path}/convey?by=mail"), f"{path}/convey")
    return ref


def test_a_case_whose_private_values_are_gone_can_still_be_read(night: Night) -> None:
    ref = full_case(night)
    html = shown(night, view_of(night, ref, without_disclosures(night, ref)))
    assert "(erased)" in html and "CONDITIONAL GRANT" in html
    for private in ("Gómez", "Panama.", "João", "embassy", "Osei", "An observer", "So decided"):
        assert private not in html


def test_the_same_case_with_its_values_shows_them(night: Night) -> None:
    ref = full_case(night)
    html = shown(night, view_of(night, ref, night.entries(ref)))
    for private in ("Gómez", "João", "embassy", "Osei", "An observer", "So decided"):
        assert private in html
