"""What was told outside: to whom, which text, on whose approval, resting on what (desk-rules 7.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from string import Template
from typing import Any

from cna_service.cases.record_papers import DRAFT, Release
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.paper_pdf import paper_pdf
from cna_service.documents.wording import ENGLISH, LANGUAGES
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.ledger import store
from cna_service.ledger.entry import Draft, Entry
from cna_service.workflow.asked import Asked
from cna_service.workflow.certify import log_facts
from cna_service.workflow.paper_approval import second_person
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.release_paper import release_paper
from cna_service.workflow.release_words import TO, point_out
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class ReleaseSettled(Conflict):
    code = "release-settled"
    title = "The release is no draft any more"


def draft_release(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{to, text | ready, rests_on: [seq…], language?, for_state?, addressee?, seen}``.

    ``pointed_out``: what nobody marked releasable, and what goes beyond every entry named. Raises Invalid, CaseMoved.
    """
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    with service.write(actor, Action.RELEASE_DRAFT, case_stream(ref), key=key) as work:
        entries = _rests_on(asked, work)
        told = {
            "to": asked.word("to", TO),
            "for_state": (asked.text("for_state", longest=2) or "").upper() or None,
        }
        if told["to"] == "other_state" and not told["for_state"]:
            asked.wrong("for_state", None, "is missing: which State", "send its two letters")
        told["addressee"] = asked.text("addressee", longest=500)
        told |= _text(service, work, asked)
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        facts = {**told, "is_ready": "ready" in told}
        found = point_out(work.case, entries, str(told["text"]), facts)
        if told.get("ready"):
            found.append({"code": "not_adopted", "why": "the ready text is not adopted by the legal adviser"})
        n = len(work.case.papers.releases) + 1
        draft = {
            "release": n,
            **{k: v for k, v in told.items() if v is not None},
            "rests_on": [e.seq for e in entries],
            "pointed_out": found,
            "from_seq": work.case.seq,
            "from_leaf": work.case.leaf,
            "log": log_facts(service, work),
        }
        work.append(Draft("release.drafted", draft, seen=seen))
        return done(work, release=n, text=told["text"], pointed_out=found)


def _rests_on(asked: Asked, work: Work) -> list[Entry]:
    raw = asked.raw("rests_on")
    if isinstance(raw, str):
        raw = [x for x in raw.replace(",", " ").split() if x]
    entries = {e.seq: e for e in store.read_entries(work.connection, work.stamp.log, work.stream).entries}
    found = []
    for each in raw if isinstance(raw, list) else [raw] if raw is not None else []:
        seq = int(each) if str(each).isdigit() and len(str(each)) < 9 else 0
        if seq not in entries:
            asked.wrong("rests_on", each, "is no entry of this case", f"numbers from 1 to {work.case.seq}")
        else:
            found.append(entries[seq])
    return sorted({e.seq: e for e in found}.values(), key=lambda e: e.seq)


def _text(service: Service, work: Work, asked: Asked) -> dict[str, Any]:
    ready, text = asked.text("ready", longest=80), asked.text("text")
    language = asked.word("language", LANGUAGES, ENGLISH)
    papers = service.policies.papers
    if ready is None:
        if text is None:
            asked.wrong("text", None, "is missing", "write it, or name a ready text")
        return {"text": text, "language": language}
    if text is not None:
        asked.wrong("text", text[:80], "stands beside a ready text", "send one of the two")
    texts = papers.ready.get(ready)
    if texts is None:
        asked.wrong("ready", ready, "is no ready text", f"one of: {', '.join(sorted(papers.ready))}")
        return {"text": "", "language": language}
    work.cite(*service.policies.text_of(papers.sha256))
    shown = {name: _filled(service, told) for name, told in texts.items()}
    chosen = language if language in shown else ENGLISH
    told = {"text": shown[chosen], "language": chosen, "ready": ready, "wording": papers.sha256}
    return told if chosen == ENGLISH else {**told, "english": shown[ENGLISH]}


def _filled(service: Service, text: str) -> str:
    return Template(text).substitute(telephone=service.desk.telephone or "(no number set)")


def approve_release(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{approve, words?, seen}``: another officer than the drafter. Where something was pointed out, ``words`` say why
    it goes out all the same. Raises Invalid, ReleaseSettled, SamePerson, CaseMoved, NotFound."""
    asked = Asked(body)
    seen, approve, words = asked.number("seen", least=0), asked.yes("approve"), asked.text("words")
    if "approve" not in body:
        asked.wrong("approve", None, "is missing", "send true to let it out, false to return it")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.RELEASE_APPROVE, case_stream(ref), key=key) as work:
        found = work.case.papers.release(n)
        if found is None:
            raise NotFound(f"the case has no release {n}")
        if found.state != DRAFT:
            raise ReleaseSettled(f"Release {n} is {found.state}.")
        rule = second_person(service, work, "release", found.to, Action.RELEASE_APPROVE, found.drafted_by)
        if not words and (found.pointed_out or not approve):
            listed = "; ".join(str(p["why"]) for p in found.pointed_out)
            why = f"is missing: {listed}" if approve else "is missing: why it is returned"
            asked.wrong("words", None, why, "say why")
            asked.done()
        if approve:
            work.refuse_if_moved(seen)
            _make(service, work, found, rule | ({"words": words} if words else {}), seen)
        else:
            work.append(Draft("release.returned", {"release": n, "words": words}, seen=seen))
        return done(work, release=n, state="made" if approve else "returned")


def _make(
    service: Service, work: Work, found: Release, approved: Mapping[str, Any], seen: int | None
) -> None:
    told: dict[str, Any] = {"release": found.n, **approved, "log": log_facts(service, work)}
    made = {**told, "recorded_at": work.now, "actor": work.actor.as_entry()}
    content = paper_pdf(release_paper(service.desk, work.case, replace(found, state="made", made=made)))
    file = {
        "blob": work.keep(content, "application/pdf"),
        "size": len(content),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    work.append(Draft("release.made", {**told, **file}, seen=seen))
