"""How a clock is shown: it counts down only to an effect, and says whose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cna_service.cases.record import CaseRecord, Clock, Exchange, Item
from cna_service.workflow.clock_views import ClockView, clock_view, clock_views, pressing

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
DUE = AT + timedelta(hours=4)
ITEMS = (Item(1, "board"), Item(1, "search"))


def exchange(direction: str) -> Exchange:
    return Exchange(
        n=1,
        seq=2,
        direction=direction,
        kind="request",
        state="XF",
        authority=None,
        authority_name="",
        items=ITEMS,
        form="written",
        channel="mail",
        at=AT,
    )


def clock(kind: str, effect: str = "none", scope: tuple[str, ...] = (), **more: Any) -> Clock:
    silence = {
        "code": effect,
        "words": more.pop("words", "as the text says"),
        "effect": effect,
        "scope": scope,
    }
    terms = {
        "silence": silence,
        **more.pop("terms", {"provision": "p-1", "article": "8bis", "agreement": "sua"}),
    }
    given = {"starts_at": AT, "due_at": DUE, **more}
    return Clock(id=f"{kind}-1", seq=3, kind=kind, exchange=1, items=ITEMS, terms=terms, **given)


def shown(direction: str, each: Clock) -> ClockView:
    record = CaseRecord("R4T7-HAX", exchanges=(exchange(direction),), clocks=(each,))
    return clock_view(record, each)


@pytest.mark.parametrize(
    ("direction", "each", "counts", "says"),
    [
        ("inbound", clock("legal", "deemed_grant", ("board",)), "down", "deemed granted to them: board"),
        (
            "inbound",
            clock("claimed", "deemed_grant", ("board",)),
            "down",
            "deemed granted to them: board (claimed; not verified by us)",
        ),
        ("inbound", clock("legal", "deemed_waiver"), "down", "deemed waived by us"),
        ("inbound", clock("legal"), "up", "silence gives nothing, at any time"),
        (
            "outbound",
            clock("legal", "deemed_grant", ("board", "examine_papers")),
            "down",
            "we may record: deemed granted: board, examine papers",
        ),
        (
            "outbound",
            clock("legal", "remain_aboard"),
            "down",
            "we may record: we may remain aboard",
        ),
        (
            "outbound",
            clock("claimed", "deemed_grant"),
            "up",
            "silence gives us nothing we may rely on: this limit is not verified",
        ),
        ("outbound", clock("legal"), "up", "silence gives nothing, at any time"),
    ],
)
def test_rule_5_1_only_an_effect_is_counted_down_to(
    direction: str, each: Clock, counts: str, says: str
) -> None:
    view = shown(direction, each)
    assert (view.counts, view.says) == (counts, says)


def test_rule_1_1_a_stated_limit_counts_for_the_caller_and_never_for_us() -> None:
    said = {
        "code": "not_read",
        "words": "as the other side states",
        "effect": "none",
        "stated": "silence is consent",
    }
    stated = clock("claimed", terms={"silence": said})
    assert shown("inbound", stated).counts == "down"
    assert shown("outbound", stated).counts == "up"


def test_rule_1_1_a_target_of_ours_and_an_operational_limit_state_no_legal_effect() -> None:
    own = clock("own", terms={"words": "our target: acknowledge the request"})
    zone = clock("operational", terms={"words": "the vessel leaves the zone"})
    assert (shown("inbound", own).counts, shown("inbound", own).says) == ("none", "acknowledge the request")
    assert shown("inbound", zone).says == "the vessel leaves the zone; nothing follows in law"


def test_rule_3_3_decide_by_is_shown_while_the_clock_runs() -> None:
    lead = DUE - timedelta(minutes=45)
    running = clock("legal", warnings=(("decision_lead", lead),))
    assert shown("inbound", running).decide_by == lead
    stopped = clock("legal", warnings=(("decision_lead", lead),), stopped_at=AT)
    assert shown("inbound", stopped).decide_by is None


def test_a_clock_that_ran_out_says_so_until_somebody_recorded_its_effect() -> None:
    ran_out = clock("legal", "deemed_grant", lapsed_at=DUE, lapsed_seq=9)
    assert shown("inbound", ran_out).says == "ran out; effect not recorded by anyone"
    recorded = clock("legal", "deemed_grant", lapsed_at=DUE, lapsed_seq=9, lapse={"seq": 10})
    assert shown("inbound", recorded).says == "ran out"


def test_a_clock_that_has_not_begun_says_what_it_waits_for() -> None:
    waiting = clock("legal", "deemed_grant", starts_at=None, due_at=None, waits_for="acknowledgement")
    view = shown("inbound", waiting)
    assert (view.state, view.counts) == ("waiting", "none")
    assert view.waits_for == "our acknowledgement of the request"
    assert shown("outbound", waiting).waits_for == "their acknowledgement of our request"


def test_the_board_shows_beside_our_own_target_the_clock_behind_it() -> None:
    own = clock("own", due_at=AT + timedelta(minutes=15), terms={"words": "our target: acknowledge"})
    legal, over = clock("legal"), clock("claimed", lapsed_at=AT, due_at=AT, lapsed_seq=4)
    record = CaseRecord("R4T7-HAX", exchanges=(exchange("inbound"),), clocks=(legal, own, over))
    assert [v.kind for v in clock_views(record)] == ["own", "legal", "claimed"]
    assert [v.kind for v in pressing(record)] == ["claimed", "own", "legal"]
    assert pressing(CaseRecord("R4T7-HAX")) == ()
