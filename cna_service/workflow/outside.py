"""What a sending can reach: the telephone companies in their order, the mail server, screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from cna_service.alerts.ports import MailOut, NoteOut, Telephony
from cna_service.registry.outside import RegistrySource

_NO_NOTES: Mapping[str, NoteOut] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Outside:
    """None where the deployment has none. ``telephony`` is the primary, ``spare`` takes over when it fails.
    ``notes``: by channel, ``push``, ``webhook`` and ``chat``."""

    telephony: Telephony | None
    mail: MailOut | None
    spare: Telephony | None = None
    notes: Mapping[str, NoteOut] = field(default_factory=lambda: _NO_NOTES)
    balance_floor: Decimal = Decimal(0)
    """A balance below it is too low, whatever a week costs: of a new account nobody knows that yet."""

    @property
    def lines(self) -> tuple[Telephony, ...]:
        """The telephone companies, the primary first."""
        return tuple(line for line in (self.telephony, self.spare) if line is not None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(line.name for line in self.lines)

    def line(self, name: str) -> Telephony | None:
        return next((line for line in self.lines if line.name == name), None)

    def close(self) -> None:
        """Nothing is sent by it any more."""
        for line in self.lines:
            line.close()
        for note in self.notes.values():
            note.close()


@dataclass(slots=True)
class Reached:
    """The outside that the running desk has, for pages that show it; None where none was put together.

    ``registers``: those of others that may be asked by machine, by name; ``register_seconds``: how long in all.
    """

    outside: Outside | None = None
    registers: Mapping[str, RegistrySource] = field(default_factory=dict)
    register_seconds: float = 8.0
