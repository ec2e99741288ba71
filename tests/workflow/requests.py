"""Requests as partners send them, for tests."""

from __future__ import annotations

from typing import Any

BAR_TEST: dict[str, Any] = {
    "requester_reference": "MRCC-77/26",
    "requested_state": "XA",
    "legal_basis": [{"text": "CETS 156 art. 6"}],
    "offences": ["narcotics"],
    "zone": "high_seas",
    "measures": ["confirm_registry", "board", "search", "detain_vessel"],
    "vessels": [
        {
            "names": ["BAR TEST"],
            "flag_claimed": "XA",
            "claimed_how": "flag flown",
            "claimed_by": "master, by radio",
            "homeport": "Corhaven",
            "type": "freighter",
            "description": "grey hull, two masts",
            "persons_on_board": 4,
            "positions": [
                {
                    "text": "14°03.5'N 074°22.1'W",
                    "at": "2026-11-21T13:40:00Z",
                    "course": "095",
                    "source": "aircraft",
                }
            ],
        }
    ],
    "grounds": "packages thrown overboard",
    "intended_action": "board by cutter",
    "assurance_like_treatment": True,
    "investigating_authority": "EXERCISE prosecutor of XB",
    "unit": "cutter, hull 751",
    "contact": {"name": "Watch officer", "office": "MRCC XB", "phone": "+15550102", "languages": ["es"]},
}
"""CETS 156: four hours from receipt, silence gives nothing."""

SUA: dict[str, Any] = {
    **BAR_TEST,
    "legal_basis": [{"text": "SUA 8bis(5)(d)"}],
    "offences": ["terrorism"],
    "measures": ["confirm_registry", "board", "search"],
}
"""To a State that opted in: four hours from acknowledgement, then deemed granted to them."""


def without(request: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {k: v for k, v in request.items() if k not in fields}
