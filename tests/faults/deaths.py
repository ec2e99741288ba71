"""Where a desk may die, and the killer who sits there.

No hook stands in the product. Every point of record.md's "Where we may die" lies at something that the desk is given
when it is put together: its engine, whoever is woken, its telephony, its signer, the web server's ``send``. There the
killer sits, and when he is armed for that point he ends the process as the kernel would.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from cna_service.alerts.ports import Accepted
from cna_service.alerts.twilio_channel import TwilioTelephony
from cna_service.ledger.keys import Ed25519Signer

BEFORE_COMMIT = "before-commit"
BEFORE_WAKE = "before-wake"
BEFORE_ANSWER = "before-answer"
BEFORE_CLAIM = "before-claim"
AFTER_CLAIM = "after-claim"
AFTER_HTTP = "after-http"
BEFORE_RESULT = "before-result"
AFTER_RESULT = "after-result"
BEFORE_SIGNATURE = "before-signature"
AFTER_SIGNATURE = "after-signature"

POINTS = (
    BEFORE_COMMIT,
    BEFORE_WAKE,
    BEFORE_ANSWER,
    BEFORE_CLAIM,
    AFTER_CLAIM,
    AFTER_HTTP,
    BEFORE_RESULT,
    AFTER_RESULT,
    BEFORE_SIGNATURE,
    AFTER_SIGNATURE,
)

# The statement by which a transaction is known: of a command that queues messages, of a claim, of a result.
_QUEUES, _CLAIMS, _RESULT = "INSERT INTO outbox", "UPDATE outbox SET state", "INSERT INTO attempt"


class Killer:
    """``say`` is given the point just before the end, so that the death is known to be the one that was ordered."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._point: str | None = None
        self._guard = threading.Lock()

    def arm(self, point: str | None) -> None:
        self._point = point

    def at(self, point: str, more: str = "") -> None:
        if self._point == point:
            with self._guard:
                self._say(f"dying {point} {more}")
                os.kill(os.getpid(), signal.SIGKILL)


def watch_engine(engine: Any, killer: Killer) -> None:
    """Transactions are known by what they wrote; they die just before their commit, or just after it."""
    wrote: dict[int, set[str]] = {}

    def noted(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for known in (_QUEUES, _CLAIMS, _RESULT):
            if statement.startswith(known):
                wrote.setdefault(id(connection.connection.dbapi_connection), set()).add(known)

    def commits(connection: Any) -> None:
        found = wrote.get(id(connection.connection.dbapi_connection), set())
        if _RESULT in found:
            killer.at(BEFORE_RESULT)
        elif _QUEUES in found:
            killer.at(BEFORE_COMMIT)
        elif _CLAIMS in found:
            killer.at(BEFORE_CLAIM)

    def given_back(dbapi_connection: Any, _record: Any) -> None:
        if _RESULT in wrote.pop(id(dbapi_connection), set()):
            killer.at(AFTER_RESULT)

    event.listen(engine, "before_cursor_execute", noted)
    event.listen(engine, "commit", commits)
    event.listen(engine, "checkin", given_back)


class DyingTelephony(TwilioTelephony):
    killer: Killer

    def send_sms(self, **told: Any) -> Accepted:
        self.killer.at(AFTER_CLAIM)
        accepted = super().send_sms(**told)
        self.killer.at(AFTER_HTTP)
        return accepted


@dataclass(frozen=True)
class DyingSigner:
    signer: Ed25519Signer
    killer: Killer

    @property
    def name(self) -> str:
        return self.signer.name

    @property
    def key_id(self) -> bytes:
        return self.signer.key_id

    def sign(self, text: bytes) -> bytes:
        self.killer.at(BEFORE_SIGNATURE)
        signature = self.signer.sign(text)
        self.killer.at(AFTER_SIGNATURE, f"{text.hex()} {signature.hex()}")
        return signature


class DyingAnswers:
    """ASGI: ends the process where the answer to a submission would begin."""

    def __init__(self, app: Any, killer: Killer) -> None:
        self._app = app
        self._killer = killer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def watched(message: Any) -> None:
            if message["type"] == "http.response.start" and scope["path"].endswith("/submissions"):
                self._killer.at(BEFORE_ANSWER)
            await send(message)

        await self._app(scope, receive, watched)
