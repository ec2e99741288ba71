"""Rules of "The desk works" that only a whole desk can show."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from cna_service.bootstrap import read_policies
from cna_service.db.database import Database
from cna_service.db.migrate import migrate
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.ids import ALPHABET, read_reference
from cna_service.ledger import tables as t
from cna_service.ledger.entry import Draft
from cna_service.workflow import officers as accounts
from cna_service.workflow.closing import add_note
from cna_service.workflow.law import (
    ProvisionChanged,
    adopt_provision,
    adoption_page,
    end_adoption,
    note_participation,
)
from cna_service.workflow.policies import Policies
from cna_service.workflow.projections import DESK, case_stream
from cna_service.workflow.seeding import BornExercise, BornReal, born, seed_real
from cna_service.workflow.service import Service
from cna_service.workflow.verification import verify
from tests.corpus.cases import inbound
from tests.database import sqlite_url
from tests.workflow.acts import answer, received
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.requests import BAR_TEST
from tests.workflow.station import CONFIG, T0, HandClock, desk_facts, fresh_sqlite, make_service, minutes

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


# --- 10.1, 10.3, 10.4: law


def other_hours(folder: Path) -> Policies:
    """The policy with every limit of every provision changed."""
    changed = folder / "config"
    shutil.copytree(CONFIG, changed)
    count = 0
    for path in changed.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        new, n = re.subn(
            r"limit = \{ value = (\d+)", lambda m: f"limit = {{ value = {int(m[1]) * 3 + 1}", text
        )
        count += n
        path.write_text(new, encoding="utf-8")
    assert count >= 8
    return read_policies(changed, exercise=True)


def test_rule_10_1_changing_every_hour_in_the_catalogue_changes_no_old_case_by_a_byte(
    desk: LiveDesk, tmp_path: Path
) -> None:
    ref = inbound(desk)
    running = str(desk.receive(**BAR_TEST)["case"])
    desk.settle()
    now = desk.clock.now()
    before = {r: json.dumps(desk.record_json(r), sort_keys=True) for r in (ref, running)}
    clocks = {r: repr(desk.case(r).clocks) for r in (ref, running)}

    later = LiveDesk(
        make_service(desk.service.database, desk.clock, policies=other_hours(tmp_path)), desk.clock
    )
    assert {r: json.dumps(later.record_json(r), sort_keys=True) for r in before} == before
    assert {r: repr(later.case(r).clocks) for r in clocks} == clocks
    later.attend(running, "duty-1")
    later.advance(hours=4)
    assert later.clock_of(running).lapsed_at == now + timedelta(hours=4)
    fresh = later.receive(**BAR_TEST)["case"]
    new = later.clock_of(fresh, "claimed")
    assert new.due_at == now + timedelta(hours=4 + 13)
    assert "not adopted" in new.terms["why"]


def real_service(folder: Path, **desk: Any) -> tuple[Service, HandClock]:
    """A desk as on its first real day: facts of the files, nobody and nothing adopted, save officers to act."""
    database = Database(sqlite_url(folder, "real.sqlite3"))
    migrate(database)
    clock = HandClock(T0)
    facts = {"state": "NO", "is_exercise": False, "log_origin": "cna.no.example/decisions", **desk}
    service = make_service(
        database, clock, desk=desk_facts(**facts), policies=read_policies(CONFIG, exercise=False)
    )
    born(service, exercise=False)
    seed_real(service)
    with service.write(SERVICE, Action.OFFICER_CHANGE, DESK) as work:
        for name, role in (("legal-1", "legal_adviser"), ("duty-1", "duty_officer")):
            told = {
                "officer": name,
                "name": name,
                "post": role,
                "office": "desk",
                "role": role,
                "language": "en",
            }
            work.append(
                Draft("officer.added", {**told, "phone": "+4712345678", "email": f"{name}@example.test"})
            )
    with service.write(SERVICE, Action.AUTHORITY_CHANGE, "directory") as work:
        listed = {"authority": "de-cna", "state": "DE", "name": "Authority of DE", "functions": ["requests"]}
        more = {
            "subjects": [],
            "languages": ["en"],
            "zone": "Europe/Berlin",
            "source": "test",
            "contacts": [],
        }
        work.append(Draft("authority.listed", {**listed, **more}))
    return service, clock


def test_rule_10_3_on_the_first_real_day_nothing_is_adopted_and_clocks_are_claimed(tmp_path: Path) -> None:
    service, clock = real_service(tmp_path)
    desk = LiveDesk(service, clock)
    page = adoption_page(service)
    assert page.adopted == 0
    assert page.of > 10
    request = {**BAR_TEST, "requested_state": "NO"}
    ref = desk.receive(by="de-cna", **request)["case"]
    claimed = desk.clock_of(ref, "claimed")
    assert claimed.terms["why"] == "coe-7 is not adopted by this authority"
    assert claimed.terms["silence"]["effect"] == "none"

    line = next(p for p in page.lines if p.provision.id == "coe-7").provision
    read = {"provision": "coe-7", "terms_sha256": line.terms_sha256, "text_sha256": line.text_sha256}
    with pytest.raises(ProvisionChanged):
        desk.do(adopt_provision, "legal-1", **{**read, "text_sha256": "0" * 64}, has_read=True)
    desk.do(adopt_provision, "legal-1", **read, has_read=True)
    for state in ("NO", "DE"):
        told = {
            "state": state,
            "instrument": "cets156",
            "from": "2000-05-01",
            "source": "depositary",
            "adopted": True,
        }
        desk.do(note_participation, "legal-1", **told)
    assert adoption_page(service).adopted == 1
    legal = desk.receive(by="de-cna", **request)["case"]
    assert desk.clock_of(legal).due_at == T0 + minutes(240)
    assert desk.clock_of(ref, "claimed").kind == "claimed", "what was armed before stays as it was"

    desk.do(end_adoption, "legal-1", provision="coe-7", remarks="We read it again.")
    after = desk.receive(by="de-cna", **request)["case"]
    assert [c.kind for c in desk.case(after).clocks] == ["claimed", "own"]
    assert desk.clock_of(legal).is_running
    service.database.close()


def test_rule_10_3_an_edited_file_ends_the_adoption(desk: LiveDesk, tmp_path: Path) -> None:
    later = LiveDesk(
        make_service(desk.service.database, desk.clock, policies=other_hours(tmp_path)), desk.clock
    )
    ref = later.receive(**BAR_TEST)["case"]
    assert later.clock_of(ref, "claimed").terms["why"] == "coe-7 is not adopted by this authority"
    page = adoption_page(later.service)
    line = next(p for p in page.lines if p.provision.id == "coe-7")
    assert (line.adoption, line.was_adopted) == (None, True)


def test_rule_10_4_cets_156_to_a_desk_whose_state_is_not_party_arms_no_clock(tmp_path: Path) -> None:
    with a_desk(fresh_sqlite(tmp_path), desk=desk_facts(state="XW")) as desk:
        got = desk.receive(**{**BAR_TEST, "requested_state": "XW"})
        assert got["clocks"] == []
        assert "XW is not a party to CETS 156" in got["no_clock_because"]
        desk.settle()
        assert "new request" in desk.person("duty-1").receives_sms()


def test_rule_10_4_where_participation_is_not_established_the_clock_is_claimed_and_says_so(
    desk: LiveDesk,
) -> None:
    request = {**BAR_TEST, "legal_basis": ["SUA 8bis(5)(d)"], "measures": ["board"]}
    ref = desk.receive(by="registry-xl", **request)["case"]
    assert {c.kind for c in desk.case(ref).clocks} == {"claimed", "own"}
    assert "applies if both are party: not verified" in desk.clock_of(ref, "claimed").terms["why"]


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
