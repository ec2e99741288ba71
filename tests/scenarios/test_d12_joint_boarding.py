"""D12, conditional authorization: joint boarding, no waiver (we ask XN, of whom two officers are embarked)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.scenarios.papers import certified
from tests.scenarios.served import API, Exercise

TRAWLER = {"name": "NORDSTRAND", "how": "spelt", "type": "fishing vessel", "flag_claimed": "XN"}
ASK = {"direction": "outbound", "authority": "cna-xn", "channel": "in_person", "form": "oral"}
EMBARKED = {
    "name": "Inspector Dahl",
    "post": "Officer of XN embarked on our cutter",
    "office": "Coast Guard Operations of XN",
    "is_listed": True,
}
SIGHTED = "Certificate of registry XN-4471 sighted aboard by Inspector Dahl."
AGREED = "Joint boarding; our officer leads; XN keeps jurisdiction."
CONDITIONS: list[Any] = [
    {"kind": "presence_of", "text": "An officer of XN leads the boarding"},
    {"kind": "keeps_jurisdiction", "text": "XN keeps jurisdiction over vessel and persons"},
    "Nets are measured wet.",
]


def test_d12_conditions_are_checked_one_by_one_and_nothing_is_waived(exercise: Exercise) -> None:
    ref = _flag_confirmed(exercise)
    _joint_boarding_agreed(exercise, ref)
    _net_found(exercise, ref)
    _conditions_checked(exercise, ref)
    _handed_to_them(exercise, ref)
    _the_record(exercise, ref)

    # No waiver implied: nobody asked for one, nobody gave one, and no paper says so.
    measures = {i["measure"] for e in exercise.case(ref)["exchanges"] for i in e["items"]}
    assert not [m for m in measures if m.startswith("waive")]
    assert not [m for _, m in exercise.granted(ref) if m.startswith("waive")]


def _flag_confirmed(exercise: Exercise) -> str:
    """T+00:00: questions to the master; confirmed from her documents by a named officer of XN."""
    ref: str = exercise.act("duty-1", "/cases", channel="radio", caller="cutter 751", vessels=[TRAWLER])[
        "case"
    ]
    claim = {
        "state": "XN",
        "by": "master",
        "asked_by": "Inspector Dahl",
        "language": "no",
        "words": "Norsk flagg.",
    }
    exercise.act("duty-1", f"/cases/{ref}/claims", **claim)
    papers = {
        "kind": "papers",
        "value": "certificate of registry XN-4471",
        "by": "Inspector Dahl",
        "words": SIGHTED,
    }
    exercise.act("duty-1", f"/cases/{ref}/indicia", **papers)
    ask = {"measures": ["confirm_registry", "board", "search"], "basis": ["arrangement on embarked officers"]}
    exercise.act("duty-1", f"/cases/{ref}/exchanges", **ASK, **ask, text="Yours? May we board together?")
    confirmed = [{"measure": "confirm_registry", "value": "confirmed", "words": SIGHTED}]
    _answered(exercise, ref, confirmed, SIGHTED)
    given = exercise.of(ref, "answer.given")[0]["body"]
    assert (given["by"]["name"], given["items"][0]["words"]) == ("Inspector Dahl", SIGHTED)
    assert exercise.of(ref, "indicium.seen")[-1]["body"]["by"] == "Inspector Dahl"
    return ref


def _answered(exercise: Exercise, ref: str, answers: list[dict[str, Any]], words: str) -> None:
    body = {"answers": answers, "form": "oral", "by": EMBARKED, "words": words, "seen": exercise.seq(ref)}
    exercise.act("duty-1", f"/cases/{ref}/exchanges/1/answers", **body)


def _joint_boarding_agreed(exercise: Exercise, ref: str) -> None:
    """T+00:30: each condition is an item with a number and a kind, free words too."""
    exercise.at(minutes=30)
    granted = {"value": "granted_with_conditions", "conditions": CONDITIONS}
    unsaid = {
        "answers": [{"measure": "board", "value": "granted_with_conditions"}],
        "form": "oral",
        "by": EMBARKED,
    }
    path = f"/cases/{ref}/exchanges/1/answers"
    refused = exercise.refused(exercise.officer("duty-1"), path, {**unsaid, "seen": exercise.seq(ref)}, 422)
    assert [p["pointer"] for p in refused["problems"]] == ["/answers/0/conditions"]
    _answered(exercise, ref, [{"measure": m, **granted} for m in ("board", "search")], AGREED)
    shown = exercise.case(ref)
    assert shown["label"] == "AUTHORIZED WITH CONDITIONS-ORAL"
    items = exercise.of(ref, "answer.given")[-1]["body"]["items"]
    assert [(c["n"], c["kind"]) for c in items[0]["condition_items"]] == [
        (1, "presence_of"),
        (2, "keeps_jurisdiction"),
        (3, "other"),
    ]
    boarding = {"measure": "board", "by_unit": "cutter 751", "basis": {"exchange": 1, "answer": 2}}
    exercise.at(minutes=60)
    done = exercise.act(
        "duty-1",
        f"/cases/{ref}/actions",
        **boarding,
        happened_at=exercise.instant(minutes=55),
        seen=exercise.seq(ref),
    )
    assert done["check"]["code"] == "within_grant"
    assert "on its conditions" in done["check"]["words"]


def _net_found(exercise: Exercise, ref: str) -> None:
    """T+05:00: in its own unit."""
    exercise.watches(ref, "duty-1", until=300)
    found = [{"what": "drift net", "quantity": "5 nm"}]
    exercise.act("duty-1", f"/cases/{ref}/results", found=found, told_by="cutter 751")
    quantity = exercise.of(ref, "result.reported")[0]["body"]["found"][0]["quantity"]
    assert (quantity["text"], quantity["unit"], quantity["low"], quantity["high"]) == ("5 nm", "nm", "5", "5")


def _conditions_checked(exercise: Exercise, ref: str) -> None:
    """T+12:00: N's officer led the boarding: yes; a record for each condition."""
    exercise.watches(ref, "duty-1", until=720)
    for measure in ("board", "search"):
        for condition, evidence in enumerate(
            ("He went over the rail first.", "Nobody was charged.", "As asked."), start=1
        ):
            checked = {"exchange": 1, "answer": 2, "measure": measure, "condition": condition, "met": "yes"}
            exercise.act("duty-1", f"/cases/{ref}/conditions", **checked, evidence=evidence)
    checks = [e["body"] for e in exercise.of(ref, "condition.checked")]
    assert [(c["measure"], c["condition"], c["met"]) for c in checks] == [
        (m, n, "yes") for m in ("board", "search") for n in (1, 2, 3)
    ]
    told = exercise.get(f"{API}/cases/{ref}/conditions", exercise.officer("aud-1")).json()
    assert len(told["conditions"]) == 6


def _handed_to_them(exercise: Exercise, ref: str) -> None:
    """T+7d: custody goes to XN's vessel; closed."""
    exercise.watches(ref, "duty-1", until=7 * 1440)
    to = {"name": "Captain Lie", "office": "XN patrol vessel", "state": "XN"}
    handed = {"what": "handed_over", "vessel_itself": True, "persons": ["Master and crew of 11"], "to": to}
    exercise.act("duty-1", f"/cases/{ref}/custody", **handed, place="61N 003E")
    assert exercise.after(exercise.of(ref, "custody.recorded")[-1]) == timedelta(days=7)
    exercise.closes(ref, "duty-1", waived="XN's own officer led; no writing is wanted.")
    assert exercise.case(ref)["is_closed"] is True


def _the_record(exercise: Exercise, ref: str) -> None:
    text = certified(exercise, ref, "conditions_and_compliance", exchanges=[1])
    for words in (
        "An officer of XN leads the boarding",
        "XN keeps jurisdiction",
        "Nets are measured wet",
        "Inspector Dahl",
    ):
        assert words in text, words
    assert "waive" not in text.lower()
