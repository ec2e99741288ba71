"""On the page of a case: who was asked, which States are pointed to, statements, reports that differ, the chase."""

from __future__ import annotations

from tests.console.cases.night import Night


def asked(night: Night) -> str:
    """We ask XP for leave to board."""
    ref = night.request()
    path = f"/console/cases/{ref}/exchanges/new"
    typed = {"direction": "outbound", "authority": "mrcc-xp", "measures": ["board"], "channel": "phone"}
    night.browser.submit(night.browser.get(path), path, **typed)
    return ref


def test_who_was_asked_and_what_nobody_recorded_of_it(night: Night) -> None:
    ref = night.request()
    night.act(ref, "claim", state="XU", by="helmsman", question="nationality", words="Somos de XU.")
    night.act(
        ref,
        "claim",
        response="nobody_in_charge",
        question="registry",
        asked_whom="crew",
        asked_by="team",
        exhibit__id="video 7",
        exhibit__start="00:04",
    )
    page = night.case(ref)
    assert "Somebody (helmsman) claims XU, asked of nationality" in page.text
    assert "Not recorded: whether it was the master or who else; who asked; in which language" in page.text
    assert "One of the crew nobody admits being in charge, asked of registry by team" in page.text
    assert "exhibit video 7, from 00:04" in page.text


def test_a_state_pointed_to_is_asked_or_somebody_says_why_not(night: Night) -> None:
    ref = night.request()
    night.act(ref, "indicium", kind="flag_painted", value="XU", by="aircraft")
    page = night.case(ref)
    assert "XU: not asked, and nobody said why" in page.text
    assert "XA: our own State" in page.text
    night.act(ref, "unqueried", state="XU", reason="Painted over; XP claimed since.")
    page = night.case(ref)
    assert "XU: not asked, and somebody said why “Painted over; XP claimed since.”" in page.text


def test_practice_r11_reports_that_differ_are_reconciled_under_a_name(night: Night) -> None:
    ref = night.request()
    for value, source in (("PE-1204", "team one"), ("PE-1284", "team two")):
        night.act(ref, "identifier", field="registration_number", value=value, source=source)
    assert "Registration number: told differently" in night.case(ref).text
    night.act(ref, "reconcile", status=422, field="registration_number", value="PE-9", reason="r")
    night.act(ref, "reconcile", field="registration_number", value="PE-1204", reason="seen on a photograph")
    page = night.case(ref)
    assert "Registration number: told differently" not in page.text
    assert "PE-1204 holds, says" in page.text and "PE-1284" in page.text
    night.act(ref, "identifier", field="registration_number", value="PE-1264", source="team three")
    assert "Registration number: told differently" in night.case(ref).text


def test_rule_7_4_a_statement_that_contradicts_an_answer_stands_beside_it(night: Night) -> None:
    ref = asked(night)
    path = f"/console/cases/{ref}/exchanges/2/answer"
    form = night.browser.get(path)
    assert form.status == 200
    said = {"made_by": "a spokesman", "made_where": "press", "source": "Diario", "words": "Never permitted."}
    night.act(ref, "statement", **said)
    page = night.case(ref)
    assert "a spokesman, press, Diario" in page.text and "no answer" in page.text
    assert "Contradicts answer" not in page.text


def test_rule_5_5_a_try_takes_two_taps(night: Night) -> None:
    ref = asked(night)
    path = f"/console/cases/{ref}/exchanges/2/chase"
    assert path in night.case(ref).links()
    page = night.browser.get(path)
    assert "Next: phone +15550134, now" in page.text
    page = night.browser.submit(page, path, outcome="no_answer")
    assert page.path == path and "No answer, again" in page.text
    assert "no answer; tried by" in page.text
    again = night.browser.submit(page, path, status=422, outcome="spoke_to")
    assert "Whom you spoke to" in again.text
    page = night.browser.submit(night.browser.get(path), path, outcome="wrong_number")
    assert "Found wrong" in page.text
    night.desk.clock.forward(minutes=1)
    page = night.browser.get(f"/console/cases/{ref}")
    assert "Efforts made to obtain consent" in page.text


def test_rule_4_2_the_case_shows_on_whose_word_the_number_stands(night: Night) -> None:
    ref = night.request()
    night.act(ref, "standing", exchange=1, status=422, standing="called_back", number="+15559999")
    wrong = night.act(
        ref, "standing", exchange=1, status=422, standing="called_back", number="+15559999", by__name="X"
    )
    assert "is no number that the directory lists" in wrong.text.lower()
    night.act(ref, "standing", exchange=1, standing="called_back", number="+15550102", by__name="Lt. Gómez")
    page = night.case(ref)
    assert "called +15550102, reached Lt. Gómez; in the directory since" in page.text
    assert "on the word of EXERCISE" in page.text


def test_d7_the_earlier_case_is_offered_before_anybody_decides(night: Night) -> None:
    first = night.request()
    second = night.request(vessels=[{"names": ["BAR TESTA"], "flag_claimed": "XA"}])
    for page in ("decision", "answer"):
        shown = night.browser.get(f"/console/cases/{second}/exchanges/1/{page}")
        assert "Before this counts, look at:" in shown.text and first in shown.text


def test_a_call_back_form_shows_how_sure_each_number_is(night: Night) -> None:
    ref = night.request()
    form = night.browser.get(f"/console/cases/{ref}/exchanges/1/do/standing")
    assert "Proved by a call" in form.text and "on the word of EXERCISE" in form.text
