"""Small forms of an officer: certificates, releases."""

from __future__ import annotations

from cna_service.console.pages.case_act import Act

CASE_ACTS: tuple[Act, ...] = ()
EXCHANGE_ACTS: tuple[Act, ...] = ()
