"""Small forms of an officer: dealings with other States beside ask and answer."""

from __future__ import annotations

from cna_service.console.pages.case_act import Act

CASE_ACTS: tuple[Act, ...] = ()
EXCHANGE_ACTS: tuple[Act, ...] = ()
