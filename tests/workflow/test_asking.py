"""The letter by which we ask: it says under what, whether or not that gives a time limit."""

from __future__ import annotations

import pytest

from cna_service.workflow.opening import open_case, open_exchange
from tests.workflow.desk import LiveDesk


@pytest.mark.parametrize(
    ("authority", "basis", "words"),
    [
        ("mrcc-xp", "xp-3", "Operations against Illicit Traffic by Sea, art. 3 (provision xp-3)"),
        ("cna-xc", "un-17-3", "art. 17(3) (provision un-17-3)"),
        (
            "cna-xc",
            "as agreed with the envoy by telephone",
            "as agreed with the envoy by telephone (as told",
        ),
    ],
)
def test_the_letter_names_the_basis_cited_whether_or_not_it_sets_a_clock(
    desk: LiveDesk, authority: str, basis: str, words: str
) -> None:
    ref = str(desk.do(open_case, "duty-1", channel="radio", summary="a vessel")["case"])
    body = {"direction": "outbound", "authority": authority, "measures": ["confirm_registry"]}
    desk.do(open_exchange, "duty-1", ref, **body, basis=[basis], offences=["narcotics"])
    letter = " ".join(desk.last(ref, "communication.logged").body["text"].split())
    assert words in letter
    assert "none cited" not in letter
