"""Drafting a certificate: only from entries, each sentence citing its own; nobody has released it yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cna_service.cases.record_papers import Certificate
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.answer_pdf import Template, templates
from cna_service.documents.paper import PAPER_TEMPLATES
from cna_service.documents.wording import KINDS, LANGUAGES
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Refused
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Draft, Entry
from cna_service.workflow.asked import Asked
from cna_service.workflow.certificate_text import Today, write
from cna_service.workflow.certificate_told import Selection, Wanted, select
from cna_service.workflow.certificate_words import Sentences, instant
from cna_service.workflow.designees import delegation_to_sign, designee, witnesses
from cna_service.workflow.letters import root20
from cna_service.workflow.projections import DESK, DIRECTORY, LISTED, OFFICERS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class NoCertificateOfAnExercise(Refused):
    code = "no-certificate-of-an-exercise"
    title = "A case opened as an exercise gives no certificate"


class NothingSearched(Conflict):
    code = "nothing-searched"
    title = "Nobody searched a register for this answer"


def draft_certificate(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{kind, exchanges?, vessel?, basis?: {exchange, answer} or several, for_state?, for_court?, statute?, designee,
    language?, supersedes?, seen}``.

    Raises Invalid, CaseMoved, BasisNeeded (``bases``), NothingToCertify, NothingSearched, DesigneeWithoutDelegation,
    NoCertificateOfAnExercise.
    """
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    with service.write(actor, Action.CERTIFICATE_DRAFT, case_stream(ref), key=key) as work:
        refuse_exercise(service, work)
        wanted, told = _read(service, work, asked)
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        n = append_draft(service, work, wanted, told, seen=seen)
        return done(work, **shown(work, n))


