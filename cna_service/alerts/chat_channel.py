"""A summons to a chat room, by apprise: best effort. No receipt exists, nobody is woken by it for certain, and it never
counts as the only way to a person.

An address is of a kind that the authority allows (``chat_kinds``), because apprise also knows kinds that act on this
machine; a room on a server of one's own is judged by the same guard as a webhook.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from cna_service.alerts.http_out import failed
from cna_service.alerts.ports import Accepted, ChannelError, Note
from cna_service.alerts.reach import Reach

KINDS = frozenset(
    {
        "discord",
        "matrix",
        "matrixs",
        "mmost",
        "mmosts",
        "msteams",
        "ntfy",
        "ntfys",
        "rocket",
        "rockets",
        "slack",
        "tgram",
    }
)
"""Kinds of chat address that may be used unless the setting says others."""

# Of these the host is whatever the officer typed; ``s`` at the end: by TLS.
_OWN_SERVER = frozenset({"matrix", "matrixs", "mmost", "mmosts", "ntfy", "ntfys", "rocket", "rockets"})
_PLAIN = frozenset({"matrix", "mmost", "ntfy", "rocket"})


class ChatOut:
    """:class:`~cna_service.alerts.ports.NoteOut` for chats."""

    def __init__(self, reach: Reach, kinds: Collection[str] = KINDS) -> None:
        self._reach = reach
        self._kinds = frozenset(kinds)

    def send(self, to: str, note: Note) -> Accepted:
        self.judge(to)
        from apprise import Apprise, AppriseAsset

        # Its log would hold addresses with their secrets.
        logging.getLogger("apprise").setLevel(logging.CRITICAL)
        there = Apprise(asset=AppriseAsset(async_mode=False, secure_logging=True))
        if not there.add(_with_limits(to)):
            raise failed("chat-unusable")
        if not there.notify(body=f"{note.text}\n{note.link}", title=note.title):
            raise failed("chat-failed")
        return Accepted("chat", note.reference, "sent")

    def judge(self, to: str) -> None:
        """May the desk write to this address? Raises :class:`ChannelError`: ``chat-unusable``, ``address-refused``."""
        kind, _, rest = to.strip().partition("://")
        if kind.lower() not in self._kinds or not rest:
            raise failed("chat-unusable")
        if kind.lower() in KINDS - _OWN_SERVER:
            # The provider's own server; what follows are names and secrets at it.
            return
        try:
            parts = urlsplit(to.strip())
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise failed("chat-unusable") from error
        if not host:
            raise failed("chat-unusable")
        scheme = "http" if kind.lower() in _PLAIN else "https"
        self._reach.pin(f"{scheme}://{host}" + (f":{port}" if port else ""))

    def close(self) -> None:
        pass


def _with_limits(to: str) -> str:
    """Connect within 3 s, read within 4 s, follow nothing."""
    return f"{to}{'&' if '?' in to else '?'}cto=3.0&rto=4.0&redirect=no"


def is_chat_address(to: str, kinds: Collection[str] = KINDS) -> bool:
    """Whether its kind may be used at all; where it leads is judged when it is used."""
    try:
        ChatOut(Reach(is_exercise=True), kinds).judge(to)
    except ChannelError as error:
        return error.code != "chat-unusable"
    return True
