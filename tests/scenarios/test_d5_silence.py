"""D5, notice with a time limit, extension, silence, late refusal (a force notifies us)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.scenarios.papers import chronology
from tests.scenarios.served import API, Exercise

MEASURES = ["board", "search"]
EVERYBODY = ("duty-1", "duty-2", "sup-1", "dec-1", "admin-1")
SPELLINGS = ["AL RASHIDAH", "AL-RASHIDA", "ALRASHEEDA", "AL RACHIDA", "Al Rashida"]
AL_RASHIDAH = "X0000008"
DIRECTOR = {"name": "Director Osei", "post": "Director", "office": "Ministry of XA", "capacity": "decider"}
THEIRS = {"name": "Watch chief Rossi", "office": "Force Headquarters"}


def test_d5_from_the_notice_to_the_late_refusal(exercise: Exercise) -> None:
    ref = _the_notice(exercise)
    _one_more_hour(exercise, ref)
    _nobody_can_be_reached(exercise, ref)
    _the_limit_passes(exercise, ref)
    _they_board(exercise, ref)
    _the_late_refusal(exercise, ref)
    _they_acknowledge(exercise, ref)
    _the_export(exercise, ref)

    # Silence is never recorded as an answer by us: the only answer is the one a named officer gave.
    told = [(e["type"], e["actor"]["id"]) for e in exercise.entries(ref) if e["type"].startswith("answer.")]
    assert told == [("answer.given", "duty-1"), ("answer.conveyed", "duty-1"), ("answer.conveyed", "duty-1")]
    assert exercise.granted(ref) == []


def test_d5_the_ship_is_one_vessel_under_five_spellings(exercise: Exercise) -> None:
    """Whatever a report calls her, the register finds one record, and each case is offered the others."""
    refs = []
    for spelling in SPELLINGS:
        vessel = {"name": spelling, "how": "as_heard", "flag_claimed": "XA"}
        ref = exercise.act("duty-1", "/cases", channel="phone", caller="a caller", vessels=[vessel])["case"]
        searched = exercise.act("duty-1", f"/cases/{ref}/searches", names=[spelling])
        assert searched["candidates"][0]["rid"] == AL_RASHIDAH, spelling
        judged = {"search": searched["search"], "verdict": "found", "rid": AL_RASHIDAH}
        exercise.act("duty-1", f"/cases/{ref}/searches", **judged)
        assert {o["ref"] for o in exercise.case(ref)["others"]} == set(refs), spelling
        refs.append(ref)
    assert len(set(refs)) == 5


def _the_notice(exercise: Exercise) -> str:
    """T+00:00: the limit is theirs; somebody is summoned; the server, nobody's hand, says when it was received."""
    notice = {
        "direction": "inbound",
        "kind": "notification",
        "authority": "force-xh",
        "channel": "note",
        "form": "written",
        "measures": MEASURES,
        "offences": ["arms_embargo"],
        "basis": ["UNSCR 2292"],
        "their_reference": "FHQ 114/26",
        "text": "The force intends to inspect AL-RASHIDA. Four hours; silence is consent.",
        "limit_stated": exercise.instant(hours=4),
        "limit_stated_by": "Force Headquarters",
        "silence_stated": "silence is consent",
    }
    vessel = {
        "name": "AL-RASHIDA",
        "how": "written",
        "source": "note of the force",
        "flag_claimed": "XA",
        "type": "general cargo",
        "position": "60 miles north of XQ",
    }
    ministry = {"office": "Ministry of Foreign Affairs of XA", "email": "notes@mfa.example.test"}
    got = exercise.act("duty-2", "/cases", channel="mail", caller=ministry, vessels=[vessel], exchange=notice)
    ref: str = got["case"]
    opened = exercise.of(ref, "exchange.opened")[0]
    assert opened["body"]["at"] == opened["recorded_at"] == exercise.instant()
    assert opened["body"]["text"] == notice["text"]
    assert {(c["kind"], c["adopted"], c["effect"], c["due_at"], c["words"]) for c in got["clocks"]} == {
        ("claimed", False, "none", exercise.instant(hours=4), _handling("4 h", "18:03Z"))
    }
    exercise.at(minutes=0)
    assert len(exercise.texts("duty-1")) == 1
    exercise.at(minutes=2)
    exercise.takes("duty-1")
    # What we tell our officers about their limit is not for them.
    told = exercise.client.get(f"/api/v1/cases/{ref}", headers=exercise.authority("force-xh"))
    assert told.status_code == 200
    assert "do not confirm" not in told.text
    return ref


def _handling(length: str, due: str) -> str:
    return (
        f"Force Headquarters states {length} and that silence is consent; not verified by us; "
        f"handle as due {due}, do not confirm the limit to him."
    )


