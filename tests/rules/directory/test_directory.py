"""The directory: several authorities of a State, dated, with contacts that remember since when they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.directory.rules import (
    ENTRY_TYPES,
    AuthorityNotListed,
    Directory,
    apply_directory,
    contact,
    fold,
)
from cna_service.directory.seeds import DirectoryUnreadable, authority_seeds
from cna_service.directory.table import COLUMNS, export_csv, import_csv
from cna_service.ledger.entry import Entry, Erased

AT = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FILE = Path(__file__).parents[3] / "config" / "exercise" / "authorities.toml"


def entry(seq: int, kind: str, body: Mapping[str, Any], at: datetime = AT) -> Entry:
    return Entry("directory", seq, f"e{seq}", kind, 1, at, {"kind": "officer", "id": "u-1"}, body, "")


SEEDS = authority_seeds(FILE.name, FILE.read_bytes(), exercise=True)
SEEDED = fold(entry(n, kind, body) for n, (kind, body) in enumerate(SEEDS, 1))


def listed(**more: Any) -> dict[str, Any]:
    phone = {"contact": "c1", "kind": "phone", "value": "+15550100", "by": "A. Person"}
    return {"authority": "ops-xb", "state": "XB", "name": "Operations", "contacts": [phone], **more}


def test_the_exercise_lists_enough_authorities_and_names_each_an_exercise() -> None:
    assert len(SEEDS) >= 24
    for authority in SEEDED:
        assert authority.name.startswith("EXERCISE: ")
        for each in authority.contacts:
            assert str(each.value).startswith("+1555") or str(each.value).endswith("@example.test")
    assert {a.state for a in SEEDED} == {f"X{c}" for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def test_a_real_desk_refuses_the_exercise_directory() -> None:
    with pytest.raises(DirectoryUnreadable, match="exercise directory"):
        authority_seeds(FILE.name, FILE.read_bytes())


def test_pitfall_22_a_state_has_several_authorities_by_function_and_subject() -> None:
    of_xb = SEEDED.for_state("XB", at=AT)
    assert [a.id for a in of_xb] == ["moj-xb", "mrcc-xb", "register-xb"]
    assert [a.id for a in SEEDED.for_state("XB", function="jurisdiction", at=AT)] == ["moj-xb"]
    assert [a.id for a in SEEDED.for_state("XP", function="authorization", subject="narcotics", at=AT)] == [
        "mfa-xp",
        "mrcc-xp",
    ]
    assert SEEDED.for_state("XK", subject="narcotics", at=AT) == ()


def test_an_authority_not_listed_is_named_in_the_refusal() -> None:
    with pytest.raises(AuthorityNotListed, match="mrcc-zz: not in the directory"):
        SEEDED.find("mrcc-zz")


def test_a_delisted_authority_is_found_and_no_longer_offered() -> None:
    later = apply_directory(SEEDED, entry(900, "authority.delisted", {"authority": "mrcc-xu"}, AT + DAY))
    assert later.find("mrcc-xu").valid_to == AT + DAY
    assert [a.id for a in later.for_state("XU", at=AT)] == ["mrcc-xu"]
    assert later.for_state("XU", at=AT + DAY) == ()


def test_a_listing_is_dated() -> None:
    state = fold(
        [
            entry(
                1,
                "authority.listed",
                listed(**{"from": "2027-01-01T00:00:00Z", "to": "2028-01-01T00:00:00Z"}),
            )
        ]
    )
    offered = [bool(state.for_state("XB", at=datetime(y, 6, 1, tzinfo=UTC))) for y in (2026, 2027, 2028)]
    assert offered == [False, True, False]


def test_a_contact_is_replaced_added_and_taken_out() -> None:
    changes = [
        {"contact": "c1", "kind": "phone", "value": "+15550199"},
        {"contact": "c2", "kind": "email", "value": "ops@example.test", "function": "requests"},
        {"contact": "c1", "removed": True},
    ]
    state = fold([entry(1, "authority.listed", listed())])
    shown = []
    for n, change in enumerate(changes, 2):
        state = apply_directory(
            state, entry(n, "authority.contact_changed", {"authority": "ops-xb", **change}, AT + DAY)
        )
        shown.append([str(c.value) for c in state.find("ops-xb").contacts])
    assert shown == [["+15550199"], ["+15550199", "ops@example.test"], ["ops@example.test"]]


def test_a_number_knows_since_when_it_stands() -> None:
    """desk-rules 4.3 asks it of every number that a call-back relies on."""
    first = fold([entry(1, "authority.listed", listed())])
    same = apply_directory(first, entry(2, "authority.listed", listed(name="Operations Centre"), AT + DAY))
    assert same.find("ops-xb").contacts[0].since == AT
    change = {"authority": "ops-xb", "contact": "c1", "kind": "phone", "value": "+15550111"}
    changed = apply_directory(same, entry(3, "authority.contact_changed", change, AT + 2 * DAY))
    assert changed.find("ops-xb").contacts[0].since == AT + 2 * DAY


def test_the_contact_named_for_the_function_comes_first() -> None:
    contacts = [
        {"kind": "phone", "value": "+15550101"},
        {"kind": "phone", "value": "+15550102", "function": "jurisdiction"},
    ]
    authority = fold([entry(1, "authority.listed", listed(contacts=contacts))]).find("ops-xb")

    def reached(channel: str, function: str | None = None) -> object:
        found = contact(authority, channel, function=function)
        return None if found is None else found.value

    assert reached("phone", "jurisdiction") == "+15550102"
    assert reached("phone", "requests") == "+15550101"
    assert reached("phone") == "+15550101"
    assert reached("fax") is None


def test_an_erased_number_is_not_offered_and_breaks_nothing() -> None:
    contacts = [{"kind": "phone", "value": Erased("d1"), "by": Erased("d2")}]
    state = fold([entry(1, "authority.listed", listed(contacts=contacts))])
    assert contact(state.find("ops-xb"), "phone") is None
    assert "(erased)" not in export_csv(state)


def test_changes_of_the_unknown_and_other_entries_change_nothing() -> None:
    unknown = entry(1, "authority.contact_changed", {"authority": "nobody", "contact": "c1"})
    assert apply_directory(SEEDED, unknown) is SEEDED
    assert apply_directory(SEEDED, entry(1, "clock.stepped", {"authority": "mrcc-xb"})) is SEEDED


def test_numbers_and_names_of_persons_are_private() -> None:
    private = {t.name: set(t.private) for t in ENTRY_TYPES}
    assert {"/contacts/*/value", "/contacts/*/by"} <= private["authority.listed"]
    assert {"/value", "/by"} <= private["authority.contact_changed"]
    assert "/reason" in private["authority.delisted"]


def test_what_is_exported_is_imported_alike() -> None:
    imported = import_csv(export_csv(SEEDED))
    assert imported.problems == ()
    again = fold(entry(n, "authority.listed", b) for n, b in enumerate(imported.bodies, 1))
    assert again == SEEDED


TEXT = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@given(TEXT, TEXT)
def test_any_name_survives_the_table(name: str, source: str) -> None:
    state = fold([entry(1, "authority.listed", listed(name=name, source=source))])
    imported = import_csv(export_csv(state))
    assert imported.problems == ()
    assert (imported.bodies[0]["name"], imported.bodies[0]["source"]) == (name, source)


def line(**more: str) -> str:
    told = {"id": "a-xb", "state": "XB", "name": "A", "kind": "phone", "value": "+15550100", **more}
    return ",".join(told.get(c, "") for c in COLUMNS)


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"id": "A B"}, "line 2/authority"),
        ({"state": "xb"}, "line 2/state"),
        ({"name": ""}, "line 2/name"),
        ({"functions": "cooking"}, "line 2/functions"),
        ({"zone": "Mars/Base"}, "line 2/zone"),
        ({"zone": "../etc"}, "line 2/zone"),
        ({"valid_from": "2026-01-01T00:00:00"}, "line 2/from"),
        ({"kind": "pigeon"}, "line 2/contacts/0/kind"),
        ({"value": "555 0100"}, "line 2/contacts/0/value"),
        ({"kind": "email"}, "line 2/contacts/0/value"),
        ({"function": "cooking"}, "line 2/contacts/0/function"),
        ({"verified_at": "once"}, "line 2/contacts/0/verified_at"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(told: dict[str, str], pointer: str) -> None:
    imported = import_csv(",".join(COLUMNS) + "\n" + line(**told) + "\n")
    assert pointer in [p.pointer for p in imported.problems]


def test_wrong_tables_are_named() -> None:
    header = ",".join(COLUMNS)
    assert import_csv("id,state\n").problems[0].why == "columns are missing"
    assert import_csv("").problems[0].pointer == "line 1"
    assert import_csv(f"{header}\na,b\n").problems[0].why == "has too many or too few columns"
    assert import_csv(f'{header}\n"open').problems[0].why.startswith("is not CSV")
    twice = import_csv(f"{header}\n{line()}\n{line(name='B')}\n")
    assert [p.pointer for p in twice.problems] == ["line 3/id"]


def test_a_file_of_authorities_names_every_fault() -> None:
    text = """[[authority]]
