"""Nodes of one PostgreSQL tell each other that somebody is to be summoned; when the line breaks it is opened again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from cna_service.db.notices import Notices

pytestmark = pytest.mark.postgres

PATIENCE = 20.0
_END_LISTENERS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Woken:
    """How often, and a wait for the next time."""

    def __init__(self) -> None:
        self.times = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.times += 1
            self._changed.notify_all()

    def wait_for(self, times: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.times >= times, PATIENCE)


class Node:
    def __init__(self, url: str) -> None:
        self.woken = Woken()
        self.notices = Notices(make_url(url), self.woken)
        self.notices.start()
        # Once for whatever was asked for before it listened.
        assert self.woken.wait_for(1)


@pytest.fixture
def url(fresh_postgres_url: Callable[[], str]) -> str:
    return fresh_postgres_url()


@pytest.fixture
def nodes(url: str) -> Iterator[tuple[Node, Node]]:
    pair = Node(url), Node(url)
    yield pair
    for node in pair:
        node.notices.stop()


def test_the_other_node_is_woken_and_whoever_told_is_not(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    here.notices.tell()
    assert there.woken.wait_for(2)
    there.notices.tell()
    assert here.woken.wait_for(2)
    assert (here.woken.times, there.woken.times) == (2, 2)


def test_a_line_that_is_ended_is_opened_again_and_wakes_for_what_was_missed(
    nodes: tuple[Node, Node], url: str
) -> None:
    here, there = nodes
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        assert connection.execute(_END_LISTENERS).scalar_one() == 2
    admin.dispose()
    assert here.woken.wait_for(2) and there.woken.wait_for(2)
    here.notices.tell()
    assert there.woken.wait_for(3)


def test_without_a_database_nobody_is_held_up() -> None:
    woken = Woken()
    notices = Notices(make_url("postgresql+psycopg://nobody@/none?host=/nonexistent"), woken)
    notices.tell()
    notices.start()
    notices.tell()
    notices.stop()
    assert woken.times == 0 and not notices.listening.is_set()


def test_a_node_that_was_never_started_can_be_stopped() -> None:
    Notices(make_url("postgresql+psycopg://nobody@/none"), Woken()).stop()
