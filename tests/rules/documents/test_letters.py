from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cna_service.documents.frame import MailText
from cna_service.documents.letters import acknowledgement_mail, ask_mail, extension_mail, receipt_mail
from cna_service.documents.model import (
    BasisLine,
    ClockKind,
    ClockLine,
    Extension,
    FormalAcknowledgement,
    OfficialLine,
    OutboundAsk,
    Receipt,
)
from tests.rules.documents.making import BAR_TEST, DECIDER, FRAME, LOG_LINE, SENT, squeezed

DUE = SENT + timedelta(hours=4)
MEASURES = ((1, "confirm_registry"), (1, "board"), (1, "waive_jurisdiction_cargo"))
NO_EFFECT = ClockLine(ClockKind.LEGAL, "CETS 156 art. 7", DUE)
EFFECT = ClockLine(
    ClockKind.LEGAL, "art. 8bis(5)(d)", DUE, effect="authorization is deemed given", effect_for="XB"
)
CLAIMED = ClockLine(ClockKind.CLAIMED, "notice of the force", DUE, effect="boarding is deemed granted")


def receipt(**changes: Any) -> MailText:
    return receipt_mail(Receipt(**{**FRAME, "received_at": SENT, "received_by_channel": "mail", **changes}))


def acknowledgement(*clocks: ClockLine) -> MailText:
    basis = BasisLine("coe-7", "article 7", "CETS 156", adopted=False)
    return acknowledgement_mail(
        FormalAcknowledgement(
            **FRAME,
            asked_at=SENT,
            acknowledged_at=SENT,
            acknowledged_by=DECIDER,
            basis=basis,
            measures=MEASURES,
            vessels=(BAR_TEST,),
            clocks=clocks,
        )
    )


def extension(clock: ClockLine) -> MailText:
    granted_by = OfficialLine("Col. Y", office="Force headquarters")
    return extension_mail(
        Extension(
            **FRAME, asked_by="our embassy", granted_by=granted_by, granted_at=SENT, was_due=SENT, clock=clock
        )
    )


def ask(**changes: Any) -> MailText:
    given: dict[str, Any] = {"vessels": (BAR_TEST,), "measures": MEASURES, "basis": None, "asked_by": DECIDER}
    return ask_mail(OutboundAsk(**{**FRAME, **given, **changes}))


def test_rule_1_2_the_receipt_is_no_acknowledgement_and_says_what_is_missing() -> None:
    told = squeezed(receipt(missing=("assurance of like treatment (coe-21-d)",), telephone="+15550100").body)
    assert "It is not an acknowledgement under any agreement and grants nothing." in told
    assert "Arrived: 211403Z NOV 26 (2026-11-21T14:03:22Z)" in told
    assert "STILL WANTED assurance of like treatment (coe-21-d)" in told
    assert "Telephone of the desk: +15550100" in told


def test_the_formal_acknowledgement_is_a_named_officers_and_grants_nothing() -> None:
    told = squeezed(acknowledgement(NO_EFFECT).body)
    assert "It is not an authorization." in told
    assert "Acknowledged by: Ana Pérez Captain" in told
    assert "not adopted by this authority's legal adviser" in told
    assert "Measure 2: vessel 1 (BAR TEST): Board [board]" in told


def test_rule_5_1_a_limit_whose_expiry_gives_nothing_reads_unlike_one_that_has_an_effect() -> None:
    nothing, something = squeezed(acknowledgement(NO_EFFECT).body), squeezed(acknowledgement(EFFECT).body)
    assert "silence gives nothing, at any time" in nothing
    assert "runs out" not in nothing
    assert "runs out at 211803Z NOV 26" in something
    assert "then, says the text cited: authorization is deemed given, in favour of XB" in something
    assert "silence gives nothing" not in something


def test_rule_1_1_a_claimed_limit_is_recorded_as_a_statement_and_its_effect_is_not_repeated() -> None:
    told = squeezed(extension(CLAIMED).body)
    assert "stated to us as 211803Z NOV 26" in told
    assert "neither the limit nor any effect of it is agreed" in told
    assert "deemed granted" not in told


def test_a_clock_that_has_not_started_says_what_it_waits_for() -> None:
    waiting = ClockLine(ClockKind.LEGAL, "SUA 8bis", waits_for="acknowledgement")
    assert "not started: waits for acknowledgement" in squeezed(acknowledgement(waiting).body)


def test_an_extension_says_who_asked_and_who_granted_and_is_no_answer() -> None:
    told = squeezed(extension(NO_EFFECT).body)
    assert "Asked by: our embassy" in told
    assert "Granted by: Col. Y Force headquarters" in told
    assert "An extension is not an answer and grants nothing." in told


def test_what_we_ask_is_numbered_measure_by_measure_with_the_answers_each_may_have() -> None:
    told = squeezed(ask(reply_wanted_by=DUE, reply_wanted_reason="enters territorial sea").body)
    assert "Measure 1: vessel 1 (BAR TEST): Confirm registry [confirm_registry]" in told
    assert "Registry: CONFIRMED, REFUTED, NEITHER, MORE INFORMATION" in told
    assert "A waiver: WAIVED, CONDITIONAL WAIVER, RESERVED, DEFERRED, MORE INFORMATION" in told
    assert "What is not answered counts as not granted." in told
    assert "because: enters territorial sea" in told


def test_what_we_did_not_state_is_said_not_stated() -> None:
    told = squeezed(ask(grounds="packages thrown\noverboard").body)
    assert "Grounds: packages thrown overboard" in told
    assert "Assurance of like treatment: not stated" in told
    assert "Unit: not stated" in told


@pytest.mark.parametrize(
    "mail", [receipt(), acknowledgement(EFFECT), extension(CLAIMED), ask()], ids=lambda m: m.subject
)
def test_rule_16_1_every_text_ends_with_the_log_line_and_has_the_case_in_its_subject(mail: MailText) -> None:
    assert mail.body.endswith(LOG_LINE + "\n")
    assert mail.subject.startswith("R4T7-HAX: ")
    assert "From: Competent Authority of Examplia" in mail.body
