"""Small forms of an officer: certificates, releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.record_papers import DRAFT, RELEASED, Certificate
from cna_service.console.pages.case_act import Act, on_case, on_number
from cna_service.console.pages.case_fields import HAPPENED, VESSEL, Field, Options, exchanges
from cna_service.documents.wording import KINDS
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.workflow import certificate_steps, certify, releases
from cna_service.workflow.case_view import CaseView
from cna_service.workflow.disclose import disclose_chronology
from cna_service.workflow.keys import Key, Reply
from cna_service.workflow.service import Service

_KIND_WORDS = {
    "registry_answer": "Answer about registry",
    "non_registration": "Non-registration",
    "consent_or_waiver": "Consent or waiver",
    "chronology_of_exchanges": "Exchanges, one by one",
    "conditions_and_compliance": "Conditions and compliance",
}
_CHANNELS = (
    ("letter", "Letter"),
    ("mail", "Mail"),
    ("in_person", "In person"),
    ("diplomatic_note", "Diplomatic note"),
    ("courier", "Courier"),
    ("fax", "Fax"),
)
_TO = (
    ("press", "The press"),
    ("family", "Family"),
    ("owner", "Owner or operator"),
    ("parliament", "Parliament"),
    ("other_state", "Another State"),
)
_READY = (
    ("neither_confirm_nor_deny", "Neither confirm nor deny that a request exists"),
    ("no_comment_on_operations", "No comment while at sea"),
    ("family_contact", "To a family: we will tell you, and how to reach us"),
)
_LANGUAGES = (("en", "English"), ("es", "Spanish"), ("fr", "French"), ("pt", "Portuguese"))
_STATUTES = (
    ("46 U.S.C. 70502(d)(2)", "46 U.S.C. 70502(d)(2), response to a claim of registry"),
    ("46 U.S.C. 70502(c)(2)", "46 U.S.C. 70502(c)(2), consent or waiver"),
)


def _answers(view: CaseView) -> Options:
    """Every answer of the case, to rest a certificate on one that another contradicts."""
    return [
        (
            f"{e.exchange.n}.{a.n}",
            f"{e.exchange.n}.{a.n} – {'; '.join(view.item_words(i) for i in a.items)}"[:120],
        )
        for e in view.exchanges
        for a in e.exchange.answers
    ]


def _certificates(*states: str) -> Callable[[CaseView], Options]:
    def options(view: CaseView) -> Options:
        return [_option(c) for c in view.record.papers.certificates if not states or c.state in states]

    return options


def _option(c: Certificate) -> tuple[str, str]:
    return str(c.n), f"{c.n} – {c.title}, {c.state}"


def _held(view: CaseView) -> Options:
    return [_option(c) for c in view.record.papers.certificates if c.deliveries]


def _drafts(view: CaseView) -> Options:
    return [
        (str(r.n), f"{r.n} – to {r.to.replace('_', ' ')}")
        for r in view.record.papers.releases
        if r.state == DRAFT
    ]


def _draft(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """The form's one exchange as the list that the verb takes."""
    told = {k: v for k, v in body.items() if k != "exchange"}
    if body.get("exchange"):
        told["exchanges"] = [body["exchange"]]
    return certify.draft_certificate(service, actor, ref, told, key)


_READER = (
    Field("for_state", "For which State", "state", hint="Name or two letters"),
    Field("for_court", "For which court or office"),
    Field("statute", "Statute", "choice", _STATUTES),
)
_DESIGNEE = Field(
    "designee", "Who signs", is_required=True, hint="By account; needs a delegation in force today"
)
_APPROVE = Field(
    "approve", "Decision", "one_of", (("true", "Release"), ("false", "Return it")), is_required=True
)

