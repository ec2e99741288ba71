"""A period on paper, typed in afterwards as one command (desk-rules 11.2).

The scan first, then its acts in order with their times as written; all of it or nothing. Clocks are computed as they
ran, nobody is called for what is settled, and a second person holds the entries against the scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, Invalid, NotFound, Problem, Refused, ServiceError
from cna_service.kit.ids import new_reference, read_reference
from cna_service.kit.instants import to_text
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow import (
    answer_changes,
    at_sea,
    closing,
    communicate,
    consult,
    convey,
    custody,
    decide,
    facts,
    instruct,
    notifying,
    opening,
    results,
    steps,
)
from cna_service.workflow.acknowledge import acknowledge_request
from cna_service.workflow.answer import give_answer
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.chase import record_try
from cna_service.workflow.fire import lapse_draft
from cna_service.workflow.paper import Page, Within
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.statements import keep_statement
from cna_service.workflow.work import Work

MOST_ACTS = 500

CASE_VERBS: Mapping[str, Callable[..., Reply]] = MappingProxyType(
    {
        "communications": communicate.log_communication,
        "exchanges": opening.open_exchange,
        "notes": closing.add_note,
        "instructions": instruct.give_instruction,
        "actions": at_sea.record_action,
        "results": results.report_result,
        "custody": custody.record_custody,
        "consultations": consult.ask_agency,
        "clearances": consult.record_clearance,
        "statements": keep_statement,
        "closure": closing.close_case,
        "reopening": closing.reopen_case,
    }
)
EXCHANGE_VERBS: Mapping[str, Callable[..., Reply]] = MappingProxyType(
    {
        "acknowledgement": acknowledge_request,
        "standing": steps.record_standing,
        "questions": steps.ask_question,
        "extension": steps.extend,
        "basis": steps.choose_basis,
        "decisions": decide.record_decision,
        "answers": give_answer,
        "conveyance": convey.convey,
        "confirmation": convey.confirm,
        "withdrawal": steps.withdraw,
        "tries": record_try,
        "answer-withdrawal": answer_changes.withdraw_answer,
        "authority-confirmation": answer_changes.confirm_by_listed,
        "limitation-notice": answer_changes.notify_limitation,
        "notifications": notifying.notify,
        "evidence-summary": notifying.summarise_evidence,
    }
)
NUMBERED_VERBS: Mapping[str, Callable[..., Reply]] = MappingProxyType(
    {
        "instructions/readback": instruct.read_back,
        "consultations/answer": consult.answer_agency,
    }
)
_SEEN = frozenset(
    {
        *("answers", "decisions", "acknowledgement", "closure", "conveyance", "basis", "instructions"),
        *("answer-withdrawal", "authority-confirmation"),
    }
)
OPENING = "cases"
VERBS: tuple[str, ...] = (OPENING, *CASE_VERBS, *facts.KINDS, *EXCHANGE_VERBS, *NUMBERED_VERBS)


class SamePerson(Refused):
    code = "same-person"
    title = "Another person than the one who typed it in compares it with the scan"


class ReferenceTaken(Conflict):
    code = "reference-taken"
    title = "There is a case under this reference already"


@dataclass(frozen=True, slots=True)
class _Act:
    n: int
    verb: str
    n_of: int | None
    """Of the exchange, or of the numbered part, that the verb is about."""
    written_at: datetime
    page: str | None
    acted_by: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Period:
    begins_at: datetime
    ends_at: datetime
    words: str | None
    acts: tuple[_Act, ...]


def transcribe(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{scan: [{name, media_type?, base64}], from, to, words?, acts: [{verb, exchange?, number?, written_at, page?,
    acted_by?, body}]}``: a period on paper of a case that the desk has.

    ``verb`` is one of :data:`VERBS` without ``cases``, ``body`` what that command takes. Raises Invalid (of every act,
    by its place), StreamNotFound, and what the commands raise; then nothing is written.
    """
    asked = Asked(body)
    with service.write(actor, Action.PAPER_TRANSCRIBE, case_stream(ref), key=key) as work:
        return _transcribe(service, work, asked)