id = "a-xb"
state = "XB"
name = "A"
nmae = "A"
contact = [{ kind = "phone", value = "12" }]
[[authority]]
id = "a-xb"
state = "XB"
name = "A"
"""
    with pytest.raises(DirectoryUnreadable) as refused:
        authority_seeds("a.toml", text.encode())
    assert [p.pointer for p in refused.value.problems] == [
        "a.toml/authority/a-xb/nmae",
        "a.toml/authority/a-xb/contacts/0/value",
        "a.toml/authority/a-xb",
    ]
    with pytest.raises(DirectoryUnreadable, match="line 1"):
        authority_seeds("a.toml", b"x = = 1")


@pytest.mark.parametrize(
    "text",
    ["authority = 3", "authority = [3]", 'authority = [{ functions = "x" }]', "authority = [{ subjects = [1] }]",
     "authority = [{ contact = 1 }]", "authority = [{ contact = [1] }]", "authority = [{ name = 1 }]"],
)  # fmt: skip
def test_misshapen_files_are_refused_and_not_stumbled_over(text: str) -> None:
    with pytest.raises(DirectoryUnreadable, match="not of its kind"):
        authority_seeds("a.toml", text.encode())


def test_an_empty_directory_offers_nobody() -> None:
    assert list(Directory()) == []
    assert Directory().for_state("XB", at=AT) == ()


def test_what_is_listed_ahead_of_its_day_leaves_what_holds_until_then() -> None:
    coming = listed(name="New Operations", **{"from": "2027-01-01T00:00:00Z"})
    state = fold([entry(1, "authority.listed", listed()), entry(2, "authority.listed", coming, AT + DAY)])
    before, after = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    assert [a.name for a in state.for_state("XB", at=before)] == ["Operations"]
    assert [a.name for a in state.for_state("XB", at=after)] == ["New Operations"]
    moved = {"authority": "ops-xb", "contact": "c1", "kind": "phone", "value": "+15550111"}
    state = apply_directory(state, entry(3, "authority.contact_changed", moved, AT + 2 * DAY))
    assert [a.contacts[0].value for a in state.for_state("XB", at=before)] == ["+15550111"]
    assert [a.contacts[0].value for a in state.for_state("XB", at=after)] == ["+15550111"]


def test_a_doubt_is_not_imported_away_and_proving_ends_it() -> None:
    doubt = {"authority": "ops-xb", "contact": "c1", "why": "wrong_number"}
    state = fold(
        [
            entry(1, "authority.listed", listed()),
            entry(2, "authority.contact_doubted", doubt, AT + DAY),
            entry(3, "authority.listed", listed(name="Operations Centre"), AT + 2 * DAY),
        ]
    )
    assert contact(state.find("ops-xb"), "phone") is None
    proof = {"authority": "ops-xb", "contact": "c1", "by": "Lt. A", "spoke_to": "Watch"}
    state = apply_directory(state, entry(4, "authority.contact_verified", proof, AT + 3 * DAY))
    found = contact(state.find("ops-xb"), "phone")
    assert found is not None and (found.by, found.spoke_to) == ("Lt. A", "Watch")
    assert [found.state_at(AT + 3 * DAY), found.state_at(AT + 400 * DAY)] == ["verified", "stale"]


def test_remarks_and_hours_survive_the_way_out_and_in() -> None:
    always = {"contact": "c1", "kind": "phone", "value": "+15550100", "hours": "always"}
    state = fold([entry(1, "authority.listed", listed(contacts=[always], remarks="One of two."))])
    read = import_csv(export_csv(state))
    assert not read.problems
    again = fold(entry(n, "authority.listed", body) for n, body in enumerate(read.bodies, 1))
    assert again.find("ops-xb").remarks == "One of two."
    assert again.find("ops-xb").contacts[0].hours == "always"
    wrong = import_csv(export_csv(state).replace(",always", ",sometimes"))
    assert [p.pointer for p in wrong.problems] == ["line 2/contacts/0/hours"]


def test_a_file_of_before_the_new_columns_is_still_read() -> None:
    old = ",".join(c for c in COLUMNS if c not in ("remarks", "hours"))
    row = "ops-xb,XB,Operations,requests,,,UTC,,,a letter,c1,phone,+15550100,,,"
    read = import_csv(f"{old}\n{row}\n")
    assert not read.problems and read.bodies[0]["contacts"][0]["value"] == "+15550100"
