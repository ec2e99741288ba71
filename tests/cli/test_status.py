"""How the desk is: what keeps it from working, and what somebody must know, in sentences."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import text

from cna_service.identity.actors import SERVICE
from cna_service.workflow.deliver import Outside
from cna_service.workflow.status import Notices, Status, status
from cna_service.workflow.status_watching import LateDuty, Seen
from cna_service.workflow.verification import verify_and_record
from tests.cli.commands import CommandLine

NOTHING = Outside(None, None)


@dataclass
class Beats:
    ages: dict[str, float] = field(default_factory=dict)
    late_ones: tuple[LateDuty, ...] = ()
    failed: dict[str, int] = field(default_factory=dict)

    def age(self, duty: str) -> float | None:
        return self.ages.get(duty)

    @property
    def duties(self) -> tuple[str, ...]:
        return tuple(self.ages)

    def late(self) -> tuple[LateDuty, ...]:
        return self.late_ones

    def failing(self) -> dict[str, int]:
        return self.failed


@dataclass
class Engine:
    is_late: bool = False
    beats: Beats = field(default_factory=Beats)
    seen: Seen = field(default_factory=Seen)


def degraded(found: Status) -> set[str]:
    return {t.code for t in found.degraded}


def test_an_empty_desk_says_how_to_begin_and_is_ready(cna: CommandLine) -> None:
    assert cna("migrate").code == 0
    with cna.running() as running:
        found = status(running.service, Engine(), NOTHING)
    assert found.ready
    assert degraded(found) == {"no-telephony", "no-mail", "no-officers"}
    assert any("cna officer add --role administrator" in words for words in found.words)
    assert any("CANNOT WAKE ANYBODY" in words for words in found.words)
    assert found.as_json()["why"] == []


def test_nobody_on_watch_is_said_once_there_are_officers(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        assert degraded(status(running.service, Engine())) == {"nobody-on-watch"}


def test_an_exercise_that_runs_has_nothing_to_say(exercise: CommandLine) -> None:
    with exercise.begun().running() as running:
        found = status(running.service, Engine(), running.outside)
        assert (found.ready, found.words) == (True, ())
        late = status(running.service, Engine(beats=Beats({"sequence": 61.0})), running.outside)
        assert degraded(late) == {"unsealed"}


def test_a_late_engine_is_not_ready(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        found = status(running.service, Engine(is_late=True))
        assert not found.ready
        assert [t.code for t in found.why] == ["engine-late"]


def test_a_database_that_cannot_be_written_is_not_ready(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        running.service.database.close()
        (cna.data / "desk.sqlite3").rename(cna.data / "gone")
        (cna.data / "desk.sqlite3").mkdir()
        found = status(running.service, Engine())
        assert [t.code for t in found.why] == ["database-unavailable"]
        unread = status(running.service, Engine(), probe=False)
        assert [t.code for t in unread.why] == ["database-unavailable"]
        (cna.data / "desk.sqlite3").rmdir()
        (cna.data / "gone").rename(cna.data / "desk.sqlite3")


def test_a_database_of_an_older_build_is_not_ready(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        with running.service.database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        found = status(running.service, Engine(), NOTHING)
        assert [t.code for t in found.why] == ["migrations-pending"]
        with running.service.database.write() as connection:
            connection.execute(text("DELETE FROM alembic_version"))


def test_a_log_that_was_not_sound_stays_on_every_page(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        with running.service.database.write() as connection:
            connection.execute(text("DROP TRIGGER ledger_entry_fence_UPDATE"))
            connection.execute(text("UPDATE ledger_entry SET type = 'x' WHERE stream = 'desk' AND seq = 2"))
        assert verify_and_record(running.service, SERVICE).exit_code == 1
        assert "log-not-sound" in degraded(status(running.service, Engine()))


def test_a_clock_known_to_be_wrong_is_said(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        service = replace(running.service, clock_quality=lambda: {"src": "ntp", "synced": False})
        assert "clock-unsynchronised" in degraded(status(service, Engine()))


def test_banners_are_read_anew_every_two_seconds(cna: CommandLine) -> None:
    with cna.begun().running() as running:
        engine = Engine()
        clock = Stopped()
        notices = Notices(replace(running.service, machine=clock), engine, NOTHING)  # type: ignore[arg-type]
        before = notices()
        engine.is_late = True
        assert notices() == before
        clock.seconds += 2.1
        assert notices() == (status(running.service, engine, NOTHING).words)


class Stopped:
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds
