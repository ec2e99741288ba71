"""A full answer to vary: two vessels, every kind of answer, an exercise."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pypdf import PdfReader

from cna_service.documents.model import (
    AnsweredItem,
    AuthorityLine,
    BasisLine,
    Call,
    Form,
    IdentifierLine,
    OfficialLine,
    RegisterStatement,
    VesselLine,
    WrittenAnswer,
)

SENT = datetime(2026, 11, 21, 14, 3, 22, 123456, tzinfo=UTC)
LEAF = "4f" * 32
LOG_LINE = "Log: cna.example/decisions; root: AbCdEfGhIjKlMnOpQrS+; sent: 2026-11-21T14:03:22.123456Z"

OURS = AuthorityLine("XA", "Competent Authority of Examplia", ("1 Quay Street",), "Europe/Lisbon")
THEIRS = AuthorityLine("XB", "Coordination Centre", ("Avenida del Puerto 5",), "America/Bogota")
DECIDER = OfficialLine("Ana Pérez", "Captain", "Operations", "head of the authority, acting")
BAR_TEST = VesselLine(1, ("BAR TEST",), (IdentifierLine("call sign", "XA2345", "spelt"),), "grey freighter")
UNNAMED_BOAT = VesselLine(2, (), (), "open boat, four persons")

FRAME: dict[str, Any] = {
    "case": "R4T7-HAX",
    "exchange": 1,
    "our_reference": "R4T7-HAX",
    "their_reference": "MRCC-77/26",
    "ours": OURS,
    "theirs": THEIRS,
    "seq": 7,
    "leaf": LEAF,
    "log_origin": "cna.example/decisions",
    "root20": "AbCdEfGhIjKlMnOpQrS+",
    "sent_at": SENT,
}

BOARD = AnsweredItem(1, "BAR TEST", "board", "granted", valid_to=SENT + timedelta(hours=12))
ANSWER = WrittenAnswer(
    **FRAME,
    asked_at=SENT - timedelta(minutes=100),
    received_by_channel="mail",
    vessels=(BAR_TEST, UNNAMED_BOAT),
    items=(BOARD, AnsweredItem(1, "BAR TEST", "divert", "unanswered")),
    form=Form.ORAL,
    basis=BasisLine("coe-7", "article 7", "CETS 156", adopted=True),
    decided_by=DECIDER,
    delegation="order no. 12/2026",
    decided_at=SENT - timedelta(minutes=20),
)
REGISTER = RegisterStatement(
    "National ship register",
    "2026-11-20/3",
    SENT - timedelta(days=1),
    ("name BAR TEST", "former names"),
    1,
    0,
)
CALL = Call(
    number="+15550100",
    from_directory=True,
    listener_name="Lt. Gómez",
    listener_office="Coordination Centre",
    reference_spoken="mrcc 77 26",
)


def with_items(*items: AnsweredItem, **changes: Any) -> WrittenAnswer:
    return replace(ANSWER, items=items, **changes)


def item(measure: str, value: str, **changes: Any) -> AnsweredItem:
    return AnsweredItem(1, "BAR TEST", measure, value, **changes)


def squeezed(text: str) -> str:
    """Without line breaks, page breaks and the invisible break points of long words."""
    return " ".join(text.replace("\u200b", "").split())


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
