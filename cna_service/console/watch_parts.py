"""What stands on the page Watch beside the roster: each part a template and the values that it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.alerts.provider_rules import WORDS
from cna_service.console.visits import Visit
from cna_service.workflow.provider_state import providers_view
from cna_service.workflow.service import Service

Part = tuple[str, Callable[[Service, Visit], Mapping[str, Any]]]


def _providers(service: Service, _visit: Visit) -> Mapping[str, Any]:
    outside = service.reached.outside
    return {"providers": None if outside is None else providers_view(service, outside), "words": WORDS}


PARTS: tuple[Part, ...] = (("watch/_providers.html", _providers),)
"""In the order in which they stand; a template gets its values as ``part``, beside ``visit`` and ``desk``."""
