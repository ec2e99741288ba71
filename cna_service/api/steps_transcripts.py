"""Commands of the interface: paper periods."""

from __future__ import annotations

from cna_service.api.calls import CaseVerb, ExchangeVerb
from cna_service.api.step import Step

CASE_STEPS: tuple[Step[CaseVerb], ...] = ()
EXCHANGE_STEPS: tuple[Step[ExchangeVerb], ...] = ()
NUMBERED_STEPS: tuple[Step[ExchangeVerb], ...] = ()
"""On a numbered part of the case: ``path`` holds ``{n}``, as ``instructions/{n}/readback``."""
