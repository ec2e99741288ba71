"""Replaying and verifying: rows follow from entries alone, and whatever was changed behind our back is named."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from sqlalchemy import text

from cna_service.agreements.catalogue import SourceFile, load
from cna_service.identity.actors import SERVICE
from cna_service.workflow.projections import CASE, DESK_STATE, LOG, case_stream
from cna_service.workflow.replay import rebuild_outdated, replay
from cna_service.workflow.verification import verify, verify_and_record
from tests.workflow.desk import LiveDesk
from tests.workflow.requests import BAR_TEST, SUA
from tests.workflow.station import make_service


def change(desk: LiveDesk, statement: str, **values: object) -> None:
    """Change a row as the database's owner can."""
    with desk.service.database.write() as connection:
        assert connection.execute(text(statement), values).rowcount


def worked(desk: LiveDesk) -> str:
    """A desk with two cases, one of which was worked on; the reference of that."""
    ref = str(desk.receive(**BAR_TEST)["case"])
    desk.receive(**SUA)
    desk.clock.at += timedelta(hours=3)
    desk.seal()
    return ref


def test_every_row_comes_out_of_the_entries_alone(either_desk: LiveDesk) -> None:
    worked(either_desk)
    done = replay(either_desk.service)
    assert (done.exit_code, done.differences, done.record) == (0, (), None)
    assert done.streams == 7


def test_a_replayed_case_is_the_case(desk: LiveDesk) -> None:
    ref = worked(desk)
    done = replay(desk.service, ref.lower())
    assert (done.exit_code, done.streams) == (0, 1)
    assert done.record is not None
    assert done.record["ref"] == ref
    assert done.record["seq"] == desk.case(ref).seq
    assert done.record["vessels"][0]["n"] == 1


def test_a_changed_search_row_is_named_by_replay_and_by_verification(either_desk: LiveDesk) -> None:
    ref = worked(either_desk)
    change(either_desk, "UPDATE case_row SET holder = 'duty-9' WHERE ref = :ref", ref=ref)
    done = replay(either_desk.service)
    assert [(d.stream, d.why) for d in done.differences] == [
        (case_stream(ref), "the search row differs from its entries in holder")
    ]
    report = verify(either_desk.service)
    assert report.exit_code == 1
    assert report.first is not None
    assert (report.first.kind, report.first.stream, report.first.seq) == (
        "row",
        case_stream(ref),
        either_desk.case(ref).seq,
    )


def test_lost_keys_and_timers_and_rows_of_nothing_are_named(desk: LiveDesk) -> None:
    ref = worked(desk)
    change(desk, "DELETE FROM case_key WHERE ref = :ref AND kind = 'name'", ref=ref)
    change(desk, "DELETE FROM timer WHERE stream = :stream", stream=case_stream(ref))
    change(desk, "INSERT INTO case_key (ref, kind, value) VALUES ('X-NONE', 'imo', '1')")
    told = {(d.stream, d.why.split(":")[0].split(",")[0]) for d in replay(desk.service).differences}
    assert (case_stream(ref), "search keys are missing") in told
    assert ("case:X-NONE", "search keys are there that no entry gives") in told
    assert any(stream == case_stream(ref) and "timers differ" in why for stream, why in told)


def test_rows_of_an_older_fold_are_no_evidence_and_are_written_anew(either_desk: LiveDesk) -> None:
    ref = worked(either_desk)
    change(either_desk, "UPDATE case_row SET fold_version = 0, label = 'old' WHERE ref = :ref", ref=ref)
    report = verify(either_desk.service)
    assert report.exit_code == 0
    assert any("another build" in words for words in report.warnings)
    assert rebuild_outdated(either_desk.service) == 1
    assert replay(either_desk.service).exit_code == 0
    assert rebuild_outdated(either_desk.service) == 0


def test_a_verification_is_an_entry_and_tampering_summons_the_administrator_once(desk: LiveDesk) -> None:
    ref = worked(desk)
    assert verify_and_record(desk.service, SERVICE).exit_code == 0
    change(desk, "UPDATE case_row SET label = 'changed' WHERE ref = :ref", ref=ref)
    desk.seal()
    assert verify_and_record(desk.service, SERVICE).exit_code == 1
    assert verify_and_record(desk.service, SERVICE).exit_code == 1
    with desk.service.read() as reader:
        last = reader.stream(LOG).of(DESK_STATE).last_verified
    assert last is not None
    assert (last["ok"], last["result"], last["first"]["stream"]) == (False, "not_sound", case_stream(ref))
    told = [a for a in desk.alerts("desk").by_id.values() if a.kind == "log_trouble"]
    assert len(told) == 1


def test_rule_8_1_verification_fails_when_a_cited_text_is_gone(desk: LiveDesk) -> None:
    worked(desk)
    with desk.service.database.write() as connection:
        connection.execute(text("DROP TRIGGER policy_fence_DELETE"))
        sha256 = desk.service.policies.ladders.sha256
        assert connection.execute(text("DELETE FROM policy WHERE sha256 = :s"), {"s": sha256}).rowcount == 1
    report = verify(desk.service)
    assert report.exit_code == 1
    assert report.first is not None
    assert report.first.stream is not None


def test_rule_10_1_other_hours_in_the_catalogue_change_no_old_case(desk: LiveDesk) -> None:
    ref = worked(desk)
    before = replay(desk.service, ref).record
    files = [
        SourceFile(f.path, f.content.replace(b"value = 4, unit", b"value = 9, unit"))
        for f in desk.service.policies.catalogue.files
    ]
    catalogue = load(files, exercise=True)
    assert catalogue.files != desk.service.policies.catalogue.files
    policies = dataclasses.replace(desk.service.policies, catalogue=catalogue)
    after = make_service(desk.service.database, desk.clock, policies=policies)
    assert replay(after, ref).record == before
    assert replay(after).exit_code == 0
    with desk.service.read() as old, after.read() as new:
        one, other = old.stream(case_stream(ref)), new.stream(case_stream(ref))
    assert one.of(CASE) == other.of(CASE)
