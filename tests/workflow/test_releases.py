"""What is told outside: what it rests on, what goes beyond, on whose approval (desk-rules 7.2)."""

from __future__ import annotations

import pytest

from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.workflow.papers_reading import release_file
from cna_service.workflow.releases import ReleaseSettled, approve_release, draft_release
from cna_service.workflow.second_person import SamePerson
from tests.workflow.acts import answer, found, received
from tests.workflow.desk import Answered, LiveDesk
from tests.workflow.requests import BAR_TEST


def drafted(desk: LiveDesk, ref: str, text: str | None = None, **more: object) -> Answered:
    body = {"to": "press", **({"text": text} if text else {}), **more}
    return desk.do(draft_release, "duty-1", ref, seen=desk.look(ref), **body)


def codes(made: Answered) -> set[str]:
    return {p["code"] for p in made["pointed_out"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We searched the register.", "beyond_searched"),
        ("The ship was confirmed as ours.", "beyond_confirmed"),
        ("The boarding was authorized by us.", "beyond_authorized"),
        ("The State consented.", "beyond_consented"),
        ("Jurisdiction was waived.", "beyond_waived"),
        ("The request was refused.", "beyond_refused"),
        ("El abordaje fue autorizado.", "beyond_authorized"),
        ("Le navire est immatriculé chez nous.", "beyond_registered"),
        ("Foi pesquisado o registo.", "beyond_searched"),
    ],
)
def test_rule_7_2_what_goes_beyond_an_entry_is_pointed_out(desk: LiveDesk, text: str, code: str) -> None:
    ref = received(desk)
    made = drafted(desk, ref, text, rests_on=[1])
    assert code in codes(made)


def test_rule_7_2_what_an_entry_bears_is_not_pointed_out(desk: LiveDesk) -> None:
    ref = received(desk)
    found(desk, ref)
    values = {"confirm_registry": "confirmed", "board": "granted"}
    answer(desk, ref, values=values, convey=[{"channel": "mail"}])
    desk.settle()
    seqs = [desk.last(ref, kind).seq for kind in ("answer.given", "search.made")]
    text = "The register was searched, the ship was confirmed, and a boarding was authorized."
    assert not {c for c in codes(drafted(desk, ref, text, rests_on=seqs)) if c.startswith("beyond")}


def test_rule_7_2_facts_not_marked_releasable_are_pointed_out(desk: LiveDesk) -> None:
    marked = {**BAR_TEST, "handling": {"marking": "RESTRICTED", "releasable_to": ["press"]}}
    ref = received(desk, **marked)
    first = drafted(desk, ref, "A message arrived.", rests_on=[1])
    assert "not_releasable" not in codes(first)
    # It is still another State's message (desk-rules 9.5).
    assert "their_words" in codes(first)
    assert "not_releasable" in codes(drafted(desk, ref, "A message arrived.", rests_on=[1], to="parliament"))
    assert "rests_on_nothing" in codes(drafted(desk, ref, "A message arrived."))


def test_rule_7_2_made_on_another_officers_approval_who_says_why_it_goes_out_all_the_same(
    desk: LiveDesk,
) -> None:
    ref = received(desk)
    drafted(desk, ref, "The ship was confirmed as ours.", rests_on=[1])
    with pytest.raises(NotPermitted):
        desk.do(approve_release, "duty-2", ref, 1, approve=True, words="go", seen=desk.look(ref))
    with pytest.raises(Invalid):
        desk.do(approve_release, "sup-1", ref, 1, approve=True, seen=desk.look(ref))
    desk.do(
        approve_release, "sup-1", ref, 1, approve=True, words="The minister said so.", seen=desk.look(ref)
    )
    entry = desk.last(ref, "release.made")
    assert (entry.actor["id"], entry.body["words"]) == ("sup-1", "The minister said so.")
    made = release_file(desk.service, desk.officer("duty-1"), ref, 1, "txt")
    text = " ".join(made.content.decode().split())
    assert "The ship was confirmed as ours. [1]" in text
    assert "EXERCISE Commander Carla Nunes" in text
    with pytest.raises(ReleaseSettled):
        desk.do(approve_release, "dec-1", ref, 1, approve=True, words="again", seen=desk.look(ref))


def test_rule_7_2_nobody_approves_his_own_draft(desk: LiveDesk) -> None:
    ref = received(desk)
    desk.do(draft_release, "sup-1", ref, to="press", text="x", rests_on=[1], seen=desk.look(ref))
    with pytest.raises(SamePerson):
        desk.do(approve_release, "sup-1", ref, 1, approve=True, words="go", seen=desk.look(ref))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We can neither confirm nor deny that a request exists."),
        ("es", "No podemos confirmar ni negar"),
        ("fr", "Nous ne pouvons ni confirmer ni démentir"),
        ("pt", "Não podemos confirmar nem negar"),
    ],
)
def test_rule_7_2_neither_confirm_nor_deny_is_a_ready_text_marked_as_not_adopted(
    desk: LiveDesk, language: str, words: str
) -> None:
    ref = received(desk)
    made = drafted(desk, ref, ready="neither_confirm_nor_deny", language=language)
    assert words in made["text"]
    assert codes(made) == {"not_adopted"}
    text = release_file(desk.service, desk.officer("duty-1"), ref, 1, "txt").content.decode()
    assert ("We can neither confirm nor deny" in " ".join(text.split())) is True
    assert desk.case(ref).papers.releases[0].wording == desk.service.policies.papers.sha256


def test_a_release_names_text_or_a_ready_text_and_entries_that_exist(desk: LiveDesk) -> None:
    ref = received(desk)
    with pytest.raises(Invalid) as refused:
        drafted(desk, ref, "x", ready="poem", rests_on=[999], to="other_state")
    assert {p.pointer for p in refused.value.problems} >= {"/text", "/ready", "/rests_on", "/for_state"}