def _one_more_hour(exercise: Exercise, ref: str) -> None:
    """T+03:20: the extension, with who granted it; time does not grant itself."""
    exercise.watches(ref, "duty-1", until=200)
    call = {
        "direction": "in",
        "channel": "phone",
        "number": "+15550177",
        "theirs": {"name": "Consul Amara", "office": "Embassy of XA at the force's seat"},
        "started_at": exercise.instant(minutes=197),
        "ended_at": exercise.instant(minutes=199),
        "text": "Asked Watch chief Rossi for one more hour. He granted it.",
        "exchange": 1,
    }
    exercise.act("duty-1", f"/cases/{ref}/communications", **call)
    path, until = f"/cases/{ref}/exchanges/1/extension", exercise.instant(hours=5)
    exercise.refused(exercise.officer("duty-1"), path, {"until": until}, 422)
    exercise.act("duty-1", path, until=until, by=THEIRS, words="One more hour, no more.")
    extended = exercise.of(ref, "exchange.extended")
    assert [(exercise.after(e), e["body"]["by"]) for e in extended] == [(timedelta(minutes=200), THEIRS)]
    assert {(c["due_at"], c["words"]) for c in exercise.case(ref)["clocks"]} == {
        (until, _handling("5 h", "19:03Z"))
    }


def _nobody_can_be_reached(exercise: Exercise, ref: str) -> None:
    """T+04:55: the list was gone through in vain; each attempt stands in the log with what became of it."""
    exercise.watches(ref, "duty-1", until=269)
    before = len(exercise.entries(ref))
    exercise.condition("off", *EVERYBODY)
    exercise.at(minutes=278)
    since = exercise.entries(ref)[before:]
    exercise.condition("ok", *(o for o in EVERYBODY if o != "dec-1"))
    exercise.watches(ref, "duty-1", until=295)
    exhausted = [e for e in since if e["type"] == "ladder.exhausted"]
    assert [(exercise.after(e), e["body"]["round"]) for e in exhausted] == [(timedelta(minutes=277), 1)]
    wanted = {
        s["sending"] for e in since for target in e["body"].get("targets", ()) for s in target["sendings"]
    }
    tried = {e["body"]["sending"]: e["body"]["officer"] for e in since if e["type"] == "alert.sent"}
    failed = {e["body"]["sending"] for e in since if e["type"] == "alert.undelivered"}
    assert len(wanted) > 15
    assert wanted <= failed
    # An undelivered message goes to the next contact at once: the mail box, which proves nothing.
    assert failed < set(tried)
    assert set(tried.values()) == set(EVERYBODY)


def _the_limit_passes(exercise: Exercise, ref: str) -> None:
    """T+05:00: no answer given by us; nobody, and no machine, writes consent."""
    exercise.watches(ref, "duty-1", until=300)
    lapsed = exercise.of(ref, "clock.lapsed")
    assert [exercise.after(e) for e in lapsed] == [timedelta(minutes=300)]
    assert (lapsed[0]["actor"]["kind"], lapsed[0]["body"]["kind"]) == ("service", "claimed")
    assert (lapsed[0]["body"]["provision"], lapsed[0]["body"]["provision_says"]) == (None, None)
    shown = exercise.case(ref)
    assert shown["label"] == "OVERDUE"
    assert {(i["value"], i["state"]) for i in shown["exchanges"][0]["items"]} == {("unanswered", "lapsed")}
    assert shown["exchanges"][0]["answers"] == []
    # Their words stand where they said them, and nowhere else.
    says_consent = {e["type"] for e in exercise.entries(ref) if "consent" in json.dumps(e["body"]).lower()}
    assert says_consent == {"exchange.opened", "clock.armed"}


def _they_board(exercise: Exercise, ref: str) -> None:
    """T+05:20: from an open source, marked unverified."""
    exercise.watches(ref, "duty-1", until=320)
    words = "The force says on the radio that it has boarded the ship."
    exercise.act(
        "duty-1",
        f"/cases/{ref}/events",
        kind="boarding",
        source_kind="open_source",
        source="radio and press",
        words=words,
    )
    event = exercise.of(ref, "event.reported")[0]["body"]
    assert (event["is_verified"], event["source_kind"], event["words"]) == (False, "open_source", words)


