"""The other texts of an exchange: receipt, formal acknowledgement, extension, and what we ask of another State."""

from __future__ import annotations

from cna_service.documents.content import (
    Fact,
    Section,
    basis,
    clock,
    fact,
    measures_asked,
    official,
    references,
    shown_or_none,
    vessels,
)
from cna_service.documents.frame import MailText, write
from cna_service.documents.measures import VALUES, Family, measure_words
from cna_service.documents.model import Extension, FormalAcknowledgement, OutboundAsk, Receipt
from cna_service.documents.shown import one_line, paragraphs
from cna_service.documents.times import both

NOT_AN_ACKNOWLEDGEMENT = (
    "This receipt is automatic. It is not an acknowledgement under any agreement and grants nothing."
)
NOT_AN_AUTHORIZATION = "This is an acknowledgement that the request was received. It is not an authorization."
ANSWER_EACH = "Please answer each measure by its number. What is not answered counts as not granted."


def receipt_mail(receipt: Receipt) -> MailText:
    """Proof of arrival: reference, instant, what is missing; commits nobody (desk-rules 1.2)."""
    arrived = fact(
        "Arrived", both(receipt.received_at, receipt.theirs), f"by {one_line(receipt.received_by_channel)}"
    )
    missing = tuple(one_line(line) for line in receipt.missing)
    telephone = shown_or_none(receipt.telephone)
    return write(
        receipt,
        "Receipt: your message has arrived",
        (
            Section("Receipt", sentences=(NOT_AN_ACKNOWLEDGEMENT,)),
            Section("References and times", (*references(receipt), arrived)),
            *_if(vessels(receipt.vessels), "Vessels"),
            Section("Still wanted", sentences=missing or ("Nothing that the desk can name now.",)),
            *([Section("Urgent", (fact("Telephone of the desk", telephone),))] if telephone else []),
        ),
    )


def acknowledgement_mail(made: FormalAcknowledgement) -> MailText:
    """A named officer's acknowledgement of the request, with the clocks it starts or leaves waiting."""
    times = (
        fact("Request received", both(made.asked_at, made.theirs)),
        fact("Acknowledged", both(made.acknowledged_at, made.theirs)),
        official("Acknowledged by", made.acknowledged_by),
        basis(made.basis),
    )
    return write(
        made,
        "Acknowledgement of your request",
        (
            Section("Acknowledgement", sentences=(NOT_AN_AUTHORIZATION,)),
            Section("References and times", (*references(made), *times)),
            *_if(vessels(made.vessels), "Vessels"),
            *_if(measures_asked(made.measures, made.vessels), "Measures asked, none of them answered yet"),
            *_if(tuple(clock(line, made.theirs) for line in made.clocks), "Time limits"),
        ),
    )


def extension_mail(extension: Extension) -> MailText:
    """More time for an answer. A limit that is only the other side's statement is not conceded (desk-rules 1.1)."""
    was = "no earlier limit recorded"
    if extension.was_due is not None:
        was = both(extension.was_due, extension.theirs)
    facts = (
        *references(extension),
        fact("Asked by", shown_or_none(extension.asked_by)),
        official("Granted by", extension.granted_by),
        fact("Granted", both(extension.granted_at, extension.theirs)),
        fact("Limit before", was),
        clock(extension.clock, extension.theirs),
    )
    sentence = "The time for an answer is extended. An extension is not an answer and grants nothing."
    return write(extension, "Extension of time for an answer", (Section("Extension", facts, (sentence,)),))


def ask_mail(ask: OutboundAsk) -> MailText:
    """What we ask of another State: every measure with its own number, and the answers each may be given."""
    return write(
        ask,
        "Request",
        (
            Section("References", (*references(ask), basis(ask.basis), official("Asked by", ask.asked_by))),
            Section("Vessels", vessels(ask.vessels)),
            Section("What we ask", measures_asked(ask.measures, ask.vessels), (ANSWER_EACH,)),
            Section("How each may be answered", _choices(ask)),
            Section("Circumstances", _circumstances(ask)),
            Section("Answer", _reply(ask)),
            *_if(tuple(clock(line, ask.theirs) for line in ask.clocks), "Time limits"),
        ),
    )


_OFFERED = {
    Family.REGISTRY: ("confirmed", "refuted", "neither", "more_information"),
    Family.ACT: (
        "granted",
        "granted_with_conditions",
        "denied",
        "flag_state_boards",
        "joint",
        "holding_only",
        "more_information",
    ),
    Family.WAIVER: ("granted", "granted_with_conditions", "denied", "deferred", "more_information"),
}
_ASKED = {Family.REGISTRY: "Registry", Family.ACT: "A measure at sea", Family.WAIVER: "A waiver"}


def _choices(ask: OutboundAsk) -> tuple[Fact, ...]:
    families = dict.fromkeys(measure_words(code).family for _, code in ask.measures)
    return tuple(
        fact(_ASKED[family], ", ".join(VALUES[family, code].label for code in _OFFERED[family]))
        for family in families
    )


def _circumstances(ask: OutboundAsk) -> tuple[Fact, ...]:
    assurance = {None: "not stated", True: "given", False: "not given"}[ask.assurance_like_treatment]
    return (
        fact("Offences", ", ".join(one_line(offence) for offence in ask.offences)),
        fact("Positions", *(one_line(position) for position in ask.positions)),
        fact("Grounds", *paragraphs(ask.grounds or "")),
        fact("Unit", shown_or_none(ask.unit)),
        fact("Action intended", *paragraphs(ask.intended_action or "")),
        fact("Assurance of like treatment", assurance),
    )


def _reply(ask: OutboundAsk) -> tuple[Fact, ...]:
    wanted = both(ask.reply_wanted_by, ask.theirs) if ask.reply_wanted_by else None
    reason = shown_or_none(ask.reply_wanted_reason)
    return (
        fact("Answer wanted by", wanted, f"because: {reason}" if reason else None),
        fact("Answer to", *(one_line(line) for line in ask.reply_to)),
    )


def _if(facts: tuple[Fact, ...], heading: str) -> tuple[Section, ...]:
    return (Section(heading, facts),) if facts else ()
