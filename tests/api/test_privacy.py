"""A marker in every private field that a caller can fill: it is in the record, and in no log, metric or problem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.api.desk import REQUEST, XC, ApiDesk

MARK = "Zyzzyva-7"
PARTY = dict.fromkeys(("name", "post", "office", "capacity", "phone", "email", "delegation"), MARK)
GRANT = {
    "answers": [
        {"measure": "board", "value": "granted_with_conditions", "conditions": [MARK], "words": MARK}
    ],
    "by": PARTY,
    "words": MARK,
    "reason_internal": MARK,
    "reason_sent": MARK,
}
SUBMISSION = {
    **REQUEST,
    "grounds": MARK,
    "intended_action": MARK,
    "unit": MARK,
    "contact": {"name": MARK, "office": MARK, "phone": MARK, "email": MARK},
    "reply_wanted_reason": MARK,
    "vessels": [
        {"names": ["BAR TEST"], "claimed_by": MARK, "description": MARK, "persons": [{"name": MARK}]}
    ],
    "attachments": [{"name": MARK, "media_type": "text/plain", "base64": "Wnl6enl2YS03"}],
    MARK: MARK,
}
ON_CASE: dict[str, dict[str, Any]] = {
    "communications": {
        "direction": "in",
        "channel": "phone",
        "number": MARK,
        "ours": {"name": MARK},
        "theirs": {"name": MARK, "office": MARK},
        "subject": MARK,
        "text": MARK,
        "source": MARK,
    },
    "claims": {"state": "XA", "by": MARK, "asked_by": MARK, "words": MARK, "exhibit": MARK},
    "indicia": {"value": "XA", "by": MARK, "words": MARK, "exhibit": MARK},
    "identifiers": {"field": "homeport", "value": "Corhaven", "source": MARK, "words": MARK},
    "positions": {"position": "14°03.5'N 074°22.1'W", "source": MARK, "words": MARK},
    "persons": {"name": MARK, "nationality": MARK, "born": MARK, "papers": MARK, "words": MARK},
    "events": {"words": MARK, "by": MARK, "source": MARK},
    "exchanges": {"direction": "outbound", "authority": XC, "measures": ["confirm_registry"], "text": MARK},
    "searches": {"names": ["BAR TEST"], "remarks": MARK, "words": MARK},
    "notes": {"words": MARK},
    "statements": {"made_by": MARK, "made_where": "press", "source": MARK, "words": MARK},
    "unqueried": {"state": "XC", "reason": MARK},
    "reconciliations": {"field": "imo", "value": "cannot be told", "reason": MARK, "seen": 1},
}
IN_EXCHANGE: dict[str, dict[str, Any]] = {
    "acknowledgement": {"words": MARK},
    "standing": {"standing": "unverified", "number": MARK, "by": PARTY, "reason": MARK, "words": MARK},
    "questions": {"words": MARK, "by": PARTY},
    "extension": {"until": "2027-01-01T00:00:00Z", "by": PARTY, "words": MARK},
    "basis": {"provisions": ["coe-7"], "reason": MARK},
    "decisions": GRANT,
    "answers": {**GRANT, "form": "oral", "register_reason": MARK, "copies": [MARK]},
    "conveyance": {"channel": "fax", "name": MARK, "office": MARK, "number": MARK},
    "confirmation": {"by": PARTY, "words": MARK},
    "tries": {"number": MARK, "outcome": "spoke_to", "spoke_to": MARK, "words": MARK},
    "withdrawal": {"by": PARTY, "words": MARK},
}
# Wrong in a field that is nobody's secret: the problem names that field, and must name no other.
WRONG = {"happened_at": "noon", "seen": -1, "vessel": 77, "no_such_field": 1}


def told(desk: ApiDesk, ref: str) -> Iterator[Response]:
    duty, theirs = desk.officer(), desk.authority()
    for path, body in ON_CASE.items():
        yield desk.post(f"/cases/{ref}/{path}", duty, {**body, **WRONG})
        yield desk.post(f"/cases/{ref}/{path}", duty, body)
        yield desk.post(f"/cases/{ref}/{path}", theirs, body)
        yield desk.post(f"/cases/X-2222-222/{path}", duty, body)
    for path, body in IN_EXCHANGE.items():
        at = f"/cases/{ref}/exchanges/1/{path}"
        yield desk.post(at, duty, {**body, **WRONG})
        yield desk.post(at, duty, body, If_Match=f'"{desk.seq(ref)}"')
        yield desk.post(at, duty, body, If_Match='"1"')
        yield desk.post(at, desk.authority(XC), body)
    yield desk.post("/cases", duty, {"summary": MARK, "caller": {"name": MARK}, "call_began_at": "noon"})
    yield desk.post("/cases", duty, {"summary": MARK, "caller": {"no key": "x"}})
    yield desk.post("/submissions", {}, SUBMISSION)
    yield desk.send(f'{{"grounds": "{MARK}"'.encode(), theirs)
    yield desk.post("/submissions", theirs, SUBMISSION, Idempotency_Key="k")
    yield desk.post("/submissions", theirs, {**SUBMISSION, "unit": "other"}, Idempotency_Key="k")


def test_no_private_value_reaches_a_problem_a_log_or_a_metric(
    desk: ApiDesk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ref = str(desk.post("/submissions", desk.authority(), SUBMISSION).json()["case"])
    answers = list(told(desk, ref))
    desk.let_pass(hours=6)
    problems = [a for a in answers if a.headers["content-type"] == "application/problem+json"]
    assert {a.status_code for a in problems} >= {400, 401, 403, 404, 409, 422}
    assert all(a.status_code < 500 for a in answers)
    assert sum(a.status_code == 201 for a in answers) >= len(ON_CASE) + len(IN_EXCHANGE)
    assert [a.text for a in problems if MARK in a.text] == []
    written = "".join(capsys.readouterr()) + caplog.text
    assert MARK not in written
    assert MARK not in desk.client.get("/metrics").text
    assert MARK not in desk.client.get("/readyz").text
