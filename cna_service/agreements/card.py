"""The rule card: every provision that applies between two States or might, side by side; no rule is picked here.

Computed from catalogue, law and the instant asked about. More than one basis may apply: an officer chooses and the
choice is recorded (pitfall 24).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cna_service.agreements.applies import (
    Choice,
    Chosen,
    Participating,
    Takes,
    chosen,
    doubtful,
    outside,
    participating,
    unsaid,
)
from cna_service.agreements.catalogue import Catalogue
from cna_service.agreements.law import LawBook
from cna_service.agreements.law_facts import Declaration
from cna_service.agreements.measures import read_offences
from cna_service.agreements.model import (
    Agreement,
    Direction,
    Form,
    Kind,
    Provision,
    RequiredField,
    Silence,
    Start,
)
from cna_service.agreements.set_aside import SetAside, set_aside, suspension_words
from cna_service.agreements.unanswered import Without, by_silence, without_an_answer
from cna_service.agreements.wanted import required_fields

NOT_READ = "hours: not read; text needed"


class Applies(StrEnum):
    """``might``: a fact is missing (a State's participation, its choice) and the row says which."""

    YES = "yes"
    MIGHT = "might"
    NO = "no"


@dataclass(frozen=True, slots=True)
class CardRow:
    """One provision as it stands between the two States at the instant of the card.

    ``measures``: those asked that it covers. ``no_clock_because``: why it arms no clock now, in words.
    ``adopted``: the entry of the adoption in force, or None. ``overridden_by``: the provision that governs practice
    instead. ``declarations``: what the State asked declared of it, which changes what its words mean.
    """

    agreement: Agreement
    provision: Provision
    applies: Applies
    measures: tuple[str, ...]
    requesting: Participating
    requested: Participating
    election: Chosen
    adopted: str | None
    form: Form | None
    no_clock_because: str | None
    notes: tuple[str, ...]
    wants: tuple[RequiredField, ...]
    declarations: tuple[Declaration, ...] = ()
    overridden_by: str | None = None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """``rows`` apply or might; ``not_applicable`` do not, each saying why; ``without_an_answer`` is desk-rules 5.6."""

    requesting: str
    requested: str
    at: datetime
    known_at: datetime | None
    rows: tuple[CardRow, ...]
    not_applicable: tuple[CardRow, ...]
    without_an_answer: tuple[Without, ...]

    def row(self, provision: str) -> CardRow | None:
        """The row of a provision, whether it applies or not."""
        return next((r for r in (*self.rows, *self.not_applicable) if r.provision.id == provision), None)

    def under(self, provisions: Iterable[str]) -> tuple[CardRow, ...]:
        """The rows of the provisions cited, in the order of the card."""
        cited = set(provisions)
        return tuple(r for r in (*self.rows, *self.not_applicable) if r.provision.id in cited)


@dataclass(frozen=True, slots=True)
class Question:
    """What the card is asked: between whom, about what, where, in which form, when. See :func:`card`."""

    requesting: str
    requested: str
    at: datetime
    known_at: datetime | None = None
    offences: tuple[str, ...] = ()
    zone: str | None = None
    measures: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    form: Form | None = None
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """How offence and place stand to one provision: outside of it, in doubt, whether it was cited all the same, and
    what sets it aside."""

    beyond: str | None
    doubt: str | None
    is_cited: bool
    aside: SetAside | None


def card(
    catalogue: Catalogue,
    law: LawBook,
    *,
    requesting: str,
    requested: str,
    at: datetime,
    known_at: datetime | None = None,
    offences: Sequence[str] = (),
    zone: str | None = None,
    measures: Sequence[str] = (),
    functions: Sequence[str] = (),
    form: Form | None = None,
    cited: Sequence[str] = (),
) -> RuleCard:
    """What the catalogue says for a request of ``requesting`` to ``requested``.

    ``at`` is the instant whose law counts (receipt of the request), ``known_at`` the one as of whose knowledge.
    ``zone`` is one of measures.ZONES, ``territorial_sea:XQ`` to name the coastal State, None if unknown. Empty
    ``measures`` or ``functions`` ask for all; ``offences`` are taken as told (measures.read_offences). ``form`` is
    that of the request, None or EITHER if it is not stated. ``cited`` are the provisions that the requester names:
    one that offence or place seem to put the matter outside of *might* apply all the same, and the row says what
    speaks against it, because an officer decides that.
    """
    question = Question(
        requesting=requesting,
        requested=requested,
        at=at,
        known_at=known_at,
        offences=read_offences(offences),
        zone=zone,
        measures=tuple(measures),
        functions=tuple(functions),
        form=None if form is Form.EITHER else form,
        cited=tuple(cited),
    )
    rows = [r for a in catalogue.agreements.values() for r in _rows(catalogue, law, a, question)]
    applying = sorted(
        (r for r in rows if r.applies is not Applies.NO), key=lambda r: r.applies is Applies.MIGHT
    )
    return RuleCard(
        requesting=requesting,
        requested=requested,
        at=at,
        known_at=known_at,
        rows=tuple(applying),
        not_applicable=tuple(r for r in rows if r.applies is Applies.NO),
        without_an_answer=(
            *by_silence(applying),
            *without_an_answer(
                catalogue, law, requesting, requested, at, known_at, offences=question.offences, zone=zone
            ),
        ),
    )


def _rows(catalogue: Catalogue, law: LawBook, agreement: Agreement, q: Question) -> Iterator[CardRow]:
    if _is_between_others(agreement, q):
        return
    requesting, requested = (
        participating(agreement, law, s, q.at, q.known_at) for s in (q.requesting, q.requested)
    )
    suspended = [
        suspension_words(agreement, s)
        for s in law.suspended((q.requesting, q.requested), agreement.id, q.at, q.known_at)
    ]
    coastal = _coastal_state_takes_part(law, agreement, q)
    for provision in agreement.provisions:
        covered = tuple(m for m in provision.measures if not q.measures or m in q.measures)
        wanted = not q.functions or set(provision.functions) & set(q.functions)
        if not covered or not wanted:
            continue
        election = chosen(catalogue, law, provision, q.requested, q.at, q.known_at)
        place = _Place(
            beyond=outside(provision, q.offences, q.zone, coastal),
            doubt=doubtful(provision, q.zone),
            is_cited=provision.id in q.cited,
            aside=set_aside(catalogue, law, provision, (q.requesting, q.requested), q.at, q.known_at, q.zone),
        )
        adoption = law.adoption(provision, q.at, q.known_at)
        applies, why = _applies(requesting, requested, election, place)
        declared = law.declared(q.requested, provision, q.at, q.known_at)
        yield CardRow(
            agreement=agreement,
            provision=provision,
            applies=applies,
            measures=covered,
            requesting=requesting,
            requested=requested,
            election=election,
            adopted=None if adoption is None else adoption.entry,
            form=q.form,
            no_clock_because=why if applies is Applies.NO else _no_clock(provision, election, q.form),
            notes=tuple(
                dict.fromkeys(
                    (
                        *(() if why is None else (why,)),
                        *suspended,
                        *_notes(agreement, provision, declared, q),
                    )
                )
            ),
            wants=required_fields(catalogue, provision),
            declarations=declared,
            overridden_by=None if place.aside is None else place.aside.by,
        )


def _is_between_others(agreement: Agreement, q: Question) -> bool:
    """A bilateral instrument of other States is no news on this card, unless somebody cites it; a statute is news to
    who asks under it."""
    asked = {q.requesting} if agreement.kind is Kind.STATUTE else {q.requesting, q.requested}
    if not agreement.parties or asked <= set(agreement.parties):
        return False
    return not any(p.id in q.cited for p in agreement.provisions)


def _coastal_state_takes_part(law: LawBook, agreement: Agreement, q: Question) -> bool:
    _, _, state = (q.zone or "").partition(":")
    return bool(state) and participating(agreement, law, state, q.at, q.known_at).takes_part


def _applies(
    requesting: Participating, requested: Participating, election: Chosen, place: _Place
) -> tuple[Applies, str | None]:
    """Whether it applies, and what speaks against it."""
    for each in (requested, requesting):
        if each.status is Takes.NOT_PARTY:
            return Applies.NO, each.words
    if election.status is Choice.NOT_CHOSEN:
        return Applies.NO, election.words
    if place.beyond is not None and not place.is_cited:
        return Applies.NO, place.beyond
    if place.aside is not None and place.aside.is_certain:
        return Applies.NO, place.aside.words
    for each in (requested, requesting):
        if each.status is Takes.NOT_ESTABLISHED:
            return Applies.MIGHT, f"applies if both are party: not verified; {each.words}"
    if election.status is Choice.UNKNOWN:
        return Applies.MIGHT, election.words
    if place.beyond is not None:
        return Applies.MIGHT, f"cited by the other side, but {place.beyond}"
    if place.aside is not None:
        return Applies.MIGHT, place.aside.words
    return (Applies.YES, None) if place.doubt is None else (Applies.MIGHT, place.doubt)


def _no_clock(provision: Provision, election: Chosen, form: Form | None) -> str | None:
    if not provision.is_sourced:
        return NOT_READ
    if election.status is Choice.UNKNOWN:
        return f"{election.words}: ask; neither the default nor an option applies"
    if not provision.limit.has_number:
        if provision.silence.code is Silence.STANDING or provision.direction is Direction.NO_REQUEST:
            return provision.silence.words
        where = f"art. {provision.article}" if provision.article[0].isdigit() else f"the {provision.article}"
        return f"{where} gives no number of hours or days" + _quoted(provision.limit.qualifier)
    return _form_not_admitted(provision, form)


def _form_not_admitted(provision: Provision, form: Form | None) -> str | None:
    """desk-rules 1.3. Where the text does not say when its limit begins, no form keeps it from being counted."""
    if form is None or provision.form in (Form.EITHER, form) or provision.start is Start.NOT_SAID:
        return None
    if provision.form is Form.WRITTEN:
        return provision.form_words or "in writing only: ask for it now"
    return provision.form_words or "by word of mouth only: call them"


def _quoted(words: str | None) -> str:
    return f": “{words}”" if words else ""


def _notes(
    agreement: Agreement, provision: Provision, declared: Iterable[Declaration], q: Question
) -> tuple[str, ...]:
    notes = list(unsaid(provision, q.offences, q.zone))
    if agreement.area:
        notes.append(f"only in its area: {agreement.area}")
    if provision.form_words:
        notes.append(provision.form_words)
    if provision.further_steps:
        notes.append(f"further steps: {provision.further_steps}")
    notes.extend(f"{d.state} declared: {d.words} ({d.notice or d.source})" for d in declared)
    if not provision.is_sourced and provision.to_read:
        notes.append(f"to read: {provision.to_read}")
    return tuple(notes)
