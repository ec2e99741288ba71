"""What searching asks of a register, wherever its rows are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from cna_service.registry.model import RegisterVessel


class VesselSource(Protocol):
    """The vessels of one version of one register; nothing in it changes."""

    def by_rid(self, rids: Iterable[str]) -> Mapping[str, RegisterVessel]:
        """The vessels of these register ids; those unknown are left out."""
        ...

    def by_key(self, identifier: str, keys: Collection[str]) -> Iterable[str]:
        """Register ids whose identifier, in the form of ``model.identifier_key``, is one of the keys."""
        ...
