"""Certificates and what they say, as tests ask for them."""

from __future__ import annotations

import io
from typing import Any

import pypdf

from cna_service.workflow.certificate_steps import approve_certificate
from cna_service.workflow.certify import draft_certificate
from cna_service.workflow.papers_reading import certificate_file
from tests.workflow.acts import answer, found, received
from tests.workflow.desk import Answered, LiveDesk


def confirmed(desk: LiveDesk, **more: Any) -> str:
    """They asked; the register was searched; we confirmed, and granted to board on a condition."""
    ref = received(desk)
    found(desk, ref)
    values = {"confirm_registry": "confirmed", "board": ("granted_with_conditions", ["By day only"])}
    answer(desk, ref, values=values, convey=[{"channel": "mail"}], **more)
    desk.settle()
    return ref


def draft(desk: LiveDesk, ref: str, kind: str, by: str = "duty-1", /, **told: Any) -> Answered:
    """A certificate signed by the director, for XB."""
    body = {"designee": "dec-1", "for_state": "XB", **told}
    return desk.do(draft_certificate, by, ref, kind=kind, seen=desk.look(ref), **body)


def release(desk: LiveDesk, ref: str, n: int = 1, by: str = "sup-1") -> Answered:
    return desk.do(approve_certificate, by, ref, n, approve=True, seen=desk.look(ref))


def text_of(desk: LiveDesk, ref: str, n: int = 1) -> str:
    """The certificate as text, on one line."""
    made = certificate_file(desk.service, desk.officer("duty-1"), ref, n, "txt")
    return " ".join(made.content.decode().split())


def pdf_of(desk: LiveDesk, ref: str, n: int = 1) -> str:
    made = certificate_file(desk.service, desk.officer("duty-1"), ref, n, "pdf")
    return pages(made.content)


def pages(content: bytes) -> str:
    return " ".join(
        " ".join((p.extract_text() or "").split()) for p in pypdf.PdfReader(io.BytesIO(content)).pages
    )


def said(drafted: Answered) -> str:
    """Every sentence of a draft, without its annex."""
    return " ".join(s["text"] for s in drafted["sentences"])


def annexed(drafted: Answered) -> str:
    return " ".join(s["text"] for s in drafted["annex"])
