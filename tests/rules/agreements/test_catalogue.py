"""Reading the files: every fault is named with file, key path and fix; nothing unread becomes a term."""

from __future__ import annotations

import re

import pytest

from cna_service.agreements.catalogue import CatalogueUnreadable, ProvisionUnknown, SourceFile, load
from cna_service.agreements.model import Silence
from cna_service.agreements.seeds import exercise_seeds
from tests.rules.agreements.exercise_law import CATALOGUE, CONFIG, FACTS, REAL

SMALL = """
id = "t"
title = "Treaty"
short = "T"
kind = "treaty"
[source]
key = "t"
where = "here"
entered = "2026-11-21"
[[provision]]
id = "t-1"
article = "1"
title = "One"
measures = ["board"]
text = "words"
"""


def problems(text: str, *more: str) -> dict[str, str]:
    files = [SourceFile(f"{n}.toml", t.encode()) for n, t in zip("abc", (text, *more), strict=False)]
    with pytest.raises(CatalogueUnreadable) as refused:
        load(files)
    assert all(p.fix for p in refused.value.problems)
    return {p.pointer: p.why for p in refused.value.problems}


def test_a_small_file_is_enough() -> None:
    assert load([SourceFile("a.toml", SMALL.encode())]).provision("t-1").silence.code is Silence.NOTHING


# Key of the only provision (or what follows it, after a slash, from the file), the edit, and what is said of it.
FAULTS = [
    ("measures", 'measures = ["board"]', 'measures = ["bord"]', "'bord' is not known here"),
    ("title", 'title = "One"', "", "is missing"),
    ("title", 'title = "One"', "title = 1", "is not a text"),
    ("titel", 'title = "One"', 'title = "One"\ntitel = "x"', "is no key of this table"),
    ("text", '"words"', '"2 h [M?]"', "rests on memory, not on a text that was read"),
    (
        "limit",
        '"words"',
        '"w"\nlimit = { value = 4 }',
        "has a number without a unit, or a unit without a number",
    ),
    ("start", '"words"', '"w"\nlimit = { value = 4, unit = "h" }', "is missing"),
    ("limit/value", '"words"', '"w"\nlimit = { value = 0, unit = "h" }', "is not a number above 0"),
    ("limit/value", '"words"', '"w"\nlimit = { value = true, unit = "h" }', "is not a whole number"),
    ("silence/scope", '"words"', '"w"\nsilence = { code = "deemed_grant" }', "is missing"),
    ("silence/code", '"words"', '"w"\nsilence = { code = "yes" }', "'yes' is not known here"),
    (
        "silence/scope",
        '"words"',
        '"w"\nsilence = { scope = ["search"] }',
        "goes beyond the measures of the provision",
    ),
    ("reading", '"words"', '"w"\nreading = "unread"', "an unread text states no limit and no silence"),
    ("/provision/t-1/see", '"words"', '"w"\nsee = ["t-9"]', "names no provision"),
    (
        "/provision/t-1/requires_election",
        '"words"',
        '"w"\nrequires_election = true',
        "disagrees with the elections",
    ),
    ("/source/entered", '"2026-11-21"', '"yesterday"', "is not a date"),
    ("/source/entered", 'entered = "2026-11-21"', "", "is missing"),
    ("/provision2", 'id = "t"', 'id = "t"\nprovision2 = 1', "is no key of this table"),
]


@pytest.mark.parametrize(("key", "old", "new", "why"), FAULTS)
def test_a_fault_is_named_with_file_key_path_and_fix(key: str, old: str, new: str, why: str) -> None:
    assert old in SMALL
    pointer = f"a.toml{key}" if key.startswith("/") else f"a.toml/provision/0/{key}"
    assert problems(SMALL.replace(old, new, 1))[pointer] == why


def test_all_faults_are_told_at_once_and_across_files() -> None:
    found = problems(
        SMALL.replace('title = "One"', "").replace('kind = "treaty"', ""), "fine = 1\nbroken = = 2"
    )
    assert {"a.toml/provision/0/title", "a.toml/kind", "b.toml"} <= set(found)
    assert "line 2" in found["b.toml"]


def test_the_same_identifier_twice_is_refused() -> None:
    found = problems(SMALL, SMALL)
    assert found["b.toml/agreement"] == "is also in a.toml"
    assert found["b.toml/provision"] == "is also in a.toml"


def test_a_real_desk_refuses_an_exercise_instrument() -> None:
    assert (
        "exercise instrument"
        in problems(SMALL.replace('kind = "treaty"', 'kind = "treaty"\nexercise = true'))["a.toml"]
    )


def test_an_unknown_provision_is_named() -> None:
    with pytest.raises(ProvisionUnknown, match="coe-77: not in the catalogue"):
        REAL.provision("coe-77")


def test_exercise_instruments_and_facts_say_so_everywhere() -> None:
    for agreement in CATALOGUE.agreements.values():
        assert agreement.exercise is agreement.title.startswith("EXERCISE")
    for file in (CONFIG / "exercise").rglob("*.toml"):
        assert file.read_text().startswith("# EXERCISE"), file.name


