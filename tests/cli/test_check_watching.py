"""``cna check``: one line for each thing by which a desk is never silently dead, with its remedy."""

from __future__ import annotations

from typing import Any

import pytest

from cna_service.cli import check_watching
from cna_service.cli.remarks import Level
from cna_service.kit.kernel_clock import KernelClock
from tests.cli.commands import CommandLine

PROVIDER = {"CNA_TWILIO_ACCOUNT": "AC1", "CNA_TWILIO_TOKEN": "t", "CNA_TWILIO_FROM": "+15550111"}


def lines(cna: CommandLine) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for remark in cna("check", "--json").json["remarks"]:
        found.setdefault(remark["about"], []).append((remark["level"], remark["words"]))
    return found


def sets(monkeypatch: pytest.MonkeyPatch, **told: str) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)


def test_a_desk_with_nothing_set_up_is_told_what_is_missing(cna: CommandLine) -> None:
    found = lines(cna.begun())
    for about in ("monitor", "public address", "outside jobs", "fallback"):
        [(level, words)] = found[about]
        assert level == "remark" and words
    assert "rehearsal" not in found


def test_rule_11_3_a_monitor_that_nobody_saw_ring_must_be_corrected(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(monkeypatch, CNA_MONITOR_URL="https://hc.example.test/ping/secret-uuid")
    found = lines(cna.begun())
    assert found["monitor"][0][0] == "well" and "use the paper pack" in found["monitor"][0][1]
    assert found["rehearsal"][0][0] == "wrong" and "cna monitor rehearse" in found["rehearsal"][0][1]
    assert "secret-uuid" not in cna("check").out
    ran = cna("monitor", "rehearse", "--minutes", 5, "--by", "admin-1")
    assert ran.code == 0 and "No signal is given until" in ran.out
    assert cna("monitor", "rehearse", "--by", "admin-1").code == 1
    assert cna("monitor", "rehearsed", "--by", "admin-1").code == 3
    assert cna("monitor", "rehearsed", "--by", "admin-1", "--reached", "Lt Ada Example").code == 0
    assert lines(cna)["rehearsal"][0][0] == "well"
    ran = cna("monitor", "rehearsed", "--by", "admin-1", "--silent", "--words", "The grace was an hour.")
    assert ran.code == 0
    assert "did not ring" in lines(cna)["rehearsal"][0][1]


def test_rule_11_3_the_monitor_is_rehearsed_by_a_named_person(cna: CommandLine) -> None:
    assert cna.begun()("monitor", "rehearse", "--by", "nobody-7").code == 1


def test_rule_13_2_the_published_number_is_the_authority_s_own(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(monkeypatch, **PROVIDER, CNA_TELEPHONE="+4712345678", CNA_PUBLIC_URL="https://desk.example.test")
    found = lines(cna)
    assert found["telephone"][0][0] == "well" and "pointed elsewhere" in found["telephone"][0][1]
    assert [level for level, _ in found["spare"]] == ["remark"]
    assert [level for level, _ in found["self-test"]] == ["remark"]
    sets(monkeypatch, CNA_TELEPHONE="+15550111")
    assert any("never the provider's" in w or "provider's number" in w for _, w in lines(cna)["settings"])
    sets(monkeypatch, CNA_TELEPHONE="+15550122", CNA_SELF_TEST_NUMBER="+15550122")
    assert lines(cna)["telephone"][0][0] == "wrong"


def test_a_ping_address_that_is_none_stops_with_its_name(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(monkeypatch, CNA_MONITOR_URL="hc.example.test/ping/secret-uuid")
    ran = cna("check")
    assert ran.code == 1 and "CNA_MONITOR_URL" in ran.out and "secret-uuid" not in ran.out


@pytest.mark.parametrize(
    ("known", "level"),
    [
        (None, Level.REMARK),
        (KernelClock(False, 16_000_000), Level.REMARK),
        (KernelClock(True, 3_000_000), Level.REMARK),
        (KernelClock(True, 1_800), Level.WELL),
    ],
)
def test_what_the_kernel_says_of_the_clock(known: KernelClock | None, level: Level) -> None:
    assert check_watching.of_clock(known).level is level


def test_outside_jobs_from_the_command_line(cna: CommandLine) -> None:
    cna.begun()
    made: Any = cna("heartbeat", "add", "backup-copy", "--every", 60, "--grace", 10, "--json").json
    assert made["url"].endswith("/api/v1/heartbeats/backup-copy") and len(made["token"]) >= 32
    assert "never heard" in cna("heartbeat", "list").out
    assert cna("heartbeat", "mute", "backup-copy", "--hours", 2, "--reason", "moved").code == 0
    assert "muted until" in cna("heartbeat", "list").out
    assert cna("heartbeat", "mute", "no-such", "--hours", 2, "--reason", "moved").code == 1
    assert [level for level, _ in lines(cna)["outside jobs"]] == ["well"]
    assert cna("heartbeat", "remove", "backup-copy").code == 0
    assert "No outside job" in cna("heartbeat", "list").out
    assert cna("heartbeat", "add", "Backup Copy", "--every", 60).code == 3


def test_a_self_test_needs_a_line_and_a_desk_that_runs(
    cna: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cna.begun()
    ran = cna("selftest")
    assert ran.code == 2 and "No desk runs here" in ran.out
