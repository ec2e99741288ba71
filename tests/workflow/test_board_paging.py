"""The board page by page: every case once, in one order, however many there are; on both databases."""

from __future__ import annotations

from datetime import timedelta

from cna_service.cases import queries
from cna_service.identity.permissions import Action
from cna_service.kit.ids import new_reference
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import case_stream
from cna_service.workflow.replay import replay
from tests.workflow.desk import LiveDesk

TERMS = {"kind": "legal", "silence": {"effect": "none"}, "stops_by": {"form": "either"}, "warn": False}


def filled(desk: LiveDesk, *due_in: int | None) -> None:
    """A case for each: minutes until its clock runs out, None without a clock. Instants may be alike."""
    with desk.service.write(desk.officer("duty-1"), Action.CASE_OPEN) as work:
        for minutes in due_in:
            work.begin_stream(case_stream(new_reference(prefix="X-")))
            work.append(Draft("case.opened", {"exercise": True, "channel": "phone", "vessels": 1}))
            items = [{"vessel": 1, "measure": "board"}]
            ask = {"exchange": 1, "direction": "inbound", "state": "XB", "items": items, "channel": "api"}
            ask |= {"form": "written", "at": to_text(work.now), "authority": {"id": "mrcc-xb", "name": "XB"}}
            work.append(Draft("exchange.opened", ask))
            if minutes is not None:
                due = to_text(work.now + timedelta(minutes=minutes))
                clock = {"clock": f"c-{work.stream[-8:]}", "kind": "legal", "exchange": 1, "items": items}
                clock |= {"terms": TERMS, "starts_at": to_text(work.now), "due_at": due}
                work.append(Draft("clock.armed", clock))


def test_pages_of_the_board_hold_every_case_once_and_in_its_order(either_desk: LiveDesk) -> None:
    filled(either_desk, 30, None, 10, 10, 10, None, 500, None, 30)
    with either_desk.service.database.read() as connection:
        whole = queries.board(connection, limit=100)
        assert whole.next is None
        for limit in (1, 2, 3, 4, 8, 9):
            met, after = [], None
            while True:
                page = queries.board(connection, limit=limit, after=after)
                met += page.rows
                if (after := page.next) is None:
                    break
                assert len(page.rows) == limit
            assert [r["ref"] for r in met] == [r["ref"] for r in whole.rows]
    due = [r["next_due_at"] for r in whole.rows]
    assert due[6:] == [None] * 3
    assert due[:6] == sorted(d for d in due if d is not None)


def test_rule_1_1_a_limit_that_passed_stands_on_the_first_page_however_many_run_behind_it(
    either_desk: LiveDesk,
) -> None:
    filled(either_desk, 10, 500, 400, 300, None)
    either_desk.clock.at += timedelta(minutes=60)
    either_desk.tick()
    with either_desk.service.database.read() as connection:
        [first] = queries.board(connection, limit=1).rows
    assert first["next_due_kind"] == "legal"
    assert first["next_due_at"] < either_desk.clock.now()
    assert replay(either_desk.service).differences == ()


def test_a_partners_own_cases_come_page_by_page(either_desk: LiveDesk) -> None:
    for _ in range(3):
        filled(either_desk, 5, None)
        either_desk.clock.at += timedelta(minutes=1)
    with either_desk.service.database.read() as connection:
        whole = queries.of_authority(connection, "mrcc-xb", limit=100)
        assert len(whole.rows) == 6
        met, after = [], None
        while True:
            page = queries.of_authority(connection, "mrcc-xb", limit=2, after=after)
            met += page.rows
            if (after := page.next) is None:
                break
        assert met == list(whole.rows)


def test_a_cursor_of_a_case_that_is_not_there_begins_at_the_top(either_desk: LiveDesk) -> None:
    filled(either_desk, 5, 6)
    with either_desk.service.database.read() as connection:
        first = queries.board(connection, limit=1)
        assert queries.board(connection, limit=1, after="X-2222-222") == first
