"""Rules of "The desk works" that only a whole desk can show."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from cna_service.kit.ids import ALPHABET, read_reference
from cna_service.ledger import tables as t
from cna_service.workflow import officers as accounts
from cna_service.workflow.closing import add_note
from cna_service.workflow.projections import DESK, case_stream
from cna_service.workflow.seeding import BornExercise, BornReal, born
from cna_service.workflow.verification import verify
from tests.corpus.cases import inbound
from tests.workflow.acts import answer, received
from tests.workflow.desk import LiveDesk
from tests.workflow.real import real_service
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import desk_facts, make_service

HEX = re.compile(r"[0-9a-f]{64}")


# --- 2.5, 9.4: what a partner can learn


def test_rule_2_5_possible_duplicates_name_the_callers_own_cases_only(either_desk: LiveDesk) -> None:
    desk = either_desk
    first = desk.receive(**BAR_TEST)["case"]
    other = desk.receive(by="cna-xc", **BAR_TEST)
    assert other["possible_duplicates"] == []
    again = desk.receive(**{**BAR_TEST, "requester_reference": "MRCC-78/26"})
    assert again["possible_duplicates"] == [first]
    assert other["case"] not in str(dict(again.body))


def test_rule_9_4_references_carry_no_running_number(desk: LiveDesk) -> None:
    refs = [desk.receive(**BAR_TEST)["case"] for _ in range(30)]
    assert len(set(refs)) == 30
    assert refs != sorted(refs)
    for ref in refs:
        assert re.fullmatch(rf"X-[{ALPHABET}]{{4}}-[{ALPHABET}]{{3}}", ref)
        assert read_reference(ref) == ref
    answer_ = desk.receive(**BAR_TEST)
    assert not {"index", "size", "number", "entry_id"} & set(answer_.body)


# --- 8.1, 8.2: what an entry cites and whom it names


def cited(value: Any) -> Iterator[str]:
    """Every hash of a text that a body relies on."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("file_sha256", "policy_sha256") and isinstance(each, str):
                yield each
            elif key == "templates":
                yield from each
            elif key == "ladder_copy":
                yield each["sha256"]
            else:
                yield from cited(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from cited(each)


def test_rule_8_1_every_text_that_an_entry_cites_is_kept_whole_under_its_hash(either_desk: LiveDesk) -> None:
    desk = either_desk
    ref = inbound(desk)
    with desk.service.database.read() as connection:
        kept = {r.sha256: r.text for r in connection.execute(t.policy.select())}
    assert all(hashlib.sha256(text.encode()).hexdigest() == digest for digest, text in kept.items())
    found = {
        (e.type, digest)
        for stream in (ref, DESK)
        for e in desk.entries(stream)
        for body in (e.body, e.basis or {})
        for digest in cited(dict(body))
        if HEX.fullmatch(digest)
    }
    kinds = {kind for kind, _ in found}
    assert kinds >= {
        "alert.raised",
        "clock.armed",
        "answer.given",
        "document.made",
        "policy.adopted",
        "provision.adopted",
    }
    missing = {(kind, d) for kind, d in found if d not in kept and kind != "register.imported"}
    assert missing == set()


def test_rule_8_1_verification_fails_when_a_cited_text_is_missing(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.seal()
    assert verify(desk.service).exit_code == 0
    digest = desk.clock_of(ref).terms["file_sha256"]
    with desk.service.database.write() as connection:
        for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {row[0]}")
        connection.execute(delete(t.policy).where(t.policy.c.sha256 == digest))
    assert verify(desk.service).exit_code == 1


def test_rule_8_2_an_entry_names_its_actor_as_he_was_then(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"})
    desk.do(
        accounts.change_officer,
        "admin-1",
        officer="duty-1",
        name="Ana Ortega",
        post="Attaché",
        role="supervisor",
    )
    actor = desk.last(ref, "answer.given").actor
    assert {k: actor[k] for k in ("name", "post", "office", "role")} == {
        "name": "EXERCISE Lieutenant Ana Reyes",
        "post": "Duty officer",
        "office": "EXERCISE desk of XA",
        "role": "duty_officer",
    }
    assert actor["signed_in"]["by"] == "totp"
    answer(desk, ref, values={"search": "denied"})
    assert desk.last(ref, "answer.given").actor["name"] == "Ana Ortega"
    assert desk.case(ref).exchanges[0].answers[0].actor["name"] == "EXERCISE Lieutenant Ana Reyes"


def test_rule_8_2_names_of_those_who_acted_are_outside_erasure(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "denied"})
    with desk.service.database.read() as connection:
        where = t.ledger_entry.c.stream == case_stream(ref)
        ids = connection.execute(t.ledger_entry.select().where(where)).all()
        paths = {
            r.path
            for i in ids
            for r in connection.execute(
                t.ledger_disclosure.select().where(t.ledger_disclosure.c.entry_id == i.entry_id)
            )
        }
    assert paths
    assert not [p for p in paths if p.startswith("/actor")]


# --- 9.1: private values


def test_rule_9_1_words_persons_and_grounds_stand_in_the_entry_as_digests_alone(
    either_desk: LiveDesk,
) -> None:
    desk = either_desk
    ref = inbound(desk)
    with desk.service.database.read() as connection:
        where = t.ledger_entry.c.stream == case_stream(ref)
        query = t.ledger_body.select().join(t.ledger_entry).where(where)
        stored = b"".join(bytes(r.body) for r in connection.execute(query))
    for secret in (
        b"packages thrown overboard",
        b"master, by radio",
        b"board by cutter",
        b"+15550102",
        b"How many persons",
        b"By day only",
        b"EXERCISE Director Daniel Osei",
        b"+15550100101",
        b"Thank you.",
    ):
        assert secret not in stored, secret
    for clear in (b"BAR TEST", b"granted_with_conditions", b"coe-7", b"MRCC-77/26", b"EXERCISE Lieutenant"):
        assert clear in stored, clear


def test_rule_9_1_erasing_every_private_value_leaves_rows_timers_and_clocks_as_they_were(
    desk: LiveDesk,
) -> None:
    ref = inbound(desk)
    desk.seal()
    before = [(c.id, c.kind, c.starts_at, c.due_at, c.lapsed_at, c.stopped_at) for c in desk.case(ref).clocks]
    label = desk.record_json(ref)["label"]
    with desk.service.database.write() as connection:
        where = t.ledger_entry.c.stream == case_stream(ref)
        ids = [r.entry_id for r in connection.execute(t.ledger_entry.select().where(where))]
        connection.execute(delete(t.ledger_disclosure).where(t.ledger_disclosure.c.entry_id.in_(ids)))
    fresh = make_service(desk.service.database, desk.clock)
    again = LiveDesk(fresh, desk.clock)
    assert [
        (c.id, c.kind, c.starts_at, c.due_at, c.lapsed_at, c.stopped_at) for c in again.case(ref).clocks
    ] == before
    assert again.record_json(ref)["label"] == label
    assert '"erased"' in json.dumps(again.record_json(ref))
    again.do(add_note, "duty-2", ref, words="The desk can still work on it.")


# --- 15.1, 16.3


def test_rule_15_1_a_database_is_born_real_or_exercise_and_stays_so(desk: LiveDesk, tmp_path: Path) -> None:
    first = desk.entries(DESK)[0]
    assert (first.type, first.body["exercise"]) == ("desk.born", True)
    real = make_service(desk.service.database, desk.clock, desk=desk_facts(is_exercise=False))
    with pytest.raises(BornExercise):
        born(real, exercise=False)
    service, _ = real_service(tmp_path)
    with pytest.raises(BornReal):
        born(service, exercise=True)
    service.database.close()


def test_rule_15_1_references_texts_and_mails_of_an_exercise_say_so(desk: LiveDesk) -> None:
    ref = str(desk.receive(**BAR_TEST)["case"])
    assert ref.startswith("X-")
    desk.settle()
    assert desk.person("duty-1").receives_sms().startswith("EXERCISE")
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    desk.settle()
    mail = desk.postbox.to("mrcc-xb@example.test")[-1]
    assert "EXERCISE" in mail.subject
    assert mail.text.startswith("EXERCISE")


def test_rule_15_1_a_real_desk_marks_nothing_and_its_references_have_no_prefix(tmp_path: Path) -> None:
    service, clock = real_service(tmp_path)
    desk = LiveDesk(service, clock)
    ref = str(desk.receive(by="de-cna", **BAR_TEST)["case"])
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{3}}", ref)
    assert not desk.case(ref).is_exercise
    service.database.close()


def test_rule_16_3_a_reset_is_an_entry_told_to_the_officer_and_the_supervisor(either_desk: LiveDesk) -> None:
    desk = either_desk
    made = accounts.reset_credential(
        desk.service, desk.officer("admin-1"), {"officer": "duty-1", "reason": "lost phone"}
    )
    entry = desk.last(DESK, "credential.reset")
    assert (entry.actor["id"], entry.body["officer"]) == ("admin-1", "duty-1")
    assert made.secret not in str(made.reply.body)
    desk.settle()
    desk.person("sup-1").receives_sms(containing="EXERCISE Lieutenant Ana Reyes were reset by")
    assert desk.postbox.to("duty-1@example.test") or desk.person("duty-1").phone.texts


def test_rule_16_3_for_a_day_each_decision_by_that_account_says_so(desk: LiveDesk) -> None:
    ref = received(desk)
    accounts.reset_credential(desk.service, desk.officer("admin-1"), {"officer": "duty-1", "reason": "lost"})
    desk.attend(ref, "duty-2")
    answer(desk, ref, values={"board": "denied"}, convey=[{"channel": "mail"}])
    assert desk.last(ref, "answer.given").actor["credential_reset"]["by"] == "admin-1"
    desk.settle()
    mail = " ".join(desk.postbox.to("mrcc-xb@example.test")[-1].text.split())
    assert "credential reset by admin-1 at 2026-11-21T14:03:00.000000Z" in mail
    desk.advance(hours=25)
    answer(desk, ref, values={"search": "denied"})
    assert "credential_reset" not in desk.last(ref, "answer.given").actor
