"""The table of the provider's codes: each is judged and says so in words; one not known stops nothing."""

from __future__ import annotations

import pytest

from cna_service.alerts.provider_codes import CODES
from cna_service.alerts.rules import Fault, is_known, verdict

KINDS = {
    "wrong": (Fault.PERMANENT, True, True, False),
    "refused": (Fault.PERMANENT, True, False, False),
    "off": (Fault.PHONE_OFF, True, False, False),
    "ours": (Fault.ACCOUNT, True, False, False),
    "stopped": (Fault.ACCOUNT, True, False, True),
    "later": (Fault.TEMPORARY, False, False, False),
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_judged_by_its_kind(code: str) -> None:
    kind, words = CODES[code]
    judged = verdict(code)
    found = (judged.fault, judged.goes_on_at_once, judged.flags_contact, judged.stops_provider)
    assert found == KINDS[kind] and is_known(code)
    assert judged.words == words and words.endswith((".", "?")) and len(code) == 5


# paging.md, "Map errors", and desk-rules 13.3: these may not change their kind by accident.
@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (("21211", "21614", "21610", "30004", "30005", "30006", "30007"), "wrong"),
        (("30003",), "off"),
        (("20429", "20500", "20503", "30001", "30008"), "later"),
        (("20003", "20005", "30002", "10001"), "stopped"),
        (("21408", "21215", "13227", "30034", "30032", "21606"), "ours"),
    ],
)
def test_the_codes_that_the_design_names(codes: tuple[str, ...], kind: str) -> None:
    assert {CODES[code][0] for code in codes} == {kind}


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("30999", Fault.TEMPORARY),
        ("99999", Fault.TEMPORARY),
        ("", Fault.TEMPORARY),
        ("http-500", Fault.TEMPORARY),
        ("http-429", Fault.TEMPORARY),
        ("http-408", Fault.TEMPORARY),
        ("http-400", Fault.PERMANENT),
        ("http-401", Fault.ACCOUNT),
        ("http-abc", Fault.TEMPORARY),
    ],
)
def test_a_code_that_is_not_known_is_tried_again_unless_its_status_says_more(code: str, fault: Fault) -> None:
    judged = verdict(code)
    assert judged.fault is fault and not judged.flags_contact and judged.words


def test_what_no_provider_gave_a_reason_for_is_tried_again() -> None:
    assert verdict(None).fault is Fault.TEMPORARY
