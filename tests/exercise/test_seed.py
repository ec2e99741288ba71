from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cna_service.bootstrap import Running, build, config_folder
from cna_service.duty.rules import who_has_the_watch
from cna_service.exercise.seed import ExerciseFileUnreadable, seed_officers, seed_register
from cna_service.ledger.entry import Entry
from cna_service.ledger.store import read_entries
from cna_service.registry.model import Query
from cna_service.registry.rules import Suggestion
from cna_service.settings import Settings
from cna_service.workflow.projections import DESK, DIRECTORY, DUTY, LAW, LISTED, OFFICERS, REGISTRY, ROSTERS
from cna_service.workflow.seeding import (
    BornElsewhere,
    BornExercise,
    BornReal,
    adopt_policies,
    born,
    note_facts,
)
from cna_service.workflow.service import Service


@dataclass
class Desks:
    """Starts desks on one data folder, as often as a test wants."""

    data: Path
    running: Running | None = None

    def start(self, *, exercise: bool, state: str = "XA", log_origin: str = "") -> Service:
        self.stop()
        settings = Settings(data=self.data, port=9, state=state, log_origin=log_origin)
        self.running = build(settings, exercise=exercise)
        self.running.start()
        return self.running.service

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()
            self.running = None


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path)
    yield made
    made.stop()


def entries(service: Service, stream: str) -> tuple[Entry, ...]:
    with service.database.read() as connection:
        return read_entries(connection, service.desk.log_origin, stream).entries


def test_an_exercise_begins_with_people_law_authorities_and_a_register(desks: Desks) -> None:
    service = desks.start(exercise=True)
    with service.read() as reader:
        desk = reader.stream(DESK)
        watch = who_has_the_watch(reader.stream(DUTY).of(ROSTERS), reader.now)
        listed = reader.stream(DIRECTORY).of(LISTED).authorities
    roles = {o.id: o.role for o in desk.of(OFFICERS).all()}
    assert roles == {
        "duty-1": "duty_officer",
        "duty-2": "duty_officer",
        "sup-1": "supervisor",
        "dec-1": "decider",
        "legal-1": "legal_adviser",
        "rec-1": "records_officer",
        "aud-1": "auditor",
        "admin-1": "administrator",
    }
    phones = [o.phone for o in desk.of(OFFICERS).all()]
    assert len(set(phones)) == 8
    assert all(str(phone).startswith("+1555010010") for phone in phones)
    assert dict(watch.posts) == {"duty_officer": "duty-1", "deputy": "duty-2", "supervisor": "sup-1"}
    assert not watch.fallen_back
    assert "mrcc-xb" in listed
    assert desk.of(LAW).adoptions
    assert entries(service, REGISTRY)[0].body["rows"] == 3000


def test_rule_10_3_only_the_legal_adviser_adopts_in_an_exercise_too(desks: Desks) -> None:
    service = desks.start(exercise=True)
    adopted = [e for e in entries(service, DESK) if e.type == "provision.adopted"]
    assert adopted
    assert {(e.actor["kind"], e.actor["id"], e.actor["role"]) for e in adopted} == {
        ("officer", "legal-1", "legal_adviser")
    }
    with pytest.raises(ValueError, match=r"no facts: provision\.adopted"):
        note_facts(service, [("provision.adopted", {})])


def test_rule_10_3_a_real_desk_begins_with_facts_and_nothing_adopted_and_nobody(desks: Desks) -> None:
    service = desks.start(exercise=False)
    with service.read() as reader:
        desk = reader.stream(DESK)
        known = reader.stream(DIRECTORY).of(LISTED).authorities.values()
        assert known and all(a.source.startswith("Not verified by us.") and not a.contacts for a in known)
        assert reader.stream(DUTY).of(ROSTERS).versions == {}
    law = desk.of(LAW)
    assert desk.of(OFFICERS).by_id == {}
    assert law.adoptions == ()
    assert law.participations
    assert not any(p.adopted for p in law.participations)
    assert {e.actor["kind"] for e in entries(service, DESK)} == {"service"}


def test_a_second_start_adds_nothing(desks: Desks) -> None:
    for exercise_or_real in (True, False):
        one = Desks(desks.data / str(exercise_or_real))
        before = len(entries(one.start(exercise=exercise_or_real), DESK))
        assert len(entries(one.start(exercise=exercise_or_real), DESK)) == before
        one.stop()