def test_exercise_facts_name_fictional_states_only_and_real_files_none() -> None:
    for kind, body in exercise_seeds(CATALOGUE, FACTS):
        if kind != "provision.adopted":
            assert body["state"].startswith("X"), body
    for agreement in REAL.agreements.values():
        for fact in (*agreement.participations, *agreement.election_facts):
            assert not str(fact["state"]).startswith("X"), fact


def test_an_exercise_fact_about_nothing_in_the_catalogue_is_refused() -> None:
    text = """exercise = true
participation = [{ states = ["XB"], instrument = "nothing", source = "EXERCISE" }]
election_fact = [{ states = ["XB"], election = "sj-16", option = "coe-7", source = "EXERCISE" }]"""
    with pytest.raises(CatalogueUnreadable) as refused:
        exercise_seeds(CATALOGUE, SourceFile("p.toml", text.encode()))
    assert [p.told for p in refused.value.problems] == ["nothing", "sj-16 coe-7"]


HOURS = re.compile(
    r"\b(\d+|one|two|three|four|five|six|ten|twelve)[ -]?(h|hours?|min|minutes?)\b|PT\d+H|\[M\??\]",
    re.IGNORECASE,
)


def test_no_hours_of_agreements_that_were_not_read_stand_in_the_catalogue() -> None:
    """No figure of a limit stands in the file of an instrument whose articles were not read."""
    unread = [a for a in REAL.agreements.values() if any(not p.is_sourced for p in a.provisions)]
    assert len(unread) > 60
    for agreement in unread:
        text = REAL.file_of(agreement).content.decode()
        assert not HOURS.search(text), (agreement.file, HOURS.search(text))
        for each in agreement.provisions:
            assert not each.limit.has_number, each.id
            assert each.is_sourced or (each.silence.code is Silence.NOT_READ and each.to_read), each.id


def test_every_instrument_of_the_domain_is_there_with_its_source() -> None:
    wanted = {
        "un1988", "cets156", "sua2005", "sanjose2003", "migrants2000", "unfsa1995", "recaap", "unclos", "unsc2292",
        "unsc2240", "unsc2375", "irini-practice", "us-mdlea", "es-it1990", "es-pt1998", "caricom2008", "cr-co2004",
        "without-agreement", "us-uk1981", "us-uk1998", "us-jamaica1997", "us-jamaica2004", "us-jamaica2021",
        "us-barbados1997", "us-colombia1997", "us-costarica1998", "us-suriname1998", "us-honduras2000",
        "us-nicaragua2001", "us-panama1991", "us-panama2002", "us-bahamas2004", "us-malta2004", "us-peru",
        "us-guatemala2003", "us-dominican1995", "us-dominican2003", "us-ecuador2023", "us-mexico-practice",
        "us-canada-shiprider", "us-marshall", "us-micronesia2022", "us-palau2023", "us-samoa2024",
    }  # fmt: skip
    assert wanted <= set(REAL.agreements)
    assert len([a for a in REAL.agreements if a.startswith("psi-")]) == 11
    for each in REAL.agreements.values():
        assert each.source.key and each.source.where and each.source.entered, each.id
        assert each.to_read, f"{each.id} does not say what the legal adviser must read"


FACT_FAULTS = [
    ("/participation/0/states", '[[participation]]\nsource = "s"', "names no State"),
    ("/participation/0/states", '[[participation]]\nstates = ["XB", 1]\nsource = "s"', "1 is not a text"),
    (
        "/participation/0/status",
        '[[participation]]\nstates = ["XB"]\nstatus = "maybe"\nsource = "s"',
        "is not known here",
    ),
    (
        "/election_fact/0/option",
        '[[election_fact]]\nstates = ["XB"]\nelection = "e"\nsource = "s"',
        "is missing",
    ),
    (
        "/election_fact",
        '[[election_fact]]\nstates = ["XB"]\nelection = "e"\nknown = false\nsource = "s"',
        "chooses what the instrument does not offer",
    ),
    ("/election", '[[election]]\nid = "e"\ntitle = "E"\ndefault = "t-9"', "names no provision"),
    ("/fallback", 'fallback = ["x"]', "entry 0 is not a table"),
]


@pytest.mark.parametrize(("key", "more", "why"), FACT_FAULTS)
def test_a_fault_in_the_facts_is_named_too(key: str, more: str, why: str) -> None:
    text = f"{more}\n{SMALL}" if "[[" not in more else f"{SMALL}\n{more}"
    found = problems(text)
    assert found.get(f"a.toml{key}", found.get(f"a.toml{key}/e")) == why


def test_a_file_of_exercise_facts_that_is_not_one_is_refused() -> None:
    for content, why in ((b"x = = 1", "line 1"), (b"", "is not true")):
        with pytest.raises(CatalogueUnreadable, match=why):
            exercise_seeds(CATALOGUE, SourceFile("p.toml", content))
