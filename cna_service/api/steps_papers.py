"""Commands of the interface: certificates, releases."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.shapes import SEEN, STATE, TOLD_INSTANT, VESSEL, many, one_of, text, thing, whole, yes_no
from cna_service.api.step import Step
from cna_service.documents.wording import KINDS, LANGUAGES
from cna_service.workflow.certificate_steps import (
    CHANNELS,
    approve_certificate,
    deliver_certificate,
    revoke_certificate,
    tell_holder,
)
from cna_service.workflow.certify import draft_certificate, reissue_certificate
from cna_service.workflow.disclose import FORMS, disclose_chronology
from cna_service.workflow.release_words import TO
from cna_service.workflow.releases import approve_release, draft_release

_TAGS = ("papers",)
_BASIS = thing({"exchange": whole(minimum=1), "answer": whole(minimum=1)}, required=("exchange", "answer"))
_READER = {
    "for_state": STATE,
    "for_court": text("who reads it"),
    "statute": text("one of the wording file, such as 46 U.S.C. 70502(d)(2)"),
    "language": one_of(LANGUAGES),
}
_DESIGNEE = text("who signs: an officer's id, whose delegation is in force on the day of signing")
_APPROVAL = {"approve": yes_no(), "words": text("wanted where it is returned"), "seen": SEEN}

CASE_STEPS: tuple[Step[CaseVerb], ...] = (
    Step(
        "certificates",
        draft_certificate,
        "Draft a certificate",
        thing(
            {
                "kind": one_of(KINDS),
                "exchanges": many(
                    whole("of the case; all that the kind is about, where left out", minimum=1)
                ),
                "vessel": VESSEL,
                "basis": {"anyOf": [_BASIS, many(_BASIS)]},
                **_READER,
                "designee": _DESIGNEE,
                "supersedes": whole("the certificate in whose place it comes when it is released", minimum=1),
                "seen": SEEN,
            },
            required=("kind", "designee"),
        ),
        "Made from entries alone, each sentence with the entries it rests on. Where answers contradict each other, "
        "`certificate-basis-needed` lists them: name the one it rests on, the other stands in the annex.",
        decides=True,
        tags=_TAGS,
        example={"kind": "registry_answer", "for_state": "XB", "designee": "legal-1", "seen": 17},
    ),
    Step(
        "releases",
        draft_release,
        "Draft a text for outside",
        thing(
            {
                "to": one_of(TO),
                "text": text("verbatim"),
                "ready": text("a ready text of the wording file, instead of text"),
                "language": one_of(LANGUAGES),
                "rests_on": many(whole("an entry of the case", minimum=1)),
                "for_state": STATE,
                "addressee": text(),
                "seen": SEEN,
            },
            required=("to",),
        ),
        "`pointed_out`: entries not marked releasable, and statements that go beyond every entry named.",
        decides=True,
        tags=_TAGS,
    ),
    Step(
        "chronologies",
        disclose_chronology,
        "Hand the chronology outside",
        thing({"format": one_of(FORMS), "for_state": STATE, "machines": yes_no(), "seen": SEEN}),
        "Becomes a document of the case; reading the chronology leaves no entry.",
        tags=_TAGS,
    ),
)
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = ()
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = (
    Step(
        "certificates/{n}/approval",
        approve_certificate,
        "Release a certificate, or return it",
        thing(_APPROVAL, required=("approve",)),
        "By another officer than the drafter. Refused once where the case moved since the draft, always where a "
        "contrary answer came.",
        decides=True,
        tags=_TAGS,
    ),
    Step(
        "certificates/{n}/reissue",
        reissue_certificate,
        "Issue it again for another reader",
        thing({**_READER, "designee": _DESIGNEE, "seen": SEEN}),
        decides=True,
        tags=_TAGS,
    ),
    Step(
        "certificates/{n}/delivery",
        deliver_certificate,
        "Record to whom a certificate went",
        thing(
            {
                "to": text(),
                "channel": one_of(CHANNELS),
                "words": text("verbatim"),
                "happened_at": TOLD_INSTANT,
            },
            required=("to", "channel"),
        ),
        tags=_TAGS,
    ),
    Step(
        "certificates/{n}/revocation",
        revoke_certificate,
        "Revoke a certificate",
        thing({"reason": text(), "seen": SEEN}, required=("reason",)),
        "It says so across every page from then on; who holds it is to be told.",
        decides=True,
        tags=_TAGS,
    ),
    Step(
        "certificates/{n}/notice",
        tell_holder,
        "Record that a holder was told what came after it",
        thing(
            {
                "holder": whole("the number of the delivery", minimum=1),
                "to": text("who was spoken to"),
                "channel": one_of(CHANNELS),
                "words": text("verbatim"),
                "happened_at": TOLD_INSTANT,
            },
            required=("channel",),
        ),
        tags=_TAGS,
    ),
    Step(
        "releases/{n}/approval",
        approve_release,
        "Approve a text for outside, or return it",
        thing(_APPROVAL, required=("approve",)),
        "By another officer than the drafter; words say why it goes out where something was pointed out.",
        decides=True,
        tags=_TAGS,
    ),
)
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
