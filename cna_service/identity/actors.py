"""Whoever caused an entry, as he was at that moment (desk-rules 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["officer", "authority", "system", "service"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer, an authority, a system, or the service itself.

    ``role`` is a value of :class:`~cna_service.identity.permissions.Role`, for officers only; ``state`` an
    authority's State; ``delegation`` the written act a decision rests on; ``signed_in`` how, such as
    ``{"by": "totp", "session": "<digest>"}`` or ``{"by": "token", "token": "<jti>"}``; ``credential_reset`` is
    ``{"at": "…Z", "by": "<officer>"}`` for the 24 h of desk-rules 16.3. ``is_enabled`` is no part of an entry:
    an officer who is disabled may do nothing, so none of his entries is written.
    """

    kind: ActorKind
    id: str
    name: str = ""
    post: str = ""
    office: str = ""
    role: str = ""
    state: str | None = None
    delegation: str | None = None
    signed_in: Mapping[str, str] | None = None
    credential_reset: Mapping[str, str] | None = None
    is_enabled: bool = True

    def as_entry(self) -> dict[str, object]:
        """The ``actor`` object of an entry (record.md, "Streams and entries"); what is empty is left out."""
        told: dict[str, object] = {"kind": self.kind, "id": self.id}
        for field in ("name", "post", "office", "role", "state", "delegation"):
            value = getattr(self, field)
            if value:
                told[field] = value
        if self.signed_in:
            told["signed_in"] = dict(self.signed_in)
        if self.credential_reset:
            told["credential_reset"] = dict(self.credential_reset)
        return told


SERVICE = Actor("service", id="desk")


def authority_actor(
    authority: str, *, state: str, name: str = "", signed_in: Mapping[str, str] | None = None
) -> Actor:
    """The actor of an authority of the directory, under its identifier there."""
    return Actor("authority", id=authority, name=name, state=state, signed_in=signed_in)


def system_actor(system: str, *, name: str = "", signed_in: Mapping[str, str] | None = None) -> Actor:
    return Actor("system", id=system, name=name, signed_in=signed_in)
