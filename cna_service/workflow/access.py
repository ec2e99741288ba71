"""Who may come in: the keys of tokens and forms, and what tokens of this desk say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.identity.secrets_file import Secrets


@dataclass(frozen=True, slots=True)
class Access:
    """``audience`` and ``issuer`` differ between an exercise and a real desk, so that no token passes from one to
    the other (desk-rules 15.1)."""

    secrets: Secrets
    audience: str
    issuer: str


def for_desk(secrets: Secrets, *, is_exercise: bool) -> Access:
    name = "cna-exercise" if is_exercise else "cna"
    return Access(secrets, audience=name, issuer=name)
