"""Waiting after wrong passwords: always grows, always ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.identity.throttle import (
    LONGEST,
    LONGEST_ON_WATCH,
    Failures,
    account_key,
    address_key,
    delay_after,
    wait,
)

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
counts = st.integers(0, 10_000_000)
moments = st.integers(-86_400_000, 86_400_000).map(lambda ms: NOW + timedelta(milliseconds=ms))
failures = st.one_of(st.just(Failures()), st.builds(Failures, counts, moments))


def test_five_failures_slow_and_four_do_not() -> None:
    assert [delay_after(n).total_seconds() for n in range(12)] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]


@given(counts, counts)
def test_more_failures_never_wait_less_and_never_more_than_thirty_seconds(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert timedelta(0) <= delay_after(low) <= delay_after(high) <= LONGEST


@given(failures, failures, st.booleans())
def test_nobody_is_ever_locked_out(account: Failures, address: Failures, on_watch: bool) -> None:
    left = wait(account, address, NOW, on_watch=on_watch)
    assert timedelta(0) <= left <= (LONGEST_ON_WATCH if on_watch else LONGEST)
    last = max((f.last_at for f in (account, address) if f.last_at), default=NOW)
    assert wait(account, address, max(last, NOW) + LONGEST, on_watch=on_watch) == timedelta(0)


@given(failures, failures)
def test_who_is_on_watch_never_waits_longer_than_anybody_else(account: Failures, address: Failures) -> None:
    assert wait(account, address, NOW, on_watch=True) <= wait(account, address, NOW, on_watch=False)


@given(failures, failures)
def test_the_longer_of_account_and_address_counts(account: Failures, address: Failures) -> None:
    both = wait(account, address, NOW, on_watch=False)
    assert both == max(
        wait(account, Failures(), NOW, on_watch=False), wait(Failures(), address, NOW, on_watch=False)
    )


def test_a_clock_set_back_does_not_lengthen_the_wait() -> None:
    ahead = Failures(6, NOW + timedelta(days=400))
    assert wait(ahead, Failures(), NOW, on_watch=False) == timedelta(seconds=2)


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("x" * 200, "x" * 64),
    ],
)
def test_an_ipv6_host_owns_its_whole_network(told: str, counted: str) -> None:
    assert address_key(told) == counted


def test_an_account_is_counted_however_it_is_typed() -> None:
    assert account_key(" Duty-1 ") == account_key("duty-1") == "duty-1"
    assert len(account_key("x" * 500)) == 64
