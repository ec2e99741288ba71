"""What the page Relief shows beside the sheet: the check-in that is wanted, the officer's own wishes, who is whose."""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.duty.relief import CheckIn, Side
from cna_service.workflow.projections import DUTY, WATCH_LIFE
from cna_service.workflow.relief_sheet import Sheet, read_sheet
from cna_service.workflow.service import Service
from cna_service.workflow.watch_check_in import is_missed


@dataclass(frozen=True, slots=True)
class ReliefPage:
    """``side``: on which side of the relief the viewer is. ``wish``: minutes before a watch at which he is told."""

    sheet: Sheet
    side: Side | None
    has_signed: bool
    check_in: CheckIn | None
    is_missed: bool
    wish: tuple[int, ...]


def relief_page(service: Service, viewer: str) -> ReliefPage:
    with service.read() as reader:
        sheet = read_sheet(reader, viewer)
        life = reader.stream(DUTY).of(WATCH_LIFE)
        now = reader.now
    found = sheet.hand_over
    side = None if found is None else found.side_of(viewer)
    signed = found is not None and side is not None and found.signed_by(side) is not None
    return ReliefPage(sheet, side, signed, life.check_in, is_missed(life.check_in, now), life.wish_of(viewer))
