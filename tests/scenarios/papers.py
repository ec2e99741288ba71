"""Certificates and chronologies as a script asks for them, and what each of them must keep to."""

from __future__ import annotations

from typing import Any

from tests.scenarios.served import API, Exercise

SIGNS = "dec-1"


def drafted(exercise: Exercise, ref: str, kind: str, **wanted: Any) -> Any:
    """A draft by the officer on watch."""
    body = {"kind": kind, "designee": SIGNS, "seen": exercise.seq(ref), **wanted}
    return exercise.act("duty-1", f"/cases/{ref}/certificates", **body)


def released(exercise: Exercise, ref: str, n: int, by: str = "sup-1") -> str:
    """Released by a second officer; its text, on one line."""
    exercise.act(by, f"/cases/{ref}/certificates/{n}/approval", approve=True, seen=exercise.seq(ref))
    return text_of(exercise, ref, n)


def certified(exercise: Exercise, ref: str, kind: str, **wanted: Any) -> str:
    """Drafted and released, each sentence held against the log."""
    draft = drafted(exercise, ref, kind, **wanted)
    rests_on_entries(exercise, ref, draft)
    return released(exercise, ref, draft["certificate"])


def text_of(exercise: Exercise, ref: str, n: int) -> str:
    path = f"{API}/cases/{ref}/certificates/{n}.txt"
    return " ".join(exercise.get(path, exercise.officer("duty-1")).text.split())


def rests_on_entries(exercise: Exercise, ref: str, draft: Any) -> None:
    """Every sentence, of the annex too, cites entries that stand in the log; the entries cited are named by leaf."""
    leaves = {e["seq"]: e["leaf"] for e in exercise.entries(ref)}
    told = [*draft["sentences"], *draft["annex"]]
    assert told
    assert all(s["cites"] and set(s["cites"]) <= set(leaves) for s in told)
    body = exercise.of(ref, "certificate.drafted")[-1]["body"]
    assert {n["seq"]: n["leaf"] for n in body["notes"]} == {
        seq: leaves[seq] for s in told for seq in s["cites"]
    }


def chronology(exercise: Exercise, ref: str, **params: str) -> Any:
    """Minute by minute, as an auditor reads it."""
    return exercise.get(f"{API}/cases/{ref}/chronology", exercise.officer("aud-1"), **params).json()
