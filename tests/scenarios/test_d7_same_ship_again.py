"""D7, plain refusal, and the same ship again ten months later under another spelling (they ask us)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.kit.instants import from_text, to_text
from tests.scenarios.served import Exercise

THURSDAY, SUNDAY = "2026-11-26T10:00:00Z", "2027-09-27T00:00:00Z"
"""Ten months apart: the second is a Sunday, 19:00 where the desk is; there the weekend is duty-2's."""

DESK_ZONE = "America/Bogota"
ROSTER: dict[str, Any] = {
    "roster": "desk",
    "zone": DESK_ZONE,
    "fallback": {"supervisor": "sup-1"},
    "rotations": [
        *(
            {"post": post, "officers": [officer], "kind": "daily", "hand_over": "00:00", "from": "2026-01-01"}
            | {"days": days, "between": ["00:00", "00:00"]}
            for post, officer, days in (
                ("duty_officer", "duty-1", ["MON", "TUE", "WED", "THU", "FRI"]),
                ("duty_officer", "duty-2", ["SAT", "SUN"]),
                ("deputy", "duty-2", ["MON", "TUE", "WED", "THU", "FRI"]),
                ("deputy", "duty-1", ["SAT", "SUN"]),
            )
        ),
    ],
    "reason": "weekends go to the deputy",
}
REQUEST: dict[str, Any] = {
    "requested_state": "XA",
    "legal_basis": [{"text": "UNSCR 2292"}],
    "offences": ["arms_embargo"],
    "measures": ["stop", "board"],
}
WHY_INSIDE = "They inspected her twice this year and found nothing."
WHY_SENT = "XA sees no grounds for an inspection."


def test_d7_refused_and_refused_again(exercise: Exercise) -> None:
    exercise.act("sup-1", "/duty/rosters", **ROSTER)
    first = _asked(exercise, THURSDAY, "ORION TRADER", rings="duty-1")
    _found(exercise, first, "duty-1", "ORION TRADER")
    _refused(exercise, first, "duty-1", hours=2)

    second = _asked(exercise, SUNDAY, "ORION TRADOR", rings="duty-2")
    local = from_text(exercise.of(second, "submission.received")[0]["recorded_at"]).astimezone(
        ZoneInfo(DESK_ZONE)
    )
    assert (local.strftime("%A"), local.hour) == ("Sunday", 19)
    # Ten months of weekends changed the watch, and nobody was woken for it: no limit of a case ran.
    assert not [t for o in ("duty-1", "duty-2") for t in exercise.texts(o) if "relief" in str(t)]
    # The previous case is offered before anything is decided, though a letter differs; the partner sees his own.
    assert exercise.of(second, "decision.taken") == []
    others = exercise.case(second)["others"]
    assert [(o["ref"], o["label"]) for o in others] == [(first, "DENIED")]
    assert "alike" in others[0]["shares"]
    _found(exercise, second, "duty-2", "ORION TRADOR")
    assert "register record" in exercise.case(second)["others"][0]["shares"]
    # That it is the same ship a person says, and it is logged.
    exercise.act("duty-2", f"/cases/{second}/links", case=first, reason="One record of the register.")
    _refused(exercise, second, "duty-2", hours=1)

    # Two refusals, one vessel; by State and year for export.
    assert [(r["refusals"], set(r["cases"].split())) for r in exercise.statistics("refusals")] == [
        ("2", {first, second})
    ]
    groups = exercise.statistics("groups")
    assert {(g["state"], g["direction"], g["year"], g["board=denied"]) for g in groups} == {
        ("XH", "inbound", "2026", "1"),
        ("XH", "inbound", "2027", "1"),
    }


def _asked(exercise: Exercise, at: str, name: str, *, rings: str) -> str:
    """T+00:00: what arrives is kept, a clock shows, and who has the watch at that hour is summoned."""
    exercise.goes(at)
    vessel = {"names": [name], "type": "container ship", "flag_claimed": "XA", "homeport": "Marhaven"}
    wanted = {"reply_wanted_by": _later(at, hours=4), "reply_wanted_reason": "leaves the area"}
    got = exercise.send("force-xh", **REQUEST, **wanted, vessels=[vessel])
    ref: str = got["case"]
    before = {o: len(exercise.texts(o)) for o in ("duty-1", "duty-2")}
    exercise.goes(at)
    assert [c["kind"] for c in exercise.case(ref)["clocks"] if c["due_at"] == _later(at, hours=4)]
    after = {o: len(exercise.texts(o)) for o in ("duty-1", "duty-2")}
    assert {o for o in after if after[o] > before[o]} | {o for o in before if before[o]} >= {rings}
    climbed = exercise.of(ref, "rung.climbed")[0]["body"]
    assert [t["officer"] for t in climbed["targets"]] == [rings]
    exercise.take_alerts(ref, rings)
    return ref


def _found(exercise: Exercise, ref: str, who: str, name: str) -> None:
    """One record of the register, however the name was spelt."""
    searched = exercise.act(who, f"/cases/{ref}/searches", names=[name], homeport="Marhaven")
    assert searched["candidates"][0]["rid"] == "X0000011"
    judged = {"search": searched["search"], "verdict": "found", "rid": "X0000011"}
    exercise.act(who, f"/cases/{ref}/searches", **judged)


def _refused(exercise: Exercise, ref: str, who: str, *, hours: int) -> None:
    """Decided with two reasons in two fields; sent; the sending proven."""
    asked = exercise.of(ref, "submission.received")[0]["recorded_at"]
    exercise.watches(ref, who, until=_later(asked, hours=hours))
    answers = [{"measure": m, "value": "denied"} for m in REQUEST["measures"]]
    decided = exercise.act(
        "dec-1",
        f"/cases/{ref}/exchanges/1/decisions",
        seen=exercise.seq(ref),
        answers=answers,
        line="console",
        reason_internal=WHY_INSIDE,
        reason_sent=WHY_SENT,
    )
    taken = exercise.of(ref, "decision.taken")[0]
    assert (taken["body"]["reason_internal"], taken["body"]["reason_sent"]) == (WHY_INSIDE, WHY_SENT)
    assert taken["actor"]["id"] == "dec-1"
    exercise.watches(ref, who, until=_later(asked, hours=hours, minutes=5))
    exercise.act(
        who,
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=answers,
        form="written",
        decision=decided["decision"],
        by={"name": "Director Osei", "office": "Ministry of XA"},
        reason_sent=WHY_SENT,
        convey=[{"channel": "mail"}],
    )
    exercise.goes(_later(asked, hours=hours, minutes=6))
    assert exercise.case(ref)["label"] == "DENIED"
    assert [e["body"]["state"] for e in exercise.of(ref, "conveyance.sent")] == ["sent"]
    received = {"conveyance": 1, "by": {"name": "Watch chief Rossi"}, "words": "Received."}
    exercise.post(f"/cases/{ref}/exchanges/1/confirmation", exercise.authority("force-xh"), received)
    assert len(exercise.of(ref, "conveyance.confirmed")) == 1
    mail = " ".join(exercise.mails("force-xh@example.test")[-1]["text"].split())
    assert WHY_SENT in mail
    for text in (mail, exercise.document(ref)):
        assert WHY_INSIDE not in text
    assert {c["state"] for c in exercise.case(ref)["clocks"] if c["kind"] == "legal"} <= {"stopped"}
    exercise.act(who, f"/cases/{ref}/closure", seen=exercise.seq(ref), words="Refused and sent.")


def _later(instant: str, **window: float) -> str:
    return to_text(from_text(instant) + timedelta(**window))
