"""Certificates, chronology, brief and releases over HTTP; a partner is shown none of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import ApiDesk


def _answered(desk: ApiDesk) -> str:
    ref = desk.submitted()
    officer = desk.officer()
    searched = {"imo": "3000001", "verdict": "found", "rid": "X0000000"}
    assert desk.post(f"/cases/{ref}/searches", officer, searched).status_code == 201
    body = {"answers": [{"measure": "confirm_registry", "value": "confirmed"}], "form": "written"}
    body |= {"convey": [{"channel": "fax", "office": "MRCC XB"}], "seen": desk.seq(ref)}
    made = desk.post(f"/cases/{ref}/exchanges/1/answers", officer, body)
    assert made.status_code == 201, made.text
    return ref


def _draft(desk: ApiDesk, ref: str, **more: Any) -> Any:
    body = {"kind": "registry_answer", "designee": "dec-1", "for_state": "XB", "seen": desk.seq(ref), **more}
    return desk.post(f"/cases/{ref}/certificates", desk.officer(), body)


def test_a_certificate_from_draft_to_holder(desk: ApiDesk) -> None:
    ref = _answered(desk)
    made = _draft(desk, ref)
    assert made.status_code == 201, made.text
    assert all(s["cites"] for s in made.json()["sentences"])
    base = f"/cases/{ref}/certificates"
    own = desk.post(f"{base}/1/approval", desk.officer(), {"approve": True, "seen": desk.seq(ref)})
    assert own.status_code == 403
    second = desk.officer("sup-1")
    released = desk.post(f"{base}/1/approval", second, {"approve": True}, If_Match=f'"{desk.seq(ref)}"')
    assert released.status_code == 201, released.text
    assert (
        desk.post(f"{base}/1/delivery", desk.officer(), {"to": "Court", "channel": "letter"}).status_code
        == 201
    )
    again = desk.post(f"{base}/1/reissue", desk.officer(), {"for_state": "XC", "seen": desk.seq(ref)})
    assert again.json()["certificate"] == 2
    listed = desk.get(base, desk.officer("aud-1")).json()
    assert [(c["n"], c["state"]) for c in listed["certificates"]] == [(1, "released"), (2, "draft")]
    assert listed["holders"][0]["to"] == "Court"
    gone = desk.post(f"{base}/1/revocation", second, {"reason": "wrong", "seen": desk.seq(ref)})
    assert gone.json()["holders"][0]["to_be_told_of"]
    told = desk.post(f"{base}/1/notice", desk.officer(), {"channel": "letter"})
    assert told.json()["holders"][0]["to_be_told_of"] == []
    pdf, text = (desk.get(f"{base}/1.{form}", desk.officer("aud-1")) for form in ("pdf", "txt"))
    assert pdf.content.startswith(b"%PDF") and "REVOKED" in text.text


def test_a_contradicted_answer_asks_for_the_basis_and_lists_them(desk: ApiDesk) -> None:
    ref = _answered(desk)
    body = {"answers": [{"measure": "confirm_registry", "value": "neither"}], "form": "written"}
    body |= {"convey": [{"channel": "fax", "office": "MRCC XB"}], "seen": desk.seq(ref)}
    desk.post(f"/cases/{ref}/exchanges/1/answers", desk.officer(), body)
    refused = _draft(desk, ref)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("certificate-basis-needed")
    assert [b["answer"] for b in refused.json()["bases"]] == [1, 2]
    made = _draft(desk, ref, basis={"exchange": 1, "answer": 1})
    assert "NEITHER" in made.json()["annex"][0]["text"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("chronology", "application/json"),
        ("chronology?format=csv", "text/csv"),
        ("chronology?format=pdf", "application/pdf"),
        ("brief", "application/json"),
        ("brief?format=txt", "text/plain"),
        ("brief?format=pdf", "application/pdf"),
        ("certificates", "application/json"),
    ],
)
def test_papers_are_read_by_officers_and_by_no_partner(desk: ApiDesk, path: str, kind: str) -> None:
    ref = desk.submitted()
    got = desk.get(f"/cases/{ref}/{path}", desk.officer())
    assert (got.status_code, got.headers["content-type"].partition(";")[0]) == (200, kind)
    assert desk.get(f"/cases/{ref}/{path}", desk.authority()).status_code == 404


def test_a_release_and_a_chronology_handed_outside(desk: ApiDesk) -> None:
    ref = desk.submitted()
    body = {"to": "press", "text": "She was confirmed.", "rests_on": [1], "seen": desk.seq(ref)}
    made = desk.post(f"/cases/{ref}/releases", desk.officer(), body)
    assert "beyond_confirmed" in {p["code"] for p in made.json()["pointed_out"]}
    approve = {"approve": True, "words": "Agreed.", "seen": desk.seq(ref)}
    assert desk.post(f"/cases/{ref}/releases/1/approval", desk.officer("sup-1"), approve).status_code == 201
    assert desk.get(f"/cases/{ref}/releases/1.pdf", desk.officer()).content.startswith(b"%PDF")
    path = f"/cases/{ref}/chronologies"
    # The auditor reads and exports it; what is handed out in the case's name is the records officer's act.
    assert desk.post(path, desk.officer("aud-1"), {"format": "csv"}).status_code == 403
    handed = desk.post(path, desk.officer("rec-1"), {"format": "csv"})
    assert handed.status_code == 201, handed.text
    assert desk.types(ref)[-1] == "document.made"


def test_a_chronology_as_of_an_entry_that_there_is_not(desk: ApiDesk) -> None:
    ref = desk.submitted()
    assert desk.get(f"/cases/{ref}/chronology", desk.officer(), seq=999).status_code == 404
    early = desk.get(f"/cases/{ref}/chronology", desk.officer(), as_of="2001-01-01T00:00:00Z")
    assert early.status_code == 404
    assert desk.get(f"/cases/{ref}/chronology", desk.officer(), seq=1).json()["as_of"]["seq"] == 1
