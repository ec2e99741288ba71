"""A certificate, part by part, in the order in which things happened. Pure but for what the caller looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cna_service.cases.record import Answer, AnswerItem, Clock, Exchange
from cna_service.workflow.case_timeline import VERDICTS
from cna_service.workflow.certificate_told import Effect, Selection, ToldItem, Wanted
from cna_service.workflow.certificate_words import (
    FORMS,
    Sentences,
    asks_registry,
    instant,
    items_words,
    measures,
    officer,
    tell_item,
    tell_known,
    tell_learnt,
    when,
    who,
    words_of,
)
from cna_service.workflow.steps import STANDINGS


@dataclass(frozen=True, slots=True)
class Today:
    """What differs today from the day of the case (desk-rules 8.3): by provision its hash now, by authority its
    name now, and the hashes of the templates now in use."""

    terms: Mapping[str, str]
    names: Mapping[str, str]
    templates: frozenset[str] = frozenset()


def write(s: Sentences, selection: Selection, wanted: Wanted, today: Today) -> list[dict[str, Any]]:
    """Fill ``s`` with the body of the certificate; returns the annex."""
    for exchange in selection.exchanges:
        s.heading = s.wording.heading("exchange", n=exchange.n, state=exchange.state or "unknown")
        _ask(s, exchange, wanted, today)
        told = [t for t in selection.told if t.exchange.n == exchange.n]
        answers = [a for a in exchange.answers if any(t.answer.n == a.n for t in told)]
        tell_known(s, exchange, wanted.vessel)
        if wanted.kind == "chronology_of_exchanges":
            _between(s, exchange)
        before = exchange.seq
        for answer in answers:
            tell_learnt(s, exchange, before, answer, wanted.vessel)
            before = answer.seq
            _answer(s, exchange, answer, [t for t in told if t.answer.n == answer.n], today)
        for effect in (x for x in selection.effects if x.exchange.n == exchange.n):
            _effect(s, effect)
        if wanted.kind == "chronology_of_exchanges":
            _unanswered(s, exchange)
    if selection.withheld:
        s.heading = s.wording.heading("limits")
        _withheld(s, selection.withheld)
    if wanted.kind == "conditions_and_compliance":
        _conditions(s, selection)
    return _annex(s, selection)


def _ask(s: Sentences, exchange: Exchange, wanted: Wanted, today: Today) -> None:
    facts = {
        "at": instant(exchange.at.isoformat()),
        "other": s.other(exchange),
        "desk": s.desk,
        "channel": exchange.channel.replace("_", " "),
        "vessels": s.vessels(i.vessel for i in exchange.items),
        "measures": measures(i.measure for i in exchange.items if wanted.vessel in (None, i.vessel)),
    }
    if exchange.kind != "request":
        shown = {f: facts[f] for f in ("at", "other", "channel")}
        s.say("notified", [exchange.seq], kind=exchange.kind.replace("_", " "), **shown)
    elif exchange.is_inbound:
        s.say("asked_of_us", [exchange.seq], **facts)
    else:
        actor = officer(s.actor(exchange.seq))
        s.say("asked_by_us", [exchange.seq], actor=actor, **{k: v for k, v in facts.items() if k != "desk"})
    _name_today(s, exchange, today)
    if exchange.their_reference:
        s.say("their_reference", [exchange.seq], reference=exchange.their_reference)
    if words := words_of(exchange.text):
        s.say("request_words", [exchange.seq], words=words)
    _basis(s, exchange, today)
    if exchange.is_inbound and exchange.standing == STANDINGS[0]:
        s.say("standing_unverified", [exchange.seq])


def _name_today(s: Sentences, exchange: Exchange, today: Today) -> None:
    name = today.names.get(exchange.authority or "")
    if name and exchange.authority_name and name != exchange.authority_name:
        s.note("today_directory", name=name)


def _basis(s: Sentences, exchange: Exchange, today: Today) -> None:
    clock = next((c for c in s.record.clocks if c.exchange == exchange.n and c.terms.get("provision")), None)
    answered = next((a for a in exchange.answers if a.basis), None)
    if clock is not None:
        _basis_of(s, clock.terms, clock.seq, today)
    elif answered is not None:
        _basis_of(s, answered.basis or {}, answered.seq, today)
    elif exchange.basis_told:
        s.say("basis_told", [exchange.seq], told="; ".join(exchange.basis_told))
    else:
        s.say("no_basis", [exchange.seq])


def _basis_of(s: Sentences, terms: Mapping[str, Any], seq: int, today: Today) -> None:
    article = f"art. {terms.get('article')}" if terms.get("article") else str(terms.get("provision"))
    agreement = str(terms.get("agreement_title") or "an agreement not named")
    s.say("basis", [seq], article=article, agreement=agreement)
    then, now = terms.get("terms_sha256"), today.terms.get(str(terms.get("provision")))
    if then and now and then != now:
        s.note("today_rule", article=article, agreement=agreement, then=str(then)[:12], today=now[:12])


def _between(s: Sentences, exchange: Exchange) -> None:
    """What lies between ask and answer, for the certificate that narrates exchanges."""
    steps: list[tuple[int, str, dict[str, object]]] = []
    other = s.other(exchange)
    if (mark := exchange.acknowledgement) is not None:
        actor = who(mark.theirs or mark.by)
        steps.append((mark.seq, "acknowledged", {"at": instant(mark.at.isoformat()), "actor": actor}))
    for q in exchange.questions:
        key = "question_to_us" if q.get("direction") == "in" else "question_from_us"
        words = words_of(q.get("words")) or ""
        steps.append(
            (q["seq"], key, {"at": instant(q["recorded_at"].isoformat()), "other": other, "words": words})
        )
    for x in exchange.extensions:
        told: dict[str, object] = {
            "at": instant(x["recorded_at"].isoformat()),
            "by": who(x.get("by") or {}),
            "until": instant(x["until"]),
        }
        steps.append((x["seq"], "extended", told))
    for clock in s.record.clocks:
        if clock.exchange == exchange.n and clock.lapsed_at and clock.lapsed_seq and clock.lapse is None:
            told = {"at": instant(clock.lapsed_at.isoformat()), "limit": _limit(clock)}
            steps.append((clock.lapsed_seq, "ran_out", told))
    if exchange.withdrawn_seq is not None:
        steps.append((exchange.withdrawn_seq, "withdrawn", {"at": s.recorded(exchange.withdrawn_seq)}))
    for seq, key, facts in sorted(steps, key=lambda each: each[0]):
        s.say(key, [seq], **facts)


def conditions_of(item: AnswerItem) -> list[tuple[int, str]]:
    """The conditions of an item with their numbers in it; erased ones keep their number."""
    texts = item.conditions if isinstance(item.conditions, list | tuple) else ()
    numbers = [int(c["n"]) for c in item.condition_items if "n" in c] or list(range(1, len(texts) + 1))
    if texts:
        return [(n, str(text)) for n, text in zip(numbers, texts, strict=False)]
    return [(n, str(item.conditions)) for n in numbers or [1]]


def _limit(clock: Clock) -> str:
    if clock.terms.get("article"):
        return f"art. {clock.terms['article']} of {clock.terms.get('agreement_title')}"
    return "stated by the other side" if clock.kind == "claimed" else f"{clock.kind} limit"


def _answer(s: Sentences, exchange: Exchange, answer: Answer, told: list[ToldItem], today: Today) -> None:
    cites = [answer.seq]
    facts = {"state": s.state(exchange, ours=answer.ours), "form": FORMS.get(answer.form, answer.form)}
    facts["at"] = when(answer.happened_at, answer.recorded_at)
    if answer.ours:
        by = officer({**answer.by, "role": answer.actor.get("role")} if answer.by else answer.actor)
        s.say("answered_by_us", cites, by=by, **facts)
    else:
        by = who(answer.by, who(answer.actor))
        s.say("answered_by_them", cites, by=by, received=instant(answer.recorded_at.isoformat()), **facts)
    _listed(s, exchange, answer)
    s.say("as_of", cites, as_of=instant(answer.as_of.isoformat()))
    for each in told:
        tell_item(s, each)
    if words := words_of(answer.words):
        s.say("answer_words", cites, words=words)
    if answer.withdrawal is not None:
        taken_back(s, exchange, answer)
    note = words_of(getattr(answer, "standing_reason", None))
    if note:
        s.say("standing_note", cites, words=note)
    if answer.ours:
        _reached(s, exchange, answer, today)
        if asks_registry(exchange) and any(t.item.measure == "confirm_registry" for t in told):
            _register(s, answer)


def _listed(s: Sentences, exchange: Exchange, answer: Answer) -> None:
    """Whose word it is, by the directory of that day (practice R7)."""
    checked = answer.checked or {}
    if not answer.ours and checked.get("is_listed") and checked.get("authority"):
        named = s.other(exchange) if checked["authority"] == exchange.authority else checked["authority"]
        s.say("listed_then", [answer.seq], authority=named, seq=checked.get("directory_seq"))
    for told in answer.listed_by:
        at = instant(told["recorded_at"].isoformat())
        s.say("listed_confirmed", [told["seq"]], at=at, by=who(told.get("by") or {}))


def _reached(s: Sentences, exchange: Exchange, answer: Answer, today: Today) -> None:
    conveyed = next((c for c in answer.conveyances if c.complete), None)
    if conveyed is None:
        s.say("not_conveyed", [answer.seq], other=s.other(exchange))
        return
    channel = conveyed.channel.replace("_", " ")
    at = instant(conveyed.recorded_at.isoformat())
    s.say("reached", [conveyed.seq, conveyed.confirmed_seq], other=s.other(exchange), at=at, channel=channel)
    document = next(
        (
            d
            for d in s.record.documents
            if (d.get("exchange"), d.get("answer"), d.get("kind")) == (exchange.n, answer.n, "answer")
        ),
        None,
    )
    then = (document or {}).get("templates") or ()
    if today.templates and then and not set(then) <= today.templates:
        s.note("today_template", then=", ".join(str(t)[:12] for t in then))


def _register(s: Sentences, answer: Answer) -> None:
    """Which register was searched, which version, which period: only what an entry says (practice R14; D4)."""
    told = answer.register or {}
    search = next((x for x in s.record.searches if x.get("search") == told.get("search")), None)
    if not told or search is None:
        s.say("no_search", [answer.seq])
        return
    register = search["register"]
    as_of = instant(register.get("as_of") or search.get("searched_at"))
    cites = [search["seq"], answer.seq]
    facts = {"at": instant(search["recorded_at"].isoformat()), "actor": officer(search["actor"])}
    keys = ", ".join(str(k).replace("_", " ") for k in search.get("keys_tried", ())) or "no key"
    s.say(
        "looked_up",
        cites,
        register=register["id"],
        version=register["version"],
        as_of=as_of,
        vessel=s.vessel(search.get("vessel", 1)),
        keys=keys,
        **facts,
    )
    judged = search.get("verdict_by") or search["actor"]
    verdict = VERDICTS.get(str(search.get("verdict")), str(search.get("verdict"))).rstrip(":")
    s.say(
        "looked_up_result",
        [search["seq"], search.get("verdict_seq")],
        count=search.get("count", 0),
        actor=officer(judged),
        verdict=verdict,
    )
    if record := told.get("record"):
        s.say("record_meant", cites, identifiers="; ".join(f"{r['kind']} {r['value']}" for r in record))
    s.say("period", [search["seq"]], as_of=as_of)


def _effect(s: Sentences, effect: Effect) -> None:
    lapse, clock = effect.clock.lapse or {}, effect.clock
    if clock.lapsed_at is not None:
        facts = {"at": instant(clock.lapsed_at.isoformat()), "limit": _limit(clock)}
        s.say(
            "ran_out_unanswered",
            [clock.lapsed_seq],
            measures=measures(i.measure for i in clock.items),
            **facts,
        )
    s.say(
        "effect_recorded",
        [lapse["seq"], lapse.get("proposed_seq")],
        at=instant(lapse["recorded_at"].isoformat()),
        actor=officer(lapse.get("proposed_by") or {}),
        effect=str(lapse.get("effect", "none")).replace("_", " "),
        measures=measures(g.measure for g in effect.grants),
        second=officer(lapse.get("actor") or {}),
    )


def _unanswered(s: Sentences, exchange: Exchange) -> None:
    """Only the certificate that narrates exchanges says that there is no answer; the others say nothing of it."""
    answered = {(i.vessel, i.measure) for a in exchange.answers for i in a.items}
    open_items = [i for i in exchange.items if (i.vessel, i.measure) not in answered]
    if open_items and exchange.kind == "request":
        s.say("no_answer", [exchange.seq], measures=measures(i.measure for i in open_items))


def _withheld(s: Sentences, withheld: Iterable[ToldItem]) -> None:
    for t in withheld:
        s.say(
            "nothing_certified",
            [t.answer.seq],
            measure=measures([t.item.measure]),
            vessel=s.vessel(t.item.vessel),
            why=t.why_not or "",
        )


def _conditions(s: Sentences, selection: Selection) -> None:
    s.heading = s.wording.heading("conditions")
    number = 0
    for t in selection.told:
        for place, words in conditions_of(t.item):
            number += 1
            s.say(
                "condition",
                [t.answer.seq],
                number=number,
                vessel=s.vessel(t.item.vessel),
                measure=measures([t.item.measure]),
                words=words,
            )
            _compliance(s, t, place, number)


_MET = {"yes": "kept", "no": "not kept", "not_yet": "not yet to be told", "cannot_be_told": "cannot be told"}


def taken_back(s: Sentences, exchange: Exchange, answer: Answer) -> None:
    told = answer.withdrawal or {}
    at = instant(told["recorded_at"].isoformat())
    s.say("taken_back", [told["seq"]], state=s.state(exchange, ours=answer.ours), at=at)


def _compliance(s: Sentences, told: ToldItem, place: int, number: int) -> None:
    checks = [
        c
        for c in s.record.sea.condition_checks
        if (
            c.get("exchange"),
            c.get("answer"),
            c.get("vessel", told.item.vessel),
            c.get("measure", told.item.measure),
        )
        == (told.exchange.n, told.answer.n, told.item.vessel, told.item.measure)
        and c.get("condition") in (place, None)
    ]
    if not checks:
        s.say("no_compliance", [told.answer.seq], number=number)
    for c in checks:
        words = words_of(c.get("evidence")) or words_of(c.get("words"))
        s.say(
            "compliance",
            [c["seq"]],
            at=instant(c["recorded_at"].isoformat()),
            actor=officer(c.get("actor") or {}),
            number=number,
            state=_MET.get(str(c.get("met")), str(c.get("met"))),
            words=f": “{words}”" if words else "",
        )


def _annex(s: Sentences, selection: Selection) -> list[dict[str, Any]]:
    """The other answers, each with when it was given and received (practice R4)."""
    side = Sentences(s.record, s.wording, s.us, s.desk, s.entries)
    ordered = sorted(selection.annexed, key=lambda t: t.answer.seq)
    mine = {e.n for e in selection.exchanges}
    for (n, _), group in groupby(ordered, key=lambda t: t.place):
        items = list(group)
        answer, exchange = items[0].answer, items[0].exchange
        # Another requester's ask is none of this reader's business (desk-rules 2.5); that we answered otherwise is.
        where = f"in exchange {n}" if n in mine or not answer.ours else "to another request"
        side.say(
            "other_answer",
            [answer.seq],
            at=when(answer.happened_at, answer.recorded_at),
            state=s.state(exchange, ours=answer.ours),
            where=where if answer.ours else f"{where}, received {instant(answer.recorded_at.isoformat())}",
            items=items_words(items),
        )
    return [{"text": each["text"], "cites": each["cites"]} for each in side.said]