CASE_ACTS: tuple[Act, ...] = (
    Act(
        "certificate",
        "Draft a certificate",
        "Drawn from entries alone, each sentence with its entries. What was not answered is not certified, "
        "silence is no answer. Where answers contradict each other, say on which one it rests: the other stands "
        "in the annex.",
        "Draft it",
        Action.CERTIFICATE_DRAFT,
        (
            Field("kind", "Kind", "choice", [(k, _KIND_WORDS[k]) for k in KINDS], is_required=True),
            Field(
                "exchange",
                "Of which exchange",
                "choice",
                exchanges,
                hint="All that it is about, where left open",
            ),
            VESSEL,
            Field("basis", "Rests on answer", "choice", _answers),
            *_READER,
            _DESIGNEE,
            Field("supersedes", "In the place of", "choice", _certificates(RELEASED)),
        ),
        on_case(_draft),
        "Papers",
        decides=True,
    ),
    Act(
        "certificate-approval",
        "Release a certificate",
        "Another officer than the drafter. Read it first: its page is under Papers. A contrary answer since the draft "
        "means drafting it anew.",
        "Decide",
        Action.CERTIFICATE_APPROVE,
        (
            Field("certificate", "Certificate", "choice", _certificates(DRAFT), is_required=True),
            _APPROVE,
            Field("words", "Why it is returned", "area"),
        ),
        on_number("certificate", certificate_steps.approve_certificate),
        "Papers",
        decides=True,
    ),
    Act(
        "certificate-reissue",
        "Issue a certificate again",
        "The same for another reader, drafted anew from the record as it stands now.",
        "Draft it",
        Action.CERTIFICATE_DRAFT,
        (Field("certificate", "Certificate", "choice", _certificates(), is_required=True), *_READER),
        on_number("certificate", certify.reissue_certificate),
        "Papers",
        decides=True,
    ),
    Act(
        "certificate-delivery",
        "Record who got a certificate",
        "Whoever holds it is told when something contrary comes.",
        "Record it",
        Action.CERTIFICATE_DELIVER,
        (
            Field("certificate", "Certificate", "choice", _certificates(RELEASED), is_required=True),
            Field("to", "To", is_required=True, hint="Name and office"),
            Field("channel", "Way", "choice", _CHANNELS, is_required=True, default="letter"),
            HAPPENED,
        ),
        on_number("certificate", certificate_steps.deliver_certificate),
        "Papers",
    ),
    Act(
        "certificate-notice",
        "Record that a holder was told",
        "Of the contrary answer, reopening or revocation that came after his certificate.",
        "Record it",
        Action.CERTIFICATE_DELIVER,
        (
            Field("certificate", "Certificate", "choice", _held, is_required=True),
            Field("holder", "Number of the holder", hint="Where several hold it", mode="numeric"),
            Field("to", "Who was spoken to"),
            Field("channel", "Way", "choice", _CHANNELS, is_required=True, default="letter"),
            Field("words", "Words", "area"),
        ),
        on_number("certificate", certificate_steps.tell_holder),
        "Papers",
    ),
    Act(
        "certificate-revocation",
        "Revoke a certificate",
        "It says so across every page from now on. Whoever holds it is to be told.",
        "Revoke it",
        Action.CERTIFICATE_APPROVE,
        (
            Field(
                "certificate",
                "Certificate",
                "choice",
                _certificates(RELEASED, "superseded"),
                is_required=True,
            ),
            Field("reason", "Reason", "area", is_required=True),
        ),
        on_number("certificate", certificate_steps.revoke_certificate),
        "Papers",
        decides=True,
    ),
    Act(
        "release",
        "Draft a text for outside",
        "Press, family, owner, parliament, another State. What is not marked releasable, and what goes beyond the "
        "entries named, is pointed out before anybody approves it.",
        "Draft it",
        Action.RELEASE_DRAFT,
        (
            Field("to", "To", "choice", _TO, is_required=True, default="press"),
            Field("ready", "Ready text", "choice", _READY, hint="Or write your own below"),
            Field("language", "Language", "choice", _LANGUAGES, default="en", is_required=True),
            Field("text", "Text, verbatim", "area", rows=6),
            Field("rests_on", "Rests on entries", hint="Their numbers, such as 4, 12"),
            Field("for_state", "Which State", "state"),
            Field("addressee", "Addressee"),
        ),
        on_case(releases.draft_release),
        "Papers",
        decides=True,
    ),
    Act(
        "release-approval",
        "Approve a text for outside",
        "Another officer than the drafter. Where something was pointed out, say why it goes out all the same.",
        "Decide",
        Action.RELEASE_APPROVE,
        (
            Field("release", "Release", "choice", _drafts, is_required=True),
            Field(
                "approve",
                "Decision",
                "one_of",
                (("true", "Approve"), ("false", "Return it")),
                is_required=True,
            ),
            Field("words", "Words", "area"),
        ),
        on_number("release", releases.approve_release),
        "Papers",
        decides=True,
    ),
    Act(
        "chronology",
        "Hand the chronology outside",
        "Reading it leaves no entry; this does. The file as it leaves the desk is kept as a document of the case.",
        "Make the file",
        Action.CHRONOLOGY_HAND_OUT,
        (
            Field("format", "File", "one_of", (("pdf", "PDF"), ("csv", "CSV")), default="pdf"),
            Field("for_state", "For which State", "state"),
        ),
        on_case(disclose_chronology),
        "Papers",
    ),
)
EXCHANGE_ACTS: tuple[Act, ...] = ()
