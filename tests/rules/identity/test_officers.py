"""Officers folded from entries: actors as they were, resets that stay in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.identity.actors import SERVICE, authority_actor
from cna_service.identity.officers import (
    ENTRY_TYPES,
    RESET_SHOWN_FOR,
    Officers,
    apply_officers,
    fold_officers,
)
from cna_service.identity.permissions import OFFICER_ROLES, Action, Role, may
from cna_service.identity.rules import OfficerUnknown, officer_problems

T0 = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Recorded:
    type: str
    body: dict[str, Any]
    recorded_at: datetime = T0
    v: int = 1


class Erased:
    """Stands where a private value was; not a string."""


def added(officer: str = "duty-1", role: str = "duty_officer", **more: Any) -> Recorded:
    body = {
        "officer": officer,
        "name": f"Lt. {officer}",
        "post": "Duty officer",
        "office": "Operations Centre",
        "role": role,
        "language": "en",
        "phone": "+15550101",
        "second_phone": "+15550102",
        "email": f"{officer}@example.test",
    }
    return Recorded("officer.added", body | more)


def desk(*entries: Recorded) -> Officers:
    return fold_officers(entries)


def test_rule_8_2_an_entry_names_its_actor_as_he_was() -> None:
    before = desk(added())
    actor = before.find("duty-1").actor(T0, signed_in={"by": "totp", "session": "ab12"}, delegation="del-3")
    promoted = {"officer": "duty-1", "name": "Cdr. Other", "post": "Supervisor", "role": "supervisor"}
    after = apply_officers(before, Recorded("officer.changed", promoted))
    assert actor.as_entry() == {
        "kind": "officer",
        "id": "duty-1",
        "name": "Lt. duty-1",
        "post": "Duty officer",
        "office": "Operations Centre",
        "role": "duty_officer",
        "delegation": "del-3",
        "signed_in": {"by": "totp", "session": "ab12"},
    }
    assert after.find("duty-1").actor(T0).as_entry()["post"] == "Supervisor"
    assert after.find("duty-1").office == "Operations Centre"


def test_rule_8_2_officers_are_disabled_never_deleted() -> None:
    state = desk(added(), Recorded("officer.disabled", {"officer": "duty-1"}))
    officer = state.find("duty-1")
    assert officer.name == "Lt. duty-1"
    assert not [a for a in Action if may(officer.actor(T0), a)]
    enabled = apply_officers(state, Recorded("officer.enabled", {"officer": "duty-1"}))
    assert may(enabled.find("duty-1").actor(T0), Action.CASE_READ)


def test_rule_8_2_names_stand_in_clear_and_contacts_do_not() -> None:
    private = {shape.name: set(shape.private) for shape in ENTRY_TYPES}
    contacts = {"/phone", "/second_phone", "/email"}
    assert private["officer.added"] == private["officer.changed"] == contacts


def test_other_actors_are_named_too() -> None:
    assert SERVICE.as_entry() == {"kind": "service", "id": "desk"}
    theirs = authority_actor("mrcc-xb", state="XB", name="MRCC", signed_in={"by": "token", "token": "j"})
    assert theirs.as_entry() == {
        "kind": "authority",
        "id": "mrcc-xb",
        "name": "MRCC",
        "state": "XB",
        "signed_in": {"by": "token", "token": "j"},
    }


def test_rule_16_3_for_24_h_each_act_says_who_reset_the_credential_and_when() -> None:
    reset = Recorded("credential.reset", {"officer": "duty-1", "by": "admin-1"}, T0)
    officer = desk(added(), reset).find("duty-1")
    told = {"at": "2026-11-21T03:00:00.000000Z", "by": "admin-1"}
    for later in (timedelta(0), HOUR, timedelta(hours=24)):
        assert officer.actor(T0 + later).as_entry()["credential_reset"] == told
    assert "credential_reset" not in officer.actor(T0 + timedelta(hours=24, seconds=1)).as_entry()
    assert officer.credential_reset_within(RESET_SHOWN_FOR, T0 - HOUR) is None


def test_rule_16_3_a_link_that_lies_unused_starts_the_24_h_when_it_is_used() -> None:
    officer = desk(
        added(),
        Recorded("credential.reset", {"officer": "duty-1", "by": "admin-1"}, T0),
        Recorded("credential.set", {"officer": "duty-1", "by": "duty-1"}, T0 + 23 * HOUR),
    ).find("duty-1")
    assert officer.actor(T0 + 40 * HOUR).as_entry()["credential_reset"] == {
        "at": "2026-11-21T03:00:00.000000Z",
        "by": "admin-1",
    }
    assert officer.actor(T0 + 48 * HOUR).credential_reset is None


def test_rule_16_3_a_later_change_by_the_officer_himself_neither_ends_nor_extends_it() -> None:
    officer = desk(
        added(),
        Recorded("credential.reset", {"officer": "duty-1", "by": "admin-1"}, T0),
        Recorded("credential.set", {"officer": "duty-1", "by": "duty-1"}, T0 + HOUR),
        Recorded("credential.set", {"officer": "duty-1", "by": "duty-1"}, T0 + 20 * HOUR),
    ).find("duty-1")
    assert officer.actor(T0 + 25 * HOUR).credential_reset is not None
    assert officer.actor(T0 + 26 * HOUR).credential_reset is None


def test_rule_16_3_setting_anothers_credential_counts_and_ones_own_does_not() -> None:
    own = desk(added(), Recorded("credential.set", {"officer": "duty-1", "by": "duty-1"}))
    others = desk(added(), Recorded("credential.set", {"officer": "duty-1", "by": "admin-1"}))
    assert own.find("duty-1").actor(T0).credential_reset is None
    assert own.find("duty-1").credential_set_at == T0
    assert others.find("duty-1").actor(T0).credential_reset == {
        "at": "2026-11-21T03:00:00.000000Z",
        "by": "admin-1",
    }


def test_rule_16_3_the_officer_is_told_on_his_other_contact_and_the_supervisor_too() -> None:
    state = desk(
        added(), added("super-1", "supervisor", phone="+15550201"), added("admin-1", "administrator")
    )
    told = {(c.officer, c.value) for c in state.told_of_reset("duty-1", T0)}
    assert told == {
        ("duty-1", "+15550102"),
        ("duty-1", "duty-1@example.test"),
        ("super-1", "+15550201"),
        ("super-1", "super-1@example.test"),
    }


def test_rule_16_3_changing_the_contacts_first_does_not_hide_the_reset() -> None:
    new = {"officer": "duty-1", "second_phone": "+15559999", "email": "else@example.test"}
    state = desk(added(), Recorded("officer.changed", new, T0))
    told = {c.value for c in state.told_of_reset("duty-1", T0 + HOUR)}
    assert {"+15550102", "duty-1@example.test", "+15559999", "else@example.test"} <= told
    later = {c.value for c in state.told_of_reset("duty-1", T0 + timedelta(days=15))}
    assert "+15550102" not in later


def test_rule_16_3_an_officer_with_one_telephone_is_told_on_it() -> None:
    state = desk(added(second_phone=None, email=None))
    assert [c.value for c in state.told_of_reset("duty-1", T0)] == ["+15550101"]


def test_an_unknown_officer_is_named_in_the_error() -> None:
    with pytest.raises(OfficerUnknown, match="nobody-7"):
        Officers().find("nobody-7")
    assert Officers().get("nobody-7") is None


def test_entries_about_nobody_and_of_other_types_change_nothing() -> None:
    state = desk(added())
    for entry in (
        Recorded("officer.disabled", {"officer": "ghost"}),
        Recorded("officer.disabled", {}),
        Recorded("policy.adopted", {"officer": "duty-1"}),
    ):
        assert apply_officers(state, entry) == state


def test_a_version_from_the_future_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="newer than this build"):
        apply_officers(Officers(), Recorded("officer.added", {"officer": "duty-1"}, v=2))


def test_enabled_with_lists_those_who_still_hold_a_role() -> None:
    state = desk(
        added("admin-1", "administrator"),
        added("admin-2", "administrator"),
        Recorded("officer.disabled", {"officer": "admin-1"}),
    )
    assert [o.id for o in state.enabled_with(Role.ADMINISTRATOR)] == ["admin-2"]


KINDS = [shape.name for shape in ENTRY_TYPES]
BODIES = st.fixed_dictionaries(
    {"officer": st.sampled_from(["a", "b"]), "by": st.sampled_from(["a", "b", "admin"])},
    optional={
        "name": st.text(max_size=4),
        "role": st.sampled_from(sorted(OFFICER_ROLES)),
        "phone": st.sampled_from(["+1555010", "+1555011", None]),
        "second_phone": st.sampled_from(["+1555020", None]),
        "email": st.sampled_from(["x@example.test", None]),
    },
)


@given(st.lists(st.tuples(st.sampled_from(KINDS), BODIES), max_size=12), st.sets(st.integers(0, 11)))
def test_erasing_any_contact_changes_neither_rights_nor_names(
    history: list[tuple[str, dict[str, Any]]], erased: set[int]
) -> None:
    whole = [Recorded(kind, body, T0 + i * HOUR) for i, (kind, body) in enumerate(history)]
    private = ("phone", "second_phone", "email")
    redacted = [
        Recorded(
            e.type,
            {k: Erased() if i in erased and k in private and v else v for k, v in e.body.items()},
            e.recorded_at,
        )
        for i, e in enumerate(whole)
    ]
    at = T0 + 13 * HOUR
    before = {o.id: o.actor(at).as_entry() | {"on": o.is_enabled} for o in fold_officers(whole).all()}
    after = {o.id: o.actor(at).as_entry() | {"on": o.is_enabled} for o in fold_officers(redacted).all()}
    assert before == after


def test_a_new_officer_is_checked_field_by_field_at_once() -> None:
    roles = frozenset(str(role) for role in OFFICER_ROLES)
    assert officer_problems(added().body, roles) == ()
    wrong = {
        "officer": "Duty 1",
        "role": "admin",
        "phone": "555",
        "email": "nobody",
        "name": " ",
        "language": "en",
    }
    found = {p.pointer: p for p in officer_problems(wrong, roles)}
    assert set(found) == {"/officer", "/role", "/phone", "/email", "/name", "/post", "/office"}
    assert found["/phone"].fix == "Write the international form, such as +15550100."
    assert found["/post"].why == "is missing"
    assert [p.pointer for p in officer_problems(added(second_phone="0100").body, roles)] == ["/second_phone"]