def test_rule_15_1_the_first_entry_says_real_or_exercise_and_each_refuses_the_other(desks: Desks) -> None:
    real, exercise = Desks(desks.data / "real"), Desks(desks.data / "exercise")
    assert entries(real.start(exercise=False), DESK)[0].body == {"exercise": False, "state": "XA"}
    assert entries(exercise.start(exercise=True), DESK)[0].body == {"exercise": True, "state": "XA"}
    with pytest.raises(BornReal, match="leave out --exercise"):
        real.start(exercise=True)
    with pytest.raises(BornExercise, match="add --exercise"):
        exercise.start(exercise=False)
    assert real.start(exercise=False).desk.log_origin != exercise.start(exercise=True).desk.log_origin
    real.stop()
    exercise.stop()


def test_a_database_is_not_taken_for_another_states_or_another_log(desks: Desks) -> None:
    desks.start(exercise=False)
    with pytest.raises(BornElsewhere, match="begun as XA, CNA_STATE gives PA"):
        desks.start(exercise=False, state="PA", log_origin="cna.xa.example/decisions")
    with pytest.raises(BornElsewhere, match="CNA_LOG_ORIGIN"):
        desks.start(exercise=False, log_origin="other.example/log")


def test_born_says_whether_the_database_was_empty(desks: Desks) -> None:
    assert born(desks.start(exercise=False), exercise=False) is False


def test_rule_8_1_each_policy_file_in_force_is_an_entry_and_kept_whole(desks: Desks) -> None:
    service = desks.start(exercise=True)
    adopted = {
        e.body["path"]: e.body["policy_sha256"] for e in entries(service, DESK) if e.type == "policy.adopted"
    }
    assert {"ladders.toml", "texts.toml", "cets156.toml"} <= adopted.keys()
    assert adopted == {path: sha256 for sha256, (path, _) in service.policies.files.items()}
    assert adopt_policies(service) == []


def test_known_vessels_are_found_and_a_near_tie_is_shown_as_one(desks: Desks) -> None:
    service = desks.start(exercise=True)
    now = service.clock.now()
    found = service.registry.search(Query(names=("BAR TEST",), flag="XA"), now)
    assert found.candidates[0].vessel.imo == "3000001"
    assert found.suggestion is Suggestion.FOUND_ONE
    tie = service.registry.search(Query(names=("SANTA CLARA",), flag="XA"), now)
    assert tie.suggestion is Suggestion.SEVERAL
    assert {c.vessel.rid for c in tie.candidates[:2]} == {"X0000004", "X0000005"}
    near = service.registry.search(Query(names=("NORTHERN LIGHT",), flag="XA"), now)
    assert {c.vessel.name for c in near.candidates[:2]} == {"NORTHERN LIGHT", "NORTHERN LIGHTS"}


def test_a_faulty_file_is_refused_with_its_place(desks: Desks, tmp_path: Path) -> None:
    service = desks.start(exercise=False)
    unmarked = tmp_path / "officers.toml"
    unmarked.write_text('[[officer]]\nid = "duty-1"\n')
    with pytest.raises(ExerciseFileUnreadable, match=r"officers\.toml: is not marked"):
        seed_officers(service, unmarked)
    unmarked.write_text('exercise = true\n[[officer]]\nid = "Duty 1"\n')
    with pytest.raises(ExerciseFileUnreadable, match=r"officers\.toml/officer/0/phone: is missing"):
        seed_officers(service, unmarked)
    register = tmp_path / "register.toml"
    register.write_text('exercise = true\nvessels = 5\nseed = 1\n[[vessel]]\nrid = "1"\nport = "x"\n')
    with pytest.raises(ExerciseFileUnreadable, match=r"register\.toml/vessel/0/port: is no key here"):
        seed_register(service, register)


def test_the_shipped_files_are_marked_exercise() -> None:
    folder = config_folder(Settings()) / "exercise"
    for path in folder.rglob("*.toml"):
        assert "exercise = true" in path.read_text(encoding="utf-8"), path
        assert "EXERCISE" in path.read_text(encoding="utf-8"), path