def reissue_certificate(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{for_state?, for_court?, statute?, designee?, seen}``: the same for another reader, drafted anew from the
    record as it stands now. Raises as :func:`draft_certificate`, NotFound."""
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    with service.write(actor, Action.CERTIFICATE_DRAFT, case_stream(ref), key=key) as work:
        refuse_exercise(service, work)
        before = certificate_of(work, n)
        more = {f: asked.raw(f) for f in ("for_state", "for_court", "statute", "designee", "language")}
        asked.check_unknown()
        again = Asked({**_as_asked(before), **{k: v for k, v in more.items() if v is not None}})
        if more["for_state"] is None and more["for_court"] is None:
            again.wrong(
                "for_state", None, "is missing: for whom it is issued again", "name the State or court"
            )
        wanted, told = _read(service, work, again)
        again.done()
        work.refuse_if_moved(seen)
        made = append_draft(service, work, wanted, {**told, "reissue_of": n}, seen=seen)
        return done(work, **shown(work, made), reissue_of=n)


def certificate_of(work: Work, n: int) -> Certificate:
    """Raises NotFound."""
    found = work.case.papers.certificate(n)
    if found is None:
        raise NotFound(f"the case has no certificate {n}")
    return found


def refuse_exercise(service: Service, work: Work) -> None:
    """On an exercise desk every paper says EXERCISE; a case opened as exercise gives none (desk-rules 15.3)."""
    if work.case.as_exercise:
        raise NoCertificateOfAnExercise("Nothing made in a drill may be taken for real.")


def shown(work: Work, n: int) -> dict[str, Any]:
    """What the drafter is shown at once."""
    made = certificate_of(work, n)
    return {
        "certificate": n,
        "title": made.title,
        "sentences": [dict(s) for s in made.sentences],
        "annex": [dict(s) for s in made.annex],
        "witnesses": [dict(w) for w in made.witnesses],
        "extract_sha256": made.extract_sha256,
    }


def _as_asked(before: Certificate) -> dict[str, Any]:
    told = {
        "kind": before.kind,
        "exchanges": list(before.exchanges),
        "vessel": before.vessel,
        "basis": [dict(b) for b in before.basis],
        "statute": before.statute,
        "designee": before.designee.get("id"),
        "language": before.language,
    }
    return {k: v for k, v in told.items() if v not in (None, [])}


def _read(service: Service, work: Work, asked: Asked) -> tuple[Wanted, dict[str, Any]]:
    kind = asked.word("kind", KINDS)
    exchanges = _exchanges(asked, work)
    vessel = asked.number("vessel", least=1, most=999)
    if vessel is not None and work.case.vessel(vessel) is None:
        asked.wrong(
            "vessel", vessel, "is no vessel of this case", f"one of: {[v.n for v in work.case.vessels]}"
        )
    basis = tuple(_bases(asked, work))
    statute = asked.text("statute", longest=80)
    known = service.policies.papers.statutes
    if statute is not None and statute not in known:
        asked.wrong("statute", statute, "has no text here", f"one of: {', '.join(sorted(known))}, or none")
    elif statute is not None and kind not in known[statute].kinds:
        asked.wrong(
            "statute", statute, "is for another certificate", f"one of: {', '.join(known[statute].kinds)}"
        )
    side = known[statute].side if statute is not None and statute in known else "either"
    for_state = (asked.text("for_state", longest=2) or "").upper() or None
    if for_state and not (len(for_state) == 2 and for_state.isalpha()):
        asked.wrong("for_state", for_state, "is no two-letter State code", "send ISO 3166 alpha-2")
    supersedes = asked.number("supersedes", least=1)
    if supersedes is not None and work.case.papers.certificate(supersedes) is None:
        asked.wrong("supersedes", supersedes, "is no certificate of this case", "name one by its number")
    told = {
        "kind": kind,
        "vessel": vessel,
        "statute": statute,
        "for_state": for_state,
        "for_court": asked.text("for_court", longest=500),
        "language": asked.word("language", LANGUAGES, "en"),
        "supersedes": supersedes,
        "designee": designee(asked, work),
    }
    return Wanted(kind, exchanges, vessel, basis, side), told


def _exchanges(asked: Asked, work: Work) -> tuple[int, ...]:
    raw = asked.raw("exchanges")
    numbers = [raw] if isinstance(raw, (int, str)) and raw != "" else raw or []
    known = [e.n for e in work.case.exchanges]
    found = []
    for each in numbers if isinstance(numbers, list) else [numbers]:
        n = int(each) if isinstance(each, str) and each.isdigit() else each
        if not isinstance(n, int) or n not in known:
            asked.wrong("exchanges", each, "is no exchange of this case", f"one of: {known}")
        else:
            found.append(n)
    return tuple(dict.fromkeys(found))


def _bases(asked: Asked, work: Work) -> Iterable[tuple[int, int]]:
    """One answer or several, as ``{exchange, answer}`` or as the form's ``"2.1"``."""
    raw = asked.raw("basis")
    for each in raw if isinstance(raw, list) else [raw] if raw else []:
        if isinstance(each, str):
            exchange, _, answer = each.partition(".")
            each = {"exchange": exchange, "answer": answer}
        place = (
            tuple(_whole(each.get(f)) for f in ("exchange", "answer"))
            if isinstance(each, Mapping)
            else (0, 0)
        )
        found = work.case.exchange(place[0])
        if found is None or not any(a.n == place[1] for a in found.answers):
            asked.wrong("basis", each, "is no answer of this case", "send {exchange, answer}")
            continue
        yield place[0], place[1]


def _whole(value: object) -> int:
    text = str(value)
    return int(text) if text.isdigit() and len(text) < 6 else 0


def append_draft(
    service: Service, work: Work, wanted: Wanted, told: Mapping[str, Any], *, seen: int | None
) -> int:
    """Write the draft; returns its number. Raises BasisNeeded, NothingToCertify, NothingSearched,
    DesigneeWithoutDelegation."""
    selection = select(work.case, wanted)
    delegation = delegation_to_sign(work, told["designee"]["id"], measures_of_ours(settles(selection)))
    entries = {e.seq: e for e in _entries(work)}
    said = _sentences(service, work, entries, selection, wanted, told)
    annex = said.pop("annex")
    cited = sorted({seq for s in (*said["sentences"], *annex) for seq in s["cites"]})
    used = [entries[seq] for seq in cited if seq in entries]
    papers, set_with = service.policies.papers, templates(*PAPER_TEMPLATES)
    work.cite(*service.policies.text_of(papers.sha256))
    for template in set_with:
        work.cite(template.path, template.text)
    n = len(work.case.papers.certificates) + 1
    body = {
        "certificate": n,
        **{k: v for k, v in told.items() if v is not None},
        "designee": {**told["designee"], "delegation": delegation},
        "title": papers.titles[wanted.kind],
        "exchanges": [e.n for e in selection.exchanges],
        "basis": [{"exchange": e, "answer": a} for e, a in wanted.basis],
        **said,
        "annex": annex,
        "notes": [_note(e) for e in used],
        "settles": settles(selection),
        "witnesses": witnesses(used, work.of(OFFICERS, DESK)),
        "from_seq": work.case.seq,
        "from_leaf": work.case.leaf,
        "extract_sha256": extract_sha256(used),
        "templates": [papers.sha256, *(t.sha256 for t in set_with)],
        "log": log_facts(service, work),
    }
    work.append(
        Draft("certificate.drafted", {k: v for k, v in body.items() if v not in (None, [])}, seen=seen)
    )
    return n


def _entries(work: Work) -> tuple[Entry, ...]:
    return store.read_entries(work.connection, work.stamp.log, work.stream).entries


def _sentences(
    service: Service,
    work: Work,
    entries: Mapping[int, Entry],
    selection: Selection,
    wanted: Wanted,
    told: Mapping[str, Any],
) -> dict[str, Any]:
    desk, papers, record = service.desk, service.policies.papers, work.case
    s = Sentences(record, papers, desk.state, desk.name, entries, heading=papers.heading("record"))
    rests_on = [t.answer.seq for t in selection.told] or [e.seq for e in selection.exchanges] or [record.seq]
    s.say("record", [record.seq], desk=desk.name, case=record.ref, seq=record.seq)
    if told.get("statute"):
        s.add(papers.statutes[told["statute"]].text, rests_on)
    if told.get("reissue_of"):
        before = certificate_of(work, told["reissue_of"])
        s.say("reissue", [before.seq], certificate=before.n)
    annex = write(s, selection, wanted, _today(service, work))
    if wanted.kind == "non_registration" and not any(
        t.answer.register and t.answer.register.get("search") for t in selection.told
    ):
        raise NothingSearched("A certificate of non-registration says which registers were searched.")
    _typed_in(s, annex)
    _witness_sentences(s, entries, annex, work)
    return {"sentences": s.said, "annex": annex, "footnotes": s.footnotes}


def _typed_in(s: Sentences, annex: list[dict[str, Any]]) -> None:
    """What was typed in from paper says so, with the instant at which the desk had it (practice R10)."""
    papers = s.record.transcripts
    cited = sorted({seq for told in (*s.said, *annex) for seq in told["cites"]})
    typed = [t for seq in cited if (t := papers.of(seq)) is not None]
    if not typed:
        return
    periods = [papers.period(n) for n in sorted({t.period for t in typed})]
    entries = "; ".join(
        f"entry {t.seq}, {f'page {t.page}, ' if t.page else ''}at {instant(t.recorded_at.isoformat())}"
        for t in typed
    )
    s.heading = s.wording.heading("limits")
    compared = "yes" if all(p is not None and p.compared for p in periods) else "no"
    s.say("typed_in", [t.seq for t in typed], entries=entries, compared=compared)


def _witness_sentences(
    s: Sentences, entries: Mapping[int, Entry], annex: list[dict[str, Any]], work: Work
) -> None:
    # Not the first sentence: whoever made the newest entry need not have acted in what is certified.
    cited = {seq for told in (*s.said[1:], *annex) for seq in told["cites"]}
    known = witnesses([entries[n] for n in sorted(cited) if n in entries], work.of(OFFICERS, DESK))
    s.heading = s.wording.heading("witnesses")
    for key, is_there in (("available", True), ("not_available", False)):
        found = [w for w in known if w["is_available"] is is_there]
        if found:
            cites = [seq for w in found for seq in w["cites"]]
            s.say(key, cites, officers="; ".join(f"{w.get('name', w['id'])}, then {_post(w)}" for w in found))


def _post(told: Mapping[str, Any]) -> str:
    return str(told.get("post") or str(told.get("role", "")).replace("_", " "))


def _today(service: Service, work: Work) -> Today:
    catalogue = service.policies.catalogue
    listed = work.of(LISTED, DIRECTORY).authorities
    return Today(
        terms={name: p.terms_sha256 for name, p in catalogue.by_id.items()},
        names={a.id: a.name for a in listed.values()},
        templates=frozenset(t.sha256 for t in _answer_templates()),
    )


def _answer_templates() -> tuple[Template, ...]:
    return templates()


def measures_of_ours(settled: Iterable[Mapping[str, Any]]) -> list[str]:
    """The measures answered by us: a delegation to certify them must cover them."""
    return list(dict.fromkeys(str(t["measure"]) for t in settled if t.get("by") is None))


def settles(selection: Selection) -> list[dict[str, Any]]:
    """What is told, in the clear: by it a later contrary answer is known (fold_papers)."""
    told = [t.as_settled() for t in selection.told]
    for effect in selection.effects:
        by = {} if effect.exchange.is_inbound else {"by": effect.exchange.state}
        told += [{"vessel": g.vessel, "measure": g.measure, "value": "granted", **by} for g in effect.grants]
    return list({tuple(sorted(t.items())): t for t in told}.values())


def _note(entry: Entry) -> dict[str, Any]:
    told = {"seq": entry.seq, "id": entry.id, "leaf": entry.leaf, "type": entry.type}
    return {**told, "recorded_at": to_text(entry.recorded_at)}


def extract_sha256(entries: Iterable[Entry]) -> str:
    """The hash of the log extract: over one line ``<seq> <leaf>`` for each entry cited, in the order of the log."""
    lines = "".join(f"{e.seq} {e.leaf}\n" for e in sorted(entries, key=lambda e: e.seq))
    return hashlib.sha256(lines.encode()).hexdigest()


def log_facts(service: Service, work: Work) -> dict[str, Any]:
    """What the last line of the paper says (desk-rules 16.1), and with which key the log is signed."""
    keys = [k.key_id.hex() for k in service.log_keys[:1]]
    told = {
        "origin": service.desk.log_origin,
        "root20": root20(work, service.desk.log_origin),
        "at": to_text(work.now),
        "key": keys[0] if keys else None,
    }
    return {k: v for k, v in told.items() if v is not None}