def transcribe_new(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """The same for a case that began on paper: its first act is ``cases``, with the body of opening one.

    ``reference``: the one that was given over the telephone from the paper pack; it stays for ever. Raises as
    :func:`transcribe`, ReferenceTaken.
    """
    asked = Asked(body)
    named = asked.text("reference", longest=40)
    ref = read_reference(named) if named else None
    if named and ref is None:
        asked.wrong("reference", named, "is no case's reference", "its last character is a check")
        asked.done()
    with service.write(actor, Action.PAPER_TRANSCRIBE, key=key) as work:
        if ref is None:
            work.begin_case(lambda: new_reference(prefix=service.desk.reference_prefix))
        elif store.head(work.connection, case_stream(ref)) is not None:
            raise ReferenceTaken(f"{ref}: add this period to that case, if it is the same.")
        else:
            work.begin_stream(case_stream(ref))
        return _transcribe(service, work, asked, is_new=True)


def _transcribe(service: Service, work: Work, asked: Asked, *, is_new: bool = False) -> Reply:
    scan = read_attachments(work, asked, "scan")
    period = _read(asked, work, is_new=is_new)
    if not scan:
        asked.wrong("scan", None, "is missing: the pages come first", "attach the scan of the pages")
    asked.check_unknown()
    asked.done()
    n = len(work.case.transcripts.paper_periods) + 1
    told = {
        "period": n,
        "from": to_text(period.begins_at),
        "to": to_text(period.ends_at),
        "scan": scan,
        "acts": len(period.acts),
        "words": period.words,
    }
    work.append(Draft("paper.transcribed", {k: v for k, v in told.items() if v is not None}))
    now = work.now
    _write_acts(service, work, n, period.acts)
    work.now, work.paper = now, None
    _summon_for_what_is_open(service, work)
    typed = [t.seq for t in work.case.transcripts.transcribed if t.period == n]
    return done(work, period=n, transcribed=typed, open=closing_words(work))


def _read(asked: Asked, work: Work, *, is_new: bool) -> _Period:
    begins, ends = asked.instant("from", required=True), asked.instant("to", required=True)
    words = asked.text("words")
    acts = [_read_act(n, each) for n, each in enumerate(asked.parts("acts", required=True))]
    if len(acts) > MOST_ACTS:
        asked.wrong("acts", f"{len(acts)} acts", f"are more than {MOST_ACTS}", "transcribe page by page")
    if begins is not None and ends is not None and not begins <= ends <= work.now:
        asked.wrong("to", to_text(ends), "is before the beginning or lies ahead", "check both instants")
    _check_order(asked, acts, begins, ends)
    _check_opening(asked, acts, is_new=is_new)
    if asked.problems:
        return _Period(work.now, work.now, None, ())
    return _Period(begins or work.now, ends or work.now, words, tuple(a for a in acts if a is not None))


def _read_act(n: int, each: Asked) -> _Act | None:
    verb = each.word("verb", VERBS)
    exchange, number = each.number("exchange", least=1), each.number("number", least=1)
    written_at = each.instant("written_at", required=True)
    page, acted_by = each.text("page", longest=40), each.text("acted_by", longest=200)
    body = each.raw("body")
    if body is not None and not isinstance(body, Mapping):
        each.wrong("body", body, "is no object", "send what this command takes")
    if verb in EXCHANGE_VERBS and exchange is None:
        each.wrong("exchange", None, "is missing", "send the number of the exchange within its case")
    if verb in NUMBERED_VERBS and number is None:
        each.wrong("number", None, "is missing", "send the number of the instruction or consultation")
    each.check_unknown()
    if written_at is None or not isinstance(body or {}, Mapping):
        return None
    act = _Act(
        n, verb, exchange if verb in EXCHANGE_VERBS else number, written_at, page, acted_by, dict(body or {})
    )
    _check_leaves_nothing(each, act)
    return act


def _check_leaves_nothing(each: Asked, act: _Act) -> None:
    """What the desk would send by itself was not sent by it: on paper it went by telephone, fax or hand."""
    conveyed = [act.body, *(c for c in act.body.get("convey") or () if isinstance(c, Mapping))]
    if act.verb in ("answers", "conveyance") and any(c.get("channel") == "mail" for c in conveyed):
        why = "a mail of the desk did not leave while it worked on paper"
        each.wrong("body/channel", "mail", why, "phone, fax or diplomatic_note, as it was")


def _check_order(
    asked: Asked, acts: Sequence[_Act | None], begins: datetime | None, ends: datetime | None
) -> None:
    before = begins
    for act in acts:
        if act is None or before is None or ends is None:
            continue
        if not before <= act.written_at <= ends:
            why = "is before the act above it, or outside the period"
            asked.wrong(
                f"acts/{act.n}/written_at", to_text(act.written_at), why, "enter the acts in their order"
            )
        before = max(before, act.written_at)


def _check_opening(asked: Asked, acts: Sequence[_Act | None], *, is_new: bool) -> None:
    for n, act in enumerate(acts):
        if act is not None and act.verb == OPENING and not (is_new and n == 0):
            asked.wrong(
                f"acts/{n}/verb", OPENING, "opens a case that is open", "it is the first act of a new case"
            )
    if is_new and acts and acts[0] is not None and acts[0].verb != OPENING:
        asked.wrong("acts/0/verb", acts[0].verb, "stands before the case is opened", f"begin with {OPENING}")


def _write_acts(service: Service, work: Work, period: int, acts: Iterable[_Act]) -> None:
    """Each act by its own verb, as of the instant on the paper. Raises Invalid with what is wrong in all of them."""
    within = cast(Service, Within(service, work))
    problems: list[Problem] = []
    stamp = work.stamp
    for act in acts:
        # Each act rests on its own delegation, if on any.
        work.now, work.stamp = act.written_at, stamp
        _pass_clocks(work, period, act)
        work.paper = Page(period, act.written_at, act.page, act.acted_by)
        try:
            _write(within, work, act)
        except Invalid as refused:
            problems += [_placed(act, p) for p in refused.problems]
        except (Conflict, NotFound, Refused) as refused:
            # After an act that could not be read, later ones may lack what it would have brought about.
            if not problems:
                raise _at(act, refused) from refused
    work.stamp = stamp
    if problems:
        raise Invalid("", *problems)


def _placed(act: _Act, problem: Problem) -> Problem:
    return replace(problem, pointer=f"/acts/{act.n}/body{problem.pointer}")


def _at(act: _Act, refused: ServiceError) -> ServiceError:
    detail = f"Act {act.n + 1} ({act.verb}, {to_text(act.written_at)}): {refused.detail or refused.title}"
    return type(refused)(detail, **refused.facts)


def _write(service: Service, work: Work, act: _Act) -> None:
    body = dict(act.body)
    if act.verb in _SEEN:
        # Who wrote on paper had no page of the desk before him.
        body["seen"] = work.case.seq
    if act.verb == "acknowledgement":
        body["tell"] = False
    actor, ref = work.actor, work.stream.removeprefix("case:")
    if act.verb == OPENING:
        opening.open_case(service, actor, body)
    elif act.verb in facts.KINDS:
        facts.record_fact(service, actor, ref, act.verb, body)
    elif act.verb in CASE_VERBS:
        CASE_VERBS[act.verb](service, actor, ref, body)
    else:
        verb = EXCHANGE_VERBS.get(act.verb) or NUMBERED_VERBS[act.verb]
        verb(service, actor, ref, act.n_of, body)


def _pass_clocks(work: Work, period: int, act: _Act) -> None:
    """What ran out on the paper before this act ran out then: an entry of the service, and nobody is called."""
    running = [c for c in work.case.clocks if c.is_running and c.due_at is not None]
    for clock in sorted(running, key=lambda c: c.due_at or act.written_at):
        if clock.due_at is not None and clock.due_at <= act.written_at:
            work.paper = Page(period, clock.due_at, act.page)
            work.append(lapse_draft(clock, [m for m, _ in clock.warnings if m not in clock.warned], 0))


def _summon_for_what_is_open(service: Service, work: Work) -> None:
    if closing_words(work) and not work.of(ALERTS).open:
        opening.take_or_summon(service, work)


def closing_words(work: Work) -> list[str]:
    """What is still open of the case, in words; for nothing else is anybody called."""
    return [] if work.case.is_closed else [str(each) for each in _owed(work)]


def _owed(work: Work) -> Iterable[str]:
    for exchange in work.case.exchanges:
        if exchange.withdrawn_seq is None and not exchange.answers and exchange.kind == "request":
            yield f"exchange {exchange.n} has no answer"
    for clock in work.case.clocks:
        if clock.is_running and clock.kind != "own":
            yield f"a {clock.kind} clock of exchange {clock.exchange} runs"


def compare(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{agrees, words?, differences?: [{seq, words}]}``: a second person held period ``n`` against its scan.

    What differs is mended by further entries, never in the typed ones. Raises SamePerson, NotFound, Invalid.
    """
    asked = Asked(body)
    agrees, words = asked.raw("agrees"), asked.text("words")
    if not isinstance(agrees, bool) and agrees not in ("true", "false", "yes", "no"):
        asked.wrong("agrees", agrees, "is missing: does it agree with the scan?", "send true or false")
    does = agrees in (True, "true", "yes")
    with service.write(actor, Action.PAPER_COMPARE, case_stream(ref), key=key) as work:
        parts = work.case.transcripts
        period = parts.period(n)
        if period is None:
            raise NotFound(f"the case has no paper period {n}")
        if period.transcribed_by.get("id") == actor.id:
            raise SamePerson(f"{period.transcribed_by.get('name') or actor.id} typed it in.")
        differences = _differences(asked, {t.seq for t in parts.transcribed if t.period == n})
        if not does and not differences and not words:
            asked.wrong("words", None, "is missing: what differs", "say it, or name each entry that differs")
        asked.check_unknown()
        asked.done()
        told = {"period": n, "agrees": does and not differences, "words": words, "differences": differences}
        work.append(Draft("paper.compared", {k: v for k, v in told.items() if v not in (None, [])}))
        return done(work, period=n, agrees=told["agrees"])


def _differences(asked: Asked, typed: set[int]) -> list[dict[str, Any]]:
    found = []
    for each in asked.parts("differences"):
        seq, words = each.number("seq", required=True, least=1), each.needed("words")
        if seq is not None and seq not in typed:
            each.wrong("seq", seq, "is no entry of this period", f"one of: {sorted(typed)}")
        each.check_unknown()
        found.append({"seq": seq, "words": words})
    return found
