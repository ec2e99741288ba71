"""What stands on the page Watch beside the roster: each part a template and the values that it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.console.visits import Visit
from cna_service.workflow.service import Service

Part = tuple[str, Callable[[Service, Visit], Mapping[str, Any]]]

PARTS: tuple[Part, ...] = ()
"""In the order in which they stand; a template gets its values as ``part``, beside ``visit`` and ``desk``."""
