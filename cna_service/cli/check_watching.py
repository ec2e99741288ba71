"""What a real desk needs so that it is never silently dead: an outside monitor that was seen to ring, a spare, a line
for self-tests, a clock that is kept, and a number that is the authority's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cna_service.cli.deployment import Settings
from cna_service.cli.remarks import Remark, remark, well, wrong
from cna_service.cli.shown import instant
from cna_service.db import watchdog
from cna_service.duty.fallback import Fallback, stale_because
from cna_service.kit.kernel_clock import KernelClock, kernel_clock
from cna_service.ledger.folds import Folded
from cna_service.workflow.monitor import PROVED_FOR
from cna_service.workflow.projections import FALLBACK, WATCHING
from cna_service.workflow.watching_state import Watching

DESK_DARK = "desk dark: use the paper pack, the duty mobile is …"
LONGEST_ERROR_US = 1_000_000


def of_settings(settings: Settings) -> Iterator[Remark]:
    """What can be said before there is a database."""
    yield from _numbers(settings)
    if not settings.public_url:
        words = "CNA_PUBLIC_URL is not set: no telephone company, partner or telephone reaches this desk."
        yield remark("public address", f"{words} Set the https address that they use.")
    yield from _monitor(settings)
    if settings.spare:
        yield well("spare", f"a second telephone company is set up ({settings.spare})")
    elif settings.has_telephony:
        words = (
            "none: when the telephone company fails, nobody is called. Set CNA_SPARE; a USB modem will do."
        )
        yield remark("spare", f"{words} Handbook: Telephone companies.")
    if settings.has_telephony and not settings.self_test_number:
        words = "CNA_SELF_TEST_NUMBER is not set: that a summons arrives is proved by real ones alone."
        yield remark("self-test", f"{words} Handbook: Watching the desk.")
    yield of_clock(kernel_clock() if settings.clock_state == "kernel" else None)


def _numbers(settings: Settings) -> Iterator[Remark]:
    """desk-rules 13.2: the number that the world has is the authority's, and can be pointed elsewhere in a minute."""
    theirs = {
        settings.twilio_from,
        settings.spare_twilio_from,
        settings.modem_number,
        settings.self_test_number,
    }
    if settings.telephone and settings.telephone in theirs - {settings.twilio_from}:
        words = "CNA_TELEPHONE is a number of a telephone company or of the self-test: publish the authority's own."
        yield wrong("telephone", words)
    elif settings.telephone and settings.telephone != settings.twilio_from:
        words = (
            f"partners are given {settings.telephone}. It must be a line or mobile of the authority that forwards to "
            "the provider and can be pointed elsewhere in a minute: try that once."
        )
        yield well("telephone", words)


def _monitor(settings: Settings) -> Iterator[Remark]:
    urls = settings.monitor_url.get_secret_value().split()
    if not urls:
        words = "CNA_MONITOR_URL is not set: nobody outside notices a dark desk. Handbook: Watching the desk."
        yield remark("monitor", words)
        return
    if any(url.startswith("http://") for url in urls):
        yield remark(
            "monitor", "a ping address is not https: whoever listens on the way could keep it quiet."
        )
    yield well("monitor", f"{len(urls)} outside; what it says must be: ‘{DESK_DARK}’")


def of_clock(known: KernelClock | None) -> Remark:
    if known is None:
        return remark("clock", "whether a time service keeps it cannot be read here: compare it by hand.")
    if not known.is_synchronised:
        words = "no time service keeps it: install chrony or switch systemd-timesyncd on (timedatectl set-ntp true)."
        return remark("clock", words)
    if known.error_us > LONGEST_ERROR_US:
        return remark("clock", f"it may be wrong by {known.error_us / 1e6:.1f} s: look at the time service.")
    return well("clock", f"kept by a time service, at most {known.error_us / 1000:.0f} ms wrong")


def of_entries(desk: Folded, duty: Folded, now: datetime, *, has_monitor: bool) -> Iterator[Remark]:
    """What the entries say: the rehearsal, the last self-test, outside jobs, the fallback of the desk's number."""
    state = desk.of(WATCHING)
    if has_monitor:
        yield _rehearsal(state, now)
    if state.self_test is not None:
        at = instant(state.self_test.at)
        if state.self_test.is_well:
            yield well("self-test", f"passed {at}")
        else:
            yield wrong("self-test", f"failed {at}: a summons may not arrive. Try again with `cna selftest`.")
    yield from _jobs(state)
    yield _fallback(duty.of(FALLBACK), now)


def _rehearsal(state: Watching, now: datetime) -> Remark:
    """desk-rules 11.3: proof, not older than ninety days, that it rings officers."""
    done = state.rehearsal
    how = "`cna monitor rehearse`, then `cna monitor rehearsed --by … --reached …`"
    if done is None:
        return wrong("rehearsal", f"nobody has seen the outside monitor ring officers: {how}.")
    if not done.rang:
        return wrong(
            "rehearsal", f"it did not ring when it was tried, {instant(done.at)}: mend it, then {how}."
        )
    if now - done.at > PROVED_FOR:
        return wrong("rehearsal", f"the last one, {instant(done.at)}, is older than 90 days: {how}.")
    return well("rehearsal", f"it rang officers, {instant(done.at)}")


def _jobs(state: Watching) -> Iterator[Remark]:
    if not state.expected:
        words = (
            "none is expected to be heard of: let the copy of the backup report itself (`cna heartbeat add`)."
        )
        yield remark("outside jobs", words)
        return
    late = sorted(name for name, each in state.expected.items() if each.is_late)
    if late:
        yield wrong("outside jobs", f"late: {', '.join(late)}. Look at them, or `cna heartbeat mute`.")
    else:
        yield well("outside jobs", f"{len(state.expected)} expected, none late")


def _fallback(state: Fallback, now: datetime) -> Remark:
    """desk-rules 11.3: where callers are connected while the desk is dark, and how old that is."""
    why = stale_because(state, now)
    how = "`cna duty fallback` writes it; upload it to another host, then confirm it there"
    if why is None:
        return well(
            "fallback",
            f"callers of a dark desk are connected, confirmed {instant(state.confirmed_at)}",
        )
    words = {
        "never": "no page was ever confirmed: while the desk is dark, callers hear nothing",
        "roster": f"the roster changed since the page of {instant(state.confirmed_of)} was written",
        "old": f"confirmed {instant(state.confirmed_at)}, more than 30 days ago",
    }
    return remark("fallback", f"{words[why]}: {how}.")


def of_nodes(rows: list[watchdog.Node], now: datetime) -> Iterator[Remark]:
    for row in rows:
        if row.stopped_at is None and row.told_at is not None:
            yield wrong("nodes", f"{row.name} was not heard of since {instant(row.beat_at)}: start it.")
    running = [row for row in rows if row.stopped_at is None and row.told_at is None]
    if len({row.build for row in running}) > 1:
        yield remark("nodes", f"{len(running)} run, of different builds: bring them to one.")
