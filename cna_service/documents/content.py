"""The parts that every text is built of, so that mail and PDF say the same in the same order."""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.documents.measures import measure_words
from cna_service.documents.model import (
    AuthorityLine,
    BasisLine,
    ClockKind,
    ClockLine,
    IdentifierLine,
    Letter,
    OfficialLine,
    VesselLine,
)
from cna_service.documents.shown import name_shown, one_line
from cna_service.documents.times import both

UNNAMED = "no name known"
STATED_ONLY = "recorded as a statement; neither the limit nor any effect of it is agreed"
SILENCE_GIVES_NOTHING = "silence gives nothing, at any time"
NOT_ADOPTED = "not adopted by this authority's legal adviser"


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled statement of one or several lines, each safe to print; without a label the first line heads."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    facts: tuple[Fact, ...] = ()
    sentences: tuple[str, ...] = ()


def fact(label: str, *lines: str | None) -> Fact:
    """A fact of the lines that there are; ``not stated`` where there is none."""
    return Fact(label, tuple(line for line in lines if line) or ("not stated",))


def shown_or_none(text: str | None) -> str | None:
    return None if text is None else one_line(text) or None


def shortened(text: str, longest: int) -> str:
    """``text`` cut for a heading; whoever cuts it shows it whole elsewhere in the same document."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def references(letter: Letter) -> tuple[Fact, ...]:
    marking = shown_or_none(letter.marking)
    return (
        fact("Case", f"{one_line(letter.case)}, exchange {letter.exchange}"),
        fact("Our reference", shown_or_none(letter.our_reference)),
        Fact("Your reference", (shown_or_none(letter.their_reference) or "none given",)),
        *((fact("Handling", marking),) if marking else ()),
    )


def authority_lines(authority: AuthorityLine) -> tuple[str, ...]:
    """Name, State and address, as a letterhead prints them."""
    address = tuple(one_line(line) for line in authority.address_lines)
    return (one_line(authority.name), one_line(authority.state), *(line for line in address if line))


def official(label: str, person: OfficialLine) -> Fact:
    """Name, post, office and the capacity acted in, each only as recorded."""
    capacity = shown_or_none(person.capacity)
    return fact(
        label,
        name_shown(person.name),
        shown_or_none(person.post),
        shown_or_none(person.office),
        "capacity: " + (capacity or "not stated"),
    )


def vessel_name(vessel: VesselLine) -> str:
    return ", ".join(name_shown(name) for name in vessel.names if one_line(name)) or UNNAMED


def _plain_name(vessel: VesselLine) -> str:
    return ", ".join(one_line(name) for name in vessel.names if one_line(name)) or UNNAMED


def identifier(line: IdentifierLine) -> str:
    taken = f" ({one_line(line.taken)})" if line.taken else ""
    return f"{one_line(line.kind)} {one_line(line.value)}{taken}"


def vessels(lines: tuple[VesselLine, ...]) -> tuple[Fact, ...]:
    """One fact per vessel: names, identifiers as far as known, description."""
    return tuple(
        fact(
            f"Vessel {line.number}",
            vessel_name(line),
            "; ".join(identifier(i) for i in line.identifiers) or "no identifier known",
            shown_or_none(line.description),
        )
        for line in lines
    )


def measures_asked(measures: tuple[tuple[int, str], ...], known: tuple[VesselLine, ...]) -> tuple[Fact, ...]:
    """Every measure numbered by itself, so that each can be answered by itself (practice R8)."""
    names = {vessel.number: _plain_name(vessel) for vessel in known}
    return tuple(
        fact(
            f"Measure {number}",
            f"vessel {vessel} ({names.get(vessel, UNNAMED)}): {words.label} [{words.code}]",
            f"that is, to {words.act}",
        )
        for number, (vessel, code) in enumerate(measures, start=1)
        for words in (measure_words(code),)
    )


def basis(line: BasisLine | None) -> Fact:
    if line is None:
        return Fact("Basis", ("none cited",))
    if not line.provision:
        return Fact("Basis", (f"{one_line(line.agreement)} (as told; no provision of ours)",))
    adopted = "adopted by this authority's legal adviser" if line.adopted else NOT_ADOPTED
    cited = f"{one_line(line.agreement)}, {one_line(line.article)} (provision {one_line(line.provision)})"
    return Fact("Basis", (cited, adopted))


def clock(line: ClockLine, theirs: AuthorityLine) -> Fact:
    """A time limit, and what silence means (desk-rules 5.1).

    A limit that is only the other side's statement is repeated as a statement; its effect is not, lest the letter
    concede it (desk-rules 1.1).
    """
    label = f"Time limit, {line.kind.value}"
    waits = f"not started: waits for {one_line(line.waits_for)}" if line.waits_for else None
    if line.kind is ClockKind.CLAIMED:
        stated = f"stated to us as {both(line.due_at, theirs)}" if line.due_at else None
        return fact(label, one_line(line.words), stated, waits, STATED_ONLY)
    return fact(label, one_line(line.words), waits, *_due(line, theirs))


def _due(line: ClockLine, theirs: AuthorityLine) -> tuple[str, ...]:
    due = both(line.due_at, theirs) if line.due_at else None
    if not line.effect:
        return (*((f"answer wanted by {due}",) if due else ()), SILENCE_GIVES_NOTHING)
    favour = f", in favour of {one_line(line.effect_for)}" if line.effect_for else ""
    return (
        f"runs out at {due or 'an instant not yet known'}; then, says the text cited: {one_line(line.effect)}{favour}",
    )