def _the_late_refusal(exercise: Exercise, ref: str) -> None:
    """T+08:40: decided by telephone, refused in one step on two channels; conveyed as the log says."""
    exercise.watches(ref, "duty-1", until=520)
    answers: list[dict[str, Any]] = [{"measure": m, "value": "denied"} for m in MEASURES]
    decided = exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/decisions",
        seen=exercise.seq(ref),
        answers=answers,
        by=DIRECTOR,
        line="phone",
        words="We refuse. Say so at once.",
        reason_internal="Not asked in good faith.",
        reason_sent="XA was not given the time to check.",
    )
    exercise.at(minutes=522)
    call = {
        "channel": "phone",
        "number": "+15550118",
        "listener_name": "Watch chief Rossi",
        "listener_office": "Force Headquarters",
        "reference_spoken": "FHQ 114/26",
        "started_at": exercise.instant(minutes=520),
        "ended_at": exercise.instant(minutes=522),
        "read_back": "Board: denied. Search: denied.",
        "outcome": "agreed",
    }
    exercise.act(
        "duty-1",
        f"/cases/{ref}/exchanges/1/answers",
        seen=exercise.seq(ref),
        answers=answers,
        form="written",
        by=DIRECTOR,
        decision=decided["decision"],
        reason_sent="XA was not given the time to check.",
        convey=[{"channel": "mail"}, call],
    )
    exercise.at(minutes=523)
    taken, refused = exercise.of(ref, "decision.taken")[0], exercise.of(ref, "answer.given")[0]
    assert (exercise.after(taken), taken["body"]["line"]) == (timedelta(minutes=520), "phone")
    assert (exercise.after(refused), refused["body"]["late"]) == (timedelta(minutes=522), True)
    conveyed = [(e["body"]["channel"], e["body"]["complete"]) for e in exercise.of(ref, "answer.conveyed")]
    assert conveyed == [("mail", False), ("phone", True)]
    assert [e["body"]["state"] for e in exercise.of(ref, "conveyance.sent")] == ["sent"]
    mail = exercise.mails("force-xh@example.test")[-1]
    for text in (" ".join(mail["text"].split()), exercise.document(ref)):
        for words in ("FHQ 114/26", "2 measures asked: 2 DENIED", "Director Osei", "Ministry of XA"):
            assert words in text, words
        assert "good faith" not in text


def _they_acknowledge(exercise: Exercise, ref: str) -> None:
    """T+08:47: they have it: refused after the limit."""
    assert [c["confirmed_at"] for c in _conveyances(exercise, ref)] == [None, None]
    exercise.at(minutes=527)
    words = {"conveyance": 1, "by": THEIRS, "words": "Received. The inspection is suspended."}
    exercise.post(f"/cases/{ref}/exchanges/1/confirmation", exercise.authority("force-xh"), words)
    confirmed = exercise.of(ref, "conveyance.confirmed")[0]
    assert exercise.after(confirmed) == timedelta(minutes=527)
    assert (confirmed["body"]["by"], confirmed["body"]["words"]) == (THEIRS, words["words"])
    assert [c["confirmed_at"] for c in _conveyances(exercise, ref)] == [exercise.instant(minutes=527), None]
    assert exercise.case(ref)["label"] == "REFUSED-AFTER-LIMIT"
    assert exercise.case(ref)["exchanges"][0]["label"] == "REFUSED-AFTER-LIMIT"


def _conveyances(exercise: Exercise, ref: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = exercise.case(ref)["exchanges"][0]["answers"][0]["conveyances"]
    return found


def _the_export(exercise: Exercise, ref: str) -> None:
    """T+1d: minute by minute, each time with zone and source; our clock apart from what the other side claims."""
    exercise.watches(ref, "duty-1", until=1440)
    told = chronology(exercise, ref)
    entries = {e["seq"]: e for e in exercise.entries(ref)}
    lines = {line["seq"]: line for line in told["lines"]}
    assert set(lines) == set(entries)
    for seq, line in lines.items():
        ours = line["our_clock"]
        assert (ours["recorded_at"], ours["zone"]) == (entries[seq]["recorded_at"], "UTC")
        assert ours["source"]
        if line["claimed"] is not None:
            assert line["claimed"]["zone"] == "UTC"
            assert line["claimed"]["by"]
    by_type = {entries[seq]["type"]: line for seq, line in lines.items()}
    # What they say of a limit is theirs: stated, by whom, and no provision's.
    limits = [line["limit"] for line in lines.values() if line["type"] == "clock.armed"]
    stated = [x["stated_by"] for x in limits if x["is_their_statement"]]
    assert stated == ["Force Headquarters"]
    assert [x["stated_by"] for x in limits if x["kind"] != "claimed" and "stated_by" in x] == []
    assert by_type["clock.lapsed"]["is_machine"] is True
    assert by_type["event.reported"]["is_verified"] is False
    assert by_type["decision.taken"]["side"] == "ours"
    table = exercise.get(f"{API}/cases/{ref}/chronology", exercise.officer("aud-1"), format="csv").text
    for words in ("Force Headquarters", "silence is consent", "their clock"):
        assert words in table, words
    pdf = exercise.get(f"{API}/cases/{ref}/chronology", exercise.officer("aud-1"), format="pdf").content
    assert pdf.startswith(b"%PDF")
    made = exercise.act("rec-1", f"/cases/{ref}/chronologies", format="pdf", seen=exercise.seq(ref))
    assert made["case"] == ref
