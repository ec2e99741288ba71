"""Further cases of the corpus: what becomes of answers, silence, papers drawn from a case, a night on paper."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from cna_service.kit.instants import to_text
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer_changes import confirm_by_listed, notify_limitation, withdraw_answer
from cna_service.workflow.certificate_steps import (
    approve_certificate,
    deliver_certificate,
    revoke_certificate,
    tell_holder,
)
from cna_service.workflow.certify import draft_certificate
from cna_service.workflow.disclose import disclose_chronology
from cna_service.workflow.facts import record_fact
from cna_service.workflow.in_writing import read_writing
from cna_service.workflow.lapse import approve_lapse, record_lapse
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.releases import approve_release, draft_release
from cna_service.workflow.transcribing import compare, transcribe_new
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk

CALLER = {"name": "Captain Rey", "office": "MRCC of XP"}
BY = {"name": "Cdr Tan", "office": "Naval Operations Centre"}
CHANNELS = ("desk_mailbox", "phone_log", "embassy", "liaison_officer", "fax")


def answers(desk: LiveDesk) -> str:
    """Spoken first and written narrower, read by an officer; another office confirmed by the listed one; taken back."""
    ref = asked(desk, "board", "search", "seize")
    desk.attend(ref, "duty-1")
    auto = {"is_automatic": True, "words": "Out of office.", "by": {"office": "MRCC XP"}}
    desk.do(acknowledge_request, "duty-1", ref, 1, **auto)
    files(desk, ref)
    values: dict[str, Any] = {"board": "granted", "search": "granted"}
    answer(desk, ref, values=values, form="oral", by=CALLER)
    desk.advance(hours=1)
    answer(desk, ref, values={"board": "granted", "search": "denied"}, by=CALLER, confirms=1)
    items = [{"measure": "search", "stands": "as_written"}]
    desk.do(
        read_writing, "sup-1", ref, 1, answer=2, items=items, words="The note says no.", seen=desk.look(ref)
    )
    embassy = {"name": "Attaché Mora", "office": "Embassy of XP", "is_listed": False}
    answer(desk, ref, values={"seize": "granted"}, form="oral", by=embassy)
    listed = {"answer": 3, "form": "written", "by": CALLER, "seen": desk.look(ref)}
    desk.do(confirm_by_listed, "duty-1", ref, 1, **listed)
    desk.do(
        withdraw_answer, "duty-1", ref, 1, answer=3, by=CALLER, words="Not any more.", seen=desk.look(ref)
    )
    desk.settle()
    return ref


def files(desk: LiveDesk, ref: str) -> None:
    """Facts with a file beside them."""
    scan = {"name": "photo.jpg", "media_type": "image/jpeg", "base64": b64encode(b"a photograph").decode()}
    told = {"attachments": [scan], "words": "See the photograph."}
    desk.do(record_fact, "duty-1", ref, "claims", state="XP", by="master", **told)
    desk.do(
        record_fact,
        "duty-1",
        ref,
        "claims",
        response="nobody_in_charge",
        question="registry",
        asked_by="boarding officer",
        **told,
    )
    desk.do(record_fact, "duty-1", ref, "indicia", kind="flag_flown", value="XP", by="unit 4", **told)
    desk.do(record_fact, "duty-1", ref, "events", kind="report", **told)


def limited(desk: LiveDesk) -> str:
    """Ours: granted by word, written narrower, so that the other side has to have a notice."""
    ref = received(desk)
    desk.attend(ref, "duty-1")
    answer(desk, ref, values={"board": "granted", "search": "granted"}, form="oral")
    convey_spoken(desk, ref)
    written = {"board": ("granted_with_conditions", ["By day only."]), "search": "granted"}
    answer(desk, ref, values=written, confirms=1, convey=[{"channel": "mail"}])
    desk.settle()
    told = {"answer": 2, "channel": "phone", "to": {"name": "Watch", "phone": "+15550102"}}
    told |= {"words": "By day only.", "received": True}
    desk.do(notify_limitation, "duty-1", ref, 1, **told)
    desk.settle()
    return ref


def convey_spoken(desk: LiveDesk, ref: str) -> None:
    from cna_service.workflow.convey import convey

    spoken = {
        "channel": "phone",
        "number": "+15550102",
        "listener_name": "Watch",
        "listener_office": "MRCC XB",
    }
    spoken |= {
        "code_read_back": ref,
        "started_at": "2026-11-21T14:03:00Z",
        "ended_at": "2026-11-21T14:05:00Z",
    }
    desk.do(convey, "duty-1", ref, 1, **spoken, read_back="Board and search.", outcome="agreed")


def silence(desk: LiveDesk) -> str:
    """Four hours of silence under SUA 8bis(5)(d): proposed, refused, proposed again, agreed by a second officer."""
    ref = asked(desk, "board", "search", "detain_vessel", basis="sua-8bis-5-d", authority="ops-xf")
    desk.attend(ref, "duty-1")
    desk.do(acknowledge_request, "duty-1", ref, 1, by=BY, words="We have your request.")
    desk.advance(hours=4)
    for agrees in (False, True):
        now = to_text(desk.clock.now())
        looked = [{"channel": c, "by": "duty-1", "checked_at": now} for c in CHANNELS]
        start = {"seq": desk.last(ref, "exchange.acknowledged").seq}
        told = {"words": "Nothing came.", "channels": looked, "start": start, "seen": desk.look(ref)}
        desk.do(record_lapse, "duty-1", ref, 1, **told)
        desk.do(approve_lapse, "duty-2", ref, 1, agrees=agrees, words="Read.", seen=desk.look(ref))
    made = {"kind": "consent_or_waiver", "designee": "dec-1", "for_court": "Court of the first district"}
    desk.do(draft_certificate, "duty-1", ref, **made, seen=desk.look(ref))
    desk.settle()
    return ref


def papers(desk: LiveDesk) -> str:
    """A certificate from draft to its holder, contradicted, superseded, revoked; a release; a chronology handed out."""
    ref = asked(desk, "confirm_registry", basis="UN 1988 art. 17", authority="cna-xg")
    desk.attend(ref, "duty-1")
    desk.do(
        record_fact, "duty-1", ref, "identifiers", field="name", value="LUZ", how="spelt", source="unit 4"
    )
    answer(desk, ref, values={"confirm_registry": "neither"}, form="oral", by=CALLER)
    first = {
        "kind": "registry_answer",
        "designee": "dec-1",
        "for_state": "XB",
        "statute": "46 U.S.C. 70502(d)(2)",
    }
    _draft(desk, ref, **first)
    _approve(desk, ref, 1, approve=False, words="Name the court.")
    _draft(desk, ref, **first, for_court="District Court of XB")
    desk.seal()
    _approve(desk, ref, 2, approve=True)
    desk.do(deliver_certificate, "duty-1", ref, 2, to="Prosecutor of XB", channel="letter")
    waiver = {"direction": "outbound", "authority": "cna-xg", "measures": ["waive_jurisdiction_vessel"]}
    desk.do(open_exchange, "duty-1", ref, **waiver)
    words = "We waive our primary right."
    answer(desk, ref, n=2, values={"waive_jurisdiction_vessel": "granted"}, by=CALLER, words=words)
    told = {"channel": "letter", "to": "the prosecutor's clerk", "words": "A waiver came."}
    desk.do(tell_holder, "duty-1", ref, 2, **told)
    second = {
        "kind": "consent_or_waiver",
        "designee": "dec-1",
        "for_state": "XB",
        "basis": {"exchange": 2, "answer": 1},
    }
    _draft(desk, ref, **second, statute="46 U.S.C. 70502(c)(2)", supersedes=2)
    _approve(desk, ref, 3, approve=True)
    _draft(desk, ref, kind="chronology_of_exchanges", designee="sup-1", language="es")
    desk.do(revoke_certificate, "sup-1", ref, 3, reason="The note was a draft.", seen=desk.look(ref))
    for text in ("The ship was confirmed as theirs.", "A request was made."):
        desk.do(draft_release, "duty-1", ref, to="press", text=text, rests_on=[1, 2], seen=desk.look(ref))
    ready = {"ready": "neither_confirm_nor_deny", "language": "pt", "addressee": "a newspaper"}
    desk.do(draft_release, "duty-1", ref, to="press", **ready, seen=desk.look(ref))
    desk.do(approve_release, "sup-1", ref, 1, approve=False, words="No.", seen=desk.look(ref))
    desk.do(approve_release, "sup-1", ref, 3, approve=True, words="Use it.", seen=desk.look(ref))
    desk.do(disclose_chronology, "sup-1", ref, format="csv", for_state="XB")
    desk.settle()
    return ref


def _draft(desk: LiveDesk, ref: str, **told: Any) -> None:
    desk.do(draft_certificate, "duty-1", ref, **told, seen=desk.look(ref))


def _approve(desk: LiveDesk, ref: str, n: int, **told: Any) -> None:
    desk.do(approve_certificate, "sup-1", ref, n, **told, seen=desk.look(ref))


def on_paper(desk: LiveDesk) -> str:
    """A night worked on paper, typed in afterwards from its scan and compared by a second person."""
    begins = desk.clock.now()
    desk.clock.at += timedelta(hours=9)
    ask = {
        "state": "XB",
        "authority": "mrcc-xb",
        "measures": ["board"],
        "basis": ["coe-7"],
        "form": "written",
    }
    said: dict[str, Any] = {
        "answers": [{"measure": "board", "value": "denied"}],
        "form": "oral",
        "words": "No.",
    }
    said["override_reason"] = "decided by the director by telephone; his act is in the safe"
    acts: list[dict[str, Any]] = [
        {
            "verb": "cases",
            "body": {"channel": "phone", "summary": "a freighter", "exchange": {**ask, "channel": "fax"}},
        },
        {"verb": "acknowledgement", "exchange": 1, "body": {}},
        {"verb": "answers", "exchange": 1, "body": said},
        {"verb": "conveyance", "exchange": 1, "body": {"channel": "fax", "office": "MRCC XB"}},
    ]
    written = [
        {**act, "written_at": to_text(begins + timedelta(minutes=20 * n)), "page": "1"}
        for n, act in enumerate(acts)
    ]
    scan = {
        "name": "page-1.pdf",
        "media_type": "application/pdf",
        "base64": b64encode(b"%PDF pages").decode(),
    }
    told = {"scan": [scan], "from": to_text(begins), "to": to_text(desk.clock.now()), "acts": written}
    ref = str(desk.do(transcribe_new, "duty-1", **told)["case"])
    desk.settle()
    desk.do(compare, "duty-2", ref, 1, agrees=True, words="Read line by line.")
    return ref


MADE = {
    "answers": answers,
    "limited": limited,
    "silence": silence,
    "papers": papers,
    "paper-period": on_paper,
}
