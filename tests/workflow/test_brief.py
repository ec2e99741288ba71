"""The brief: one A4 page, each line with its entries; what does not fit is counted (desk-rules 7.1)."""

from __future__ import annotations

import io
import re

import pypdf

from cna_service.workflow.facts import record_fact
from cna_service.workflow.opening import open_exchange
from cna_service.workflow.papers_reading import brief_file, brief_json
from tests.workflow.acts import answer, asked, received
from tests.workflow.desk import LiveDesk
from tests.workflow.papers import pages


def parts(desk: LiveDesk, ref: str) -> dict[str, list[str]]:
    told = brief_json(desk.service, desk.officer("duty-1"), ref)
    return {p["heading"]: [line["text"] for line in p["lines"]] for p in told["parts"]}


def test_rule_7_1_asked_answered_open_contested_each_citing_its_entry(desk: LiveDesk) -> None:
    ref = received(desk)
    answer(desk, ref, values={"board": "granted"}, form="oral")
    told = brief_json(desk.service, desk.officer("duty-1"), ref)
    assert [p["heading"] for p in told["parts"]] == ["Asked", "Answered", "Open", "Contested"]
    known = {e.seq for e in desk.entries(ref)}
    for part in told["parts"]:
        for line in part["lines"]:
            assert line["text"] == "nothing" or (line["cites"] and set(line["cites"]) <= known)
    shown = parts(desk, ref)
    assert "asked us (written, api): Confirm registry, Board, Search, Detain the vessel" in shown["Asked"][0]
    assert "CETS 156" in shown["Asked"][0]
    assert "we, oral, not conveyed: Board: GRANTED" in shown["Answered"][0]
    assert any("no answer to: Confirm registry, Search, Detain the vessel" in line for line in shown["Open"])
    assert told["seq"] == desk.look(ref)


def test_rule_7_1_contested_shows_both_answers_and_what_was_told_differently(desk: LiveDesk) -> None:
    ref = asked(desk, "confirm_registry", "board")
    for value in ("neither", "confirmed"):
        by = {"name": "Ruiz", "office": "MRCC XP"}
        answer(desk, ref, values={"confirm_registry": value}, form="oral", by=by)
    for state in ("XA", "XC"):
        desk.do(record_fact, "duty-1", ref, "claims", state=state, by="master")
    contested = parts(desk, ref)["Contested"]
    assert any("NEITHER" in line and "CONFIRMED" in line for line in contested)
    assert any("claim told differently: XA, XC" in line for line in contested)


def test_rule_7_1_one_page_however_long_the_case_and_what_does_not_fit_is_counted(desk: LiveDesk) -> None:
    ref = received(desk)
    long = "a person of the office with a very long name and a title " * 4
    for n in range(2, 26):
        body = {
            "direction": "outbound",
            "authority": "cna-xg",
            "measures": ["confirm_registry", "board", "search"],
        }
        desk.do(open_exchange, "duty-1", ref, **body, channel="phone", form="oral")
        values = {"confirm_registry": ("neither", "confirmed")[n % 2], "board": ("granted", "denied")[n % 2]}
        answer(desk, ref, n=n, values=values, form="oral", by={"name": long[:400], "office": long[:400]})
    made = brief_file(desk.service, desk.officer("duty-1"), ref, "pdf")
    assert len(pypdf.PdfReader(io.BytesIO(made.content)).pages) == 1
    text = pages(made.content)
    assert len(re.findall(r"\d+ more before these", text)) >= 3
    shown = parts(desk, ref)
    for heading in ("Asked", "Answered", "Contested"):
        assert shown[heading][0].endswith("more before these")
    # The newest stand, in their order.
    assert shown["Answered"][-1].startswith("25.1")


def test_the_last_line_is_the_logs(desk: LiveDesk) -> None:
    ref = received(desk)
    text = brief_file(desk.service, desk.officer("duty-1"), ref, "txt").content.decode()
    assert text.rstrip().splitlines()[-1].startswith("Log: cna.example/desk-tests; root: ")
